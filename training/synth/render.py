"""Pages as drawn: an invented report through a layout's engine, kept on disk as engines take seconds."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import numpy as np
import pypdfium2
from numpy.typing import NDArray

from training.examples.example import Example
from training.examples.report import InventedReport
from training.synth.content import TrueReport, draw_content, written
from training.synth.engines import convert_office, print_html
from training.synth.extract import truths
from training.synth.layouts import LAYOUTS, HtmlLook, OfficeLook
from training.synth.pdf_page import raster
from training.synth.sheet import Content, sheets_of
from training.synth.sheet_html import page as html_page
from training.synth.sheet_office import docx, flat_odt
from training.synth.truth import PageTruth

SOURCES = (
    "synth/borders.py", "synth/content.py", "synth/engines.py", "synth/extract.py", "synth/layouts.py",
    "synth/pdf_page.py", "synth/render.py", "synth/sheet.py", "synth/sheet_html.py", "synth/sheet_office.py",
    "synth/truth.py", "examples/drawn.py", "examples/report.py", "mangle/values.py", "tables.py",
)  # fmt: skip
"""What decides what is drawn: where one of these files changes, nothing kept on disk is used any more."""
DPI = 300.0
"""Of `CleanPage.image`."""
TALL_DPI = 180.0
"""The same for a page more than twice as high as wide, as pictures of web pages are."""


@dataclass(frozen=True)
class CleanPage:
    """A page as drawn, without any damage."""

    pdf: Path
    index: int
    truth: PageTruth
    """In points."""
    digit_height: float
    """Median height of the digits in the number cells of the report, in points."""
    report: str
    """Name of the report, for seeds of what is done to the page."""

    @property
    def dpi(self) -> float:
        """Of `image`."""
        return TALL_DPI if self.truth.height > 2 * self.truth.width else DPI

    @cached_property
    def image(self) -> NDArray[np.uint8]:
        """At `dpi`, height x width x 3, red, green, blue."""
        return self.raster(self.dpi)

    def raster(self, dpi: float) -> NDArray[np.uint8]:
        """The page at another resolution, drawn anew."""
        document = pypdfium2.PdfDocument(self.pdf)
        try:
            image = raster(document[self.index], dpi)
        finally:
            document.close()
        return image[: round(self.truth.height * dpi / 72)]


@dataclass(frozen=True)
class SynthReport:
    layout: str
    seed: int
    pages: tuple[CleanPage, ...]
    report: InventedReport
    unknown: frozenset[str]
    """Fields whose value cannot be known from the page."""

    @property
    def name(self) -> str:
        return f"{self.layout}_{self.seed:04d}"

    def gold(self, note: str) -> str:
        """The gold file's text."""
        return Example(self.name, None, self.report, note, unknown=self.unknown).gold()


def draw_pages(seed: int, layout: str, cache_in: Path | None = None, source_errors: bool = False) -> SynthReport:
    """A report with known numbers, drawn by a layout's engine.

    Args:
        seed: of the numbers, the prose and what the layout leaves open.
        layout: a name of `LAYOUTS`.
        cache_in: folder to keep drawn pages in; `cache_folder()` by default.
        source_errors: whether the report may break its own sums.

    Raises:
        EngineMissing: the layout's program is not installed.
        LayoutFault: the engine's two renderings do not agree.
    """
    return draw_many([seed], layout, cache_in, source_errors)[0]


def draw_many(
    seeds: Sequence[int], layout: str, cache_in: Path | None = None, source_errors: bool = False
) -> list[SynthReport]:
    """`draw_pages` for several seeds; office files that are not yet drawn go through one run of the suite."""
    folder = (cache_in or cache_folder()) / _version() / (layout + ("_errors" if source_errors else ""))
    folder.mkdir(parents=True, exist_ok=True)
    drafts = [_Draft(layout, seed, source_errors, folder) for seed in seeds]
    missing = [draft for draft in drafts if not draft.truth_path.exists()]
    office = [draft for draft in missing if LAYOUTS[layout].engine != "chromium"]
    for draft in missing:
        if draft not in office:
            draft.print()
    if office:
        _print_office(office)
    return [draft.load() for draft in drafts]


