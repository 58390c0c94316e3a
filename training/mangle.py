"""Invented reports laid out as files and converters lay them out, and then damaged: what the pipeline has to survive.

A `Mangled` is a file and what is true of it. Everything follows from the random generator handed in.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from random import Random
from typing import TypeAlias

from pipeline.record import Number
from pipeline.template import Table, load_templates, template_for_year
from training.examples.drawn import Drawn, Matrix, MatrixRow, blocks, matrix
from training.examples.office import package
from training.examples.report import InventedReport, Paragraph, invent

AGENCIES = (
    "澄岚市教育局", "霁川县水务局", "云浔县民政局", "望汐市林业局", "梨渚市商务局", "樾川县司法局", "沅舟市医疗保障局",
    "沭岭县人民政府办公室", "岚皋溪镇人民政府", "栖泷市自然资源和规划局",
)  # fmt: skip
LABELS = 3
"""Places for labels before the numbers of table 3."""
HEAD = ""
OTHER = "other"
"""Row id of a line that is no row of the form."""

Page: TypeAlias = "list[Paragraph | Sheet]"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the form as rows of texts, which a damage may leave uneven."""

    table_id: str
    rows: Matrix


@dataclass(frozen=True, slots=True)
class Mangled:
    suffix: str
    data: bytes
    layout: str
    damages: tuple[str, ...]
    report: InventedReport
    truth: Mapping[str, Number | None]
    """By field id; None where the page does not tell."""


def mangled(random: Random, layout: str | None = None, damages: Sequence[str] | None = None) -> Mangled:
    """A report, its layout and up to three damages, drawn where they are not given.

    Damages that the page cannot take are left out; so are those that touch numbers where the report has an error of
    its own, since error and damage together may well look like another report.

    Raises:
        KeyError: where a layout or a damage has no such name.
    """
    # Each part has a generator of its own, so that leaving one damage out changes nothing else.
    base = random.getrandbits(64)
    report, unknown, errs = draw_report(Random(f"{base} report"))
    drawn_layout = random.choice(list(LAYOUTS))
    drawn_damages = random.sample(list(DAMAGES), random.choice((0, 1, 1, 2, 2, 3)))
    layout = layout or drawn_layout
    page = page_of(report)
    done = []
    for name in drawn_damages if damages is None else damages:
        if errs and name not in KEEP_NUMBERS:
            continue
        changed = DAMAGES[name](page, Random(f"{base} {name}"))
        if changed is not None:
            page = changed
            done.append(name)
    suffix, write = LAYOUTS[layout]
    truth = {field: None if field in unknown else value for field, value in report.values.items()}
    return Mangled(suffix, write(page), layout, tuple(done), report, truth)


def page_of(report: InventedReport) -> Page:
    return [Sheet(block.table_id, matrix(block)) if isinstance(block, Drawn) else block for block in blocks(report)]


# --- what the report says ------------------------------------------------------------------------


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


# --- damages -------------------------------------------------------------------------------------

Damage: TypeAlias = Callable[[Page, Random], "Page | None"]
"""The page with the damage; None where the page has nothing that it could befall."""


def _on(page: Page, table_id: str, change: Callable[[list[MatrixRow]], list[MatrixRow] | None]) -> Page | None:
    changed: Page = []
    for block in page:
        if isinstance(block, Sheet) and block.table_id == table_id:
            rows = change(list(block.rows))
            if rows is None:
                return None
            changed.append(replace(block, rows=tuple(rows)))
        else:
            changed.append(block)
    return changed


def _form_rows(rows: Sequence[MatrixRow]) -> list[int]:
    """Places of the rows of table 3 that still have all their cells."""
    return [i for i, row in enumerate(rows) if row.row_id not in (HEAD, OTHER) and len(row.cells) == LABELS + 7]


def _each_number(row: MatrixRow, change: Callable[[str], str]) -> MatrixRow:
    first = {"line": 0}.get(row.row_id, LABELS if len(row.cells) > 5 else 1)
    if row.row_id in (HEAD, OTHER):
        return row
    return replace(row, cells=(*row.cells[:first], *(change(cell) for cell in row.cells[first:])))


