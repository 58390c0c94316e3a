"""Plots as SVG, drawn by hand: small enough to be read on a telephone, told apart without colour too.

Colours come from the page's style sheet by class (`c0`, `c1`, ...), so that they follow the dark scheme; beside them
lines differ by marker, and bars by hatching. A dashed series is a reference: no markers, the colour of the series
whose name its own begins with.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from training.evaluation.figures import Plot, Series
from training.evaluation.words import are_shares, number_text, share_text

WIDTH, HEIGHT = 440, 300
"""Units of the drawing; the page shows one as about one pixel."""
COLOURS = 6
"""Classes `c0` to `c5` of the style sheet; the seventh series has the first colour again, with another marker."""
LEFT, RIGHT, TOP, BOTTOM = 52, 22, 26, 42
"""Margins of a plot of lines, in units: room for the numbers and names of the axes."""
NAMES = 132
"""Width of the names of bars, units."""
VALUES = 74
"""Room for the number at the end of the longest bar, units."""
BAR, GAP = 13, 9
"""Height of a bar and space between places, units."""
_DASHES = ("6 4", "2 3", "9 3 2 3")
_HATCHINGS = (("", 0), ("M0 3H6", -45), ("M0 3H6", 0), ("M3 0V6", 0), ("M0 3H6M3 0V6", 45), ("M1 3h2", 0))
"""What is cut out of a bar, and by how many degrees it is turned; the first series is plain."""
_MARKED = 9
"""At most so many points of a line carry a marker."""
_CHARACTER = 13.5
"""Width of a Chinese character in a narrow window, where the plot's text is largest, units; others take about half."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: values from the first to the last tick onto units of the drawing."""

    ticks: tuple[float, ...]
    start: float
    end: float
    """Units at the first and at the last tick; for upright axes `start` is below, so larger."""
    shares: bool

    def at(self, value: float) -> float:
        first, last = self.ticks[0], self.ticks[-1]
        return round(self.start + (value - first) / (last - first) * (self.end - self.start), 2)

    @property
    def is_small(self) -> bool:
        """Whether it is of shares so small that they are told per 10 000."""
        return self.shares and max(map(abs, self.ticks)) <= 0.001

    def text(self, tick: float) -> str:
        if not self.shares:
            return number_text(tick)
        whole = 10_000 if self.is_small else 100
        step = (self.ticks[1] - self.ticks[0]) * whole
        decimals = next((places for places in range(6) if abs(round(step, places) - step) < 1e-9), 6)
        return f"{tick * whole:.{decimals}f}{'' if self.is_small else '%'}"

    def name(self, label: str) -> str:
        return f"{label}（万分之）" if self.is_small else label


def draw(plot: Plot, name: str) -> str:
    """The plot with its legend, as HTML.

    Args:
        name: what ids inside the drawing begin with; unique on the page.
    """
    shown = tuple(_finite(series) for series in plot.series)
    if not any(series.points for series in shown):
        return '<p class="empty">没有可画的数据。</p>'
    body, height = _bars(plot, shown, name) if plot.kind == "bars" else _lines(plot, shown)
    label = f"{plot.title}：{'，'.join(series.name for series in shown)}"
    svg = (
        f'<svg class="drawing" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f"{''.join(body)}</svg>"
    )
    return _legend(plot, shown, name) + svg


def ticks(low: float, high: float, wanted: int = 5) -> tuple[float, ...]:
    """Round numbers, at even steps of 1, 2, 2.5 or 5 times a power of ten, from at most `low` to at least `high`.

    Args:
        wanted: about how many steps; one more or less where that makes them round.
    """
    if high - low < 1e-12:
        room = abs(high) / 10 or 1.0
        low, high = low - room, high + room
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(index * step, 12) for index in range(first, last + 1))


def _finite(series: Series) -> Series:
    points = tuple(point for point in series.points if all(map(math.isfinite, point)))
    return series.model_copy(update={"points": points})


def _lines(plot: Plot, shown: Sequence[Series]) -> tuple[list[str], int]:
    xs = [x for series in shown for x, _ in series.points]
    ys = [y for series in shown for _, y in series.points]
    across, up = are_shares(plot.x, xs), are_shares(plot.y, ys)
    if _has_diagonal(shown):
        # What is held against the diagonal needs the same scale both ways.
        xs = ys = [*xs, *ys]
    x_ticks, y_ticks = _range(xs, across), _range(ys, up)
    bottom = HEIGHT - BOTTOM
    x_axis = Axis(x_ticks, LEFT, WIDTH - RIGHT, across)
    y_axis = Axis(y_ticks, bottom, TOP, up)
    body = [*_across(x_axis, TOP, bottom, plot.x), *_up(y_axis, plot.y)]
    classes = _classes(shown)
    for number, series in enumerate(shown):
        places = [(x_axis.at(x), y_axis.at(y)) for x, y in series.points]
        path = "M" + "L".join(f"{x:g} {y:g}" for x, y in _thinned(places))
        if len(places) > 1:
            body.append(f'<path class="line {classes[number]}" d="{path}"{_dashes(shown, number)}/>')
        if not series.dashed:
            body += [
                f'<g class="point {classes[number]}">{_marker(number, *places[index])}'
                f"<title>{escape(_told(series, index, x_axis, y_axis))}</title></g>"
                for index in _marked(len(places))
            ]
    return body, HEIGHT


