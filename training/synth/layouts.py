"""The looks of generated pages: fonts, paper, rules, heads and page breaks, each drawn around a type of its own.

A layout makes a style sheet (or, for the office engines, a look) from a generator, so that two reports in the same
layout differ in sizes and shades but not in kind. The held-out layouts differ from the tuning ones in kind: nothing
may be tuned on them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias

from training.synth.content import Style

Engine: TypeAlias = Literal["chromium", "docx", "odt"]


@dataclass(frozen=True, slots=True)
class OfficeLook:
    """What the office engines are told; lengths in points."""

    font: str
    latin: str
    size: float
    table_size: float
    rule: float
    outer: float
    shade: str | None
    """Of heads, RRGGBB."""
    landscape: bool
    repeat_head: bool
    cut_rows: bool
    padding: float
    row_height: float
    number_align: Literal["left", "center", "right"]
    footer: bool
    margins: tuple[float, float]
    """Top and bottom, left and right."""


@dataclass(frozen=True, slots=True)
class HtmlLook:
    """What the browser is given besides the form."""

    css: str
    repeat_head: bool = False
    upright_results: bool = False
    """Whether 三、本年度办理结果 runs from left to right in a narrow column instead of from top to bottom."""
    before: str = ""
    """Markup before and after the report: navigation of a web page."""
    after: str = ""
    tall: bool = False
    """One picture as high as its content."""
    label_widths: tuple[float, float, float] = (5, 12, 25)
    """Of the first three columns of table 3, in percent."""


@dataclass(frozen=True, slots=True)
class Layout:
    name: str
    engine: Engine
    held_out: bool
    style: Callable[[Random], Style]
    look: Callable[[Random], HtmlLook | OfficeLook]


_BASE = """
* { margin: 0; padding: 0; box-sizing: border-box }
html { -webkit-print-color-adjust: exact; print-color-adjust: exact }
h1, h2, h3 { font-weight: normal; font-size: inherit }
table { border-collapse: collapse; width: 100%; table-layout: fixed; break-inside: auto }
td { orphans: 1; widows: 1; overflow-wrap: anywhere; line-break: anywhere }
td.v > div { writing-mode: vertical-rl; margin: 0 auto; white-space: nowrap }
td.u { line-height: 1.25 }
table.t3 td.n { padding-left: 1pt; padding-right: 1.5pt }
tr.head { break-inside: avoid !important; break-after: avoid } .t4 { break-inside: avoid }
"""
_RUNNING = "@page { @bottom-center { content: '%s' counter(page) '%s'; font: %s } }"


def _songti(random: Random) -> HtmlLook:
    """As word processors print it: serif, shaded groups in table 2, thin black rules, no repeated head."""
    digits = random.choice(("AR PL UMing CN", "Noto Serif CJK SC"))
    size = random.uniform(14.5, 16)
    small = random.uniform(9.3, 10.8)
    shade = random.choice(("#c6d9f1", "#c6d9f1", "#dbe5f1", "#d9d9d9", "#fff"))
    page = _RUNNING % ("- ", " -", "11pt 'AR PL UMing CN'")
    return HtmlLook(
        _BASE + page + f"@page {{ size: A4; margin: {random.randrange(24, 34)}mm {random.randrange(21, 28)}mm }}"
        f"body {{ font: {size:.1f}pt/{random.uniform(1.6, 1.95):.2f} 'Noto Serif CJK SC' }}"
        f"h1 {{ font-size: 21pt; text-align: center; margin: 8pt 0 14pt; font-family: 'Noto Sans CJK SC' }}"
        "h2 { font-family: 'Noto Sans CJK SC'; text-indent: 2em } h3 { font-weight: bold; text-indent: 2em }"
        "p { text-indent: 2em; text-align: justify } p.date { text-align: center; text-indent: 0 }"
        f"table {{ font: {small:.1f}pt/1.35 'Noto Serif CJK SC'; margin: 3pt 0 10pt }}"
        f"td {{ border: {random.choice((0.75, 0.75, 1))}pt solid #000; padding: {random.uniform(1, 2.4):.1f}pt 2pt }}"
        "td.h, td.n { text-align: center } td.g { text-align: center; background: " + shade + " }"
        f".t2 td {{ padding: {random.uniform(4, 9):.1f}pt 4pt }} .t2 td.h, .t3 td.first {{ font-weight: bold }}"
        f".t3 td.n, .t4 td.n {{ font-size: {small + 1.5:.1f}pt; font-family: '{digits}' }}",
        label_widths=(5, random.uniform(14, 18), random.uniform(26, 31)),
    )


def _kaiti(random: Random) -> HtmlLook:
    """The whole form in small print, narrow margins, several tables a page, right-aligned numbers."""
    small = random.uniform(8.6, 9.6)
    rule = random.choice(("0.5pt solid #000", "0.6pt solid #222", "0.75pt solid #333"))
    return HtmlLook(
        _BASE + f"@page {{ size: A4; margin: 12mm {random.randrange(12, 17)}mm }}"
        f"body {{ font: {small + 1.6:.1f}pt/1.5 'AR PL UKai CN' }}"
        "h1 { font-size: 16pt; text-align: center; margin-bottom: 4pt } h2 { font-weight: bold; margin: 3pt 0 }"
        "p { text-indent: 2em } p.date { text-align: right }"
        f"table {{ font-size: {small:.1f}pt; line-height: 1.2; margin-bottom: 5pt }}"
        f"td {{ border: {rule}; padding: 1pt 3pt }} td.h, td.g {{ text-align: center }} td.n {{ text-align: right }}"
        "table.t3 td.n { padding-right: 3.5pt } .t4 td.n { text-align: center } tr { break-inside: avoid }",
        upright_results=random.random() < 0.5,
        label_widths=(6, random.uniform(11, 14), random.uniform(28, 36)),
    )


def _landscape(random: Random) -> HtmlLook:
    """Landscape paper, sans serif, double outer border, grey heads that every page repeats."""
    small = random.uniform(9.5, 11)
    margins = f"{random.randrange(15, 20)}mm {random.randrange(18, 30)}mm"
    return HtmlLook(
        _BASE + _RUNNING % ("第", "页", "9pt 'Noto Sans CJK SC'") + f"@page {{ size: A4 landscape; margin: {margins} }}"
        f"body {{ font: 12pt/1.7 'Noto Sans CJK SC' }} h1 {{ font-size: 20pt; text-align: center }}"
        "h2 { font-weight: bold; font-size: 14pt; margin: 6pt 0 4pt } p { text-indent: 2em } p.date { text-indent: 0 }"
        f"table {{ font-size: {small:.1f}pt; line-height: 1.3; border: 3pt double #000 }}"
        f"td {{ border: 0.75pt solid #000; padding: {random.uniform(2, 5):.1f}pt 4pt }}"
        f"td.h, td.g {{ background: {random.choice(('#e8e8e8', '#d0d0d0', '#f0f0e0'))}; text-align: center }}"
        "td.n { text-align: center } tr { break-inside: avoid }",
        repeat_head=True,
        label_widths=(4, random.uniform(12, 16), random.uniform(30, 38)),
    )


def _three_line(random: Random) -> HtmlLook:
    """Tables with a thick rule at top and bottom and a thin one under the head; nothing else is drawn."""
    size = random.uniform(10, 11.2)
    gap = random.uniform(3, 5.5)
    return HtmlLook(
        _BASE + _RUNNING % ("", "", "10pt 'WenQuanYi Zen Hei'") + "@page { size: A4; margin: 25mm 20mm }"
        f"body {{ font: 12pt/1.75 'WenQuanYi Zen Hei' }} h1 {{ font-size: 18pt; text-align: center; margin: 6pt }}"
        "h2 { font-size: 14pt } p { text-indent: 2em } p.date { text-align: center }"
        f"table {{ font-size: {size:.1f}pt; line-height: 1.3; border: 0 solid #000; border-width: 1.5pt 0;"
        "margin: 4pt 0 12pt }"
        f"td {{ padding: {gap:.1f}pt 3pt; text-align: left }} td.n, td.h {{ text-align: center }} "
        "tr.lasthead td, tr.head td.low { border-bottom: 0.75pt solid #000 }"
        ".t2 tr.head td.g { border-top: 0.75pt solid #000 } tr { break-inside: avoid }",
        repeat_head=random.random() < 0.6,
        upright_results=True,
        label_widths=(8, random.uniform(12, 15), random.uniform(24, 30)),
    )


def _plain(random: Random) -> HtmlLook:
    """Nothing drawn: words and numbers stand in columns by their places alone, as text editors set it."""
    size = random.uniform(9.5, 11)
    side = random.choice(("left", "center"))
    return HtmlLook(
        _BASE + _RUNNING % ("", "", "10pt 'Noto Serif CJK SC'") + "@page { size: A4; margin: 22mm 18mm }"
        f"body {{ font: 13pt/1.7 'Noto Serif CJK SC' }} h1 {{ font-size: 19pt; text-align: center }}"
        "h2 { font-weight: bold } p { text-indent: 2em } p.date { text-align: right }"
        f"table {{ font-size: {size:.1f}pt; line-height: 1.3; margin: 4pt 0 10pt }}"
        f"td {{ padding: {random.uniform(2, 5):.1f}pt 4pt; text-align: {side} }} td.n, td.h {{ text-align: center }}"
        ".t3 td.low { text-align: left }" + ("tr { break-inside: avoid }" if random.random() < 0.7 else ""),
        repeat_head=random.random() < 0.3,
        upright_results=random.random() < 0.7,
        label_widths=(8, random.uniform(11, 16), random.uniform(25, 32)),
    )


def _level(random: Random) -> HtmlLook:
    """A thin level rule under every row and no upright one, on paper, numbers to the right or in the middle."""
    size = random.uniform(9.2, 10.8)
    rule = random.choice(("0.5pt solid #000", "0.75pt solid #444", "0.75pt dotted #000"))
    return HtmlLook(
        _BASE + _RUNNING % ("- ", " -", "10pt 'AR PL UKai CN'") + "@page { size: A4; margin: 20mm 19mm }"
        f"body {{ font: 13pt/1.6 'AR PL UKai CN' }} h1 {{ font-size: 20pt; text-align: center }}"
        "h2, h3 { font-weight: bold } p { text-indent: 2em } p.date { text-align: center }"
        f"table {{ font-size: {size:.1f}pt; line-height: 1.25; border-top: 1.25pt solid #000; margin: 4pt 0 10pt }}"
        f"td {{ border-bottom: {rule}; padding: {random.uniform(1.5, 4):.1f}pt 3pt }}"
        "td.h, td.g { text-align: center }"
        f"td.n {{ text-align: {random.choice(('right', 'center'))} }} .t4 td.n, .t2 td.n {{ text-align: center }}"
        "table.t3 td.n { padding-right: 4pt } tr { break-inside: avoid }",
        repeat_head=random.random() < 0.4,
        upright_results=random.random() < 0.5,
        label_widths=(6, random.uniform(12, 15), random.uniform(27, 34)),
    )


def _web_tall(random: Random) -> HtmlLook:
    """A web page as a tall picture: navigation above, thin grey rules, striped rows."""
    width = random.randrange(840, 1000, 20)
    head = random.choice(("#1c5fa8", "#b3201f", "#2b6a4d"))
    rule = random.choice(("#999", "#aaa", "#888", "#bbb"))
    stripe = random.choice(("#f6f9fc", "#f4f4f4", "#fff"))
    return HtmlLook(
        _BASE + f"@page {{ size: {width}px 5200px; margin: 0 }}"
        f"body {{ font: 16px/2 'Noto Sans CJK SC'; color: #333 }} .report {{ padding: 12px {width // 22}px 40px }}"
        f".bar {{ background: {head}; color: #fff; padding: 14px 40px; font-size: 22px }}"
        ".menu { background: #eee; padding: 4px 40px; font-size: 14px; word-spacing: 24px }"
        f"h1 {{ font-size: 24px; text-align: center; color: {head}; padding: 14px }} h2 {{ font-weight: bold }}"
        "p { text-indent: 2em } p.date { text-align: center; font-size: 13px; color: #888 }"
        f"table {{ font-size: {random.choice((14, 14, 15, 16))}px; line-height: 1.5; margin: 8px 0 }}"
        f"td {{ border: 1px solid {rule}; padding: {random.randrange(3, 8)}px 3px; text-align: center }}"
        f".t3 td.l {{ text-align: left }} td.h, td.g {{ background: {random.choice(('#f0f4f8', '#fafafa', '#fff'))} }}"
        f"tr:nth-child(even) td.n {{ background: {stripe} }}"
        ".foot { background: #ddd; text-align: center; font-size: 13px; padding: 16px }",
        before='<div class="bar">政府信息公开</div><div class="menu">首页 指南 制度 目录 年报 依申请公开</div>',
        after='<div class="foot">主办单位：办公室　技术支持：信息中心</div>',
        tall=True,
        upright_results=random.random() < 0.5,
        label_widths=(5, random.uniform(11, 14), random.uniform(26, 32)),
    )


def _mingti_cut(random: Random) -> HtmlLook:
    """Dotted inner rules, four storeys of heads, tall rows, and breaks in the middle of a row."""
    size = random.uniform(10.5, 12)
    inner = random.choice(("0.75pt dotted #000", "1pt dotted #111", "0.75pt dashed #000"))
    return HtmlLook(
        _BASE
        + _RUNNING % ("— ", " —", "12pt 'AR PL UMing CN'")
        + f"@page {{ size: {random.choice(('A4', 'B5', 'Letter'))}; margin: 20mm {random.randrange(14, 19)}mm }}"
        "body { font: 13pt/1.7 'AR PL UMing CN' } h1 { font-size: 20pt; text-align: left; margin: 10pt 0 }"
        "h2 { font-size: 15pt } h3 { font-weight: bold } p { text-indent: 2em } p.date { text-indent: 0 }"
        f"table {{ font-size: {size:.1f}pt; line-height: 1.4; border: 1pt solid #000 }}"
        f"td {{ border: {inner}; padding: {random.uniform(3, 7):.1f}pt 2pt; text-align: center }}"
        ".t3 td.l, .t2 td.l { text-align: left } tr { break-inside: auto }",
        label_widths=(7, random.uniform(12, 14), random.uniform(21, 25)),
    )


def _bare(random: Random) -> HtmlLook:
    """No rules at all: shaded bands for the heads, numbers to the right."""
    size = random.uniform(10, 11.5)
    band = random.choice(("#e3e9f3", "#eeeeee", "#f3ead9"))
    return HtmlLook(
        _BASE + "@page { size: A4; margin: 18mm 17mm;"
        "@top-right { content: '政务公开'; font: 9pt 'Noto Sans CJK SC' } }"
        "body { font: 11.5pt/1.7 'Noto Sans CJK SC' } h1 { font-size: 19pt } h2 { font-weight: bold; margin: 4pt 0 }"
        "p { margin: 2pt 0 }"
        f"table {{ font-size: {size:.1f}pt; line-height: 1.35; margin-bottom: 12pt }}"
        f"td {{ padding: {random.uniform(3.5, 6):.1f}pt 5pt }} td.n, td.h {{ text-align: right }}"
        f".t3 td.low {{ text-align: left }} td.h, td.g {{ background: {band} }}"
        "table.t3 td.n { padding-right: 4pt }"
        ".t4 td.h, .t2 td.h, .t4 td.n, .t2 td.n { text-align: center } tr { break-inside: avoid }",
        repeat_head=random.random() < 0.5,
        upright_results=True,
        label_widths=(9, random.uniform(11, 14), random.uniform(27, 32)),
    )


def _web_lines(random: Random) -> HtmlLook:
    """A web page at screen size with horizontal lines only, bold totals and a side bar."""
    width = random.randrange(960, 1100, 20)
    return HtmlLook(
        _BASE + f"@page {{ size: {width}px 5600px; margin: 0 }}"
        "body { font: 15px/1.9 'WenQuanYi Zen Hei'; color: #222; background: #fff }"
        ".side { position: absolute; left: 0; top: 0; width: 130px; padding: 30px 14px; font-size: 14px; color: #06c }"
        f".report {{ margin-left: 140px; padding: 20px 24px; border-left: 1px solid #ccc; width: {width - 140}px }}"
        "h1 { font-size: 22px; font-weight: bold } h2 { font-size: 18px; border-bottom: 2px solid #c00; margin: 10px }"
        "h3 { font-weight: bold } p.date { color: #777; font-size: 13px }"
        f"table {{ font-size: {random.choice((15, 16))}px; line-height: 1.4; margin: 10px 0 }}"
        f"td {{ border-bottom: 1px solid {random.choice(('#777', '#999', '#555'))}; padding: "
        f"{random.randrange(5, 9)}px 4px; text-align: left }} td.n, .t4 td.h {{ text-align: center }}"
        ".t3 tr.sum td.n, td.h { font-weight: bold } td.g { color: #c00 }",
        before='<div class="side">机构职能<br>政策文件<br>公开指南<br>公开年报<br>互动交流</div>',
        tall=True,
        upright_results=True,
        label_widths=(9, random.uniform(12, 15), random.uniform(27, 31)),
    )


def _thick(random: Random) -> HtmlLook:
    """Large print with thick rules and shaded totals, table 3 over three pages, a running head with a rule."""
    size = random.uniform(13, 15)
    outer = random.choice(("2.5pt solid #000", "4pt double #000", "2pt solid #000"))
    return HtmlLook(
        _BASE
        + _RUNNING % ("·", "·", "12pt 'Noto Serif CJK SC'")
        + "@page { size: A4; margin: 24mm 15mm; @top-center { content: '政务公开工作资料汇编';"
        "font: 11pt 'AR PL UKai CN'; "
        "border-bottom: 1pt solid #000; vertical-align: bottom; width: 100%; margin-bottom: 4mm } }"
        "body { font: 16pt/1.8 'Noto Serif CJK SC' } h1 { font-size: 24pt; text-align: center; font-weight: bold }"
        "h2, h3 { font-weight: bold } p { text-indent: 2em }"
        f"table {{ font: bold {size:.1f}pt/1.3 'Noto Serif CJK SC'; border: {outer} }}"
        f"td {{ border: {random.uniform(1.3, 2):.1f}pt solid #000; padding: {random.uniform(3, 7):.1f}pt 2pt }}"
        "td { text-align: center } .t3 td.l { font-size: 0.85em; text-align: left; font-weight: normal }"
        f".t4 {{ font-size: 0.8em }} tr.sum td {{ background: {random.choice(('#ddd', '#e6e6e6'))} }}"
        + ("tr { break-inside: avoid }" if random.random() < 0.5 else ""),
        repeat_head=random.random() < 0.5,
        label_widths=(6.5, random.uniform(12, 14), random.uniform(22, 27)),
    )


def _word(random: Random) -> OfficeLook:
    font = random.choice(("Noto Serif CJK SC", "AR PL UMing CN"))
    return OfficeLook(
        font=font,
        latin=font,
        size=random.uniform(13.5, 15),
        table_size=random.uniform(9.5, 11),
        rule=random.choice((0.5, 0.75)),
        outer=random.choice((0.75, 1.5)),
        shade=random.choice((None, "C6D9F1", "D9D9D9")),
        landscape=False,
        repeat_head=random.random() < 0.4,
        cut_rows=True,
        padding=2,
        row_height=random.uniform(15, 22),
        number_align="center",
        footer=True,
        margins=(random.uniform(60, 80), random.uniform(55, 75)),
    )


def _writer(random: Random) -> OfficeLook:
    return OfficeLook(
        font="Noto Sans CJK SC",
        latin="DejaVu Sans",
        size=random.uniform(11, 12.5),
        table_size=random.uniform(9, 10),
        rule=random.choice((1, 1.25)),
        outer=random.choice((1.5, 2.25)),
        shade=random.choice(("E2EFD9", "FFF2CC", "EDEDED")),
        landscape=random.random() < 0.5,
        repeat_head=True,
        cut_rows=False,
        padding=3,
        row_height=random.uniform(13, 17),
        number_align="right",
        footer=False,
        margins=(random.uniform(40, 55), random.uniform(45, 60)),
    )


def _unruled(random: Random) -> OfficeLook:
    """A word processor's table whose borders were set to none."""
    return OfficeLook(
        font=random.choice(("AR PL UMing CN", "WenQuanYi Zen Hei")),
        latin="DejaVu Serif",
        size=random.uniform(11.5, 13.5),
        table_size=random.uniform(9, 10.5),
        rule=0,
        outer=0,
        shade=random.choice((None, None, "F2F2F2")),
        landscape=random.random() < 0.3,
        repeat_head=random.random() < 0.5,
        cut_rows=False,
        padding=random.uniform(1.5, 3),
        row_height=random.uniform(14, 20),
        number_align=random.choice(("center", "left", "right")),
        footer=True,
        margins=(random.uniform(45, 65), random.uniform(45, 65)),
    )


