"""Valid files damaged at random: each ends with a numbered error, or with a report whose numbers stand in the file.

`python -m training.fuzz` does the same for as long as it is let.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from pipeline.read.sniff import Found
from training.fuzz.judge import NEVER, Verdict, judge
from training.fuzz.seeds import THROUGH_OFFICE, Seed, damaged, find_seeds

KINDS: tuple[Found, ...] = ("text", "csv", "html", "mhtml", "docx", "xlsx", "pdf", "image")
SECONDS = 15.0
"""A file that takes longer is no failure here: other tests run beside it, and a limit is what stops it."""
CHANCE = st.randoms(use_true_random=False)
UNHURRIED = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    # Each of the damages is small in itself, and a file takes a while.
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    "phases": [Phase.explicit, Phase.generate, Phase.shrink],
}
needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None and shutil.which("libreoffice") is None, reason="LibreOffice is not installed"
)


@cache
def seeds(office: bool = False) -> dict[Found, list[Seed]]:
    return find_seeds(office=office)


def check(rng: Random, found: list[Seed], scanning: bool = False) -> None:
    seed = rng.choice(found)
    data, damages = damaged(rng, seed, found)
    with tempfile.TemporaryDirectory(prefix="gouji-") as folder:
        path = Path(folder) / f"report{seed.suffix}"
        path.write_bytes(data)
        verdict = judge(path, SECONDS, scanning=scanning)
    if verdict.what in NEVER:
        keep(seed, data, damages, verdict)
    assert verdict.what not in NEVER, verdict.said


def keep(seed: Seed, data: bytes, damages: tuple[str, ...], verdict: Verdict) -> None:
    """The file outlives the test: what it does wrong is to become a test of its own."""
    path = Path(tempfile.gettempdir()) / f"gouji-fuzz-{seed.kind}{seed.suffix}"
    path.write_bytes(data)
    note(f"{path}: {seed.name} {' + '.join(damages)}: {verdict.said}")


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=10, **UNHURRIED)  # type: ignore[arg-type]
@given(CHANCE)
def test_damaged_files(kind: Found, rng: Random) -> None:
    check(rng, seeds()[kind])


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=250, **UNHURRIED)  # type: ignore[arg-type]
@given(CHANCE)
def test_many_damaged_files(kind: Found, rng: Random) -> None:
    check(rng, seeds()[kind])


@pytest.mark.slow
@settings(max_examples=20, **UNHURRIED)  # type: ignore[arg-type]
@given(CHANCE)
def test_damaged_images_that_are_read(rng: Random) -> None:
    check(rng, seeds()["image"], scanning=True)


@pytest.mark.slow
@needs_office
@pytest.mark.parametrize("kind", ["doc", "rtf", "odt", "ods", "xls"])
@settings(max_examples=12, **UNHURRIED)  # type: ignore[arg-type]
@given(CHANCE)
def test_damaged_files_that_libreoffice_converts(kind: Found, rng: Random) -> None:
    assert kind in THROUGH_OFFICE
    check(rng, seeds(office=True)[kind])
