"""What is made of answers, without a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotations.pull.answered_reports import AnsweredReport, answered_reports, file_stem
from annotations.pull.disputes import disputes
from annotations.pull.examples import examples
from annotations.pull.gold_files import is_settled, write_gold
from annotations.pull.kept import keep_answers
from annotations.pull.people import agreement_of, as_annotator
from annotations.selection import Selection, load_selection
from pipeline.answers import path_of
from tests.annotations.pull.made import answer, keep, report_of, sha_of
from training.evaluation.agreement import agreements, find_answers
from training.gold import find_gold, load_gold

CLEAN, BROKEN, PACKED = "html_clean.html", "contradicts_itself.html", "wrong.total.html"
TOTAL, NATURAL, LEGAL = "t3.new.total", "t3.new.natural", "t3.new.legal"


def only(out: Path) -> AnsweredReport:
    (one,) = answered_reports(out)
    return one


def value(out: Path, field: str, ending: str = CLEAN) -> float:
    found = report_of(out, ending).fields[field].value
    assert found is not None
    return found


def test_the_same_answers_again_change_nothing(out):
    keep(out, CLEAN, answer(TOTAL, 7))
    path = path_of(out, sha_of(out, CLEAN))
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert not keep_answers(out, sha_of(out, CLEAN), [answer(TOTAL, 7)])
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert keep_answers(out, sha_of(out, CLEAN), [answer(TOTAL, 8, at="2026-01-02T00:00:00.000000Z")])
    assert [one.printed for one in only(out).answers.answers] == [8]


def test_arithmetic_flags_and_never_overrules(out):
    right = value(out, TOTAL)
    keep(out, CLEAN, answer(TOTAL, right))
    assert only(out).flags == ()
    keep(out, CLEAN, answer(TOTAL, right + 1, at="2026-01-02T00:00:00.000000Z"))
    one = only(out)
    assert value(out, TOTAL) == right + 1
    assert one.flags
    for flag in one.flags:
        assert "≠" in flag.equation
        assert str(right + 1) in flag.equation
        assert flag.answered == (TOTAL,)
        assert flag.label


def test_whoever_alone_speaks_against_program_and_arithmetic_is_checked_by_another(out):
    right = value(out, TOTAL)
    keep(out, CLEAN, answer(TOTAL, right + 1, proposed=right, task="k"))
    assert only(out).alone == (TOTAL,)
    (asked,) = disputes(answered_reports(out), "一", set()).reports
    assert asked.fields == (TOTAL,)
    assert not is_settled(only(out))
    # Until then it counts, as the only thing that anybody saw.
    assert value(out, TOTAL) == right + 1
    keep(out, CLEAN, answer(TOTAL, right + 1, proposed=right, who="b", task="k"))
    assert only(out).alone == ()


def test_who_agrees_with_the_program_is_not_checked(out):
    right = value(out, TOTAL)
    keep(out, CLEAN, answer(TOTAL, right, proposed=right, verdict="ok"))
    assert only(out).alone == ()


def test_gold_has_what_people_saw_and_nothing_else(out, tmp_path):
    keep(
        out, CLEAN,
        answer(TOTAL, 9, verdict="source_wrong", value=8), answer(NATURAL, 5, who="b.c@x.cn"),
        answer(LEGAL, None, verdict="ok", kind="blank"),
        answer("t3.new.social", None, verdict="unreadable", kind=None),
    )  # fmt: skip
    told: list[str] = []
    written = write_gold(answered_reports(out), tmp_path / "gold", out, told.append)
    assert (written.gold, written.annotators, written.withdrawn, told) == (1, 2, 0, [])
    (gold,) = find_gold(tmp_path / "gold")
    assert gold.document.read_bytes() == (Path(__file__).parents[3] / "examples" / CLEAN).read_bytes()
    # Nobody said what the blank means, and too little was seen to work it out.
    assert gold.printed == {TOTAL: 9, NATURAL: 5}
    assert gold.reconciled == {TOTAL: 8, NATURAL: 5}
    assert gold.kinds == {TOTAL: "number", NATURAL: "number"}
    (finding,) = gold.source_findings
    assert TOTAL in finding
    assert "应为 8" in finding
    assert "t3.new.social" in gold.unverified[0]
    raw = json.loads(gold.path.read_text(encoding="utf-8"))
    assert raw["annotators"] == ["a@x·cn", "b·c@x·cn"]
    assert "看过 4 格，本答案有其中 2 格" in raw["note"]


def test_a_blank_is_gold_where_what_people_saw_gives_its_value(out, tmp_path):
    row = [field for field in report_of(out, CLEAN).fields if field.startswith("t3.new.")]
    assert len(row) == 7
    numbers = [answer(field, 2) for field in row[:5]]
    blank = answer(row[5], None, verdict="ok", kind="blank")
    keep(out, CLEAN, *numbers, blank, answer(row[6], 13))
    write_gold(answered_reports(out), tmp_path, out, pytest.fail)
    (gold,) = find_gold(tmp_path)
    assert (gold.printed[row[5]], gold.reconciled[row[5]], gold.kinds[row[5]]) == (None, 3, "blank")
    # More than the total leaves nothing that a blank could mean.
    keep(out, CLEAN, answer(row[6], 9, at="2026-01-02T00:00:00.000000Z"))
    write_gold(answered_reports(out), tmp_path, out, pytest.fail)
    (gold,) = find_gold(tmp_path)
    assert row[5] not in gold.printed


def test_where_nothing_is_known_there_is_no_gold(out, tmp_path):
    keep(out, CLEAN, answer(TOTAL, None, verdict="unreadable", kind=None), answer(LEGAL, None, kind="blank"))
    written = write_gold(answered_reports(out), tmp_path, out, pytest.fail)
    assert (written.gold, written.annotators) == (0, 1)


def test_gold_is_the_same_when_it_is_written_again(out, tmp_path):
    keep(out, CLEAN, answer(TOTAL, 9))
    keep(out, PACKED, answer(TOTAL, 9))
    for _ in range(2):
        written = write_gold(answered_reports(out), tmp_path / "gold", out, pytest.fail)
        assert (written.gold, written.annotators) == (2, 2)
    assert len(list((tmp_path / "gold").iterdir())) == 6
    assert len(find_gold(tmp_path / "gold")) == 2


def test_a_report_from_an_archive_lies_beside_its_gold(out, tmp_path):
    keep(out, PACKED, answer(TOTAL, 9))
    assert write_gold(answered_reports(out), tmp_path, out, pytest.fail).gold == 1
    (gold,) = find_gold(tmp_path)
    assert gold.document.name == f"wrong_total-{sha_of(out, PACKED)[:8]}.html"
    assert gold.document.read_bytes() == (Path(__file__).parents[3] / "examples" / "wrong_total.html").read_bytes()


def test_a_report_that_is_gone_is_told(out, tmp_path):
    keep(out, CLEAN, answer(TOTAL, 9))
    listing = out / "files.jsonl"
    listing.write_text(listing.read_text(encoding="utf-8").replace("html_clean", "moved_away"), encoding="utf-8")
    told: list[str] = []
    assert write_gold(answered_reports(out), tmp_path / "gold", out, told.append).gold == 0
    assert len(told) == 1
    assert "moved_away.html" in told[0]
    assert not list((tmp_path / "gold").glob("*.gold.json"))


def test_what_still_needs_a_look_is_no_gold(out, tmp_path):
    keep(out, BROKEN, answer(TOTAL, value(out, TOTAL, BROKEN)))
    one = only(out)
    assert one.open
    assert not is_settled(one)
    assert write_gold([one], tmp_path, out, pytest.fail).gold == 0


def test_gold_is_withdrawn_where_people_come_to_disagree(out, tmp_path):
    keep(out, CLEAN, answer(TOTAL, 9))
    write_gold(answered_reports(out), tmp_path, out, pytest.fail)
    keep(out, CLEAN, answer(TOTAL, 8, who="b"))
    written = write_gold(answered_reports(out), tmp_path, out, pytest.fail)
    assert (written.gold, written.withdrawn, written.annotators) == (0, 1, 2)
    keep(out, CLEAN, answer(TOTAL, 8, who="c", adjudicates=True, task="z"))
    assert write_gold(answered_reports(out), tmp_path, out, pytest.fail).gold == 1
    assert load_gold(next(tmp_path.glob("*.gold.json"))).printed == {TOTAL: 8}


def test_disputes_are_a_batch_to_be_pushed(out, tmp_path):
    keep(
        out, CLEAN,
        answer(TOTAL, 9, seconds=4.0), answer(TOTAL, 8, who="b", seconds=6.0), answer(NATURAL, 5),
        answer(LEGAL, 1), answer(LEGAL, None, who="b", kind="dash"),
    )  # fmt: skip
    selection = disputes(answered_reports(out), "第一批", set())
    (asked,) = selection.reports
    assert asked.fields == (LEGAL, TOTAL)
    assert (asked.sha256, asked.seconds, asked.score, asked.annotators) == (sha_of(out, CLEAN), 27.0, 2.0, 1)
    assert asked.file.endswith(CLEAN)
    (tmp_path / "disputed.json").write_bytes(selection.to_bytes())
    assert load_selection(tmp_path / "disputed.json") == selection
    again = disputes(answered_reports(out), "第一批", {(asked.sha256, TOTAL)})
    assert [one.fields for one in again.reports] == [(LEGAL,)]
    nothing = disputes(answered_reports(out), "第一批", {(asked.sha256, TOTAL), (asked.sha256, LEGAL)})
    assert isinstance(nothing, Selection)
    assert nothing.reports == ()


def test_agreement_is_that_of_the_files(out, tmp_path):
    fields = [field for field in report_of(out, CLEAN).fields if field.startswith("t3.")][:20]
    first = [answer(field, index % 4) for index, field in enumerate(fields)]
    second = [answer(field, index % 4 if index else 3, who="b") for index, field in enumerate(fields)]
    judge = answer(fields[0], 3, who="c", adjudicates=True, task="z")
    unread = answer(fields[1], None, who="b", kind=None, verdict="unreadable", at="2026-01-03T00:00:00.000000Z")
    keep(out, CLEAN, *first, *second, judge, unread)
    (found,) = agreement_of(answered_reports(out))
    assert (found.first, found.second, found.reports, found.cells, found.alone) == ("a@x.cn", "b", 1, 19, 1)
    assert found.printed.agreed.value == pytest.approx(18 / 19)
    assert found.printed.kappa == pytest.approx(kappa_by_hand([(0, 3)] + [(i % 4, i % 4) for i in range(2, 20)]))
    assert [one.field for one in found.disagreements] == [fields[0]]
    write_gold(answered_reports(out), tmp_path, out, pytest.fail)
    (of_files,) = agreements(find_answers(tmp_path))
    assert (of_files.first, of_files.second) == ("a@x·cn", "b")
    assert (of_files.printed, of_files.reconciled, of_files.kinds_kappa) == (
        found.printed, found.reconciled, found.kinds_kappa,
    )  # fmt: skip


def kappa_by_hand(pairs: list[tuple[int, int]]) -> float:
    n = len(pairs)
    same = sum(a == b for a, b in pairs) / n
    chance = sum(
        sum(a == label for a, _ in pairs) * sum(b == label for _, b in pairs) for label in {x for p in pairs for x in p}
    ) / n**2
    return (same - chance) / (1 - chance)


def test_examples_are_what_people_agree_on(out):
    keep(
        out, CLEAN,
        answer(NATURAL, 5, proposed=4), answer(NATURAL, 5, who="b"), answer(TOTAL, 9), answer(TOTAL, 8, who="b"),
        answer(LEGAL, None, verdict="unreadable", kind=None),
    )  # fmt: skip
    (line,) = examples(answered_reports(out)).decode().splitlines()
    found = json.loads(line)
    assert (found["sha256"], found["field"], found["annotators"]) == (sha_of(out, CLEAN), NATURAL, 2)
    assert (found["printed"], found["kind"], found["value"]) == (5, "number", 5)


def test_names_of_files_are_told_apart_and_fit():
    long = file_stem("in/" + "年度报告" * 100 + ".v1.2.pdf", "ab" * 32)
    assert long.endswith("-abababab")
    assert len(f"{long}.someone@example.gold.json".encode()) < 255
    assert "." not in file_stem("a.zip!b/报告.2021.pdf", "cd" * 32)
    assert file_stem("x/a.pdf", "1" * 64) != file_stem("y/a.pdf", "2" * 64)
    assert as_annotator("a.b/c@x.cn") == "a·b／c@x·cn"
