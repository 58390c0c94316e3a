from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipeline.scan.screen import is_black_and_white, unscreened
from tests.pipeline.ocr.drawn import CHINESE

BAND = (300, 420)
"""Rows of the shaded head."""


def fax_page(shade: float, words: str = "") -> NDArray[np.uint8]:
    """A black and white page of 1240 x 1754 with a band of dots, so many of which are black, and words on it."""
    random = np.random.default_rng(5)
    page = np.full((1754, 1240), 255, np.uint8)
    top, bottom = BAND
    dots = random.random(((bottom - top) // 2 + 1, 620)) < shade
    page[top:bottom] = np.where(dots.repeat(2, 0).repeat(2, 1)[: bottom - top, :1240], 0, 255)
    if words and CHINESE:
        picture = Image.fromarray(page)
        ImageDraw.Draw(picture).text((500, 340), words, font=ImageFont.truetype(str(CHINESE[0]), 36), fill=0)
        page = np.asarray(picture)
    return np.repeat(page[:, :, None], 3, axis=2)


def test_dots_of_a_shaded_head_become_light() -> None:
    top, bottom = BAND
    page = fax_page(0.4)
    made = unscreened(page)
    assert (page[top:bottom, 50:450, 0] < 128).mean() > 0.35
    assert (made[top + 20 : bottom - 20, 50:450, 0] < 100).mean() < 0.03


def test_words_on_the_shade_stay() -> None:
    top, bottom = BAND
    words, none = unscreened(fax_page(0.4, "本年收费金额")), unscreened(fax_page(0.4))
    inside = (slice(top + 30, bottom - 30), slice(500, 730), 0)
    drawn = fax_page(0.0, "本年收费金额")[inside] < 100
    assert (none[inside] < 100).mean() < 0.03
    assert not drawn.any() or words[inside][drawn].mean() < words[inside][~drawn].mean() - 40


def test_a_page_without_shade_and_a_page_with_greys_are_left_alone() -> None:
    plain = fax_page(0.0, "本年收费金额")
    assert unscreened(plain) is plain
    greys = np.asarray(np.random.default_rng(1).integers(0, 256, (1754, 1240, 3)), np.uint8)
    assert unscreened(greys) is greys


def test_a_sharp_page_with_little_print_is_not_black_and_white() -> None:
    """Smooth edges of letters are greys, however few they are beside the paper."""
    picture = Image.new("L", (1240, 1754), 255)
    if CHINESE:
        ImageDraw.Draw(picture).text((200, 300), "本年收费金额", font=ImageFont.truetype(str(CHINESE[0]), 30), fill=0)
    page = np.repeat(np.asarray(picture)[:, :, None], 3, axis=2)
    assert not is_black_and_white(page) or not CHINESE
    assert is_black_and_white(np.where(page < 128, 0, 255).astype(np.uint8))
