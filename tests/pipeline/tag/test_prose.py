"""Numbers of running text that the classifier finds, beside those of sentences that are understood."""

from __future__ import annotations

import pytest

from pipeline.document import Document, Line
from pipeline.read.text import read_text
from pipeline.record import Number, Section
from pipeline.recover.prose import ProseNumber, prose_numbers
from pipeline.recover.prose_sentences import LONGEST_QUOTE
from pipeline.recover.sections import find_sections
from pipeline.tag.decode import Tags
from pipeline.tag.linear import linear
from pipeline.tag.prose import has_unread_numbers, quote, section_at, tagged_prose, value_of, with_tagged
from tests.pipeline.tag.made import document, grid, tagged, tags

NEW, DONE, GRANTED, REVIEW = "t3.new.total", "t3.total.total", "t3.granted.total", "t4.review.total"
FIELDS = {NEW, DONE, GRANTED, REVIEW}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("0", 0),
        ("１２", 12),
        ("1 2", 12),
        (" 12 ", 12),
        ("1,234", 1234),
        ("1,234,567", 1_234_567),
        ("12.5", 12.5),
        ("十二", 12),
        ("十", 10),
        ("两", 2),
        ("一百零五", 105),
        ("二〇二一", 2021),
        ("未", 0),
        ("无", 0),
        ("没有", 0),
        ("没", 0),
        ("零", 0),
        ("", None),
        ("/", None),
        ("-", None),
        ("件", None),
        ("1,23", None),
        ("007", None),
    ],
)
def test_value_of(text: str, value: Number | None) -> None:
    assert value_of(text) == value


def number(text: str, part: str, *fields: tuple[str, float], sure: float = 1.0) -> Tags:
    """A line of running text one part of which is a number."""
    seen = linear(document(Line(text)))
    at = text.index(part)
    found = tagged(at, at + len(part), *(fields or ((NEW, 1.0),)), sure=sure)
    return Tags(seen, (found,), tuple(("三", 1.0) for _ in seen.lines))


@pytest.mark.parametrize(
    ("text", "part", "clause"),
    [
        ("本年共收到申请12件，同比增长。", "12", "本年共收到申请12件"),
        ("2022年，收到申请 1 2 件；", "1 2", "收到申请12件"),
        ("其中（当面 3 件）", "3", "当面3件"),
        ("收费1,234元，已退", "1,234", "收费1,234元"),
        ("收费12.5万元。", "12.5", "收费12.5万元"),
        ("新收：十二", "十二", "十二"),
        ("12", "12", "12"),
    ],
)
def test_the_quote_is_the_clause(text: str, part: str, clause: str) -> None:
    made = number(text, part)
    assert quote(made.seen.text, made.numbers[0]) == clause


def test_a_quote_has_bounds() -> None:
    made = number("很" * 80 + "12件", "12")
    assert quote(made.seen.text, made.numbers[0]) == "很" * (LONGEST_QUOTE - 3) + "12件"


def test_a_quote_holds_its_number() -> None:
    made = number("申请12件" + "很" * 80, "12")
    assert "12" in quote(made.seen.text, made.numbers[0])


def said(made: Tags, *blocks: Line, cells: frozenset[int] = frozenset()) -> list[ProseNumber]:
    return tagged_prose(document(*blocks), made, cells, FIELDS)


def test_a_number_that_the_classifier_is_sure_of() -> None:
    line = Line("本年共收到十二件，")
    (found,) = said(number(line.text, "十二"), line)
    assert found == ProseNumber((NEW,), 12, "本年共收到十二件", "三", "exact")


@pytest.mark.parametrize(
    ("sure", "share", "strength"),
    [(1.0, 0.99, "exact"), (0.97, 0.99, "loose"), (1.0, 0.91, "loose"), (0.9, 0.95, None), (0.5, 1.0, None)],
)
def test_how_sure_it_must_be(sure: float, share: float, strength: str | None) -> None:
    line = Line("收到12件")
    found = said(number(line.text, "12", (NEW, share), (DONE, 1 - share), sure=sure), line)
    assert [one.strength for one in found] == ([strength] if strength else [])


def test_what_is_no_running_text_of_the_form_is_left_out() -> None:
    line = Line("收到12件")
    assert said(number(line.text, "12", ("t2.fees.amount", 1.0)), line) == []
    assert said(number(line.text, "12"), line, cells=frozenset({0})) == []
    assert said(number(line.text, "收到"), line) == []
    table = document(grid([["新收", "12"]]))
    assert tagged_prose(table, tags(table, [NEW]), set(), FIELDS) == []


