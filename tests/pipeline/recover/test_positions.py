"""Columns of text that spaces align."""

from __future__ import annotations

from pipeline.recover.positions import place_columns
from pipeline.recover.strips import Strip, Token, display_width
from pipeline.template import table
from tests.pipeline.invented import strips_of

T3 = table("2021", "t3")
EDGES = (24, 34, 46, 58, 74, 90, 98)
HEADS = [column.label for column in T3.columns]


def aligned(label: str, cells: tuple[str, ...]) -> str:
    line = label
    for edge, cell in zip(EDGES, cells, strict=True):
        line += " " * (edge - display_width(line)) + cell
    return line.rstrip()


def page(*lines: tuple[str, tuple[str, ...]]) -> tuple[list[Strip], dict[str, list[Token]]]:
    names = {
        "重复申请": "rejected_repeat",
        "予以公开": "granted",
        "部分公开": "partial",
        "属于国家秘密": "denied_secret",
    }
    found = strips_of("\n".join([aligned("", tuple(HEADS)), *(aligned(label, cells) for label, cells in lines)]))
    tokens = {}
    for (label, _), strip in zip(lines, found[1:], strict=True):
        tokens[names[label]] = [token for token in strip.tokens if token.kind == "value"]
    return found, tokens


def test_blank_cells_are_put_back_where_the_columns_can_be_told() -> None:
    found, tokens = page(
        ("予以公开", ("3", "", "", "", "", "", "3")),
        ("部分公开", ("5", "1", "", "", "", "", "6")),
        ("属于国家秘密", ("", "", "2", "", "", "", "2")),
        ("重复申请", ("0", "0", "0", "0", "0", "0", "0")),
    )
    placed = place_columns(tokens, found, 1, T3)
    assert {row: [token.text for token in cells] for row, cells in placed.items()} == {
        "granted": ["3", "", "", "", "", "", "3"],
        "partial": ["5", "1", "", "", "", "", "6"],
        "denied_secret": ["", "", "2", "", "", "", "2"],
    }


def test_the_heads_tell_which_columns_hold_nothing() -> None:
    found, tokens = page(
        ("予以公开", ("3", "", "", "", "", "", "3")),
        ("部分公开", ("5", "", "", "", "", "", "5")),
        ("属于国家秘密", ("7", "", "", "", "", "", "7")),
    )
    placed = place_columns(tokens, found, 1, T3)
    assert [token.text for token in placed["granted"]] == ["3", "", "", "", "", "", "3"]


def test_a_label_alone_is_a_row_of_blanks() -> None:
    found, tokens = page(
        ("予以公开", ("3", "", "", "", "", "", "3")),
        ("部分公开", ("5", "1", "", "", "", "", "6")),
        ("属于国家秘密", ("", "", "2", "", "", "", "2")),
        ("重复申请", ("", "", "", "", "", "", "")),
    )
    assert {token.kind for token in place_columns(tokens, found, 1, T3)["rejected_repeat"]} == {"blank"}


def test_too_few_short_rows_prove_nothing() -> None:
    found, tokens = page(
        ("予以公开", ("3", "", "", "", "", "", "3")), ("重复申请", ("0", "0", "0", "0", "0", "0", "0"))
    )
    assert place_columns(tokens, found, 1, T3) == {}


def test_text_with_borders_is_left_alone() -> None:
    assert place_columns({"granted": [Token("3", "value", strips_of("3")[0].tokens[0].source)]}, [], 0, T3) == {}
