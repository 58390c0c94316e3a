"""What a person should look at again in gold, by the form's own arithmetic: `gouji gold check`.

Gold is set down by hand, and by hand go wrong digits, rows and templates. Nothing is changed here. What the gold itself
says of its report (`source_findings`, `unverified`) is kept apart from what nobody has said yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import E101, E303, GoujiError
from pipeline.reconcile.rules import assess, equation, number_text
from pipeline.record import Number
from pipeline.template import TABLES, Table, load_templates
from training.evaluation.source_findings import (
    Broken,
    answered,
    answers_last_year,
    is_of_last_year,
    is_of_prose,
    names,
)
from training.gold import SUFFIX, Gold, load_gold

Sort = Literal[
    "unusable", "head", "template", "fields", "number", "printed", "changed", "reconciled", "last_year", "unanswered"
]
SORTS: Mapping[Sort, str] = {
    "unusable": "读不了",
    "head": "缺机关或年度",
    "template": "表式不明",
    "fields": "字段不齐",
    "number": "不像数量",
    "printed": "原印不合勾稽",
    "changed": "取值不同于原印",
    "reconciled": "取值不合勾稽",
    "last_year": "与上年不接",
    "unanswered": "声明无着落",
}
Values = Mapping[str, Number | None]


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to look at again."""

    sort: Sort
    message: str
    """One sentence, in Chinese."""
    fields: tuple[str, ...] = ()
    rule: str | None = None
    """Id of the equality that does not hold; `clause` is the form's for it."""
    clause: str | None = None
    left: Number | None = None
    right: Number | None = None
    difference: Number | None = None
    """Left less right."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the gold says itself."""

    key: Literal["source_findings", "unverified"]
    text: str
    rules: tuple[str, ...] = ()
    """Ids of the equalities that the print breaks and that the sentence answers to."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One gold file."""

    name: str
    """Its path below the folder given, without its ending."""
    path: str
    agency: str | None
    year: int | None
    looks: tuple[Look, ...]
    declared: tuple[Declared, ...]


def check_folders(folders: Sequence[Path]) -> list[Checked]:
    """All gold below the folders, ordered by folder and path; files that are no gold are something to look at.

    Raises:
        GoujiError: E101 where there is no such folder, E303 where one holds no gold.
    """
    found: dict[Path, tuple[str, Gold | GoujiError]] = {}
    seen: set[Path] = set()
    for folder in folders:
        if not folder.is_dir():
            raise GoujiError(E101, reason=f"没有文件夹 {folder}")
        paths = sorted(folder.rglob(f"*{SUFFIX}"))
        if not paths:
            raise GoujiError(E303, reason=f"{folder} 下没有 *{SUFFIX}")
        for path in paths:
            # Folders may lie in each other.
            if path.resolve() not in seen:
                seen.add(path.resolve())
                found[path] = (path.relative_to(folder).as_posix().removesuffix(SUFFIX), _loaded(path))
    years = of_last_year(gold for _, gold in found.values() if isinstance(gold, Gold))
    return [
        check(gold, name, years.get(path))
        if isinstance(gold, Gold)
        else Checked(name, str(path), None, None, (Look("unusable", str(gold)),), ())
        for path, (name, gold) in found.items()
    ]


def _loaded(path: Path) -> Gold | GoujiError:
    try:
        return load_gold(path)
    except GoujiError as error:
        return error


def of_last_year(golds: Iterable[Gold]) -> dict[Path, Gold]:
    """By path, the gold of the same agency one year before, the first of several; those without one are left out."""
    given = list(golds)
    first = {(gold.agency, gold.year): gold for gold in reversed(given)}
    return {
        gold.path: first[gold.agency, gold.year - 1]
        for gold in given
        if gold.agency and gold.year is not None and (gold.agency, gold.year - 1) in first
    }


