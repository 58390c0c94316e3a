"""A record in the terminal: the filled form with marks, the findings, and where to look further."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from pipeline.record import Field, Report, Status
from pipeline.show import words
from pipeline.show.form import column_label, is_outer_group, tables_used
from pipeline.show.printable import printable
from pipeline.template import Row, Table

_STYLES: dict[Status, str] = {
    "read": "",
    "inferred": "blue",
    "repaired": "bold green",
    "ambiguous": "bold magenta",
    "inconsistent": "bold red",
    "missing": "yellow",
}
_EXAMPLES: dict[Status, str] = {
    "inferred": "0推",
    "repaired": "5→6改",
    "ambiguous": "?3|5歧",
    "inconsistent": "20!矛",
    "missing": "—缺",
}
_LEVEL_STYLES = {"info": "blue", "warning": "yellow", "inconsistency": "bold red"}
_LOOK_ORDER: tuple[Status, ...] = ("repaired", "ambiguous", "inconsistent", "missing")
_LISTED = 5
"""Cells of each status worth a look that are listed one by one below the form; the rest is counted."""
_LABEL_MINIMUM = 22
"""Columns of the screen that row labels keep before cells are shortened."""
_LABEL_LEAST = 12
"""With fewer, a label and its numbers stand on lines of their own."""
_LABEL_WANTED = 44
"""Columns of the screen that row labels should have before heads stay on one line."""
_NO_MARK = "  "


def render_report(report: Report, width: int) -> RenderableType:
    """The whole view, laid out for a screen of `width` columns (from 60)."""
    parts: list[RenderableType] = [_title(report), Text()]
    for table in tables_used(report.templates):
        parts += [Text(f"{table.section}、{table.title}", "bold"), *_form(report, table, width), Text()]
    parts += [*_legend(report), Text()]
    parts += _worth_a_look(report)
    parts += _findings(report)
    parts.append(_counts(report))
    return Group(*parts)


def print_report(report: Report, console: Console) -> None:
    console.print(render_report(report, console.width))


def field_text(field: Field | None, compact: bool = False) -> Text:
    """What stands in a cell of the form: value and mark; `compact` leaves the print and the candidates out."""
    if field is None:
        return Text()
    style = _STYLES[field.status]
    mark = words.STATUS_MARKS[field.status]
    value = words.number_text(field.value)
    if field.status == "read":
        if field.kind != "number":
            return Text(printable(field.printed or ""), "dim")
        return Text(value, "dim" if field.value == 0 else "")
    if field.status == "missing":
        return Text(f"—{mark}", style)
    if field.status == "ambiguous":
        candidates = "" if compact else words.candidates_text(field)
        return Text(f"?{candidates}{mark}", style)
    if field.status == "inconsistent":
        return Text(f"{value}!{mark}", style)
    if words.is_changed(field) and not compact:
        return Text(f"{printable(field.printed or '')}→{value}{mark}", style)
    return Text(f"{value}{mark}", style + (" dim" if field.value == 0 and field.status == "inferred" else ""))


def _title(report: Report) -> Text:
    year = f"{report.year} 年度" if report.year is not None else "年度未写明"
    title = Text(printable(report.agency or "（未写明机关）"), "bold")
    title.append(f"　{year}", "bold")
    title.append(f"　{words.REPORT_STATUS_WORDS[report.status]}", "reverse")
    title.append(f"　{words.templates_text(report.templates)}　{printable(report.file)}", "dim")
    return title


def _form(report: Report, table: Table, width: int) -> Iterator[Text]:
    """One block of lines for each run of rows with the same columns; table 2 has several, the others one."""
    longest = max(cell_len(label) for row in table.rows for label in (_label(row), row.group)) + 2
    if all(len(row.columns) == len(table.columns) for row in table.rows):
        yield from _block(report, table, list(table.rows), width, longest)
        return
    for _, members in groupby(table.rows, key=lambda row: (row.group, row.columns)):
        yield from _block(report, table, list(members), width, longest)


def _block(report: Report, table: Table, rows: list[Row], width: int, longest: int) -> Iterator[Text]:
    columns = rows[0].columns
    compact = False
    heads, widths, label_width = _columns(report, table, rows, width, longest, compact)
    if label_width < _LABEL_MINIMUM:
        compact = True
        heads, widths, label_width = _columns(report, table, rows, width, longest, compact)
    one_group = len({row.group for row in rows}) == 1 and bool(rows[0].group)
    n_lines = max(len(head) for head in heads)
    for index in range(n_lines):
        line = Text(rows[0].group if one_group and index == n_lines - 1 else "", "dim")
        line.pad_right(max(0, label_width - line.cell_len))
        for head, wide in zip(heads, widths, strict=True):
            part = head[index - n_lines] if index >= n_lines - len(head) else ""
            line.append(" " * (wide - cell_len(part)) + part + _NO_MARK)
        line.rstrip()
        yield line
    seen = {rows[0].group} if one_group else set()
    for row in rows:
        yield from (Text(group, "dim") for group in _groups_before(table, row, seen))
        # Numbers too long to leave room for labels stand on a line below them.
        stacked = label_width < _LABEL_LEAST
        *above, last = [*_wrapped(_label(row), width), ""] if stacked else _wrapped(_label(row), label_width)
        yield from (Text(part) for part in above)
        line = Text(last + " " * (label_width - cell_len(last)))
        for column, wide in zip(columns, widths, strict=True):
            text, mark = _split(report.fields.get(f"{table.id}.{row.id}.{column}"), compact)
            line.append(" " * (wide - text.cell_len))
            line.append_text(text)
            line.append_text(mark)
        line.rstrip()
        yield line


def _columns(
    report: Report, table: Table, rows: list[Row], width: int, longest: int, compact: bool
) -> tuple[list[list[str]], list[int], int]:
    """Heads broken into lines, the width of each column without its mark, and the width left for labels."""
    columns = rows[0].columns
    labels = [column_label(table, column) for column in columns]
    needed = [
        1 + max(_split(report.fields.get(f"{table.id}.{row.id}.{column}"), compact)[0].cell_len for row in rows)
        for column in columns
    ]
    label_width = 0
    for characters in (99, 4, 2):
        heads = [[label[at : at + characters] for at in range(0, len(label), characters)] for label in labels]
        widths = [max(wide, *(cell_len(part) for part in head)) for head, wide in zip(heads, needed, strict=True)]
        label_width = min(longest, width - sum(widths) - len(_NO_MARK) * len(widths))
        if label_width >= min(longest, _LABEL_WANTED):
            break
    return heads, widths, label_width


def _split(field: Field | None, compact: bool) -> tuple[Text, Text]:
    """A cell's text without its mark, and the mark, always two columns wide, so that digits stand in line."""
    text = field_text(field, compact)
    mark = words.STATUS_MARKS[field.status] if field else ""
    if not mark:
        return text, Text(_NO_MARK)
    return text[: len(text) - len(mark)], text[len(text) - len(mark) :]


