"""How well the pipeline does on reports with gold, as a table in the terminal: `gouji evaluate --gold DIR`.

Every figure is a count over cells, named as the table names it. A value is accepted where its status is `read`,
`repaired` or `inferred`; a value that is accepted and wrong is what must not happen.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import E101, E304, E901, GoujiError
from pipeline.record import Field, Number, Report, Status
from pipeline.show.words import STATUS_WORDS
from pipeline.template import load_templates
from training.evaluation.results import ACCEPTED
from training.gold import Gold, find_gold

if TYPE_CHECKING:
    from rich.console import Console

Fault = Literal["wrong and accepted", "claimed", "wrong", "not settled", "printed wrong"]
FAULT_WORDS: dict[Fault, str] = {
    "wrong and accepted": "错而采用",
    "claimed": "不可知而采用",
    "wrong": "错",
    "not settled": "未定",
    "printed wrong": "原印错",
}


@dataclass(frozen=True, slots=True)
class Scores:
    """Counts over the cells of one report, or of several added up; `seconds` of wall time."""

    scored: int = 0
    """Cells whose gold value is known."""
    right: int = 0
    """Of these, the value is the gold value, whatever the status."""
    printed: int = 0
    """Cells of the gold, all of them."""
    printed_right: int = 0
    """The print is the gold's, or nothing where the gold has a blank."""
    wrong_accepted: int = 0
    claimed: int = 0
    """Accepted with a value although nothing is printed and the value cannot be known."""
    ambiguous: int = 0
    inconsistent: int = 0
    missing: int = 0
    templates: int = 0
    templates_right: int = 0
    seconds: float = 0.0

    def __add__(self, other: Scores) -> Scores:
        return Scores(*(mine + theirs for mine, theirs in zip(_numbers(self), _numbers(other), strict=True)))


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell that is not what the gold says."""

    document: str
    field: str
    label: str
    fault: Fault
    printed: str | None
    value: Number | None
    status: Status
    gold: Number | None
    gold_printed: Number | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One document's result."""

    name: str
    scores: Scores
    faults: tuple[CellFault, ...]
    error: str | None = None
    """The one line of a document that could not be read; then all its cells count as missing."""
    status: str = "failed"
    findings: tuple[str, ...] = field(default=())


def score(report: Report, gold: Gold) -> tuple[Scores, tuple[CellFault, ...]]:
    """Compares a record with its gold. `seconds` stays 0. Cells that the record lacks count as missing."""
    counts = dict.fromkeys((name for name in Scores.__dataclass_fields__ if name != "seconds"), 0)
    faults = []
    for field_id, truth in gold.reconciled.items():
        found = report.fields.get(field_id, _ABSENT)
        print_right = same_print(found, gold.printed[field_id])
        counts["printed"] += 1
        counts["printed_right"] += print_right
        for status in ("ambiguous", "inconsistent", "missing"):
            counts[status] += found.status == status
        accepted = found.status in ACCEPTED
        fault: Fault | None = None if print_right else "printed wrong"
        if truth is None:
            if accepted and found.value is not None and gold.printed[field_id] is None:
                counts["claimed"] += 1
                fault = "claimed"
        else:
            counts["scored"] += 1
            if found.value is not None and same_number(found.value, truth):
                counts["right"] += 1
            elif accepted:
                counts["wrong_accepted"] += 1
                fault = "wrong and accepted"
            else:
                fault = "not settled" if found.value is None else "wrong"
        if fault:
            faults.append(_fault(report, gold, field_id, found, fault))
    counts["templates"] = len(gold.templates)
    counts["templates_right"] = sum(report.templates.get(key) == value for key, value in gold.templates.items())
    return Scores(**counts), tuple(faults)


def same_number(left: Number, right: Number) -> bool:
    """Equal as numbers; 5 and 5.0 are."""
    return abs(left - right) <= 1e-9


def same_print(found: Field, gold: Number | None) -> bool:
    """Whether the print is the gold's number; a blank in the gold allows a blank, a dash or no cell."""
    from pipeline.recover.numbers import read_cell

    if found.printed is None or found.kind == "dash":
        return gold is None
    if gold is None:
        return not found.printed.strip()
    value = read_cell(found.printed, signed=True, decimal=True).value
    return value is not None and same_number(value, gold)


def evaluate(
    golds: Sequence[Gold], read: Callable[[Path, Report | None], Report], chain: bool = False
) -> list[Outcome]:
    """Reads every document and scores it, in the order given.

    Args:
        read: the pipeline, from a path and the record of the year before.
        chain: hand each document the record of the same agency's year before, where that is among them too.
    """
    order = sorted(range(len(golds)), key=lambda index: golds[index].year or 0) if chain else range(len(golds))
    records: dict[tuple[str, int], Report] = {}
    outcomes: dict[int, Outcome] = {}
    for index in order:
        gold = golds[index]
        last_year = None
        if chain and gold.agency and gold.year:
            last_year = records.get((gold.agency, gold.year - 1))
        start = time.perf_counter()
        try:
            report = read(gold.document, last_year)
        except GoujiError as error:
            outcomes[index] = _failed(gold, str(error), time.perf_counter() - start)
            continue
        except Exception as error:
            # A fault of ours on one document must not cost the figures of all the others.
            fault = GoujiError(E901, reason=f"{type(error).__name__}: {error}")
            outcomes[index] = _failed(gold, str(fault), time.perf_counter() - start)
            continue
        seconds = time.perf_counter() - start
        scores, faults = score(report, gold)
        findings = tuple(finding.message for finding in report.findings)
        outcomes[index] = Outcome(
            gold.name, replace(scores, seconds=seconds), faults, status=report.status, findings=findings
        )
        if gold.agency and gold.year:
            records[gold.agency, gold.year] = report
    return [outcomes[index] for index in range(len(golds))]


