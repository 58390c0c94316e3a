"""Where the six parts of a report begin, and the running text of each.

A heading may stand on a line of its own or inside a page that was run together into one line, with
other words than the form's, misspelt, or without its number. So every place that could be a heading is
scored, and the best chain of places in the form's order wins: a preface that names all six headings and
a list of its own numbered 一 to 六 inside a part lose against the chain that fits the tables.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache

from rapidfuzz import fuzz, process

from pipeline.document import Document, Grid, Line
from pipeline.record import Section
from pipeline.recover.normalise import key, plain
from pipeline.template import load_templates

NUMBERS = "一二三四五六"

LEAST_SIMILAR = 72.0
"""Least similarity, of 100, of a line to a title of the form."""
LEAST_SCORE = 0.75
NUMBER_AGREES = 0.5
NUMBER_DIFFERS = -0.45
IN_BRACKETS = -0.5
OWN_LINE = 0.3
MARKED = 0.1
"""The format itself marks the line as a heading."""
PLACE = 0.35
"""Before, at or behind the tables, where the form has it; as much off where it cannot be."""
REPEATED = -0.6
"""Follows the heading before it with nothing between, and comes again further down: a table of contents."""
ENUMERATED = -0.9
"""One of several in a sentence."""

LONGEST_LINE = 120
"""Characters on either side of a number that are looked at."""
MOST_PLACES = 300
"""Places that are weighed against each other: the best ones where a page has more."""

_NUMBERED = re.compile(
    r"(?P<open>[(]\s*)?(?<![一二三四五六七八九十百第零〇])(?P<label>第\s*)?(?P<number>[一二三四五六])\s*"
    r"(?P<close>[)]\s*[、.]?|部分\s*[、.:,]?|[、.,:]|(?<=\n.)[ \n])\s*"
)
_ARABIC = re.compile(r"(?<=\n)[ ]*(?P<number>[1-6])\s?[、.]\s*(?!\d)")
_TABLE_ROW = re.compile(r"^(?:本年(?:度)?新收|今年新收|上一?年(?:度)?结转|本年(?:度)?办理结果|结转下一?年)")
_TITLE_WORD = re.compile("情况|情況|事项|事項|概述|概况|问题|問題|措施|公开|公開|报告|報告")
_KEYWORD = {
    "一": re.compile("概|总体|總體|基本情|引言|开展情况"),
    "二": re.compile("主动公开|主動公開"),
    "三": re.compile("申请|申請"),
    "四": re.compile("复议|诉讼|復議|複議|訴訟"),
    "五": re.compile("问题|改进|整改|不足|問題|改進"),
    "六": re.compile("其[他它]|需要报告|事项"),
}
_SIGNALS = {
    "二": re.compile(r"第二十[条條]\s*第|本年新\s*[制公]|本年制发件|对外公开总数|上一年项目数量"),
    "三": re.compile(r"本列数据的|申请人情况|本年(?:度)?新收政府信息|属于国家秘密\s*[\d|\n]"),
    "四": re.compile(r"未经复议直接起诉|结果\s*维持\s*\|?\s*结果\s*纠正"),
}
_PAGE_NUMBER = re.compile(
    r"^\s*(?:[-—–·]+\s*\d{1,3}\s*[-—–·]+|第\s*\d{1,3}\s*页(?:\s*[,/共]\s*共?\s*\d{1,3}\s*页)?)\s*$"
)
_FOOTER = re.compile(
    r"^(?:主办(?:单位)?[:：]|承办(?:单位)?[:：]|版权所有|网站标识码|.{0,8}ICP备|打印本?页?$|【?关闭|分享到|扫一扫|上一篇|下一篇|相关链接|附件下载)"
)
_SENTENCE_END = "。;!?：:"
_BULLETS = re.compile(r"^[\s*#>|_\-·•●◆■★?]+|[\s*#>|_]+$")


@dataclass(frozen=True, slots=True)
class _Text:
    """The running text of a document in one string, and what else is known of its places."""

    text: str
    """As found; a newline after every line."""
    marked: frozenset[int]
    """Where lines begin that the format marks as headings."""
    signals: tuple[tuple[int, str], ...]
    """Where tables show: place and the number of the section that the table belongs to."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A text that could be the heading of a section."""

    start: int
    end: int
    number: str
    title: str
    score: float
    own_line: bool