def check(gold: Gold, name: str, last_year: Gold | None = None) -> Checked:
    """One gold.

    Args:
        last_year: of the same agency and the year before.
    """
    tables = tables_of(gold)
    failing = broken(tables, as_printed(gold))
    answers = {finding: answered(finding, failing) for finding in gold.source_findings}
    answering = {one.rule.id for those in answers.values() for one in those}
    explained = {field for those in answers.values() for one in those for field in one.rule.fields}
    said = (*gold.source_findings, *gold.unverified)
    explained |= {field for field in gold.printed if any(names(sentence, field) for sentence in said)}
    carried = _carried(gold, last_year)
    said_of_carried = {
        finding: any(answers_last_year(finding, now, before) for now, before in carried.values())
        for finding in gold.source_findings
    }
    looks = [
        *_head(gold),
        *_templates(gold),
        *_fields(gold, tables),
        *_unlike_counts(gold, tables),
        *_broken_prints(gold, failing, answering, explained),
        *_changed(gold, tables, explained),
        *_broken_values(gold, tables, failing),
    ]
    if carried and last_year and not any(said_of_carried.values()):
        looks.append(_not_carried_on(carried, last_year))
    declared = [Declared("unverified", text) for text in gold.unverified]
    for finding in gold.source_findings:
        rules = tuple(one.rule.id for one in answers[finding])
        # Nothing here can tell whether the text, or a report that is not here, says so.
        beyond = is_of_prose(finding) or (is_of_last_year(finding) and last_year is None)
        if rules or beyond or said_of_carried[finding] or any(names(finding, field) for field in gold.printed):
            declared.append(Declared("source_findings", finding, rules))
        else:
            says = "原印没有一条不成立的等式与它对应（写明等式编号，或行列名称与两边之数）"
            looks.append(Look("unanswered", f"source_findings 说“{finding}”，{says}"))
    return Checked(name, str(gold.path), gold.agency, gold.year, tuple(looks), tuple(declared))


def tables_of(gold: Gold) -> list[Table]:
    """The tables of the templates that the gold names and that there are."""
    known = load_templates()
    return [
        known[template].tables[table_id]
        for table_id, template in sorted(gold.templates.items())
        if template in known and table_id in known[template].tables
    ]


def broken(tables: Iterable[Table], values: Values) -> list[Broken]:
    """Equalities that do not hold on these values; those with a field without value tell nothing."""
    found = [Broken(table, rule, assess(rule, values)) for table in tables for rule in table.rules]
    return [one for one in found if one.sides.verdict == "fails"]


def as_printed(gold: Gold) -> dict[str, Number | None]:
    """The print, with what a blank stands for: else hardly an equality of a form with blanks could be asked.

    A blank or dash whose value nobody knows says 0 to whoever reads the page; where it is not even known that the page
    has one, it says nothing.
    """
    return {field: _as_printed(gold, field) for field in gold.printed}


def _as_printed(gold: Gold, field: str) -> Number | None:
    if gold.printed[field] is not None:
        return gold.printed[field]
    meant = gold.reconciled[field]
    return 0 if meant is None and gold.kind_of(field) else meant


def _head(gold: Gold) -> Iterator[Look]:
    lacks = [name for name, value in (("agency", gold.agency), ("year", gold.year)) if not value]
    if lacks:
        yield Look("head", f"没有写 {'、'.join(lacks)}")


def _templates(gold: Gold) -> Iterator[Look]:
    known = load_templates()
    for table_id in TABLES:
        template = gold.templates.get(table_id)
        if template is None:
            yield Look("template", f"templates 没有写 {table_id}，这张表无从核对")
        elif template not in known:
            yield Look("template", f"templates 中 {table_id} 写作“{template}”，表式只有 {'、'.join(known)}")
    for table_id in gold.templates:
        if table_id not in TABLES:
            yield Look("template", f"templates 中有“{table_id}”，表只有 {'、'.join(TABLES)}")


def _fields(gold: Gold, tables: Sequence[Table]) -> Iterator[Look]:
    for table in tables:
        lacking = tuple(field for field in table.field_ids() if field not in gold.printed)
        if lacking:
            yield Look("fields", f"{table.id}（{table.template} 版）缺 {len(lacking)} 格", lacking)
    checked = {table.id for table in tables}
    has = {field for table in tables for field in table.field_ids()}
    # Of a table whose template is not known nothing is odd; `_templates` asks for it.
    odd = tuple(
        field
        for field in gold.printed
        if field not in has and (field.split(".")[0] in checked or field.split(".")[0] not in TABLES)
    )
    if odd:
        yield Look("fields", f"有 {len(odd)} 个字段是所写表式没有的", odd)


