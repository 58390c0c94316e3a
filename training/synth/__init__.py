"""Page images with known numbers: reports drawn by real engines in many layouts, and degraded as scans and photos are.

    report = draw_pages(seed=1, layout="songti")
    page = degrade(report.pages[0], "heavy", seed=1)

`python -m training.synth.pages` writes them as files with gold and truth.
"""

from training.synth.layouts import HELDOUT_LAYOUTS, LAYOUTS, TUNING_LAYOUTS
from training.synth.levels import LEVELS, degrade
from training.synth.render import CleanPage, SynthReport, draw_many, draw_pages
from training.synth.truth import PageTruth, TrueCell, TrueLine, TrueRule, TrueTable
from training.synth.warp import SynthPage

__all__ = [
    "HELDOUT_LAYOUTS",
    "LAYOUTS",
    "LEVELS",
    "TUNING_LAYOUTS",
    "CleanPage",
    "PageTruth",
    "SynthPage",
    "SynthReport",
    "TrueCell",
    "TrueLine",
    "TrueRule",
    "TrueTable",
    "degrade",
    "draw_many",
    "draw_pages",
]
