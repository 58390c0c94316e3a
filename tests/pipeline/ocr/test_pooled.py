"""Two readers of one cell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ocr.engine import NumberReading, TextReading
from pipeline.ocr.load import load_engine
from pipeline.ocr.number_network import NumberNetwork
from pipeline.ocr.pooled import is_plain, pooled
from pipeline.ocr.settings import default_settings
from pipeline.reconcile.decision import SURE_READING
from tests.pipeline.ocr.drawn import CHINESE, cell


def said(general: str = "", score: float = 0.0, **rivals: float) -> NumberReading:
    """`_8=0.9` for a reading of 8; `nothing` for the blank cell."""
    texts = {"" if text == "nothing" else text[1:]: share for text, share in rivals.items()}
    return NumberReading(tuple(texts.items()), TextReading(general or next(iter(texts)), score))


def best(reading: NumberReading) -> tuple[str, float]:
    return reading.rivals[0]


def test_what_both_say_is_nearly_certain() -> None:
    text, share = best(pooled(said(_83=0.97), said(_83=0.98)))
    assert text == "83" and share > 0.98


def test_a_reader_at_a_loss_does_not_outvote_one_that_is_sure() -> None:
    text, share = best(pooled(said(nothing=0.2, _1=0.1), said(_83=0.98)))
    assert text == "83" and share > SURE_READING


def test_two_that_are_sure_of_different_numbers_leave_both_in_doubt() -> None:
    found = pooled(said(_63=0.99), said(_83=0.99))
    assert {text for text, _ in found.rivals[:2]} == {"63", "83"}
    assert best(found)[1] < SURE_READING
    assert found.rivals[1][1] > 0.2


def test_a_blurred_number_that_the_network_alone_read_wrongly_is_in_doubt() -> None:
    found = pooled(said(_238=0.987, _288=0.012), said(_288=0.977, _238=0.003))
    assert {text for text, _ in found.rivals[:2]} == {"238", "288"}
    assert best(found)[1] < SURE_READING


def test_of_words_a_reader_of_numbers_knows_nothing() -> None:
    words = NumberReading((("规章", 0.9), ("4", 0.02)), TextReading("规章", 0.95))
    assert pooled(words, said(_44=0.9)) is words


def test_a_sign_that_the_network_never_saw_is_left_to_the_recogniser() -> None:
    share = NumberReading((("100%", 0.95),), TextReading("100%", 0.95))
    assert pooled(share, said(_10000=0.9)) is share


def test_a_stroke_that_looks_like_a_character_is_no_word() -> None:
    doubtful = NumberReading((("名", 0.3), ("8", 0.1)), TextReading("名", 0.3))
    assert best(pooled(doubtful, said(_8=0.97)))[0] == "8"


def test_commas_and_kinds_of_dashes_make_no_rivals() -> None:
    (only,) = pooled(NumberReading((("1,234", 0.95),), TextReading("1,234", 0.9)), said(_1234=0.95)).rivals
    assert only[0] == "1,234" and only[1] > 0.95
    dashes = NumberReading((("-", 0.5), ("—", 0.4)), TextReading("-", 0.9))
    found = pooled(dashes, NumberReading((("—", 0.9),), TextReading("—", 0.9)))
    assert [text for text, _ in found.rivals] == ["—"]


TEXTS = st.sampled_from(["", "0", "1", "17", "-", "—", "7.5", "1,234", "1234", "9"])
ANSWERS = st.dictionaries(TEXTS, st.floats(0.001, 0.2), max_size=5)


@given(ANSWERS, ANSWERS)
def test_probabilities_sum_to_one_at_most_and_are_in_order(one: dict[str, float], other: dict[str, float]) -> None:
    reading = pooled(*(NumberReading(tuple(each.items()), TextReading("", 0.0)) for each in (one, other)))
    shares = [share for _, share in reading.rivals]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1 + 1e-9
    assert all(share > 0 for share in shares)
    assert len({text for text, _ in reading.rivals}) == len(shares)
    assert reading.general == TextReading("", 0.0)


def test_nothing_said_is_nothing_known() -> None:
    assert pooled(NumberReading((), TextReading("", 0.0)), NumberReading((), TextReading("", 0.0))).rivals == ()
    assert best(pooled(NumberReading((), TextReading("", 0.0)), said(_5=0.9)))[0] == "5"
    assert best(pooled(NumberReading((), TextReading("", 0.0)), said(_5=0.99)))[1] > 0.8


def test_plain_numbers_are_read_by_the_network_alone_and_all_else_by_both() -> None:
    crops = [cell(text, width=200) for text in ("0", "7", "128", "—", "合计", "")]
    both = load_engine("small").read_numbers(crops)
    by_network = NumberNetwork().read_numbers(crops)
    by_recogniser = load_engine("small", settings=default_settings().without_network()).read_numbers(crops)
    assert [is_plain(one) for one in by_network] == [True, True, True, False, False, False]
    assert both[:3] == by_network[:3]
    assert both[3:] == [pooled(*pair) for pair in zip(by_recogniser[3:], by_network[3:], strict=True)]
    assert both[4].general.text == "合计"


def test_no_character_looks_like_a_plain_number() -> None:
    """The recogniser, who knows words, would not be asked."""
    if not CHINESE:
        return
    heads = "一二三上下本年度合计总其他日口目月土士工人入八乙己巳干千十丁卜了丨〇自然人申请件数新收结转予以公开不"
    crops = [cell(head, font, size, width=90) for head in heads for font in range(len(CHINESE)) for size in (18, 30)]
    plain = [one.rivals[0] for one in NumberNetwork().read_numbers(crops) if is_plain(one)]
    assert plain == []
