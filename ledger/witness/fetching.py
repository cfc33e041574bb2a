"""HTTP with bounds: whoever answers may be the one that is watched."""

import time
from typing import Final

import httpx

MAX_ANSWER: Final = 64 * 1024
MAX_SECONDS: Final = 10.0


class TooLongError(Exception):
    """The answer is longer, in bytes or in seconds, than anything of the protocol."""


def fetch(
    client: httpx.Client, method: str, url: str, *, content: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """Return status and text; `TooLongError` above 64 KiB or ten seconds, ``httpx.HTTPError`` when nothing answers."""
    deadline = time.monotonic() + MAX_SECONDS
    with client.stream(method, url, content=content, headers=headers) as response:
        taken = bytearray()
        for chunk in response.iter_bytes():
            taken += chunk
            if len(taken) > MAX_ANSWER or time.monotonic() > deadline:
                raise TooLongError(url)
        return response.status_code, taken.decode("utf-8", "replace")
