"""A record as one self-contained HTML page: the form with marks, and for every cell what was printed and why.

The page needs no network and no other file. Everything that comes from a report goes through `escape` into
markup, or into a JSON block that the script reads and shows as text; a content policy allows no other script.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import partial
from html import escape

from pipeline.record import Field, Finding, Number, Report
from pipeline.show import words
from pipeline.show.form import FormCell, FormRow, FormTable, is_outer_group, lay_out, tables_used
from pipeline.show.pane import above, pane
from pipeline.show.pictures import PagePicture
from pipeline.show.self_contained import asset, whole_page
from pipeline.template import Rule, Table

_LINKS_SHOWN = 8
"""Cells of a finding that are listed at once; more are folded away."""
_TABLE_NUMBERS = {"t2": "二", "t3": "三", "t4": "四"}


def write_page(report: Report, pictures: Sequence[PagePicture] = ()) -> str:
    """The whole page as text, to be stored as UTF-8. The same report and pictures give the same bytes.

    Args:
        pictures: images of the pages that the record was read from, in reading order; they are shown beside the form.
    """
    tables = tables_used(report.templates)
    style, script = (asset("pipeline.show", f"page.{kind}") for kind in ("css", "js"))
    if pictures:
        style, script = style + asset("pipeline.show", "pane.css"), asset("pipeline.show", "pane.js") + script
    agency = report.agency or "（未写明机关）"
    body = [
        '<a class="skip" href="#tables">跳到表格</a>',
        _masthead(report, agency),
        f'<div class="layout{" pictured" if pictures else ""}">',
        '<main id="tables">',
        _legend(report),
        *(_table_section(report, lay_out(table)) for table in tables),
        _findings(report, tables),
        _rules(report, tables),
        _sections(report),
        "</main>",
        pane(report, pictures, _panel(above(report, partial(_describe, tables)))) if pictures else _panel(),
        "</div>",
        f"<footer><p>记录格式 {escape(report.schema_)} · SHA-256 <code>{escape(report.sha256)}</code></p></footer>",
        f'<script type="application/json" id="record">{_embedded(_data(report, tables))}</script>',
    ]
    title = f"{agency} {report.year or ''} 年度政府信息公开工作报告".replace("  ", " ")
    return whole_page(title, style, script, body, pictures=bool(pictures))


def _embedded(data: object) -> str:
    """JSON that cannot end the script element it stands in, whatever the texts hold."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text.encode("utf-8", "backslashreplace").decode()


def _masthead(report: Report, agency: str) -> str:
    facts = [
        ("统计期间", f"{report.period[0]} 至 {report.period[1]}" if report.period else "未写明"),
        ("公布日期", report.published or "未写明"),
        ("表格样式", words.templates_text(report.templates)),
        ("文件", report.file),
        ("SHA-256", report.sha256),
    ]
    rows = "".join(
        f"<div{' class=wide' if name == 'SHA-256' else ''}><dt>{name}</dt><dd>{escape(value)}</dd></div>"
        for name, value in facts
    )
    year = f"{report.year} 年度" if report.year is not None else "年度未写明"
    warnings = "".join(f"<li>{escape(warning)}</li>" for warning in report.warnings)
    return (
        '<header class="masthead"><p class="kicker">政府信息公开工作年度报告 · 勾稽记录</p>'
        f'<h1>{escape(agency)}<span class="year">{year}</span></h1>'
        f'<p class="verdict {report.status}"><span class="dot" aria-hidden="true"></span>'
        f"{words.REPORT_STATUS_WORDS[report.status]}</p>"
        f'<dl class="facts">{rows}</dl>'
        + (f'<ul class="warnings" aria-label="读取时的说明">{warnings}</ul>' if warnings else "")
        + "</header>"
    )


