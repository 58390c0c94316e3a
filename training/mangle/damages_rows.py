"""Damages to the rows and columns of table 3 as a whole: cut, fused, slid, lost, added."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from training.corpus.marked import shown
from training.examples.drawn import MatrixRow
from training.mangle.damage import form_rows, on_table
from training.mangle.pages import HEAD, LABELS, OTHER, Page


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
        places = form_rows(rows)
        if not places:
            return None
        at = random.choice(places)
        between = [[], [MatrixRow(OTHER, (f"- {random.randrange(2, 9)} -",))], list(rows[:3])][random.randrange(3)]
        first, second = _halve(rows[at], random)
        return [*rows[:at], first, *between, second, *rows[at + 1 :]]

    return on_table(page, "t3", change)


def page_number(page: Page, random: Random) -> Page | None:
    def change(rows: list[MatrixRow]) -> list[MatrixRow]:
        at = random.randrange(5, len(rows))
        shown = random.choice(("- {} -", "— {} —", "{}", "第{}页")).format(random.randrange(2, 9))
        return [*rows[:at], MatrixRow(OTHER, (shown,)), *rows[at:]]

    return on_table(page, "t3", change)


def head_repeated(page: Page, random: Random) -> Page | None:
    def change(rows: list[MatrixRow]) -> list[MatrixRow]:
        at = random.randrange(5, len(rows))
        return [*rows[:at], *(row for row in rows[:4] if row.row_id == HEAD), *rows[at:]]

    return on_table(page, "t3", change)


def title_invented(page: Page, random: Random) -> Page | None:
    def change(rows: list[MatrixRow]) -> list[MatrixRow]:
        at = random.randrange(5, len(rows))
        heads = ("", "", "", *(f"数据{i}" for i in range(1, 8)))
        title = (random.choice(("三、收到和处理政府信息公开申请情况（续）", "续表", "二、主动公开政府信息情况")),)
        return [*rows[:at], MatrixRow(OTHER, random.choice((heads, title))), *rows[at:]]

    return on_table(page, "t3", change)


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

    return on_table(page, "t3", change)


def rows_fused(page: Page, random: Random) -> Page | None:
    """Two rows one below the other in the same cells."""

    def change(rows: list[MatrixRow]) -> list[MatrixRow] | None:
        whole = set(form_rows(rows))
        places = [i for i in whole if i + 1 in whole]
        if not places:
            return None
        at = random.choice(places)
        cells = tuple("\n".join(filter(None, pair)) for pair in zip(rows[at].cells, rows[at + 1].cells, strict=True))
        return [*rows[:at], replace(rows[at], cells=cells), *rows[at + 2 :]]

    return on_table(page, "t3", change)


def column_gone(page: Page, random: Random) -> Page | None:
    """A column of nothing but zeros and blanks left out. Its head may stay only where the totals tell what is gone."""
    drawn = random.random() < 0.5

    def change(rows: list[MatrixRow]) -> list[MatrixRow] | None:
        whole = form_rows(rows)
        empty = [
            place for place in range(LABELS, LABELS + 7) if all(shown(rows[i].cells[place]) in ("", "0") for i in whole)
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

    return on_table(page, "t3", change)


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

    return on_table(page, "t3", change)


def row_unknown(page: Page, random: Random) -> Page | None:
    """A row that the form does not have, counted in no sum."""

    def change(rows: list[MatrixRow]) -> list[MatrixRow]:
        at = random.choice(form_rows(rows) or [len(rows)])
        label = random.choice(("其中：网上提交", "9.属于商业秘密", "备注", "其中涉及土地征收"))
        numbers = [str(random.choice((0, 0, 1, 2, 7))) for _ in range(7)]
        return [*rows[:at], MatrixRow(OTHER, ("", "", label, *numbers)), *rows[at:]]

    return on_table(page, "t3", change)


def trailing_dropped(page: Page, _: Random) -> Page | None:
    def change(rows: list[MatrixRow]) -> list[MatrixRow]:
        changed = []
        for row in rows:
            cells = row.cells
            while row.row_id != HEAD and len(cells) > LABELS and not cells[-1]:
                cells = cells[:-1]
            changed.append(replace(row, cells=cells))
        return changed

    return on_table(page, "t3", change)


def blanks_last(page: Page, random: Random) -> Page | None:
    """In some rows the blank cells stand behind the numbers."""
    share = random.choice((0.1, 0.3, 1.0))

    def move(row: MatrixRow) -> MatrixRow:
        if row.row_id in (HEAD, OTHER) or random.random() > share:
            return row
        numbers = row.cells[LABELS:]
        return replace(row, cells=(*row.cells[:LABELS], *filter(None, numbers), *("" for cell in numbers if not cell)))

    return on_table(page, "t3", lambda rows: [move(row) for row in rows])


def row_shifted(page: Page, random: Random) -> Page | None:
    """The numbers of a row one column to the left or to the right; what is pushed out at the end is lost."""

    def change(rows: list[MatrixRow]) -> list[MatrixRow] | None:
        places = form_rows(rows)
        if not places:
            return None
        at = random.choice(places)
        labels, numbers = rows[at].cells[:LABELS], rows[at].cells[LABELS:]
        moved = (*numbers[1:], "") if random.random() < 0.5 else ("", *numbers[:-1])
        return [*rows[:at], replace(rows[at], cells=(*labels, *moved)), *rows[at + 1 :]]

    return on_table(page, "t3", change)


def rows_slid(page: Page, random: Random) -> Page | None:
    """From some row on all numbers stand one row below their labels, or up to it one above; no number is lost: those
    of the last row, or of the first, stand in a row that has no label."""
    down = random.random() < 0.5

    def change(rows: list[MatrixRow]) -> list[MatrixRow] | None:
        places = form_rows(rows)
        if not places:
            return None
        gap = random.randrange(len(places))
        numbers = [rows[place].cells[LABELS:] for place in places]
        numbers.insert(gap if down else gap + 1, ("",) * len(numbers[0]))
        outside = MatrixRow(OTHER, (*[""] * LABELS, *(numbers.pop() if down else numbers.pop(0))))
        changed = list(rows)
        for place, cells in zip(places, numbers, strict=True):
            changed[place] = replace(rows[place], cells=(*rows[place].cells[:LABELS], *cells))
        changed.insert(places[-1] + 1 if down else places[0], outside)
        return changed

    return on_table(page, "t3", change)
