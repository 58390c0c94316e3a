"""Labels of recognised text: whose a character is, the place where it was read tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tag.labels import fields as field_ids
from tests.training.synth.drawing import needs_browser
from training.corpus.agencies import Agency
from training.corpus.converters import CONVERTERS
from training.corpus.drawing import Drawn, file_of
from training.corpus.labelled import Sample, samples, spans
from training.corpus.mark_font import UNITS, write_drawn_font
from training.corpus.marked import ALPHABET, mark, shown, unmark, without_sections
from training.corpus.ocr_text import Line, degraded, draw_look, marked_lines, marked_text, ocr_lines, ocr_rows, rows_of
from training.corpus.pages import marked_page, with_sections, without_marks
from training.corpus.prose import compose
from training.corpus.values import TrueReport
from training.examples.report import invent
from training.synth.pdf_page import Glyph

NEW, TOTAL, REVIEW = "t3.new.natural", "t3.new.total", "t4.review.total"
SIZE = 10.0


def printed(text: str, top: float = 0.0) -> list[Glyph]:
    """Characters of a print, one every ten points; blanks leave their room."""
    return [
        Glyph(char, (SIZE * place, top, SIZE * place + 8, top + SIZE), SIZE)
        for place, char in enumerate(text)
        if not char.isspace()
    ]


def line(text: str, places: Sequence[float] | None = None, top: float = 0.0, width: float = 500.0) -> Line:
    """A line as it was read; `places` are those of its characters in the print, where the engine tells them."""
    middles = tuple(SIZE * place + 4 for place in places or ())
    return Line(text, (0.0, top, width, top + SIZE), middles)


def told(text: str) -> list[tuple[str, str]]:
    """Numbers and fields of a marked text."""
    back = unmark(text)
    return [(back.text[span.start : span.end], span.field) for span in spans(back)]


def found(read: str, print_: str, places: Sequence[float] | None = None) -> list[tuple[str, str]]:
    made = marked_text(line(read, places), printed(print_))
    assert shown(made) == read
    return told(made)


TWELVE = f"收到{mark(NEW, '12')}件，答复{mark(TOTAL, '345')}件"


@pytest.mark.parametrize(
    ("read", "labelled"),
    [
        ("收到12件，答复345件", [("12", NEW), ("345", TOTAL)]),
        ("收到 1 2 件，答复345 件", [("1 2", NEW), ("345", TOTAL)]),
        # Misread digits keep the field of their place.
        ("收到17件，答复3O5件", [("17", NEW), ("3O5", TOTAL)]),
        # What numbers are not written in has no mark.
        ("收到1Z件，答复345件", [("1", NEW), ("345", TOTAL)]),
        # Lost digits, and a lost number.
        ("收到2件，答复35件", [("2", NEW), ("35", TOTAL)]),
        ("收到件，答复345件", [("345", TOTAL)]),
        # A digit more is part of the number that it was read with; a letter or a mark more is not.
        ("收到112件，答复3459件", [("112", NEW), ("3459", TOTAL)]),
        ("收到12.件，答复l345件", [("12", NEW), ("345", TOTAL)]),
        # Other words misread, lost and invented.
        ("收到了12忤,答345件。", [("12", NEW), ("345", TOTAL)]),
        # Nothing of the print.
        ("全然不同的文字", []),
    ],
)
def test_a_line_with_two_numbers(read: str, labelled: list[tuple[str, str]]) -> None:
    assert found(read, TWELVE) == labelled


def test_a_line_without_numbers_of_fields_stays_as_it_is() -> None:
    assert marked_text(line("共12个部门"), printed("共12个部门")) == "共12个部门"
    assert marked_text(line("印章"), []) == "印章"


def test_digits_beside_a_number_that_are_printed_are_nobodys() -> None:
    """A digit that is printed and marked as no field's is not taken for one that was invented."""
    assert found("第1款12", f"第1款{mark(NEW, '12')}") == [("12", NEW)]
    assert found("112", f"1{mark(NEW, '12')}", [0, 1, 2]) == [("12", NEW)]


ZEROS = "   ".join(mark(field, "0", table=True) for field in (NEW, TOTAL, REVIEW))
"""At places 0, 4 and 8."""


@pytest.mark.parametrize(
    ("places", "fields"),
    [((0, 4), (NEW, TOTAL)), ((0, 8), (NEW, REVIEW)), ((4, 8), (TOTAL, REVIEW)), ((4.4, 7.7), (TOTAL, REVIEW))],
)
def test_of_equal_numbers_in_one_line_the_place_tells_which_was_lost(
    places: tuple[float, float], fields: tuple[str, str]
) -> None:
    assert found("0 0", ZEROS, [places[0], 2, places[1]]) == [("0", field) for field in fields]


def test_a_digit_invented_between_two_numbers_is_neithers() -> None:
    both = mark(NEW, "1", table=True) + "  " + mark(TOTAL, "2", table=True)
    assert found("172", both, [0, 1.5, 3]) == [("1", NEW), ("2", TOTAL)]


def test_what_was_read_far_from_a_lost_number_is_not_that_number() -> None:
    number = mark(NEW, "5", table=True)
    assert found("3", number + " " * 9, [0.5]) == [("3", NEW)]
    assert found("3", number + " " * 9, [9]) == []


def test_marks_of_tables_and_of_prose_stay_apart() -> None:
    made = unmark(marked_text(line("13"), printed(mark(NEW, "1") + mark(NEW, "2", table=True))))
    assert made.fields == (NEW, NEW) and made.tables == (False, True)


