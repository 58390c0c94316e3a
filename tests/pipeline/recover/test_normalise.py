"""Text as the form means it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.recover.normalise import key, numbering, plain, simplified

ODD = "１２－—–ー﹣　\u00a0\u200b\ufeff\t\a，．（）：｜／ⅠⅣ㈠①㎡万⼀⽇豈０O零〇"
MIXED = st.text(st.one_of(st.characters(), st.sampled_from(ODD)))


@given(MIXED)
def test_plain_keeps_every_place(text: str) -> None:
    assert len(plain(text)) == len(text)


@given(MIXED)
def test_plain_of_plain_is_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(MIXED, MIXED)
def test_plain_looks_at_one_character_at_a_time(left: str, right: str) -> None:
    assert plain(left + right) == plain(left) + plain(right)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("１，２３４", "1,234"),
        ("（－５）", "(-5)"),
        ("1\u00a02\u30003", "1 2 3"),
        ("1\t2", "1 2"),
        ("规\u200b章", "规 章"),
        ("⼀⽇", "一日"),
        ("——", "--"),
    ],
)
def test_plain(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("一、本年新收政府信息公开申请数量", "本年新收政府信息公开申请数量"),
        ("（七）总计", "总计"),
        ("(三)不予公开", "不予公开"),
        ("1．属于国家秘密", "属于国家秘密"),
        ("1、属于国家秘密", "属于国家秘密"),
        ("①属于国家秘密", "属于国家秘密"),
        ("规　章", "规章"),
        ("自\n然\n人", "自然人"),
        ("危及“三安全一稳定”", "危及三安全一稳定"),
        ("本年增/减", "本年增减"),
        ("規範性文件", "规范性文件"),
        ("一、", ""),
        ("……", ""),
    ],
)
def test_key_is_what_wordings_have_in_common(text: str, bare: str) -> None:
    assert key(text) == bare


@given(MIXED)
def test_key_has_no_spaces_and_is_stable(text: str) -> None:
    assert not any(char.isspace() for char in key(text))
    assert key(text) == key(f" {text} ")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.属于国家秘密", "1"),
        ("１．属于国家秘密", "1"),
        ("(1)属于国家秘密", "1"),
        ("①属于国家秘密", "1"),
        ("⑴属于国家秘密", "1"),
        ("㈠予以公开", "一"),
        ("（七）总计", "七"),
        ("（三）不予公开", "三"),
        ("三、1.属于国家秘密", "1"),
        ("十二、其他", "十二"),
        ("总计", ""),
        ("12", ""),
        ("", ""),
    ],
)
def test_numbering(text: str, number: str) -> None:
    assert numbering(text) == number


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("規範性文件", "规范性文件"), ("政府資訊公開", "政府信息公开"), ("规范性文件", "规范性文件"), ("12", "12")],
)
def test_simplified(text: str, wanted: str) -> None:
    assert simplified(text) == wanted
