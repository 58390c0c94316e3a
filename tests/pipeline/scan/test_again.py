from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Document, Grid, Picture, Reading, Source
from pipeline.ocr.load import load_engine
from pipeline.scan.again import look_again, merged
from pipeline.scan.document import scan_document

from .drawn import number_page

rivals = st.lists(st.sampled_from(["", "0", "1", "7", "17", "8"]), min_size=1, max_size=4, unique=True).map(
    lambda texts: tuple(Reading(text, "a", 0.5 / 2**i) for i, text in enumerate(texts))
)


def test_looks_that_agree_keep_their_weight() -> None:
    (best, *_) = merged((Reading("8", "a", 0.9),), (Reading("8", "b", 0.8), Reading("3", "b", 0.1)))
    assert (best.text, best.reader) == ("8", "a + b") and best.score == pytest.approx(0.85)


def test_a_sure_look_that_the_second_bears_out_with_doubts_stays_nearly_as_sure() -> None:
    found = merged((Reading("-4", "a", 0.99),), (Reading("-4", "b", 0.6), Reading("4", "b", 0.4)))
    assert [(one.text, one.score) for one in found] == [("-4", pytest.approx(0.891)), ("4", pytest.approx(0.109))]


def test_looks_that_differ_become_rivals() -> None:
    found = merged((Reading("8", "a", 0.9),), (Reading("3", "b", 0.8),))
    assert [(one.text, one.score) for one in found] == [("8", pytest.approx(0.45)), ("3", pytest.approx(0.4))]


def test_words_that_could_hardly_be_read_say_little_against_a_number() -> None:
    """What showed through from the back stood above a 0; the second look saw the 0 alone."""
    found = merged((Reading("一厦\n0", "a", 0.21),), (Reading("0", "b", 1.0),))
    assert found[0].text == "0" and found[0].score == pytest.approx(1 / 1.21)
    assert merged((Reading("规章", "a", 0.9),), (Reading("0", "b", 1.0),))[0].score == 0.5


def test_a_cell_that_only_one_look_could_read() -> None:
    assert merged((), (Reading("3", "b", 0.8),)) == (Reading("3", "b", 0.8),)


@given(rivals, rivals)
def test_merged_probabilities_are_sorted_and_sum_to_one_at_most(
    first: tuple[Reading, ...], second: tuple[Reading, ...]
) -> None:
    found = merged(first, second)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True) and sum(scores) <= 1 + 1e-9
    assert {one.text for one in found} <= {one.text for one in (*first, *second)}


def test_a_cell_is_read_again_from_its_pixels() -> None:
    page = number_page()
    picture = Picture(1240, 1754, Source(1, (0.0, 0.0, 1240.0, 1754.0)), lambda: page)
    engine = load_engine()
    document, scans = scan_document(Document("x", "0", "image", (picture,)), engine)
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    spots = {(1, cell.source.box) for cell in grid.cells[9:12] if cell.source.box}
    again, looks = look_again(document, scans, spots | {(1, (0.0, 0.0, 1.0, 1.0))}, engine)
    assert set(looks) == spots and all(len(seen) == 2 for seen in looks.values())
    (made,) = (block for block in again.blocks if isinstance(block, Grid))
    assert [cell.text for cell in made.cells] == [cell.text for cell in grid.cells]
    changed = [old.readings != new.readings for old, new in zip(grid.cells, made.cells, strict=True)]
    assert changed[9:12] == [True] * 3 and sum(changed) == 3
