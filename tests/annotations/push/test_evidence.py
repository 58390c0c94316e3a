from __future__ import annotations

import re
from base64 import b64encode
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from annotations.push import evidence
from annotations.push.evidence import evidence_of_cells, evidence_of_table
from pipeline.document import Picture
from pipeline.read.open import read_document
from pipeline.reading import read_report
from pipeline.record import FieldSource, Report

EXAMPLES = Path(__file__).parents[3] / "examples"
PDF, HTML = EXAMPLES / "pdf_page_break.pdf", EXAMPLES / "html_clean.html"


def rows_of(report: Report) -> list[list[str]]:
    rows: dict[str, list[str]] = {}
    for field in report.fields:
        if field.startswith("t3."):
            rows.setdefault(field.split(".")[1], []).append(field)
    return list(rows.values())


def sources_of(report: Report, page: int | None = None) -> dict[str, FieldSource]:
    return {
        field: one.source for field, one in report.fields.items()
        if field.startswith("t3.") and one.source is not None and page in (None, one.source.page)
    }  # fmt: skip


def pages(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'class="page">第 (\d+) 页', html)]


def test_a_table_that_was_found_is_shown_where_it_is() -> None:
    report = read_report(PDF)
    found = evidence_of_table(read_document(PDF), PDF, sources_of(report), rows_of(report), PDF.name)
    assert pages(found.html) == [3, 4]
    assert found.html.count('class="box"') == 2
    assert "没有" not in found.html


def test_where_half_of_a_table_was_lost_the_whole_file_is_shown() -> None:
    report = read_report(PDF)
    found = evidence_of_table(read_document(PDF), PDF, sources_of(report, 3), rows_of(report), PDF.name)
    assert pages(found.html) == [1, 2, 3, 4]
    assert found.html.count('class="box"') == 1
    assert "整个文件" in found.html
    assert "没有显示的页" not in found.html
    report = read_report(HTML)
    half = dict(list(sources_of(report).items())[:40])
    text = evidence_of_table(read_document(HTML), HTML, half, rows_of(report), HTML.name).html
    assert "整个文件" in text
    assert "四、结转下年度继续办理" in text


def test_a_table_in_the_text_of_a_page_with_a_picture_is_shown_as_text(tmp_path: Path) -> None:
    data = BytesIO()
    Image.new("RGB", (400, 300), "white").save(data, "PNG")
    picture = f'<img src="data:image/png;base64,{b64encode(data.getvalue()).decode()}">'
    path = tmp_path / "x.html"
    text = HTML.read_text(encoding="utf-8")
    path.write_text(re.sub("(<body[^>]*>)", rf"\1{picture}", text, count=1), encoding="utf-8")
    document = read_document(path)
    assert any(isinstance(block, Picture) for block in document.blocks)
    report = read_report(path)
    found = evidence_of_table(document, path, sources_of(report), rows_of(report), path.name).html
    assert "四、结转下年度继续办理" in found
    assert "没有" not in re.sub("<[^>]*>", "", found).replace("没有现成信息", "")


def test_what_is_not_shown_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_PAGES", 2)
    report = read_report(PDF)
    found = evidence_of_table(read_document(PDF), PDF, {}, rows_of(report), PDF.name)
    assert pages(found.html) == [1, 2]
    assert "没有显示的页：3、4" in found.html


def test_beside_cells_that_were_found_the_file_is_shown_for_the_one_that_was_not() -> None:
    report = read_report(PDF)
    sources = sources_of(report)
    here = {"t3.new.natural": sources["t3.new.natural"]}
    marks = {"t3.new.natural": "①", "t3.new.total": "②"}
    document = read_document(PDF)
    assert pages(evidence_of_cells(document, PDF, here, {"t3.new.natural": "①"}, PDF.name).html) == [3]
    assert pages(evidence_of_cells(document, PDF, here, marks, PDF.name).html) == [3, 1, 2, 3, 4]
