"""Reports as web pages."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from training.examples.drawn import Block, Drawn, Slot
from training.examples.report import Paragraph

TAGS = {0: "p", 1: "h1", 2: "h2", 3: "h3"}


def page(title: str, body: str, charset: str = "utf-8", head: str = "") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="{charset}">\n<title>{escape(title)}</title>\n'
        f"{head}</head>\n<body>\n{body}</body>\n</html>\n"
    )


def body(found: Iterable[Block], blank: str = "") -> str:
    """Headings, paragraphs and tables. `blank` is the markup of an empty cell."""
    parts = []
    for block in found:
        if isinstance(block, Paragraph):
            tag = TAGS[block.level]
            parts.append(f"<{tag}>{escape(block.text)}</{tag}>\n")
        else:
            parts.append(table(block, blank))
    return "".join(parts)


def table(drawn: Drawn, blank: str = "") -> str:
    rows = []
    for row in drawn.rows:
        rows.append("<tr>" + "".join(_cell(slot, blank) for slot in row.slots) + "</tr>\n")
    return '<table border="1">\n' + "".join(rows) + "</table>\n"


def nested(content: str) -> str:
    """The content inside two layout tables, as old sites have it."""
    return (
        '<table width="980" align="center"><tr><td width="180" valign="top"><table><tr><td>首页</td></tr>'
        '<tr><td>公开指南</td></tr><tr><td>公开年报</td></tr></table></td><td valign="top">'
        f'<table width="100%"><tr><td>\n{content}</td></tr></table></td></tr></table>\n'
    )


def _cell(slot: Slot, blank: str) -> str:
    spans = (f' colspan="{slot.columns}"' if slot.columns > 1 else "") + (
        f' rowspan="{slot.rows}"' if slot.rows > 1 else ""
    )
    return f"<td{spans}>{escape(slot.text) or blank}</td>"
