"""Table 4: fifteen numbers in one line."""

from __future__ import annotations

import pytest

from pipeline.recover.line_table import line_tokens
from pipeline.template import table
from tests.pipeline.invented import strips_of

T4 = table("2021", "t4")
HEADS = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
NUMBERS = ["1", "2", "0", "3", "6", "0", "0", "1", "0", "1", "2", "0", "0", "0", "2"]
TOP = "行政复议\t行政诉讼\n未经复议直接起诉\t复议后起诉\n"


def found(text: str) -> list[str] | None:
    tokens = line_tokens(strips_of(text), T4)
    return None if tokens is None else [token.text for token in tokens[0]]


@pytest.mark.parametrize(
    "text",
    [
        TOP + "\t".join(HEADS * 3) + "\n" + "\t".join(NUMBERS),
        TOP + "\t".join(HEADS * 3) + "\n" + "\n".join(NUMBERS),
        TOP + "\n".join(HEADS * 3) + "\n" + "\n".join(NUMBERS),
        TOP + "\t".join(HEADS * 3) + "\n" + "\t".join(NUMBERS) + "\n五、存在的主要问题及改进情况\n2021\n",
        "行政复议\t" + "\t".join(NUMBERS[:5]) + "\n未经复议直接起诉\t" + "\t".join(NUMBERS[5:10])
        + "\n复议后起诉\t" + "\t".join(NUMBERS[10:]) + "\n" + "\t".join(HEADS),
        "\t".join(["", *HEADS]) + "\n行政复议\t" + "\t".join(NUMBERS[:5]) + "\n未经复议直接起诉\t"
        + "\t".join(NUMBERS[5:10]) + "\n复议后起诉\t" + "\t".join(NUMBERS[10:]),
    ],
    ids=["one line", "one cell a line", "heads one a line too", "next section", "rows above the heads", "rows"],
)  # fmt: skip
def test_the_numbers_are_found(text: str) -> None:
    assert found(text) == NUMBERS


def test_blank_cells_are_kept() -> None:
    blanks = ["", *NUMBERS[1:]]
    assert found(TOP + "\t".join(HEADS * 3) + "\n" + "\t".join(blanks)) == blanks


def test_blanks_behind_the_last_cell_are_none() -> None:
    assert found(TOP + "\t".join(HEADS * 3) + "\n" + "\t".join([*NUMBERS, "", ""])) == NUMBERS


@pytest.mark.parametrize("text", ["", "行政复议\t总计\n1\t2\n", "结果维持\t结果纠正\n1\t0\n"])
def test_without_its_head_there_is_no_table(text: str) -> None:
    assert found(text or "无") is None


def test_the_strips_that_it_takes() -> None:
    tokens = line_tokens(strips_of("云泽县水务局\n" + TOP + "\t".join(HEADS * 3) + "\n" + "\t".join(NUMBERS)), T4)
    assert tokens is not None
    assert tokens[1:] == (1, 4)


def test_a_head_with_nothing_behind_it_has_no_numbers() -> None:
    assert found(TOP + "\n".join(HEADS * 3) + "\n五、存在的主要问题及改进情况\n") == []
