"""Which encoding a page is in, whatever it says."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.charset import declared_charset, decode, repair_mojibake

SIMPLIFIED = "一、本年新收政府信息公开申请数量：规章12件，行政规范性文件5件。云溪县水务局"
TRADITIONAL = "政府資訊公開工作年度報告，本機關收到申請總計十二件，均已處理。"


@pytest.mark.parametrize("declared", [None, "utf-8", "gb2312", "big5", "iso-8859-1", "no-such-charset", "rot13"])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030", "utf-16", "utf-8-sig"])
def test_simplified_chinese_is_read_whatever_is_declared(encoding: str, declared: str | None) -> None:
    assert decode(SIMPLIFIED.encode(encoding), declared).text == SIMPLIFIED


@pytest.mark.parametrize("declared", [None, "utf-8", "gbk", "big5"])
@pytest.mark.parametrize("encoding", ["utf-8", "big5", "utf-16"])
def test_traditional_chinese_is_read_whatever_is_declared(encoding: str, declared: str | None) -> None:
    assert decode(TRADITIONAL.encode(encoding), declared).text == TRADITIONAL


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_mark_is_seen_by_its_zero_bytes(encoding: str) -> None:
    page = f"<html><body><p>{SIMPLIFIED}</p></body></html>"
    assert decode(page.encode(encoding)).text == page


def test_characters_that_only_gb18030_has_survive_a_gb2312_declaration() -> None:
    text = "政府信息公开工作年度报告，䶮塘镇人民政府，𠮷河乡"
    assert decode(text.encode("gb18030"), "gb2312").text == text


def test_damaged_bytes_are_counted_and_the_rest_is_kept() -> None:
    data = SIMPLIFIED.encode() + b"\xff" + SIMPLIFIED.encode()
    decoded = decode(data, "utf-8")
    assert decoded.encoding == "utf-8"
    assert decoded.text.replace("\ufffd", "") == SIMPLIFIED * 2
    assert any("1 处" in warning for warning in decoded.warnings)


@pytest.mark.parametrize(("stored", "read_as"), [("utf-8", "latin-1"), ("gbk", "latin-1")])
def test_text_encoded_twice_comes_back(stored: str, read_as: str) -> None:
    mangled = SIMPLIFIED.encode(stored).decode(read_as)
    decoded = decode(mangled.encode())
    assert decoded.text == SIMPLIFIED
    assert decoded.warnings


def test_windows_1252_as_browsers_read_it_comes_back() -> None:
    mangled = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in SIMPLIFIED.encode())
    assert repair_mojibake(mangled) == SIMPLIFIED


def test_utf_8_read_as_gbk_comes_back_where_nothing_was_lost() -> None:
    original = "行政许可处理决定数量"
    mangled = original.encode().decode("gb18030")
    assert repair_mojibake(mangled) == original


def test_a_mangled_line_is_repaired_among_lines_beyond_repair() -> None:
    mangled = SIMPLIFIED.encode().decode("latin-1")
    assert repair_mojibake(f"{mangled}\n鏀垮簻淇℃伅�\n123").split("\n")[0] == SIMPLIFIED


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, "naïve café, Ærø", "", "plain", "½ × 3 ÷ 2"])
def test_sound_text_is_left_alone(text: str) -> None:
    assert repair_mojibake(text) == text


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b'<meta charset="gb2312">', "gb18030"),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=GBK" />', "gb18030"),
        (b'<?xml version="1.0" encoding="utf-8"?>', "utf-8"),
        (b"<meta charset=nonsense><meta charset=big5>", "big5hkscs"),
        (b"<html>", None),
    ],
)
def test_what_a_page_declares(head: bytes, name: str | None) -> None:
    assert declared_charset(head) == name


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "gbk", "utf-7", "unicode_escape", "hex", "\0", "idna"]))
def test_any_bytes_decode(data: bytes, declared: str | None) -> None:
    decode(data, declared)


@given(st.text(st.characters(codec="gb18030"), max_size=80))
def test_any_text_with_a_mark_comes_back(text: str) -> None:
    decoded = decode(codecs.BOM_UTF8 + text.encode())
    assert decoded.text == text or "文本曾被错误转码，已还原。" in decoded.warnings
