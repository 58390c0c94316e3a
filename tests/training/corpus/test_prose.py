"""Composed running text: every marked number is that of its field, and nothing else is marked."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.corpus.marked import unmark
from training.corpus.prose import Composer, compose
from training.corpus.prose_numbers import LARGEST_HAN, Stated, Style, han, read_number, stated
from training.corpus.prose_phrases import OPEN, Phrasing, Writer, load_phrases
from training.corpus.prose_statements import Statements, item_numbers
from training.examples.report import InventedReport, Paragraph, invent
from training.mangle.values import draw_report

SEEDS = st.integers(0, 1 << 30)
PHRASINGS: tuple[Phrasing, ...] = ("seen", "held_out")
SHARED = ("name.public",)
"""An outcome's own name; what is kept for trials is kept among the names."""
NUMBERLESS = ("opening", "contact", "boiler", "proactive", "busy", "others_numbers", "requests_work", "manage",
              "platform", "supervise", "problems", "improve", "other_matters", "events", "channels", "zero_disputes",
              "zero_litigation", "zero_all", "organisations", "other_years", "outcome_sums",
              "dispute_sums")  # fmt: skip


def drawn(seed: int) -> InventedReport:
    return draw_report(Random(seed))[0]


def statements(sections: dict[str, tuple[Paragraph, ...]]) -> list[Stated]:
    return [number for paragraphs in sections.values() for paragraph in paragraphs for number in stated(paragraph.text)]


def writer(phrasing: Phrasing = "seen", style: Style | None = None, **values: int) -> Writer:
    report = invent("澄岚市教育局", 2023, 1)
    fields = {name.replace("__", "."): value for name, value in values.items()}
    made = Statements(report.with_values({**report.values, **fields}), Random(0), phrasing).writer
    made.style = style or Style()
    made.units = dict.fromkeys(made.units, "件")
    return made


def filled(made: Writer, pattern: str) -> str:
    """The pattern expanded, with its numbers, as the composer fills them in last."""
    return re.sub(f"{OPEN}(\\d+).", lambda match: made.written[int(match[1])].text(), made.expand(pattern))


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "零"),
        (2, "二"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (22, "二十二"),
        (99, "九十九"),
        (100, "一百"),
        (105, "一百零五"),
        (112, "一百一十二"),
        (150, "一百五十"),
        (200, "二百"),
        (1000, "一千"),
        (1005, "一千零五"),
        (1050, "一千零五十"),
        (1203, "一千二百零三"),
        (10_000, "一万"),
        (10_005, "一万零五"),
        (10_500, "一万零五百"),
        (12_034, "一万二千零三十四"),
        (99_999, "九万九千九百九十九"),
    ],
)
def test_han(number: int, written: str) -> None:
    assert han(number) == written
    assert read_number(written) == number


@pytest.mark.parametrize(
    ("number", "written"),
    [(2, "两"), (12, "十二"), (200, "两百"), (222, "两百二十二"), (2_202, "两千两百零二"), (20_002, "两万零二")],
)
def test_liang(number: int, written: str) -> None:
    assert han(number, liang=True, counted=True) == written
    assert read_number(written) == number


@pytest.mark.parametrize("number", [-1, LARGEST_HAN + 1])
def test_han_has_bounds(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        han(number)


@given(st.integers(0, LARGEST_HAN), st.booleans(), st.booleans())
def test_han_is_read_back(number: int, liang: bool, counted: bool) -> None:
    assert read_number(han(number, liang=liang, counted=counted)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("1,203", 1203), ("１２", 12), ("7730.28", 7730.28), ("未", 0), ("没有", 0), ("无", 0)],
)
def test_read_number(text: str, number: float) -> None:
    assert read_number(text) == number


def test_read_number_refuses() -> None:
    with pytest.raises(ValueError, match="件"):
        read_number("件")


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (Style(), "收到申请1203件"),
        (Style(thousands=True), "收到申请1,203件"),
        (Style("full"), "收到申请１２０３件"),
        (Style("han"), "收到申请一千二百零三件"),
        (Style(padded=True), "收到申请 1203 件"),
    ],
)
def test_a_number_is_marked_without_its_unit(style: Style, text: str) -> None:
    made = writer(style=style, t3__new__total=1203)
    made.random = Random(1)
    written = filled(made, "收到申请{new}")
    assert unmark(written).text == text
    assert [(number.field, number.value) for number in stated(written)] == [("t3.new.total", 1203)]


def test_a_number_may_stand_without_its_unit() -> None:
    written = filled(writer(t3__new__total=12), "收件{new!}、另计")
    assert unmark(written).text == "收件12、另计"
    assert [(number.field, number.value) for number in stated(written)] == [("t3.new.total", 12)]


def test_a_word_for_none_is_the_number() -> None:
    made = writer(t3__new__total=0)
    assert [(n.text, n.field) for n in stated(filled(made, "尚{new=未}收到申请"))] == [("未", "t3.new.total")]


def test_a_word_for_none_is_refused_where_there_is_something() -> None:
    with pytest.raises(ValueError, match="not none"):
        writer(t3__new__total=3).expand("{new=未}收到申请")


