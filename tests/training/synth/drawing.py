"""What drawing pages needs."""

from __future__ import annotations

import shutil

import pytest

from training.synth.engines import BROWSERS

needs_browser = pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="pages are drawn by a browser")
