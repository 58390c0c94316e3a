from __future__ import annotations

import re
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import E101, E303, GoujiError
from tests.training.evaluation.made import report_of_cells as report
from training.evaluation.compare import Comparison, as_markdown, as_text, compare, read_results, run_compare
from training.evaluation.figures import Evaluation, Figure, Part
from training.evaluation.results import ReportResult


def figure(id_: str, value: float | None, low: float | None = None, high: float | None = None, **more: Any) -> Figure:
    return Figure(id=id_, label=f"{id_} 的标签", value=value, low=low, high=high, **{"arm": "both", "n": 100, **more})


def evaluation(*figures: Figure, agencies: int = 12) -> Evaluation:
    parts = tuple(Part(number=at, title="", says="", figures=(one,)) for at, one in enumerate(figures))
    return Evaluation(
        command="gouji evaluate", version="0.1.0", reports=24, agencies=agencies, arms=("both",), parts=parts
    )


def run(right: int, agencies: int = 8, reports: int = 2, **more: Any) -> list[ReportResult]:
    """In each agency the first `right` reports are exact, the others have a wrong cell of four that is accepted."""
    return [
        report(f"r{at}-{number}", f"{at}局", wrong=int(number >= right), **more)
        for at in range(agencies)
        for number in range(reports)
    ]


def paired(old: Sequence[ReportResult], new: Sequence[ReportResult]) -> Comparison:
    return compare(evaluation(), evaluation(), old, new)


def test_the_interval_of_a_difference_by_hand() -> None:
    (found,) = compare(
        evaluation(figure("a", 0.50, 0.46, 0.53)), evaluation(figure("a", 0.60, 0.56, 0.65, n=90))
    ).figures
    # 3-4-5 triangles: the new one may be .04 less and the old .03 more, or the new .05 more and the old .04 less.
    assert found.change == pytest.approx(0.1)
    assert (found.low, found.high) == pytest.approx((0.1 - 0.05, 0.1 + sqrt(0.05**2 + 0.04**2)))
    assert found.significant
    assert found.n == (100, 90)


def test_newcombes_own_example() -> None:
    """Newcombe 1998, table II, first contrast, method 10: 56/70 less 48/80 is .20, from .0524 to .3339, out of the
    intervals of Wilson for the two."""
    from scipy import stats

    def wilson(right: int, of: int) -> Figure:
        interval = stats.binomtest(right, of).proportion_ci(0.95, "wilson")
        return figure("a", right / of, interval.low, interval.high)

    (found,) = compare(evaluation(wilson(48, 80)), evaluation(wilson(56, 70))).figures
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_significant_only_where_the_interval_excludes_0() -> None:
    old = evaluation(figure("same", 0.5, 0.4, 0.6), figure("up", 0.5, 0.4, 0.6), figure("down", 0.5, 0.4, 0.6))
    new = evaluation(figure("same", 0.6, 0.5, 0.7), figure("up", 0.7, 0.6, 0.8), figure("down", 0.3, 0.2, 0.4))
    assert [(one.id, one.significant) for one in compare(old, new).figures] == [
        ("same", False), ("up", True), ("down", True),
    ]  # fmt: skip
    few = compare(old.model_copy(update={"agencies": 5}), new)
    assert not any(one.significant for one in few.figures)


def test_without_a_value_or_an_interval_nothing_is_said() -> None:
    old = evaluation(figure("a", None), figure("b", 0.1), figure("c", 0.1, 0.1, 0.1))
    new = evaluation(figure("a", 0.5, 0.4, 0.6), figure("b", 0.9, 0.8, 1.0), figure("c", 0.9))
    found = compare(old, new).figures
    assert [one.change for one in found] == [None, 0.8, 0.8]
    assert all(one.low is one.high is None and not one.significant for one in found)


def test_figures_are_matched_by_id_arm_and_group() -> None:
    old = [figure("a", 0.1), figure("a", 0.2, arm="rules"), figure("a", 0.3, group="省份 浙江"), figure("b", 1)]
    new = [figure("c", 1), figure("a", 0.6, group="省份 浙江"), figure("a", 0.4), figure("a", 0.5, arm="tagger")]
    found = compare(evaluation(*old), evaluation(*new))
    assert [(one.arm, one.group, one.old, one.new) for one in found.figures] == [
        ("both", "省份 浙江", 0.3, 0.6), ("both", "全部", 0.1, 0.4),
    ]  # fmt: skip
    assert [(one.id, one.arm) for one in found.only_old] == [("a", "rules"), ("b", "both")]
    assert [(one.id, one.arm) for one in found.only_new] == [("c", "both"), ("a", "tagger")]


