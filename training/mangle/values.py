"""Invented reports and their numbers: what is printed, what is true, and what the page does not tell."""

from __future__ import annotations

from random import Random

from pipeline.template import Table, load_templates, template_for_year
from training.examples.report import InventedReport, invent

AGENCIES = (
    "澄岚市教育局", "霁川县水务局", "云浔县民政局", "望汐市林业局", "梨渚市商务局", "樾川县司法局", "沅舟市医疗保障局",
    "沭岭县人民政府办公室", "岚皋溪镇人民政府", "栖泷市自然资源和规划局",
)  # fmt: skip


def draw_report(random: Random) -> tuple[InventedReport, frozenset[str], bool]:
    """A report with a way to leave zeros blank; the fields whose value cannot be known; whether it has an error of
    its own."""
    year = random.choice((2019, 2020, 2021, 2022, 2023, 2024))
    usual = template_for_year(year)
    templates = {table: usual if random.random() < 0.85 else random.choice(("2019", "2021")) for table in ("t2", "t3")}
    table3 = load_templates()[templates["t3"]].tables["t3"]
    report = invent(random.choice(AGENCIES), year, random.randrange(1 << 30), templates, _applications(random, table3))
    report = report.with_prints(_blanks(report, random))
    if random.random() < 0.15:
        report, unknown = random.choice((_wrong_total4, _zero_total4, _wrong_total3))(report, random)
        return report, unknown, True
    return report, frozenset(), False


def _applications(random: Random, table: Table) -> dict[str, tuple[int, ...]]:
    """The six applicants' columns of the rows that are not all 0, as `invent` takes them."""
    results = [row.id for row in table.rows if row.group and row.id != "total"]
    kind = random.choice(("nothing", "few", "few", "some", "some", "some", "many"))
    rows: dict[str, tuple[int, ...]] = {"granted": (0,) * 6}
    if kind == "nothing":
        return rows
    share, others, largest = {"few": (0.12, 0.05, 4), "some": (0.4, 0.15, 60), "many": (0.8, 0.5, 3000)}[kind]
    for row in results:
        if random.random() < share or row == "granted":
            rows[row] = tuple(
                int(random.random() ** 4 * largest) + random.randrange(1, 4)
                if random.random() < (0.8 if column == 0 else others)
                else 0
                for column in range(6)
            )
    done = [sum(column) for column in zip(*rows.values(), strict=True)]
    out = tuple(random.randrange(1 + number // 5) for number in done)
    before = tuple(random.randrange(1 + (a + b) // 4) for a, b in zip(done, out, strict=True))
    return {**rows, "carried_out": out, "carried_in": before}


def _blanks(report: InventedReport, random: Random) -> dict[str, str]:
    kind = random.choice(("printed", "printed", "zeros", "totals", "natural"))
    blank = {}
    for field, value in report.values.items():
        table, _, column = field.split(".")
        if table == "t2" or (table == "t4" and kind == "totals"):
            continue
        empty = {
            "printed": False,
            "zeros": not value,
            "totals": table == "t3" and column == "total",
            "natural": not value and column not in ("natural", "upheld"),
        }[kind]
        if empty:
            blank[field] = ""
    return blank


def _wrong_total4(report: InventedReport, random: Random) -> tuple[InventedReport, frozenset[str]]:
    row = random.choice(report.tables["t4"].rows)
    total = f"t4.{row.id}.total"
    wrong = int(report.values[total]) + random.choice((1, 2, 3))
    fields = frozenset(f"t4.{row.id}.{column}" for column in row.columns)
    return report.with_prints({total: str(wrong)}), fields


def _zero_total4(report: InventedReport, random: Random) -> tuple[InventedReport, frozenset[str]]:
    """A total left at 0: the parts are what they are, and the total is known."""
    row = random.choice(report.tables["t4"].rows)
    return report.with_prints({f"t4.{row.id}.total": "0"}), frozenset()


def _wrong_total3(report: InventedReport, random: Random) -> tuple[InventedReport, frozenset[str]]:
    """（七）wrong for one kind of applicants, and with it its sum."""
    column = random.choice(report.tables["t3"].columns[:-1])
    change = random.choice((1, 2, 10))
    fields = (f"t3.total.{column.id}", "t3.total.total")
    prints = {field: str(int(report.values[field]) + change) for field in fields if report.printed[field]}
    columns = frozenset(
        f"t3.{row.id}.{name}" for row in report.tables["t3"].rows for name in (column.id, "total")
    )
    return report.with_prints(prints), columns
