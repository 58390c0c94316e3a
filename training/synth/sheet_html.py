"""A report as the page that the browser prints twice: once to be seen, once with every cell in a colour of its own.

Both renderings stand in one file one after the other, each beginning a page, so that the browser lays them out in the
same run. The second gives the place of every cell, or of each of its parts, to the browser's own precision.
"""

from __future__ import annotations

from html import escape

from training.examples.drawn import RESULTS
from training.synth.layouts import HtmlLook
from training.synth.sheet import Content, Sheet, SheetCell, SheetRow

TAGS = {0: "p", 1: "h1", 2: "h2", 3: "h3"}
KEYED = 137
"""Red of the colour that says which cell stands in a place; green and blue hold its number."""
CSS_KINDS = {"head": "h", "group": "g h", "label": "l", "number": "n"}


def page(title: str, content: Content, look: HtmlLook) -> str:
    """The file that holds both renderings."""
    bodies = "".join(
        f'<div class="pass" style="position: relative; {"break-before: page" if keyed else ""}">{look.before}'
        f'<div class="report">\n{_body(content, look, keyed)}</div>{look.after}</div>\n'
        for keyed in (False, True)
    )
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{look.css}</style></head><body>\n{bodies}</body></html>\n"
    )


def _body(content: Content, look: HtmlLook, keyed: bool) -> str:
    parts = []
    for block in content:
        if isinstance(block, Sheet):
            parts.append(_table(block, look, keyed))
            continue
        dated = ' class="date"' if block.text.startswith("发布日期") else ""
        parts.append(f"<{TAGS[block.level]}{dated}>{escape(block.text)}</{TAGS[block.level]}>\n")
    return "".join(parts)


def _table(sheet: Sheet, look: HtmlLook, keyed: bool) -> str:
    split = sheet.n_head if look.repeat_head else 0
    rows = [_row(sheet, row, look, keyed) for row in sheet.rows]
    head = f"<thead>{''.join(rows[:split])}</thead>" if split else ""
    columns = "".join(f'<col style="width: {width:.2f}%">' for width in _widths(sheet, look))
    body = "".join(rows[split:])
    return f'<table class="{sheet.table_id}"><colgroup>{columns}</colgroup>{head}<tbody>{body}</tbody></table>\n'


def _widths(sheet: Sheet, look: HtmlLook) -> list[float]:
    if sheet.table_id == "t3":
        rest = 100 - sum(look.label_widths)
        numbers = sheet.n_columns - len(look.label_widths)
        return [*look.label_widths, *[rest / numbers] * numbers]
    if sheet.table_id == "t2":
        label = 34.0
        return [label, *[(100 - label) / (sheet.n_columns - 1)] * (sheet.n_columns - 1)]
    return [100 / sheet.n_columns] * sheet.n_columns


def _row(sheet: Sheet, row: SheetRow, look: HtmlLook, keyed: bool) -> str:
    classes = [name for name, on in (("head", row.head), ("lasthead", row.last_head), ("sum", row.total)) if on]
    cells = "".join(_cell(sheet, cell, look, keyed) for cell in row.cells)
    return f'<tr class="{" ".join(classes)}">{cells}</tr>\n'


def _cell(sheet: Sheet, cell: SheetCell, look: HtmlLook, keyed: bool) -> str:
    classes = CSS_KINDS[cell.kind].split()
    if cell.kind == "head" and sheet.n_head and cell.row + cell.row_span == sheet.n_head:
        classes.append("low")
    if sheet.table_id == "t3" and cell.kind == "label" and cell.column_span == 3:
        classes.append("first")
    text = escape(cell.text)
    if cell.text == RESULTS:
        classes.append("u" if look.upright_results else "v")
        text = text if look.upright_results else f"<div>{text}</div>"
    spans = (f' colspan="{cell.column_span}"' if cell.column_span > 1 else "") + (
        f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    )
    colour = f' style="background: rgb({KEYED}, {cell.key >> 8}, {cell.key & 255})"' if keyed else ""
    return f'<td class="{" ".join(classes)}"{spans}{colour}>{text}</td>'
