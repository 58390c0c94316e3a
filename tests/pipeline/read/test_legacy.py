"""Formats that go through LibreOffice, with LibreOffice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.document import Document, Grid, Line
from pipeline.errors import GoujiError
from pipeline.limits import default_limits
from pipeline.read.legacy import read_legacy
from pipeline.read.open import read_document
from tests.pipeline.read.office_files import docx, needs_office, office_convert, report_body, workbook

HEADING = "四、政府信息公开行政复议、行政诉讼情况"


def shape(document: Document) -> list[tuple[int, int, int, int, str]]:
    (grid,) = [block for block in document.blocks if isinstance(block, Grid)]
    return [(cell.row, cell.column, cell.row_span, cell.column_span, cell.text) for cell in grid.cells]


@needs_office
@pytest.mark.parametrize("ending", ["doc", "rtf", "odt"])
def test_a_converted_report_has_the_table_of_the_original(ending: str, tmp_path: Path) -> None:
    original = tmp_path / "original.docx"
    original.write_bytes(docx(report_body()))
    # The name misleads on purpose: only the content counts.
    converted = tmp_path / "report.pdf"
    converted.write_bytes(office_convert(docx(report_body()), "docx", ending, tmp_path))
    document = read_document(converted)
    assert document.format == "legacy"
    assert document.name == "report.pdf"
    assert shape(document) == shape(read_document(original))
    assert HEADING in [block.text for block in document.blocks if isinstance(block, Line)]


@needs_office
def test_spreadsheets_too(tmp_path: Path) -> None:
    data = workbook([["指标", None, 5], ["a", 0.5, "x"]], ("A1:B1",))
    file = tmp_path / "report.et"
    file.write_bytes(office_convert(data, "xlsx", "ods", tmp_path))
    assert shape(read_document(file)) == [
        (0, 0, 1, 2, "指标"), (0, 2, 1, 1, "5"), (1, 0, 1, 1, "a"), (1, 1, 1, 1, "0.5"), (1, 2, 1, 1, "x"),
    ]  # fmt: skip


@needs_office
def test_spreadsheet_xml_of_2003(tmp_path: Path) -> None:
    file = tmp_path / "report.xls"
    file.write_text(
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        '<Worksheet ss:Name="表"><Table><Row><Cell ss:MergeAcross="1"><Data ss:Type="String">规章</Data></Cell><Cell>'
        '<Data ss:Type="Number">5</Data></Cell></Row></Table></Worksheet></Workbook>',
        encoding="utf-8",
    )
    assert shape(read_document(file)) == [(0, 0, 1, 2, "规章"), (0, 2, 1, 1, "5")]


@needs_office
def test_several_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    data = office_convert(docx(report_body()), "docx", "odt", tmp_path)
    with ThreadPoolExecutor(2) as pool:
        shapes = list(pool.map(lambda _: shape(read_legacy(data, "x", "", "odt")), range(2)))
    assert shapes[0] == shapes[1] != []


@needs_office
def test_too_slow_a_conversion_is_given_up(tmp_path: Path) -> None:
    data = office_convert(docx(report_body()), "docx", "odt", tmp_path)
    # Nothing starts and converts in a second's fraction; 0 itself is no valid limit.
    hasty = replace(default_limits(), conversion_seconds=0)
    with pytest.raises(GoujiError, match="E113"):
        read_legacy(data, "x", "", "odt", hasty)


def test_without_the_program_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GoujiError, match=r"E109.*LibreOffice.*soffice"):
        read_legacy(b"{\\rtf1 x}", "x", "", "rtf")


def test_a_program_that_fails_is_reported_in_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\necho 'Error: source file /tmp/x could not be loaded'\n", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(GoujiError, match="E113") as caught:
        read_legacy(b"{\\rtf1 x}", "x", "", "rtf")
    assert "/tmp" not in str(caught.value)
    assert "\n" not in str(caught.value)
