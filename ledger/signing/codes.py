"""Codes and messages for development: an outbox in memory that the demo may read. No telephone ever gets anything."""

import threading
from collections import OrderedDict
from datetime import datetime

from ledger.errors import NotFoundError

KEPT = 20


class DevelopmentCodes:
    """Keeps each subject's newest code and messages. `CodeSender` port; in production a real gateway is behind it."""

    stand_in = True

    def __init__(self) -> None:
        """Start empty."""
        self._codes: dict[str, tuple[str, datetime]] = {}
        self._texts: dict[str, OrderedDict[str, str]] = {}
        self._lock = threading.Lock()

    def send(self, subject: str, mobile: str, code: str, at: datetime) -> None:
        """Keep the code for `latest`; the number is not kept."""
        del mobile
        with self._lock:
            self._codes[subject] = (code, at)

    def deliver(self, message: str, subject: str, mobile: str, text: str, at: datetime) -> None:
        """Keep the text for `texts`, once for each id; the number is not kept."""
        del mobile, at
        with self._lock:
            kept = self._texts.setdefault(subject, OrderedDict())
            kept.setdefault(message, text)
            while len(kept) > KEPT:
                kept.popitem(last=False)

    def texts(self, subject: str) -> tuple[str, ...]:
        """Return a subject's newest messages, oldest first, for the demo only."""
        with self._lock:
            return tuple(self._texts.get(subject, {}).values())

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