def _legend(report: Report) -> str:
    counts = words.count_statuses(report)
    look = sum(counts[status] for status in words.WORTH_A_LOOK)
    buttons = [
        f'<button type="button" class="look" data-show="{" ".join(sorted(words.WORTH_A_LOOK))}" aria-pressed="false">'
        f'只看需要留意的格 <span class="count">{look}</span></button>'
    ]
    for status, mark in words.STATUS_MARKS.items():
        swatch = f'<span class="swatch {status}" aria-hidden="true">{mark or "6"}</span>'
        buttons.append(
            f'<button type="button" data-show="{status}" aria-pressed="false" title="{words.STATUS_MEANINGS[status]}">'
            f'{swatch}{words.STATUS_WORDS[status]} <span class="count">{counts[status]}</span></button>'
        )
    return (
        f'<div class="legend" role="group" aria-label="图例与筛选">{"".join(buttons)}</div>'
        '<p class="hint">点按或聚焦一格，可看原印、取值与理由；方向键移动，Enter 固定，Esc 取消。</p>'
        '<noscript><p class="hint">浏览器停用了脚本：表格与清单照常，逐格的说明不能显示。</p></noscript>'
    )


def _table_section(report: Report, layout: FormTable) -> str:
    table = layout.table
    number = _TABLE_NUMBERS[table.id]
    title = f"{number}、{table.title}"
    head = "".join(_row(report, table, row, in_head=True) for row in layout.head)
    body = "".join(_row(report, table, row) for row in layout.body)
    return (
        f'<section class="form" id="{table.id}"><h2>{title}<small>{table.template} 版</small></h2>'
        f'<div class="scroll" tabindex="-1"><table role="grid" aria-readonly="true" class="{table.id}" '
        f'aria-label="{escape(title)}">'
        + (f"<thead>{head}</thead>" if head else "")
        + f"<tbody>{body}</tbody></table></div></section>"
    )


def _row(report: Report, table: Table, row: FormRow, in_head: bool = False) -> str:
    return "<tr>" + "".join(_cell(report, table, cell, in_head) for cell in row) + "</tr>"


def _cell(report: Report, table: Table, cell: FormCell, in_head: bool) -> str:
    spans = (f' rowspan="{cell.row_span}"' if cell.row_span > 1 else "") + (
        f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    )
    if cell.field is not None:
        return _value_cell(report, table, cell.field, spans)
    scope = "col" if in_head or cell.kind == "head" else "rowgroup" if cell.kind == "group" else "row"
    if cell.kind == "group" and not cell.row_span > 1:
        scope = "colgroup"
    text = escape(cell.text)
    if cell.kind == "label" and "（" in text[1:]:
        start = text.index("（", 1)
        text = f'{text[:start]}<span class="note">{text[start:]}</span>'
    kind: str = cell.kind
    if cell.kind == "group" and cell.row_span > 1:
        kind = "group outer" if is_outer_group(cell.text) else "group"
        text = re.sub(r"^(（.+?）|.+?、)", r"\1<br>", text)
    return f'<th scope="{scope}" class="{kind}"{spans}>{text}</th>'


def _value_cell(report: Report, table: Table, field_id: str, spans: str) -> str:
    field = report.fields.get(field_id)
    if field is None:
        return f'<td class="absent"{spans}></td>'
    zero = " zero" if field.status in ("read", "inferred") and field.value == 0 else ""
    spoken = f"{table.describe(field_id)}：{_spoken(field)}"
    mark = words.STATUS_MARKS[field.status]
    return (
        f'<td id="{escape(field_id)}" class="cell {field.status}{zero}"{spans} tabindex="-1" '
        f'data-field="{escape(field_id)}" aria-label="{escape(spoken)}"><span class="inner">{_shown(field)}</span>'
        + (f'<span class="mark" aria-hidden="true">{mark}</span>' if mark else "")
        + "</td>"
    )


def _shown(field: Field) -> str:
    if field.status == "ambiguous":
        return f'<span class="rivals">{escape(words.candidates_text(field)) or "?"}</span>'
    if field.status == "missing":
        return '<span class="none">—</span>'
    if field.status == "read" and field.kind != "number":
        return escape(field.printed or "")
    value = escape(words.number_text(field.value))
    if words.is_changed(field):
        return f"<s>{escape(field.printed or '')}</s><b>{value}</b>"
    return value