def test_a_character_belongs_to_the_line_whose_middle_is_nearest() -> None:
    """Boxes of lines overlap; what stands in none was not found."""
    page = printed(mark(NEW, "1")) + printed(mark(TOTAL, "2"), top=12) + printed(mark(REVIEW, "3"), top=40)
    upper, lower = Line("1", (0, -3, 50, 16), ()), Line("2", (0, 8, 50, 26), ())
    made = marked_lines([upper, lower], page)
    assert [told(text) for text, _ in made] == [[("1", NEW)], [("2", TOTAL)]]
    assert [box for _, box in made] == [upper.box, lower.box]


@given(
    st.lists(st.tuples(st.sampled_from([None, NEW, TOTAL]), st.text(ALPHABET + "件收共", max_size=4)), max_size=6),
    st.text(ALPHABET + "件收共 l。", max_size=16),
)
def test_marks_never_change_what_was_read(parts: list[tuple[str | None, str]], read: str) -> None:
    text = "".join(mark(field, part) if field else part for field, part in parts)
    made = marked_text(line(read), printed(text))
    assert shown(made) == read
    assert {field for field in unmark(made).fields if field} <= {field for field, _ in parts}


def test_rows_are_lines_at_one_height() -> None:
    """Boxes of one row are of several heights and stand a little higher or lower."""
    left, right = ("申请", (0.0, 20.0, 40.0, 30.0)), ("7", (60.0, 17.0, 66.0, 31.0))
    top, below = ("标题", (10.0, 0.0, 40.0, 10.0)), ("件", (0.0, 33.0, 9.0, 43.0))
    assert rows_of([right, below, top, left]) == [[top], [left, right], [below]]


def test_drawn_marks_are_as_wide_as_what_they_stand_for(tmp_path: Path) -> None:
    ttf = pytest.importorskip("fontTools.ttLib")
    face = ttf.TTFont(write_drawn_font(tmp_path, "Noto Serif CJK SC"))
    names, widths, outlines = face.getBestCmap(), face["hmtx"], face["glyf"]
    for char in "17万":
        glyphs = [names[ord(mark(field, char, table=True))] for field in field_ids()]
        assert len(set(glyphs)) == len(glyphs)
        assert len({widths[name] for name in glyphs}) == 1
        assert widths[glyphs[0]][1] == outlines[glyphs[0]].xMin
    assert widths[names[ord(mark(NEW, "万"))]][0] == UNITS


def test_looks_follow_from_their_seed_and_move_nothing() -> None:
    image = np.full((60, 90, 3), 255, np.uint8)
    image[20:40, 30:60] = 0
    for seed in range(12):
        look = draw_look(np.random.default_rng(seed))
        assert look == draw_look(np.random.default_rng(seed))
        seen, again = (degraded(image, look, np.random.default_rng(seed)) for _ in range(2))
        assert seen.shape == image.shape and (seen == again).all()
        assert seen[25:35, 35:55].mean() + 60 < seen[:10].mean()


def drawn(converter: str) -> Drawn:
    true = invent("云泽县水务局", 2022, 3)
    report = replace(true, sections=dict.fromkeys("一二三四五六", ()) | compose(true, Random(3), "seen"))
    agency = Agency("云泽县水务局", "浙江省", "county", "water", "浙江省云泽县")
    page = marked_page(report)
    return Drawn("1", agency, "train", False, TrueReport(report, (), frozenset()), "seen", (), "html_spans", converter,
                 with_sections(page, report), without_marks(page))  # fmt: skip


def sample(one: Drawn) -> Sample:
    ((_, made),) = samples([one])
    assert made is not None
    return made


@needs_browser
@pytest.mark.slow
def test_recognised_pages_keep_the_labels_of_what_was_read() -> None:
    """Of the numbers in tables most are found, and most of those are read right; all have the field of their place."""
    one = drawn("ocr_rows")
    made = sample(one)
    prints = {field: text for field, text in one.true.report.printed.items() if text}
    text = made.linear.text
    read = {span.field: text[span.start : span.end] for span in made.spans if span.table}
    assert len(read) > 0.6 * len(prints) and set(read) <= set(prints)
    assert sum(read[field] == prints[field] for field in read) > 0.8 * len(read)
    # Numbers of several digits are those of few fields: a label that slid to a neighbour would show.
    long = {field for field in read if len(prints[field]) > 1}
    assert long and sum(read[field] == prints[field] for field in long) > 0.8 * len(long)
    for span in made.spans:
        if span.table:
            assert set(made.labels.sections[span.start : span.end]) <= {"二", "三", "四"}


@needs_browser
@pytest.mark.slow
def test_one_page_gives_the_same_text_each_time() -> None:
    one = drawn("ocr_lines")
    page = without_sections(file_of(one.marked, one.layout)[1].decode()).encode()
    short = page[: page.index(b"<table")] + b"</body></html>"
    pair = (short, shown(short.decode()).encode())
    ((marked, plain),) = ocr_lines([pair])
    assert ocr_lines([pair]) == [(marked, plain)]
    assert shown(marked.decode()) == plain.decode() and marked != plain
    # The same recognition, laid out otherwise.
    ((rows, _),) = ocr_rows([pair])
    assert "".join(rows.decode().split()) == "".join(marked.decode().split())
    assert {"ocr_lines", "ocr_rows"} <= set(CONVERTERS)
