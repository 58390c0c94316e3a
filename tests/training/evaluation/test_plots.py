from __future__ import annotations

import re

import pytest

from tests.pipeline.show.browser import Elements
from training.evaluation.figures import Plot, Series
from training.evaluation.plots import Axis, draw, ticks


def lines(*series: Series, x: str = "覆盖率", y: str = "错的占比") -> Plot:
    return Plot(title="曲线", kind="lines", x=x, y=y, series=series)


def bars(*series: Series, names: tuple[str, ...] = ("甲", "乙")) -> Plot:
    return Plot(title="条形", kind="bars", x="省份", y="占比", series=series, names=names)


def texts(drawing: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)<", drawing)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, (0, 0.2, 0.4, 0.6, 0.8, 1)),
        (0, 0.00064, (0, 0.0002, 0.0004, 0.0006, 0.0008)),
        (0.93, 0.99, (0.92, 0.94, 0.96, 0.98, 1.0)),
        (-3, 4, (-4, -2, 0, 2, 4)),
        (0, 1234, (0, 250, 500, 750, 1000, 1250)),
    ],
)
def test_ticks_are_round_and_hold_all_values(low, high, expected):
    assert ticks(low, high) == pytest.approx(expected)


def test_a_single_value_has_room_on_both_sides():
    found = ticks(5, 5)
    assert found[0] < 5 < found[-1]


def test_an_axis_maps_its_ends_and_its_middle():
    axis = Axis((0.0, 0.5, 1.0), start=200, end=0, shares=True)
    assert [axis.at(value) for value in (0, 0.25, 1)] == [200, 150, 0]
    assert [axis.text(tick) for tick in axis.ticks] == ["0%", "50%", "100%"]
    assert Axis((0.985, 0.99, 0.995), 0, 1, True).text(0.985) == "98.5%"
    assert Axis((0.0, 0.025, 0.05), 0, 1, True).text(0.025) == "2.5%"


def test_an_axis_of_small_shares_counts_per_ten_thousand():
    small = Axis((0.0, 0.00025, 0.0005), 0, 1, shares=True)
    assert [small.text(tick) for tick in small.ticks] == ["0.0", "2.5", "5.0"]
    assert small.name("错的占比") == "错的占比（万分之）"
    assert Axis((0.0, 0.001, 0.002), 0, 1, shares=True).name("错的占比") == "错的占比"


def test_lines_differ_by_marker_and_references_are_dashed():
    drawing = draw(
        lines(
            Series(name="并用", points=((0.1, 0.01), (1.0, 0.02))),
            Series(name="规则", points=((0.1, 0.03), (1.0, 0.04))),
            Series(name="规则：最好的次序", points=((0.1, 0.0), (1.0, 0.04)), dashed=True),
            Series(name="别的", points=((0.1, 0.0), (1.0, 0.03)), dashed=True),
        ),
        "p",
    )

    tags = Elements(drawing).tags
    paths = [attributes for tag, attributes in tags if tag == "path" and "line" in str(attributes.get("class"))]
    in_plot = [path for path in paths if path["d"] != "M1 7L25 7"]
    # A reference has the colour of the line that it belongs to; one of its own is grey.
    assert [path["class"] for path in in_plot] == ["line c0", "line c1", "line c1", "line grey"]
    dashes = [path.get("stroke-dasharray") for path in in_plot]
    assert dashes[:2] == [None, None]
    assert len({*dashes[2:]}) == 2
    # Two points each and one in the legend.
    assert len([tag for tag, _ in tags if tag == "circle"]) == 3
    assert len([1 for tag, attributes in tags if tag == "rect" and attributes.get("width") == "6.4"]) == 3


def test_what_is_held_against_the_diagonal_has_the_same_scale_both_ways():
    drawing = draw(
        lines(
            Series(name="并用", points=((0.9, 0.96), (0.99, 0.97))),
            Series(name="把握即占比", points=((0.9, 0.9), (1.0, 1.0)), dashed=True),
            x="把握", y="实际正确的占比",
        ),
        "p",
    )  # fmt: skip

    found = texts(drawing)
    across, up = found[: found.index("把握")], found[found.index("把握") + 1 : -1]
    assert across == up == ["90%", "92%", "94%", "96%", "98%", "100%"]
    _legend, diagonal = re.findall(r'class="line grey" d="([^"]*)"', drawing)
    assert diagonal == "M52 258L418 26"


def test_points_on_one_spot_are_drawn_once():
    many = Series(name="并用", points=tuple((index / 100_000, 0.5) for index in range(100_001)))
    drawing = draw(lines(many), "p")
    assert len(drawing) < 20_000
    assert drawing.count("<circle") == 10  # nine marked points and the legend


def test_bars_are_as_long_as_their_values_and_say_them():
    drawing = draw(bars(Series(name="并用", points=((0.0, 0.5), (1.0, 1.0)))), "p")

    rects = [attributes for tag, attributes in Elements(drawing).tags if tag == "rect" and attributes.get("class")]
    widths = [float(str(rect["width"])) for rect in rects]
    assert widths[1] == pytest.approx(2 * widths[0])
    assert {"甲", "乙", "50.00 %", "100.00 %", "省份", "占比"} <= set(texts(drawing))


def test_bars_of_several_series_differ_by_hatching():
    drawing = draw(
        bars(Series(name="并用", points=((0.0, 0.5),)), Series(name="规则", points=((0.0, 0.25),)), names=("甲",)), "q"
    )
    patterns = re.findall(r'<pattern id="q-h(\d)".*?<path d="([^"]*)"', drawing)
    assert [number for number, _ in patterns] == ["0", "1"]
    assert patterns[0][1] != patterns[1][1]
    assert drawing.count("url(#q-h1)") == 2  # the bar and the legend


def test_a_long_name_is_cut_and_told_in_full():
    name = "公共资源交易监督管理局办公室综合科"
    drawing = draw(bars(Series(name="并用", points=((0.0, 0.5),)), names=(name,)), "p")
    assert f"<title>{name}</title>" in drawing
    assert "公共资源交易监…" in drawing


def test_bars_may_go_below_zero():
    drawing = draw(bars(Series(name="差", points=((0.0, -2.0), (1.0, 3.0)))), "p")
    assert "−2" in texts(drawing)
    rects = [attributes for tag, attributes in Elements(drawing).tags if tag == "rect" and attributes.get("class")]
    ends = [(float(str(rect["x"])), float(str(rect["width"]))) for rect in rects]
    assert sum(ends[0]) == pytest.approx(ends[1][0])  # one ends where the other begins, at 0


def test_nothing_to_draw_is_said():
    assert "没有可画的数据" in draw(lines(Series(name="并用", points=((0.5, float("nan")),))), "p")
    assert "没有可画的数据" in draw(bars(), "p")


def test_one_point_is_drawn_without_a_line():
    drawing = draw(lines(Series(name="并用", points=((0.3, 0.3),))), "p")
    assert drawing.count("<circle") == 2
    assert drawing.count('class="line') == 1  # in the legend only


def test_names_make_no_markup():
    hostile = '"><script>alert(1)</script>'
    drawing = draw(lines(Series(name=hostile, points=((0.0, 0.1), (1.0, 0.2))), x=hostile, y=hostile), "p")
    drawing += draw(bars(Series(name=hostile, points=((0.0, 0.5),)), names=(hostile,)), "q")
    assert "script" not in {tag for tag, _ in Elements(drawing).tags}
