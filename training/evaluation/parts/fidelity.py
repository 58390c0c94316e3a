"""Part 7: reports that contradict themselves on paper: whether this is said, and whether the print is left in peace.

Where the print itself breaks an equality of the form, a program that makes the sums come out hides what the agency
published. Of such equalities the fields that print a number are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from pipeline.show.words import REPORT_STATUS_WORDS
from pipeline.template import load_templates
from training.evaluation.figures import Part, Table
from training.evaluation.parts.measures import UNKNOWN, Count, Measure, by_arm, figures_by_arm, tally
from training.evaluation.results import ARMS, Arm, FieldResult, ReportResult, same


def part(results: Sequence[ReportResult]) -> Part:
    arms = by_arm(results)
    return Part(
        number=7,
        title="七、忠于原文",
        says="有的报告印出来就自相矛盾。这里看：原文不成立的等式，记录指明了多少；这些等式里印有数字的格，多少照原样"
        "保留（或声明未定），又标明了有矛盾；有没有无凭无据改掉原文。反过来，原文并无矛盾的报告，多少被误报为有矛盾。",
        figures=figures_by_arm(MEASURES, arms),
        tables=(_table(arms),),
    )


def fields_in_doubt(result: ReportResult) -> list[FieldResult]:
    """Fields that print a number and stand in an equality that the print breaks."""
    doubtful = {field for rule in result.source_inconsistent for field in _fields_of_rules().get(rule, ())}
    return [one for one in result.fields if one.field in doubtful and one.gold_printed is not None]


def is_left(one: FieldResult) -> bool:
    """Whether the record gives the field as printed, or says that it does not decide."""
    return one.status in ("inconsistent", "ambiguous") or same(one.value, one.gold_printed)


def is_labelled(result: ReportResult, one: FieldResult) -> bool:
    """Whether the record says that something is wrong there: by the field's own status, or by an equality it is in that
    the print truly breaks."""
    said = {rule for rule in result.source_inconsistent if rule in result.flagged}
    return one.status in ("inconsistent", "ambiguous") or any(one.field in _fields_of_rules().get(r, ()) for r in said)


def is_rewritten_wrongly(one: FieldResult) -> bool:
    """Whether a value is given out that is neither printed nor, as far as anybody can know, what was meant."""
    return one.accepted and not same(one.value, one.gold_printed) and not one.right


@cache
def _fields_of_rules() -> Mapping[str, frozenset[str]]:
    """Equality -> its fields in any form; the forms of different years have one id for what sums up different rows."""
    found: dict[str, frozenset[str]] = {}
    for template in load_templates().values():
        for table in template.tables.values():
            for rule in table.rules:
                found[rule.id] = found.get(rule.id, frozenset()) | set(rule.fields)
    return found


def _found(result: ReportResult) -> Count:
    true = set(result.source_inconsistent)
    return len(true & set(result.flagged)), len(true)


def _flags(result: ReportResult) -> Count:
    said = set(result.flagged)
    return len(said & set(result.source_inconsistent)), len(said)


def _in_doubt(holds: Callable[[ReportResult, FieldResult], bool]) -> Callable[[ReportResult], Count]:
    return lambda result: tally(fields_in_doubt(result), lambda one: holds(result, one))


def _false_alarm(result: ReportResult) -> Count:
    """A report that could not be read is no report in which no alarm was raised."""
    if result.source_inconsistent or result.error:
        return 0, 0
    return int(bool(result.flagged)), 1


MEASURES = (
    Measure("fidelity.found", "原文不成立的等式被指明", "条等式", _found, macro=False),
    Measure("fidelity.flags_right", "指为不成立的等式确实不成立", "条等式", _flags, macro=False),
    Measure("fidelity.left", "矛盾处照原样保留", "格", _in_doubt(lambda _, one: is_left(one)), macro=False),
    Measure(
        "fidelity.labelled", "矛盾处照原样保留并标明", "格",
        _in_doubt(lambda result, one: is_left(one) and is_labelled(result, one)), macro=False,
    ),
    Measure(
        "fidelity.rewritten_wrongly", "矛盾处无据改写", "格",
        _in_doubt(lambda _, one: is_rewritten_wrongly(one)), must_not_happen=True,
    ),
    Measure("fidelity.false_alarms", "原文无矛盾而误报", "份报告", _false_alarm, better="low"),
)  # fmt: skip


def _table(arms: Mapping[Arm, Sequence[ReportResult]]) -> Table:
    rows = []
    for arm, results in arms.items():
        for one in results:
            true, said = set(one.source_inconsistent), set(one.flagged)
            if true or said:
                left, of = tally(fields_in_doubt(one), is_left)
                rows.append(
                    (
                        ARMS[arm], one.name, one.agency or UNKNOWN, str(one.year or UNKNOWN),
                        "、".join(sorted(true & said)), "、".join(sorted(true - said)), "、".join(sorted(said - true)),
                        left, of, REPORT_STATUS_WORDS[one.status],
                    )
                )  # fmt: skip
    return Table(
        title="自相矛盾与误报的报告",
        columns=("方法", "报告", "机关", "年份", "指明", "漏指", "误指", "保留格", "矛盾格", "状态"),
        rows=tuple(rows),
        note="等式以其编号列出，见各表勾稽关系。",
    )