def find_sections(document: Document) -> dict[str, Section]:
    """The parts 一 to 六 that the document has, in order.

    Titles are without their number; texts are lines of prose, without the cells of tables.
    """
    flow = _running_text(document)
    chain = _best_chain(flow, _places(flow))
    found: dict[str, Section] = {}
    for i, place in enumerate(chain):
        end = chain[i + 1].start if i + 1 < len(chain) else len(flow.text)
        found[place.number] = Section(title=place.title, text=_prose(flow.text[place.end : end], place.number))
    return found


def preface(document: Document) -> str:
    """The running text before the first section, without cells of tables; all of it where there is no section."""
    flow = _running_text(document)
    chain = _best_chain(flow, _places(flow))
    text = flow.text[: chain[0].start] if chain else flow.text
    return "\n".join(line for line in text.split("\n") if line.strip() and not _is_cell(line))


# --- the text ------------------------------------------------------------------------------------


def _running_text(document: Document) -> _Text:
    parts: list[str] = []
    marked: set[int] = set()
    signals: list[tuple[int, str]] = []
    position = 0
    for block in document.blocks:
        shown = ""
        if isinstance(block, Line):
            shown = block.text
            if _PAGE_NUMBER.match(shown):
                continue
            if block.heading:
                marked.add(position)
        elif isinstance(block, Grid):
            rows = [[cell.text for cell in cells if cell.text.strip()] for _, cells in block.rows()]
            content = plain("\n".join("\n".join(row) for row in rows))
            signals += [(position, number) for number, signal in _SIGNALS.items() if signal.search(content)]
            # A sheet or a form of one column holds its headings and its prose as rows of a single cell.
            shown = "\n".join(row[0] for row in rows if len(row) == 1 and not _is_cell(row[0]))
        parts.append(shown)
        position += len(shown) + 1
    text = "\n".join(parts) + "\n"
    bare = plain(text)
    for number, signal in _SIGNALS.items():
        signals += [(match.start(), number) for match in signal.finditer(bare)]
    return _Text(text, frozenset(marked), tuple(sorted(signals)))


@cache
def _label_texts() -> tuple[frozenset[str], str]:
    """The wordings of all labels in tables: as a set, and joined for looking up fragments."""
    labels: set[str] = {"信息内容", "行政诉讼", "申请人情况", "指标名称", "单位", "项目"}
    for template in load_templates().values():
        for table in template.tables.values():
            labels.update(table.headings)
            for column in table.columns:
                labels |= {column.label, column.label + column.note, *column.variants}
            for row in table.rows:
                labels |= {row.label, row.label + row.note, row.group, row.group + row.full_label, *row.variants}
    keys = frozenset(filter(None, map(key, labels)))
    return keys, "|".join(sorted(keys))


_NONE = frozenset({"无", "無"})
_NUMERIC = re.compile(r"[\s\d|.,，+\-—–/\\增减?]*(?:亿元|万元|元)?[\s|]*$")
_VALUES = re.compile(r"[\s|]+[\d|.,+\-/\s]+(?:亿元|万元|元|件|条|个|项)?[\s|]*$")
_RUN_TOGETHER = re.compile(r"(?<=[一-鿿)])[\d|.,+\-/\s]+$")


def _is_cell(line: str) -> bool:
    """Whether a line of the parts with tables is a piece of a table and no prose."""
    if "\t" in line.strip(" \n") or line.count("|") >= 2:
        return not (len(line) > 60 and "。" in line)
    bare = line.strip()
    if _NUMERIC.match(bare):
        return True
    shown = plain(bare)
    if shown.lstrip("( ").startswith("本列数据"):
        return True
    if len(bare) > 70 or "。" in bare:
        return False
    labels, joined = _label_texts()
    wording = key(_RUN_TOGETHER.sub("", _VALUES.sub("", shown)))
    return not wording or (wording in joined and (wording in labels or bare not in _NONE))


_TABLES = {
    "二": (
        re.compile(r"第二十[条條]\s*第?\s*[(]?\s*[一五六八九]?\s*[)]?\s*[项項]?|信息内容|规\s*章\s*\d"),
        re.compile(r"(?:规\s*章|规范性文件|行政许可|管理服务事项|行政处罚|行政强制|收费|采购|数量|件数|金额)[^一-鿿。]{0,40}(?:万?元)?"),
    ),
    "三": (
        re.compile(r"[(]?\s*本列数据的|申请人情况\s*\|?\s*自然人|一、\s*本年新收政府信息公开申请数量"),
        re.compile(r"(?:结转下年度继续办理|总计|其他|信息|申请|其他处理|公开)[\s\d|]*"),
    ),
    "四": (
        re.compile(r"行政复议\s*\|?\s*行政诉讼\s*\|?\s*(?:结果|未经)|结果\s*维持\s*\|?\s*结果"),
        re.compile(r"(?:总计|审结|起诉)[\s\d|]*"),
    ),
}


