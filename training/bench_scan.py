"""Table pages as images: ours beside PaddleOCR's own full-page pipeline and beside img2table, in one run.

All read the same generated pages, of layouts on which nothing is tuned, with the same weights on the same cores. They
take turns page by page, every other page in the opposite order, so that what else the machine does hits all alike.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from training.bench_scan_score import FoundTable, GridScore, NumberScore, PlacedText
    from training.synth import CleanPage, SynthPage, SynthReport

Reader: TypeAlias = Literal["gouji", "paddleocr", "paddleocr_reduced", "img2table"]

LEVELS = {"clean": "清晰", "mild": "轻度", "heavy": "重度"}
READERS: dict[Reader, str] = {
    "gouji": "gouji",
    "paddleocr": "PaddleOCR 整页",
    "paddleocr_reduced": "PaddleOCR 整页，缩小",
    "img2table": "img2table＋PaddleOCR",
}
SEED = 7000
THREADS = 2
MOST_MB = 2000
"""The aim for the peak memory of a worker, in 10^6 bytes."""
_PEAK_LEVEL = "heavy"


@dataclass(frozen=True, slots=True)
class PageRun:
    """One reader on one page image."""

    page: str
    """Layout, seed and number of the page."""
    level: str
    reader: Reader
    seconds: float
    """Of img2table: its grid and PaddleOCR's text, which it had from the run of `paddleocr` on the same page."""
    numbers: NumberScore
    grid: GridScore | None
    """None where the reader makes no grid."""


@dataclass(frozen=True, slots=True)
class PeakRun:
    """A process that reads one scanned report and does nothing else."""

    report: str
    pages: int
    seconds: float
    peak_mb: float
    """10^6 bytes."""
    error: str = ""
    """Why the report was not read; the memory was used all the same."""


@dataclass(frozen=True, slots=True)
class ScanBench:
    threads: int
    runs: tuple[PageRun, ...]
    peak: PeakRun
    left_out: tuple[str, ...]
    """Layouts whose program is not installed."""


class Missing(RuntimeError):
    """What the comparison needs is not installed; one line in Chinese."""


def measure(pages: int, levels: Sequence[str] = tuple(LEVELS), seed: int = SEED) -> ScanBench:
    """So many pages with a table, each at each level; the same ones for the same seed.

    Raises:
        Missing: img2table, or the programs of all layouts, are not installed.
        GoujiError: E115 where weights are missing.
    """
    threads = min(THREADS, _cores())
    with tempfile.TemporaryDirectory() as folder:
        with _process(threads) as process:
            runs, left_out = process.submit(compare, pages, tuple(levels), seed, threads, Path(folder)).result()
        with _process(threads) as process:
            peak = process.submit(read_one, next(Path(folder).glob("*.pdf"))).result()
    return ScanBench(threads, runs, peak, left_out)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _process(threads: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("spawn"), initializer=_limit, initargs=(threads,))


