"""An output folder of real reports, one of them in an archive."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from pipeline.ingest.reading import Limits
from pipeline.ingest.run import Options, ingest

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not to be written to."""
    folder = tmp_path_factory.mktemp("reports")
    for name in ("html_clean.html", "contradicts_itself.html"):
        shutil.copy(EXAMPLES / name, folder / name)
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.write(EXAMPLES / "wrong_total.html", "2021/wrong.total.html")
    out = tmp_path_factory.mktemp("ingested") / "out"
    ingest([str(folder)], out, Options(limits=Limits(60.0, 2048)), lambda _: None)
    return out


@pytest.fixture
def out(ingested: Path, tmp_path: Path) -> Path:
    """A copy of one's own."""
    shutil.copytree(ingested, tmp_path / "out")
    return tmp_path / "out"