def test_a_field_and_value_count_once_a_section() -> None:
    seen = document(Line("收到12件"), Line("共收到12件"), Line("收到13件"))
    made = tags(seen, [NEW, NEW, NEW])
    found = tagged_prose(seen, made, set(), FIELDS)
    assert [(one.value, one.quote) for one in found] == [(12, "收到12件"), (13, "收到13件")]
    parted = Tags(made.seen, made.numbers, (("一", 1.0), ("三", 1.0), ("三", 1.0)))
    assert [one.section for one in tagged_prose(seen, parted, set(), FIELDS)] == ["一", "三", "三"]


def test_section_at() -> None:
    seen = linear(document(Line("甲"), Line(""), Line("乙")))
    made = Tags(seen, (), (("一", 1.0), ("二", 1.0), ("三", 1.0)))
    assert [section_at(made, place) for place in range(5)] == ["一", "一", "二", "三", "三"]
    assert section_at(made, 5) == ""


def stated(text: str, value: Number, field: str = NEW) -> ProseNumber:
    return ProseNumber((field,), value, text, "三", "exact")


def test_what_only_the_classifier_found_stands_behind() -> None:
    first, second = stated("收到申请12件", 12), stated("经办结9件", 9, DONE)
    assert with_tagged([first], [second]) == [first, second]
    assert with_tagged([], [second]) == [second]
    assert with_tagged([first], []) == [first]


@pytest.mark.parametrize(
    "found",
    [
        stated("收到申请12件", 12),
        stated("收到申请12件", 21),
        stated("收到申请12件", 12, DONE),
        stated("申请12件", 12, DONE),
        stated("本年新收12件", 12),
    ],
)
def test_of_a_clause_that_is_understood_the_sentence_counts(found: ProseNumber) -> None:
    """The same clause, a part of it, or the same field and value in other words."""
    first = stated("收到申请12件", 12)
    assert with_tagged([first], [found]) == [first]


def test_a_clause_is_no_part_of_a_larger_number() -> None:
    first, second = stated("收到申请212件", 212), stated("12件", 12, GRANTED)
    assert with_tagged([first], [second]) == [first, second]


def report(*lines: str) -> tuple[Document, dict[str, Section]]:
    text = "三、收到和处理政府信息公开申请情况\n" + "\n".join(lines) + "\n"
    made = read_text(text.encode(), "r.txt", "0" * 64)
    return made, find_sections(made)


def test_a_clause_that_the_sentence_rules_read_is_not_taken_twice() -> None:
    """The classifier may take the clause for another field."""
    made, sections = report("本年收到政府信息公开申请12件，某某另有9件。")
    understood = prose_numbers(sections, made, {"t2": "2021", "t3": "2021", "t4": "2021"})
    assert [(one.fields, one.value) for one in understood] == [((NEW,), 12)]
    at = linear(made).text
    found = tuple(tagged(at.index(part), at.index(part) + len(part), (DONE, 1.0)) for part in ("12", "9"))
    other = tagged_prose(made, Tags(linear(made), found, tuple(("三", 1.0) for _ in linear(made).lines)), set(), FIELDS)
    assert [one.value for one in other] == [12, 9]
    assert [(one.fields[0], one.value) for one in with_tagged(understood, other)] == [(NEW, 12), (DONE, 9)]


def test_a_clause_in_traditional_characters_is_not_taken_twice() -> None:
    made, sections = report("本年收到政府信息公開申請12件。")
    understood = prose_numbers(sections, made, {"t2": "2021", "t3": "2021", "t4": "2021"})
    assert [(one.fields, one.value) for one in understood] == [((NEW,), 12)]
    seen = linear(made)
    at = seen.text.index("12")
    said = Tags(seen, (tagged(at, at + 2, (DONE, 1.0)),), tuple(("三", 1.0) for _ in seen.lines))
    assert with_tagged(understood, tagged_prose(made, said, set(), FIELDS)) == understood


def sections_of(**texts: str) -> dict[str, Section]:
    return {number: Section(title="", text=text) for number, text in texts.items()}


@pytest.mark.parametrize(
    ("text", "quotes", "unread"),
    [
        ("本年收到申请12件。", [], True),
        ("本年收到申请 12 件。", ["本年收到申请12件"], False),
        ("本年收到申请十二件。", [], True),
        ("收到申请12件，答复9件。", ["收到申请12件"], True),
        ("收到申请12件，答复9件。", ["收到申请12件", "答复9件"], False),
        ("未收到申请。", [], False),
        ("开展培训12次。", [], False),
        ("答复均在期限内。全年12件。", [], False),
    ],
)
def test_has_unread_numbers(text: str, quotes: list[str], unread: bool) -> None:
    assert has_unread_numbers(sections_of(三=text), [stated(one, 1) for one in quotes]) is unread


def test_plans_are_not_read() -> None:
    """五 speaks of shortcomings and plans."""
    assert not has_unread_numbers(sections_of(五="拟办结申请12件。"), [])