def _one_row(change: Callable[[MatrixRow, Random], MatrixRow | None]) -> Damage:
    def damage(page: Page, random: Random) -> Page | None:
        def on_rows(rows: list[MatrixRow]) -> list[MatrixRow] | None:
            places = _form_rows(rows)
            random.shuffle(places)
            for place in places[:6]:
                changed = change(rows[place], random)
                if changed is not None:
                    return [*rows[:place], changed, *rows[place + 1 :]]
            return None

        return _on(page, "t3", on_rows)

    return damage


def _every_number(change: Callable[[str, Random], str]) -> Damage:
    def damage(page: Page, random: Random) -> Page | None:
        return [
            replace(block, rows=tuple(_each_number(row, lambda cell: change(cell, random)) for row in block.rows))
            if isinstance(block, Sheet) and block.table_id != "t2"
            else block
            for block in page
        ]

    return damage


def _lose_cell(row: MatrixRow, random: Random) -> MatrixRow:
    place = random.randrange(LABELS, len(row.cells))
    return replace(row, cells=row.cells[:place] + row.cells[place + 1 :])


def _lose_label(row: MatrixRow, random: Random) -> MatrixRow:
    kept = row.cells[:2] if row.cells[2] and random.random() < 0.7 else ("", "")
    return replace(row, cells=(*kept, "", *row.cells[LABELS:]))


def _glue(row: MatrixRow, random: Random) -> MatrixRow | None:
    place = random.randrange(LABELS, len(row.cells) - 1)
    left, right = row.cells[place : place + 2]
    if not left or not right:
        return None
    return replace(row, cells=(*row.cells[:place], left + right, *row.cells[place + 2 :]))


def _glue_padded(row: MatrixRow, random: Random) -> MatrixRow | None:
    glued = _glue(row, random)
    return glued and replace(glued, cells=(*glued.cells, ""))


def _misread(row: MatrixRow, random: Random) -> MatrixRow | None:
    place = random.randrange(LABELS, len(row.cells))
    text = row.cells[place]
    if not text.isascii() or not text.isdigit():
        return None
    digit = random.randrange(len(text))
    other = random.choice([char for char in "123456789" if char != text[digit]])
    return replace(row, cells=(*row.cells[:place], text[:digit] + other + text[digit + 1 :], *row.cells[place + 1 :]))


def _note(row: MatrixRow, random: Random) -> MatrixRow | None:
    place = random.randrange(LABELS, len(row.cells))
    text = row.cells[place]
    if not text.isdigit() or text == "0":
        return None
    note = f"{text}（其中网络提交 {random.randrange(1 + int(text))} 件）"
    return replace(row, cells=(*row.cells[:place], note, *row.cells[place + 1 :]))


def _instruction(row: MatrixRow, random: Random) -> MatrixRow:
    text = random.choice(("（同一申请人3次以上）", "（见条例第36条）", "（含网上申请，单位：件）", "（2项合计）"))
    place = max(i for i in range(LABELS) if row.cells[i])
    return replace(row, cells=(*row.cells[:place], row.cells[place] + text, *row.cells[place + 1 :]))


def _halve(row: MatrixRow, random: Random) -> tuple[MatrixRow, MatrixRow]:
    numbers, at = row.cells[LABELS:], random.randrange(1, 7)
    padded = random.random() < 0.6
    place = max((i for i in range(LABELS) if row.cells[i]), default=0)
    label, half = row.cells[place], len(row.cells[place]) // 2 if random.random() < 0.5 else len(row.cells[place])
    first = (*row.cells[:place], label[:half], *row.cells[place + 1 : LABELS], *numbers[:at])
    second = ("",) * place + (label[half:],) + ("",) * (LABELS - 1 - place)
    if padded:
        return replace(row, cells=(*first, *[""] * (7 - at))), MatrixRow(OTHER, (*second, *[""] * at, *numbers[at:]))
    return replace(row, cells=first), MatrixRow(OTHER, (*second, *numbers[at:]))


def row_cut(page: Page, random: Random) -> Page | None:
    """A row cut in two by a page end: a page number, or the head again, may stand between."""

    def change(rows: list[MatrixRow]) -> list[MatrixRow] | None:
        places = _form_rows(rows)
        if not places:
            return None
        at = random.choice(places)
        between = [[], [MatrixRow(OTHER, (f"- {random.randrange(2, 9)} -",))], list(rows[:3])][random.randrange(3)]
        first, second = _halve(rows[at], random)
        return [*rows[:at], first, *between, second, *rows[at + 1 :]]

    return _on(page, "t3", change)


