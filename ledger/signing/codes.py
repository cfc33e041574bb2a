"""One-time codes for development: an outbox in memory that the demo may read. Nothing is ever sent to a telephone."""

import threading
from datetime import datetime

from ledger.errors import NotFoundError


class DevelopmentCodes:
    """Keeps the newest code of each subject. `CodeSender` port; a real gateway stands behind it in production."""

    stand_in = True

    def __init__(self) -> None:
        """Start empty."""
        self._codes: dict[str, tuple[str, datetime]] = {}
        self._lock = threading.Lock()

    def send(self, subject: str, mobile: str, code: str, at: datetime) -> None:
        """Keep the code for `latest`; the number is not kept."""
        del mobile
        with self._lock:
            self._codes[subject] = (code, at)

    def latest(self, subject: str) -> str:
        """Return the newest code of a subject, for the demo only; `NotFoundError` when none was asked for."""
        with self._lock:
            found = self._codes.get(subject)
        if found is None:
            raise NotFoundError(
                "no code was sent to this investor: ask for one first", "尚未向该投资者发送验证码：请先请求验证码"
            )
        return found[0]


def open_codes() -> DevelopmentCodes:
    """Open an empty outbox."""
    return DevelopmentCodes()
