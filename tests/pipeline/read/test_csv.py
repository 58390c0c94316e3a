"""Comma- and tab-separated values."""

from __future__ import annotations

import pytest

from pipeline.document import Document, Grid
from pipeline.errors import GoujiError
from pipeline.read.csv import read_csv, sniff_delimiter


def grid_of(document: Document) -> Grid:
    (grid,) = document.blocks
    assert isinstance(grid, Grid)
    return grid


def read(text: str, encoding: str = "utf-8") -> Grid:
    return grid_of(read_csv(text.encode(encoding), "report.csv", "0" * 64))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_cells_in_any_encoding_and_with_any_delimiter(delimiter: str, encoding: str) -> None:
    text = "\r\n".join(
        delimiter.join(row) for row in (["指标", "自然人", "总计"], ["本年新收", "12", ""], ["", "7", "7"])
    )
    grid = read(text, encoding)
    assert [cell.text for cell in grid.cells] == ["指标", "自然人", "总计", "本年新收", "12", "", "", "7", "7"]
    assert (grid.n_rows, grid.n_columns, grid.aligned) == (3, 3, True)


def test_quoted_cells_keep_delimiters_and_line_ends() -> None:
    grid = read('"规章, 含地方",1\n"第一行\r\n第二行",""""\n="0012",x\n')
    assert [cell.text for cell in grid.cells] == ["规章, 含地方", "1", "第一行\n第二行", '"', "0012", "x"]
    assert [cell.source.line for cell in grid.cells] == [1, 1, 2, 2, 4, 4]


def test_blank_edges_are_trimmed_and_blank_rows_between_are_kept() -> None:
    grid = read(",,\n,a,\n,,\n,b\n\n,,\n")
    assert [(cell.row, cell.column, cell.text) for cell in grid.cells] == [(0, 0, "a"), (1, 0, ""), (2, 0, "b")]
    assert grid.cells[0].source.place == "行2 列2"


def test_commas_in_prose_are_no_columns() -> None:
    assert sniff_delimiter("规章，含, 甲\t1\t2\n文件, 乙, 丙\t3\t4\n") == "\t"


def test_an_endless_quote_is_damage_not_a_crash() -> None:
    with pytest.raises(GoujiError, match="E105"):
        read('"' + "长" * 10_000_001)