def _limit(threads: int) -> None:
    """As many cores as threads, for libraries too that take their number of threads from nobody."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    import cv2

    cv2.setNumThreads(threads)


def compare(
    pages: int, levels: Sequence[str], seed: int, threads: int, folder: Path
) -> tuple[tuple[PageRun, ...], tuple[str, ...]]:
    """Every reader on every page at every level, and the layouts left out; see `measure`.

    Args:
        folder: gets one of the reports as a scanned PDF.
    """
    from training.synth import degrade
    from training.synth.pages import write_report

    readers = _Readers(threads)
    drawn, left_out = _drawn(pages, seed)
    longest = max((report for report, _ in drawn), key=lambda report: len(report.pages))
    write_report(folder, longest, _PEAK_LEVEL, longest.seed, "pdf")
    readers.read(degrade(drawn[0][1], levels[0], drawn[0][0].seed), False)
    runs: list[PageRun] = []
    for report, page in drawn:
        for level in levels:
            seen = degrade(page, level, report.seed)
            backwards = len(runs) // len(READERS) % 2 == 1
            runs += readers.runs(seen, f"{report.name}_{page.index + 1}", level, backwards)
    return tuple(runs), left_out


def _drawn(pages: int, seed: int) -> tuple[list[tuple[SynthReport, CleanPage]], tuple[str, ...]]:
    """Pages with their reports: one of each report, layouts in turn, and by turns its first, second, ... table page."""
    from training.synth import HELDOUT_LAYOUTS, draw_pages
    from training.synth.engines import EngineMissing
    from training.synth.extract import LayoutFault
    from training.synth.levels import suits

    layouts, left_out = list(HELDOUT_LAYOUTS), []
    drawn: list[tuple[SynthReport, CleanPage]] = []
    while layouts and len(drawn) < pages:
        for layout in tuple(layouts):
            try:
                report = draw_pages(seed, layout)
            except EngineMissing:
                layouts.remove(layout)
                left_out.append(layout)
                continue
            except LayoutFault:
                continue
            tables = [page for page in report.pages if page.truth.tables]
            if tables and all(suits(report.pages, level) for level in LEVELS):
                drawn.append((report, tables[len(drawn) % len(tables)]))
        seed += 1
    if not drawn:
        raise Missing("没有安装 Chromium 或 LibreOffice，画不出页面，不量扫描件。")
    return drawn[:pages], tuple(left_out)


class _Readers:
    def __init__(self, threads: int) -> None:
        from pipeline.ocr.settings import default_settings
        from training.bench_scan_readers import Img2Table, Ours, PaddlePages

        try:
            self._img2table = Img2Table()
        except ImportError as error:
            raise Missing(f"没有安装 {error.name}，不量扫描件；安装开发依赖后再试。") from None
        settings = default_settings().model_copy(update={"threads": threads})
        self._ours, self._paddle = Ours(settings), PaddlePages(settings)

    def read(self, page: SynthPage, backwards: bool) -> dict[Reader, tuple[Any, float]]:
        """What each reader made of the page, and its seconds."""
        ways: list[tuple[Reader, Callable[[Any], Any]]] = [
            ("gouji", self._ours.read),
            ("paddleocr", self._paddle.read),
            ("paddleocr_reduced", self._paddle.read_reduced),
            ("img2table", self._img2table.read),
        ]
        found: dict[Reader, tuple[Any, float]] = {}
        for reader, way in reversed(ways) if backwards else ways:
            start = time.perf_counter()
            answer = way(page.image)
            found[reader] = (answer, time.perf_counter() - start)
        return found

    def runs(self, page: SynthPage, name: str, level: str, backwards: bool) -> Iterator[PageRun]:
        from training.bench_scan_score import filled, grids, numbers_at_places, numbers_in_cells

        found = self.read(page, backwards)
        tables: tuple[FoundTable, ...] = found["gouji"][0]
        yield PageRun(
            name, level, "gouji", found["gouji"][1], numbers_in_cells(page.truth, tables), grids(page.truth, tables)
        )
        full: Reader = "paddleocr"
        reduced: Reader = "paddleocr_reduced"
        for reader in (full, reduced):
            texts, seconds = found[reader]
            yield PageRun(name, level, reader, seconds, numbers_at_places(page.truth, texts), None)
        texts_of_page: tuple[PlacedText, ...] = found["paddleocr"][0]
        tables = filled(self._img2table.placed(page.image, found["img2table"][0]), texts_of_page)
        seconds = found["img2table"][1] + found["paddleocr"][1]
        yield PageRun(
            name, level, "img2table", seconds, numbers_in_cells(page.truth, tables), grids(page.truth, tables)
        )


def read_one(path: Path) -> PeakRun:
    """Reads one report, file to record; memory is that of the process in which this is called."""
    import pypdfium2

    from pipeline.reading import read_report
    from training.bench import peak_mb

    document = pypdfium2.PdfDocument(path)
    pages = len(document)
    document.close()
    start, reason = time.perf_counter(), ""
    try:
        read_report(path)
    except Exception as error:
        # Whatever it is, it must not cost the measurements that were made before.
        reason = f"{type(error).__name__}: {error}"
    return PeakRun(path.stem, pages, time.perf_counter() - start, peak_mb(), reason)


def as_json(bench: ScanBench) -> dict[str, Any]:
    """Every run, in plain lists and dictionaries."""
    return asdict(bench)


def show(bench: ScanBench, console: Console) -> None:
    """Tables of times, numbers and grids, and the peak of memory."""
    levels = list(dict.fromkeys(run.level for run in bench.runs))
    console.print(_times(bench, levels))
    console.print("倍数：各页上对方用时与 gouji 用时之比的中位数。缩小：检测前把页面缩到与 gouji 相同，门限也相同。")
    console.print(_numbers(bench, levels))
    console.print(_grids(bench, levels))
    peak = bench.peak
    verdict = "达到" if peak.peak_mb <= MOST_MB else "未达到"
    console.print(
        f"读整份扫描件 {peak.report}（{peak.pages} 页，{peak.seconds:.1f} 秒）：峰值内存 {peak.peak_mb:.0f} MB，"
        f"{verdict} {MOST_MB} MB 以内的目标"
    )
    if peak.error:
        console.print(f"这份扫描件没有读成：{peak.error}")
    if bench.left_out:
        console.print(f"缺少排版程序，没有量的版式：{'、'.join(bench.left_out)}")


def _times(bench: ScanBench, levels: Sequence[str]) -> Table:
    table = _table(f"扫描件的表格页（{bench.threads} 线程，秒 / 页）", "读取", "页数", "中位", "四分位", "倍数", left=2)
    for level in levels:
        ours = {run.page: run.seconds for run in bench.runs if (run.level, run.reader) == (level, "gouji")}
        for reader, runs in _by_reader(bench, level):
            seconds = [run.seconds for run in runs]
            low, middle, high = quartiles(seconds)
            ratio = statistics.median(run.seconds / ours[run.page] for run in runs)
            shown = "" if reader == "gouji" else f"{ratio:.2f}"
            quarter = f"{low:.2f}–{high:.2f}"
            table.add_row(LEVELS[level], READERS[reader], str(len(runs)), f"{middle:.2f}", quarter, shown)
    return table


def _numbers(bench: ScanBench, levels: Sequence[str]) -> Table:
    from training.bench_scan_score import NumberScore

    table = _table("数字格读对的比例（%，对账之前）", "读取", "全部", "非零", "空白", "格数", left=2)
    for level in levels:
        for reader, runs in _by_reader(bench, level):
            total = sum((run.numbers for run in runs), NumberScore())
            table.add_row(
                LEVELS[level],
                READERS[reader],
                _percent(total.right, total.cells),
                _percent(total.right_printed, total.printed),
                _percent(total.right_blank, total.blank),
                str(total.cells),
            )
    return table


def _grids(bench: ScanBench, levels: Sequence[str]) -> Table:
    from training.bench_scan_score import WELL_FOUND, GridScore

    table = _table("网格（%）", "读取", "行、列、合并全对的表", f"重合超过 {WELL_FOUND} 的格", "表数", "格数", left=2)
    for level in levels:
        for reader, runs in _by_reader(bench, level):
            scores = [run.grid for run in runs if run.grid is not None]
            if not scores:
                continue
            total = sum(scores, GridScore())
            table.add_row(
                LEVELS[level],
                READERS[reader],
                _percent(total.exact, total.tables),
                _percent(total.found, total.cells),
                str(total.tables),
                str(total.cells),
            )
    return table


def _by_reader(bench: ScanBench, level: str) -> Iterator[tuple[Reader, list[PageRun]]]:
    for reader in READERS:
        yield reader, [run for run in bench.runs if (run.level, run.reader) == (level, reader)]


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Lower quartile, median, upper quartile; of one value, three times that value."""
    if len(values) == 1:
        return (values[0],) * 3
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return (low, middle, high)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}" if whole else "—"


def _table(title: str, *columns: str, left: int) -> Table:
    from rich.box import ASCII2
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=ASCII2)
    for place, name in enumerate(("程度", *columns)):
        table.add_column(name, justify="left" if place < left else "right")
    return table
