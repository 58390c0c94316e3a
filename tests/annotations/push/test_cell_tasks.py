from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from annotations.push.cell_tasks import CellTask, cell_task, task_key
from annotations.selection import AskedCell, AskedReport
from pipeline.read.open import read_document
from pipeline.reading import read_report

EXAMPLES = Path(__file__).parents[3] / "examples"
FIELDS = ("t3.new.natural", "t3.granted.total", "t2.licensing.decisions")


def asked(name: str, fields: tuple[str, ...] = FIELDS) -> AskedReport:
    cells = tuple(AskedCell(field=field, worth=1) for field in fields)
    return AskedReport(sha256="0" * 64, file=name, agency=None, year=2021, cells=cells, seconds=0, score=0)


def made(name: str, fields: tuple[str, ...] = FIELDS) -> CellTask:
    path = EXAMPLES / name
    return cell_task("批", "mark", asked(name, fields), read_report(path), read_document(path), path)


@pytest.mark.parametrize("name", ["csv_form.csv", "html_clean.html", "docx_merged.docx"])
def test_a_file_without_pages_shows_its_tables_with_the_cells_marked(name: str) -> None:
    task = made(name)
    data = task.data
    for mark, cell in zip("①②③", data["cells"], strict=True):
        printed = cell["printed"]
        assert f"<mark>{mark}{printed}</mark>" in re.sub(r"\s", "", data["evidence"]), name
        assert f"{mark}{printed}</mark>" in cell["crop"]
        assert f"<mark>{mark}" in data["form"]
        assert cell["label"].startswith(mark)
    assert not task.images


def test_a_page_shows_boxes_and_each_cell_its_crop() -> None:
    task = made("pdf_form.pdf" if (EXAMPLES / "pdf_form.pdf").exists() else _pdf())
    names = {image.name for image in task.images}
    boxes = re.findall(r'class="box" style="left:([\d.]+)%;top:([\d.]+)%', task.data["evidence"])
    assert len(boxes) == len(FIELDS)
    assert all(0 < float(x) < 100 and 0 < float(y) < 100 for x, y in boxes)
    for cell in task.data["cells"]:
        assert re.fullmatch(r'<img src="\{\{([0-9a-f]{32}\.jpg)\}\}" alt="这一格">', cell["crop"]).group(1) in names
    for image in task.images:
        assert cv2.imdecode(np.frombuffer(image.data, np.uint8), cv2.IMREAD_COLOR) is not None
    addressed = task.with_addresses({name: f"/data/{name}" for name in names})
    assert "{{" not in str(addressed["evidence"]) + str(addressed["cells"])


def _pdf() -> str:
    return next(path.name for path in sorted(EXAMPLES.glob("*.pdf")))


def test_what_stands_in_a_report_is_no_markup(tmp_path: Path) -> None:
    text = (EXAMPLES / "html_clean.html").read_text(encoding="utf-8")
    path = tmp_path / "x.html"
    path.write_text(text.replace("自然人", "自然人&lt;script&gt;alert(1)&lt;/script&gt;", 1), encoding="utf-8")
    task = cell_task("批", "mark", asked("<b>x"), read_report(path), read_document(path), path)
    assert "<script" not in task.data["evidence"] + task.data["form"]


def test_a_cell_that_is_nowhere_says_so() -> None:
    task = made("table_lost.md", ("t3.new.natural",))
    assert "没有找到" in task.data["cells"][0]["crop"]
    assert "程序没有找到" in task.data["evidence"]
    assert "<table>" in task.data["evidence"] or "<p>" in task.data["evidence"]


def test_keys_tell_tasks_apart() -> None:
    one = asked("a")
    assert task_key("批", one, False) == task_key("批", one.model_copy(update={"score": 3.0}), False)
    others = [
        task_key("批二", one, False), task_key("批", one, True), task_key("批", asked("a", FIELDS[:2]), False),
        task_key("批", one.model_copy(update={"sha256": "1" * 64}), False),
    ]  # fmt: skip
    assert len({task_key("批", one, False), *others}) == 5
