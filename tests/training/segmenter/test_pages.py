from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.segmenter.test_crops import SETTINGS
from tests.training.synth.drawing import needs_browser
from training.segmenter.flat import draw_targets
from training.segmenter.pages import load_pages, prepare

pytestmark = [
    pytest.mark.slow,
    needs_browser,
]


def test_generated_pages_have_their_rules_where_they_are_said_to_be(tmp_path: Path) -> None:
    data = SETTINGS.data.model_copy(
        update={"layouts": ("songti",), "levels": ("mild", "photo"), "reports": 1, "plain_share": 0.0}
    )
    paths = prepare(data, tmp_path)
    assert len(paths) >= 4 and len(set(paths)) == len(paths)
    before = [path.stat().st_mtime_ns for path in paths]
    assert prepare(data, tmp_path) == paths
    assert [path.stat().st_mtime_ns for path in paths] == before
    for page in load_pages(paths):
        height, width = (side // 2 * 2 for side in page.image.shape)
        targets = draw_targets(page, np.eye(3), height, width)
        borders = (targets[0] | targets[1]) > 0
        small = page.image[:height, :width].reshape(height // 2, 2, width // 2, 2).min(axis=(1, 3))
        inside = (targets[2] > 0) & ~borders & (targets[3] == 0)
        assert np.median(small[borders]) < np.median(small[inside]) - 30
