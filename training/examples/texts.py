"""Reports as text, in the layouts that converters leave behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from training.examples.drawn import Block, Drawn, Matrix, matrix
from training.examples.report import Paragraph

TableText: TypeAlias = Callable[[Matrix], list[str]]


def pipes(rows: Matrix) -> list[str]:
    """A Markdown table; its first row is the head."""
    lines = ["| " + " | ".join(row.cells) + " |" for row in rows]
    return [lines[0], "|" + " --- |" * len(rows[0].cells), *lines[1:]]


def tabs(rows: Matrix) -> list[str]:
    return ["\t".join(row.cells) for row in rows]


def one_cell_a_line(rows: Matrix) -> list[str]:
    """Every drawn cell on a line of its own, an empty line for a blank one."""
    return [
        cell
        for row in rows
        for place, cell in enumerate(row.cells)
        if cell or not _is_covered(row.row_id, place, row.cells)
    ]


def cells_behind_tabs(rows: Matrix) -> list[str]:
    """Every cell behind a tab on a line of its own, an empty line after each row."""
    lines: list[str] = []
    for row in rows:
        texts = [cell for place, cell in enumerate(row.cells) if cell or not _is_covered(row.row_id, place, row.cells)]
        lines += [f"\t{text}" for text in texts] + [""]
    return lines


def nothing_between(rows: Matrix) -> list[str]:
    """All cells run together, no borders kept."""
    return ["".join(cell for row in rows for cell in row.cells)]


def _is_covered(row_id: str, place: int, cells: tuple[str, ...]) -> bool:
    """Whether an empty place lies under a merged cell: in heads, before the label, and behind short rows of table 2."""
    if not row_id:
        return True
    return place < 3 if len(cells) == 10 else len(cells) < 10


def markdown(found: Iterable[Block], table_text: TableText, own: Mapping[str, list[str]] | None = None) -> str:
    """With `#` headings. `own`: lines for some tables, by table id, instead of what `table_text` makes."""
    lines: list[str] = []
    for block in found:
        if isinstance(block, Paragraph):
            lines += [f"{'#' * block.level} {block.text}" if block.level else block.text, ""]
        else:
            lines += [*_table(block, table_text, own), ""]
    return "\n".join(lines)


def plain(found: Iterable[Block], table_text: TableText, own: Mapping[str, list[str]] | None = None) -> str:
    lines: list[str] = []
    for block in found:
        lines += [block.text] if isinstance(block, Paragraph) else _table(block, table_text, own)
    return "\n".join(lines) + "\n"


def one_line(found: Iterable[Block]) -> str:
    """The whole page run together."""
    parts = [
        block.text if isinstance(block, Paragraph) else "".join(nothing_between(matrix(block))) for block in found
    ]
    return "".join(parts) + "\n"


def _table(drawn: Drawn, table_text: TableText, own: Mapping[str, list[str]] | None) -> list[str]:
    return (own or {}).get(drawn.table_id) or table_text(matrix(drawn))
