"""The *upright frame* of a page, in which all reading is done.

Points, origin top left, y downward, turned so that the running text stands upright, whatever the page's `/Rotate`
says. PDF page space has y upward and knows no turn; a viewer shows the page turned by `/Rotate` only.
"""

from __future__ import annotations

from typing import TypeAlias

from pipeline.document import Box

Frame: TypeAlias = tuple[int, float, float, float, float]
"""Quarter turns counter-clockwise of the running text, and left, bottom, right, top of the visible page."""


def upright(frame: Frame, left: float, bottom: float, right: float, top: float) -> Box:
    """A box of PDF page space (y upward) in the upright frame."""
    turns, page_left, page_bottom, page_right, page_top = frame
    if turns == 0:
        return (left - page_left, page_top - top, right - page_left, page_top - bottom)
    if turns == 1:
        return (bottom - page_bottom, left - page_left, top - page_bottom, right - page_left)
    if turns == 2:
        return (page_right - right, bottom - page_bottom, page_right - left, top - page_bottom)
    return (page_top - top, page_right - right, page_top - bottom, page_right - left)


def displayed(frame: Frame, turns: int, box: Box) -> Box:
    """A box of the upright frame as a viewer shows it, who turns the page by `turns` quarters only."""
    own, page_left, page_bottom, page_right, page_top = frame
    if own == turns:
        return box
    x0, y0, x1, y1 = box
    if own == 0:
        plain = (x0 + page_left, page_top - y1, x1 + page_left, page_top - y0)
    elif own == 1:
        plain = (y0 + page_left, x0 + page_bottom, y1 + page_left, x1 + page_bottom)
    elif own == 2:
        plain = (page_right - x1, y0 + page_bottom, page_right - x0, y1 + page_bottom)
    else:
        plain = (page_right - y1, page_top - x1, page_right - y0, page_top - x0)
    return upright((turns, page_left, page_bottom, page_right, page_top), *plain)


def frame_size(frame: Frame) -> tuple[float, float]:
    """Width and height of the page in the upright frame, in points."""
    turns, left, bottom, right, top = frame
    return (right - left, top - bottom) if turns % 2 == 0 else (top - bottom, right - left)
