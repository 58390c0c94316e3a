"""Held-out reports as files: the same bytes each time, and places that hold what the gold prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.read.open import read_document
from pipeline.tag.linear import linear
from training.corpus.drawing import Drawn, draw_reports
from training.corpus.labelled import samples
from training.corpus.settings import load_settings
from training.evaluation.cases import find_cases
from training.evaluation.heldout import groups_of, write_case, write_heldout
from training.evaluation.places import is_same, place_of

HOW = load_settings().model_copy(update={"converted": 0.0})
WHOLE = HOW.model_copy(update={"damages": (1.0,), "label_damages": (1.0,), "page_damages": (1.0,)})


@pytest.fixture(scope="module")
def drawn() -> list[Drawn]:
    return [one for one in draw_reports(77, 0, 120, HOW) if one.split == "test"]


def test_places_hold_the_numbers_of_the_gold(tmp_path: Path) -> None:
    """Of reports without damage, every number of a table stands, as printed, in a cell at its place."""
    undamaged = [one for one in draw_reports(77, 0, 60, WHOLE) if one.split == "test" and not one.damages][:3]
    for _, sample in samples(undamaged):
        assert sample is not None
        write_case(sample, tmp_path, HOW)
    cases = find_cases(tmp_path)
    assert len(cases) == len(undamaged) > 0
    for case in cases:
        places = case.about.places
        assert places is not None
        document = read_document(case.gold.document)
        seen = linear(document)
        for field, number in case.gold.printed.items():
            if number is None or field not in places:
                continue
            texts = [
                seen.text[piece.start : piece.end]
                for piece in seen.pieces
                if is_same(place_of((piece.cell or document.blocks[piece.block]).source), places[field][0])
            ]
            assert any(f"{number:g}" in text.replace(",", "") for text in texts), (case.name, field)
        assert case.agency and case.province and case.about.origin == "synthetic"


def test_groups_name_what_was_done(drawn: list[Drawn]) -> None:
    for one in drawn:
        groups = groups_of(one, HOW)
        assert ("unseen" in groups) == one.unseen
        assert {f"damage {name}" for name in one.damages} <= set(groups)
        assert ("undamaged" in groups) == (not one.damages)
        assert f"layout {one.layout}" in groups


@pytest.mark.slow
def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    for name, workers in (("one", 1), ("two", 2)):
        write_heldout(tmp_path / name, 6, 1, 4, workers)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one.keys() == two.keys()
    # Office files hold the time of their making.
    assert all(one[name] == two[name] for name in one if not name.endswith((".docx", ".xlsx", ".pdf")))
    assert len(find_cases(tmp_path / "one")) == 7
