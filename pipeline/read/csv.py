"""Comma- and tab-separated values: one grid a file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import PurePath

from pipeline.document import Cell, Document, Grid, Reading, Source
from pipeline.errors import E103, E105, GoujiError
from pipeline.limits import Limits, default_limits
from pipeline.read.charset import decode
from pipeline.read.html_text import OUTER_SPACE

_DELIMITERS = ",\t;|"
_SNIFFED_ROWS = 200
_LONGEST_FIELD = 10_000_000


def read_csv(data: bytes, name: str, sha256: str, limits: Limits | None = None) -> Document:
    """A file of separated values as one grid, blank edges trimmed; quoted cells may contain line ends.

    Raises:
        GoujiError: E103 above `max_markup_bytes`; E105 where a cell is longer than 10 million characters.
    """
    limits = limits or default_limits()
    if len(data) > limits.max_markup_bytes:
        raise GoujiError(E103, size=len(data), limit=limits.max_markup_bytes)
    decoded = decode(data)
    text = decoded.text.replace("\0", "")
    warnings = list(decoded.warnings)
    rows = _rows(text, sniff_delimiter(text))
    used = [(line, cells) for line, cells in rows if any(cells)]
    blocks: list[Grid] = []
    if used:
        left = min(next(at for at, cell in enumerate(cells) if cell) for _, cells in used)
        right = max(max(at for at, cell in enumerate(cells) if cell) for _, cells in used) + 1
        first, last = rows.index(used[0]), len(rows) - rows[::-1].index(used[-1])
        if (last - first) * (right - left) > limits.max_cells:
            warnings.append("单元格过多，表格未读取。")
        else:
            blocks.append(_grid(rows[first:last], first, left, right))
    return Document(PurePath(name).name, sha256, "csv", tuple(blocks), warnings=tuple(warnings))


def sniff_delimiter(text: str) -> str:
    """The delimiter under which most rows have the same number of cells, of more than one; a comma by default."""
    best, best_score = ",", 0.0
    sample = text[:100_000]
    for delimiter in _DELIMITERS:
        if delimiter not in sample:
            continue
        widths = [len(cells) for _, cells in _rows(sample, delimiter)[:_SNIFFED_ROWS] if any(cells)]
        usual = Counter(width for width in widths if width > 1).most_common(1)
        if not usual:
            continue
        width, rows = usual[0]
        # A few commas inside prose cells are no columns; agreement counts before width.
        score = rows / len(widths) * min(width, 8)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Every record with the line, from 1, that it begins on."""
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    begin = 1
    try:
        for cells in reader:
            rows.append((begin, [_cell_text(cell) for cell in cells]))
            begin = reader.line_num + 1
    except csv.Error:
        raise GoujiError(E105, reason="有一个单元格过长，引号可能没有成对") from None
    return rows


def _cell_text(text: str) -> str:
    text = text.strip(OUTER_SPACE)
    # Exports protect numbers from Excel as ="0012".
    if text.startswith('="') and text.endswith('"') and len(text) >= 3:
        text = text[2:-1]
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _grid(rows: list[tuple[int, list[str]]], first: int, left: int, right: int) -> Grid:
    cells: list[Cell] = []
    for number, (line, texts) in enumerate(rows):
        for column in range(left, right):
            text = texts[column] if column < len(texts) else ""
            source = Source(line=line, place=f"行{first + number + 1} 列{column + 1}")
            cells.append(Cell(number, column - left, (Reading(text, "csv"),), source=source))
    return Grid(len(rows), right - left, tuple(cells), True, Source(line=rows[0][0]))