def test_results_in_pairs() -> None:
    old, new = run(0), run(1)
    # One agency more gained its second report than lost one: 8 of 16 reports gained, 1 more, none lost.
    new[1] = report("r0-1", "0局")
    found = paired(old, new)
    exact, right, wrong = found.paired
    assert (exact.old, exact.new, exact.agencies, exact.n) == (0, 9 / 16, 8, (16, 16))
    assert exact.low == pytest.approx(0.5) and exact.high is not None and exact.high > 9 / 16
    assert (right.old, right.new) == (0.75, 1 - 7 / 64)
    assert (wrong.old, wrong.new) == (0.25, 7 / 64)
    assert all(one.significant for one in found.paired)
    assert (found.pairs, found.unpaired) == (16, 0)
    (test,) = found.mcnemar
    assert (test.both, test.only_old, test.only_new, test.neither) == (0, 0, 9, 7)
    assert test.p == pytest.approx(2 / 2**9)


def test_mcnemar_by_hand() -> None:
    exact_old = [True] * 3 + [True] + [False] * 6 + [False] * 2
    exact_new = [True] * 3 + [False] + [True] * 6 + [False] * 2
    old = [report(f"r{at}", f"{at}局", wrong=not exact) for at, exact in enumerate(exact_old)]
    new = [report(f"r{at}", f"{at}局", wrong=not exact) for at, exact in enumerate(exact_new)]
    (test,) = paired(old, new).mcnemar
    assert (test.both, test.only_old, test.only_new, test.neither) == (3, 1, 6, 2)
    # 1 or fewer of 7, and 6 or more of 7: 2 x (1 + 7) / 128.
    assert test.p == pytest.approx(0.125)


def test_a_run_beside_itself() -> None:
    old = [report(f"r{at}", f"{at}局", wrong=at % 3) for at in range(12)]
    found = compare(evaluation(figure("a", 0.5, 0.4, 0.6)), evaluation(figure("a", 0.5, 0.4, 0.6)), old, old)
    assert [one.change for one in (*found.figures, *found.paired)] == [0, 0, 0, 0]
    assert not any(one.significant for one in (*found.figures, *found.paired))
    assert found.mcnemar[0].p == 1


def test_five_agencies_are_never_enough() -> None:
    old = [report(f"r{at}", f"{at}局", wrong=4) for at in range(5)]
    new = [report(f"r{at}", f"{at}局", wrong=at % 2) for at in range(5)]
    right = paired(old, new).paired[1]
    assert right.low is not None and right.low > 0.7
    assert not right.significant


def test_what_was_left_open_is_neither_right_nor_wrong_and_accepted() -> None:
    old = [report(f"r{at}", f"{at}局", wrong=2) for at in range(6)]
    new = [report(f"r{at}", f"{at}局", open_=2) for at in range(6)]
    exact, right, wrong = paired(old, new).paired
    assert (exact.change, right.change, wrong.change) == (0, 0, -0.5)


def test_only_the_same_question_is_compared() -> None:
    """A document or a gold that has changed, a report of one run only, and another arm have no partner."""
    old = [report("same", "甲局", wrong=1), report("bytes", "乙局"), report("gold", "丙局"), report("gone", "丁局")]
    new = [report("same", "甲局"), report("bytes", "乙局", sha256="1"), report("gold", "丙局"), report("came", "戊局")]
    corrected = new[2].fields[0].model_copy(update={"gold": 7})
    new[2] = new[2].model_copy(update={"fields": (corrected, *new[2].fields[1:])})
    found = paired(old, [*new, report("same", "甲局", arm="rules")])
    assert (found.pairs, found.unpaired) == (1, 3 + 4)
    assert found.paired[0].change == 1
    assert found.paired[0].low is None
    none = paired(old[1:], new[1:])
    assert (none.pairs, none.unpaired, none.paired, none.mcnemar) == (0, 6, (), ())
    assert "没有同一文件" in as_text(none)


def test_an_agency_renamed_since_is_still_one() -> None:
    old = [report(f"r{at}", "", wrong=1) for at in range(6)]
    new = [report(f"r{at}", "甲局" if at < 2 else f"{at}局") for at in range(6)]
    assert [one.agencies for one in paired(old, new).paired] == [5, 5, 5]


def test_arms_are_kept_apart_and_in_their_order() -> None:
    old = run(0, arm="rules") + run(1)
    new = run(1, arm="rules") + run(1)
    found = paired(old, new)
    assert [(one.arm, one.id, one.change) for one in found.paired[::3]] == [
        ("both", "paired.exact", 0), ("rules", "paired.exact", 0.5),
    ]  # fmt: skip
    assert [one.only_new for one in found.mcnemar] == [0, 8]


