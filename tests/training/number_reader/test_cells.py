"""Cells cut out of generated pages whose numbers were printed anew."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.training.synth.drawing import needs_browser
from training.number_reader.cells import load, prepare
from training.number_reader.reprinted import draw_number, is_taken, reprinted
from training.number_reader.settings import load_settings
from training.synth import draw_pages

SETTINGS = load_settings(Path(__file__).parents[3] / "configs" / "number_reader.yaml")


def test_every_digit_is_drawn_about_as_often() -> None:
    random = np.random.default_rng(1)
    texts = [draw_number(random) for _ in range(5000)]
    counts = Counter("".join(texts))
    digits = [counts[str(digit)] for digit in range(10)]
    assert min(digits) > 0.6 * max(digits)
    assert 0.1 < sum(not text for text in texts) / len(texts) < 0.25
    assert not any(len(text) > 1 and text[0] == "0" and text[1].isdigit() for text in texts)


@pytest.mark.slow
@needs_browser
def test_other_numbers_stand_where_the_pages_own_did() -> None:
    page = max(draw_pages(1000, "songti").pages, key=lambda one: sum(map(is_taken, one.truth.cells)))
    made, again = reprinted(page, 7), reprinted(page, 7)
    assert made.truth == again.truth and (made.image == again.image).all()
    assert made.image.shape == page.image.shape
    scale = page.dpi / 72
    changed = blank = 0
    for before, after in zip(page.truth.cells, made.truth.cells, strict=True):
        if not is_taken(before):
            assert before == after
            continue
        (x0, y0), _, (x1, y1), _ = ((scale * x, scale * y) for x, y in after.quad)
        inside = made.image[round(y0) + 6 : round(y1) - 6, round(x0) + 6 : round(x1) - 6]
        changed += before.text != after.text
        blank += not after.text
        assert (inside.min() < 120) == bool(after.text)
    assert changed > 10 and blank > 0


@pytest.mark.slow
@needs_browser
def test_cells_are_made_once_and_hold_ink_where_something_is_printed(tmp_path: Path) -> None:
    unspoilt = {"written_share": 0.0, "sealed_share": 0.0}
    few = {"layouts": ("songti",), "levels": ("clean", "photo"), "reports": 1}
    data = SETTINGS.data.model_copy(update={**few, **unspoilt})
    paths = prepare(data, tmp_path)
    before = [path.stat().st_mtime_ns for path in paths]
    assert prepare(data, tmp_path) == paths and [path.stat().st_mtime_ns for path in paths] == before
    cells = load(paths)
    assert len(cells) > 250 and {cell.level for cell in cells} == {"clean", "photo"}
    depth: dict[bool, list[float]] = {True: [], False: []}
    for cell in cells:
        core = cell.pixels[6:-6, 6:-6]
        depth[bool(cell.text)].append(float(np.median(core)) - float(np.percentile(core, 1)))
    assert np.percentile(depth[True], 10) > 40 > np.percentile(depth[False], 80)