def _spoken(field: Field) -> str:
    """The cell for a screen reader: value, status, and the print where they differ."""
    parts = [words.number_text(field.value) or words.KIND_WORDS[field.kind], words.STATUS_WORDS[field.status]]
    if field.status == "ambiguous":
        parts[0] = "可能为 " + words.candidates_text(field).replace("|", " 或 ").replace("…", "其他")
    if words.is_changed(field):
        parts.append(f"原印 {field.printed}")
    return "，".join(parts)


def _findings(report: Report, tables: list[Table]) -> str:
    if not report.findings:
        return '<section id="findings"><h2>发现</h2><p class="empty">没有发现问题。</p></section>'
    items = "".join(_finding(index, finding, tables) for index, finding in enumerate(report.findings, 1))
    return (
        f'<section id="findings"><h2>发现<small>{len(report.findings)} 条</small></h2>'
        f'<ol class="findings">{items}</ol></section>'
    )


def _finding(index: int, finding: Finding, tables: list[Table]) -> str:
    links = "".join(
        f'<li><a href="#{escape(id_)}" data-go="{escape(id_)}">{escape(_describe(tables, id_))}</a></li>'
        for id_ in finding.fields
    )
    numbers = ""
    if finding.left is not None or finding.right is not None:
        sides = f"{words.number_text(finding.left) or '？'} ↔ {words.number_text(finding.right) or '？'}"
        difference = f"，差 {words.number_text(finding.difference)}" if finding.difference is not None else ""
        numbers = f'<span class="sides">{sides}{difference}</span>'
    quotes = "".join(f"<blockquote>{escape(quote)}</blockquote>" for quote in finding.quotes)
    show = (
        f'<button type="button" class="point" data-fields="{escape(" ".join(finding.fields))}">'
        f"在表中标出 {len(finding.fields)} 格</button>"
        if finding.fields
        else ""
    )
    listed = f"<ul>{links}</ul>"
    if len(finding.fields) > _LINKS_SHOWN:
        listed = f'<details class="cells"><summary>逐格列出</summary>{listed}</details>'
    return (
        f'<li id="finding-{index}" class="finding {finding.level}"><p class="what">'
        f'<span class="level">{words.LEVEL_WORDS[finding.level]}</span>{escape(finding.message)} {numbers}</p>{quotes}'
        + (f'<p class="clause">{escape(finding.clause)}</p>' if finding.clause else "")
        + (f'<div class="rests">{show}{listed}</div>' if links else "")
        + f'<code class="code">{escape(finding.code)}</code></li>'
    )


def _rules(report: Report, tables: list[Table]) -> str:
    rules = _all_rules(tables)
    rows = []
    n_failing = 0
    for rule_id, result in report.rules.items():
        rule = rules.get(rule_id)
        failing = "fails" in (result.printed, result.decided)
        n_failing += failing
        label = rule.label if rule else rule_id
        fields = " ".join((*rule.left, *rule.right)) if rule else ""
        button = f'<button type="button" class="point" data-fields="{escape(fields)}">{escape(label)}</button>'
        clause = f'<span class="clause">{escape(rule.clause)}</span>' if rule else ""
        sums = _sides(report, rule) if rule else ""
        rows.append(
            f'<tr class="{"failing" if failing else "holding"}"><td>{button}{clause}</td>'
            f'{_verdict(result.printed)}{_verdict(result.decided)}<td class="sums">{sums}</td></tr>'
        )
    if not rows:
        return ""
    return (
        f'<section id="rules"><h2>勾稽关系<small>{len(rows)} 条，{n_failing} 条有不符</small></h2>'
        '<p><label class="switch"><input type="checkbox" id="only-failing" checked> 只看不符的</label></p>'
        '<div class="scroll"><table class="rules"><thead><tr><th scope="col">关系</th><th scope="col">按原印</th>'
        '<th scope="col">按取值</th><th scope="col">取值两边</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        '<p class="empty" id="no-failing" hidden>没有不符的关系。</p></section>'
    )