def _style(*storeys: int, items: tuple[str, ...] = ("{}.",), note: float = 1.0) -> Callable[[Random], Style]:
    def draw(random: Random) -> Style:
        return Style(
            storeys=random.choice(storeys),
            items=random.choice(items),
            note=random.random() < note,
            published=random.random() < 0.7,
        )

    return draw


_ALL = (
    Layout("songti", "chromium", False, _style(3), _songti),
    Layout("kaiti", "chromium", False, _style(3, 3, 2, items=("{}.", "{}、")), _kaiti),
    Layout("landscape", "chromium", False, _style(2, 3, note=0.5), _landscape),
    Layout("three_line", "chromium", False, _style(3, 2, items=("{}.", "{}、"), note=0.6), _three_line),
    Layout("plain", "chromium", False, _style(3, 2, items=("{}.", "（{}）"), note=0.5), _plain),
    Layout("level", "chromium", False, _style(3, 3, 4), _level),
    Layout("web_tall", "chromium", False, _style(3), _web_tall),
    Layout("word", "docx", False, _style(3, items=("{}.", "{}、")), _word),
    Layout("mingti_cut", "chromium", True, _style(4, 3, items=("{}、", "（{}）")), _mingti_cut),
    Layout("bare", "chromium", True, _style(2, 3, note=0.4), _bare),
    Layout("web_lines", "chromium", True, _style(3, items=("{}.", "（{}）")), _web_lines),
    Layout("thick", "chromium", True, _style(3, 2, items=("{}.", "circled")), _thick),
    Layout("writer", "odt", True, _style(3, 4, note=0.7), _writer),
    Layout("unruled", "odt", True, _style(3, 2, note=0.5), _unruled),
)
LAYOUTS = {layout.name: layout for layout in _ALL}
TUNING_LAYOUTS = tuple(layout.name for layout in _ALL if not layout.held_out)
HELDOUT_LAYOUTS = tuple(layout.name for layout in _ALL if layout.held_out)
