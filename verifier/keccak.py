"""Keccak-256 as Ethereum uses it (original padding, not FIPS 202), over many messages at once.

Python's integers have no fixed width, so one integer holds the same lane of every message, 64 bits each: forty
headers cost little more than one.
"""

from collections.abc import Sequence
from typing import Final

_RATE: Final = 136
_LANES: Final = _RATE // 8
_ROUND_CONSTANTS: Final = (
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000A, 0x000000008000808B, 0x800000000000008B, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
)  # fmt: skip


def _rho_pi() -> tuple[tuple[int, int], ...]:
    """Return, for each lane after pi, the lane it comes from and its rotation (Keccak reference §1.2)."""
    moves = [(0, 0)] * 25
    x, y = 1, 0
    for t in range(24):
        to_x, to_y = y, (2 * x + 3 * y) % 5
        moves[to_x + 5 * to_y] = (x + 5 * y, (t + 1) * (t + 2) // 2 % 64)
        x, y = to_x, to_y
    return tuple(moves)


_MOVES: Final = _rho_pi()


def keccak256(message: bytes) -> bytes:
    """Return the 32-byte digest of one message."""
    return keccak256_all((message,))[0]


def keccak256_all(messages: Sequence[bytes]) -> list[bytes]:
    """Return the digests of many messages, in their order."""
    digests = [b""] * len(messages)
    blocks = [_pad(m) for m in messages]
    last = [len(b) // _RATE - 1 for b in blocks]
    width = len(messages)
    ones = sum(1 << 64 * i for i in range(width))
    low = [ones * ((1 << r) - 1) for r in range(64)]  # the r lowest bits of every lane
    every = ones * (2**64 - 1)
    moves = [(source, source % 5, r, 64 - r, low[r], every ^ low[r]) for source, r in _MOVES]
    state = [0] * 25
    for step in range(max(last, default=-1) + 1):
        column = [b[step * _RATE : (step + 1) * _RATE].ljust(_RATE, b"\0") for b in blocks]
        for lane in range(_LANES):
            state[lane] ^= int.from_bytes(b"".join(c[lane * 8 : lane * 8 + 8] for c in column), "little")
        state = _permute(state, moves, ones, every ^ ones)
        if step in last:
            rows = [lane.to_bytes(8 * width, "little") for lane in state[:4]]
            for i in range(width):
                if last[i] == step:
                    digests[i] = b"".join(row[8 * i : 8 * i + 8] for row in rows)
    return digests


def _pad(message: bytes) -> bytes:
    room = _RATE - len(message) % _RATE
    return message + (b"\x81" if room == 1 else b"\x01" + b"\0" * (room - 2) + b"\x80")


def _permute(a: list[int], moves: list[tuple[int, int, int, int, int, int]], ones: int, above: int) -> list[int]:
    """Keccak-f[1600] on every message's lanes; ``above`` masks all but the lowest bit of each."""
    for constant in _ROUND_CONSTANTS:
        c0, c1, c2, c3, c4 = (a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5))
        d = (
            c4 ^ (c1 << 1 & above | c1 >> 63 & ones),
            c0 ^ (c2 << 1 & above | c2 >> 63 & ones),
            c1 ^ (c3 << 1 & above | c3 >> 63 & ones),
            c2 ^ (c4 << 1 & above | c4 >> 63 & ones),
            c3 ^ (c0 << 1 & above | c0 >> 63 & ones),
        )
        b = []
        for source, x, left, right, low, high in moves:
            lane = a[source] ^ d[x]
            b.append(lane << left & high | lane >> right & low)
        a = []
        for y in range(0, 25, 5):
            b0, b1, b2, b3, b4 = b[y : y + 5]  # a ^ (~b & c) without a complement: a ^ c ^ (b & c)
            a += (
                b0 ^ b2 ^ (b1 & b2),
                b1 ^ b3 ^ (b2 & b3),
                b2 ^ b4 ^ (b3 & b4),
                b3 ^ b0 ^ (b4 & b0),
                b4 ^ b1 ^ (b0 & b1),
            )
        a[0] ^= constant * ones
    return a
