from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from training.examples.__main__ import BROWSERS
from training.synth import SynthReport, draw_pages
from training.synth.engines import OFFICE
from training.synth.layouts import LAYOUTS


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], SynthReport]:
    """Draws a report of a layout once a session; the test is skipped where the layout's program is missing."""
    cache: Path = tmp_path_factory.mktemp("synth")

    def draw(layout: str, seed: int = 1) -> SynthReport:
        programs = BROWSERS if LAYOUTS[layout].engine == "chromium" else OFFICE
        if not any(map(shutil.which, programs)):
            pytest.skip(f"none of {', '.join(programs)} is installed")
        return draw_pages(seed, layout, cache)

    return draw
