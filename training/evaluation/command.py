"""`gouji evaluate`: reports with gold through the real pipeline, and what comes of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import E101, GoujiError

if TYPE_CHECKING:
    from training.evaluation.cases import Case
    from training.evaluation.results import Arm

INSTALL = "运行 pip install -c constraints.txt -e '.[train]'"
SEED = 20_000
"""Of held-out reports; training has seeds below."""
INJECTED = "injected"
"""Folder below that of the output in which the reports with injected faults lie, with their results: whoever reads
OUT/results finds none of them."""


def command(subparsers: Any) -> None:
    """Registers `gouji evaluate`."""
    parser = subparsers.add_parser(
        "evaluate",
        help="对照标准答案计分，给出评测报告",
        description="读带标准答案（NAME.gold.json）的报告，逐格计分。只给 --gold 时在终端列表；"
        "加 --out 时写出完整的评测报告（HTML、JSON、CSV、Markdown），可中断，同一命令接着做。",
    )
    parser.add_argument("--gold", type=Path, metavar="文件夹", help="标准答案与报告所在，含下级文件夹")
    parser.add_argument("--out", type=Path, metavar="文件夹", help="评测报告写到这里")
    parser.add_argument(
        "--synthetic", type=int, default=0, metavar="N", help="另生成 N 份训练中从未出现的机关、措辞和损坏的报告"
    )
    parser.add_argument("--images", type=int, default=0, metavar="N", help="另生成 N 份页面图像，版式未用于训练")
    parser.add_argument(
        "--split", choices=("test", "validation"), default="test",
        help="模拟报告取自哪一部分机关：test（默认）用于评测，validation 用于校准把握",
    )  # fmt: skip
    parser.add_argument(
        "--faults", type=int, default=0, metavar="N",
        help="另把已知的错误逐个注入 --gold 各份的表三，每份每种错误 N 份，只在第六部分单独计数",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=SEED, metavar="种子", help=f"生成报告用，默认 {SEED}")
    parser.add_argument(
        "--arms", default="both,rules,no-reconcile,smallest-change", metavar="做法",
        help="逗号分隔：both、rules、tagger、no-reconcile、smallest-change",
    )  # fmt: skip
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="进程数，默认 1")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("旧", "新"), help="比较两次评测的 evaluation.json")
    parser.add_argument("--json", type=Path, metavar="输出", help="不带 --out 时，另把全部结果写成 JSON")
    parser.add_argument("--worst", type=int, default=20, metavar="N", help="列出最差的 N 格，默认 20")
    parser.add_argument("--last-year-chain", action="store_true", help="有同一机关上一年的报告时，用作旁证")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    try:
        if arguments.compare:
            from training.evaluation.compare import run_compare

            return run_compare(*arguments.compare)
        if problem := _problem(arguments):
            print(problem, file=sys.stderr)
            return 2
        if arguments.out is None:
            from training.evaluate import run_table

            return run_table(arguments.gold, arguments.json, arguments.worst, arguments.last_year_chain)
        return _evaluate(arguments)
    except ModuleNotFoundError as error:
        print(f"缺少评测用的包（{error.name}）：{INSTALL}", file=sys.stderr)
        return 1


def _problem(arguments: argparse.Namespace) -> str | None:
    """What is wrong with the arguments, in one line."""
    from training.evaluation.results import ARMS

    unknown = [name for name in arguments.arms.split(",") if name not in ARMS]
    if unknown:
        return f"gouji evaluate: 没有做法 {'、'.join(unknown)}；可选 {'、'.join(ARMS)}"
    if arguments.workers < 1 or arguments.synthetic < 0 or arguments.images < 0:
        return "gouji evaluate: --workers 应当大于 0，--synthetic 和 --images 不能小于 0"
    generated = arguments.synthetic or arguments.images
    if arguments.gold is None and not generated:
        return "gouji evaluate: 给出 --gold 文件夹，或 --synthetic N；用法见 gouji evaluate --help"
    if generated and arguments.out is None:
        return "gouji evaluate: --synthetic 和 --images 要与 --out 同用"
    if arguments.faults < 0:
        return "gouji evaluate: --faults 不能小于 0"
    if arguments.faults and (arguments.gold is None or arguments.out is None):
        return "gouji evaluate: --faults 要与 --gold 和 --out 同用：错误注入标准答案的数字"
    return None


def _evaluate(arguments: argparse.Namespace) -> int:
    from training.evaluation.build import evaluation_of
    from training.evaluation.outputs import write_outputs
    from training.evaluation.run import load, program_mark, run
    from training.evaluation.tagging import LABELS_SUFFIX, tag_results
    from training.synth.engines import EngineMissing

    out: Path = arguments.out
    arms: list[Arm] = list(dict.fromkeys(arguments.arms.split(",")))
    try:
        cases = _cases(arguments)
        injected, left_out = _injected(arguments, cases)
    except EngineMissing as error:
        print(f"缺少生成报告用的程序（{error}）：见 docs/development.md", file=sys.stderr)
        return 1
    try:
        _with_progress("评测", cases, arms, out, arguments.workers, run)
        _with_progress("注入错误", injected, arms, out / INJECTED, arguments.workers, run)
    except KeyboardInterrupt:
        print("已停止；用同一命令继续", file=sys.stderr)
        return 130
    rows = sorted(path for folder in _folders(arguments) for path in folder.rglob(f"*{LABELS_SUFFIX}"))
    tags = tag_results(rows, out, program_mark())
    evaluation = evaluation_of(
        load(cases, arms, out), tags, _command_line(arguments), load(injected, arms, out / INJECTED), left_out
    )
    write_outputs(evaluation, out)
    print(f"评测报告：{out / 'evaluation.html'}；摘要：{out / 'summary.md'}")
    return 0


def _cases(arguments: argparse.Namespace) -> list[Case]:
    """The reports given and those made, by name."""
    from training.evaluation.cases import find_cases

    if arguments.gold is not None and not arguments.gold.is_dir():
        raise GoujiError(E101, reason=f"没有文件夹 {arguments.gold}")
    if arguments.synthetic or arguments.images:
        from training.evaluation.heldout import write_heldout

        folder = _made_in(arguments)
        write_heldout(folder, arguments.synthetic, arguments.images, arguments.seed, arguments.workers, arguments.split)
    # Where the output lies in the folder of the gold, what was injected before would pass for reports of agencies.
    own = (arguments.out / INJECTED).resolve()
    found = [case for folder in _folders(arguments) for case in find_cases(folder)]
    return [case for case in found if own not in case.gold.path.resolve().parents]


def _injected(arguments: argparse.Namespace, cases: Sequence[Case]) -> tuple[Sequence[Case], Sequence[str]]:
    """Reports with one known fault each, and the gold that none was put into."""
    if not arguments.faults:
        return (), ()
    from training.evaluation.injected import write_injected

    folder = arguments.out / INJECTED / f"{arguments.seed}-{arguments.faults}"
    given = [case for case in cases if arguments.gold.resolve() in case.gold.path.resolve().parents]
    made = write_injected(given, folder, arguments.faults, arguments.seed)
    return made.cases, made.left_out


def _made_in(arguments: argparse.Namespace) -> Path:
    """Where the reports lie that are made."""
    name = f"{arguments.split}-{arguments.seed}-{arguments.synthetic}-{arguments.images}"
    made: Path = arguments.out / "heldout" / name
    return made


def _folders(arguments: argparse.Namespace) -> list[Path]:
    made = [_made_in(arguments)] if arguments.synthetic or arguments.images else []
    return [*([arguments.gold] if arguments.gold is not None else []), *made]


def _with_progress(
    title: str, cases: Sequence[Case], arms: Sequence[Arm], out: Path, workers: int, run: Any
) -> None:
    if not cases:
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(title, total=len(cases))
        run(cases, arms, out, workers, lambda done, _: bar.update(task, completed=done))


def _command_line(arguments: argparse.Namespace) -> str:
    """The command without what does not change its figures."""
    parts = ["gouji evaluate"]
    if arguments.gold is not None:
        parts.append(f"--gold {arguments.gold}")
    generated = arguments.synthetic or arguments.images
    if generated:
        parts.append(f"--synthetic {arguments.synthetic} --images {arguments.images} --seed {arguments.seed}")
        if arguments.split != "test":
            parts.append(f"--split {arguments.split}")
    if arguments.faults:
        parts.append(f"--faults {arguments.faults}" + ("" if generated else f" --seed {arguments.seed}"))
    return " ".join((*parts, f"--arms {arguments.arms} --out {arguments.out}"))