def _prose(text: str, number: str) -> str:
    lines = text.split("\n")
    if number in _TABLES:
        lines = [line for line in lines if not line.strip() or not _is_cell(line)]
    lines = [line.strip(" \t\r\u3000\u00a0|*") for line in lines]
    for i, line in enumerate(lines):
        if number == "六" and _FOOTER.match(line):
            lines = lines[:i]
            break
    text = "\n".join(line for line in lines if line)
    return _without_table(text, number) if number in _TABLES else text


def _without_table(text: str, number: str) -> str:
    """Without the table of a page that is run together, which begins at a head and ends with its last numbers."""
    first, last = _TABLES[number]
    shown = plain(text)
    start = first.search(shown)
    if not start or not re.search(r"\d|总\s*计", shown[start.end() :]):
        return text
    end = start.end()
    for match in last.finditer(shown, start.start()):
        if re.search(r"[。;!]", shown[end : match.start()]):
            break
        end = match.end()
    return "\n".join(part for part in (text[: start.start()].strip(), text[end:].strip()) if part)


# --- places that could be headings ---------------------------------------------------------------


@cache
def _titles() -> dict[str, str]:
    """Wordings of the titles, as keys, to the number of the section."""
    titles: dict[str, str] = {}
    for template in load_templates().values():
        for section in template.sections:
            for title in (section.title, *section.variants):
                titles.setdefault(key(title), section.number)
    return titles


@cache
def _openings() -> frozenset[str]:
    """The first two characters of every title."""
    return frozenset(title[:2] for title in _titles())


@cache
def _in_running_text() -> re.Pattern[str]:
    """Titles long enough to be known without a number inside a line, blanks allowed."""
    long = sorted((title for title in _titles() if len(title) >= 8), key=lambda title: (-len(title), title))
    spaced = (r"[\s、]*".join(map(re.escape, title)) for title in long)
    return re.compile("|".join(spaced))


def _places(flow: _Text) -> list[_Place]:
    text = "\n" + plain(flow.text)  # the newline in front lets every line be found by the one before it
    found: dict[tuple[int, str], _Place] = {}

    def add(place: _Place | None) -> None:
        if place is None:
            return
        at = (place.start, place.number)
        if at not in found or found[at].score < place.score:
            found[at] = place

    for match in _NUMBERED.finditer(text):
        bracketed = bool(match["open"]) or ")" in match["close"]
        for place in _numbered_places(flow, text, match.start(), match.end(), match["number"], bracketed):
            add(place)
    for match in _ARABIC.finditer(text):
        number = NUMBERS[int(match["number"]) - 1]
        for place in _numbered_places(flow, text, match.start(), match.end(), number, False):
            add(replace(place, score=place.score - 0.2))
    starts = {place.end for place in found.values()}
    position = 0
    for line in text.split("\n"):
        if 3 <= len(line.strip()) <= 60 and _TITLE_WORD.search(line):
            add(_bare_line(flow, text, position, position + len(line)))
        position += len(line) + 1
    for match in _in_running_text().finditer(text):
        if match.end() - 1 not in starts:
            add(_bare_mention(text, match))
    return sorted(found.values(), key=lambda place: (place.start, place.number))


def _line_around(text: str, start: int) -> tuple[int, int]:
    """Where the line begins and ends, looking no further than a title could reach."""
    begin = text.rfind("\n", max(0, start - LONGEST_LINE), start)
    end = text.find("\n", start, start + LONGEST_LINE)
    begin = max(0, start - LONGEST_LINE) if begin < 0 else begin + 1
    return begin, min(len(text), start + LONGEST_LINE) if end < 0 else end


