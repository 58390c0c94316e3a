"""From what people tagged to what is learnt."""

from __future__ import annotations

from typing import Any

import pytest

from annotations.backend.learning import TaggedText, text_of_hand_tagged, texts_of_received, training_row
from annotations.backend.received import Received, TaggedTask
from annotations.backend.retraining import HELD_OUT_OF, is_held_out, is_no_worse
from annotations.push.tag_predictions import linear_of_text
from annotations.screens.tags import NO_FIELD, label_of, names_of_labels
from tests.annotations.backend.made import TEXT, new, region
from training.tagger.hand_gold import MIXED, HandTagged


def received(result: list[dict[str, Any]], who: int = 1, at: str = "2026-01-01", annotation: int = 1) -> Received:
    return Received(
        project=1, task=3, annotation=annotation, annotator=who, at=at,
        data=TaggedTask(kind="tags", text=TEXT, agency="某县", year=2023), result=tuple(result),
    )  # fmt: skip


def text_of(*those: Received) -> TaggedText:
    [found] = texts_of_received(those, names_of_labels())
    return found


def test_regions_become_numbers_and_sections() -> None:
    found = text_of(received([new(), region(TEXT, TEXT[:34].rstrip("\n"), "第一部分"), region(TEXT, "3", NO_FIELD)]))
    assert [(TEXT[start:end], field) for start, end, field in found.numbers] == [("12", "t3.new.total")]
    assert found.sections[0] == "一" and found.sections[-2] == ""
    assert found.unclear == ()


def test_a_blank_that_the_mouse_took_along_is_no_part_of_the_number() -> None:
    at = TEXT.index("\t1")
    wide = {"value": {"start": at, "end": at + 2, "text": "\t1", "labels": [label_of("t2.rules.issued")]}}
    assert text_of(received([wide])).numbers == ((at + 1, at + 2, "t2.rules.issued"),)


@pytest.mark.parametrize(
    "value",
    [
        {"start": 0, "end": 999, "labels": ["第一部分"]},
        {"start": 3, "end": 2, "labels": ["第一部分"]},
        {"start": 0, "end": 1, "text": "另", "labels": ["第一部分"]},
        {"start": 0, "end": 1, "labels": ["没有"]},
        {"start": "0", "end": 1, "labels": ["第一部分"]},
        {"choices": ["x"]},
    ],
)
def test_what_does_not_fit_the_text_is_passed_over(value: dict[str, Any]) -> None:
    found = text_of(received([{"value": value}]))
    assert found.numbers == () and set(found.sections) == {""}


def test_what_two_annotators_tag_differently_is_unclear() -> None:
    other = region(TEXT, "12", label_of("t3.total.total"))
    both = region(TEXT, "3", label_of("t3.carried_in.total"))
    found = text_of(received([new(), both]), received([other, both], who=2, annotation=2))
    assert [TEXT[start:end] for start, end, _ in found.numbers] == ["3"]
    assert [TEXT[start:end] for start, end in found.unclear] == ["12"]


def test_of_one_annotator_the_last_word_counts() -> None:
    found = text_of(received([new()], at="2026-01-02", annotation=2), received([], at="2026-01-01"))
    assert len(found.numbers) == 1


def test_a_row_of_the_dataset_holds_the_text_with_its_places() -> None:
    first, last = region(TEXT, "1", label_of("t2.rules.issued"), 1), region(TEXT, TEXT[:6], "第一部分")
    row = training_row(text_of(received([new(), first, last])))
    assert row is not None
    assert row["text"] == TEXT
    spans = zip(row["starts"], row["ends"], row["fields"], row["in_table"], strict=True)
    assert [(TEXT[a:b], field, table) for a, b, field, table in spans] == [
        ("12", "t3.new.total", False), ("1", "t2.rules.issued", True)
    ]  # fmt: skip
    assert (row["section_starts"], row["sections"]) == ([0, 6], ["一", ""])
    assert row["piece_of"][-3:] == [3, 3, 3] and row["piece_places"][-3:] == [0, 1, 2]


def test_the_sentence_of_what_is_unclear_is_not_learnt_from_and_the_rest_is() -> None:
    other = region(TEXT, "5", label_of("t3.granted.total"))
    row = training_row(text_of(received([new(), other]), received([new()], who=2, annotation=2)))
    assert row is not None
    assert row["text"] == TEXT.replace("其中5件已答复。", "")
    assert [row["text"][a:b] for a, b in zip(row["starts"], row["ends"], strict=True)] == ["12"]
    assert row["text"][row["piece_starts"][-1] :].rstrip("\n") == "2"


def test_of_a_table_the_whole_row_is_left_out() -> None:
    one = region(TEXT, "2", label_of("t2.rules.issued"), 1)
    row = training_row(text_of(received([one]), received([], who=2, annotation=2)))
    assert row is not None and row["text"] == TEXT.replace("规章\t1\t2\n", "")


def test_where_all_is_unclear_there_is_nothing_to_learn() -> None:
    seen = linear_of_text("收到12件")
    assert training_row(TaggedText("x", "", None, seen, (), ("",) * 5, ((2, 4),))) is None


def test_lines_of_several_sections_are_unclear() -> None:
    seen = linear_of_text("收到12件\n三、四、混在一行\n")
    tagged = HandTagged(
        "x", seen, (None, None, "t3.new.total", "t3.new.total", *[None] * 12), frozenset({2}), ("一", MIXED),
        frozenset({2}), (),
    )  # fmt: skip
    found = text_of_hand_tagged(tagged, "某县", 2023)
    assert found.numbers == ((2, 4, "t3.new.total"),)
    row = training_row(found)
    assert row is not None and row["text"].startswith("收到12件\n") and "混" not in row["text"]
    assert row["sections"][0] == "一"


def test_one_agency_in_five_is_held_out_always_the_same() -> None:
    names = [f"机关{number}" for number in range(500)]
    held = [is_held_out(name, "x") for name in names]
    assert held == [is_held_out(name, "另一份") for name in names]
    assert 500 / HELD_OUT_OF * 0.6 < sum(held) < 500 / HELD_OUT_OF * 1.4


@pytest.mark.parametrize(
    ("new_figures", "good"),
    [
        ({"synthetic table": 0.9, "tagged prose": 0.5}, True),
        ({"synthetic table": 0.8951, "tagged prose": 0.6}, True),
        ({"synthetic table": 0.89, "tagged prose": 0.9}, False),
        ({"synthetic table": 0.99, "tagged prose": 0.499}, False),
    ],
)
def test_a_model_is_no_worse_only_where_nothing_fell(new_figures: dict[str, float], good: bool) -> None:
    assert is_no_worse({"synthetic table": 0.9, "tagged prose": 0.5}, new_figures) is good