def worst(outcomes: Sequence[Outcome], number: int) -> list[CellFault]:
    """The worst cells first: accepted and wrong, claimed, wrong, not settled, print wrong."""
    rank = {fault: position for position, fault in enumerate(FAULT_WORDS)}
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    return sorted(faults, key=lambda fault: rank[fault.fault])[:number]


def as_json(outcomes: Sequence[Outcome]) -> str:
    total = _total(outcomes)
    documents = [asdict(outcome) for outcome in outcomes]
    return json.dumps({"total": asdict(total), "documents": documents}, ensure_ascii=False, indent=1) + "\n"


def run_table(folder: Path, json_path: Path | None, n_worst: int, chain: bool) -> int:
    """Reads every report with gold below the folder and shows the table; 1 where a report could not be read.

    Raises:
        GoujiError: E101 where there is no such folder, E303 where its gold cannot be used, E304 where `json_path`
            cannot be written.
    """
    from rich.console import Console

    from pipeline.reading import read_report

    if not folder.is_dir():
        raise GoujiError(E101, reason=f"没有文件夹 {folder}")
    outcomes = evaluate(find_gold(folder), read_report, chain)
    if json_path:
        try:
            json_path.write_text(as_json(outcomes), encoding="utf-8")
        except OSError as error:
            raise GoujiError(E304, reason=f"{json_path}（{error.strerror}）") from None
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, emoji=False, width=200)
    show(outcomes, n_worst, console)
    return 1 if any(outcome.error for outcome in outcomes) else 0


def show(outcomes: Sequence[Outcome], n_worst: int, console: Console) -> None:
    """The table of documents, the documents that failed, and the worst cells."""
    from rich.box import ASCII2, SIMPLE_HEAD
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD if console.is_terminal else ASCII2, show_footer=False)
    table.add_column("报告", no_wrap=True)
    for name in ("取值对", "原印对", "错而采用", "不可知而采用", "歧义", "矛盾", "缺失", "表式对", "秒"):
        table.add_column(name, justify="right")
    for outcome in outcomes:
        table.add_row(outcome.name + ("（失败）" if outcome.error else ""), *_cells(outcome.scores))
    table.add_section()
    table.add_row(f"合计 {len(outcomes)} 份", *_cells(_total(outcomes)))
    console.print(table)
    for outcome in outcomes:
        if outcome.error:
            console.print(Text(f"{outcome.name}: {outcome.error}"))
    faults = worst(outcomes, n_worst)
    n_faults = sum(len(outcome.faults) for outcome in outcomes)
    if faults:
        console.print(Text(f"最差的格（{len(faults)} / {n_faults}）", "bold"))
    for fault in faults:
        console.print(Text(f"{FAULT_WORDS[fault.fault]}  {fault.document}  {fault.field}  {fault.label}"))
        numbers = f"原印 {_shown(fault.printed)}（标准 {_shown(fault.gold_printed)}），取值 {_shown(fault.value)} "
        console.print(
            Padding(
                Text(f"{numbers}{STATUS_WORDS[fault.status]}，标准 {_shown(fault.gold)}"), (0, 0, 0, 4), expand=False
            )
        )
        if fault.sentence:
            console.print(Padding(Text(fault.sentence), (0, 0, 0, 4), expand=False))


_ABSENT = Field(printed=None, kind="absent", value=None, status="missing", confidence=0.0)


def _fault(report: Report, gold: Gold, field_id: str, found: Field, fault: Fault) -> CellFault:
    entry = report.ledger.get(field_id)
    return CellFault(
        document=gold.name,
        field=field_id,
        label=_label(gold.templates, field_id),
        fault=fault,
        printed=found.printed,
        value=found.value,
        status=found.status,
        gold=gold.reconciled[field_id],
        gold_printed=gold.printed[field_id],
        sentence=entry.sentence if entry else "",
    )


def _failed(gold: Gold, error: str, seconds: float) -> Outcome:
    cells = len(gold.reconciled)
    faults = tuple(
        CellFault(
            gold.name, field_id, _label(gold.templates, field_id), "not settled",
            None, None, "missing", truth, gold.printed[field_id], "",
        )
        for field_id, truth in gold.reconciled.items()
        if truth is not None
    )  # fmt: skip
    scores = Scores(scored=len(faults), printed=cells, missing=cells, templates=len(gold.templates), seconds=seconds)
    return Outcome(gold.name, scores, faults, error)


def _label(templates: Mapping[str, str], field_id: str) -> str:
    """The field in the form's words, or its id where the gold names a template or field that we do not have."""
    table_id = field_id.split(".")[0]
    template = load_templates().get(templates.get(table_id, ""))
    table = template.tables.get(table_id) if template else None
    return table.describe(field_id) if table and field_id in table.field_ids() else field_id


def _total(outcomes: Sequence[Outcome]) -> Scores:
    return sum((outcome.scores for outcome in outcomes), Scores())


def _numbers(scores: Scores) -> list[Any]:
    return [getattr(scores, name) for name in Scores.__dataclass_fields__]


def _cells(scores: Scores) -> list[str]:
    return [
        f"{scores.right}/{scores.scored}",
        f"{scores.printed_right}/{scores.printed}",
        str(scores.wrong_accepted),
        str(scores.claimed),
        str(scores.ambiguous),
        str(scores.inconsistent),
        str(scores.missing),
        f"{scores.templates_right}/{scores.templates}",
        f"{scores.seconds:.2f}",
    ]


def _shown(value: Number | str | None) -> str:
    return "空" if value is None else str(value)
