from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from annotations.pull.tag_spans import spans_of, tag_file
from annotations.push.tag_predictions import plain_lines
from annotations.screens.tags import NO_FIELD, label_of, names_of_labels, section_label
from pipeline.read.open import read_document
from pipeline.tag.linear import linear
from training.tagger.evaluate_real import true_entities
from training.tagger.hand_gold import load_hand_gold

EXAMPLE = Path(__file__).parents[3] / "examples" / "prose_contradicts.html"
SEEN = linear(read_document(EXAMPLE))
TEXT = "一、总体情况\n全年新收申请17件，其中自然人17件，2021年1件。\n三、收到和处理\n新收\t17\t0\t-7\n"
NAMES = names_of_labels()


def region(text: str, start: int, end: int, *labels: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": text[start:end], "labels": list(labels)}
    return {"from_name": "tag", "to_name": "text", "type": "labels", "value": value}


def field(text: str, shown: str, nth: int, name: str) -> dict[str, Any]:
    start = -1
    for _ in range(nth + 1):
        start = text.index(shown, start + 1)
    return region(text, start, start + len(shown), label_of(name))


def tagged(*results: list[dict[str, Any]], text: str = TEXT) -> tuple[str, list[str]]:
    problems: list[str] = []

    def tell(_: str, message: str) -> None:
        problems.append(message)

    given = [set(spans_of(text, result, NAMES, tell)) for result in results]
    return tag_file("a" * 64, text, [], given, tell), problems


def test_tags_of_a_real_report_come_back_as_they_were_set(tmp_path):
    """By way of the file, as training and evaluation read it."""
    numbers = [(at, at + len(word), word) for line in SEEN.lines for at, word in digits(SEEN.text, line)]
    names = ["t3.new.total", "t3.new.natural", "t4.review.total", "t2.fees.amount", "t3.granted.total"]
    wanted = [(start, end, names[index % 5]) for index, (start, end, _) in enumerate(numbers)]
    assert len(wanted) > 50
    regions = [region(SEEN.text, start, end, label_of(name)) for start, end, name in wanted]
    first, last = SEEN.lines[2][0], SEEN.lines[5][1]
    regions.append(region(SEEN.text, first, last, section_label("一")))
    (tmp_path / "tags").mkdir()
    (tmp_path / "reports").mkdir()
    shutil.copy(EXAMPLE, tmp_path / "reports")
    sha256 = hashlib.sha256(EXAMPLE.read_bytes()).hexdigest()

    def tell(_: str, message: str) -> None:
        pytest.fail(message)

    given = set(spans_of(SEEN.text, regions, NAMES, tell))
    made = tag_file(sha256, SEEN.text, plain_lines(SEEN), [given], tell)
    (tmp_path / "tags" / f"{EXAMPLE.stem}.yaml").write_text(made, encoding="utf-8")
    (gold,) = load_hand_gold(tmp_path / "tags", tmp_path / "reports")
    assert true_entities(gold) == wanted
    assert gold.prose
    assert len(gold.prose) < len(wanted)
    assert [line for line, name in enumerate(gold.sections) if name == "一"] == [2, 3, 4, 5]
    assert gold.unclear == ()


def digits(text: str, line: tuple[int, int]) -> list[tuple[int, str]]:
    return [(line[0] + found.start(), found.group()) for found in re.finditer(r"\d+", text[slice(*line)])]


def test_prose_and_tables_are_told_apart():
    total = [field(TEXT, "17", nth, "t3.new.total") for nth in (0, 2)]
    made, problems = tagged([*total, field(TEXT, "-7", 0, "t2.licensing.change")])
    assert problems == []
    assert made == (
        f"sha256: {'a' * 64}\n"
        "sections: {}\n"
        "prose:\n"
        '  - {text: "17", nth: 0, fields: [t3.new.total]}\n'
        "unclear: []\n"
        "table:\n"
        '  - {text: "17", nth: 2, fields: [t3.new.total]}\n'
        '  - {text: "-7", nth: 0, fields: [t2.licensing.change]}\n'
    )


def test_a_digit_within_a_number_is_told_by_its_place():
    start = TEXT.index("7")
    made, _ = tagged([region(TEXT, start, start + 1, label_of("t3.new.total"))])
    assert f'{{text: "7", at: {start}, fields: [t3.new.total]}}' in made


def test_what_annotators_tag_differently_is_unclear():
    both = field(TEXT, "17", 1, "t3.new.natural")
    made, problems = tagged(
        [field(TEXT, "17", 0, "t3.new.total"), both], [field(TEXT, "17", 0, "t3.granted.total"), both]
    )
    assert problems == []
    assert 'prose:\n  - {text: "17", nth: 1, fields: [t3.new.natural]}\n' in made
    assert 'unclear:\n  - {text: "17", nth: 0, reason: disputed}\n' in made


def test_none_of_the_forms_and_untagged_say_the_same():
    nothing = field(TEXT, "17", 0, "t3.new.total")
    nothing["value"]["labels"] = [NO_FIELD]
    made, problems = tagged([nothing], [])
    assert (problems, "unclear: []\n" in made, "prose: []\n" in made) == ([], True, True)
    against, _ = tagged([nothing], [field(TEXT, "17", 0, "t3.new.total")])
    assert 'unclear:\n  - {text: "17", nth: 0, reason: disputed}\n' in against


def test_several_fields_are_unclear_and_none_is_nothing():
    start = TEXT.index("17")
    several = region(TEXT, start, start + 2, label_of("t3.new.total"), label_of("t3.granted.total"))
    nothing = region(TEXT, TEXT.index("1件。"), TEXT.index("1件。") + 1, NO_FIELD)
    made, problems = tagged([several, nothing])
    assert problems == []
    assert "prose: []\n" in made
    assert 'unclear:\n  - {text: "17", nth: 0, reason: several, fields: [t3.granted.total, t3.new.total]}\n' in made
    assert made.endswith("table: []\n")


def test_blanks_that_a_mouse_took_along_are_left_out():
    at = TEXT.index("\t17")
    made, _ = tagged([region(TEXT, at, at + 4, label_of("t3.new.total"))])
    assert '{text: "17", nth: 2, fields: [t3.new.total]}' in made


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        ({"start": 14, "end": 16, "text": "99", "labels": [section_label("一")]}, "不符"),
        ({"start": 14, "end": 9999, "labels": [section_label("一")]}, "不符"),
        ({"start": 14, "end": 16, "labels": ["没有的标签"]}, "读不懂"),
        ({"start": "14", "end": 16, "labels": []}, "读不懂"),
        ({}, "读不懂"),
        ({"start": 0, "end": 16, "labels": [label_of("t3.new.total")]}, "不在一格里"),
        ({"start": 7, "end": 16, "labels": [label_of("t3.new.total"), section_label("一")]}, "几个标签"),
    ],
)
def test_spans_that_cannot_be_are_told_and_the_rest_stands(spoilt, told):
    made, problems = tagged([{"value": spoilt}, field(TEXT, "17", 2, "t3.new.total")])
    assert '{text: "17", nth: 2, fields: [t3.new.total]}' in made
    assert len(problems) == 1
    assert told in problems[0]


def test_spans_that_overlap_are_told():
    start = TEXT.index("17")
    spans = [(start + 2, "t3.new.total"), (start + 1, "t3.new.natural")]
    made, problems = tagged([region(TEXT, start, end, label_of(name)) for end, name in spans])
    assert "prose: []" in made
    assert [message[-7:] for message in problems] == ["另一处标注重叠"] * 2


def test_a_section_twice_is_told():
    one = [region(TEXT, 0, 6, section_label("一")), region(TEXT, 7, 12, section_label("一"))]
    made, problems = tagged(one)
    assert "sections:\n  一: [0, 1]\n" in made
    assert len(problems) == 1
