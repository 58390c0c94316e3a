"""All damages by name: to a cell, a label, a number and the page here, to rows and columns in `damages_rows`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from training.corpus.marked import is_number, same_marks, shown
from training.examples.drawn import MatrixRow
from training.examples.report import Paragraph
from training.mangle.damage import Damage, form_rows, on_table
from training.mangle.damages_rows import (
    blanks_last,
    column_added,
    column_gone,
    groups_slid,
    head_repeated,
    page_number,
    row_cut,
    row_unknown,
    rows_fused,
    title_invented,
    trailing_dropped,
)
from training.mangle.pages import HEAD, LABELS, OTHER, Page, Sheet


def _each_number(row: MatrixRow, change: Callable[[str], str]) -> MatrixRow:
    first = {"line": 0}.get(row.row_id, LABELS if len(row.cells) > 5 else 1)
    if row.row_id in (HEAD, OTHER):
        return row
    return replace(row, cells=(*row.cells[:first], *(change(cell) for cell in row.cells[first:])))


def _one_row(change: Callable[[MatrixRow, Random], MatrixRow | None]) -> Damage:
    def damage(page: Page, random: Random) -> Page | None:
        def on_rows(rows: list[MatrixRow]) -> list[MatrixRow] | None:
            places = form_rows(rows)
            random.shuffle(places)
            for place in places[:6]:
                changed = change(rows[place], random)
                if changed is not None:
                    return [*rows[:place], changed, *rows[place + 1 :]]
            return None

        return on_table(page, "t3", on_rows)

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
    if not is_number(text):
        return None
    digit = random.randrange(len(text))
    other = random.choice([char for char in "123456789" if char != shown(text[digit])])
    changed = text[:digit] + same_marks(other, text) + text[digit + 1 :]
    return replace(row, cells=(*row.cells[:place], changed, *row.cells[place + 1 :]))


def _printed(row: MatrixRow, least: int = 1) -> list[int]:
    """Places of the numbers of so many digits at least."""
    return [
        place
        for place in range(LABELS, len(row.cells))
        if is_number(row.cells[place]) and len(row.cells[place]) >= least
    ]


def _blank(row: MatrixRow, random: Random) -> MatrixRow | None:
    places = _printed(row)
    if not places:
        return None
    place = random.choice(places)
    return replace(row, cells=(*row.cells[:place], "", *row.cells[place + 1 :]))


def _lose_digit(row: MatrixRow, random: Random) -> MatrixRow | None:
    places = _printed(row, least=2)
    if not places:
        return None
    place = random.choice(places)
    text = row.cells[place]
    digit = random.randrange(len(text))
    return replace(row, cells=(*row.cells[:place], text[:digit] + text[digit + 1 :], *row.cells[place + 1 :]))


def _add_digit(row: MatrixRow, random: Random) -> MatrixRow | None:
    """A digit doubled, or a speck of dirt taken for one; never such that the number stays what it is."""
    places = _printed(row)
    if not places:
        return None
    place = random.choice(places)
    text = row.cells[place]
    at = random.randrange(len(text) + 1)
    digits = "123456789" if at == 0 or shown(text) == "0" else "0123456789"
    added = text[:at] + same_marks(random.choice(digits), text) + text[at:]
    return replace(row, cells=(*row.cells[:place], added, *row.cells[place + 1 :]))


def _note(row: MatrixRow, random: Random) -> MatrixRow | None:
    place = random.randrange(LABELS, len(row.cells))
    text = row.cells[place]
    if not is_number(text) or shown(text) == "0":
        return None
    note = f"{text}（其中网络提交 {random.randrange(1 + int(shown(text)))} 件）"
    return replace(row, cells=(*row.cells[:place], note, *row.cells[place + 1 :]))


def _instruction(row: MatrixRow, random: Random) -> MatrixRow | None:
    text = random.choice(("（同一申请人3次以上）", "（见条例第36条）", "（含网上申请，单位：件）", "（2项合计）"))
    place = max((i for i in range(LABELS) if row.cells[i]), default=None)
    if place is None:
        return None
    return replace(row, cells=(*row.cells[:place], row.cells[place] + text, *row.cells[place + 1 :]))


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

        return on_table(page, "t4", on_rows)

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

        return on_table(page, "t2", on_rows)

    return damage


def _lose_in_row2(cells: tuple[str, ...], random: Random) -> tuple[str, ...]:
    at = random.randrange(1, len(cells))
    return cells[:at] + cells[at + 1 :]


def _glue_in_row2(cells: tuple[str, ...], _: Random) -> tuple[str, ...]:
    return (cells[0], "".join(cells[1:]))


def _letter_o(cell: str, random: Random) -> str:
    return same_marks(random.choice("OoＯ"), cell) if shown(cell) == "0" and random.random() < 0.2 else cell


def _wide(cell: str, _: Random) -> str:
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in shown(cell))
    return same_marks(wide, cell)


def _thousands(cell: str, _: Random) -> str:
    return same_marks(f"{int(shown(cell)):,}", cell) if is_number(cell) else cell


def _unit(cell: str, _: Random) -> str:
    return cell + "件" if is_number(cell) else cell


def _dash(cell: str, _: Random) -> str:
    return same_marks("/", cell) if shown(cell) == "0" else cell


def _hyphen(cell: str, random: Random) -> str:
    return same_marks("-", cell) if shown(cell) == "0" and random.random() < 0.8 else cell


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

cell_blanked = _one_row(_blank)
digit_lost = _one_row(_lose_digit)
digit_added = _one_row(_add_digit)

KEEP_NUMBERS = frozenset(
    {
        "instruction_in_label", "page_number", "head_repeated", "numbering_changed", "traditional", "titles_missing",
        "table_twice", "prose_near", "wide_digits", "thousands", "units", "note_in_cell",
    }
)  # fmt: skip
"""Damages that leave every number in its place and legible."""
