"""Reports with labels: each span of the text that anybody would have is the number of its field."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.open import read_document
from pipeline.record import Number
from pipeline.recover.numbers import read_cell
from pipeline.tag.linear import linear
from training.corpus.agencies import Agency
from training.corpus.aligned import carried_over
from training.corpus.drawing import HTML, Drawn
from training.corpus.labelled import Sample, Span, samples, spans
from training.corpus.marked import Labelled, mark, section_mark, shown, unmark
from training.corpus.pages import marked_page, with_sections, without_marks
from training.corpus.prose import compose
from training.corpus.prose_numbers import read_number
from training.corpus.values import TrueReport, draw_chain, load_values
from training.examples.report import InventedReport, Paragraph, invent
from training.mangle import LAYOUTS, Sheet, page_of

NEW, TOTAL, REVIEW = "t3.new.natural", "t3.new.total", "t4.review.total"
AGENCY = Agency("云泽县水务局", "浙江省", "county", "water", "浙江省云泽县")


def composed(report: InventedReport) -> InventedReport:
    return replace(report, sections=dict.fromkeys("一二三四五六", ()) | compose(report, Random(3), "seen"))


REPORTS = {
    "every number printed": composed(invent("云泽县水务局", 2022, 3)),
    "form of 2019": composed(invent("云泽县水务局", 2019, 8)),
    "as drawn for the corpus": composed(draw_chain(Random(5), "云泽县水务局", (2022,), load_values())[0].report),
}


def drawn(report: InventedReport, layout: str, converter: str = "") -> Drawn:
    page = marked_page(report)
    return Drawn("1", AGENCY, "train", False, TrueReport(report, (), frozenset()), "seen", (), layout, converter,
                 with_sections(page, report), without_marks(page))  # fmt: skip


def sample(report: InventedReport, layout: str, converter: str = "") -> Sample:
    ((_, made),) = samples([drawn(report, layout, converter)])
    assert made is not None
    return made


def printed_in_tables(report: InventedReport) -> dict[str, Number | None]:
    return {field: read_cell(text, signed=True, decimal=True).value for field, text in report.printed.items() if text}


def right(made: Sample, report: InventedReport) -> None:
    """Every number printed in a table has one span and every number stated another; each reads as its field's."""
    text = made.linear.text
    tables = {
        span.field: read_cell(text[span.start : span.end], signed=True, decimal=True).value
        for span in made.spans
        if span.table
    }
    assert tables == printed_in_tables(report)
    assert sum(span.table for span in made.spans) == len(tables)
    said = [(span.field, read_number(text[span.start : span.end])) for span in made.spans if not span.table]
    assert said and all(value == report.values[field] for field, value in said)
    for span in made.spans:
        sections = set(made.labels.sections[span.start : span.end])
        if span.table:
            assert sections == {report.tables[span.field.split(".")[0]].section}
        else:
            assert len(sections) == 1 and sections <= {"一", "二", "三", "四", "六"}


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_keeps_every_label(layout: str, name: str) -> None:
    right(sample(REPORTS[name], layout), REPORTS[name])


@pytest.mark.parametrize("layout", ["html_spans", "pipes", "one_a_line", "csv", "xlsx"])
def test_the_text_is_that_of_the_file_without_marks(layout: str, tmp_path: Path) -> None:
    report = REPORTS["every number printed"]
    made = sample(report, layout)
    suffix, write = LAYOUTS[layout]
    assert made.suffix == suffix and made.data == write(page_of(report_shown(report)))
    path = tmp_path / f"r{suffix}"
    path.write_bytes(made.data)
    assert made.linear.text == made.labels.text == linear(read_document(path)).text


def report_shown(report: InventedReport) -> InventedReport:
    sections = {
        number: tuple(replace(one, text=shown(one.text)) for one in paragraphs)
        for number, paragraphs in report.sections.items()
    }
    return replace(report, sections=sections)


def test_titles_belong_to_the_section_that_they_open() -> None:
    report = REPORTS["every number printed"]
    made = sample(report, "tabs")
    for number in "一二三四五六":
        at = made.linear.text.index("\n" + report.heading(number)) + 1
        assert made.labels.sections[at] == number
        assert made.labels.sections[at - 1] == {"一": ""}.get(number, "一二三四五六"["一二三四五六".index(number) - 1])


def test_a_paragraph_that_a_damage_put_in_goes_with_its_neighbours() -> None:
    """A title goes with what follows it, running text with what it follows."""
    report = REPORTS["every number printed"]
    page = marked_page(report)
    at = next(i for i, block in enumerate(page) if isinstance(block, Sheet) and block.table_id == "t3")
    page[at : at + 1] = [Paragraph("表3", 2), page[at], Paragraph("注：单位为件")]
    text = unmark("".join(b.text for b in with_sections(page, report) if isinstance(b, Paragraph)))
    assert text.sections[text.text.index("表3")] == "三"
    assert text.sections[text.text.index("注：")] == "三"