def page_number(page: Page, random: Random) -> Page | None:
    def change(rows: list[MatrixRow]) -> list[MatrixRow]:
        at = random.randrange(5, len(rows))
        shown = random.choice(("- {} -", "— {} —", "{}", "第{}页")).format(random.randrange(2, 9))
        return [*rows[:at], MatrixRow(OTHER, (shown,)), *rows[at:]]

    return _on(page, "t3", change)


def head_repeated(page: Page, random: Random) -> Page | None:
    def change(rows: list[MatrixRow]) -> list[MatrixRow]:
        at = random.randrange(5, len(rows))
        return [*rows[:at], *(row for row in rows[:4] if row.row_id == HEAD), *rows[at:]]

    return _on(page, "t3", change)


def title_invented(page: Page, random: Random) -> Page | None:
    def change(rows: list[MatrixRow]) -> list[MatrixRow]:
        at = random.randrange(5, len(rows))
        heads = ("", "", "", *(f"数据{i}" for i in range(1, 8)))
        title = (random.choice(("三、收到和处理政府信息公开申请情况（续）", "续表", "二、主动公开政府信息情况")),)
        return [*rows[:at], MatrixRow(OTHER, random.choice((heads, title))), *rows[at:]]

    return _on(page, "t3", change)


def groups_slid(page: Page, random: Random) -> Page | None:
    """（三）to（六）stand one to four rows too low."""
    by = random.randrange(1, 5)

    def change(rows: list[MatrixRow]) -> list[MatrixRow]:
        groups = [row.cells[1] if len(row.cells) > 2 else "" for row in rows]
        slid = list(groups)
        for i, group in enumerate(groups):
            if group and rows[i].cells[2] and i + by < len(rows) and len(rows[i + by].cells) > 2:
                slid[i] = "" if slid[i] == group else slid[i]
                if not groups[i + by]:
                    slid[i + by] = group
        return [
            replace(row, cells=(row.cells[0], group, *row.cells[2:])) if row.row_id not in (HEAD, OTHER) else row
            for row, group in zip(rows, slid, strict=True)
        ]

    return _on(page, "t3", change)


def rows_fused(page: Page, random: Random) -> Page | None:
    """Two rows one below the other in the same cells."""

    def change(rows: list[MatrixRow]) -> list[MatrixRow] | None:
        whole = set(_form_rows(rows))
        places = [i for i in whole if i + 1 in whole]
        if not places:
            return None
        at = random.choice(places)
        cells = tuple("\n".join(filter(None, pair)) for pair in zip(rows[at].cells, rows[at + 1].cells, strict=True))
        return [*rows[:at], replace(rows[at], cells=cells), *rows[at + 2 :]]

    return _on(page, "t3", change)


def column_gone(page: Page, random: Random) -> Page | None:
    """A column of nothing but zeros and blanks left out. Its head may stay only where the totals tell what is gone."""
    drawn = random.random() < 0.5

    def change(rows: list[MatrixRow]) -> list[MatrixRow] | None:
        whole = _form_rows(rows)
        empty = [
            place for place in range(LABELS, LABELS + 7) if all(rows[i].cells[place] in ("", "0") for i in whole)
        ]
        if not empty:
            return None
        gone = random.choice(empty)
        with_head = drawn or gone == LABELS + 6 or not any(rows[i].cells[-1] for i in whole)
        return [
            replace(row, cells=row.cells[:gone] + row.cells[gone + 1 :])
            if len(row.cells) == LABELS + 7 and (row.row_id != HEAD or with_head)
            else row
            for row in rows
        ]

    return _on(page, "t3", change)


def column_added(page: Page, random: Random) -> Page | None:
    """A column behind the totals: of remarks, or of shares."""
    share = random.random() < 0.5

    def change(rows: list[MatrixRow]) -> list[MatrixRow]:
        changed = []
        for row in rows:
            is_row = row.row_id not in (HEAD, OTHER)
            if share:
                changed.append(replace(row, cells=(*row.cells, f"{random.randrange(100)}%" if is_row else "占比")))
            else:
                changed.append(replace(row, cells=(*row.cells, "" if is_row else "备注")))
        return changed

    return _on(page, "t3", change)


