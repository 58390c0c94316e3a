"""What stands on the page instead of what is true: zeros left blank, and errors that the agency itself made.

Whether the page tells what is true depends on the place. A cell of table 3 stands in a row and in a column, so one
wrong cell is found and its value follows. A cell of table 4 stands in one equality, a cell of table 3 whose row has no
total is checked by its column alone, and a wrong （七） is wrong in the total as well: there the fields that it could
be are `unknown`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from training.corpus.value_settings import Errors
from training.examples.report import InventedReport

Damaged = tuple[dict[str, str], frozenset[str]]
"""Other prints, and the fields that are then unknown."""

SUMS = ("new", "carried_in", "total", "carried_out")
"""Rows of table 3 whose total some agencies print while they leave those of the results blank."""


def blanks(random: Random, report: InventedReport, habit: str, table4: bool) -> dict[str, str]:
    """The prints of what is left blank.

    Args:
        habit: `printed`: nothing. `zeros`: every 0. `totals`: the column 总计 of table 3. `zeros_totals`: every 0, and
            the totals of the results. `natural`: the zeros of organisations. `natural_alone`: these, and totals that
            repeat the column 自然人.
        table4: whether zeros of table 4 are blank as well, where the habit is one about zeros.
    """
    if habit not in HABITS:
        raise ValueError(f"no habit {habit}")
    empty: dict[str, str] = {}
    for field, value in report.values.items():
        table, row, column = field.split(".")
        if table == "t3":
            blank = {
                "printed": False,
                "zeros": not value,
                "totals": column == "total",
                "zeros_totals": not value or (column == "total" and row not in SUMS),
                "natural": not value and column not in ("natural", "total"),
                "natural_alone": column != "natural" and (not value or column == "total"),
            }[habit]
        else:
            blank = table == "t4" and table4 and not value and habit in ("zeros", "zeros_totals")
        if blank:
            empty[field] = ""
    if habit == "natural_alone" and any(
        value and field.startswith("t3.") and not field.endswith((".natural", ".total"))
        for field, value in report.values.items()
    ):
        # With organisations among the applicants, the totals are needed.
        return blanks(random, report, "natural", table4)
    return empty


HABITS = ("printed", "zeros", "totals", "zeros_totals", "natural", "natural_alone")


def draw_errors(
    random: Random, report: InventedReport, how: Errors
) -> tuple[InventedReport, tuple[str, ...], frozenset[str]]:
    """The report with the errors that its agency made, their kinds, and the fields that cannot be known."""
    if random.random() >= how.share:
        return report, (), frozenset()
    done: list[str] = []
    unknown: frozenset[str] = frozenset()
    # Two errors in one table might hide each other, so that what is known could not be said.
    tables = ["t3", "t4"]
    for _ in range(2 if random.random() < how.second else 1):
        left = {kind: weight for kind, weight in how.kinds.items() if kind[:2] in tables}
        while left:
            kind = random.choices(list(left), [weight + 1e-9 for weight in left.values()])[0]
            damaged = KINDS[kind](random, report)
            if damaged is not None:
                report, unknown = report.with_prints(damaged[0]), unknown | damaged[1]
                done.append(kind)
                tables.remove(kind[:2])
                break
            # Nothing on the page could go wrong in this way.
            del left[kind]
    return report, tuple(done), unknown


def _total4(random: Random, report: InventedReport) -> Damaged | None:
    """A total of table 4 that is not the sum; which of the row is wrong, nobody can tell."""
    row = _row4(random, report, lambda row: bool(report.printed[f"t4.{row}.total"]))
    if row is None:
        return None
    total = f"t4.{row}.total"
    wrong = int(report.values[total]) + random.choice((1, 1, 2, 3, 10))
    return {total: str(wrong)}, _fields4(report, row)


def _total4_zero(random: Random, report: InventedReport) -> Damaged | None:
    """A total left at 0: the parts are what they are, and the total is known."""
    row = _row4(random, report, lambda row: bool(report.values[f"t4.{row}.total"]))
    return None if row is None else ({f"t4.{row}.total": "0"}, frozenset())


def _transposed4(random: Random, report: InventedReport) -> Damaged | None:
    fields = [field for field in report.values if field.startswith("t4.") and _swaps(report.printed[field])]
    if not fields:
        return None
    field = random.choice(fields)
    return {field: random.choice(_swaps(report.printed[field]))}, _fields4(report, field.split(".")[1])


def _column_total3(random: Random, report: InventedReport) -> Damaged | None:
    """（七） wrong for one kind of applicants, and with it the sum of the row."""
    columns = [column.id for column in report.tables["t3"].columns[:-1] if report.printed[f"t3.total.{column.id}"]]
    if not columns:
        return None
    # Who adds up wrongly had something to add up.
    column = random.choices(columns, [0.1 + report.values[f"t3.total.{column}"] for column in columns])[0]
    change = random.choice((1, 1, 2, 10, -1))
    fields = (f"t3.total.{column}", "t3.total.total")
    if any(int(report.values[field]) + change < 0 for field in fields):
        change = abs(change)
    prints = {field: str(int(report.values[field]) + change) for field in fields if report.printed[field]}
    return prints, _columns3(report, column)


def _row_total3(random: Random, report: InventedReport) -> Damaged | None:
    """A total of a row that is not the sum, while what it is added up to is right."""
    fields = [field for field in _totals3(report) if report.printed[field]]
    if not fields:
        return None
    field = random.choice(fields)
    return {field: str(int(report.values[field]) + random.choice((1, 2, 3, 10)))}, frozenset()


def _total3_zero(random: Random, report: InventedReport) -> Damaged | None:
    fields = [field for field in _totals3(report) if report.printed[field] and report.values[field]]
    return ({random.choice(fields): "0"}, frozenset()) if fields else None


def _transposed3(random: Random, report: InventedReport) -> Damaged | None:
    fields = [field for field in report.values if field.startswith("t3.") and _swaps(report.printed[field])]
    if not fields:
        return None
    field = random.choice(fields)
    _, row, column = field.split(".")
    # Without the total of its row only its column says that something is wrong, and not where.
    checked = column == "total" or report.printed[f"t3.{row}.total"]
    unknown = frozenset[str]() if checked else _columns3(report, column)
    return {field: random.choice(_swaps(report.printed[field]))}, unknown


KINDS: dict[str, Callable[[Random, InventedReport], Damaged | None]] = {
    "t4_total": _total4,
    "t4_total_zero": _total4_zero,
    "t4_transposed": _transposed4,
    "t3_column_total": _column_total3,
    "t3_row_total": _row_total3,
    "t3_total_zero": _total3_zero,
    "t3_transposed": _transposed3,
}


def _row4(random: Random, report: InventedReport, fits: Callable[[str], bool]) -> str | None:
    rows = [row.id for row in report.tables["t4"].rows if fits(row.id)]
    return random.choice(rows) if rows else None


def _fields4(report: InventedReport, row: str) -> frozenset[str]:
    return frozenset(field for field in report.tables["t4"].field_ids() if field.split(".")[1] == row)


def _columns3(report: InventedReport, column: str) -> frozenset[str]:
    return frozenset(f"t3.{row.id}.{name}" for row in report.tables["t3"].rows for name in (column, "total"))


def _totals3(report: InventedReport) -> Sequence[str]:
    return [f"t3.{row.id}.total" for row in report.tables["t3"].rows]


def _swaps(printed: str) -> list[str]:
    """The number with two neighbouring digits changed over, in every way that gives another one of the same length."""
    found = []
    for place in range(len(printed) - 1):
        swapped = printed[:place] + printed[place + 1] + printed[place] + printed[place + 2 :]
        if swapped != printed and printed.isdigit() and not swapped.startswith("0"):
            found.append(swapped)
    return found
