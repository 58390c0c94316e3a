"""Excel workbooks, the packed XML kind (.xlsx) and the binary kind (.xls): one grid a sheet."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from warnings import catch_warnings, simplefilter

import olefile
import xlrd
from openpyxl import load_workbook
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel
from openpyxl.worksheet.worksheet import Worksheet
from xlrd.sheet import Sheet

from pipeline.document import Block, Cell, Document, Format, Grid, Page, Reading, Source
from pipeline.errors import E105, E106, GoujiError
from pipeline.limits import Limits, default_limits
from pipeline.read.html_text import OUTER_SPACE
from pipeline.read.package import open_package
from pipeline.read.pictures import Pictures
from pipeline.read.sheet_format import plain_number, shown_number
from pipeline.read.workbook_cells import NOT_STORED, Merge, cells_alone
from pipeline.read.workbook_pictures import sheet_pictures

_LAST_ROW, _LAST_COLUMN = 1 << 20, 1 << 14


@dataclass(slots=True)
class _Sheet:
    """A sheet as read: the text of each cell that has any (None: a formula whose result was never stored)."""

    name: str
    cells: dict[tuple[int, int], str | None] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)


def read_xlsx(data: bytes, name: str, sha256: str, limits: Limits | None = None) -> Document:
    """A workbook as one grid for each visible sheet that has any text, blank edges trimmed.

    Numbers come as the sheet shows them but unrounded; of a formula its stored result, and no reading where
    none is stored. The pictures of a sheet follow its grid, each with a page of its own, in pixels.

    Raises:
        GoujiError: E105 damaged, E106 encrypted, E107 inflates beyond the limits, E108 declares entities.
    """
    limits = limits or default_limits()
    package = open_package(data, limits)
    copy, merges = cells_alone(package)
    warnings: list[str] = []
    sheets: list[_Sheet] = []
    with _failing_as_damaged("工作簿内容无法解析"), catch_warnings():
        simplefilter("ignore")
        book = load_workbook(copy, data_only=True)
        for source in book.worksheets:
            if source.sheet_state != "visible":
                warnings.append(f"隐藏的工作表“{source.title}”未读取。")
                continue
            sheets.append(_Sheet(source.title, dict(_xlsx_cells(source, book.epoch)), merges.get(source.title, [])))
    pictures = Pictures(limits)
    blocks: list[Block] = []
    left = limits.max_cells
    for sheet in sheets:
        grids = list(_grids([sheet], left, warnings))
        left -= sum(len(grid.cells) for grid in grids)
        blocks += [*grids, *sheet_pictures(package, sheet.name, pictures)]
    warnings += pictures.warnings(blocks)
    return _document(name, sha256, "xlsx", blocks, warnings, pictures.pages)


@contextmanager
def _failing_as_damaged(what: str) -> Iterator[None]:
    """On a damaged file the libraries fail wherever they happen to stumble, with any error."""
    try:
        yield
    except (MemoryError, GoujiError):
        raise
    except Exception as error:
        raise GoujiError(E105, reason=f"{what}（{type(error).__name__}）") from None


def _xlsx_cells(sheet: Worksheet, epoch: datetime) -> Iterator[tuple[tuple[int, int], str | None]]:
    # Not iter_rows: between two cells in opposite corners it would make all the others.
    for (row, column), cell in sheet._cells.items():
        value = cell.value
        text: str | None
        if value is None or not (1 <= row <= _LAST_ROW and 1 <= column <= _LAST_COLUMN):
            continue
        if cell.data_type == "e" and value == NOT_STORED:
            text = None
        elif isinstance(value, bool):
            text = "TRUE" if value else "FALSE"
        elif isinstance(value, int | float):
            text = shown_number(float(value), cell.number_format)
        elif isinstance(value, date | time | timedelta):
            code = cell.number_format if is_date_format(cell.number_format) else "yyyy-mm-dd"
            days = to_excel(value, epoch)  # type: ignore[no-untyped-call]
            text = shown_number(days, code, from_1904=epoch == CALENDAR_MAC_1904)
        else:
            text = str(value).strip(OUTER_SPACE)
        if text != "":
            yield (row - 1, column - 1), text


def read_xls(data: bytes, name: str, sha256: str, limits: Limits | None = None) -> Document:
    """A binary workbook, as `read_xlsx` reads the other kind.

    Raises:
        GoujiError: E105 damaged, E106 encrypted.
    """
    limits = limits or default_limits()
    book = _open_xls(data)
    warnings: list[str] = []
    sheets: list[_Sheet] = []
    with _failing_as_damaged("工作簿内容无法解析"):
        for at, sheet_name in enumerate(book.sheet_names()):
            source = book.sheet_by_index(at)
            if source.visibility:
                warnings.append(f"隐藏的工作表“{sheet_name}”未读取。")
                continue
            sheet = _Sheet(sheet_name)
            sheet.cells.update(_xls_cells(book, source))
            sheet.merges.extend((top, left, bottom, right) for top, bottom, left, right in source.merged_cells)
            sheets.append(sheet)
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
    with _failing_as_damaged("OLE 容器无法解析"), olefile.OleFileIO(io.BytesIO(data)) as container:
        name = next(name for name in ("Workbook", "Book") if container.exists(name))
        with container.openstream(name) as stream:
            return bytes(stream.read())


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


def _grids(sheets: list[_Sheet], max_cells: int, warnings: list[str]) -> Iterator[Grid]:
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
            place = Source(place=f"{sheet.name}!{get_column_letter(column + 1)}{row + 1}")
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


def _document(
    name: str, sha256: str, format: Format, blocks: Sequence[Block], warnings: list[str], pages: Sequence[Page] = ()
) -> Document:
    return Document(PurePath(name).name, sha256, format, tuple(blocks), tuple(pages), tuple(warnings))