def _numbered_places(
    flow: _Text, text: str, start: int, after: int, number: str, bracketed: bool
) -> list[_Place]:
    """The sections that a number and what follows it may begin."""
    while start < after and text[start] in " \n":
        start += 1
    begin, _ = _line_around(text, start)
    _, end = _line_around(text, after)
    line = text[after:end]
    if not line.strip() or _TABLE_ROW.match(re.sub(r"\s+", "", line[:24])):
        return []
    leads = not _BULLETS.sub("", text[begin:start])
    matched = _title_at(line, leads)
    if matched is None:
        return _other_words(flow, text, begin, after, end, number) if leads and not bracketed else []
    section, similarity, length, whole = matched
    if not leads and (similarity < 90 or (begin < start and text[start - 1] in "“《<" )):
        return []
    score = similarity / 100 + (NUMBER_AGREES if section == number else NUMBER_DIFFERS)
    score += (IN_BRACKETS if bracketed else 0.0) + (OWN_LINE if leads else 0.0)
    score += MARKED if leads and begin - 1 in flow.marked else 0.0
    title_end = after + length
    if whole:
        title_end = _with_next_line(text, after, end, section, similarity)
    else:
        if re.match(r"\s*(?:[,;、]\s*|和|及)[一二三四五六(]", text[title_end : title_end + 8]):
            score += ENUMERATED
        if re.match(r"[,、]?\s*(?:[一-鿿]{2,18}[,、;]){2}", text[title_end : title_end + 60]) and not leads:
            score += ENUMERATED
    title = _tidy(flow.text[after - 1 : title_end - 1])
    first = begin if leads else start
    places = [_Place(first - 1, title_end - 1, section, title, score, leads and whole)]
    if section != number and similarity < 90 and leads and not bracketed:
        places += _other_words(flow, text, begin, after, end, number)
    return places


def _other_words(flow: _Text, text: str, begin: int, after: int, end: int, number: str) -> list[_Place]:
    """A numbered line that has only a word in common with the title of its number."""
    line = text[after:end]
    if len(line.strip()) > 30 or "。" in line.strip()[:-1] or not _KEYWORD[number].search(line):
        return []
    score = 0.35 + NUMBER_AGREES + (MARKED if begin - 1 in flow.marked else 0.0)
    return [_Place(begin - 1, end - 1, number, _tidy(flow.text[after - 1 : end - 1]), score, True)]


def _title_at(line: str, leads: bool) -> tuple[str, float, int, bool] | None:
    """Section, similarity, length and whether it is the whole line, of a title that the text begins with."""
    head = line[:60]
    squeezed = [(char, i) for i, char in enumerate(head) if char.isalnum()]
    bare = key("".join(char for char, _ in squeezed))
    if not leads and bare[:2] not in _openings():
        return None
    titles = _titles()
    rest = len(key(line)) if len(line) <= 80 else 999
    best: tuple[float, int, str] = (0.0, 0, "")
    if leads and rest <= 45:
        match = process.extractOne(key(line), titles.keys(), scorer=fuzz.ratio, score_cutoff=LEAST_SIMILAR)
        if match:
            best = (match[1], rest, titles[match[0]])
            if match[1] >= 90 or abs(len(match[0]) - rest) <= 3:
                return best[2], best[0], len(line), True
    for title, section in titles.items():
        if bare.startswith(title) and (best[0] < 100 or len(title) > best[1]):
            best = (100.0, len(title), section)
    if best[0] < 100 and len(bare) == len(squeezed):
        for title, section in titles.items():
            if len(title) >= 8:
                similarity = fuzz.ratio(bare[: len(title)], title, score_cutoff=max(85.0, best[0]))
                if similarity > best[0] and len(bare) >= len(title) - 1:
                    best = (similarity, min(len(title), len(bare)), section)
    if best[0] == 0.0:
        return None
    if best[1] >= rest:
        return best[2], best[0], len(line), True
    if best[0] == 100.0 and not leads and best[1] < 5 and re.match(r"[的方和与及]", bare[best[1] :]):
        return None
    last = squeezed[min(best[1], len(squeezed)) - 1][1] + 1
    while last < len(line) and line[last] in "。.:;)* ":
        last += 1
    return best[2], best[0], last, False


def _with_next_line(text: str, after: int, end: int, section: str, similarity: float) -> int:
    """The end of a title that the paper's width has broken over two lines."""
    following_end = text.find("\n", end + 1)
    following = text[end + 1 : following_end] if following_end > 0 else ""
    if not 1 <= len(following.strip()) <= 14 or similarity >= 99.9 or re.search(r"[。,\d]", following):
        return end
    wordings = [title for title, number in _titles().items() if number == section]
    joined = process.extractOne(key(text[after:end] + following), wordings, scorer=fuzz.ratio)
    return following_end if joined and joined[1] > similarity + 2 else end


