"""Gold with one fault each: what is asked to be looked at again, and what is not."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.record import Number
from training.evaluation.gold_check import Checked, Look, check, check_folders, of_last_year
from training.evaluation.gold_command import command
from training.examples.example import Example
from training.examples.report import InventedReport, invent
from training.gold import Gold

ROOT = Path(__file__).resolve().parents[3]
TABLE3 = {"carried_in": (1, 0, 0, 0, 0, 0), "granted": (3, 0, 0, 0, 0, 0), "carried_out": (2, 0, 0, 0, 0, 0)}
"""So 4 were received, and 3 dealt with."""


def report_of(year: int = 2021) -> InventedReport:
    return invent("甲县财政局", year, 5, table3=TABLE3)


def gold(
    printed: Mapping[str, Number | None] | None = None,
    reconciled: Mapping[str, Number | None] | None = None,
    year: int = 2021,
    findings: tuple[str, ...] = (),
    unverified: tuple[str, ...] = (),
) -> Gold:
    """A gold on which every equality holds, but for what is given; what is only printed otherwise means the same."""
    report = report_of(year)
    path = Path(f"{year}.gold.json")
    return Gold(
        path, path, report.agency, year, {table: made.template for table, made in report.tables.items()},
        report.values | dict(printed or {}), report.values | dict(reconciled or {}),
        source_findings=findings, unverified=unverified,
    )  # fmt: skip


def checked(one: Gold, last_year: Gold | None = None) -> Checked:
    return check(one, "a", last_year)


def looks(one: Gold, last_year: Gold | None = None) -> dict[str, list[Look]]:
    """By sort."""
    found: dict[str, list[Look]] = {}
    for look in checked(one, last_year).looks:
        found.setdefault(look.sort, []).append(look)
    return found


def test_gold_that_is_all_right_asks_for_nothing() -> None:
    assert checked(gold()) == Checked("a", "2021.gold.json", "甲县财政局", 2021, (), ())


def test_a_print_that_breaks_sums_is_shown_with_its_sides() -> None:
    """3 + 0 + … = 3 is printed as 5: its row, and both sums down the column 总计, do not hold."""
    found = looks(gold({"t3.total.total": 5}))

    assert list(found) == ["printed", "changed"]
    assert [(one.rule, one.left, one.right, one.difference) for one in found["printed"]] == [
        ("t3.total.applicants", 3, 5, -2), ("t3.total.balance", 5, 7, -2), ("t3.total.outcomes", 3, 5, -2),
    ]  # fmt: skip
    balance = found["printed"][1]
    assert balance.message == "原印不合“总计栏：一 + 二 = （七）总计 + 四”：4 + 1 ≠ 5 + 2"
    assert balance.clause is not None and balance.clause.startswith("国办公开办函〔2021〕30号")
    assert set(balance.fields) == {f"t3.{row}.total" for row in ("new", "carried_in", "total", "carried_out")}
    (changed,) = found["changed"]
    assert (changed.fields, "印作 5，取值 3" in changed.message) == (("t3.total.total",), True)


@pytest.mark.parametrize(
    "finding",
    [
        "table3 [总计]: 分项和 3 != 5",
        "表三总计栏：各项之和 3 ≠ （七）总计 5",
        "t3.total.outcomes 不成立",
    ],
)
def test_what_the_gold_declares_is_kept_apart_with_all_that_follows_from_it(finding: str) -> None:
    found = checked(gold({"t3.total.total": 5}, findings=(finding,)))

    assert found.looks == ()
    (declared,) = found.declared
    assert declared.text == finding
    assert "t3.total.outcomes" in declared.rules


@pytest.mark.parametrize(
    "finding",
    [
        "表三总计栏：各项之和 3 ≠ （七）总计 6",  # other numbers
        "表四总计栏：各项之和 3 ≠ （七）总计 5",  # another table
        "表三自然人栏：各项之和 3 ≠ 5",  # another column: the word 总计 is not there
        "t3.total.outcomes2 不成立",  # another id
    ],
)
def test_a_finding_that_no_broken_equality_answers_to(finding: str) -> None:
    found = looks(gold({"t3.total.total": 5}, findings=(finding,)))

    assert len(found["printed"]) == 3 and len(found["changed"]) == 1
    (unanswered,) = found["unanswered"]
    assert finding in unanswered.message


def test_a_finding_of_one_column_does_not_speak_for_the_totals_that_are_off_by_as_much() -> None:
    """Both columns of （七） print 5 for 3; only 自然人 is declared, though 总计 is a word of the sentence."""
    printed = {"t3.total.natural": 5, "t3.total.total": 5}

    found = checked(gold(printed, findings=("表三 自然人栏：各项之和 3 ≠ （七）总计 5",)))

    assert found.declared[0].rules == ("t3.natural.outcomes",)
    assert [one.rule for one in found.looks if one.sort == "printed"] == ["t3.total.balance", "t3.total.outcomes"]


def test_findings_on_running_text_and_unverified_cells_are_declared_and_not_checked() -> None:
    found = checked(gold(findings=("prose: 受理 9 件", "正文：办结 8 件"), unverified=("行政许可 396442278",)))

    assert found.looks == ()
    assert [(one.key, one.rules) for one in found.declared] == [
        ("unverified", ()), ("source_findings", ()), ("source_findings", ()),
    ]  # fmt: skip


def test_values_that_break_sums_are_asked_about_whatever_is_declared() -> None:
    found = looks(gold({"t3.granted.social": 1}, {"t3.granted.social": 1}, findings=("t3.granted.applicants",)))

    assert list(found) == ["reconciled"]
    assert [one.rule for one in found["reconciled"]] == ["t3.granted.applicants", "t3.social.outcomes"]
    assert found["reconciled"][1].message.startswith("原印和取值都不合")
    assert (found["reconciled"][0].left, found["reconciled"][0].right) == (4, 3)


def test_a_value_that_breaks_sums_where_the_print_does_not() -> None:
    found = looks(gold(reconciled={"t3.granted.social": 1}))

    assert list(found) == ["changed", "reconciled"]
    assert found["reconciled"][0].message.startswith("取值不合")


def test_blanks_are_taken_for_what_they_mean() -> None:
    """No total is printed but one, and that one is wrong: the sums tell it all the same."""
    blank = {field: None for field in report_of().values if field.startswith("t3.") and field.endswith(".total")}

    assert checked(gold(blank)).looks == ()
    found = looks(gold(blank | {"t3.granted.total": 4}))
    assert [one.rule for one in found["printed"]] == ["t3.granted.applicants", "t3.total.outcomes"]


def test_a_blank_that_no_sum_fills() -> None:
    """In table 2 nothing else says that it is 7."""
    field = "t2.licensing.decisions"
    found = looks(gold({field: None}, {field: 7}))

    assert list(found) == ["changed"]
    assert "没有印出，取值 7，不能由勾稽推得" in found["changed"][0].message
    assert checked(gold({field: None}, {field: 7}, findings=(f"正文：{field} 取自正文",))).looks == ()


def test_blanks_that_sums_fill_one_after_the_other() -> None:
    """What was received and is not carried out is （七）, and that the one result; without the former, nothing is."""
    results = [f"t3.{row}.{column}" for row in ("granted", "total") for column in ("natural", "total")]
    received = ["t3.new.natural", "t3.new.total"]

    assert checked(gold(dict.fromkeys(results))).looks == ()
    found = looks(gold(dict.fromkeys([*results, *received])))
    assert {field for one in found["changed"] for field in one.fields} == {*results, *received}


def test_numbers_given_up_without_a_word() -> None:
    fields = ("t2.licensing.decisions", "t2.penalty.decisions")
    given_up = gold(reconciled=dict.fromkeys(fields))

    (found,) = looks(given_up)["changed"]

    assert found.fields == fields
    named = replace(given_up, unverified=tuple(f"{field} 看不清" for field in fields))
    assert checked(named).looks == ()


def test_what_is_no_count() -> None:
    found = looks(gold({"t2.licensing.decisions": -3, "t2.penalty.decisions": 2.5, "t2.fees.amount": 2.5},
                       {"t2.licensing.decisions": -3, "t2.penalty.decisions": 2.5, "t2.fees.amount": 2.5}))  # fmt: skip

    assert [one.fields for one in found["number"]] == [("t2.licensing.decisions",), ("t2.penalty.decisions",)]
    assert list(found) == ["number"]
    # The form of 2019 has a column of changes.
    assert "number" not in looks(gold({"t2.licensing.change": -3}, {"t2.licensing.change": -3}, year=2020))


def test_fields_that_are_missing_and_fields_that_are_of_no_template() -> None:
    one = gold()
    values = {field: value for field, value in one.printed.items() if field != "t4.review.total"}
    found = looks(replace(one, printed=values | {"t3.other.total": 0}, reconciled=values | {"t3.other.total": 0}))

    assert [look.fields for look in found["fields"]] == [("t4.review.total",), ("t3.other.total",)]


def test_templates_that_there_are_not_and_heads_that_are_not_filled() -> None:
    found = looks(replace(gold(), templates={"t2": "2021", "t3": "2008", "t5": "2021"}, agency=None, year=None))

    assert [one.message for one in found["head"]] == ["没有写 agency、year"]
    assert ["t3" in found["template"][0].message, "t4" in found["template"][1].message,
            "t5" in found["template"][2].message] == [True] * 3  # fmt: skip
    assert "fields" not in found


def test_what_is_carried_over_from_year_to_year() -> None:
    """2020 carries 2 over and 2021 carries 1 in; both hold by themselves."""
    before, now = gold(year=2020), gold()

    (found,) = looks(now, before)["last_year"]

    assert found.fields == ("t3.carried_in.natural", "t3.carried_in.total")
    assert "natural 1 而上年 2、total 1 而上年 2" in found.message
    assert checked(now).looks == ()
    assert checked(before, gold(year=2019)).looks[0].sort == "last_year"


def test_a_break_between_years_can_be_declared() -> None:
    before, says = gold(year=2020), "上年结转 1 件，而 2020 年报结转下年度 2 件"

    assert checked(gold(findings=(says,)), before).looks == ()
    assert checked(gold(findings=(says,))).looks == ()
    wrong = looks(gold(findings=("上年结转 1 件，而 2020 年报结转下年度 7 件",)), before)
    assert list(wrong) == ["last_year", "unanswered"]


def test_the_year_before_is_of_the_same_agency() -> None:
    now, before = gold(), gold(year=2020)
    other = replace(before, agency="乙县财政局")

    assert of_last_year([now, before]) == {now.path: before}
    assert of_last_year([now, other]) == {}


def written(folder: Path, one: Example) -> None:
    (folder / one.name).touch()
    (folder / f"{one.stem}.gold.json").write_text(one.gold(), encoding="utf-8")


def run(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    command(parser.add_subparsers())
    given = parser.parse_args(["gold", *map(str, words)])
    code: int = given.run(given)
    return code


def test_the_command_on_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "gold"
    folder.mkdir()
    written(folder, Example("a.txt", None, report_of(2020), ""))
    written(folder, Example("b.txt", None, report_of(2021).with_prints({"t3.total.total": "5"}), ""))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    assert run("check", folder, folder, "--json", tmp_path / "found.json") == 1

    said = capsys.readouterr().out
    assert "4 + 1 ≠ 5 + 2" in said and "上年结转与 2020 年的结转下年度（a）不接" in said
    assert said.splitlines()[-1] == (
        "合计 2 份：待看 5 处（1 份；原印不合勾稽 3、取值不同于原印 1、与上年不接 1），已声明 0 处"
    )
    golds = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))["golds"]
    assert [(one["name"], len(one["looks"])) for one in golds] == [("a", 0), ("b", 5)]
    assert golds[1]["looks"][1]["difference"] == -2
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_file_that_is_no_gold_does_not_keep_the_others_from_being_checked(tmp_path: Path) -> None:
    written(tmp_path, Example("a.txt", None, report_of(), ""))
    (tmp_path / "b.gold.json").write_text("[]", encoding="utf-8")

    assert [[look.sort for look in one.looks] for one in check_folders([tmp_path])] == [[], ["unusable"]]


@pytest.mark.parametrize("words", [(), ("check", "nowhere"), ("check", "."), ("agreement", "nowhere")])
def test_wrong_use_is_said_in_one_line(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(*words) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_results_that_cannot_be_written_are_no_finding(tmp_path: Path) -> None:
    written(tmp_path, Example("a.txt", None, report_of(), ""))

    assert run("check", tmp_path, "--json", tmp_path / "nowhere" / "found.json") == 2


def test_the_gold_of_the_examples_asks_for_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", ROOT / "examples") == 0
    assert "没有待看的，已声明 6 处" in capsys.readouterr().out
