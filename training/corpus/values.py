"""The numbers of invented reports: one agency over several years, as heavy-tailed and as full of zeros as real ones.

Table 3 is drawn application by application: who applies, what is carried over, what becomes of the rest. So every
equality of the form holds on `values`; what the page prints may differ, see training.corpus.source_errors.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from pipeline.reconcile.rules import number_text
from pipeline.record import Number
from pipeline.template import Table, load_templates, template_for_year
from training.corpus.counts import binomial, divide, habit, log_normal, poisson
from training.corpus.source_errors import blanks, draw_errors
from training.corpus.value_settings import Announced, Count, Documents, Some, ValueSettings, load_values
from training.examples.report import TABLES, InventedReport

__all__ = ["TrueReport", "ValueSettings", "draw_chain", "load_values"]

MONTHS = (1, 1, 1, 1, 1, 1, 2, 3)
"""Reports are due by the end of January, those of whole governments by the end of March."""
APPLICANTS = ("natural", "commercial", "research", "social", "legal", "other_org")
LARGEST_AMOUNT = 10.0**13
"""Some provinces buy for hundreds of billions of 元."""
Six = tuple[int, ...]
"""One number for each of `APPLICANTS`."""
NOBODY: Six = (0,) * len(APPLICANTS)


@dataclass(frozen=True, slots=True)
class TrueReport:
    report: InventedReport
    """Without running text."""
    errors: tuple[str, ...]
    """Kinds of errors that the agency itself made, see training.corpus.source_errors.KINDS."""
    unknown: frozenset[str]
    """Fields whose true value the page cannot tell; `values` holds what it was before the error."""


def draw_chain(random: Random, agency: str, years: Sequence[int], how: ValueSettings) -> list[TrueReport]:
    """The reports of one agency for these years: what one carries out, the next carries in.

    Raises:
        ValueError: where the years do not rise.
    """
    if any(after <= before for before, after in pairwise(years)):
        raise ValueError(f"years must rise: {list(years)}")
    office, found = _Office.drawn(random, agency, how), []
    for year in years:
        report = office.report(random, year)
        report = report.with_prints(blanks(random, report, office.blank, office.blank4))
        report, errors, unknown = draw_errors(random, report, how.errors)
        found.append(TrueReport(report, errors, unknown))
    return found


@dataclass(slots=True)
class _Office:
    """An agency with its habits, and what it hands on to the next year."""

    name: str
    how: ValueSettings
    applications: float
    """How many a year are usual; 0 for none ever."""
    applicants: Mapping[str, float]
    outcomes: Mapping[str, float]
    carried: float
    disputes: Mapping[str, float]
    """By row: how many a year are usual."""
    results: Mapping[str, float]
    decisions: Mapping[str, float]
    """By row: how many a year are usual; 0 for none ever."""
    items: dict[str, int]
    """By row: kinds of matters now."""
    still: bool
    adding: bool
    documents: dict[str, int]
    """By row: in force now."""
    fees: float
    fee_items: int
    projects: float
    yuan: bool
    old: frozenset[str]
    """Tables for which it uses the form of 2019 in 2021 and later."""
    early: frozenset[str]
    """Tables for which it uses the form of 2021 before."""
    blank: str
    blank4: bool
    last_year: int = 0
    carried_out: Six = NOBODY
    last_decisions: dict[str, int] = field(default_factory=dict)

    @classmethod
    def drawn(cls, random: Random, name: str, how: ValueSettings) -> _Office:
        sizes, told = how.sizes, how.announced
        factor = next((one.factor for one in sizes.names if re.search(one.pattern, name)), 1.0)
        common = random.gauss(0, 1)

        def size(count: Count) -> float:
            # Two parts of the same deviation as one: what the agency's numbers share, and what is this number's own.
            own = random.gauss(0, (1 - sizes.together**2) ** 0.5)
            return factor * count.median * math.exp(count.spread * (sizes.together * common + own))

        def some(count: Some) -> float:
            return size(count) if random.random() < count.some else 0.0

        applications = 0.0 if random.random() < sizes.idle else min(size(sizes.new), sizes.largest)
        grown = ((1 + applications) / (1 + sizes.new.median)) ** how.disputes.by_applications
        forms = how.forms
        return cls(
            name=name,
            how=how,
            applications=applications,
            applicants=habit(random, how.applications.applicants, how.applications.applicants_evenness),
            outcomes=habit(random, how.applications.outcomes, how.applications.outcomes_evenness),
            carried=_habitual(random, how.applications.carrying, 2 * how.applications.carried),
            disputes={
                row: grown * log_normal(random, count.median, count.spread) if random.random() < count.some else 0.0
                for row, count in how.disputes.rows.items()
            },
            results=habit(random, how.disputes.results, how.disputes.results_evenness),
            decisions={row: min(some(count), told.largest) for row, count in told.decisions.items()},
            items={row: round(log_normal(random, told.items.median, told.items.spread)) for row in told.decisions},
            still=random.random() < told.still,
            adding=random.random() < told.adding,
            documents={"rules": round(some(told.rules.in_force)), "normative": round(some(told.normative.in_force))},
            fees=some(told.fees.amount),
            fee_items=round(some(told.fees.items)),
            projects=some(told.procurement.projects),
            yuan=random.random() < told.procurement.in_yuan,
            old=_chosen(random, {"t2": forms.old_table2, "t3": forms.old_table3}),
            early=_chosen(random, {"t2": forms.early_table2, "t3": forms.early_table3}),
            blank=_one_of(random, how.blanks.habits),
            blank4=random.random() < how.blanks.table4,
        )

    def report(self, random: Random, year: int) -> InventedReport:
        if self.last_year:
            self._drift(random)
        if self.last_year != year - 1:
            # No report to follow on: what it carries in is not known from elsewhere.
            self.carried_out = self._carried(random, self._new(random))
            self.last_decisions = {row: self._decisions(random, row) for row in self.decisions}
        self.last_year = year
        usual = template_for_year(year)
        others = {"2021": ("2019", self.old), "2019": ("2021", self.early)}
        other, tables = others.get(usual, (usual, frozenset[str]()))
        forms = {name: load_templates()[other if name in tables else usual].tables[name] for name in TABLES}
        values = {
            **self._table2(random, forms["t2"]),
            **self._table3(random, forms["t3"]),
            **self._table4(random, forms["t4"]),
        }
        month = random.choice(MONTHS)
        return InventedReport(
            agency=self.name,
            year=year,
            published=f"{year + 1}-{month:02d}-{random.randrange(4, 29):02d}",
            tables=forms,
            values=values,
            printed=_prints(random, values),
            sections={},
        )

    def _drift(self, random: Random) -> None:
        """What is usual changes from year to year, and now and then how zeros are printed."""
        self.applications = min(log_normal(random, self.applications, self.how.sizes.drift), self.how.sizes.largest)
        self.decisions = {
            row: min(log_normal(random, usual, self.how.sizes.drift), self.how.announced.largest)
            for row, usual in self.decisions.items()
        }
        if random.random() < self.how.blanks.changed:
            self.blank = _one_of(random, self.how.blanks.habits)

    # Table 3

    def _new(self, random: Random) -> Six:
        number = min(poisson(random, self.applications), self.how.sizes.largest)
        return divide(random, number, [self.applicants[column] for column in APPLICANTS])

    def _carried(self, random: Random, there: Six) -> Six:
        return tuple(binomial(random, number, self.carried) for number in there)

    def _table3(self, random: Random, table: Table) -> dict[str, Number]:
        carried_in, new = self.carried_out, self._new(random)
        there: Six = tuple(a + b for a, b in zip(carried_in, new, strict=True))
        self.carried_out = self._carried(random, there)
        done: Six = tuple(a - b for a, b in zip(there, self.carried_out, strict=True))
        rows = {"new": new, "carried_in": carried_in, "total": done, "carried_out": self.carried_out}
        outcomes = [row.id for row in table.rows if row.id not in rows]
        weights = [
            sum(share for name, share in self.outcomes.items() if row in (name, name.split("_")[0]))
            if row == "other"
            else self.outcomes[row]
            for row in outcomes
        ]
        by_column = [divide(random, number, weights) for number in done]
        rows.update(zip(outcomes, zip(*by_column, strict=True), strict=True))
        return {
            f"t3.{row.id}.{column}": number
            for row in table.rows
            for column, number in zip((*APPLICANTS, "total"), (*rows[row.id], sum(rows[row.id])), strict=True)
        }

    # Table 4

    def _table4(self, random: Random, table: Table) -> dict[str, Number]:
        values: dict[str, Number] = {}
        for row in table.rows:
            number = poisson(random, min(self.disputes[row.id], self.how.sizes.largest))
            parts = divide(random, number, [self.results[column] for column in row.columns[:-1]])
            for column, part in zip(row.columns, (*parts, number), strict=True):
                values[f"t4.{row.id}.{column}"] = part
        return values

    # Table 2

    def _table2(self, random: Random, table: Table) -> dict[str, Number]:
        told = self.how.announced
        values: dict[str, Number] = {}
        for row in table.rows:
            if row.id in self.documents:
                numbers = self._documents(random, row.id, getattr(told, row.id), "made" in row.columns)
            elif row.id == "fees":
                numbers = self._fees(random, told, row.columns)
            elif row.id == "procurement":
                numbers = self._procurement(random, told)
            else:
                numbers = self._activity(random, row.id, row.columns)
            for column, number in zip(row.columns, numbers, strict=True):
                values[f"t2.{row.id}.{column}"] = number
        return values

    def _documents(self, random: Random, row: str, how: Documents, made: bool) -> tuple[Number, ...]:
        before = self.documents[row]
        issued = poisson(random, how.issued * before)
        repealed = binomial(random, before, min(1.0, 2 * how.repealed * random.random()))
        if before and random.random() < how.recounted:
            before = max(repealed, round(log_normal(random, before, 0.5)))
        self.documents[row] = before + issued - repealed
        if not made:
            return issued, repealed, self.documents[row]
        if random.random() < how.all_equal:
            return issued, issued, issued
        published = binomial(random, issued, random.random()) if random.random() < how.published_less else issued
        return issued, published, max(published, self.documents[row])

    def _decisions(self, random: Random, row: str) -> int:
        return min(poisson(random, self.decisions[row]), self.how.announced.largest)

    def _activity(self, random: Random, row: str, columns: Sequence[str]) -> tuple[Number, ...]:
        before = self.last_decisions[row]
        decisions = self.last_decisions[row] = self._decisions(random, row)
        if "previous" not in columns:
            return (decisions,)
        if not self.decisions[row]:
            return 0, 0, 0
        if self.adding and not self.still:
            return before, decisions - before, decisions
        items = self.items[row]
        change = 0
        if random.random() < (0.1 if self.still else 0.9):
            change = max(-items, round(random.choice((-1, 1, 1, 1)) * log_normal(random, 1 + items / 5, 1)))
        self.items[row] = items + change
        return items, change, decisions

    def _fees(self, random: Random, told: Announced, columns: Sequence[str]) -> tuple[Number, ...]:
        if "amount" not in columns:
            change = round(random.gauss(0, 1 + self.fee_items / 8)) if self.fee_items and random.random() < 0.4 else 0
            before, self.fee_items = self.fee_items, max(0, self.fee_items + change)
            return before, self.fee_items - before
        amount = log_normal(random, self.fees, 0.3) if self.fees else 0.0
        return (_rounded(amount, int(_one_of(random, told.fees.places))),)

    def _procurement(self, random: Random, told: Announced) -> tuple[Number, ...]:
        projects = poisson(random, self.projects)
        each = told.procurement.amount_each
        amount = projects * log_normal(random, each.median, each.spread) * (10_000 if self.yuan else 1)
        return projects, _rounded(min(amount, LARGEST_AMOUNT), random.choice((0, 1, 2, 2, 2)))


def _rounded(amount: float, places: int) -> Number:
    """Whole amounts as int, so that they print without a point."""
    rounded = round(amount, places)
    return int(rounded) if rounded == int(rounded) else rounded


def _prints(random: Random, values: Mapping[str, Number]) -> dict[str, str]:
    """All digits, and some amounts with the zeros that fill up two places: 12.50."""
    filled = random.random() < 0.4
    prints = {}
    for field_id, value in values.items():
        if filled and field_id.endswith(".amount") and round(value, 2) == value:
            prints[field_id] = f"{value:.2f}"
        else:
            prints[field_id] = number_text(value)
    return prints


def _habitual(random: Random, some: float, largest: float) -> float:
    """A share up to the largest, for those that have any."""
    return largest * random.random() if random.random() < some else 0.0


def _chosen(random: Random, chances: Mapping[str, float]) -> frozenset[str]:
    return frozenset([name for name, chance in chances.items() if random.random() < chance])


def _one_of(random: Random, weights: Mapping[str, float]) -> str:
    return random.choices(list(weights), list(weights.values()))[0]