def _unlike_counts(gold: Gold, tables: Sequence[Table]) -> Iterator[Look]:
    for table in tables:
        for field in table.field_ids():
            column = field.split(".")[2]
            for value in dict.fromkeys((gold.printed.get(field), gold.reconciled.get(field))):
                if value is None:
                    continue
                shown = f"{field} {table.describe(field)} 是 {number_text(value)}"
                if value < 0 and column not in table.signed:
                    yield Look("number", f"{shown}，这一栏不会是负数", (field,))
                if isinstance(value, float) and not value.is_integer() and column not in table.decimal:
                    yield Look("number", f"{shown}，这一栏不会有小数", (field,))


def _broken_prints(gold: Gold, failing: Sequence[Broken], answering: set[str], explained: set[str]) -> Iterator[Look]:
    """Equalities that the print breaks, less those declared and those that only break because of what is declared."""
    printed = as_printed(gold)
    mended = {field: gold.reconciled[field] if field in explained else value for field, value in printed.items()}
    for one in failing:
        # Where the values break it in the same way it is said of them.
        if one.rule.id in answering or assess(one.rule, gold.reconciled) == one.sides:
            continue
        if assess(one.rule, mended).verdict != "holds":
            yield _unequal("printed", "原印", one, printed)


def _broken_values(gold: Gold, tables: Sequence[Table], failing: Sequence[Broken]) -> Iterator[Look]:
    prints = {one.rule.id: one.sides for one in failing}
    for one in broken(tables, gold.reconciled):
        name = "原印和取值都" if prints.get(one.rule.id) == one.sides else "取值"
        yield _unequal("reconciled", name, one, gold.reconciled)


def _unequal(sort: Sort, name: str, one: Broken, values: Values) -> Look:
    rule, sides = one.rule, one.sides
    says = f"{name}不合“{rule.label}”：{equation(rule, values)}"
    # Those that say something first.
    fields = tuple(sorted(rule.fields, key=lambda field: not values[field]))
    return Look(sort, says, fields, rule.id, rule.clause, sides.left, sides.right, sides.difference)


def _changed(gold: Gold, tables: Sequence[Table], explained: set[str]) -> Iterator[Look]:
    """Values that are not what is printed, though nothing that the gold says accounts for it."""
    follows = _follow(gold, tables)
    given_up = []
    for field, printed in gold.printed.items():
        value = gold.reconciled[field]
        if printed == value or field in explained:
            continue
        if value is None:
            given_up.append(field)
        elif printed is not None:
            says = f"{_called(field, tables)} 印作 {number_text(printed)}，取值 {number_text(value)}"
            yield Look("changed", f"{says}，source_findings 没有说明", (field,))
        elif field not in follows:
            says = f"{_called(field, tables)} 没有印出，取值 {number_text(value)}"
            yield Look("changed", f"{says}，不能由勾稽推得，source_findings 也没有说明", (field,))
    if given_up:
        says = f"{len(given_up)} 格印有数字而取值为 null，source_findings 没有说明"
        yield Look("changed", says, tuple(given_up))


def _follow(gold: Gold, tables: Sequence[Table]) -> set[str]:
    """Fields that are printed, are 0, or follow from such by equalities with one other number each."""
    follows = {field for field, value in gold.printed.items() if value is not None or gold.reconciled[field] == 0}
    held = [rule for table in tables for rule in table.rules if assess(rule, gold.reconciled).verdict == "holds"]
    while new := {left.pop() for rule in held if len(left := set(rule.fields) - follows) == 1}:
        follows |= new
    return follows


def _carried(gold: Gold, last_year: Gold | None) -> dict[str, tuple[Number, Number]]:
    """Fields carried in, where the year before carried out another number: (this year's, the year before's)."""
    if last_year is None:
        return {}
    found = {}
    for field, now in gold.reconciled.items():
        if field.startswith("t3.carried_in."):
            before = last_year.reconciled.get(field.replace("carried_in", "carried_out"))
            if now is not None and before is not None and now != before:
                found[field] = (now, before)
    return found


def _not_carried_on(carried: Mapping[str, tuple[Number, Number]], last_year: Gold) -> Look:
    told = "、".join(
        f"{field.split('.')[2]} {number_text(now)} 而上年 {number_text(before)}"
        for field, (now, before) in carried.items()
    )
    says = f"上年结转与 {last_year.year} 年的结转下年度（{last_year.name}）不接：{told}"
    return Look("last_year", says, tuple(carried))


def _called(field: str, tables: Sequence[Table]) -> str:
    """The field's id and the form's own words for it."""
    table = next((table for table in tables if field in table.field_ids()), None)
    return field if table is None else f"{field} {table.describe(field)}"
