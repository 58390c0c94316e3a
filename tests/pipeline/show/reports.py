"""Reports of an invented agency, built by hand, with a cell of every status."""

from __future__ import annotations

from pipeline.record import (
    Candidate,
    Field,
    FieldSource,
    Finding,
    LedgerEntry,
    Report,
    RuleResult,
    Section,
    Status,
    Support,
)
from pipeline.show.form import lay_out
from pipeline.show.words import number_text
from pipeline.template import load_templates

NEW = (41, 3, 0, 0, 1, 0)
CARRIED_IN = (2, 0, 0, 0, 0, 0)
OUTCOMES = {
    "granted": (20, 2, 0, 0, 1, 0),
    "partial": (6, 0, 0, 0, 0, 0),
    "unavailable_not_held": (11, 1, 0, 0, 0, 0),
    "rejected_repeat": (3, 0, 0, 0, 0, 0),
}
CARRIED_OUT = (3, 0, 0, 0, 0, 0)


def plain_field(value: int | float) -> Field:
    """A number that was printed and kept."""
    support: tuple[Support, ...] = ("reader", "arithmetic")
    source = FieldSource(page=3, box=(201.5, 310.25, 228.0, 322.0), reader="pdf", text=str(value))
    return Field(
        printed=str(value), kind="number", value=value, status="read", confidence=0.99, support=support, source=source
    )


def consistent_values(template: str = "2021") -> dict[str, int | float]:
    """Every field of the three tables, all equalities holding."""
    tables = load_templates()[template].tables
    values: dict[str, int | float] = {id_: 0 for table in tables.values() for id_ in table.field_ids()}
    columns = [column.id for column in tables["t3"].columns][:6]

    def put(row: str, numbers: tuple[int, ...]) -> None:
        for column, number in zip(columns, numbers, strict=True):
            values[f"t3.{row}.{column}"] = number
        values[f"t3.{row}.total"] = sum(numbers)

    put("new", NEW)
    put("carried_in", CARRIED_IN)
    for row, numbers in OUTCOMES.items():
        put(row, numbers)
    put("total", tuple(sum(numbers) for numbers in zip(*OUTCOMES.values(), strict=True)))
    put("carried_out", CARRIED_OUT)
    values.update({"t4.review.upheld": 3, "t4.review.pending": 1, "t4.review.total": 4})
    values["t4.litigation_direct.corrected"] = 1
    values["t4.litigation_direct.total"] = 1
    if template == "2021":
        values.update({"t2.normative.issued": 4, "t2.normative.in_force": 37, "t2.penalty.decisions": 1286})
        values["t2.fees.amount"] = 7730.28
    return values


def clean_report(template: str = "2021", agency: str = "青榆市云泽区卫生健康局") -> Report:
    """Everything printed and kept."""
    fields = {id_: plain_field(value) for id_, value in consistent_values(template).items()}
    tables = load_templates()[template].tables
    rules = {rule.id: RuleResult(printed="holds", decided="holds") for table in tables.values() for rule in table.rules}
    year = 2022 if template == "2021" else 2020
    return Report(
        file="report.pdf",
        sha256="0f" * 32,
        agency=agency,
        year=year,
        period=(f"{year}-01-01", f"{year}-12-31"),
        published=f"{year + 1}-01-20",
        templates=dict.fromkeys(tables, template),
        status="clean",
        fields=fields,
        sections={
            "一": Section(title="总体情况", text="本年度共收到申请45件。\n其余工作照常开展。"),
            "六": Section(title="其他需要报告的事项", text="无。"),
        },
        rules=rules,
    )


def with_field(report: Report, field_id: str, **changes: object) -> Report:
    fields = dict(report.fields)
    fields[field_id] = fields[field_id].model_copy(update=changes)
    return report.model_copy(update={"fields": fields})


