from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from annotations.push.passages import own_passage, whole_passage
from pipeline.document import Document, Line
from pipeline.read.open import read_document
from pipeline.reading import read_report
from pipeline.record import FieldSource

EXAMPLES = Path(__file__).parents[3] / "examples"
FIELD = "t3.new.natural"


def read(path: Path, text: str) -> tuple[Document, dict[str, FieldSource]]:
    path.write_text(text, encoding="utf-8")
    source = read_report(path).fields[FIELD].source
    assert source is not None
    return read_document(path), {FIELD: source}


def in_one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", "", text)


@pytest.mark.parametrize("how", [str, in_one_line])
def test_the_cell_is_shown_though_the_page_is_one_line(tmp_path: Path, how: Callable[[str], str]) -> None:
    page = (EXAMPLES / "html_clean.html").read_text(encoding="utf-8")
    document, sources = read(tmp_path / "x.html", how(page))
    for shown in (own_passage(document, FIELD, sources, "①"), whole_passage(document, sources, {FIELD: "①"})):
        assert re.findall(r"<td><mark>(.*?)</mark>", shown) == [f"①{sources[FIELD].text}"]
        assert shown.count("<mark>") == 1


def test_a_line_that_its_number_does_not_tell_from_the_others(tmp_path: Path) -> None:
    lines = (EXAMPLES / "one_cell_a_line.txt").read_text(encoding="utf-8").split("\n")
    page = [f"<p>{line}</p>" for line in lines if line.strip()]
    document, sources = read(tmp_path / "one.html", "<meta charset=utf-8>" + "".join(page))
    # The number that it holds stands in no other.
    assert own_passage(document, FIELD, sources, "①") == f"<p><mark>①{sources[FIELD].text}</mark></p>"
    nobody_knows = {FIELD: sources[FIELD].model_copy(update={"text": "0"})}
    assert own_passage(document, FIELD, nobody_knows, "①") == whole_passage(document, nobody_knows, {FIELD: "①"}) == ""


def test_a_paragraph_is_found_by_its_place() -> None:
    document = read_document(EXAMPLES / "docx_merged.docx")
    line = next(block for block in document.blocks if isinstance(block, Line) and block.text)
    assert line.source.place is not None
    sources = {FIELD: FieldSource(place=line.source.place)}
    assert own_passage(document, FIELD, sources, "①") == f"<p><mark>①{line.text}</mark></p>"
    assert own_passage(document, FIELD, {FIELD: FieldSource(place="段9999")}, "①") == ""
