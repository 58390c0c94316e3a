"""Reports with the numbers of given gold and one known fault each: what repair is worth on true values, by fault.

Of each gold with a whole table 3, N clean reports are made that print there what the agency printed, blanks included;
wording, tables 2 and 4 and layout are invented. Each is then written once for every fault, and once without any, to
compare with. The gold of such a report knows table 3 alone. Only layouts in which every cell keeps its borders are
used, so that the fault is all that is wrong.

    OUT/NAME/FAULT-K.*     K-th clean report of the gold NAME, with its gold and NAME.case.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from pipeline.errors import E304, GoujiError
from pipeline.reconcile.rules import assess
from pipeline.record import Number
from pipeline.template import Table, load_templates
from training.corpus.pages import marked_page, without_marks
from training.evaluation.cases import CASE_SUFFIX, FAULT, STRUCK, About, Case, find_cases
from training.examples.report import InventedReport, invent, prose
from training.gold import SUFFIX, Gold
from training.mangle import LAYOUTS
from training.mangle.faults import FAULTS, NOTHING_LOST, struck
from training.mangle.pages import Page

NO_FAULT = "none"
KINDS = (NO_FAULT, *FAULTS)
WHOLE = (
    "html_spans", "html_flat", "html_repeated", "html_nested", "pipes", "pipes_bare", "pipes_merged",
    "pipes_repeated", "tabs", "tabs_merged", "csv",
)  # fmt: skip
"""Layouts that keep the cells apart. A workbook does too, but 05 cannot stand in it: its cells are numbers."""
ANYWHERE = 3
"""Of so many clean reports one takes its faults wherever they fall, mostly on zeros; in the others a number that is not
0 is struck, where the table has any."""
DRAWS = 2000
"""So often a place is drawn for a fault before it is taken that the table has none for it: table 3 has 175 cells at
most."""


@dataclass(frozen=True, slots=True)
class Injected:
    cases: tuple[Case, ...]
    left_out: tuple[str, ...]
    """Each gold that nothing was made of, with the reason, in Chinese."""


def write_injected(golds: Sequence[Case], out: Path, reports: int, seed: int) -> Injected:
    """Writes `reports` clean reports of each gold with every fault; what is there, and of the same gold, stays.

    A fault that a table has no place for, as a digit lost where all numbers have one digit, is left out for that gold.
    The same names have the same bytes, whatever the number of reports.

    Raises:
        GoujiError: E304 where the folder cannot be written to.
    """
    wanted: set[str] = set()
    left_out: list[str] = []
    for number, case in enumerate(golds, 1):
        reason = why_not(case.gold)
        if reason:
            left_out.append(f"{case.name}（{reason}）")
        else:
            try:
                wanted.update(_write_gold(case, out, reports, seed))
            except OSError as error:
                raise GoujiError(E304, reason=f"{out}（{error.strerror}）") from None
        print(f"注入错误：标准答案 {number} / {len(golds)}", file=sys.stderr)
    found = find_cases(out) if wanted else []
    return Injected(tuple(case for case in found if case.name in wanted), tuple(left_out))


def why_not(gold: Gold) -> str:
    """Why its table 3 cannot carry a single known fault; "" where it can."""
    if not gold.agency or gold.year is None:
        return "机关或年度不明"
    template = load_templates().get(gold.templates.get("t3", ""))
    if template is None:
        return "没有表三，或版本不明"
    fields = template.tables["t3"].field_ids()
    values = {field: gold.reconciled.get(field) for field in fields}
    unknown = sum(value is None for value in values.values())
    if unknown:
        return f"表三有 {unknown} 格的真值无从得知"
    if any(value is not None and (value < 0 or value != int(value)) for value in values.values()):
        return "表三有不是件数的数"
    if any(gold.printed[field] not in (None, values[field]) for field in fields):
        return "表三原印自相矛盾，错误不止注入的一个"
    if any(assess(rule, values).verdict != "holds" for rule in template.tables["t3"].rules):
        return "表三的勾稽关系不成立"
    return ""


def clean_report(case: Case, number: int, seed: int) -> InventedReport:
    """The `number`th report with the table 3 of the gold as it is printed.

    Args:
        case: whose gold has a whole table 3, as `why_not` tells.
    """
    gold = case.gold
    assert gold.agency and gold.year is not None
    random = Random(f"{seed} {case.name} {number}")
    made = invent(gold.agency, gold.year, random.getrandbits(30), {"t3": gold.templates["t3"]})
    fields = made.tables["t3"].field_ids()
    made = made.with_values({field: int(gold.reconciled[field] or 0) for field in fields})
    made = made.with_prints({field: "" for field in fields if gold.printed[field] is None})
    return replace(made, sections=prose(made, random))


def with_fault(
    report: InventedReport, fault: str, random: Random, nonzero: bool
) -> tuple[Page, tuple[str, ...]] | None:
    """The report's page with the fault, and the fields that it strikes; None where it has no place for the fault.

    Args:
        fault: one of `KINDS`.
        nonzero: whether a number that is not 0 is to be struck, where the table prints one that this fault can strike.
    """
    page = marked_page(report)
    if fault == NO_FAULT:
        return without_marks(page), ()
    table, second_best = report.tables["t3"], None
    nonzero = nonzero and any(report.values[field] for field in table.field_ids())
    for _ in range(DRAWS):
        changed = FAULTS[fault](page, random)
        if changed is None:
            continue
        found = struck(page, changed, table)
        hit = found.cells if fault in NOTHING_LOST else found.numbers
        if not hit:
            continue
        made = without_marks(changed), found.cells
        if not nonzero or any(report.values[field] for field in hit):
            return made
        second_best = second_best or made
    return second_best


def _write_gold(case: Case, out: Path, reports: int, seed: int) -> Iterable[str]:
    """The names of all reports of this gold that are there."""
    layouts = list(WHOLE)
    Random(f"{seed} {case.name} layouts").shuffle(layouts)
    for number in range(reports):
        report = clean_report(case, number, seed)
        gold = _gold_of(case.gold, report.tables["t3"])
        for fault in KINDS:
            name = f"{case.name}/{fault}-{number}"
            if _is_there(out / name, gold):
                yield name
                continue
            random = Random(f"{seed} {case.name} {number} {fault}")
            made = with_fault(report, fault, random, number % ANYWHERE != ANYWHERE - 1)
            if made is not None:
                page, fields = made
                layout = layouts[number % len(layouts)]
                groups = (f"{FAULT}{fault}", f"layout {layout}", *(f"{STRUCK}{field}" for field in fields))
                # A gold of nobody stands for one agency all the same, not for as many as there are reports of it.
                about = About(
                    agency=case.agency or case.name, province=case.province, origin="injected", groups=groups
                )
                _write(out / name, page, layout, gold, about)
                yield name


def _gold_of(gold: Gold, table: Table) -> str:
    def of_table(values: Mapping[str, Number | None]) -> dict[str, Number | None]:
        return {field: values[field] for field in table.field_ids()}

    content = {
        "agency": gold.agency,
        "year": gold.year,
        "templates": {table.id: table.template},
        "printed": of_table(gold.printed),
        "reconciled": of_table(gold.reconciled),
    }
    return json.dumps(content, ensure_ascii=False, indent=0) + "\n"


def _is_there(path: Path, gold: str) -> bool:
    """Whether the report was written whole, and from the gold as it is now."""
    beside = path.with_name(path.name + SUFFIX)
    if not path.with_name(path.name + CASE_SUFFIX).exists() or not beside.exists():
        return False
    return beside.read_text(encoding="utf-8") == gold


def _write(path: Path, page: Page, layout: str, gold: str, about: About) -> None:
    """Document, gold, and last what is known besides, so that whoever finds that finds all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    suffix, layout_of = LAYOUTS[layout]
    for old in sorted(path.parent.glob(f"{path.name}.*")):
        old.unlink()
    path.with_name(path.name + suffix).write_bytes(layout_of(page))
    path.with_name(path.name + SUFFIX).write_text(gold, encoding="utf-8")
    path.with_name(path.name + CASE_SUFFIX).write_text(
        about.model_dump_json(exclude_none=True) + "\n", encoding="utf-8"
    )