def test_a_sum_over_tables_is_that_of_its_fields() -> None:
    made = writer(t3__granted__total=4, t3__partial__total=3, t4__review__total=2)
    others = sum(int(made.values[f"t4.{row}.total"]) for row in ("litigation_direct", "litigation_after_review"))
    assert filled(made, "公开{sum.public}，争议{sum.disputes}") == f"公开7件，争议{2 + others}件"


def test_sums_and_other_numbers_are_unmarked() -> None:
    made = writer()
    assert not list(stated(filled(made, "应办{sum.requests}，复议诉讼均{~0-0}件，咨询{~3-9}人次")))


@given(SEEDS, st.sampled_from(PHRASINGS))
def test_stated_numbers_are_true(seed: int, phrasing: Phrasing) -> None:
    report = drawn(seed)
    for number in statements(compose(report, Random(seed), phrasing)):
        assert number.value == report.values[number.field]


@given(SEEDS, st.sampled_from(PHRASINGS))
def test_one_number_contradicts(seed: int, phrasing: Phrasing) -> None:
    report = drawn(seed)
    found = statements(compose(report, Random(seed), phrasing, contradicts=1))
    wrong = [number for number in found if number.value != report.values[number.field]]
    numeric = [number for number in found if number.text not in ("未", "无", "没有", "零") or number in wrong]
    assert len(wrong) == 1 if numeric else not wrong


@given(SEEDS, st.sampled_from(PHRASINGS))
def test_text_is_finished(seed: int, phrasing: Phrasing) -> None:
    sections = compose(drawn(seed), Random(seed), phrasing)
    assert [number for number in sections if number] == ["一", "二", "三", "四", "五", "六"]
    for paragraph in (paragraph for paragraphs in sections.values() for paragraph in paragraphs):
        text = unmark(paragraph.text).text
        assert text
        assert text == text.strip()
        assert not re.search(r"[<>\[\]{}|~=\ue000-\uf8ff]|[，。；、：]{2}|[，。；、：（] ", text), text


@given(SEEDS, st.sampled_from(PHRASINGS))
def test_same_seed_same_text(seed: int, phrasing: Phrasing) -> None:
    report = drawn(seed)
    assert compose(report, Random(seed), phrasing) == compose(report, Random(seed), phrasing)


@pytest.mark.parametrize("kind", sorted(load_phrases().kinds))
def test_patterns_kept_for_trials_are_not_in_training_text(kind: str) -> None:
    seen, kept = (load_phrases().usable(kind, phrasing) for phrasing in PHRASINGS)
    assert seen
    assert not any(pattern.held_out for pattern in seen)
    if kind not in SHARED:
        assert kept
        assert all(pattern.held_out for pattern in kept)
        assert not {pattern.text for pattern in seen} & {pattern.text for pattern in kept}


@given(SEEDS, st.sampled_from(PHRASINGS))
def test_a_report_keeps_to_its_phrasing(seed: int, phrasing: Phrasing) -> None:
    composer = Composer(drawn(seed), Random(seed), phrasing)
    composer.sections()
    shared = {pattern for kind in SHARED for pattern in load_phrases().kinds[kind]}
    assert {pattern.held_out for pattern in composer.writer.used if pattern not in shared} == {phrasing == "held_out"}


FREQUENT = ("new", "done", "carried_in", "carried_out", "zero_new", "zero_review", "outcome_frame")


@pytest.mark.parametrize("kind", FREQUENT)
def test_frequent_kinds_have_many_patterns(kind: str) -> None:
    assert len({pattern.text for pattern in load_phrases().usable(kind, "seen")}) >= 24


# The bare name and number is the usual way, and listed twice for that.
@pytest.mark.parametrize("kind", sorted(load_phrases().kinds.keys() - {"before"}))
def test_no_pattern_stands_twice(kind: str) -> None:
    texts = [pattern.text for pattern in load_phrases().usable(kind, "seen")]
    assert len(texts) == len(set(texts))


def test_words_for_training_stand_in_no_trial() -> None:
    phrases = load_phrases()
    assert "接获" in phrases.choices("receive", "seen")
    assert "接获" not in phrases.choices("receive", "held_out")


@given(SEEDS, st.integers(1, 30))
def test_item_numbers(seed: int, count: int) -> None:
    numbers = item_numbers(Random(seed), count)
    assert len(numbers) == len(set(numbers)) == count


@pytest.mark.parametrize("kind", NUMBERLESS)
def test_what_states_no_field_marks_none(kind: str) -> None:
    for pattern in load_phrases().kinds[kind]:
        assert set(re.findall(r"\{(~|sum\.)?", pattern.text)) <= {"~", "sum."}


def test_numbers_of_other_kinds_stand_unmarked_in_a_report() -> None:
    """The digits outside the marks are many: telephones, dates, articles published."""
    report = invent("澄岚市教育局", 2023, 4)
    texts = [p.text for paragraphs in compose(report, Random(4), "seen").values() for p in paragraphs]
    labelled = [unmark(text) for text in texts]
    loose = [field for one in labelled for char, field in zip(one.text, one.fields, strict=True) if char.isdigit()]
    assert loose.count(None) > 10
