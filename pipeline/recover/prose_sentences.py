"""Sentences of prose: without blanks and line ends, each count and each year one mark, and what they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.record import Number
from pipeline.recover.normalise import plain, simplified
from pipeline.recover.numbers import han_number
from pipeline.recover.prose_wordings import (
    FIRST_COUNT,
    LAST_COUNT,
    LAST_YEAR,
    MARKS,
    NEXT_YEAR,
    OPAQUE,
    OTHER_YEAR,
    THIS_YEAR,
    Strength,
)

LONGEST_QUOTE = 60
LONGEST_SENTENCE = 1500


@dataclass(frozen=True, slots=True)
class Count:
    value: Number
    unit: str
    difference: bool
    """By how much something grew or shrank."""


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    """Simplified, half-width, without blanks; each count and year one mark."""
    printed: str
    counts: tuple[Count, ...]
    marks: tuple[tuple[int, int], ...]
    """Place of each mark in `text`, and by how much what it stands for is longer."""
    section: str
    topics: frozenset[str]
    """What it is about: `requests`, `review`, both or neither."""
    loose: bool

    def count(self, at: int) -> Count:
        return self.counts[ord(self.text[at]) - ord(FIRST_COUNT)]

    def quote(self, start: int, end: int) -> str:
        """The clauses that the place [start, end) lies in, as printed."""
        while start > 0 and self.text[start - 1] not in ",;:。(!?":
            start -= 1
        while end < len(self.text) and self.text[end] not in ",;。)!?":
            end += 1
        first = start + sum(extra for at, extra in self.marks if at < start)
        last = end + sum(extra for at, extra in self.marks if at < end)
        if last - first > LONGEST_QUOTE:
            first = max(first, last - LONGEST_QUOTE)
        return self.printed[first:last]


_UNITS = r"件次|人次|件|条|次|份|宗|起|例|封|个|项|篇|部|批|亿元|万元|元"
_HAN = "零〇一二两三四五六七八九十百千"
_TOKEN = re.compile(
    r"(?P<range>20[0-3]\d)年0?1月0?1日起?(?:至|到|-)(?:(?P=range)年)?12月31日止?|"
    rf"(?P<opaque>[〔\[(]\d{{4}}[〕\])](?:第?\d+号)?|第[\d{_HAN}]+|\d+[:：]\d+|"
    rf"(?:20\d\d年)?\d{{1,2}}月(?:\d{{1,2}}日)?|\d+(?:\.\d+)?(?:%|％|‰|个百分点)|"
    rf"(?:近|约|逾|超过?|大约|将近|接近|不足|每)[\d{_HAN},.]+(?:{_UNITS})|"
    rf"(?:\d[\d,.]*|[{_HAN}]+)(?:余|多|几|来|万余|\+|万[+多余]|万(?!元))(?:{_UNITS})?|"
    rf"[{_HAN}]+件事|[一二三四五六七八九十]+[是、.](?=\D)|"
    r"[\d]+(?:-[\d]+){1,3})"
    r"|(?P<year>20[0-3]\d)年(?:度)?"
    rf"|(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?P<unit>{_UNITS}|(?<=[为是:]\d)(?=[,;。)]|$)|(?<=[为是:]\d\d)(?=[,;。)]|$))"
    rf"|(?<![第其之统唯逐每同])(?P<han>[{_HAN}]+)(?P<han_unit>{_UNITS})(?!事|性|系列)"
    r"|(?P<other>\d[\d,.]*)"
)
_DIFFERENCE = re.compile(r"(?:增加|减少|增长|下降|上升|回落|提高|降低|[增减多少升])(?:了|幅|为|至)?$")
_INTERESTING = re.compile(rf"(?:[\d{_HAN}]\s*(?:{_UNITS}))|[为是:：]\s*\d|无|未|没有|零|不存在")
_SUBJECTS = re.compile(r"申请|复议|[诉应][讼诉]|许可|处罚|强制|规章|规范性|结转|收费|公开|答复|办结|无法提供|不予|采购")
_BREAK = re.compile(r"(?<=[。!?！？])")
_TAKEN_FOR_MARKS = re.compile(f"[{MARKS}]")
"""Characters for private use that a broken encoding or a font without names leaves: on no account one of our marks."""
_HEADING = re.compile(
    r"^[(（]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．]|^第[一二三四五六七八九十]|^[一二三四五六七八九]是"
)
_REQUESTS = re.compile(r"依申请|信息公开(?:的)?申请|公开申请|申请公开|公开(?:政府|相关)?信息的申请|政府信息申请")
_OTHER_TOPIC = re.compile(
    r"主动公开|信访|人大代表|政协|建议|回应关切|政策解读|公众号|平台建设|监督保障|培训|咨询|热线|留言|行政审批"
)
_CLASSIFYING = re.compile(r"公文|属性|目录")
"""Documents sorted into those to publish, to give on request, and to keep: these are no requests."""
_REVIEW = re.compile(r"复议|诉讼|应诉")
ABOUT_INFORMATION = re.compile(r"信息公开|公开信息|政务公开|依申请|政府信息")
_OTHERS = re.compile(r"全[市区县省州镇]|全系统|各级|各部门|各单位|各[镇乡]|各街道|各科室|下属|直属|局属|系统各|代表")
_GOVERNMENT = re.compile(r"(?:政府|管委会|管理委员会|[市县区旗州省镇乡盟]|街道|街道办事处|新区|开发区|实验区)$")


def _paragraphs(text: str) -> Iterator[str]:
    """Lines joined where the paper's width broke a sentence."""
    current = ""
    for line in text.split("\n"):
        line = line.strip()
        if not line:
            continue
        if current and (current[-1] in "。！？!?" or _HEADING.match(line) or len(current) < 8):
            yield current
            current = line
        else:
            current += line
    if current:
        yield current


