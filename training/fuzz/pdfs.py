"""What can be done to a PDF: to its objects, what they point to, and what is drawn in its streams."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from random import Random

from training.fuzz.damage import OF_BYTES, Damage, flipped

_OBJECT = re.compile(rb"\d+ \d+ obj\b.*?endobj\s*", re.DOTALL)
_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_STREAM = re.compile(rb"(/Length )(\d+)([^>]*>>\s*stream\r?\n)(.*?)(\r?\n?endstream)", re.DOTALL)
_VALUE = re.compile(rb"(?<=[\s\[/(])-?\d+(?:\.\d+)?(?=[\s\]/>)])")
_OPERATOR = re.compile(rb"\b(?:Tj|TJ|Td|Tm|Tf|cm|re|BT|ET|BI|ID|EI|Do|q|Q|BDC|EMC|Tr|gs|n|f|S|l|m)\b")
_NAMES = re.compile(rb"/[A-Z]\w+")
NUMBERS = (
    b"-1", b"0", b"99999999", b"2147483648", b"1e9", b"0.0000001", b"-32768", b"9" * 40, b"NaN", b"3.4e38", b"1000",
    b"", b"null",
)  # fmt: skip


def objects_lost(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    found = list(_OBJECT.finditer(data))
    if not found:
        return flipped(rng, data, others)
    one = rng.choice(found)
    # Whole, or from its middle on.
    begin = rng.choice((one.start(), rng.randint(one.start(), one.end())))
    return data[:begin] + data[one.end() :]


def objects_swapped(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """An object's content in the place of another's, which keeps its number."""
    found = list(_OBJECT.finditer(data))
    if len(found) < 2:
        return flipped(rng, data, others)
    one, two = rng.sample(found, 2)
    head = re.match(rb"\d+ \d+ obj", one.group())
    body = re.sub(rb"^\d+ \d+ obj", head.group() if head else b"1 0 obj", two.group(), count=1)
    return data[: one.start()] + body + data[one.end() :]


def pointers_changed(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """What points to one object points to another: pages within themselves, fonts that are none."""
    found = list(_REFERENCE.finditer(data))
    if not found:
        return flipped(rng, data, others)
    for one in sorted(rng.sample(found, min(len(found), rng.choice((1, 2, 10)))), key=lambda one: -one.start()):
        other = rng.choice((*(two.group(1) for two in found), b"0", b"99999"))
        data = data[: one.start(1)] + other + data[one.end(1) :]
    return data


def values_changed(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Numbers outside streams: boxes, counts, lengths, widths, places in the file."""
    streams = [match.span(4) for match in _STREAM.finditer(data)]
    found = [
        match for match in _VALUE.finditer(data) if not any(begin <= match.start() < end for begin, end in streams)
    ]
    if not found:
        return flipped(rng, data, others)
    for one in sorted(rng.sample(found, min(len(found), rng.choice((1, 3, 20)))), key=lambda one: -one.start()):
        data = data[: one.start()] + rng.choice(NUMBERS) + data[one.end() :]
    return data


def names_changed(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """`/FlateDecode` for `/Font` and the like."""
    found = list(_NAMES.finditer(data))
    if not found:
        return flipped(rng, data, others)
    for one in sorted(rng.sample(found, min(len(found), rng.choice((1, 3)))), key=lambda one: -one.start()):
        data = data[: one.start()] + rng.choice((*(two.group() for two in found), b"/Encrypt")) + data[one.end() :]
    return data


def streams_damaged(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Unpacked, damaged, packed again: what is drawn, and what the codes of a font mean."""
    found = list(_STREAM.finditer(data))
    rng.shuffle(found)
    for stream in found:
        try:
            content = zlib.decompress(stream.group(4))
        except zlib.error:
            continue
        made = zlib.compress(_drawn_otherwise(rng, content))
        length = b"%d" % len(made)
        parts = (stream.group(1), length, stream.group(3), made, b"\nendstream")
        return data[: stream.start()] + b"".join(parts) + data[stream.end() :]
    return flipped(rng, data, others)


def _drawn_otherwise(rng: Random, content: bytes) -> bytes:
    how = rng.choice(("numbers", "operators", "lost", "often", "bytes", "unended"))
    if how == "often":
        return content * 60
    if how == "unended":
        return b"q BT " * 5000 + content
    if how == "bytes":
        return rng.choice(OF_BYTES)(rng, content, ())
    found = list((_VALUE if how == "numbers" else _OPERATOR).finditer(content))
    if not found:
        return rng.choice(OF_BYTES)(rng, content, ())
    for one in sorted(rng.sample(found, min(len(found), rng.choice((1, 5, 100)))), key=lambda one: -one.start()):
        put = {"numbers": rng.choice(NUMBERS), "operators": rng.choice(found).group(), "lost": b""}[how]
        content = content[: one.start()] + put + content[one.end() :]
    return content


OF_PDFS: tuple[Damage, ...] = (
    objects_lost, objects_swapped, pointers_changed, values_changed, values_changed, names_changed, streams_damaged,
    streams_damaged, streams_damaged,
)  # fmt: skip