def _label(row: Row) -> str:
    if not row.group or row.group.startswith("第"):
        return row.full_label
    return ("  " if is_outer_group(row.group) else "    ") + row.full_label


def _wrapped(label: str, width: int) -> list[str]:
    """The label in lines of at most `width` columns, further lines indented a little deeper than the first."""
    indent = " " * (len(label) - len(label.lstrip()) + 2)
    lines = [""]
    for char in label:
        if cell_len(lines[-1]) + cell_len(char) > width:
            lines.append(indent)
        lines[-1] += char
    return lines


def _groups_before(table: Table, row: Row, seen: set[str]) -> list[str]:
    """Labels of the groups that begin with the row, outer first, indented."""
    groups = []
    outer = next((other.group for other in table.rows if is_outer_group(other.group)), "")
    if row.group and outer and outer not in seen:
        seen.add(outer)
        groups.append(outer)
    if row.group and row.group not in seen:
        seen.add(row.group)
        groups.append(("  " if outer else "") + row.group)
    return groups


def _legend(report: Report) -> list[RenderableType]:
    present = words.count_statuses(report)
    lines = []
    for status, example in _EXAMPLES.items():
        if present[status]:
            line = Text("  ")
            line.append(example, _STYLES[status])
            line.append(" " * (8 - cell_len(example)) + words.STATUS_MEANINGS[status], "dim")
            lines.append(line)
    if not lines:
        return [Text("全部照印，没有改动；空白的格原文就是空白。", "dim")]
    return [Text("图例", "bold"), *lines]


def _worth_a_look(report: Report) -> list[RenderableType]:
    looked = [(id_, field) for id_, field in report.fields.items() if field.status in words.WORTH_A_LOOK]
    if not looked:
        return []
    descriptions = {id_: table.describe(id_) for table in tables_used(report.templates) for id_ in table.field_ids()}
    lines: list[RenderableType] = [Text("需要留意的格", "bold")]
    for status in _LOOK_ORDER:
        of_status = [(id_, field) for id_, field in looked if field.status == status]
        for id_, field in of_status[:_LISTED]:
            line = Text("  ")
            line.append_text(field_text(field))
            line.append(f"  {descriptions.get(id_, id_)} ")
            line.append(id_, "dim")
            lines.append(line)
            if id_ in report.ledger:
                sentence = Text(printable(report.ledger[id_].sentence))
                lines.append(Padding(sentence, (0, 0, 0, 6), expand=False))
        if len(of_status) > _LISTED:
            lines.append(Text(f"  … 另有 {len(of_status) - _LISTED} 格{words.STATUS_WORDS[status]}", "dim"))
    return [*lines, Text()]


def _findings(report: Report) -> list[RenderableType]:
    lines: list[RenderableType] = []
    if report.findings:
        lines.append(Text("发现", "bold"))
    for finding in report.findings:
        line = Text()
        line.append(f"[{words.LEVEL_WORDS[finding.level]}]", _LEVEL_STYLES[finding.level])
        line.append(f" {printable(finding.message)} ")
        line.append(finding.code, "dim")
        lines.append(Padding(line, (0, 0, 0, 2), expand=False))
    lines += [Text(f"  [说明] {printable(warning)}", "dim") for warning in report.warnings]
    return [*lines, Text()] if lines else []


def _counts(report: Report) -> Text:
    counts = words.count_statuses(report)
    parts = [f"{words.STATUS_WORDS[status]} {number}" for status, number in counts.items() if number]
    line = Text(f"共 {len(report.fields)} 格：{'，'.join(parts)}；发现 {len(report.findings)} 条。")
    look = next((id_ for id_, field in report.fields.items() if field.status in words.WORTH_A_LOOK), None)
    example = look or next(iter(report.fields), "t3.new.total")
    line.append(f"\n逐格的理由：gouji explain 文件 {example}\n网页：　　　gouji read 文件 --html 报告.html", "dim")
    return line
