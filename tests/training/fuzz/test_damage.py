"""Damage is the same for the same chance, takes any bytes, and really damages."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest

from pipeline.limits import default_limits
from pipeline.read.mhtml import read_mhtml
from pipeline.read.open import READERS
from pipeline.read.sniff import Found, sniff
from training.fuzz.damage import OF_BYTES, Damage
from training.fuzz.images import OF_IMAGES
from training.fuzz.markup import OF_MARKUP
from training.fuzz.packages import OF_PACKAGES, packed, unpacked
from training.fuzz.pdfs import OF_PDFS
from training.fuzz.seeds import DAMAGES, EXAMPLES, Seed, as_mhtml, damaged, find_seeds
from training.fuzz.texts import OF_TEXT, other_numbers

EVERY: dict[Found, tuple[Damage, ...]] = {
    "text": OF_TEXT,
    "csv": OF_BYTES,
    "html": OF_MARKUP,
    "docx": OF_PACKAGES,
    "pdf": OF_PDFS,
    "image": OF_IMAGES,
}
CASES = [
    pytest.param(kind, damage, id=damage.__name__)
    for kind, damages in EVERY.items()
    for damage in dict.fromkeys(damages)
]


@cache
def seeds() -> dict[Found, list[Seed]]:
    return find_seeds()


@pytest.mark.parametrize(("kind", "damage"), CASES)
def test_it_is_the_same_for_the_same_chance_and_damages(kind: Found, damage: Damage) -> None:
    data, others = seeds()[kind][0].data, [seed.data for seed in seeds()[kind]]
    made = [damage(Random(number), data, others) for number in range(12)]
    assert made == [damage(Random(number), data, others) for number in range(12)]
    assert len(set(made) - {data}) >= 3


@pytest.mark.parametrize("damage", dict.fromkeys(damage for damages in EVERY.values() for damage in damages))
@pytest.mark.parametrize("data", [b"", b"x", b"\xff\xfe<a", b"PK\x03\x04", b"%PDF-1.4 1 0 obj <<>> endobj", b"\x89PNG"])
def test_it_takes_what_is_damaged_already(damage: Damage, data: bytes) -> None:
    for number in range(12):
        assert isinstance(damage(Random(number), data, [data]), bytes)


def test_numbers_become_others() -> None:
    made = {other_numbers(Random(number), "新收 17 件".encode(), ()).decode() for number in range(400)}
    assert {"新收 -7 件", "新收 ٣٤ 件", f"新收 {'9' * 400} 件"} <= made
    assert all(text.startswith("新收 ") and text.endswith(" 件") for text in made)


def test_packages_come_back_as_they_were() -> None:
    members = [("a.xml", b"<a/>"), ("b.xml", b""), ("a.xml", b"<b/>")]
    assert [name for name, _ in unpacked(packed(members))] == ["a.xml", "b.xml", "a.xml"]
    assert unpacked(b"PK\x03\x04") == []


def test_there_is_damage_for_every_kind_that_is_read() -> None:
    assert DAMAGES.keys() == READERS.keys()


def test_the_files_to_begin_with_are_of_every_kind_that_needs_no_libreoffice() -> None:
    assert set(seeds()) == {"text", "csv", "html", "mhtml", "docx", "xlsx", "pdf", "image"}
    for kind, found in seeds().items():
        assert {sniff(seed.data, seed.suffix[1:], default_limits()) for seed in found} == {kind}
    page = as_mhtml((EXAMPLES / "html_clean.html").read_bytes())
    assert read_mhtml(page, "x.mht", "").text().count("予以公开") == 1


def test_a_file_has_one_to_three_damages() -> None:
    found = seeds()["html"]
    counts = {len(damaged(Random(number), found[0], found)[1]) for number in range(40)}
    assert counts == {1, 2, 3}
