"""The files that are written: documents of each format, gold that evaluate reads, truth beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from training.examples.drawn import Drawn
from training.gold import find_gold
from training.synth import LAYOUTS, LEVELS, SynthReport, degrade
from training.synth.content import Style, draw_content, fields_of, written
from training.synth.files import pages_file
from training.synth.levels import suits
from training.synth.pages import main, write_report
from training.synth.real import real_pages
from training.synth.truth_file import read_truth

Draw = Callable[[str, int], SynthReport]
REAL = Path(__file__).parents[4] / "shared" / "reports" / "real"


def test_gold_and_truth_stand_beside_the_document(drawn: Draw, tmp_path: Path) -> None:
    report = drawn("songti", 1)
    write_report(tmp_path, report, "web", 1, "pdf")
    write_report(tmp_path, report, "fax", 1, "tiff")
    found = find_gold(tmp_path)
    assert [(gold.name, gold.document.suffix) for gold in found] == [
        ("songti_0001_fax", ".tiff"),
        ("songti_0001_web", ".pdf"),
    ]
    for gold in found:
        assert gold.reconciled == report.report.values
        truth = read_truth(tmp_path / f"{gold.name}.truth.json")
        assert len(truth) == len(report.pages)
        assert {cell.field for page in truth for cell in page.cells if cell.field} == gold.printed.keys()


def test_gold_knows_every_value_and_says_what_is_blank(drawn: Draw) -> None:
    report = drawn("songti", 1)
    gold = json.loads(report.gold("测试"))
    assert None not in gold["reconciled"].values()
    blank = {field for field, text in report.report.printed.items() if not text}
    assert {field for field, value in gold["printed"].items() if value is None} == blank


@pytest.mark.parametrize(("wanted", "suffix"), [("pdf", ".pdf"), ("tiff", ".tiff"), ("png", ".pdf"), ("jpg", ".pdf")])
def test_files_hold_all_pages(drawn: Draw, wanted: str, suffix: str, tmp_path: Path) -> None:
    pages = [degrade(page, "fax", 1) for page in drawn("songti", 1).pages]
    found, data = pages_file(pages, wanted)  # type: ignore[arg-type]
    assert found == suffix
    if suffix == ".pdf":
        pdf = pypdfium2.PdfDocument(data)
        assert len(pdf) == len(pages)
        shown = pdf[0].render(scale=pages[0].dpi / 72).to_numpy()
        assert abs(shown.shape[0] - pages[0].image.shape[0]) <= 2
        pdf.close()
    else:
        path = tmp_path / "pages.tiff"
        path.write_bytes(data)
        with Image.open(path) as image:
            assert getattr(image, "n_frames", 1) == len(pages)
            assert (np.asarray(image.convert("RGB")) == pages[0].image).all()
    assert pages_file(pages, wanted)[1] == data  # type: ignore[arg-type]


def test_one_page_may_be_a_picture(drawn: Draw) -> None:
    page = degrade(drawn("songti", 1).pages[0], "web", 1)
    assert pages_file([page], "png")[0] == ".png"
    assert pages_file([page], "jpg")[0] == ".jpg"


def test_unknown_names_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path), "--layouts", "songti,nonesuch"]) == 2
    assert "songti" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_every_number_has_a_field_in_every_style() -> None:
    """Whatever the storeys and numbering, the slots of the drawn tables name each field once."""
    for seed in range(12):
        found = draw_content(Random(seed))
        for style in (Style(2, "{}、"), Style(3), Style(4, "circled", note=False, published=False)):
            names = [
                field
                for block in written(found.report, style)
                if isinstance(block, Drawn)
                for row in block.rows
                for field in fields_of(found.report, block, row)
                if field
            ]
            assert sorted(names) == sorted(found.report.values)
        assert not found.unknown


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_level_of_every_layout(drawn: Draw, layout: str) -> None:
    report = drawn(layout, 2)
    fullest = max(report.pages, key=lambda page: len(page.truth.cells))
    for level in LEVELS:
        if not suits(report.pages, level):
            continue
        seen = degrade(fullest, level, 2)
        assert seen.image.std() > 4
        corners = np.array([cell.quad for cell in seen.truth.cells if cell.field]).reshape(-1, 2)
        assert (corners >= 0).all()
        assert (corners <= [seen.truth.width, seen.truth.height]).all()


@pytest.mark.slow
def test_the_command_writes_all(tmp_path: Path, drawn: Draw) -> None:
    drawn("kaiti", 7)
    out, cache = tmp_path / "out", tmp_path / "cache"
    options = ["--reports", "1", "--seed", "7", "--layouts", "kaiti", "--levels", "mild,heavy", "--cache", str(cache)]
    assert main(["--out", str(out), *options]) == 0
    assert [gold.name for gold in find_gold(out)] == ["kaiti_0007_heavy", "kaiti_0007_mild"]


@pytest.mark.skipif(not REAL.exists(), reason="the real reports are not here")
def test_real_pdf_gives_every_field_a_cell() -> None:
    path = REAL / "hongze_2023.pdf"
    fields = [cell.field for page in real_pages(path) for cell in page.truth.cells if cell.field]
    gold = json.loads((REAL / "hongze_2023.gold.json").read_text(encoding="utf-8"))
    assert sorted(fields) == sorted(gold["printed"])