def row_unknown(page: Page, random: Random) -> Page | None:
    """A row that the form does not have, counted in no sum."""

    def change(rows: list[MatrixRow]) -> list[MatrixRow]:
        at = random.choice(_form_rows(rows) or [len(rows)])
        label = random.choice(("其中：网上提交", "9.属于商业秘密", "备注", "其中涉及土地征收"))
        numbers = [str(random.choice((0, 0, 1, 2, 7))) for _ in range(7)]
        return [*rows[:at], MatrixRow(OTHER, ("", "", label, *numbers)), *rows[at:]]

    return _on(page, "t3", change)


def trailing_dropped(page: Page, _: Random) -> Page | None:
    def change(rows: list[MatrixRow]) -> list[MatrixRow]:
        changed = []
        for row in rows:
            cells = row.cells
            while row.row_id != HEAD and len(cells) > LABELS and not cells[-1]:
                cells = cells[:-1]
            changed.append(replace(row, cells=cells))
        return changed

    return _on(page, "t3", change)


def blanks_last(page: Page, random: Random) -> Page | None:
    """In some rows the blank cells stand behind the numbers."""
    share = random.choice((0.1, 0.3, 1.0))

    def move(row: MatrixRow) -> MatrixRow:
        if row.row_id in (HEAD, OTHER) or random.random() > share:
            return row
        numbers = row.cells[LABELS:]
        return replace(row, cells=(*row.cells[:LABELS], *filter(None, numbers), *("" for cell in numbers if not cell)))

    return _on(page, "t3", lambda rows: [move(row) for row in rows])


def _relabel(page: Page, change: Callable[[str], str]) -> Page:
    return [
        replace(
            block,
            rows=tuple(
                row
                if row.row_id in (HEAD, OTHER)
                else replace(row, cells=(*map(change, row.cells[:LABELS]), *row.cells[LABELS:]))
                for row in block.rows
            ),
        )
        if isinstance(block, Sheet) and block.table_id == "t3"
        else block
        for block in page
    ]


def numbering_changed(page: Page, random: Random) -> Page | None:
    style = random.choice(("{}、", "{}．", "({})", "circle", "", "{} "))

    def change(label: str) -> str:
        if not label[:2].rstrip(".").isdigit():
            return label.partition("）")[2] if style == "" and label.startswith("（") and "）" in label[:4] else label
        number, _, rest = label.partition(".")
        return (chr(0x2460 + int(number) - 1) if style == "circle" else style.format(number)) + rest

    return _relabel(page, change)


def label_misread(page: Page, random: Random) -> Page | None:
    """One character wrong in some of the labels."""

    def change(label: str) -> str:
        places = [i for i, char in enumerate(label) if "一" <= char <= "鿿" and char not in "一二三四五六七"]
        if len(places) < 3 or random.random() > 0.25:
            return label
        at = random.choice(places)
        return label[:at] + random.choice("沐末己日曰未干口囗入人巳") + label[at + 1 :]

    return _relabel(page, change)


def traditional(page: Page, random: Random) -> Page | None:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC(random.choice(("s2t", "s2tw"))).convert
    return [
        replace(block, text=convert(block.text))
        if isinstance(block, Paragraph)
        else replace(block, rows=tuple(replace(row, cells=tuple(map(convert, row.cells))) for row in block.rows))
        for block in page
    ]


def titles_missing(page: Page, random: Random) -> Page | None:
    share = random.choice((0.3, 1.0))
    return [
        block for block in page if not (isinstance(block, Paragraph) and block.level == 2 and random.random() < share)
    ]


def table_twice(page: Page, random: Random) -> Page | None:
    table_id = random.choice(("t2", "t3", "t4"))
    return [
        again
        for block in page
        for again in ([block, block] if isinstance(block, Sheet) and block.table_id == table_id else [block])
    ]


