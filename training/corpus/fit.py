"""What the numbers of configs/synth.yaml were chosen from: `python -m training.corpus.fit ../shared/reports`.

Prints how the real reports are filled. With `--generated N`, the same of N generated ones beside it.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random

from pipeline.record import Number
from training.corpus.agencies import draw_agency
from training.corpus.value_settings import SYNTH, load_values
from training.corpus.values import draw_chain
from training.gold import find_gold
from training.table2_prior import load_rows

Values = Mapping[str, Number | None]
Show = Callable[[str, Sequence[Values]], None]

APPLICANTS = ("natural", "commercial", "research", "social", "legal", "other_org")
COLUMNS = {"natural": ("natural",), "organisations": APPLICANTS[1:], "total": ("total",)}
ROWS = (
    "new",
    "carried_in",
    "granted",
    "partial",
    "denied_",
    "unavailable_",
    "rejected_",
    "other",
    "total",
    "carried_out",
)
"""Rows of table 3, or how their ids begin."""
RESULTS = ("upheld", "corrected", "other", "pending")
DISPUTES = ("review", "litigation_direct", "litigation_after_review")
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
SEED = 1


def known(reports: Iterable[Values], ask: Callable[[str], bool]) -> list[float]:
    """All values that are known in the fields asked for."""
    return [value for report in reports for field, value in report.items() if value is not None and ask(field)]


def zeros(values: Sequence[float]) -> str:
    return f"{sum(value == 0 for value in values) / len(values):.3f} of {len(values)}" if values else "-"


def in_row(table: str, row: str, columns: Sequence[str]) -> Callable[[str], bool]:
    """Whether a field is one of these columns in a row, or group of rows, of a table."""

    def asked(field: str) -> bool:
        its_table, its_row, its_column = field.split(".")
        # `other` has three rows on the newer form; `total` and the rest are whole ids.
        same = its_row.startswith(row) if row.endswith("_") or row == "other" else its_row == row
        return its_table == table and same and its_column in columns

    return asked


def spread(values: Sequence[float]) -> str:
    """Of what is above 0: median as of a log-normal, and its deviation in nats."""
    logs = [math.log(value) for value in values if value > 0]
    if len(logs) < 2:
        return f"{len(logs)} above 0"
    mean = sum(logs) / len(logs)
    deviation = math.sqrt(sum((log - mean) ** 2 for log in logs) / (len(logs) - 1))
    return f"{len(logs)} above 0: median {math.exp(mean):.1f}, deviation {deviation:.2f}"


def quantiles(values: Sequence[float]) -> str:
    ordered = sorted(values)
    shown = (f"{q:.0%} {ordered[min(len(ordered) - 1, int(q * len(ordered)))]:.0f}" for q in QUANTILES)
    return "  ".join(shown) if ordered else "-"


def excess(values: Sequence[float]) -> str:
    """Mean of what is above a threshold; it grows with the threshold where the tail is heavy."""
    shown = []
    for threshold in (0, 5, 20, 80):
        above = [value - threshold for value in values if value > threshold]
        shown.append(
            f"over {threshold}: {sum(above) / len(above):.1f} ({len(above)})" if above else f"over {threshold}: -"
        )
    return "  ".join(shown)


def applications(name: str, reports: Sequence[Values]) -> None:
    """Table 3."""
    new = known(reports, lambda field: field == "t3.new.total")
    print(f"\n== {name}: table 3, {len(new)} reports")
    print(f"new a report: {quantiles(new)}; {spread(new)}")
    print(f"mean excess: {excess(new)}")
    carried = [
        (out, done + out)
        for report in reports
        for out, done in [(report.get("t3.carried_out.total"), report.get("t3.total.total"))]
        if out is not None and done
    ]
    print(f"reports that carry over: {sum(out > 0 for out, _ in carried)} of {len(carried)}; "
          f"share carried {sum(o for o, _ in carried) / max(1, sum(d for _, d in carried)):.3f}")  # fmt: skip
    print(f"{'share of zeros':16}" + "".join(f"{column:>20}" for column in COLUMNS))
    for row in ROWS:
        print(
            f"{row:16}"
            + "".join(f"{zeros(known(reports, in_row('t3', row, those))):>20}" for those in COLUMNS.values())
        )
    _shares("applicants (new)", reports, {column: in_row("t3", "new", (column,)) for column in APPLICANTS})
    rows = {field.split(".")[1] for report in reports for field in report if field.startswith("t3.")}
    outcomes = sorted(rows - {"new", "carried_in", "carried_out", "total"})
    _shares("outcomes", reports, {row: _exactly(f"t3.{row}.total") for row in outcomes})


def disputes(name: str, reports: Sequence[Values]) -> None:
    """Table 4."""
    print(f"\n== {name}: table 4")
    for row in DISPUTES:
        totals = known(reports, in_row("t4", row, ("total",)))
        cells = known(reports, in_row("t4", row, RESULTS))
        print(f"{row:24} zeros: totals {zeros(totals)}, parts {zeros(cells)}; {spread(totals)}; {quantiles(totals)}")
    for row in DISPUTES:
        _shares(row, reports, {column: in_row("t4", row, (column,)) for column in RESULTS})


def announced(name: str, reports: Sequence[Values]) -> None:
    """Table 2."""
    print(f"\n== {name}: table 2")
    fields = dict.fromkeys(field for report in reports for field in report if field.startswith("t2."))
    for field in sorted(fields):
        values = known(reports, _exactly(field))
        print(f"{field:32} zeros {zeros(values):14} {spread([abs(value) for value in values])}")


def announced_rows() -> None:
    """The rows of table 2 that were collected apart: figures above 0 only, of 74 reports."""
    print("\n== training/data/table2_rows.yaml (rows that are not all zero)")
    columns = {
        "activity_2019": ("previous", "change", "decisions"),
        "documents_2019": ("made", "published", "total_published"),
        "documents_2021": ("issued", "repealed", "in_force"),
    }
    for kind, entries in load_rows().items():
        rows = [row for entry in entries for row in entry]
        for column, values in zip(columns[kind], zip(*rows, strict=True), strict=True):
            print(f"{kind:16}{column:16} zeros {zeros(values):14} {spread([abs(value) for value in values])}")
        if kind == "activity_2019":
            adding = sum(previous + change == decisions for previous, change, decisions in rows)
            print(f"previous + change = decisions: {adding} of {len(rows)}")


def _exactly(field: str) -> Callable[[str], bool]:
    return lambda other: other == field


def _shares(name: str, reports: Sequence[Values], asked: Mapping[str, Callable[[str], bool]]) -> None:
    """Shares of a whole: of all reports together, and the mean of each report's."""
    counts = [{part: sum(known([report], ask)) for part, ask in asked.items()} for report in reports]
    counts = [count for count in counts if sum(count.values())]
    everything = sum(sum(count.values()) for count in counts) or 1
    print(f"{name}, share of all / mean of shares of {len(counts)} reports:")
    for part in asked:
        pooled = sum(count[part] for count in counts) / everything
        mean = sum(count[part] / sum(count.values()) for count in counts) / max(1, len(counts))
        print(f"  {part:24}{pooled:8.3f}{mean:8.3f}")


def generate(number: int, settings: Path) -> list[Values]:
    """True values of generated reports, with the years of the real ones."""
    random, how = Random(SEED), load_values(settings)
    reports: list[Values] = []
    for index in range(number):
        years = (2019, 2020) if index % 3 == 0 else (2021,) if index % 3 == 1 else (2023, 2024)
        reports.extend(true.report.values for true in draw_chain(random, draw_agency(random).name, years, how))
    return reports[:number]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("reports", type=Path, help="folder with *.gold.json")
    parser.add_argument("--config", type=Path, default=SYNTH)
    parser.add_argument("--generated", type=int, default=0, metavar="N", help="also show N generated reports")
    options = parser.parse_args()
    shows: tuple[Show, ...] = (applications, disputes, announced)
    real: list[Values] = [gold.reconciled for gold in find_gold(options.reports)]
    generated = generate(options.generated, options.config) if options.generated else []
    for show in shows:
        show("real", real)
        if generated:
            show("generated", generated)
    announced_rows()


if __name__ == "__main__":
    main()
