"""What can be done to zip packages: to their members, and to what the zip says of them."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Sequence
from random import Random

from training.fuzz.damage import OF_BYTES, Damage, flipped
from training.fuzz.markup import OF_MARKUP, attributes, elements
from training.fuzz.texts import OF_TEXT, numbers_swapped, other_numbers

BIG = 30_000_000
"""Bytes of an oversized member, which packs to next to nothing."""
NAMES = (
    "../evil.xml", "word\\..\\x", "/etc/passwd", "C:\\x", "a\0b", "名.xml", "x" * 5000, "", ".", "WORD/DOCUMENT.XML",
    "mimetype",
)  # fmt: skip
_WELL_FORMED: tuple[Damage, ...] = (other_numbers, attributes, attributes, elements, elements, numbers_swapped)
"""Mostly leave a part that an XML parser takes, so that what comes after it is tried, too."""
_FIELDS = (
    (b"PK\x03\x04", (("<H", 4), ("<H", 6), ("<H", 8), ("<I", 14), ("<I", 18), ("<I", 22), ("<H", 26), ("<H", 28))),
    (b"PK\x01\x02", (("<H", 8), ("<H", 10), ("<I", 16), ("<I", 20), ("<I", 24), ("<H", 28), ("<H", 30), ("<I", 42))),
    (b"PK\x05\x06", (("<H", 4), ("<H", 8), ("<H", 10), ("<I", 12), ("<I", 16), ("<H", 20))),
)
"""Signature and its numbers: format and place."""
_NUMBERS = (0, 1, 9, 12, 14, 99, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1000)

Members = list[tuple[str, bytes]]


def unpacked(data: bytes) -> Members:
    """Names and contents; nothing where it is no zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    except Exception:
        # What was damaged before fails in any of a dozen ways.
        return []


def packed(members: Members) -> bytes:
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        # Two members of one name are meant.
        warnings.simplefilter("ignore")
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name or "x"), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def part_damaged(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """One of its parts is damaged as text, markup or bytes; those that hold the report more often than others."""
    members = unpacked(data)
    if not members:
        return flipped(rng, data, others)
    weights = [1 + len(content) // 2000 for _, content in members]
    at = rng.choices(range(len(members)), weights)[0]
    name, content = members[at]
    damage = rng.choice((*_WELL_FORMED * 6, *OF_TEXT, *OF_MARKUP, *OF_BYTES))
    members[at] = (name, damage(rng, content, [content for _, content in members]))
    return packed(members)


def members_changed(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A member lost, empty, doubled, much too large, or in the place of another; of another file, too."""
    members = unpacked(data)
    if not members:
        return flipped(rng, data, others)
    at = rng.randrange(len(members))
    name, content = members[at]
    strangers = unpacked(rng.choice(others)) if others else []
    how = rng.choice(("lost", "empty", "doubled", "large", "replaced", "stranger", "renamed", "nested"))
    if how == "lost":
        del members[at]
    elif how == "empty":
        members[at] = (name, b"")
    elif how == "doubled":
        members.insert(rng.randint(0, len(members)), (name, rng.choice(members)[1]))
    elif how == "large":
        members[at] = (name, content + bytes(BIG))
    elif how == "replaced":
        members[at] = (name, rng.choice(members)[1])
    elif how == "stranger" and strangers:
        taken = rng.choice(strangers)
        members = [(one, taken[1] if one == taken[0] else of) for one, of in members] + [taken]
    elif how == "renamed":
        members[at] = (rng.choice(NAMES), content)
    else:
        members[at] = (name, data)
    return packed(members)


def directory_lies(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """A number of the zip's own: sizes, methods, flags, lengths, places."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 3))):
        signature, fields = rng.choice(_FIELDS)
        places = [at for at in _all(data, signature) if at + 46 <= len(made)]
        if places:
            form, offset = rng.choice(fields)
            number = rng.choice(_NUMBERS) % (65536 if form == "<H" else 2**32)
            struct.pack_into(form, made, rng.choice(places) + offset, number)
    return bytes(made)


def _all(data: bytes, signature: bytes) -> list[int]:
    places, at = [], data.find(signature)
    while at >= 0:
        places.append(at)
        at = data.find(signature, at + 1)
    return places


OF_PACKAGES: tuple[Damage, ...] = (
    *[part_damaged] * 9, members_changed, members_changed, directory_lies, flipped,
)  # fmt: skip