def prose_near(page: Page, random: Random) -> Page | None:
    """Sentences with numbers directly before and behind table 3, which say nothing that the table contradicts."""
    texts = (
        "其中1条属于国家秘密，2条涉及个人隐私，均已另行登记。",
        "门户网站发布规范性文件解读 12 篇，行政处罚公示 340 条。",
        "行政许可 25 项、行政强制 3 项已列入清单",
        "其中：信访举报投诉类申请转交 4 件",
        "注：以上数据统计截止 12 月 31 日，共 1 页",
        "2.重复申请 3 次的，一次性告知",
    )
    changed: Page = []
    for block in page:
        if isinstance(block, Sheet) and block.table_id == random.choice(("t2", "t3", "t4")):
            changed += [Paragraph(random.choice(texts)), block, Paragraph(random.choice(texts))]
        else:
            changed.append(block)
    return changed


def _line4(change: Callable[[tuple[str, ...], Random], tuple[str, ...] | None]) -> Damage:
    def damage(page: Page, random: Random) -> Page | None:
        def on_rows(rows: list[MatrixRow]) -> list[MatrixRow] | None:
            cells = change(rows[-1].cells, random)
            return None if cells is None else [*rows[:-1], replace(rows[-1], cells=cells)]

        return _on(page, "t4", on_rows)

    return damage


def _lose_in_line(cells: tuple[str, ...], random: Random) -> tuple[str, ...]:
    at = random.randrange(len(cells))
    return cells[:at] + cells[at + 1 :]


def _glue_in_line(cells: tuple[str, ...], random: Random) -> tuple[str, ...] | None:
    at = random.randrange(len(cells) - 1)
    return (*cells[:at], cells[at] + cells[at + 1], *cells[at + 2 :]) if cells[at] and cells[at + 1] else None


def _row2(change: Callable[[tuple[str, ...], Random], tuple[str, ...]]) -> Damage:
    """On one of the rows of table 2 that have three numbers."""

    def damage(page: Page, random: Random) -> Page | None:
        def on_rows(rows: list[MatrixRow]) -> list[MatrixRow] | None:
            places = [i for i, row in enumerate(rows) if row.row_id and all(row.cells) and len(row.cells) == 4]
            if not places:
                return None
            at = random.choice(places)
            return [*rows[:at], replace(rows[at], cells=change(rows[at].cells, random)), *rows[at + 1 :]]

        return _on(page, "t2", on_rows)

    return damage


def _lose_in_row2(cells: tuple[str, ...], random: Random) -> tuple[str, ...]:
    at = random.randrange(1, len(cells))
    return cells[:at] + cells[at + 1 :]


def _glue_in_row2(cells: tuple[str, ...], _: Random) -> tuple[str, ...]:
    return (cells[0], "".join(cells[1:]))


def _letter_o(cell: str, random: Random) -> str:
    return random.choice("OoＯ") if cell == "0" and random.random() < 0.2 else cell


def _wide(cell: str, _: Random) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in cell)


def _thousands(cell: str, _: Random) -> str:
    return f"{int(cell):,}" if cell.isdigit() else cell


def _unit(cell: str, _: Random) -> str:
    return cell + "件" if cell.isdigit() else cell


def _dash(cell: str, _: Random) -> str:
    return "/" if cell == "0" else cell


def _hyphen(cell: str, random: Random) -> str:
    return "-" if cell == "0" and random.random() < 0.8 else cell


def _spaced(cell: str, random: Random) -> str:
    return " ".join(cell) if len(cell) > 1 and random.random() < 0.3 else cell


DAMAGES: Mapping[str, Damage] = {
    "cell_lost": _one_row(_lose_cell),
    "label_lost": _one_row(_lose_label),
    "digits_glued": _one_row(_glue),
    "digits_glued_padded": _one_row(_glue_padded),
    "digit_misread": _one_row(_misread),
    "note_in_cell": _one_row(_note),
    "instruction_in_label": _one_row(_instruction),
    "row_cut": row_cut,
    "page_number": page_number,
    "head_repeated": head_repeated,
    "title_invented": title_invented,
    "groups_slid": groups_slid,
    "rows_fused": rows_fused,
    "column_gone": column_gone,
    "column_added": column_added,
    "row_unknown": row_unknown,
    "trailing_dropped": trailing_dropped,
    "blanks_last": blanks_last,
    "numbering_changed": numbering_changed,
    "label_misread": label_misread,
    "traditional": traditional,
    "titles_missing": titles_missing,
    "table_twice": table_twice,
    "prose_near": prose_near,
    "line4_cell_lost": _line4(_lose_in_line),
    "line4_digits_glued": _line4(_glue_in_line),
    "row2_cell_lost": _row2(_lose_in_row2),
    "row2_digits_glued": _row2(_glue_in_row2),
    "letter_o": _every_number(_letter_o),
    "wide_digits": _every_number(_wide),
    "thousands": _every_number(_thousands),
    "units": _every_number(_unit),
    "dash_zero": _every_number(_dash),
    "hyphen_zero": _every_number(_hyphen),
    "digits_spaced": _every_number(_spaced),
}

