"""How fast it is: `gouji bench`. The reconciler beside a general solver, each format beside the bare minimum, and page
images beside other readers.

Everything is measured in one run, on one core but for page images; each format in a process of its own, so that peak
memory is its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

FORMATS = {
    "HTML": (".html", ".htm"),
    "文本": (".txt", ".md"),
    "PDF": (".pdf",),
    "DOCX": (".docx",),
    "表格": (".xlsx", ".xls", ".csv"),
}
_FOLDERS = ("examples", "../shared/reports")
_AT_LEAST = 3
"""Times that each report is read, however slow it is."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Reading the reports of one format; times in milliseconds a report."""

    format: str
    reports: int
    readings: int
    median: float
    least: float
    most: float
    slowest: str
    """Name of the report that took longest."""
    peak_mb: float
    """Of the process that did nothing else."""
    baseline: float | None = None
    """Median milliseconds of pypdfium2's own text extraction on the same files."""
    ratio: float | None = None
    """Median over the files of ours to the baseline."""
    failed: tuple[str, ...] = ()


def find_reports(folders: Sequence[Path]) -> dict[str, list[Path]]:
    """The reports below the folders by format, in the order of `FORMATS`; formats without any are left out."""
    every = (file for folder in folders if folder.is_dir() for file in folder.rglob("*"))
    files = sorted({file for file in every if file.is_file() and file.stem != "README"})
    found = {name: [file for file in files if file.suffix.lower() in suffixes] for name, suffixes in FORMATS.items()}
    return {name: members for name, members in found.items() if members}


def time_format(name: str, files: Sequence[Path], seconds: float) -> Timing:
    """Reads the files in turn until the time is up, each at least `_AT_LEAST` times after one unmeasured reading."""
    from pipeline.errors import GoujiError
    from pipeline.reading import read_report

    readable, failed = [], []
    for file in files:
        try:
            read_report(file)
        except GoujiError:
            failed.append(file.name)
        else:
            readable.append(file)
    if not readable:
        return Timing(name, 0, 0, 0, 0, 0, "", peak_mb(), failed=tuple(failed))
    times = _repeat(lambda file: read_report(file), readable, seconds)
    # Before the baseline, whose memory is not ours.
    peak = peak_mb()
    every = [each for of_file in times.values() for each in of_file]
    baseline = ratio = None
    if name == "PDF":
        bare = _repeat(_extract_text, readable, seconds / 4)
        baseline = statistics.median(each for of_file in bare.values() for each in of_file)
        ratio = statistics.median(statistics.median(times[file]) / statistics.median(bare[file]) for file in readable)
    return Timing(
        format=name,
        reports=len(readable),
        readings=len(every),
        median=statistics.median(every),
        least=min(every),
        most=max(every),
        slowest=max(readable, key=lambda file: max(times[file])).name,
        peak_mb=peak,
        baseline=baseline,
        ratio=ratio,
        failed=tuple(failed),
    )


def _repeat(action: Callable[[Path], object], files: Sequence[Path], seconds: float) -> dict[Path, list[float]]:
    times: dict[Path, list[float]] = {file: [] for file in files}
    end = time.perf_counter() + seconds
    rounds = 0
    while rounds < _AT_LEAST or time.perf_counter() < end:
        for file in files:
            start = time.perf_counter()
            action(file)
            times[file].append((time.perf_counter() - start) * 1000)
        rounds += 1
    return times


def _extract_text(file: Path) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(file.read_bytes())
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def peak_mb() -> float:
    """Peak resident memory of this process in MB (10^6 bytes)."""
    try:
        # getrusage would count what the parent held when it forked.
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _stay_on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def command(subparsers: Any) -> None:
    """Registers `gouji bench`."""
    parser = subparsers.add_parser(
        "bench",
        help="量速度与内存",
        description="在同一次运行里量：勾稽求解与 CP-SAT，各种格式每秒读几份报告，"
        "扫描件的表格页与 PaddleOCR、img2table，批量读取与逐份读取，峰值内存。",
    )
    parser.add_argument("--tables", type=int, default=200, metavar="N", help="勾稽求解用的随机表数，默认 200；0 不量")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="秒", help="每种格式量多久，默认 10；0 不量")
    parser.add_argument(
        "--reports", type=Path, nargs="+", metavar="文件夹", help=f"量哪些报告，默认 {'、'.join(_FOLDERS)}"
    )
    parser.add_argument(
        "--scans", type=int, default=12, metavar="N", help="扫描件比较用的页数，每页各量三种程度，默认 12；0 不量"
    )
    parser.add_argument("--no-tagger", action="store_true", help="不量标注模型")
    parser.add_argument(
        "--ingest", type=int, default=400, metavar="N", help="批量读取用的报告数，默认 400；0 不量"
    )
    parser.add_argument("--json", type=Path, metavar="文件", help="把扫描件逐页的结果写成 JSON")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, emoji=False, width=140)
    if arguments.seconds > 0:
        folders = arguments.reports or [Path(folder) for folder in _FOLDERS]
        timings = []
        for name, files in find_reports(folders).items():
            with ProcessPoolExecutor(1, get_context("spawn"), initializer=_stay_on_one_core) as process:
                timings.append(process.submit(time_format, name, files, arguments.seconds).result())
        console.print(_format_table(timings) if timings else "没有找到报告，不量读取速度。")
        for timing in timings:
            if timing.failed:
                console.print(f"{timing.format}：未能读取 {'、'.join(timing.failed)}")
    if not arguments.no_tagger:
        _bench_tagger(arguments.reports or [Path(folder) for folder in _FOLDERS], console)
    if arguments.ingest > 0:
        _bench_ingest(arguments.ingest, console)
    # Before the search, which ties this process and so its children to one core.
    failed = _bench_scans(arguments.scans, arguments.json, console) if arguments.scans > 0 else 0
    return (_bench_search(arguments.tables, console) if arguments.tables > 0 else 0) or failed


