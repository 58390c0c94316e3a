"""Annotators' answers of five cells, small enough to count."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score

from pipeline.errors import GoujiError
from pipeline.record import Number
from tests.training.evaluation.test_gold_check import run
from training.evaluation.agreement import Agreement, agreements, find_answers, kappa, kind_pair
from training.evaluation.intervals import share
from training.gold import PrintKind

FIELDS = tuple(f"t4.review.{column}" for column in ("upheld", "corrected", "other", "pending", "total"))
Numbers = Sequence[Number | None]


def answer(
    folder: Path, report: str, who: str, printed: Numbers, reconciled: Numbers | None = None,
    kinds: dict[str, PrintKind] | None = None, agency: str = "甲局",
) -> None:  # fmt: skip
    content = {
        "annotator": who, "agency": agency, "year": 2021, "templates": {"t4": "2021"},
        "printed": dict(zip(FIELDS, printed, strict=False)),
        "reconciled": dict(zip(FIELDS, printed if reconciled is None else reconciled, strict=False)),
        "kinds": kinds or {},
    }  # fmt: skip
    folder.mkdir(exist_ok=True)
    (folder / f"{report}.{who}.annotator.json").write_text(json.dumps(content), encoding="utf-8")


def only(folder: Path) -> Agreement:
    (found,) = agreements(find_answers(folder))
    return found


def test_shares_and_kappa_worked_by_hand(tmp_path: Path) -> None:
    """Of 1 0 0 0 1 and 1 0 2 0 1 four of five agree, and two of the three that are not 0 for both. By chance agree
    2/5 x 2/5 on 1 and 3/5 x 2/5 on 0, together .4: (.8 - .4) / (1 - .4) = 2/3."""
    answer(tmp_path, "a", "李", (1, 0, 0, 0, 1))
    answer(tmp_path, "a", "王", (1, 0, 2, 0, 1.0))

    found = only(tmp_path)

    assert (found.first, found.second, found.reports, found.cells, found.alone) == ("李", "王", 1, 5, 0)
    assert (found.printed.agreed.value, found.printed.agreed.n) == (0.8, 5)
    assert found.printed.agreed.low is None, "one agency says nothing of others"
    assert (found.printed.nonzero.value, found.printed.nonzero.n) == (pytest.approx(2 / 3), 3)
    assert found.printed.kappa == pytest.approx(2 / 3)
    assert found.reconciled == found.printed


def test_a_disagreement_names_both_and_who_breaks_a_sum(tmp_path: Path) -> None:
    answer(tmp_path, "a", "李", (1, 0, 0, 0, 1))
    answer(tmp_path, "a", "王", (1, 0, 2, 0, 1))

    (one,) = only(tmp_path).disagreements

    assert (one.report, one.field, one.label) == ("a", "t4.review.other", "行政复议·其他结果")
    assert (one.first.printed, one.second.printed) == (0, 2)
    assert (one.first.breaks, one.second.breaks) == ((), ("t4.review.results",))


def test_print_and_meaning_are_compared_apart(tmp_path: Path) -> None:
    """Both read the same wrong total; one of them takes it for 1, the other cannot tell."""
    answer(tmp_path, "a", "李", (1, 0, 0, 0, 7), (1, 0, 0, 0, 1))
    answer(tmp_path, "a", "王", (1, 0, 0, 0, 7), (1, 0, 0, 0, None))

    found = only(tmp_path)

    assert (found.printed.agreed.value, found.printed.kappa) == (1.0, 1.0)
    assert found.reconciled.agreed.value == 0.8
    assert found.reconciled.nonzero.value == 0.5
    (one,) = found.disagreements
    assert (one.first.reconciled, one.second.reconciled) == (1, None)
    assert one.first.breaks == one.second.breaks == ("t4.review.results",), "as both say that it is printed"


def test_each_agency_weighs_the_same_and_is_drawn_as_a_whole(tmp_path: Path) -> None:
    """甲局 agrees on 4 of 5 in one report; 乙局 on all 10 of two: the mean is .9, pooled it were 14/15."""
    answer(tmp_path, "a", "李", (1, 0, 0, 0, 1))
    answer(tmp_path, "a", "王", (1, 0, 2, 0, 1))
    for report in ("b", "c"):
        for who in ("李", "王"):
            answer(tmp_path, report, who, (0, 3, 0, 0, 3), agency="乙局")

    agreed = only(tmp_path).printed.agreed

    assert agreed == share({"甲局": (4, 5), "乙局": (10, 10)})
    assert (agreed.value, agreed.low, agreed.high, agreed.agencies) == (0.9, 0.8, 1.0, 2)


def test_kinds_are_compared_where_both_tell(tmp_path: Path) -> None:
    """Cells: blank and blank, blank and dash, a number and no number, blank and no more than no number, 1 and 1. Of the
    four that count two agree; by chance 2/4 x 1/4 (blank) + 2/4 x 1/4 (number): (.5 - .25) / .75 = 1/3."""
    first: dict[str, PrintKind] = {FIELDS[0]: "blank", FIELDS[1]: "blank", FIELDS[3]: "blank"}
    second: dict[str, PrintKind] = {FIELDS[0]: "blank", FIELDS[1]: "dash"}
    answer(tmp_path, "a", "李", (None, None, 0, None, 1), (0, 0, 0, 0, 1), first)
    answer(tmp_path, "a", "王", (None, None, None, None, 1), (0, 0, 0, 0, 1), second)

    found = only(tmp_path)

    assert (found.kinds, found.kinds_kappa) == (4, pytest.approx(1 / 3))
    assert [one.field for one in found.disagreements] == [FIELDS[1], FIELDS[2]]


def test_two_kinds_as_labels() -> None:
    assert kind_pair("blank", "dash") == ("blank", "dash")
    assert kind_pair("number", None) == ("number", "no number")
    assert kind_pair(None, None) == ("no number", "no number")
    assert kind_pair(None, "blank") is None


@pytest.mark.parametrize(
    "pairs",
    [
        [("0", "0"), ("1", "1"), ("1", "2")],
        [("0", "1"), ("1", "0")],
        [("0", "0"), ("0", "1"), ("0", "0"), ("5", "5"), ("12", "13")],
    ],
)
def test_kappa_is_cohens(pairs: list[tuple[str, str]]) -> None:
    """Against the formula, and against scikit-learn given the labels as they are."""
    n = len(pairs)
    agreed = sum(one == two for one, two in pairs) / n
    firsts, seconds = [one for one, _ in pairs], [two for _, two in pairs]
    chance = sum(firsts.count(label) * seconds.count(label) for label in {*firsts, *seconds}) / n**2

    assert kappa(pairs) == pytest.approx((agreed - chance) / (1 - chance))
    assert kappa(pairs) == pytest.approx(cohen_kappa_score(firsts, seconds))


def test_where_chance_agrees_on_everything_there_is_no_kappa() -> None:
    assert kappa([]) is None
    assert kappa([("0", "0"), ("0", "0")]) is None


def test_cells_that_only_one_answered(tmp_path: Path) -> None:
    answer(tmp_path, "a", "李", (1, 0, 0))
    answer(tmp_path, "a", "王", (1, 0, 0, 0, 1))

    found = only(tmp_path)

    assert (found.cells, found.alone, found.disagreements) == (3, 2, ())


def test_every_two_annotators_who_share_a_report(tmp_path: Path) -> None:
    """李 and 王 answered a, 王 and 赵 b; a of another folder is another report."""
    for report, names in (("a", "李王"), ("b", "王赵")):
        for who in names:
            answer(tmp_path, report, who, (0, 0, 0, 0, 0))
    answer(tmp_path / "more", "a", "赵", (0, 0, 0, 0, 0))

    found = agreements(find_answers(tmp_path))

    assert [(one.first, one.second, one.reports) for one in found] == [("李", "王", 1), ("王", "赵", 1)]


def test_the_command_shows_the_pair_and_its_disagreements(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(tmp_path, "a", "李", (1, 0, 0, 0, 1))
    answer(tmp_path, "a", "王", (1, 0, 2, 0, 1))

    assert run("agreement", tmp_path, "--json", tmp_path / "found.json") == 0

    said = capsys.readouterr().out
    assert "李 与 王 共同答过 1 份报告 5 格" in said
    assert "原印一致 80.00%（1 个机关，没有区间）；任一方不为零的 3 格 66.67%" in said
    assert "κ 0.667" in said
    assert "李 印 0 取 0，王 印 2 取 2；王 的数不合 t4.review.results" in said
    (pair,) = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))["pairs"]
    assert pair["disagreements"][0]["second"]["breaks"] == ["t4.review.results"]


def test_without_two_annotators_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(tmp_path, "a", "李", (1, 0, 0, 0, 1))
    answer(tmp_path, "b", "王", (1, 0, 0, 0, 1))

    assert run("agreement", tmp_path) == 0

    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("没有两个标注人答过同一份报告") and "有 2 份" in line


def test_a_malformed_answer_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.李.annotator.json").write_text("{", encoding="utf-8")

    with pytest.raises(GoujiError, match="E303"):
        find_answers(tmp_path)
    assert run("agreement", tmp_path) == 2
    assert "a.李.annotator.json" in capsys.readouterr().err
