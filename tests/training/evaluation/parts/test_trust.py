from __future__ import annotations

import pytest

from tests.training.evaluation.made import field, report
from training.evaluation.figures import Figure, Part
from training.evaluation.intervals import exact_upper_bound
from training.evaluation.parts.trust import SECONDS_A_FIELD, part
from training.evaluation.results import ARMS, ReportResult

E201 = "[E201] 不是政府信息公开工作年度报告：没有找到年报的表格或各部分标题。确认文件内容"


def results() -> list[ReportResult]:
    """Four reports of three agencies: exact; one cell wrong and accepted; one open; one that failed."""
    return [
        report(*(field(1, confidence=0.9) for _ in range(4)), name="一", agency="甲", seconds=0.5, pages=3),
        report(
            *(field(1, confidence=0.9) for _ in range(3)), field(1, value=2, status="read", confidence=0.8),
            name="二", agency="甲", status="repaired", seconds=1.5, pages=1,
        ),
        report(
            field(1, confidence=0.9), field(1, confidence=0.9),
            field(1, value=None, status="ambiguous", confidence=0.0), field(1, status="inconsistent", confidence=0.5),
            name="三", agency="乙", status="review", seconds=1.0, pages=1,
        ),
        report(
            *(field(1, read=None, kind="absent", value=None, confidence=0.0) for _ in range(4)),
            name="四", agency="丙", status="failed", error=E201, seconds=1.0, pages=1,
        ),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def made() -> Part:
    return part([*results(), *(one.model_copy(update={"arm": "rules", "seconds": 0.0}) for one in results()[:3])])


def figure(made: Part, id: str, arm: str = "both") -> Figure:
    (found,) = [one for one in made.figures if (one.id, one.arm) == (id, arm)]
    return found


def test_what_is_wrong_and_accepted_comes_first_with_its_upper_bound(made: Part) -> None:
    """10 of the 16 known cells are accepted: 4, 4, 2 and none. One of them is wrong."""
    first = made.figures[0]

    assert (first.id, first.arm, first.better) == ("trust.wrong_accepted", "both", "low")
    assert first.n == 10
    assert first.value == pytest.approx(1 / 10)
    exact = exact_upper_bound(1, 10)
    assert first.high is not None and exact is not None and first.high >= exact


def test_reports_with_any_wrong_and_accepted_cell(made: Part) -> None:
    found = figure(made, "trust.wrong_accepted.reports")

    assert (found.n, found.value) == (4, 0.25)


def test_reports_that_nobody_need_look_at_are_means_over_agencies(made: Part) -> None:
    """甲 2 of 2, 乙 and 丙 none; of the two, one is exact."""
    assert figure(made, "trust.untouched").value == pytest.approx(1 / 3)
    assert figure(made, "trust.untouched").n == 4
    assert figure(made, "trust.untouched.exact").value == 0.5
    assert figure(made, "trust.untouched.exact").n == 2


def test_coverage_by_hand(made: Part) -> None:
    """Taken first: nine cells of 0.9, all right, of sixteen. Of four reports the exact one, which is surer."""
    assert figure(made, "trust.coverage.cells").value == pytest.approx(9 / 16)
    assert figure(made, "trust.coverage.reports").value == pytest.approx(1 / 4)


def test_calibration_by_hand(made: Part) -> None:
    """Of the eleven with a value nine claim .9 and are right, one claims .8 and is wrong, one .5 and is right."""
    assert figure(made, "trust.ece").n == 11
    assert figure(made, "trust.ece").value == pytest.approx((9 * 0.1 + 0.8 + 0.5) / 11)
    assert figure(made, "trust.brier").value == pytest.approx((9 * 0.01 + 0.64 + 0.25) / 11)


def test_the_area_is_what_it_is_by_hand(made: Part) -> None:
    """Nine right, one wrong (.8), one right (.5), five that have no value: 1/10, 1/11, then 2/12 ... 6/16."""
    risks = [1 / 10, 1 / 11, *((at - 10) / at for at in range(12, 17))]
    best = [(at - 10) / at for at in range(11, 17)]

    assert figure(made, "trust.aurc").value == pytest.approx(sum(risks) / 16)
    assert figure(made, "trust.aurc.excess").value == pytest.approx((sum(risks) - sum(best)) / 16)


def test_fields_to_look_at_are_means_over_agencies_and_minutes_follow(made: Part) -> None:
    """甲 none, 乙 two of one report, 丙 four."""
    fields, minutes = figure(made, "trust.looks"), figure(made, "trust.minutes")

    assert (fields.value, fields.n, fields.unit) == (2.0, 4, "count")
    assert minutes.value == pytest.approx(2.0 * SECONDS_A_FIELD / 60)
    assert (minutes.unit, minutes.better) == ("minutes", "low")
    assert f"每格 {SECONDS_A_FIELD} 秒" in made.says


def test_agencies_without_anything_to_look_at_do_not_make_that_certain() -> None:
    alike = part([report(field(1), field(1), name=agency, agency=agency) for agency in "甲乙丙丁"])

    found = figure(alike, "trust.looks")

    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx((1 - 0.025**0.25) * 2)


def test_pages_a_second_over_what_was_timed(made: Part) -> None:
    assert figure(made, "trust.pages_a_second").value == pytest.approx(6 / 4)
    assert figure(made, "trust.pages_a_second").n == 6
    assert [one.arm for one in made.figures if one.id == "trust.pages_a_second"] == ["both"]


def test_failures_by_reason(made: Part) -> None:
    table = made.tables[3]

    assert table.rows == (
        (ARMS["both"], "E201", "不是政府信息公开工作年度报告：没有找到年报的表格或各部分标题", 1, 0.25, "四"),
    )
    assert figure(made, "trust.failed").value == pytest.approx(1 / 3)
    assert figure(made, "trust.failed", "rules").value == 0.0


def test_what_another_arm_read_fails_and_takes_time_once() -> None:
    anew = [one.model_copy(update={"arm": "no-reconcile", "seconds": 0.0}) for one in results()]

    made = part([*results(), *anew])

    assert [row[0] for row in made.tables[3].rows] == [ARMS["both"]]
    assert [one.arm for one in made.figures if one.id == "trust.failed"] == ["both"]
    assert {one.arm for one in made.figures if one.id == "trust.untouched"} == {"both", "no-reconcile"}


def test_the_commonest_failure_comes_first() -> None:
    errors = ["[E105] 文件损坏或不完整：一。重新下载", "", "[E201] 不是年报。确认", "[E201] 不是年报。确认"]
    failed = [
        report(field(1, value=None), name=f"{at}", status="failed", error=error) for at, error in enumerate(errors)
    ]

    rows = part(failed).tables[3].rows

    assert [row[1:4] for row in rows] == [
        ("E201", "不是年报", 2), ("E105", "文件损坏或不完整：一", 1), ("无代码", "", 1),
    ]  # fmt: skip


def test_page_images_are_timed_apart() -> None:
    table = part(
        [
            report(field(1), name="一", seconds=0.5, pages=4),
            report(field(1), name="二", seconds=10.0, pages=2, groups=("level heavy",)),
        ]
    ).tables[2]

    assert [row[1:6] for row in table.rows] == [("页面图像", 1, 2, 0.2, 10.0), ("其他", 1, 4, 8.0, 0.5)]


def test_what_a_person_looks_at_by_status(made: Part) -> None:
    assert made.tables[0].rows[0] == (ARMS["both"], 4, 2, 1, 1, 4, 6)


def test_plots_of_each_arm_have_their_reference_dashed(made: Part) -> None:
    assert len(made.plots) == 4
    for plot in made.plots:
        line, reference = plot.series
        assert (line.dashed, reference.dashed) == (False, True)
        for series in plot.series:
            assert [x for x, _ in series.points] == sorted(x for x, _ in series.points)
    risk, reliability = made.plots[0], made.plots[1]
    assert risk.series[0].points[0] == pytest.approx((9 / 16, 0.0))
    assert risk.series[0].points[-1] == risk.series[1].points[-1] == pytest.approx((1.0, 6 / 16))
    assert [(round(x, 9), y) for x, y in reliability.series[0].points] == [(0.5, 1.0), (0.8, 0.0), (0.9, 1.0)]


def test_long_curves_are_thinned_between_their_ends() -> None:
    fields = [field(1, id=f"t3.a.{at}", confidence=at / 1000) for at in range(1000)]

    points = part([report(*fields)]).plots[0].series[0].points

    assert len(points) == 200
    assert points[0] == pytest.approx((0.001, 0.0))
    assert points[-1] == pytest.approx((1.0, 0.0))


def test_nothing_at_all_is_a_part_without_figures() -> None:
    empty = part([])

    assert empty.number == 8
    assert empty.figures == ()
    assert empty.plots == ()
