"""A whole evaluation out of the results of a run."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from training.evaluation.cards import worst_cells
from training.evaluation.figures import Evaluation
from training.evaluation.parts import all_parts, repair, tagging
from training.evaluation.results import ARMS, ReportResult
from training.evaluation.splits import agency_of
from training.evaluation.tagging import TagResult

CARDS = 50


def evaluation_of(
    results: Sequence[ReportResult],
    tags: Sequence[TagResult],
    command: str,
    injected: Sequence[ReportResult] = (),
    left_out: Sequence[str] = (),
) -> Evaluation:
    """All parts, and the worst cells of the first arm that there is.

    Args:
        results: of every arm, on the same reports.
        tags: of the classifier by itself, where there are labelled reports; part five is left out without.
        command: what makes them, for whoever reads the page.
        injected: on reports with one known fault each, of every arm; they are counted in part six by themselves, and
            in nothing else, for nobody published such reports.
        left_out: gold that no fault was put into, each with the reason.
    """
    arms = tuple(arm for arm in ARMS if any(one.arm == arm for one in results))
    first = [one for one in results if arms and one.arm == arms[0]]
    more = (tagging.part(tags),) if tags else ()
    parts = [
        repair.with_injected(part, injected) if injected and part.number == repair.NUMBER else part
        for part in sorted((*all_parts(results), *more), key=lambda part: part.number)
    ]
    return Evaluation(
        command=command,
        version=version("gouji"),
        reports=len(first),
        agencies=len({agency_of(one) for one in first}),
        arms=arms,
        parts=tuple(parts),
        cards=worst_cells(first, CARDS),
        notes=(*_notes(first), *_notes_of_injected(injected, left_out)),
    )


def _notes(results: Sequence[ReportResult]) -> tuple[str, ...]:
    """What a sceptic must know about these reports before the figures."""
    made = sum(one.origin == "synthetic" for one in results)
    real = sum(one.origin == "real" for one in results)
    unread = sum(one.status == "failed" for one in results)
    unscored = sum(not field.known for one in results for field in one.fields)
    others = f"、注入错误 {len(results) - real - made} 份" if len(results) > real + made else ""
    notes = [f"{len(results)} 份报告，其中真实 {real} 份、模拟 {made} 份{others}。"]
    if made:
        notes.append("模拟报告的机关都不在训练部分，一半的措辞、损坏和版式训练中也没有；它只能说明它所模拟的损坏。")
    if unread:
        notes.append(f"{unread} 份未能读出，其全部字段计为缺失，仍在分母之内。")
    if unscored:
        notes.append(f"{unscored} 格的真值无从得知，不计分。")
    return tuple(notes)


def _notes_of_injected(results: Sequence[ReportResult], left_out: Sequence[str]) -> tuple[str, ...]:
    notes = []
    if results:
        reports = {one.name for one in results}
        golds = {name.rpartition("/")[0] for name in reports}
        notes.append(
            f"另有 {len(reports)} 份注入了单个已知错误的报告，只在第六部分单独计数，不进入其他任何数字。"
            f"表三的数取自 {len(golds)} 份标准答案，空白照原样；措辞、表二、表四与版式是虚构的，"
            "没有机关发布过这样的报告。"
        )
    if left_out:
        notes.append(f"没有用来注入错误的标准答案：{'；'.join(left_out)}。")
    return tuple(notes)
