from __future__ import annotations

import pytest

from tests.training.evaluation.sample import evaluation, rare, share
from training.evaluation.figures import Figure, Part
from training.evaluation.words import (
    FigureText,
    are_shares,
    arms_of,
    count_text,
    figure_text,
    headlines,
    number_text,
    share_text,
    value_text,
)


def figure(**changes: object) -> Figure:
    return Figure(id="a", label="甲", arm="both", value=None, n=412, of="份报告").model_copy(update=changes)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9995, "99.95 %"),
        (0.001, "0.10 %"),
        (0.000432, "万分之 4.32"),
        (0.0, "0.00 %"),
        (1.0, "100.00 %"),
        (0.99997, "99.997 %"),  # not 100: something was wrong
        (0.0000004, "万分之 0.004"),
        (0.1 + 0.2 + 0.7, "100.00 %"),
        (0.9999999999999999, "100.00 %"),
    ],
)
def test_shares_are_per_cent_and_small_ones_per_ten_thousand(value, text):
    assert share_text(value) == text


def test_an_interval_has_the_scale_of_its_value():
    assert figure_text(figure(value=0.9995, low=0.998, high=0.9998)) == FigureText(
        "99.95 %", "99.80–99.98 %", "412 份报告"
    )
    assert figure_text(figure(value=0.0004, low=0.0001, high=0.0012)).interval == "万分之 1.00–12.00"
    # Nothing was seen, but little was looked at: a bound of 5 % is not 万分之 500.
    assert figure_text(figure(value=0.0, low=0.0, high=0.05, better="low")).interval == "上限 5.00 %"


def test_of_what_must_not_happen_the_upper_bound_is_shown():
    text = figure_text(rare("trust.wrong_accepted", "错而采用", events=0, n=10_000))

    assert text == FigureText("万分之 0.00", "上限 万分之 3.00", "10,000 格", is_bound=True)
    assert figure_text(figure(value=0.2, high=0.3)).interval == "上限 30.00 %"
    assert not figure_text(figure(value=0.0, low=0.0, high=0.1, better="high")).is_bound


def test_nothing_counted_is_a_dash():
    assert figure_text(figure(value=None, n=0)) == FigureText("—", "", "0 份报告")
    assert figure_text(figure(value=float("nan"))).value == "—"
    assert figure_text(figure(value=0.5)).interval == ""


@pytest.mark.parametrize(
    ("changes", "value", "interval"),
    [
        ({"unit": "minutes", "value": 0.41, "low": 0.3, "high": 0.5}, "0.41 分钟", "0.30–0.50 分钟"),
        ({"unit": "seconds", "value": 0.0031, "low": 0.002, "high": 0.004}, "0.0031 秒", "0.0020–0.0040 秒"),
        ({"unit": "count", "value": 25.0, "low": 20.0, "high": 32.5}, "25.00", "20.00–32.50"),
        ({"unit": "count", "value": 12_000, "low": 9_000, "high": 15_000}, "12,000", "9000–15,000"),
        ({"unit": "number", "value": 0.021, "low": 0.0168, "high": 0.03}, "0.0210", "0.0168–0.0300"),
    ],
)
def test_other_units(changes, value, interval):
    text = figure_text(figure(**changes))
    assert (text.value, text.interval) == (value, interval)


def test_counts_and_numbers():
    assert [count_text(value) for value in (0, 2021, 60_564, 2.5)] == ["0", "2021", "60,564", "2.50"]
    assert [number_text(value) for value in (0.04, 3.14159, 1234.5, -0.5)] == ["0.04", "3.14", "1,234", "−0.5"]


def test_a_column_is_of_shares_if_it_has_floats_within_one_and_says_nothing_else():
    assert are_shares("全对占比", [0.5, None, 1.0, "—"])
    assert not are_shares("报告数", [0, 1, 1])  # counts are no floats
    assert not are_shares("每页秒数", [0.41, 0.02])
    assert not are_shares("改进", [-0.1, 0.2])
    assert not are_shares("倍数", [0.5, 1.5])
    assert not are_shares("机关", ["甲", None])


def test_values_of_tables():
    assert value_text(0.5, as_share=True) == "50.00 %"
    assert value_text(0.5, as_share=False) == "0.5"
    assert value_text(None, as_share=True) == "—"
    assert value_text("-", as_share=False) == "-"
    assert value_text(2021, as_share=False) == "2021"


def test_arms_stand_in_the_order_of_the_evaluation_and_baselines_last():
    figures = [share("a", "甲", arm) for arm in ("全零基线", "rules", "both")]
    assert arms_of(evaluation(), figures) == ("both", "rules", "全零基线")


def test_headlines_are_the_overall_figures_by_id():
    part = Part(
        number=1, title="一", says="",
        figures=(
            share("exact.reports", "整份全对", "both", 0.9, group="省份 浙江"),
            share("exact.reports", "整份全对", "both", 0.8),
            share("exact.reports", "整份全对", "rules", 0.7),
        ),
    )  # fmt: skip

    found = dict(headlines(evaluation(part)))

    assert list(found) == ["整份全对", "格正确率", "错而采用", "免复核比例", "校准误差 ECE"]
    assert [one.value for one in found["整份全对"]] == [0.8, 0.7]
    assert found["格正确率"] == ()
