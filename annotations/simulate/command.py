"""`gouji annotate simulate`: how many labels each strategy would have needed, gold answering in a person's place."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import GoujiError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annotations.simulate.held_out import HeldOut
    from annotations.simulate.measures import Simulated
    from pipeline.cli import Subparsers


def add(commands: Subparsers) -> None:
    """Registers `gouji annotate simulate`."""
    parser = commands.add_parser(
        "simulate",
        add_help=False,
        help="模拟：各种选法要看多少格",
        description="以标准答案代替人，在训练中从未出现的机关的报告上，比较各种选法看多少格能把错误降到多少。",
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--results", type=Path, metavar="文件夹", help="gouji evaluate --synthetic 的 --out")
    where.add_argument("--synthetic", type=int, metavar="N", help="另生成 N 份报告")
    parser.add_argument("--corpus-seed", type=int, metavar="种子", help="生成报告的种子；默认与 gouji evaluate 同")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="种子数，默认 5")
    parser.add_argument("--out", type=Path, required=True, metavar="文件夹", help="写到这里；读出的记录也留在其中")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="进程数，默认 1；不影响结果")
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.seeds < 1 or arguments.workers < 1 or (arguments.synthetic is not None and arguments.synthetic < 1):
        print("gouji annotate simulate: --synthetic、--seeds 和 --workers 应当大于 0", file=sys.stderr)
        return 2
    try:
        from training.evaluation.command import INSTALL
        from training.synth.engines import EngineMissing
    except ModuleNotFoundError as error:
        print(f"缺少评测用的包（{error.name}）", file=sys.stderr)
        return 1
    try:
        return _simulate(arguments)
    except ModuleNotFoundError as error:
        print(f"缺少评测用的包（{error.name}）：{INSTALL}", file=sys.stderr)
    except EngineMissing as error:
        print(f"缺少生成报告用的程序（{error}）：见 docs/development.md", file=sys.stderr)
    except KeyboardInterrupt:
        print("已停止；读出的记录还在，用同一命令继续", file=sys.stderr)
        return 130
    return 1


def _simulate(arguments: argparse.Namespace) -> int:
    from annotations.simulate.held_out import held_out
    from annotations.simulate.outputs import table, write_simulated

    with _progress("读报告") as tell:
        reports = held_out(_heldout_folder(arguments), arguments.out, arguments.workers, tell)
    simulated = simulate(reports, range(arguments.seeds), arguments.workers, _command_line(arguments))
    write_simulated(simulated, arguments.out)
    for line in table(simulated):
        print(line)
    print(f"写到 {arguments.out / 'curves.html'}")
    return 0


def simulate(reports: Sequence[HeldOut], seeds: Sequence[int], workers: int = 1, command: str = "") -> Simulated:
    """All ways with all seeds. What is most likely 0 is told by the records alone, not by their gold.

    Raises:
        GoujiError: E303 where there is no report with a scored field.
    """
    from annotations.select.settings import load_annotate_settings
    from annotations.select.zeros import zeros_of_reports
    from annotations.simulate.curve import curves
    from annotations.simulate.gold_answers import scored
    from annotations.simulate.measures import Simulated, asked_of, lines_of, needed_of
    from annotations.simulate.play import WAYS
    from pipeline.acceptance import needs_look
    from pipeline.errors import E303

    fields = sum(scored(one.gold) for one in reports)
    if not fields:
        raise GoujiError(E303, reason="没有一份报告能够计分")
    settings = load_annotate_settings()
    zeros = zeros_of_reports((one.report for one in reports), settings)
    suspects = sum(needs_look(field) for one in reports for field in one.report.fields.values())
    whole, done = len(WAYS) * len(seeds), 0
    found = []
    with _progress("模拟") as tell:
        for one in curves(reports, tuple(WAYS), tuple(seeds), settings, zeros, workers):
            found.append(one)
            done += 1
            tell(done, whole)
    return Simulated(
        command=command, reports=len(reports), agencies=len({one.agency for one in reports}), fields=fields,
        suspects=suspects, seeds=tuple(seeds), programs=tuple(sorted({one.program for one in reports})),
        lines=lines_of(found, fields), needed=needed_of(found, suspects, fields), asked=asked_of(found),
    )  # fmt: skip


def _heldout_folder(arguments: argparse.Namespace) -> Path:
    """Where reports and gold lie; made where they are to be made."""
    from annotations.simulate.held_out import FOLDER

    if arguments.results is not None:
        results: Path = arguments.results
        return results / FOLDER
    from training.evaluation.command import SEED
    from training.evaluation.heldout import write_heldout

    seed = SEED if arguments.corpus_seed is None else arguments.corpus_seed
    folder: Path = arguments.out / FOLDER / f"test-{seed}-{arguments.synthetic}-0"
    write_heldout(folder, arguments.synthetic, 0, seed, arguments.workers)
    return folder


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _command_line(arguments: argparse.Namespace) -> str:
    where = f"--results {arguments.results}" if arguments.results is not None else f"--synthetic {arguments.synthetic}"
    if arguments.corpus_seed is not None:
        where += f" --corpus-seed {arguments.corpus_seed}"
    return f"gouji annotate simulate {where} --seeds {arguments.seeds} --out {arguments.out}"
