"""Excel workbooks, the packed XML kind (.xlsx) and the binary kind (.xls): one grid a sheet."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

import olefile
import xlrd
from lxml import etree
from xlrd.sheet import Sheet

from pipeline.document import Block, Cell, Document, Format, Grid, Picture, Reading, Source
from pipeline.errors import E105, E106, GoujiError
from pipeline.limits import Limits, default_limits
from pipeline.read.html_text import OUTER_SPACE
from pipeline.read.package import Package, open_package
from pipeline.read.sheet_format import plain_number, shown_number

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_LAST_ROW, _LAST_COLUMN = 1 << 20, 1 << 14


@dataclass(slots=True)
class _Sheet:
    """A sheet as read: the text of each cell that has any (None: a formula whose result was never stored)."""

    name: str
    cells: dict[tuple[int, int], str | None] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row, first column, and the row and column after the last."""


def read_xlsx(data: bytes, name: str, sha256: str, limits: Limits | None = None) -> Document:
    """A workbook as one grid for each visible sheet that has any text, blank edges trimmed.

    Numbers come as the sheet shows them but unrounded; of a formula its stored result, and no reading where
    none is stored.

    Raises:
        GoujiError: E105 damaged, E106 encrypted, E107 inflates beyond the limits, E108 declares entities.
    """
    limits = limits or default_limits()
    package = open_package(data, limits)
    main = next((target for kind, target in package.relations("").values() if kind == "officeDocument"), "")
    if main not in package.names:
        main = "xl/workbook.xml"
    if main not in package.names:
        raise GoujiError(E105, reason="没有工作簿（xl/workbook.xml）")
    workbook = package.xml(main)
    relations = package.relations(main)
    by_kind = dict(relations.values())
    texts = _shared_texts(package, by_kind.get("sharedStrings", ""))
    formats = _formats(package, by_kind.get("styles", ""))
    properties = workbook.find(f"{_S}workbookPr")
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    warnings: list[str] = []
    sheets: list[_Sheet] = []
    for element in workbook.iter(f"{_S}sheet"):
        sheet = _Sheet(element.get("name") or "")
        if element.get("state") in ("hidden", "veryHidden"):
            warnings.append(f"隐藏的工作表“{sheet.name}”未读取。")
            continue
        relation = next((str(text) for key, text in element.attrib.items() if str(key).endswith("}id")), "")
        kind, target = relations.get(relation, ("", ""))
        if kind != "worksheet" or target not in package.names:
            continue
        _read_sheet(package.xml(target), sheet, texts, formats, from_1904)
        sheets.append(sheet)
    blocks = list(_grids(sheets, limits.max_cells, warnings))
    if not blocks and any(member.startswith("xl/media/") for member in package.names):
        blocks.append(Picture(0, 0))
    return _document(name, sha256, "xlsx", blocks, warnings)


def _shared_texts(package: Package, part: str) -> list[str]:
    if part not in package.names:
        return []
    return [_rich_text(item) for item in package.xml(part).iterfind(f"{_S}si")]


def _rich_text(item: etree._Element) -> str:
    """The text of a string made of runs, without the phonetic hints of East Asian editions."""
    runs = (text for text in item.iter(f"{_S}t") if (parent := text.getparent()) is None or parent.tag != f"{_S}rPh")
    return "".join(text.text or "" for text in runs)


def _formats(package: Package, part: str) -> list[tuple[str | None, int]]:
    """The number format of every cell style: its own text, or None and its number."""
    if part not in package.names:
        return []
    root = package.xml(part)
    codes = {_integer(code.get("numFmtId")): code.get("formatCode") or "" for code in root.iter(f"{_S}numFmt")}
    numbers = [_integer(style.get("numFmtId")) for style in root.iterfind(f"{_S}cellXfs/{_S}xf")]
    return [(codes.get(number), number) for number in numbers]


def _integer(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text) else 0


