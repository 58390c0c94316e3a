"""What can be done to any bytes. Every damage takes the chance, the bytes, and other files to take parts from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

Damage: TypeAlias = Callable[[Random, bytes, Sequence[bytes]], bytes]
"""From the chance, the data and other files of the same kind to damaged data; takes any bytes and is pure."""

NOISE = (
    b"\0", b"\0" * 1000, b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b", b"\x7f", b"\xff", b"\r", b"\x0b\x0c\x85", b"\xe3\x80",
)  # fmt: skip


def place(rng: Random, data: bytes) -> int:
    return rng.randint(0, len(data))


def stretch(rng: Random, data: bytes) -> tuple[int, int]:
    """Begin and end of a piece, mostly a short one."""
    begin = place(rng, data)
    longest = rng.choice((4, 40, 400, len(data)))
    return begin, min(len(data), begin + rng.randint(0, longest))


def flipped(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """A few bytes changed at random."""
    if not data:
        return data
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 20))):
        made[rng.randrange(len(made))] ^= rng.randint(1, 255)
    return bytes(made)


def cut_off(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    return data[: place(rng, data)]


def beheaded(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    return data[place(rng, data) :]


def dropped(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    begin, end = stretch(rng, data)
    return data[:begin] + data[end:]


def doubled(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    begin, end = stretch(rng, data)
    return data[:end] + data[begin:end] * rng.choice((1, 2, 50)) + data[end:]


def swapped(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    one, two = sorted((stretch(rng, data), stretch(rng, data)))
    if one[1] > two[0]:
        return data
    return data[: one[0]] + data[two[0] : two[1]] + data[one[1] : two[0]] + data[one[0] : one[1]] + data[two[1] :]


def noisy(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """NULs, marks of byte order and control characters put in."""
    for _ in range(rng.choice((1, 3))):
        at = place(rng, data)
        data = data[:at] + rng.choice(NOISE) + data[at:]
    return data


def spliced(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A piece of another file in the place of one of this."""
    if not others:
        return data
    other = rng.choice(others)
    begin, end = stretch(rng, data)
    first, last = stretch(rng, other)
    return data[:begin] + other[first:last] + data[end:]


def joined(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """The front of this file and the back of another."""
    if not others:
        return data
    other = rng.choice(others)
    return data[: place(rng, data)] + other[place(rng, other) :]


OF_BYTES: tuple[Damage, ...] = (
    flipped, cut_off, beheaded, dropped, doubled, swapped, noisy, spliced, joined,
)  # fmt: skip
