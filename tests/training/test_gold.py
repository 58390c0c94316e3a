"""Gold and annotators' answers as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import GoujiError
from training.examples.example import Example
from training.examples.report import invent
from training.gold import find_gold, load_answer, load_gold

GOOD: dict[str, Any] = {
    "agency": "甲局", "year": 2022, "templates": {"t3": "2021"},
    "printed": {"t3.new.natural": 1, "t3.new.research": None, "t3.new.total": None},
    "reconciled": {"t3.new.natural": 1, "t3.new.research": 0, "t3.new.total": 1},
}  # fmt: skip


def written(path: Path, **more: object) -> Path:
    path.write_text(json.dumps(GOOD | more), encoding="utf-8")
    return path


def test_kinds_say_what_a_null_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    gold = load_gold(written(tmp_path / "a.gold.json", kinds={"t3.new.research": "dash"}))

    assert [gold.kind_of(field) for field in gold.printed] == ["number", "dash", None]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"kinds": ["blank"]}, "kinds 应当写作"),
        ({"kinds": {"t3.new.social": "blank"}}, "t3.new.social 不在 printed 里"),
        ({"kinds": {"t3.new.research": "absent"}}, "应当是 number、blank、dash"),
        ({"kinds": {"t3.new.research": ["blank"]}}, "应当是 number、blank、dash"),
        ({"kinds": {"t3.new.natural": "blank"}}, "t3.new.natural 是 blank，而 printed 有数字"),
        ({"kinds": {"t3.new.research": "number"}}, "t3.new.research 是 number，而 printed 没有数字"),
        ({"source_findings": "一处"}, "source_findings 应当是一列文字"),
        ({"unverified": [3]}, "unverified 应当是一列文字"),
    ],
)
def test_what_is_malformed_is_said_in_one_line(tmp_path: Path, more: dict[str, object], says: str) -> None:
    (tmp_path / "a.txt").touch()

    with pytest.raises(GoujiError, match="E303") as raised:
        load_gold(written(tmp_path / "a.gold.json", **more))

    assert says in str(raised.value) and "\n" not in str(raised.value)


def test_answers_of_annotators_are_neither_gold_nor_the_document(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    written(tmp_path / "a.gold.json")
    path = written(tmp_path / "a.李.annotator.json", annotator="李")

    assert [gold.path.name for gold in find_gold(tmp_path)] == ["a.gold.json"]
    assert find_gold(tmp_path)[0].document.name == "a.txt"
    answer = load_answer(path)
    assert (answer.name, answer.annotator, answer.printed) == ("a", "李", GOOD["printed"])


@pytest.mark.parametrize(
    ("name", "who"), [("a.李.annotator.json", "王"), ("a.李.annotator.json", None), ("a.annotator.json", "a")]
)
def test_an_answer_bears_the_name_that_it_gives(tmp_path: Path, name: str, who: str | None) -> None:
    with pytest.raises(GoujiError, match="E303"):
        load_answer(written(tmp_path / name, annotator=who))


def test_an_example_tells_blanks_and_dashes_and_nothing_of_what_the_damage_took(tmp_path: Path) -> None:
    fields = ("t3.denied_law.social", "t3.denied_law.legal", "t3.denied_law.other_org")
    report = invent("甲局", 2021, 1).with_prints(dict(zip(fields, ("", "/", ""), strict=True)))
    example = Example("a.txt", None, report, "", gone=frozenset({fields[2]}))
    (tmp_path / "a.txt").touch()
    (tmp_path / "a.gold.json").write_text(example.gold(), encoding="utf-8")

    gold = load_gold(tmp_path / "a.gold.json")

    assert gold.kinds == {fields[0]: "blank", fields[1]: "dash"}
    assert [gold.printed[field] for field in fields] == [None, None, None]
    assert sum(value is None for value in gold.printed.values()) == 3