def cache_folder() -> Path:
    """Where drawn pages are kept: `GOUJI_SYNTH_CACHE`, or a folder beside the user's other caches."""
    given = os.environ.get("GOUJI_SYNTH_CACHE")
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(given) if given else (Path(base) if base else Path.home() / ".cache") / "gouji" / "synth"


@cache
def _version() -> str:
    """Of the code in `SOURCES`."""
    folder = Path(__file__).parent.parent
    return sha256(b"".join((folder / name).read_bytes() for name in SOURCES)).hexdigest()[:12]


class _Draft:
    """A report on its way to being drawn."""

    def __init__(self, layout: str, seed: int, source_errors: bool, folder: Path) -> None:
        self.layout, self.seed = layout, seed
        self.pdf_path = folder / f"{seed}.pdf"
        self.truth_path = folder / f"{seed}.json"
        self.content: TrueReport = draw_content(Random(f"content {layout} {seed}"), source_errors)
        random = Random(f"look {layout} {seed}")
        style = LAYOUTS[layout].style(random)
        self.look: HtmlLook | OfficeLook = LAYOUTS[layout].look(random)
        self.sheets: Content = sheets_of(self.content.report, written(self.content.report, style))

    def print(self) -> None:
        assert isinstance(self.look, HtmlLook)
        markup = html_page(self.content.report.title, self.sheets, self.look)
        with tempfile.TemporaryDirectory(dir=self.pdf_path.parent) as scratch:
            path = Path(scratch) / "both.pdf"
            print_html(markup, path)
            self.keep(path.read_bytes())

    def keep(self, data: bytes) -> None:
        """Keeps the visible half and the truth that both give; the truth last, as its file says that all is there."""
        both = pypdfium2.PdfDocument(data)
        try:
            found = truths(both, self.sheets, isinstance(self.look, HtmlLook) and self.look.tall, self.look.repeat_head)
            seen = pypdfium2.PdfDocument.new()
            seen.import_pages(both, list(range(len(both) // 2)))
            _replace(self.pdf_path, seen)
        finally:
            both.close()
        text = json.dumps({"pages": [truth.as_json() for truth in found]}, ensure_ascii=False)
        scratch = self.truth_path.with_suffix(f".{os.getpid()}.part")
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(self.truth_path)

    def load(self) -> SynthReport:
        raw = json.loads(self.truth_path.read_text(encoding="utf-8"))
        found = [PageTruth.from_json(page) for page in raw["pages"]]
        digits = digit_height(found)
        pages = tuple(
            CleanPage(self.pdf_path, index, truth, digits, f"{self.layout} {self.seed}")
            for index, truth in enumerate(found)
        )
        return SynthReport(self.layout, self.seed, pages, self.content.report, self.content.unknown)


def digit_height(found: Sequence[PageTruth]) -> float:
    """Median height of the lines of digits in number cells, in points."""
    heights = [
        line.quad[2][1] - line.quad[0][1]
        for truth in found
        for line in truth.lines
        if line.cell is not None and truth.cells[line.cell].field and line.text.isdigit()
    ]
    return median(heights) if heights else 7.0


def _replace(path: Path, document: Any) -> None:
    scratch = path.with_suffix(f".{os.getpid()}.part")
    document.save(scratch)
    document.close()
    scratch.replace(path)


def _print_office(drafts: Sequence[_Draft]) -> None:
    documents = {}
    for draft in drafts:
        assert isinstance(draft.look, OfficeLook)
        for keyed in (False, True):
            suffix = LAYOUTS[draft.layout].engine
            write = docx if suffix == "docx" else flat_odt
            name = f"{draft.seed}_{'keyed' if keyed else 'seen'}.{'docx' if suffix == 'docx' else 'fodt'}"
            documents[name] = write(draft.sheets, draft.look, keyed)
    with tempfile.TemporaryDirectory(dir=drafts[0].pdf_path.parent) as scratch:
        found = convert_office(documents, Path(scratch))
        for draft in drafts:
            both = pypdfium2.PdfDocument.new()
            for name in documents:
                if name.startswith(f"{draft.seed}_"):
                    part = pypdfium2.PdfDocument(found[name])
                    both.import_pages(part)
                    part.close()
            path = Path(scratch) / f"{draft.seed}_both.pdf"
            both.save(path)
            both.close()
            draft.keep(path.read_bytes())
