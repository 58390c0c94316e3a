"""What the classifier says of characters, told of the values of strips."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.document import Document, Line
from pipeline.read.text import read_text
from pipeline.recover.strips import Strip, Token, strips
from pipeline.tag.decode import Tags
from pipeline.tag.hints import hints_of
from pipeline.tag.linear import linear
from tests.pipeline.invented import LAYOUTS
from tests.pipeline.tag.made import document, grid, tagged, tags
from training.examples.report import invent


def told(made: Document, said: Tags | None = None) -> list[tuple[str, dict[str, float] | None]]:
    """Each value with what is said of it. Of its own the n-th number of the text is of the row `n`."""
    said = said or tags(made, [f"{n}.natural" for n in range(400)])
    found = strips(made)
    hints = hints_of(found, said)
    return [(token.text, as_dict(hints.get(at))) for at, token in values(found)]


def as_dict(shares: object) -> dict[str, float] | None:
    return dict(shares) if isinstance(shares, dict) else None


def values(found: Sequence[Strip]) -> list[tuple[tuple[int, int], Token]]:
    return [
        ((s, t), token)
        for s, strip in enumerate(found)
        for t, token in enumerate(strip.tokens)
        if token.kind == "value"
    ]


def rows_told(made: Document) -> list[tuple[str, str]]:
    return [(text, next(iter(shares or {"": 1.0}))) for text, shares in told(made)]


def test_numbers_of_cells_are_found_in_order() -> None:
    made = document(grid([["新收", "1", "1"], ["上年结转", "1", "11"]]))
    assert rows_told(made) == [("1", "0"), ("1", "1"), ("1", "2"), ("11", "3")]


def test_digits_of_labels_are_passed_over() -> None:
    made = document(grid([["1.属于国家秘密", "1"], ["2.其他法律行政法规禁止公开", "2"]]))
    assert rows_told(made) == [("1", "1"), ("2", "3")]


def test_blank_cells_and_cells_of_spaces_say_nothing() -> None:
    made = document(grid([["新收", "", " 3 ", "\u3000"], ["上年结转", "", "", "4"]]))
    assert rows_told(made) == [("3", "0"), ("4", "1")]


def test_lines_of_a_text() -> None:
    made = document(Line("新收\t1\t2"), Line(""), Line("3"), Line("4 5"))
    assert rows_told(made) == [("1", "0"), ("2", "1"), ("3", "2"), ("4 5", "3")]


def test_sentences_and_page_numbers_between_tables_are_passed_over() -> None:
    """They leave no strip behind, but numbers in the text."""
    made = document(
        grid([["", "1"]]), Line("本年收到政府信息公开申请5件，办结5件。"), Line("- 5 -"), grid([["", "5"]])
    )
    assert rows_told(made) == [("1", "0"), ("5", "4")]


def test_the_first_of_glued_digits_tells_the_row() -> None:
    made = document(grid([["新收", "123"], ["上年结转", "4"]]))
    at = linear(made).text.index("123")
    said = Tags(
        linear(made),
        (
            tagged(at, at + 1, ("t3.new.natural", 1.0)),
            tagged(at + 1, at + 3, ("t3.carried_in.total", 1.0)),
            tagged(linear(made).text.index("4"), linear(made).text.index("4") + 1, ("t3.granted.natural", 1.0)),
        ),
        tuple(("三", 1.0) for _ in linear(made).lines),
    )
    assert told(made, said) == [("123", {"t3.new": 1.0}), ("4", {"t3.granted": 1.0})]


def test_a_number_that_is_not_tagged_says_nothing() -> None:
    made = document(grid([["新收", "1", "2"]]))
    assert told(made, tags(made, {1: "t3.new.commercial"})) == [("1", None), ("2", {"t3.new": 1.0})]


def test_columns_of_a_row_count_together() -> None:
    """Whose column it is does not matter: 0.5 and 0.25 of one row, 0.25 of another, at 0.8 that it is one at all."""
    made = document(grid([["", "7"]]))
    said = Tags(
        linear(made),
        (tagged(1, 2, ("t3.new.natural", 0.5), ("t3.new.total", 0.25), ("t3.granted.total", 0.25), sure=0.8),),
        (("三", 1.0),),
    )
    ((_, shares),) = told(made, said)
    assert shares is not None and shares.keys() == {"t3.new", "t3.granted"}
    assert (shares["t3.new"], shares["t3.granted"]) == (pytest.approx(0.6), pytest.approx(0.2))


def test_a_number_in_words_of_a_cell() -> None:
    """Of a cell that holds a label and its number the strips have both apart."""
    made = document(grid([["行政许可 80", "行政处罚 5"]]))
    assert rows_told(made) == [("80", "0"), ("5", "1")]


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "run together"])
def test_every_value_of_a_report_finds_its_own_number(layout: str) -> None:
    """Each number of the text is tagged with what it says as its row, so a hint must say what the value does."""
    made = read_text(LAYOUTS[layout](invent("云泽县水务局", 2022, 7)).encode(), "r.txt", "0" * 64)
    seen = linear(made)
    numbers = tags(seen, ["?"] * len(seen.text)).numbers
    named = tuple(tagged(n.start, n.end, (f"{seen.text[n.start : n.end]}.natural", 1.0)) for n in numbers)
    found = told(made, Tags(seen, named, tuple(("三", 1.0) for _ in seen.lines)))
    assert len(found) > 150
    for text, shares in found:
        assert shares == {text: 1.0}


def test_values_behind_fused_rows_are_found() -> None:
    fused = ["1.属于国家秘密\n2.其他法律行政法规禁止公开", "1\n3", "2\n4"]
    found = rows_told(document(grid([fused, ["（一）予以公开", "5", "6"], ["（二）部分公开", "3", "4"]])))
    assert [text for text, _ in found] == ["1", "2", "3", "4", "5", "6", "3", "4"]
    assert [row for _, row in found[-4:]] == ["6", "7", "8", "9"]


def test_a_page_number_in_a_grid_is_passed_over() -> None:
    made = document(grid([["", "1", "2"], ["- 3 -", "", ""], ["", "3", "4"]]))
    assert rows_told(made) == [("1", "0"), ("2", "1"), ("3", "3"), ("4", "4")]


def test_nothing_is_said_of_nothing() -> None:
    made = document()
    assert hints_of(strips(made), tags(made, [])) == {}