def sentences(text: str, section: str, year: int | None, agency: str | None) -> Iterator[Sentence]:
    topic = {"三": "requests", "四": "review"}.get(section, "")
    text = simplified(text)
    for paragraph in _paragraphs(text):
        if _HEADING.match(paragraph):
            topic = {"三": "requests", "四": "review"}.get(section, "")
        for raw in _BREAK.split(re.sub(r"\s+", "", paragraph)):
            for piece in _inner_headings(raw):
                if _REQUESTS.search(piece):
                    topic = "requests"
                elif section not in ("三", "四") and _OTHER_TOPIC.search(piece):
                    topic = ""
                if len(piece) > LONGEST_SENTENCE or not _INTERESTING.search(piece) or not _SUBJECTS.search(piece):
                    continue
                yield _sentence(piece, section, year, agency, topic)


def _inner_headings(text: str) -> list[str]:
    """A run-together page puts （二）… directly behind a sentence without a stop."""
    return [piece for piece in re.split(r"(?=[(（][一二三四五六七八九十]{1,2}[)）])(?<![第条])", text) if piece]


def _sentence(raw: str, section: str, year: int | None, agency: str | None, topic: str) -> Sentence:
    printed = re.sub(r"\s+", "", raw)
    shown = _TAKEN_FOR_MARKS.sub("\ufffd", simplified(plain(printed)))
    if len(shown) != len(printed):
        printed = shown
    shown = shown.replace("【", "(").replace("】", ")").replace("!", "。").replace("?", "。")
    counts: list[Count] = []
    marks: list[tuple[int, int]] = []
    shift = 0

    def mark(match: re.Match[str]) -> str:
        nonlocal shift
        char = OPAQUE
        stated = match["year"] or match["range"]
        if stated:
            difference = int(stated) - year if year is not None else 0
            char = {0: THIS_YEAR, -1: LAST_YEAR, 1: NEXT_YEAR}.get(difference, OTHER_YEAR)
        elif match["digits"] or match["han"]:
            value = _value(match)
            unit = match["unit"] if match["digits"] else match["han_unit"]
            if value is not None and len(counts) < ord(LAST_COUNT) - ord(FIRST_COUNT):
                grew = bool(_DIFFERENCE.search(shown[max(0, match.start() - 5) : match.start()]))
                counts.append(Count(value, unit, grew))
                char = chr(ord(FIRST_COUNT) + len(counts) - 1)
        marks.append((match.start() - shift, match.end() - match.start() - 1))
        shift += match.end() - match.start() - 1
        return char

    text = _TOKEN.sub(mark, shown)
    topics = {topic} if topic and not _CLASSIFYING.search(text) else set()
    if _REVIEW.search(text) and (topic or section == "四" or ABOUT_INFORMATION.search(text)):
        topics.add("review")
    if _REVIEW.search(text) and section == "一" and re.search(_NONE_BEFORE, text):
        topics.add("review")
    others = bool(_OTHERS.search(text)) and not (agency and _GOVERNMENT.search(agency) and "代表" not in text)
    return Sentence(text, printed, tuple(counts), tuple(marks), section, frozenset(topics), others or not section)


_NONE_BEFORE = r"(?:未发生|没有发生|无|未出现)[^,;。]{0,12}行政(?:复议|诉讼)"


def _value(match: re.Match[str]) -> Number | None:
    if match["han"]:
        return han_number(match["han"])
    digits = match["digits"].replace(",", "")
    return float(digits) if "." in digits else int(digits)


_OTHER_TIMES = re.compile(
    rf"(?P<this>{THIS_YEAR}|本年|今年|全年|本期)|"
    rf"(?<![较比与同至])(?<!相较)(?P<other>[{LAST_YEAR}{NEXT_YEAR}{OTHER_YEAR}](?!结转|转)|(?:上一?年度?|去年)(?!结转|转|度结转|申请结转|相比|同期|持平)|"
    rf"上半年|下半年|[一二三四]季度|季度|历年|(?<!今年)(?<!本年)以来|{OPAQUE}(?:至|到|-){OPAQUE}|近[二两三四五]年|下一年|明年|计划|力争|预计|拟)"
)


def of_this_year(sentence: Sentence, place: int) -> bool:
    """Whether the sentence, at the place, speaks of the year reported on."""
    last = None
    for match in _OTHER_TIMES.finditer(sentence.text, 0, place):
        last = match
    return last is None or last["this"] is not None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence says of some fields."""

    start: int
    end: int
    at: int
    """Place of the count; -1 for a negation."""
    fields: tuple[str, ...]
    value: Number
    strength: Strength
    rule: str
