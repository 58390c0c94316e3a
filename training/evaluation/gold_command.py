"""`gouji gold`: gold held against the form's arithmetic (`check`), and one person's against another's (`agreement`)."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import E304, GoujiError
from pipeline.reconcile.rules import number_text
from pipeline.show.printable import printable
from training.evaluation.command import INSTALL
from training.evaluation.gold_check import SORTS, Checked, Look, check_folders

if TYPE_CHECKING:
    from rich.console import Console

    from training.evaluation.agreement import Agreement, Cell, Disagreement
    from training.evaluation.intervals import Estimate

MOST_FIELDS = 5
"""Field ids that a line in the terminal names; the JSON has all."""
KINDS = {"number": "数字", "blank": "空白", "dash": "横线", None: "无数字"}


def command(subparsers: Any) -> None:
    """Registers `gouji gold`."""
    parser = subparsers.add_parser(
        "gold",
        help="核对标准答案：勾稽、跨年结转、标注人之间是否一致",
        description="核对人工写下的标准答案（NAME.gold.json）。只看不改。",
    )
    parser.set_defaults(run=_no_command)
    commands = parser.add_subparsers(title="命令", metavar="命令")
    check = commands.add_parser(
        "check",
        help="用表格自身的勾稽核对标准答案，列出值得再看一眼的地方",
        description="逐份核对标准答案：勾稽、字段、表式、取值与原印、跨年结转。标准答案自己声明过的（source_findings、"
        "unverified）另列。没有待看的返回 0，有则返回 1。",
    )
    check.add_argument("folders", nargs="+", type=Path, metavar="文件夹", help="标准答案所在，含下级文件夹")
    check.add_argument("--json", type=Path, metavar="输出", help="另把全部结果写成 JSON")
    check.set_defaults(run=_check)
    agreement = commands.add_parser(
        "agreement",
        help="几个标注人各自的答案有多一致",
        description="比较 NAME.标注人.annotator.json：每两个标注人的一致率（区间按机关重抽）、Cohen κ，及全部分歧。",
    )
    agreement.add_argument("folder", type=Path, metavar="文件夹", help="答案所在，含下级文件夹")
    agreement.add_argument("--json", type=Path, metavar="输出", help="另把全部结果写成 JSON")
    agreement.set_defaults(run=_agreement)


def _no_command(_: argparse.Namespace) -> int:
    print("gouji gold: 缺少命令，例如 gouji gold check 文件夹；用法见 gouji gold --help", file=sys.stderr)
    return 2


def _check(arguments: argparse.Namespace) -> int:
    """1 is for gold that asks for a look, so whatever keeps it from being checked is 2."""
    try:
        checked = check_folders(arguments.folders)
        if arguments.json:
            _write(arguments.json, {"golds": [asdict(one) for one in checked]})
    except GoujiError as error:
        print(f"gouji gold check: {error}", file=sys.stderr)
        return 2
    show_checked(checked, _console())
    return 1 if any(one.looks for one in checked) else 0


def _agreement(arguments: argparse.Namespace) -> int:
    try:
        from training.evaluation.agreement import agreements, find_answers

        answers = find_answers(arguments.folder)
        found = agreements(answers)
        if arguments.json:
            _write(arguments.json, {"pairs": [asdict(one) for one in found]})
    except ModuleNotFoundError as error:
        print(f"缺少评测用的包（{error.name}）：{INSTALL}", file=sys.stderr)
        return 1
    except GoujiError as error:
        print(f"gouji gold agreement: {error}", file=sys.stderr)
        return 2
    if not found:
        count = sum(len(those) for those in answers.values())
        print(f"没有两个标注人答过同一份报告（{arguments.folder} 下有 {count} 份 NAME.标注人.annotator.json）")
    else:
        show_agreements(found, _console())
    return 0


def _write(path: Path, content: dict[str, Any]) -> None:
    try:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise GoujiError(E304, reason=f"{path}（{error.strerror}）") from None


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def show_checked(checked: Sequence[Checked], console: Console) -> None:
    """What to look at and what is declared, gold by gold, and how much of both there is."""
    for one in checked:
        if not one.looks and not one.declared:
            continue
        whose = "　".join(printable(str(part)) for part in (one.agency, one.year) if part)
        console.print(f"{printable(one.name)}　{whose}".rstrip(), style="bold")
        for look in one.looks:
            console.print(f"  待看　{printable(look.message)}", style="yellow")
            for line in _details(look):
                console.print(f"        {printable(line)}", style="dim")
        for said in one.declared:
            answered = f"（{'、'.join(said.rules)}）" if said.rules else ""
            console.print(f"  已声明　{said.key}：{printable(said.text)}{answered}", style="dim")
    asking = [one for one in checked if one.looks]
    sorts = Counter(look.sort for one in asking for look in one.looks)
    told = "、".join(f"{name} {sorts[sort]}" for sort, name in SORTS.items() if sorts[sort])
    looks = f"待看 {sorts.total()} 处（{len(asking)} 份；{told}）" if asking else "没有待看的"
    console.print(f"合计 {len(checked)} 份：{looks}，已声明 {sum(len(one.declared) for one in checked)} 处")


def _details(look: Look) -> list[str]:
    """The equality with its sides and its clause; the fields that the message does not name itself."""
    lines = []
    if look.rule:
        sides = f"{number_text(look.left)} 与 {number_text(look.right)}，相差 {number_text(look.difference)}"
        lines.append(f"{look.rule}：{sides}；{look.clause}")
    if any(field not in look.message for field in look.fields):
        more = f" 等 {len(look.fields)} 格" if len(look.fields) > MOST_FIELDS else ""
        lines.append("、".join(look.fields[:MOST_FIELDS]) + more)
    return lines


def show_agreements(found: Sequence[Agreement], console: Console) -> None:
    for one in found:
        alone = f"，另有 {one.alone} 格只有一人答" if one.alone else ""
        heading = f"{one.first} 与 {one.second}　共同答过 {one.reports} 份报告 {one.cells} 格{alone}"
        console.print(printable(heading), style="bold")
        for name, same in (("原印", one.printed), ("取值", one.reconciled)):
            console.print(
                f"  {name}一致 {_share(same.agreed)}；任一方不为零的 {same.nonzero.n} 格 {_share(same.nonzero)}；"
                f"κ {_kappa(same.kappa)}"
            )
        console.print(f"  类别（数字、空白、横线）{one.kinds} 格，κ {_kappa(one.kinds_kappa)}")
        console.print(f"  分歧 {len(one.disagreements)} 格")
        for each in one.disagreements:
            console.print(f"    {printable(_disagreement(one, each))}")


def _disagreement(pair: Agreement, one: Disagreement) -> str:
    says = f"{one.report}　{one.field} {one.label}：{pair.first} {_cell(one.first)}，{pair.second} {_cell(one.second)}"
    broken = [
        f"{who} 的数不合 {'、'.join(cell.breaks)}"
        for who, cell in ((pair.first, one.first), (pair.second, one.second))
        if cell.breaks
    ]
    return "；".join((says, *broken))


def _cell(cell: Cell) -> str:
    printed = KINDS[cell.kind] if cell.printed is None else number_text(cell.printed)
    return f"印 {printed} 取 {'null' if cell.reconciled is None else number_text(cell.reconciled)}"


def _share(found: Estimate) -> str:
    if found.value is None:
        return "—"
    if found.low is None or found.high is None:
        return f"{found.value:.2%}（{found.agencies} 个机关，没有区间）"
    return f"{found.value:.2%}（{found.low:.2%}–{found.high:.2%}，{found.agencies} 个机关）"


def _kappa(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
