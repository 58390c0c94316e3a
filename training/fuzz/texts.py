"""What can be done to text, and to the numbers in it, whatever format they stand in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from training.fuzz.damage import Damage, place

NUMBERS = (
    "9" * 400, "0" * 400, "1" + "0" * 17, "9007199254740993", "-7", "－3", "−5", "+4", "00012", "0x1F", "1e5", "1e308",
    "1e999", "NaN", "inf", "∞", "1,2,3", "1,234", "1_000", "1.5", "1.5.2", ".", "3.0", "1 2", "12\u00a034", "5/6",
    "12％", "3-4", "3~4", "٣٤", "०१", "৫", "๓", "①②", "⑽", "㈠", "²", "½", "Ⅷ", "𝟙𝟚", "９９", "十二", "〇", "O", "l1",
    "\u200b7", "7\u0301", "8\u20e3", "\u202e21", "\ufeff6", "7\u3000", "\ue000", "\U0010ffff", "", " ", "&nbsp;",
    "#REF!", "=1+1", "2022年", "12件", "1万", "第3",
)  # fmt: skip
"""Put in the place of numbers."""
BREAKS = ("\r", "\r\n", "\n\n\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\t", " ", "")
ENCODINGS = (
    "utf-8", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "shift_jis", "utf-8-sig",
)  # fmt: skip
REPEATED = (b" ", b"\n", b"\t", b"0", b"1 ", b"-", b"|", b",", "一".encode(), b"(")
_NUMBER = re.compile(r"(?<![\w.\-#&])\d{1,6}(?![\w.])")
_OF_MARKUP = re.compile(r'(?<=>)\s*\d{1,6}\s*(?=<)|(?<==")\d{1,6}(?=")')


def as_text(data: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def other_numbers(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Some of its numbers, or all, are other ones or nothing of the kind."""
    text = as_text(data)
    found = list(rng.choice((_NUMBER, _OF_MARKUP)).finditer(text))
    if not found:
        return data
    most = rng.choice((1, 5, len(found)))
    put = rng.choice(NUMBERS)
    # From behind, so that places before stay what they are.
    for match in sorted(rng.sample(found, min(most, len(found))), key=lambda match: -match.start()):
        put = rng.choice(NUMBERS) if most <= 5 else put
        text = text[: match.start()] + put + text[match.end() :]
    return as_bytes(text)


def numbers_swapped(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Two of its numbers change places."""
    text = as_text(data)
    found = list(_NUMBER.finditer(text))
    if len(found) < 2:
        return data
    one, two = sorted(rng.sample(found, 2), key=lambda match: match.start())
    return as_bytes(
        text[: one.start()] + two.group() + text[one.end() : two.start()] + one.group() + text[two.end() :]
    )


def lines_moved(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Lines lost, doubled or in another order."""
    lines = as_text(data).splitlines(keepends=True)
    for _ in range(rng.choice((1, 3, 10))):
        if not lines:
            break
        at = rng.randrange(len(lines))
        how = rng.choice(("lost", "doubled", "moved"))
        if how == "lost":
            del lines[at]
        elif how == "doubled":
            lines.insert(at, lines[at])
        else:
            lines.insert(rng.randint(0, len(lines) - 1), lines.pop(at))
    return as_bytes("".join(lines))


def other_breaks(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Its lines end otherwise, or not at all."""
    return as_bytes(rng.choice(BREAKS).join(as_text(data).splitlines()))


def recoded(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """In another encoding, from some place on."""
    text = as_text(data)
    at = rng.choice((0, rng.randint(0, len(text))))
    return text[:at].encode(rng.choice(ENCODINGS), "replace") + text[at:].encode(rng.choice(ENCODINGS), "replace")


def decoded_wrongly(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """As a program leaves it that took its encoding for another."""
    return as_bytes(data.decode(rng.choice(("latin-1", "gb18030", "cp1252", "utf-8")), "replace"))


def very_long(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """A hundred thousand times the same few characters put in."""
    at = place(rng, data)
    return data[:at] + rng.choice(REPEATED) * 100_000 + data[at:]


OF_TEXT: tuple[Damage, ...] = (
    other_numbers, other_numbers, other_numbers, numbers_swapped, lines_moved, other_breaks, recoded, decoded_wrongly,
    very_long,
)  # fmt: skip