def _range(values: Sequence[float], shares: bool) -> tuple[float, ...]:
    """Ticks round the values. The axis begins at 0 unless that would press all values into its far half."""
    low, high = min(values), max(values)
    start = min(0.0, low) if low < high / 2 or low == high else low
    found = ticks(start, high)
    return tuple(tick for tick in found if tick <= 1 + 1e-9) if shares and high <= 1 else found


def _has_diagonal(shown: Sequence[Series]) -> bool:
    return any(series.dashed and len(series.points) == 2 and all(x == y for x, y in series.points) for series in shown)


def _across(axis: Axis, top: float, bottom: float, label: str) -> Iterator[str]:
    yield f'<line class="axis" x1="{axis.start:g}" y1="{bottom:g}" x2="{axis.end:g}" y2="{bottom:g}"/>'
    for tick in axis.ticks:
        x = axis.at(tick)
        yield f'<line class="grid" x1="{x:g}" y1="{top:g}" x2="{x:g}" y2="{bottom + 4:g}"/>'
        # The last number is pushed in, or it would leave the drawing.
        anchor = "end" if x > WIDTH - RIGHT - 1 and len(axis.text(tick)) > 4 else "middle"
        yield f'<text x="{x + (RIGHT if anchor == "end" else 0):g}" y="{bottom + 16:g}" text-anchor="{anchor}">'
        yield f"{escape(axis.text(tick))}</text>"
    yield f'<text class="name" x="{(axis.start + axis.end) / 2:g}" y="{bottom + 34:g}" text-anchor="middle">'
    yield f"{escape(axis.name(label))}</text>"


def _up(axis: Axis, label: str) -> Iterator[str]:
    yield f'<line class="axis" x1="{LEFT}" y1="{axis.start:g}" x2="{LEFT}" y2="{axis.end:g}"/>'
    for tick in axis.ticks:
        y = axis.at(tick)
        yield f'<line class="grid" x1="{LEFT - 4}" y1="{y:g}" x2="{WIDTH - RIGHT}" y2="{y:g}"/>'
        yield f'<text x="{LEFT - 7}" y="{y + 4:g}" text-anchor="end">{escape(axis.text(tick))}</text>'
    yield f'<text class="name" x="4" y="13">{escape(axis.name(label))}</text>'


def _bars(plot: Plot, shown: Sequence[Series], name: str) -> tuple[list[str], int]:
    """Lying bars: names of any length stand beside them, and there is room for the number at the end of each."""
    values = [y for series in shown for _, y in series.points]
    shares = are_shares(plot.y, values)
    places = sorted({x for series in shown for x, _ in series.points})
    step = BAR * len(shown) + GAP
    bottom = TOP + step * len(places) + GAP // 2
    axis = Axis(ticks(min(0.0, *values), max(0.0, *values), 4), NAMES, WIDTH - VALUES, shares)
    body = [_hatching(name, number, shown) for number in range(len(shown))]
    body += _across(axis, TOP - 4, bottom, plot.y)
    body.append(f'<text class="name" x="4" y="13">{escape(plot.x)}</text>')
    zero = axis.at(0)
    for row, place in enumerate(places):
        top = TOP + row * step + GAP / 2
        full = _name_of(plot, place, row, len(places))
        body.append(
            f'<text x="{NAMES - 8}" y="{top + (step - GAP) / 2 + 4:g}" text-anchor="end">'
            f"{escape(_cut(full))}<title>{escape(full)}</title></text>"
        )
        for number, series in enumerate(shown):
            for value in (y for x, y in series.points if x == place):
                body.append(_bar(axis, zero, top + number * BAR, value, f"c{number % COLOURS}", f"{name}-h{number}"))
    body.append(f'<line class="axis" x1="{zero:g}" y1="{TOP - 4}" x2="{zero:g}" y2="{bottom:g}"/>')
    return body, bottom + BOTTOM


def _bar(axis: Axis, zero: float, top: float, value: float, colour: str, hatching: str) -> str:
    end = axis.at(value)
    text = share_text(value) if axis.shares else number_text(value)
    left, width = min(zero, end), max(abs(end - zero), 0.5)
    box = f'x="{left:g}" y="{top:g}" width="{width:g}" height="{BAR - 2}"'
    return (
        f'<rect class="bar {colour}" {box}/><rect {box} fill="url(#{hatching})"/>'
        f'<text class="value" x="{max(zero, end) + 5:g}" y="{top + BAR - 3:g}">{escape(text)}</text>'
    )


