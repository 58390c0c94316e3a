"""What people tag differently, without a server."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from annotations.pull.pulling import Pulled
from annotations.pull.summary import summary
from annotations.pull.tag_disputes import (
    TagAgreement,
    asked_again,
    count_agreement,
    counting,
    disputed_text,
    tag_disputes,
)
from annotations.pull.tagged_texts import SeenText, Tagged, TaggedText, keep_tags, seen_text, tagged_texts
from annotations.push.tag_adjudication import (
    AGREED,
    DisputedText,
    SaidOfText,
    adjudication_task,
    load_disputed,
    path_of_disputed,
)
from annotations.push.tag_tasks import tag_key
from annotations.screens.tags import NO_FIELD, label_of, section_label
from annotations.selection import AskedReport
from annotations.spans import Span, differing, joined
from pipeline.errors import GoujiError

TEXT = "一、总体情况\n全年新收申请17件，其中自然人17件，上年结转3件。\n"
SHA = "ab" * 32
TOTAL, NATURAL, CARRIED = "t3.new.total", "t3.new.natural", "t3.carried_in.total"
SEEN = SeenText(text=TEXT, plain_lines=(), file="in/报告.html", agency="某县", year=2023, program="p")
SECTION = Span(0, 6, ("一",))
NEW = Span(13, 15, (TOTAL,))


def said(
    who: str, *spans: Span, at: int = 1, adjudicates: bool = False, task: str = "k", seen: SeenText = SEEN,
    seconds: float | None = None,
) -> Tagged:  # fmt: skip
    time = f"2026-01-{at:02}T00:00:00.000000Z"
    return Tagged(
        task="judge" if adjudicates else task, annotator=who, at=time, seconds=seconds, adjudicates=adjudicates,
        text=seen.mark, spans=spans,
    )  # fmt: skip


def tagged(*given: Tagged, sha256: str = SHA, seen: SeenText = SEEN) -> TaggedText:
    return TaggedText(sha256=sha256).with_tags(seen, given)


def test_places_are_where_the_text_says() -> None:
    assert TEXT[NEW.start : NEW.end] == "17"
    assert TEXT[SECTION.start : SECTION.end] == "一、总体情况"


def test_what_all_say_is_not_disputed_and_untagged_is_none_of_the_form() -> None:
    none = Span(22, 24, ("",))
    assert differing([{NEW, SECTION, none}, {SECTION, NEW}]) == []
    other = Span(13, 15, (NATURAL,))
    assert differing([{NEW}, {other}, {NEW}]) == [other, NEW]
    assert differing([{NEW, none}]) == differing([]) == []
    assert joined([Span(5, 9, ("",)), Span(0, 3, ("",)), Span(2, 4, ("",))]) == [(0, 4), (5, 9)]


def test_the_last_adjudication_alone_counts() -> None:
    first, second = said("a", NEW), said("b")
    assert counting(tagged(first, second)).differing == [NEW]
    settled = counting(tagged(first, second, said("c", SECTION, at=2, adjudicates=True)))
    assert ([one.annotator for one in settled.said], settled.differing) == (["c"], [])
    later = said("d", NEW, at=3, adjudicates=True)
    # What somebody says by themselves afterwards unsettles nothing.
    again = tagged(said("c", SECTION, at=2, adjudicates=True), later, first, second, said("a", at=4, task="k2"))
    assert counting(again).said == (later,)


def test_a_text_that_was_tagged_in_two_batches_is_one_text() -> None:
    one = counting(tagged(said("a", NEW), said("b", at=2, task="k2"), said("a", SECTION, NEW, at=3, task="k2")))
    assert [(tag.annotator, tag.spans) for tag in one.said] == [("a", (SECTION, NEW)), ("b", ())]
    assert one.differing == [SECTION, NEW]


def test_places_in_another_text_of_the_same_content_are_not_compared() -> None:
    other = SEEN.model_copy(update={"text": f"前言\n{TEXT}"})
    whole = tagged(said("a", NEW)).with_tags(other, [said("b", at=2, seen=other)])
    assert set(whole.texts) == {SEEN.mark, other.mark}
    assert [one.annotator for one in counting(whole).said] == ["b"]
    agreement: dict[tuple[str, str], TagAgreement] = {}
    count_agreement(agreement, whole)
    assert agreement == {}


def test_agreement_counts_ends_and_names_numbers_and_sections_apart() -> None:
    found: dict[tuple[str, str], TagAgreement] = {}
    shorter, shared = Span(0, 5, ("一",)), Span(22, 24, (NATURAL,))
    none = Span(29, 30, ("",))
    text = tagged(
        said("b", SECTION, Span(13, 15, (NATURAL,)), shared), said("a", shorter, NEW, shared, none),
        said("c", NEW, at=2, adjudicates=True),
    )  # fmt: skip
    count_agreement(found, text)
    count_agreement(found, tagged(said("a", SECTION, shared), said("b", SECTION, shared, NEW)))
    count_agreement(found, tagged(said("a", NEW)))
    ((pair, one),) = found.items()
    assert (pair, one.first, one.second, one.texts) == (("a", "b"), "a", "b", 2)
    assert (one.numbers.both, one.numbers.first, one.numbers.second) == (2, 3, 4)
    assert one.numbers.f1 == pytest.approx(4 / 7)
    assert one.sections.f1 == 0.5
    nothing: dict[tuple[str, str], TagAgreement] = {}
    count_agreement(nothing, tagged(said("a"), said("b"), said("d")))
    assert [(pair, one.numbers.f1) for pair, one in nothing.items()] == [
        (("a", "b"), None), (("a", "d"), None), (("b", "d"), None),
    ]  # fmt: skip


def test_most_differing_first_and_nobody_is_asked_twice() -> None:
    marks = [letter * 64 for letter in "dcba"]
    wide = [NEW, SECTION, Span(22, 24, (NATURAL,))]
    asked = {
        mark: asked_again(counting(tagged(said("a", *spans, seconds=9.5), said("b", seconds=20), sha256=mark)))
        for mark, spans in zip(marks, [wide[:1], wide, wide[:2], wide[:1]], strict=True)
    }
    found = tag_disputes(asked, "p", "批", {marks[1]})
    assert [(one.sha256[0], one.score) for one in found.reports] == [("b", 2), ("a", 1), ("d", 1)]
    assert (found.name, found.strategy, found.program) == ("批", "disputed", "p")
    first = found.reports[0]
    assert (first.cells, first.seconds, first.file, first.year) == ((), 20.0, "in/报告.html", 2023)
    assert tag_disputes({}, "", "批", ()).program


def test_what_is_known_changes_no_byte_and_nothing_is_lost(tmp_path: Path) -> None:
    first, second = said("a", NEW), said("b", SECTION, at=2)
    assert keep_tags(tmp_path, SHA, SEEN, [second, first])
    (path,) = tmp_path.rglob("*.json")
    before = path.read_bytes()
    assert not keep_tags(tmp_path, SHA, SEEN, [first])
    # The report has another name by now.
    assert not keep_tags(tmp_path, SHA, SEEN.model_copy(update={"file": "new.html"}), [second])
    assert path.read_bytes() == before
    assert keep_tags(tmp_path, SHA, SEEN, [said("a", at=3)])
    assert not keep_tags(tmp_path, SHA, SEEN, [first])
    (one,) = tagged_texts(tmp_path)
    assert [(tag.annotator, tag.spans) for tag in one.said] == [("b", (SECTION,)), ("a", ())]
    path.write_bytes(before[:-20])
    with pytest.raises(GoujiError, match="E305"):
        list(tagged_texts(tmp_path))


def test_the_order_in_which_answers_come_does_not_matter() -> None:
    given = [said("b", NEW), said("a"), said("a", SECTION, at=2), said("c", at=3, adjudicates=True)]
    made = set()
    for order in itertools.permutations(given):
        one = TaggedText(sha256=SHA)
        for each in order:
            one = one.with_tags(SEEN, [each])
        made.add(one.to_bytes())
    assert len(made) == 1


@pytest.mark.parametrize("spoilt", [{"text": None}, {"plain_lines": ["1"]}, {"sha256": "../x"}, {"year": "今年"}])
def test_a_task_of_another_kind_is_refused(spoilt: dict[str, Any]) -> None:
    data = {"key": "k", "sha256": SHA, **SEEN.model_dump(), "plain_lines": [1], "heading": "h"}
    assert seen_text(data).plain_lines == (1,)
    with pytest.raises(GoujiError, match="E405"):
        seen_text({**data, **spoilt})


def asked() -> AskedReport:
    return AskedReport(sha256=SHA, file="in/报告.html", agency="某县", year=2023, cells=(), seconds=0, score=3)


def disputed() -> DisputedText:
    both = Span(22, 24, (CARRIED, NATURAL))
    first = said("li@x.cn", SECTION, NEW, both)
    second = said("王", Span(0, 6, ("二",)), Span(12, 15, (NATURAL,)), Span(22, 24, ("",)))
    return disputed_text(counting(tagged(first, second, said("张", NEW, SECTION))))


def test_whoever_settles_it_sees_what_each_tagged() -> None:
    made = adjudication_task(asked(), disputed(), "p", "批")
    data = made["data"]
    assert data["key"] == tag_key("批", SHA, adjudicates=True) != tag_key("批", SHA)
    assert (data["kind"], data["adjudicates"], data["text"], data["plain_lines"]) == ("tags", True, TEXT, [])
    assert data["heading"] == "某县　2023 年度　报告.html　（裁定：4 处不一致）"
    new, natural, carried = map(label_of, (TOTAL, NATURAL, CARRIED))
    assert data["differing"].split("\n") == [
        f"全年新收申【请17】件，其中自然人17件，上　li@x.cn：“17”{new}；张：“17”{new}；王：{natural}",
        f"收申请17件，其中自然人【17】件，上年结转3件。　li@x.cn：{carried}＋{natural}；张：未标；王：未标",
        "第一部分　li@x.cn：“一、总体情况”；张：“一、总体情况”；王：未标",
        "第二部分　li@x.cn：未标；张：未标；王：“一、总体情况”",
    ]
    versions = [one["model_version"] for one in made["predictions"]]
    assert versions == [AGREED, "标注员 li@x.cn", "标注员 张", "标注员 王"]


def test_a_prediction_holds_what_one_tagged_and_one_what_all_did() -> None:
    first, second = said("a", SECTION, NEW, Span(22, 24, (CARRIED, NATURAL))), said("b", SECTION, Span(22, 24, ("",)))
    made = adjudication_task(asked(), disputed_text(counting(tagged(first, second))), "p", "批")
    agreed, one, other = made["predictions"]
    labels = [[region["value"]["labels"] for region in each["result"]] for each in (agreed, one, other)]
    section = section_label("一")
    assert labels[0] == [[section]]
    assert labels[1] == [[section], [label_of(TOTAL)], [label_of(CARRIED)], [label_of(NATURAL)]]
    assert labels[2] == [[section], [NO_FIELD]]
    assert (agreed["score"], one["score"], other["score"]) == (1.0, 0.3333, 0.5)
    for each in made["predictions"]:
        assert len({region["id"] for region in each["result"]}) == len(each["result"])
        for region in each["result"]:
            value = region["value"]
            assert TEXT[value["start"] : value["end"]] == value["text"]


def test_texts_are_left_for_push_and_checked_by_it(tmp_path: Path) -> None:
    one = disputed()
    path = path_of_disputed(tmp_path, SHA)
    with pytest.raises(GoujiError, match=r"E305.*pull"):
        load_disputed(tmp_path, SHA)
    path.parent.mkdir(parents=True)
    path.write_bytes(one.to_bytes())
    assert load_disputed(tmp_path, SHA) == one
    assert one.to_bytes() == disputed().to_bytes()
    path.write_bytes(one.model_copy(update={"text": TEXT[:20]}).to_bytes())
    with pytest.raises(GoujiError, match="E305"):
        load_disputed(tmp_path, SHA)
    gone = SaidOfText(annotator="a", spans=(Span(13, 15, ("t9.gone.total",)),))
    with pytest.raises(GoujiError, match=r"E305.*t9\.gone\.total"):
        adjudication_task(asked(), one.model_copy(update={"said": (gone,)}), "p", "批")


def test_the_summary_says_what_is_to_be_done() -> None:
    found = Pulled(disputed_texts={"a", "b"}, pending_texts={"b", "c"})
    (line,) = [line for line in summary(found) if "文字" in line]
    assert line.startswith("各人标得不一致、没有裁定的文字 2 份，其中 1 份已在等人裁定，用 ")
    assert line.endswith("gouji annotate push --tags --adjudicate 交人裁定")
    waiting = Pulled(disputed_texts={"b"}, pending_texts={"b"})
    assert not any("--tags" in line for line in summary(waiting))
    assert not any("文字" in line for line in summary(Pulled()))
