"""Layouts: a page as the bytes of a file, the way sites, offices and converters write it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TypeAlias

from training.corpus.marked import shown
from training.examples.drawn import MatrixRow
from training.examples.office import package
from training.mangle.pages import HEAD, LABELS, OTHER, Page, Sheet

SheetText: TypeAlias = Callable[[Sheet], list[str]]


def _text(sheet_text: SheetText, marks: bool = False) -> Callable[[Page], bytes]:
    """Paragraphs a line each and every table as `sheet_text` makes it; `marks` sets Markdown headings."""

    def write(page: Page) -> bytes:
        lines: list[str] = []
        for block in page:
            if isinstance(block, Sheet):
                lines += [*sheet_text(block), *([""] if marks else [])]
            else:
                lines += ["#" * block.level + " " + block.text, ""] if marks and block.level else [block.text]
        return ("\n".join(lines) + "\n").encode()

    return write


def _flat(text: str) -> str:
    return text.replace("\n", " ")


def _cells(sheet: Sheet, *, labels: str = "empty") -> list[list[str]]:
    """Rows of texts. `labels`: leave the places under a merged label `empty`, `repeat` it there, or `merge` a row's
    labels in one cell."""
    rows = []
    above = [""] * LABELS
    for row in sheet.rows:
        cells = list(row.cells)
        if sheet.table_id == "t3" and row.row_id not in (HEAD, OTHER) and labels != "empty":
            own = cells[:LABELS]
            if own[1] and own[2]:
                above[1] = own[1]
            above[0] = own[0] if own[0] else above[0]
            if labels == "merge":
                cells = ["".join(own), *cells[LABELS:]]
            elif own[2]:
                cells[:LABELS] = [own[0] or above[0], own[1] or above[1], own[2]]
            else:
                only = own[1] or own[0]
                cells[:LABELS] = [above[0] if own[1] else only, only, only]
        elif sheet.table_id == "t3" and labels == "merge" and len(cells) >= LABELS + 6:
            cells = ["".join(cells[:LABELS]), *cells[LABELS:]]
        rows.append(cells)
    return rows


def _pipes(labels: str = "empty", outer: bool = True) -> SheetText:
    def lines(sheet: Sheet) -> list[str]:
        rows = [
            " | ".join(cell.replace("\n", "<br>") for cell in row) for row in _cells(sheet, labels=labels)
        ]
        rule = " | ".join(["---"] * len(sheet.rows[0].cells))
        rows.insert(1, rule)
        return ["", *(f"| {row} |" if outer else row for row in rows), ""]

    return lines


def _tabs(labels: str = "empty") -> SheetText:
    return lambda sheet: ["\t".join(map(_flat, row)) for row in _cells(sheet, labels=labels)]


def _drawn_cells(sheet: Sheet) -> list[list[str]]:
    """The rows without the places that a merged cell covers."""
    rows = []
    for row in sheet.rows:
        if row.row_id == HEAD:
            rows.append([cell for cell in row.cells if cell])
        elif sheet.table_id == "t3":
            rows.append([cell for cell in row.cells[:LABELS] if cell] + list(row.cells[LABELS:]))
        elif sheet.table_id == "t2":
            rows.append([cell for cell in row.cells if cell])
        else:
            rows.append(list(row.cells))
    return [[_flat(cell) for cell in row] for row in rows]


def _one_a_line(sheet: Sheet) -> list[str]:
    return [cell for row in _drawn_cells(sheet) for cell in row]


def _one_a_line_apart(sheet: Sheet) -> list[str]:
    return [line for row in _drawn_cells(sheet) for cell in row for line in (cell, "")]


def _one_a_line_piped(sheet: Sheet) -> list[str]:
    return [f"{cell}|" for row in _drawn_cells(sheet) for cell in row]


def _one_a_line_tabbed(sheet: Sheet) -> list[str]:
    return [line for row in _drawn_cells(sheet) for line in (*(f"\t{cell}" for cell in row), "")]


def _aligned(sheet: Sheet) -> list[str]:
    """Columns kept by spaces; blank cells are gaps."""
    rows = [[_flat(cell) for cell in row] for row in _cells(sheet)]
    if sheet.table_id == "t3":
        rows = [["".join(row[:LABELS]), *row[LABELS:]] for row in rows]
    wide = max(len(row) for row in rows)
    widths = [max((_width(row[i]) for row in rows if i < len(row)), default=0) + 2 for i in range(wide)]
    return [
        "".join(cell + " " * (widths[i] - _width(cell)) for i, cell in enumerate(row)).rstrip() for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in shown(text))


def _label_line(sheet: Sheet) -> list[str]:
    return [" ".join(filter(None, row)) for row in _drawn_cells(sheet)]


def _values_below(sheet: Sheet) -> list[str]:
    lines: list[str] = []
    for row, cells in zip(sheet.rows, _drawn_cells(sheet), strict=True):
        n_numbers = {"t2": len(cells) - 1, "t3": 7, "t4": 15}[sheet.table_id]
        at = max(0, len(cells) - n_numbers) if row.row_id else len(cells)
        lines += filter(None, (" ".join(filter(None, cells[:at])), " ".join(filter(None, cells[at:]))))
    return lines


def _values_apart(sheet: Sheet) -> list[str]:
    """All labels first, then all rows of numbers."""
    if sheet.table_id != "t3":
        return _label_line(sheet)
    labels, numbers = [], []
    for row in sheet.rows:
        if row.row_id in (HEAD, OTHER):
            labels.append(" ".join(filter(None, map(_flat, row.cells))))
        else:
            labels.append("".join(row.cells[:LABELS]))
            numbers.append(" ".join(filter(None, map(_flat, row.cells[LABELS:]))))
    return [*filter(None, labels), *filter(None, numbers)]


def _run_together(between: str, whole: bool) -> Callable[[Page], bytes]:
    """Every table (or the whole page) as one line."""

    def write(page: Page) -> bytes:
        parts = [
            between.join(filter(None, (_flat(cell) for row in block.rows for cell in row.cells)))
            if isinstance(block, Sheet)
            else block.text
            for block in page
        ]
        return ((between if whole else "\n").join(parts) + "\n").encode()

    return write


def _html(sheet_markup: Callable[[Sheet], str], nested: bool = False) -> Callable[[Page], bytes]:
    def write(page: Page) -> bytes:
        parts = [
            sheet_markup(block) if isinstance(block, Sheet) else f"<p>{escape(block.text)}</p>\n" for block in page
        ]
        content = "".join(parts)
        if nested:
            content = (
                '<table width="980"><tr><td><table><tr><td>首页</td></tr><tr><td>公开年报</td></tr></table></td>'
                f"<td><table><tr><td>\n{content}</td></tr></table></td></tr></table>\n"
            )
        head = '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>年报</title></head>\n<body>\n'
        return (head + content + "</body></html>\n").encode()

    return write


def _td(text: str, columns: int = 1, rows: int = 1) -> str:
    spans = (f' colspan="{columns}"' if columns > 1 else "") + (f' rowspan="{rows}"' if rows > 1 else "")
    return f"<td{spans}>{escape(text).replace(chr(10), '<br>')}</td>"


def _table_tag(rows: Sequence[str]) -> str:
    return '<table border="1">\n' + "".join(f"<tr>{row}</tr>\n" for row in rows) + "</table>\n"


def _html_flat(labels: str = "empty") -> Callable[[Sheet], str]:
    return lambda sheet: _table_tag(["".join(map(_td, row)) for row in _cells(sheet, labels=labels)])


def _html_spans(sheet: Sheet) -> str:
    rows = []
    for number, row in enumerate(sheet.rows):
        cells = row.cells
        if row.row_id == HEAD or sheet.table_id != "t3":
            rows.append(_merged_right(sheet, number))
            continue
        labels, tags = cells[:LABELS], ""
        if row.row_id == OTHER and len(cells) < LABELS + 7:
            rows.append(_td("".join(cells), LABELS + 7) if len(cells) == 1 else "".join(map(_td, cells)))
            continue
        place = 0
        while place < LABELS:
            width = 1
            below = number + 1
            while below < len(sheet.rows) and _is_covered(sheet.rows[below], place):
                below += 1
            if labels[place]:
                width = next((i for i in range(place + 1, LABELS) if labels[i]), LABELS) - place
                tags += _td(labels[place], width, below - number if width == 1 and place < 2 else 1)
            elif not _is_covered(row, place):
                tags += _td("")
            place += width
        rows.append(tags + "".join(map(_td, cells[LABELS:])))
    return _table_tag(rows)


def _is_covered(row: MatrixRow, place: int) -> bool:
    """Whether the place of a label lies under the merged label above: only blanks up to it, and a label behind."""
    return row.row_id not in (HEAD,) and not any(row.cells[: place + 1]) and any(row.cells[place + 1 : LABELS])


def _merged_right(sheet: Sheet, number: int) -> str:
    """Blank cells of a row joined to the cell on their left, as heads have them; a number cell stays single."""
    row = sheet.rows[number]
    if row.row_id:
        filled = list(row.cells) if sheet.table_id == "t4" else [cell for cell in row.cells if cell]
        wide = max(len(other.cells) for other in sheet.rows)
        return "".join(_td(cell) for cell in filled[:-1]) + _td(filled[-1], max(1, wide - len(filled) + 1))
    tags, place = "", 0
    while place < len(row.cells):
        end = place + 1
        while end < len(row.cells) and not row.cells[end]:
            end += 1
        tags += _td(row.cells[place], end - place)
        place = end
    return tags


def _csv(page: Page) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    for block in page:
        writer.writerows(_cells(block) if isinstance(block, Sheet) else [[block.text]])
    return out.getvalue().encode("utf-8-sig")


def _xlsx(page: Page) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    for block in page:
        for row in _cells(block) if isinstance(block, Sheet) else [[block.text]]:
            sheet.append([int(cell) if cell.isascii() and cell.isdigit() else cell or None for cell in row] or [None])
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    # The time of writing must not make the same report another file.
    del parts["docProps/core.xml"]
    core = re.compile(r"<(?:Override|Relationship)[^<>]*core(?:\.xml|-properties)[^<>]*/>")
    parts = {name: core.sub("", text) for name, text in parts.items()}
    return package(parts)


LAYOUTS: Mapping[str, tuple[str, Callable[[Page], bytes]]] = {
    "html_spans": (".html", _html(_html_spans)),
    "html_flat": (".html", _html(_html_flat())),
    "html_repeated": (".html", _html(_html_flat("repeat"))),
    "html_nested": (".html", _html(_html_flat(), nested=True)),
    "pipes": (".md", _text(_pipes(), marks=True)),
    "pipes_bare": (".txt", _text(_pipes(outer=False))),
    "pipes_merged": (".md", _text(_pipes("merge"), marks=True)),
    "pipes_repeated": (".md", _text(_pipes("repeat"), marks=True)),
    "tabs": (".txt", _text(_tabs())),
    "tabs_merged": (".txt", _text(_tabs("merge"))),
    "one_a_line": (".txt", _text(_one_a_line)),
    "one_a_line_apart": (".txt", _text(_one_a_line_apart)),
    "one_a_line_piped": (".txt", _text(_one_a_line_piped)),
    "one_a_line_tabbed": (".txt", _text(_one_a_line_tabbed)),
    "run_together": (".txt", _run_together("", whole=False)),
    "run_spaced": (".txt", _run_together(" ", whole=False)),
    "run_whole": (".txt", _run_together("", whole=True)),
    "aligned": (".txt", _text(_aligned)),
    "label_line": (".txt", _text(_label_line)),
    "values_below": (".txt", _text(_values_below)),
    "values_apart": (".txt", _text(_values_apart)),
    "csv": (".csv", _csv),
    "xlsx": (".xlsx", _xlsx),
}
"""Name to file suffix and writer."""