def _name_of(plot: Plot, place: float, row: int, n_places: int) -> str:
    """A place's name; places count from 0, and where each has a name they stand in the names' order."""
    index = row if len(plot.names) == n_places else int(place)
    return plot.names[index] if 0 <= index < len(plot.names) else number_text(place)


def _cut(text: str) -> str:
    """As much of a name as stands beside the bars."""
    room = NAMES - 12.0
    for index, character in enumerate(text):
        room -= _CHARACTER if ord(character) > 0x2E7F else _CHARACTER * 0.6
        if room < 0:
            return text[: max(1, index - 1)] + "…"
    return text


def _hatching(name: str, number: int, shown: Sequence[Series]) -> str:
    path, turn = ("", 0) if len(shown) == 1 else _HATCHINGS[number % COLOURS]
    return (
        f'<defs><pattern id="{name}-h{number}" class="hatching" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({turn})"><path d="{path}"/></pattern></defs>'
    )


def _legend(plot: Plot, shown: Sequence[Series], name: str) -> str:
    if len(shown) == 1 and plot.kind == "bars":
        return ""
    classes = _classes(shown)
    items = []
    for number, series in enumerate(shown):
        if plot.kind == "bars":
            box = 'x="3" y="2" width="20" height="10"'
            mark = f'<rect class="bar c{number % COLOURS}" {box}/><rect {box} fill="url(#{name}-h{number})"/>'
        else:
            mark = f'<path class="line {classes[number]}" d="M1 7L25 7"{_dashes(shown, number)}/>'
            if not series.dashed:
                mark += f'<g class="point {classes[number]}">{_marker(number, 13, 7)}</g>'
        swatch = f'<svg class="swatch" viewBox="0 0 26 14" aria-hidden="true">{mark}</svg>'
        items.append(f"<li>{swatch}{escape(series.name)}</li>")
    return f'<ul class="key">{"".join(items)}</ul>'


def _classes(shown: Sequence[Series]) -> list[str]:
    """Class of each line's colour; a reference that belongs to none of the others is grey."""
    plain = {series.name: f"c{number % COLOURS}" for number, series in enumerate(shown) if not series.dashed}
    found = []
    for series in shown:
        owner = max((name for name in plain if series.name.startswith(name)), key=len, default=None)
        found.append(plain[series.name] if not series.dashed else plain[owner] if owner else "grey")
    return found


def _dashes(shown: Sequence[Series], number: int) -> str:
    """The attribute by which one dashed line differs from the next; empty for a line that is not dashed."""
    if not shown[number].dashed:
        return ""
    before = sum(series.dashed for series in shown[:number])
    return f' stroke-dasharray="{_DASHES[before % len(_DASHES)]}"'


def _marker(number: int, x: float, y: float) -> str:
    shapes: tuple[Callable[[], str], ...] = (
        lambda: f'<circle cx="{x:g}" cy="{y:g}" r="3.6"/>',
        lambda: f'<rect x="{x - 3.2:g}" y="{y - 3.2:g}" width="6.4" height="6.4"/>',
        lambda: f'<path d="M{x:g} {y - 4.4:g}l4.4 7.6h-8.8z"/>',
        lambda: f'<path d="M{x:g} {y - 4.6:g}l4.6 4.6l-4.6 4.6l-4.6 -4.6z"/>',
        lambda: f'<path d="M{x:g} {y + 4.4:g}l4.4 -7.6h-8.8z"/>',
        lambda: f'<path class="cross" d="M{x - 3.4:g} {y - 3.4:g}l6.8 6.8m0 -6.8l-6.8 6.8"/>',
        lambda: f'<path class="cross" d="M{x:g} {y - 4.4:g}v8.8m-4.4 -4.4h8.8"/>',
    )
    return shapes[number % len(shapes)]()


def _marked(count: int) -> list[int]:
    """Indices of the points with a marker: all of few, evenly chosen among many."""
    if count <= 2 * _MARKED:
        return list(range(count))
    return sorted({round(number * (count - 1) / (_MARKED - 1)) for number in range(_MARKED)})


def _thinned(places: Sequence[Point]) -> Iterator[Point]:
    """Places without those that lie less than half a unit from the one before: nobody would see them."""
    last: Point | None = None
    for index, place in enumerate(places):
        if last is None or index == len(places) - 1 or max(abs(place[0] - last[0]), abs(place[1] - last[1])) >= 0.5:
            yield place
            last = place


def _told(series: Series, index: int, x_axis: Axis, y_axis: Axis) -> str:
    x, y = series.points[index]
    return f"{series.name}：{_value(x, x_axis)}，{_value(y, y_axis)}"


def _value(value: float, axis: Axis) -> str:
    return share_text(value) if axis.shares else number_text(value)
