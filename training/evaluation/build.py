"""A whole evaluation out of the results of a run."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from training.evaluation.cards import worst_cells
from training.evaluation.figures import Evaluation
from training.evaluation.parts import all_parts, tagging
from training.evaluation.results import ARMS, ReportResult
from training.evaluation.splits import agency_of
from training.evaluation.tagging import TagResult

CARDS = 50


def evaluation_of(results: Sequence[ReportResult], tags: Sequence[TagResult], command: str) -> Evaluation:
    """All parts, and the worst cells of the first arm that there is.

    Args:
        results: of every arm, on the same reports.
        tags: of the classifier by itself, where there are labelled reports; part five is left out without.
        command: what makes them, for whoever reads the page.
    """
    arms = tuple(arm for arm in ARMS if any(one.arm == arm for one in results))
    first = [one for one in results if arms and one.arm == arms[0]]
    more = (tagging.part(tags),) if tags else ()
    parts = tuple(sorted((*all_parts(results), *more), key=lambda part: part.number))
    return Evaluation(
        command=command,
        version=version("gouji"),
        reports=len(first),
        agencies=len({agency_of(one) for one in first}),
        arms=arms,
        parts=parts,
        cards=worst_cells(first, CARDS),
        notes=_notes(first),
    )


def _notes(results: Sequence[ReportResult]) -> tuple[str, ...]:
    """What a sceptic must know about these reports before the figures."""
    made = sum(one.origin == "synthetic" for one in results)
    unread = sum(one.status == "failed" for one in results)
    unscored = sum(not field.known for one in results for field in one.fields)
    notes = [f"{len(results)} 份报告，其中真实 {len(results) - made} 份、模拟 {made} 份。"]
    if made:
        notes.append("模拟报告的机关都不在训练部分，一半的措辞、损坏和版式训练中也没有；它只能说明它所模拟的损坏。")
    if unread:
        notes.append(f"{unread} 份未能读出，其全部字段计为缺失，仍在分母之内。")
    if unscored:
        notes.append(f"{unscored} 格的真值无从得知，不计分。")
    return tuple(notes)