def found(text: str) -> list[tuple[str, str]]:
    back = unmark(text)
    return [(back.text[span.start : span.end], span.field) for span in spans(back)]


def test_spaces_inside_a_number_make_one_span() -> None:
    assert found(f"共 {mark(NEW, '1 2')} 件") == [("1 2", NEW)]
    assert found(mark(NEW, "1  2")) == [("1  2", NEW)]
    assert found(f"{mark(NEW, '1')} {mark(TOTAL, '2')} ") == [("1", NEW), ("2", TOTAL)]


@pytest.mark.parametrize("between", ["\t", "\n", " \t ", "、", "件"])
def test_borders_and_words_part_what_has_one_field(between: str) -> None:
    assert found(mark(NEW, "1") + between + mark(NEW, "2")) == [("1", NEW), ("2", NEW)]


def test_digits_glued_are_two_numbers() -> None:
    assert found(mark(NEW, "12") + mark(TOTAL, "3")) == [("12", NEW), ("3", TOTAL)]


def test_a_number_of_prose_ends_where_one_of_a_table_begins() -> None:
    assert list(spans(unmark(mark(NEW, "1") + mark(NEW, "2", table=True)))) == [
        Span(0, 1, NEW, False),
        Span(1, 2, NEW, True),
    ]


LABELS = unmark(
    section_mark("三") + "新收申请共计" + mark(NEW, "12") + "件，其中自然人提出的为多数，其余为企业提出，"
    + "均已按时答复" * 9 + "\n" + section_mark("四") + "行政复议" + mark(REVIEW, "3") + "件"
)  # fmt: skip


def fields_by_text(labels: Labelled | None) -> list[tuple[str, str]] | None:
    if labels is None:
        return None
    return [(labels.text[span.start : span.end], span.field) for span in spans(labels)]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.replace("12", " 12 "),
        lambda text: text.replace("\n", "\n\n  "),
        lambda text: text.replace("，", "，\n"),
        lambda text: text.replace("共计", "共訃"),
    ],
)
def test_a_text_that_differs_in_spaces_or_a_letter_keeps_its_labels(change: Callable[[str], str]) -> None:
    text = change(LABELS.text)
    carried = carried_over(LABELS, text)
    assert carried is not None and carried.text == text
    assert fields_by_text(carried) == [("12", NEW), ("3", REVIEW)]
    assert carried.sections[text.index("新收")] == "三" and carried.sections[text.index("复议")] == "四"


def test_a_number_that_was_parted_by_a_space_is_still_one() -> None:
    assert fields_by_text(carried_over(LABELS, LABELS.text.replace("12", "1 2"))) == [("1 2", NEW), ("3", REVIEW)]


@pytest.mark.parametrize(("old", "new"), [("12", "1"), ("12", "13"), ("复议3", "复议"), ("均已按时答复" * 9, "略")])
def test_a_text_that_lost_a_digit_or_much_else_has_no_labels(old: str, new: str) -> None:
    assert carried_over(LABELS, LABELS.text.replace(old, new)) is None


@given(st.lists(st.integers(0, len(LABELS.text)), max_size=20), st.sampled_from([" ", "\n", "\t", "\u3000"]))
def test_blanks_never_lose_a_label(places: list[int], blank: str) -> None:
    text = LABELS.text
    for place in sorted(places, reverse=True):
        text = text[:place] + blank + text[place:]
    carried = carried_over(LABELS, text)
    assert carried is not None
    said = [(char, field) for char, field in zip(text, carried.fields, strict=True) if field]
    assert said == [("1", NEW), ("2", NEW), ("3", REVIEW)]


PANDOC = ("pandoc_plain", "pandoc_markdown", "pandoc_gfm", "pandoc_docx")


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is not installed")
@pytest.mark.parametrize("converter", PANDOC)
def test_pandoc_keeps_every_label(converter: str) -> None:
    report = REPORTS["every number printed"]
    right(sample(report, "html_spans", converter), report)


@pytest.mark.parametrize("layout", HTML)
@pytest.mark.parametrize("converter", ["html2text", "html2text_wrapped"])
def test_html2text_keeps_every_label(converter: str, layout: str) -> None:
    pytest.importorskip("html2text")
    report = REPORTS["as drawn for the corpus"]
    right(sample(report, layout, converter), report)


def test_reports_come_in_their_order_whatever_went_over_them() -> None:
    """Reports of one converter are converted together and must come back to their places."""
    pytest.importorskip("html2text")
    reports = [invent("云泽县水务局", year, year) for year in (2019, 2020, 2021, 2022)]
    reports = [composed(report) for report in reports]
    named = ["html2text", "", "html2text_wrapped", "html2text"]
    several = [drawn(report, "html_flat", name) for report, name in zip(reports, named, strict=True)]
    made = list(samples(several))
    assert [one for one, _ in made] == several
    for (one, found_), report in zip(made, reports, strict=True):
        assert found_ is not None and found_.suffix == {"": ".html", "html2text": ".md"}.get(one.converter, ".txt")
        right(found_, report)