def _bench_tagger(folders: list[Path], console: Console) -> None:
    from pipeline.tag.model import load_model

    model = load_model()
    if model is None:
        console.print("没有标注模型，不量。")
        return
    from training.bench_tagger import measure

    files = [file for found in find_reports(folders).values() for file in found]
    found = measure(files, model, Path("out/tagger/factored/checkpoint.pt"))
    torch = "（没有检查点）" if found.torch is None else f"{found.torch:,.0f}"
    console.print(
        f"标注模型：{found.reports} 份报告，{found.tokens} 个词元，单线程每秒 {found.runtime:,.0f} 个，torch {torch}；"
        f"{found.opened} 份需要它（{found.opened / max(1, found.reports):.0%}）；每份报告（中位数）"
        f"不用 {1000 * found.without:.0f} 毫秒，需要时才用 {1000 * found.cascade:.0f} 毫秒，"
        f"每份都用 {1000 * found.always:.0f} 毫秒"
    )


def _bench_ingest(reports: int, console: Console) -> None:
    from tempfile import TemporaryDirectory

    from training.bench_ingest import measure

    with TemporaryDirectory(prefix="gouji-") as folder:
        found = measure(Path(folder), reports)
    console.print(
        f"批量：{found.reports} 份生成的报告，每秒：逐份 gouji read {found.loop} 份，gouji ingest 一个进程 {found.one} "
        f"份，两个进程 {found.two} 份；除去再读 {found.again} 份，一个进程用时多 {found.overhead:.1%}；"
        f"各进程内存合计，起初 {found.memory_early} MB，末尾 {found.memory_late} MB"
    )


def _bench_scans(pages: int, target: Path | None, console: Console) -> int:
    from pipeline.errors import E304, GoujiError
    from training.bench_scan import Missing, as_json, measure, show

    console.print(f"扫描件：{pages} 页，每页三种程度、四种读法，需要几分钟。")
    try:
        bench = measure(pages)
    except (Missing, GoujiError) as error:
        console.print(str(error))
        return 1
    show(bench, console)
    if target is not None:
        try:
            target.write_text(json.dumps(as_json(bench), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            console.print(str(GoujiError(E304, reason=type(error).__name__)))
            return 1
    return 0


def _bench_search(tables: int, console: Console) -> int:
    try:
        from training.bench_reconcile import measure, show
    except ImportError as error:
        console.print(f"没有安装 {error.name}，不与 CP-SAT 比较；安装开发依赖后再试。")
        return 1
    _stay_on_one_core()
    try:
        rows = measure(tables)
    except TimeoutError as error:
        console.print(f"CP-SAT 没有在时限内求出最优解，无从比较：{error}")
        return 1
    show(rows, console)
    return int(any(row.mismatches for row in rows))


def _format_table(timings: Sequence[Timing]) -> Table:
    from rich.box import ASCII2
    from rich.table import Table

    table = Table(title="读取（单核，毫秒 / 份）", title_justify="left", box=ASCII2)
    # pypdfium2: its own text extraction on the same files, and how many times longer we take.
    table.add_column("格式")
    for name in (
        "份数",
        "次数",
        "中位",
        "最快",
        "最慢",
        "最慢的一份",
        "份 / 秒",
        "峰值 MB",
        "pypdfium2 抽文字",
        "倍数",
    ):
        table.add_column(name, justify="right")
    for timing in timings:
        per_second = f"{1000 / timing.median:.1f}" if timing.median else "—"
        table.add_row(
            timing.format,
            str(timing.reports),
            str(timing.readings),
            f"{timing.median:.1f}",
            f"{timing.least:.1f}",
            f"{timing.most:.1f}",
            timing.slowest,
            per_second,
            f"{timing.peak_mb:.0f}",
            f"{timing.baseline:.1f}" if timing.baseline is not None else "",
            f"{timing.ratio:.2f}" if timing.ratio is not None else "",
        )
    return table