def _bare_line(flow: _Text, text: str, begin: int, end: int) -> _Place | None:
    """A line that is a title without its number."""
    line = text[begin:end]
    bare = _BULLETS.sub("", line)
    if _NUMBERED.match(bare) or re.match(r"[(]?\d", bare) or re.search(r"[。,;]", bare[:-1]):
        return None
    wording = key(bare)
    match = process.extractOne(wording, _titles().keys(), scorer=fuzz.ratio, score_cutoff=86)
    if match is None or (len(match[0]) <= 4 and match[1] < 100):
        return None
    score = match[1] / 100 + OWN_LINE + (MARKED if begin - 1 in flow.marked else 0.0)
    if len(wording) <= 6:
        score -= 0.2
    return _Place(begin - 1, end - 1, _titles()[match[0]], _tidy(flow.text[begin - 1 : end - 1]), score, True)


def _bare_mention(text: str, match: re.Match[str]) -> _Place | None:
    """A title without its number in the middle of a line: between sentences, or where the table begins."""
    before, behind = text[match.start() - 1], text[match.end() : match.end() + 1]
    if not (before in "。;!? \n)" or before.isdigit()) or behind in set("、,和及;与”》等的:)") or behind == "":
        return None
    section = _titles().get(key(match.group()))
    if section is None:
        return None
    return _Place(match.start() - 1, match.end() - 1, section, _tidy(match.group()), 0.8, False)


def _tidy(title: str) -> str:
    title = re.sub(r"\s+", "", title)
    return re.sub(r"^[*#_|、.:：?]+|[*#_|。.:：;；…·\d]+$", "", title)


# --- the chain -----------------------------------------------------------------------------------


def _best_chain(flow: _Text, places: list[_Place]) -> list[_Place]:
    scored = [place for place in _placed(flow, places) if place.score > 0.2]
    if len(scored) > MOST_PLACES:
        scored = sorted(scored, key=lambda place: (-place.score, place.start))[:MOST_PLACES]
        scored.sort(key=lambda place: (place.start, place.number))
    best: list[float] = []
    back: list[int] = []
    for i, place in enumerate(scored):
        score, previous = place.score, -1
        for j in range(i):
            if scored[j].number in NUMBERS[: NUMBERS.index(place.number)] and scored[j].end <= place.start:
                total = best[j] + place.score
                if total > score + 1e-9:
                    score, previous = total, j
        best.append(score)
        back.append(previous)
    if not scored:
        return []
    i = max(range(len(scored)), key=lambda k: (round(best[k], 6), -k))
    chain: list[_Place] = []
    while i >= 0:
        chain.append(scored[i])
        i = back[i]
    return [place for place in reversed(chain) if place.score >= LEAST_SCORE]


def _placed(flow: _Text, places: list[_Place]) -> list[_Place]:
    """The places with their scores mended by where they stand."""
    tables = [at for at, _ in flow.signals]
    numbers = [number for _, number in flow.signals]
    last_of = {number: at for at, number in flow.signals}
    again: dict[str, int] = {}
    for place in places:
        if place.own_line or place.score > 1.2:
            again[place.number] = place.start
    mended: list[_Place] = []
    for i, place in enumerate(places):
        score = place.score
        following = bisect_left(tables, place.start)
        next_table = numbers[following] if following < len(numbers) else ""
        if place.number in "二三四" and next_table:
            ahead = NUMBERS.index(next_table) - NUMBERS.index(place.number)
            score += PLACE if ahead == 0 else (-PLACE if ahead < 0 else 0.0)
        elif place.number == "一" and tables:
            score += 0.1 if following == 0 else -PLACE
        elif place.number in "五六" and "三" in last_of:
            score += PLACE if place.start > max(last_of["三"], last_of.get("四", 0)) else -PLACE
        if i + 1 < len(places) and again.get(place.number, 0) > place.start:
            gap = flow.text[place.end : places[i + 1].start]
            later = NUMBERS.index(places[i + 1].number) > NUMBERS.index(place.number)
            if later and not re.sub(r"[\s.…·\d、；;，,]+", "", gap):
                score += REPEATED
        mended.append(replace(place, score=score))
    return mended