def every_status(template: str = "2021") -> Report:
    """A report with a repaired, an inferred, an ambiguous, an inconsistent, a missing and a blank cell."""
    report = clean_report(template)

    def change(field_id: str, status: Status, **changes: object) -> None:
        nonlocal report
        report = with_field(report, field_id, status=status, **changes)

    change("t3.partial.natural", "repaired", printed="5", value=6, confidence=0.97, support=("arithmetic", "prose"))
    change("t3.denied_safety.natural", "inferred", printed=None, kind="absent", source=None, support=("arithmetic",))
    for column, values in (("research", (0, 1)), ("social", (0, 1))):
        change(
            f"t3.denied_law.{column}",
            "ambiguous",
            printed="1",
            value=None,
            confidence=0.5,
            candidates=tuple(Candidate(value=value, cost=index * 0.75) for index, value in enumerate(values)),
        )
    change("t4.review.total", "inconsistent", printed="5", value=5, confidence=0.6)
    change("t2.coercion.decisions", "missing", printed=None, kind="unread", value=None, confidence=0.0, support=())
    change("t2.rules.issued", "read", printed=None, kind="blank", value=None)
    change("t2.licensing.decisions", "read", printed="/", kind="dash", value=None)
    return report.model_copy(
        update={
            "status": "review",
            "findings": (
                Finding(
                    level="inconsistency",
                    code="rule-broken",
                    message="行政复议：四种结果之和为 4，总计印 5",
                    left=4,
                    right=5,
                    difference=-1,
                    fields=tuple(
                        f"t4.review.{column}" for column in ("upheld", "corrected", "other", "pending", "total")
                    ),
                    clause="表四：总计为四种结果之和",
                ),
                Finding(
                    level="warning",
                    code="prose-differs",
                    message="正文说收到申请 45 件，与表三一致；部分公开 6 件，与原印 5 件不同",
                    fields=("t3.partial.natural",),
                    quotes=("部分公开6件",),
                ),
            ),
            "rules": {
                **report.rules,
                "t4.review.results": RuleResult(printed="fails", decided="fails"),
                "t3.partial.applicants": RuleResult(printed="fails", decided="holds"),
                "t3.denied_law.applicants": RuleResult(printed="fails", decided="not assessable"),
            },
            "ledger": {
                "t3.partial.natural": LedgerEntry(
                    sentence="原印 5，改为 6：只有这样，本行之和与本列之和才同时成立。",
                    rules=("t3.partial.applicants", "t3.natural.outcomes"),
                    equations=("6 + 0 + 0 + 0 + 0 + 0 = 6", "20 + 6 + 11 + 3 = 40"),
                ),
                "t4.review.total": LedgerEntry(
                    sentence="原印 5，四种结果之和为 4；改哪一格都只能成立一处，保留原文。",
                    rules=("t4.review.results",),
                    equations=("3 + 0 + 0 + 1 ≠ 5",),
                ),
            },
            "warnings": ("第 4 页有一处文字无法解码",),
        }
    )


def as_published(report: Report, printed: dict[str, str] | None = None) -> str:
    """The report as an HTML page that an agency could publish, cells as in `printed` where given there."""
    shown = {id_: number_text(field.value) for id_, field in report.fields.items()} | (printed or {})
    tables = load_templates()["2021" if report.templates["t3"] == "2021" else "2019"].tables
    parts = [f"<h1>{report.agency}{report.year}年政府信息公开工作年度报告</h1>"]
    for number, section in (("一", "总体情况"), ("二", None), ("三", None), ("四", None)):
        table = next((table for table in tables.values() if table.section == number), None)
        parts.append(f"<p>{number}、{table.title if table else section}</p>")
        if table is None:
            parts.append(f"<p>{report.sections['一'].text}</p>")
            continue
        form = lay_out(table)
        rows = []
        for row in form.head + form.body:
            cells = (
                f'<td rowspan="{cell.row_span}" colspan="{cell.column_span}">'
                f"{shown[cell.field] if cell.field else cell.text}</td>"
                for cell in row
            )
            rows.append(f"<tr>{''.join(cells)}</tr>")
        parts.append(f"<table border=1>{''.join(rows)}</table>")
    parts.append("<p>五、存在的主要问题及改进情况</p><p>公开的及时性有待提高。</p>")
    parts.append("<p>六、其他需要报告的事项</p><p>无。</p>")
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{"".join(parts)}</body></html>'