KEEP_NUMBERS = frozenset(
    {
        "instruction_in_label", "page_number", "head_repeated", "numbering_changed", "traditional", "titles_missing",
        "table_twice", "prose_near", "wide_digits", "thousands", "units", "note_in_cell",
    }
)  # fmt: skip
"""Damages that leave every number in its place and legible."""


# --- layouts -------------------------------------------------------------------------------------

SheetText: TypeAlias = Callable[[Sheet], list[str]]


def _text(sheet_text: SheetText, marks: bool = False) -> Callable[[Page], bytes]:
    """Paragraphs a line each and every table as `sheet_text` makes it; `marks` sets Markdown headings."""

    def write(page: Page) -> bytes:
        lines: list[str] = []
        for block in page:
            if isinstance(block, Sheet):
                lines += [*sheet_text(block), *([""] if marks else [])]
            else:
                lines += ["#" * block.level + " " + block.text, ""] if marks and block.level else [block.text]
        return ("\n".join(lines) + "\n").encode()

    return write


def _flat(text: str) -> str:
    return text.replace("\n", " ")


def _cells(sheet: Sheet, *, labels: str = "empty") -> list[list[str]]:
    """Rows of texts. `labels`: leave the places under a merged label `empty`, `repeat` it there, or `merge` a row's
    labels in one cell."""
    rows = []
    above = [""] * LABELS
    for row in sheet.rows:
        cells = list(row.cells)
        if sheet.table_id == "t3" and row.row_id not in (HEAD, OTHER) and labels != "empty":
            own = cells[:LABELS]
            if own[1] and own[2]:
                above[1] = own[1]
            above[0] = own[0] if own[0] else above[0]
            if labels == "merge":
                cells = ["".join(own), *cells[LABELS:]]
            elif own[2]:
                cells[:LABELS] = [own[0] or above[0], own[1] or above[1], own[2]]
            else:
                only = own[1] or own[0]
                cells[:LABELS] = [above[0] if own[1] else only, only, only]
        elif sheet.table_id == "t3" and labels == "merge" and len(cells) >= LABELS + 6:
            cells = ["".join(cells[:LABELS]), *cells[LABELS:]]
        rows.append(cells)
    return rows


def _pipes(labels: str = "empty", outer: bool = True) -> SheetText:
    def lines(sheet: Sheet) -> list[str]:
        rows = [
            " | ".join(cell.replace("\n", "<br>") for cell in row) for row in _cells(sheet, labels=labels)
        ]
        rule = " | ".join(["---"] * len(sheet.rows[0].cells))
        rows.insert(1, rule)
        return ["", *(f"| {row} |" if outer else row for row in rows), ""]

    return lines


def _tabs(labels: str = "empty") -> SheetText:
    return lambda sheet: ["\t".join(map(_flat, row)) for row in _cells(sheet, labels=labels)]


def _drawn_cells(sheet: Sheet) -> list[list[str]]:
    """The rows without the places that a merged cell covers."""
    rows = []
    for row in sheet.rows:
        if row.row_id == HEAD:
            rows.append([cell for cell in row.cells if cell])
        elif sheet.table_id == "t3":
            rows.append([cell for cell in row.cells[:LABELS] if cell] + list(row.cells[LABELS:]))
        elif sheet.table_id == "t2":
            rows.append([cell for cell in row.cells if cell])
        else:
            rows.append(list(row.cells))
    return [[_flat(cell) for cell in row] for row in rows]


def _one_a_line(sheet: Sheet) -> list[str]:
    return [cell for row in _drawn_cells(sheet) for cell in row]