def _read_sheet(
    root: etree._Element, sheet: _Sheet, texts: list[str], formats: list[tuple[str | None, int]], from_1904: bool
) -> None:
    row = -1
    for line in root.iterfind(f"{_S}sheetData/{_S}row"):
        row = _integer(line.get("r")) - 1 if line.get("r") else row + 1
        column = -1
        for element in line.iterfind(f"{_S}c"):
            place = _place(element.get("r"))
            # The reference may be left out; the cell then follows the one before it.
            at_row, column = place if place is not None else (row, column + 1)
            if 0 <= at_row < _LAST_ROW and 0 <= column < _LAST_COLUMN:
                text = _cell_text(element, texts, formats, from_1904)
                if text != "":
                    sheet.cells[at_row, column] = text
    for merge in root.iterfind(f"{_S}mergeCells/{_S}mergeCell"):
        first, _, last = (merge.get("ref") or "").partition(":")
        begin, end = _place(first), _place(last or first)
        if begin is not None and end is not None and begin[0] <= end[0] and begin[1] <= end[1]:
            sheet.merges.append((begin[0], begin[1], end[0] + 1, end[1] + 1))


def _place(reference: str | None) -> tuple[int, int] | None:
    found = _REFERENCE.fullmatch(reference or "")
    if not found:
        return None
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found.group(2)) - 1, column - 1


def _cell_text(
    element: etree._Element, texts: list[str], formats: list[tuple[str | None, int]], from_1904: bool
) -> str | None:
    kind = element.get("t") or "n"
    if kind == "inlineStr":
        inline = element.find(f"{_S}is")
        return _rich_text(inline).strip(OUTER_SPACE) if inline is not None else ""
    stored = element.findtext(f"{_S}v")
    if stored is None or not stored.strip():
        return None if element.find(f"{_S}f") is not None and kind == "n" else ""
    if kind == "s":
        index = _integer(stored.strip())
        return texts[index].strip(OUTER_SPACE) if index < len(texts) else None
    if kind == "b":
        return "TRUE" if stored.strip() == "1" else "FALSE"
    if kind != "n":
        return stored.strip(OUTER_SPACE)
    try:
        number = float(stored)
    except ValueError:
        return stored.strip(OUTER_SPACE)
    style = _integer(element.get("s"))
    code, number_format = formats[style] if style < len(formats) else (None, 0)
    return shown_number(number, code, number_format, from_1904)


def read_xls(data: bytes, name: str, sha256: str, limits: Limits | None = None) -> Document:
    """A binary workbook, as `read_xlsx` reads the other kind.

    Raises:
        GoujiError: E105 damaged, E106 encrypted.
    """
    limits = limits or default_limits()
    book = _open_xls(data)
    warnings: list[str] = []
    sheets: list[_Sheet] = []
    try:
        for at, sheet_name in enumerate(book.sheet_names()):
            source = book.sheet_by_index(at)
            if source.visibility:
                warnings.append(f"隐藏的工作表“{sheet_name}”未读取。")
                continue
            sheet = _Sheet(sheet_name)
            sheet.cells.update(_xls_cells(book, source))
            sheet.merges.extend((top, left, bottom, right) for top, bottom, left, right in source.merged_cells)
            sheets.append(sheet)
    except MemoryError:
        raise
    except Exception as error:
        raise GoujiError(E105, reason=f"工作簿内容无法解析（{type(error).__name__}）") from None
    return _document(name, sha256, "xls", list(_grids(sheets, limits.max_cells, warnings)), warnings)


def _open_xls(data: bytes) -> xlrd.Book:
    last: Exception | None = None
    data = _workbook_stream(data)
    # Without formats there are no merged cells, but some producers write formats that xlrd cannot follow.
    for formatted in (True, False):
        try:
            return xlrd.open_workbook(
                file_contents=data, formatting_info=formatted, ragged_rows=True, logfile=io.StringIO()
            )
        except MemoryError:
            raise
        except Exception as error:
            # On a damaged file the library fails wherever it happens to stumble, with any error.
            if "encrypted" in str(error).lower():
                raise GoujiError(E106) from None
            last = error
    raise GoujiError(E105, reason=f"不是完整的 XLS 工作簿（{type(last).__name__}）")


def _workbook_stream(data: bytes) -> bytes:
    """The workbook without its container, whose damage sends xlrd round in circles but is noticed by olefile."""
    if not data.startswith(olefile.MAGIC):
        return data
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            name = next(name for name in ("Workbook", "Book") if container.exists(name))
            with container.openstream(name) as stream:
                return bytes(stream.read())
    except MemoryError:
        raise
    except Exception as error:
        raise GoujiError(E105, reason=f"OLE 容器无法解析（{type(error).__name__}）") from None


