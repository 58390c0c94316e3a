"""The images of the pages beside the form: markup only, what it does is in pane.js.

Each image is embedded once, as a data address; over it lies a drawing with one outline for each cell that fields were
read from. Without scripts the images and their outlines are still there, and an outline leads to its field.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Sequence
from html import escape

from pipeline.document import Box
from pipeline.record import Field, Report, Status
from pipeline.show import words
from pipeline.show.pictures import PagePicture, placed

_WEIGHT: dict[Status, int] = {
    "read": 0, "inferred": 1, "repaired": 2, "missing": 3, "inconsistent": 4, "ambiguous": 5,
}  # fmt: skip
"""Which status an outline shows where several fields share a cell: the one that needs a look most."""

_LISTED = 12
"""Cells worth a look that the empty panel lists."""


def pane(report: Report, pictures: Sequence[PagePicture], panel: str) -> str:
    """The right-hand side: what is said of the cell that was chosen, and all pictures below each other.

    Args:
        panel: markup of the part that explains a cell; it is placed above the pictures.
    """
    on_picture = placed(report.fields, pictures)
    names = _names(pictures)
    tabs, sheets = [], []
    for index, picture in enumerate(pictures):
        held = {id_: report.fields[id_] for id_, at in on_picture.items() if at == index}
        look = sum(1 for field in held.values() if field.status in words.WORTH_A_LOOK)
        spoken = f"{names[index]}，{len(held)} 格" + (f"，{look} 格需要留意" if look else "")
        tabs.append(
            f'<a href="#sheet-{index + 1}" class="tab{" filled" if held else ""}" title="{spoken}" '
            f'aria-label="{spoken}">{names[index].removeprefix("第 ").removesuffix(" 页")}'
            + (f'<span class="look" aria-hidden="true">{look}</span>' if look else "")
            + "</a>"
        )
        sheets.append(_sheet(index + 1, picture, names[index], held))
    return (
        '<div id="beside">'
        f'<div class="handle"><button type="button" id="fold" aria-expanded="false" aria-controls="beside">'
        f"原件图像 {len(pictures)} 幅</button>"
        '<span class="views" role="group" aria-label="显示"><button type="button" data-view="panel" '
        'aria-pressed="true">说明</button><button type="button" data-view="pages" aria-pressed="false">原件</button>'
        "</span></div>"
        f"{panel}"
        '<div id="pages"><div class="tools">'
        f'<nav class="tabs" aria-label="原件各页"><span aria-hidden="true">原件</span>{"".join(tabs)}</nav>'
        '<span class="zoom" role="group" aria-label="缩放">'
        '<button type="button" data-zoom="-1" aria-label="缩小">−</button>'
        '<button type="button" data-zoom="0" title="适合宽度">适宽</button>'
        '<button type="button" data-zoom="1" aria-label="放大">＋</button></span></div>'
        f'<div id="sheets" tabindex="0" role="region" aria-label="原件图像">{"".join(sheets)}</div></div>'
        "</div>"
    )


def above(report: Report, describe: Callable[[str], str]) -> str:
    """What stands in the panel over its text: the cell as on the page, or, while none is chosen, where to begin.

    Args:
        describe: a field id in words.
    """
    look = [(id_, field) for id_, field in report.fields.items() if field.status in words.WORTH_A_LOOK]
    links = "".join(
        f'<li><span class="mark {field.status}">{words.STATUS_MARKS[field.status]}</span>'
        f'<a href="#{escape(id_)}" data-go="{escape(id_)}">{escape(describe(id_))}</a></li>'
        for id_, field in look[:_LISTED]
    )
    more = f"，先列 {_LISTED} 格" if len(look) > _LISTED else ""
    listed = f"<p>需要留意的格（{len(look)}{more}）：</p><ul>{links}</ul>" if look else "<p>没有需要留意的格。</p>"
    return (
        '<figure id="crop" hidden><button type="button" id="crop-open" aria-label="在原件中看这一格">'
        '<canvas role="img" aria-label="原件中的这一格"></canvas></button>'
        '<figcaption id="crop-none" hidden>原件图像上没有这一格的位置。</figcaption></figure>'
        f'<div id="rest"><p class="hint">指向或点按表中的一格，或图像上的一格，两边一同标出。</p>{listed}</div>'
    )


def _names(pictures: Sequence[PagePicture]) -> list[str]:
    """`第 3 页`; several pictures of a page are counted."""
    of_page = Counter(picture.page for picture in pictures)
    seen: Counter[int] = Counter()
    names = []
    for picture in pictures:
        seen[picture.page] += 1
        part = f"-{seen[picture.page]}" if of_page[picture.page] > 1 else ""
        names.append(f"第 {picture.page}{part} 页")
    return names


def _sheet(number: int, picture: PagePicture, name: str, fields: dict[str, Field]) -> str:
    data = base64.b64encode(picture.data).decode()
    return (
        f'<figure class="sheet" id="sheet-{number}"><figcaption>{name}</figcaption><div class="paper">'
        f'<img src="data:image/jpeg;base64,{data}" width="{picture.width}" height="{picture.height}" '
        f'alt="原件{name}" decoding="async">'
        # The form says all of this to a screen reader, and in an order that makes sense.
        f'<svg viewBox="0 0 {picture.width} {picture.height}" preserveAspectRatio="none" aria-hidden="true">'
        f"{_outlines(picture, fields)}</svg></div></figure>"
    )


def _outlines(picture: PagePicture, fields: dict[str, Field]) -> str:
    """One for each cell; fields whose digits ran together in one cell share it."""
    by_box: dict[Box, list[str]] = {}
    for field_id, field in fields.items():
        assert field.source is not None and field.source.box is not None
        by_box.setdefault(field.source.box, []).append(field_id)
    outlines = []
    for box, ids in by_box.items():
        left, top, width, height = picture.place(box)
        status = max((fields[id_].status for id_ in ids), key=_WEIGHT.__getitem__)
        outlines.append(
            f'<a class="box {status}" href="#{escape(ids[0])}" tabindex="-1" data-cells="{escape(" ".join(ids))}">'
            f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}"/></a>'
        )
    return "".join(outlines)
