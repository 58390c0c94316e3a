"""What the file itself shows around a doubtful cell, where it has no pages: its tables and lines, the cells marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from pipeline.document import Cell, Document, Grid, Line
from pipeline.document import Source as Place
from pipeline.record import FieldSource

BEFORE, AFTER = 3, 2
"""Lines of text shown before and after one that holds a cell."""
ROWS = 1
"""Rows shown above and below that of a cell, on its card."""
LONGEST = 400
"""Characters of a line."""
MOST_BLOCKS = 400
"""Lines and tables of a file of which nothing is known."""
MOST_ROWS = 120
"""Of one table, in the passage as a whole."""


def whole_passage(document: Document, sources: Mapping[str, FieldSource], marks: Mapping[str, str]) -> str:
    """HTML of all tables and lines in which a cell stands, with some lines around, each cell bearing its mark. Empty
    where none is found.

    Args:
        sources: by field id, where it was read.
        marks: by field id, `①` and the like.
    """
    blocks = [block for block in document.blocks if isinstance(block, Grid) or (isinstance(block, Line) and block.text)]
    found_once = _told_apart(document, sources)
    held = [_held(block, found_once) for block in blocks]
    shown: dict[int, None] = {}
    for index, found in enumerate(held):
        if found:
            for near in range(max(0, index - BEFORE), min(len(blocks), index + AFTER + 1)):
                if near == index or isinstance(blocks[near], Line):
                    shown[near] = None
    parts: list[str] = []
    last = -1
    for index in sorted(shown):
        if parts and index != last + 1:
            parts.append('<p class="gap">……</p>')
        parts.append(_block(blocks[index], held[index], marks))
        last = index
    return "".join(parts)


def whole_document(document: Document) -> str:
    """HTML of the file from its beginning, nothing marked; empty where it has no text."""
    blocks = [block for block in document.blocks if isinstance(block, Grid) or (isinstance(block, Line) and block.text)]
    parts = [_block(block, {}, {}) for block in blocks[:MOST_BLOCKS]]
    return "".join([*parts, '<p class="gap">……</p>'] if len(blocks) > MOST_BLOCKS else parts)


def own_passage(document: Document, field: str, sources: Mapping[str, FieldSource], mark: str) -> str:
    """HTML of the row or line that a field was read from, with its neighbours; empty where it is not found."""
    own = _told_apart(document, {field: sources[field]} if field in sources else {})
    for grid in document.blocks:
        if isinstance(grid, Grid) and (found := _held(grid, own)):
            row = found[field][0]
            return _table(grid, found, {field: mark}, range(row - ROWS, row + ROWS + 1))
    for line in document.blocks:
        if isinstance(line, Line) and (found := _held(line, own)):
            return _line(line, found, {field: mark})
    return ""


def _told_apart(document: Document, sources: Mapping[str, FieldSource]) -> dict[str, FieldSource]:
    """Without those of which only a line number is known that several lines of text share, as in a web page that is
    written as one line: which of them it is nobody can tell, and the first is most likely the wrong one."""
    sharing: dict[int, list[str]] = {}
    for block in document.blocks:
        if isinstance(block, Line) and block.source.line is not None and block.source.chars is None:
            sharing.setdefault(block.source.line, []).append(block.text)

    def is_told(source: FieldSource) -> bool:
        if source.place is not None or source.box is not None or source.line is None:
            return True
        return sum(source.text in text for text in sharing.get(source.line, ())) < 2

    return {field: source for field, source in sources.items() if is_told(source)}


Held = dict[str, tuple[int, int]]
"""By field id: row and column of a grid, or first and last character of a line."""


def _held(block: Grid | Line, sources: Mapping[str, FieldSource]) -> Held:
    if isinstance(block, Line):
        return {field: _within(block, source) for field, source in sources.items() if _is_in(block, source)}
    return {
        field: (cell.row, cell.column)
        for field, source in sources.items()
        for cell in block.cells
        if _is_of(cell, source)
    }


def _is_in(line: Line, source: FieldSource) -> bool:
    where = line.source
    # In a web page that is written as one line, all lines and all cells of tables have the same number.
    if source.place is not None or where.place is not None:
        return where.place == source.place
    if not _same_line(where, source):
        return False
    return where.chars is not None or source.text in line.text


def _is_of(cell: Cell, source: FieldSource) -> bool:
    where = cell.source
    if source.place is not None or where.place is not None:
        return where.place == source.place
    if where.box is not None or source.box is not None:
        return where.page == source.page and where.box == source.box
    if not _same_line(where, source):
        return False
    return where.chars is None or source.chars is None or _overlap(where.chars, source.chars)


def _same_line(where: Place, source: FieldSource) -> bool:
    return where.line is not None and where.line == source.line


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _within(line: Line, source: FieldSource) -> tuple[int, int]:
    start = line.source.chars[0] if line.source.chars else 0
    first, last = source.chars or (start, start + len(line.text))
    return max(0, first - start), max(0, last - start)


def _block(block: Grid | Line, held: Held, marks: Mapping[str, str]) -> str:
    if isinstance(block, Line):
        return _line(block, held, marks)
    rows = [row for row, _ in held.values()]
    around = range(block.n_rows)
    if block.n_rows > MOST_ROWS:
        middle = rows[0] if rows else 0
        around = range(max(0, middle - MOST_ROWS // 2), min(block.n_rows, middle + MOST_ROWS // 2))
    return _table(block, held, marks, around)


def _line(line: Line, held: Held, marks: Mapping[str, str]) -> str:
    if not held:
        return f"<p>{escape(_short(line.text))}</p>"
    text = line.text
    parts: list[str] = []
    at = first = max(0, min(start for start, _ in held.values()) - LONGEST // 2)
    for field, (start, end) in sorted(held.items(), key=lambda one: one[1]):
        if start < at:
            continue
        parts += [escape(text[at:start]), f"<mark>{marks.get(field, '')}{escape(text[start:end])}</mark>"]
        at = end
    parts.append(escape(text[at : at + LONGEST // 2]))
    return f"<p>{'…' if first else ''}{''.join(parts)}</p>"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _table(grid: Grid, held: Held, marks: Mapping[str, str], rows: Iterable[int]) -> str:
    wanted = set(rows)
    by_place: dict[tuple[int, int], list[str]] = {}
    for field, place in held.items():
        by_place.setdefault(place, []).append(field)
    lines = [_row(cells, by_place, marks) for row, cells in grid.rows() if row in wanted]
    return f"<table>{''.join(lines)}</table>"


def _row(cells: Sequence[Cell], by_place: Mapping[tuple[int, int], list[str]], marks: Mapping[str, str]) -> str:
    parts = []
    for cell in cells:
        fields = by_place.get((cell.row, cell.column), [])
        spans = (f' rowspan="{cell.row_span}"' if cell.row_span > 1 else "") + (
            f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
        )
        text = escape(_short(cell.text))
        if fields:
            text = f"<mark>{''.join(marks.get(field, '') for field in fields)}{text or '（空）'}</mark>"
        parts.append(f"<td{spans}>{text}</td>")
    return f"<tr>{''.join(parts)}</tr>"