def _verdict(result: str) -> str:
    sign = {"holds": "✓", "fails": "✗"}.get(result, "?")
    return f'<td class="verdict-{result.split()[0]}">{sign} {words.RULE_WORDS[result]}</td>'


def _sides(report: Report, rule: Rule) -> str:
    left, right = _sum(report, rule.left), _sum(report, rule.right)
    if left is None or right is None:
        return ""
    return f"{words.number_text(left)} {'=' if left == right else '≠'} {words.number_text(right)}"


def _sum(report: Report, field_ids: tuple[str, ...]) -> Number | None:
    total: Number = 0
    for field_id in field_ids:
        field = report.fields.get(field_id)
        if field is None or field.value is None:
            return None
        total += field.value
    return total


def _sections(report: Report) -> str:
    if not report.sections:
        return ""
    items = "".join(
        f"<details><summary>{escape(number)}、{escape(section.title)}"
        f'<small>{len(section.text)} 字</small></summary><div class="prose">{escape(section.text)}</div></details>'
        for number, section in report.sections.items()
    )
    return f'<section id="sections"><h2>正文</h2>{items}</section>'


def _panel(over: str = "") -> str:
    return (
        '<aside id="panel" aria-label="所选单元格" aria-live="polite"><div class="bar"><span id="panel-state"></span>'
        f'<button type="button" id="panel-close" aria-label="关闭">✕</button></div>{over}'
        '<div id="panel-body"><p class="empty">尚未选择单元格。</p></div></aside>'
    )


def _data(report: Report, tables: list[Table]) -> dict[str, object]:
    """What the script shows in the panel, every text ready in words."""
    rules = _all_rules(tables)
    return {
        "fields": {id_: _field_data(report, tables, id_, field) for id_, field in report.fields.items()},
        "rules": [
            {
                "label": rules[rule_id].label,
                "fields": [*rules[rule_id].left, *rules[rule_id].right],
                "printed": words.RULE_WORDS[result.printed],
                "decided": words.RULE_WORDS[result.decided],
            }
            for rule_id, result in report.rules.items()
            if rule_id in rules
        ],
    }


def _field_data(report: Report, tables: list[Table], field_id: str, field: Field) -> dict[str, object]:
    entry = report.ledger.get(field_id)
    source = field.source
    return {
        "label": _describe(tables, field_id),
        "group": _group(tables, field_id),
        "printed": field.printed,
        "kind": words.KIND_WORDS[field.kind],
        "value": words.number_text(field.value),
        "unit": field.unit,
        "status": field.status,
        "mark": words.STATUS_MARKS[field.status],
        "word": words.STATUS_WORDS[field.status],
        "meaning": words.STATUS_MEANINGS[field.status],
        "confidence": round(field.confidence, 4),
        "candidates": [[words.number_text(each.value) or "空", f"{each.cost:.2f}"] for each in field.candidates],
        "support": [words.SUPPORT_WORDS[support] for support in field.support],
        "place": words.source_text(field),
        "reader": f"{source.reader}（{source.score:.3g}）" if source and source.reader else "",
        "text": source.text if source else "",
        "looks": [[look.reader, look.text, f"{look.score:.3g}"] for look in source.looks] if source else [],
        "sentence": entry.sentence if entry else "",
        "equations": list(entry.equations) if entry else [],
    }


def _all_rules(tables: list[Table]) -> dict[str, Rule]:
    return {rule.id: rule for table in tables for rule in table.rules}


def _describe(tables: list[Table], field_id: str) -> str:
    for table in tables:
        if field_id in table.field_ids():
            return table.describe(field_id)
    return field_id


def _group(tables: list[Table], field_id: str) -> str:
    table_id, _, rest = field_id.partition(".")
    for table in tables:
        if table.id == table_id:
            return next((row.group for row in table.rows if row.id == rest.partition(".")[0]), "")
    return ""