def _xls_cells(book: xlrd.Book, sheet: Sheet) -> Iterator[tuple[tuple[int, int], str]]:
    for row in range(sheet.nrows):
        for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True)):
            if kind == xlrd.XL_CELL_TEXT:
                text = str(value).strip(OUTER_SPACE)
            elif kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
                text = _xls_number(book, sheet, row, column, float(value))
            elif kind == xlrd.XL_CELL_BOOLEAN:
                text = "TRUE" if value else "FALSE"
            elif kind == xlrd.XL_CELL_ERROR:
                text = str(xlrd.error_text_from_code.get(value, "#N/A"))
            else:
                continue
            if text:
                yield (row, column), text


def _xls_number(book: xlrd.Book, sheet: Sheet, row: int, column: int, number: float) -> str:
    if not book.formatting_info:
        return plain_number(number)
    style = book.xf_list[sheet.cell_xf_index(row, column)]
    number_format = book.format_map.get(style.format_key)
    code = number_format.format_str if number_format is not None else None
    return shown_number(number, code, style.format_key, book.datemode == 1)


def _grids(sheets: list[_Sheet], max_cells: int, warnings: list[str]) -> Iterator[Block]:
    for sheet in sheets:
        if not sheet.cells:
            continue
        if None in sheet.cells.values():
            warnings.append(f"工作表“{sheet.name}”中有公式没有保存结果，这些单元格视为未能读出。")
        grid = _grid(sheet, max_cells)
        if grid is None:
            warnings.append(f"工作表“{sheet.name}”的单元格过多，未读取。")
        else:
            max_cells -= len(grid.cells)
            yield grid


def _grid(sheet: _Sheet, max_cells: int) -> Grid | None:
    top = min(row for row, _ in sheet.cells)
    left = min(column for _, column in sheet.cells)
    bottom = max(row for row, _ in sheet.cells) + 1
    right = max(column for _, column in sheet.cells) + 1
    if (bottom - top) * (right - left) > max_cells:
        return None
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for first_row, first_column, end_row, end_column in sheet.merges:
        # Only the corner of a merged area shows; edges without text were trimmed, so it may begin before them.
        if (first_row, first_column) in covered or (first_row, first_column) in spans:
            continue
        if first_row < top or first_column < left or first_row >= bottom or first_column >= right:
            continue
        end_row, end_column = _grown(sheet.cells, (first_row, first_column), end_row, end_column, bottom, right)
        area = {(r, c) for r in range(first_row, end_row) for c in range(first_column, end_column)}
        area.discard((first_row, first_column))
        if covered.isdisjoint(area) and spans.keys().isdisjoint(area):
            spans[first_row, first_column] = (end_row - first_row, end_column - first_column)
            covered |= area
    n_columns = max([right - left, *(at[1] - left + span[1] for at, span in spans.items())])
    n_rows = max([bottom - top, *(at[0] - top + span[0] for at, span in spans.items())])
    cells: list[Cell] = []
    for row in range(top, top + n_rows):
        for column in range(left, left + n_columns):
            if (row, column) in covered:
                continue
            text = sheet.cells.get((row, column), "")
            readings = () if text is None else (Reading(text, "spreadsheet"),)
            row_span, column_span = spans.get((row, column), (1, 1))
            place = Source(place=f"{sheet.name}!{_column_letters(column)}{row + 1}")
            cells.append(Cell(row - top, column - left, readings, row_span, column_span, place))
    return Grid(n_rows, n_columns, tuple(cells), True, Source(place=sheet.name))


def _grown(
    cells: Mapping[tuple[int, int], str | None], at: tuple[int, int], end_row: int, end_column: int, bottom: int,
    right: int,
) -> tuple[int, int]:  # fmt: skip
    """How far a merged area reaches: to its end where it has text and a sensible size, else to the trimmed edge."""
    if at in cells and end_row - bottom <= _OVERHANG and end_column - right <= _OVERHANG:
        return end_row, end_column
    return min(end_row, bottom), min(end_column, right)


_OVERHANG = 30
"""Rows or columns that a merged cell with text may reach past the last cell with text; whole-row merges reach
thousands."""


def _column_letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _document(name: str, sha256: str, format: Format, blocks: list[Block], warnings: list[str]) -> Document:
    return Document(PurePath(name).name, sha256, format, tuple(blocks), warnings=tuple(warnings))