def written(folder: Path, what: Evaluation, results: Sequence[ReportResult] = ()) -> Path:
    for one in results:
        path = folder / "results" / one.arm / f"{one.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(one.model_dump_json(), encoding="utf-8")
    folder.mkdir(exist_ok=True)
    (folder / "evaluation.json").write_text(what.model_dump_json(), encoding="utf-8")
    return folder / "evaluation.json"


def test_the_text_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    was = figure("time", 1.5, 1.4, 1.6, unit="seconds", better="low")
    now = figure("time", 2.0, 1.9, 2.1, unit="seconds", better="low")
    gone = figure("gone", 3, unit="count")
    old = written(tmp_path / "old", evaluation(figure("exact", 0.5, 0.4, 0.6), was, gone))
    new = written(tmp_path / "new", evaluation(figure("exact", 0.7, 0.62, 0.8, n=90), now))
    assert run_compare(old, new) == 0
    said = capsys.readouterr().out
    rows = {line.split()[0]: re.split("  +", line)[3:] for line in said.splitlines() if line.strip()}
    assert rows["exact"] == [
        "旧 100，新 90", "50.00%", "70.00%", "+20.00 百分点", "+7.19 至 +34.14 百分点", "显著变好",
    ]  # fmt: skip
    assert rows["time"] == ["100", "1.50 秒", "2.00 秒", "+0.50 秒", "+0.36 至 +0.64 秒", "显著变差"]
    assert rows["gone"] == ["100", "3"]
    assert "成对比较\n" not in said
    # Columns start at the same place to the eye.
    header, _, first, second = said.split("各项指标\n\n")[1].splitlines()[:4]
    before = (header.split("判断")[0], first.split("显著变好")[0], second.split("显著变差")[0])
    assert len({len(text.encode("gbk")) for text in before}) == 1


def test_results_beside_the_files_are_compared_in_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = written(tmp_path / "old", evaluation(figure("a|b", 0.5)), run(0))
    new = written(tmp_path / "new", evaluation(figure("a|b", 0.5)), run(1))
    assert read_results(old.parent) == run(0)
    assert run_compare(old, new, markdown=True) == 0
    said = capsys.readouterr().out
    assert "## 成对比较" in said and "共 16 对" in said
    assert "| 全对的报告 | 规则与模型并用 | 全部 | 16 | 0.00% | 50.00% | +50.00 百分点 |" in said
    assert "| 规则与模型并用 | 0 | 0 | 8 | 8 | 0.00781 |" in said
    assert "| a\\|b 的标签 |" in said
    tables = [block.splitlines() for block in said.split("\n\n") if block.startswith("|")]
    assert len(tables) == 3
    assert all(len({line.replace("\\|", "").count("|") for line in table}) == 1 for table in tables)


def test_results_of_one_run_alone_are_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = written(tmp_path / "old", evaluation(figure("a", 0.5)), run(0))
    new = written(tmp_path / "new", evaluation(figure("a", 0.5)))
    assert run_compare(old, new) == 0
    assert "McNemar" not in capsys.readouterr().out


def test_markdown_and_text_say_the_same() -> None:
    found = compare(evaluation(figure("a", 0.5, 0.4, 0.6)), evaluation(figure("a", 0.7, 0.6, 0.8)), run(0), run(1))
    words = [word for word in as_text(found).split() if set(word) - {"-"}]
    assert words == [word for word in as_markdown(found).split() if word not in {"|", "##"} and set(word) - {"-"}]


def test_files_that_are_not_ours(tmp_path: Path) -> None:
    good = written(tmp_path / "good", evaluation())
    with pytest.raises(GoujiError) as absent:
        run_compare(good, tmp_path / "none.json")
    assert absent.value.kind is E101
    for text in ("{", "[]", '{"schema_": "gouji-evaluation/2"}', ""):
        bad = tmp_path / "bad.json"
        bad.write_text(text, encoding="utf-8")
        with pytest.raises(GoujiError) as wrong:
            run_compare(bad, good)
        assert wrong.value.kind is E303
        assert "bad.json" in str(wrong.value) and "\n" not in str(wrong.value)
    result = written(tmp_path / "other", evaluation(), run(1)).parent / "results" / "both" / "r0-0.json"
    result.write_text("{}", encoding="utf-8")
    with pytest.raises(GoujiError, match=r"r0-0\.json"):
        run_compare(good, tmp_path / "other" / "evaluation.json")