def _one_a_line_apart(sheet: Sheet) -> list[str]:
    return [line for row in _drawn_cells(sheet) for cell in row for line in (cell, "")]


def _one_a_line_piped(sheet: Sheet) -> list[str]:
    return [f"{cell}|" for row in _drawn_cells(sheet) for cell in row]


def _one_a_line_tabbed(sheet: Sheet) -> list[str]:
    return [line for row in _drawn_cells(sheet) for line in (*(f"\t{cell}" for cell in row), "")]


def _aligned(sheet: Sheet) -> list[str]:
    """Columns kept by spaces; blank cells are gaps."""
    rows = [[_flat(cell) for cell in row] for row in _cells(sheet)]
    if sheet.table_id == "t3":
        rows = [["".join(row[:LABELS]), *row[LABELS:]] for row in rows]
    wide = max(len(row) for row in rows)
    widths = [max((_width(row[i]) for row in rows if i < len(row)), default=0) + 2 for i in range(wide)]
    return [
        "".join(cell + " " * (widths[i] - _width(cell)) for i, cell in enumerate(row)).rstrip() for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def _label_line(sheet: Sheet) -> list[str]:
    return [" ".join(filter(None, row)) for row in _drawn_cells(sheet)]


def _values_below(sheet: Sheet) -> list[str]:
    lines: list[str] = []
    for row, cells in zip(sheet.rows, _drawn_cells(sheet), strict=True):
        n_numbers = {"t2": len(cells) - 1, "t3": 7, "t4": 15}[sheet.table_id]
        at = max(0, len(cells) - n_numbers) if row.row_id else len(cells)
        lines += filter(None, (" ".join(filter(None, cells[:at])), " ".join(filter(None, cells[at:]))))
    return lines


def _values_apart(sheet: Sheet) -> list[str]:
    """All labels first, then all rows of numbers."""
    if sheet.table_id != "t3":
        return _label_line(sheet)
    labels, numbers = [], []
    for row in sheet.rows:
        if row.row_id in (HEAD, OTHER):
            labels.append(" ".join(filter(None, map(_flat, row.cells))))
        else:
            labels.append("".join(row.cells[:LABELS]))
            numbers.append(" ".join(filter(None, map(_flat, row.cells[LABELS:]))))
    return [*filter(None, labels), *filter(None, numbers)]


def _run_together(between: str, whole: bool) -> Callable[[Page], bytes]:
    """Every table (or the whole page) as one line."""

    def write(page: Page) -> bytes:
        parts = [
            between.join(filter(None, (_flat(cell) for row in block.rows for cell in row.cells)))
            if isinstance(block, Sheet)
            else block.text
            for block in page
        ]
        return ((between if whole else "\n").join(parts) + "\n").encode()

    return write


def _html(sheet_markup: Callable[[Sheet], str], nested: bool = False) -> Callable[[Page], bytes]:
    def write(page: Page) -> bytes:
        parts = [
            sheet_markup(block) if isinstance(block, Sheet) else f"<p>{escape(block.text)}</p>\n" for block in page
        ]
        content = "".join(parts)
        if nested:
            content = (
                '<table width="980"><tr><td><table><tr><td>首页</td></tr><tr><td>公开年报</td></tr></table></td>'
                f"<td><table><tr><td>\n{content}</td></tr></table></td></tr></table>\n"
            )
        head = '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>年报</title></head>\n<body>\n'
        return (head + content + "</body></html>\n").encode()

    return write


def _td(text: str, columns: int = 1, rows: int = 1) -> str:
    spans = (f' colspan="{columns}"' if columns > 1 else "") + (f' rowspan="{rows}"' if rows > 1 else "")
    return f"<td{spans}>{escape(text).replace(chr(10), '<br>')}</td>"


def _table_tag(rows: Sequence[str]) -> str:
    return '<table border="1">\n' + "".join(f"<tr>{row}</tr>\n" for row in rows) + "</table>\n"


def _html_flat(labels: str = "empty") -> Callable[[Sheet], str]:
    return lambda sheet: _table_tag(["".join(map(_td, row)) for row in _cells(sheet, labels=labels)])


def _html_spans(sheet: Sheet) -> str:
    rows = []
    for number, row in enumerate(sheet.rows):
        cells = row.cells
        if row.row_id == HEAD or sheet.table_id != "t3":
            rows.append(_merged_right(sheet, number))
            continue
        labels, tags = cells[:LABELS], ""
        if row.row_id == OTHER and len(cells) < LABELS + 7:
            rows.append(_td("".join(cells), LABELS + 7) if len(cells) == 1 else "".join(map(_td, cells)))
            continue
        place = 0
        while place < LABELS:
            width = 1
            below = number + 1
            while below < len(sheet.rows) and _is_covered(sheet.rows[below], place):
                below += 1
            if labels[place]:
                width = next((i for i in range(place + 1, LABELS) if labels[i]), LABELS) - place
                tags += _td(labels[place], width, below - number if width == 1 and place < 2 else 1)
            elif not _is_covered(row, place):
                tags += _td("")
            place += width
        rows.append(tags + "".join(map(_td, cells[LABELS:])))
    return _table_tag(rows)


def _is_covered(row: MatrixRow, place: int) -> bool:
    """Whether the place of a label lies under the merged label above: only blanks up to it, and a label behind."""
    return row.row_id not in (HEAD,) and not any(row.cells[: place + 1]) and any(row.cells[place + 1 : LABELS])


def _merged_right(sheet: Sheet, number: int) -> str:
    """Blank cells of a row joined to the cell on their left, as heads have them; a number cell stays single."""
    row = sheet.rows[number]
    if row.row_id:
        filled = list(row.cells) if sheet.table_id == "t4" else [cell for cell in row.cells if cell]
        wide = max(len(other.cells) for other in sheet.rows)
        return "".join(_td(cell) for cell in filled[:-1]) + _td(filled[-1], max(1, wide - len(filled) + 1))
    tags, place = "", 0
    while place < len(row.cells):
        end = place + 1
        while end < len(row.cells) and not row.cells[end]:
            end += 1
        tags += _td(row.cells[place], end - place)
        place = end
    return tags


def _csv(page: Page) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    for block in page:
        writer.writerows(_cells(block) if isinstance(block, Sheet) else [[block.text]])
    return out.getvalue().encode("utf-8-sig")


def _xlsx(page: Page) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    for block in page:
        for row in _cells(block) if isinstance(block, Sheet) else [[block.text]]:
            sheet.append([int(cell) if cell.isascii() and cell.isdigit() else cell or None for cell in row] or [None])
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    # The time of writing must not make the same report another file.
    del parts["docProps/core.xml"]
    core = re.compile(r"<(?:Override|Relationship)[^<>]*core(?:\.xml|-properties)[^<>]*/>")
    parts = {name: core.sub("", text) for name, text in parts.items()}
    return package(parts)


LAYOUTS: Mapping[str, tuple[str, Callable[[Page], bytes]]] = {
    "html_spans": (".html", _html(_html_spans)),
    "html_flat": (".html", _html(_html_flat())),
    "html_repeated": (".html", _html(_html_flat("repeat"))),
    "html_nested": (".html", _html(_html_flat(), nested=True)),
    "pipes": (".md", _text(_pipes(), marks=True)),
    "pipes_bare": (".txt", _text(_pipes(outer=False))),
    "pipes_merged": (".md", _text(_pipes("merge"), marks=True)),
    "pipes_repeated": (".md", _text(_pipes("repeat"), marks=True)),
    "tabs": (".txt", _text(_tabs())),
    "tabs_merged": (".txt", _text(_tabs("merge"))),
    "one_a_line": (".txt", _text(_one_a_line)),
    "one_a_line_apart": (".txt", _text(_one_a_line_apart)),
    "one_a_line_piped": (".txt", _text(_one_a_line_piped)),
    "one_a_line_tabbed": (".txt", _text(_one_a_line_tabbed)),
    "run_together": (".txt", _run_together("", whole=False)),
    "run_spaced": (".txt", _run_together(" ", whole=False)),
    "run_whole": (".txt", _run_together("", whole=True)),
    "aligned": (".txt", _text(_aligned)),
    "label_line": (".txt", _text(_label_line)),
    "values_below": (".txt", _text(_values_below)),
    "values_apart": (".txt", _text(_values_apart)),
    "csv": (".csv", _csv),
    "xlsx": (".xlsx", _xlsx),
}
"""Name to file suffix and writer."""
