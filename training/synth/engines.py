"""The programs that lay pages out: a browser and an office suite, run without a window and without a network."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from training.examples.__main__ import BROWSERS

OFFICE = ("soffice", "libreoffice")
SECONDS = 180.0
"""Time limit for one run."""


class EngineMissing(RuntimeError):
    """The program that a layout needs is not installed."""


def print_html(markup: str, target: Path) -> None:
    """Prints the page into a PDF.

    Raises:
        EngineMissing: no browser.
        subprocess.SubprocessError: it failed or took too long.
    """
    browser = _program(BROWSERS)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source = Path(folder) / "report.html"
        source.write_text(markup, encoding="utf-8")
        options = (
            "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-dev-shm-usage", "--no-pdf-header-footer", f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={target.resolve()}",
        )  # fmt: skip
        subprocess.run([browser, *options, source.as_uri()], check=True, capture_output=True, timeout=SECONDS)
    if not target.exists():
        raise subprocess.SubprocessError(f"{browser} wrote no PDF")


def convert_office(documents: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """PDFs of office files in one run of the suite, by the names of the files (with extension).

    Raises:
        EngineMissing: no office suite.
        subprocess.SubprocessError: it failed, took too long or left a file out.
    """
    office = _program(OFFICE)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        sources = []
        for name, data in documents.items():
            source = Path(scratch) / name
            source.write_bytes(data)
            sources.append(str(source))
        options = (
            f"-env:UserInstallation={(Path(scratch) / 'profile').as_uri()}", "--headless", "--norestore",
            "--convert-to", "pdf", "--outdir", str(folder),
        )  # fmt: skip
        subprocess.run([office, *options, *sources], check=True, capture_output=True, timeout=SECONDS)
    found = {name: folder / f"{Path(name).stem}.pdf" for name in documents}
    for name, path in found.items():
        if not path.exists():
            raise subprocess.SubprocessError(f"{office} wrote no PDF of {name}")
    return found


def _program(names: tuple[str, ...]) -> str:
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise EngineMissing(f"none of {', '.join(names)} is installed")
    return found
