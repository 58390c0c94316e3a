"""The page of a report with marks on it, and the same page without."""

from __future__ import annotations

from dataclasses import replace

from training.corpus.marked import mark, section_mark, section_of, shown
from training.examples.drawn import MatrixRow
from training.examples.report import InventedReport, Paragraph
from training.mangle.pages import Page, Sheet, page_of

ALL = "一二三四五六"


def marked_page(report: InventedReport) -> Page:
    """The page with every number of its tables marked with its field and every paragraph with its section; numbers of
    its prose are marked where it was composed."""
    headings = {report.heading(number): number for number in ALL}
    section = ""
    made: Page = []
    prints = {field: mark(field, text, table=True) for field, text in report.printed.items()}
    for block in page_of(report.with_prints(prints)):
        if isinstance(block, Paragraph):
            section = headings.get(block.text, section) if block.level == 2 else section
            block = replace(block, text=section_mark(section) + block.text)
        made.append(block)
    return made


def with_sections(page: Page, report: InventedReport) -> Page:
    """The damaged page with the sections of what has none yet: rows of tables, and paragraphs that a damage put in. A
    title among these goes with what follows it, running text with what it follows."""
    made: Page = []
    sections = [_section(block, report) for block in page]
    for i, block in enumerate(page):
        if not isinstance(block, Paragraph):
            made.append(replace(block, rows=tuple(_marked(row, sections[i] or "") for row in block.rows)))
        elif sections[i] is not None:
            made.append(block)
        else:
            near = sections[i + 1 :] if block.level else sections[:i][::-1]
            section = next((one for one in near if one is not None), "")
            made.append(replace(block, text=section_mark(section) + block.text))
    return made


def _section(block: Paragraph | Sheet, report: InventedReport) -> str | None:
    if isinstance(block, Paragraph):
        return section_of(block.text)
    return report.tables[block.table_id].section


def _marked(row: MatrixRow, section: str) -> MatrixRow:
    first = next((i for i, cell in enumerate(row.cells) if cell), None)
    if first is None:
        return row
    return replace(row, cells=(*row.cells[:first], section_mark(section) + row.cells[first], *row.cells[first + 1 :]))


def without_marks(page: Page) -> Page:
    """The page as anybody would see it."""
    return [
        replace(block, text=shown(block.text))
        if isinstance(block, Paragraph)
        else replace(block, rows=tuple(replace(row, cells=tuple(map(shown, row.cells))) for row in block.rows))
        for block in page
    ]
