"""HTTP with bounds: whoever answers may be the one that is watched."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx

MAX_ANSWER: Final = 64 * 1024
MAX_SECONDS: Final = 10.0


class TooLongError(Exception):
    """The answer is longer, in bytes or in seconds, than anything of the protocol."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, text, and headers by any case of their names."""

    status: int
    text: str
    headers: Mapping[str, str]


def fetch(
    client: httpx.Client, method: str, url: str, *, content: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """Return the answer; `TooLongError` above 64 KiB or ten seconds, ``httpx.HTTPError`` when nothing answers."""
    deadline = time.monotonic() + MAX_SECONDS
    with client.stream(method, url, content=content, headers=headers) as response:
        taken = bytearray()
        for chunk in response.iter_bytes():
            taken += chunk
            if len(taken) > MAX_ANSWER or time.monotonic() > deadline:
                raise TooLongError(url)
        return Answer(response.status_code, taken.decode("utf-8", "replace"), response.headers)
