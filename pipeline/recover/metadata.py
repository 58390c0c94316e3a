"""Whose report it is, of which year, over which days, and when it was published.

A title may be split, repeated, or carry last year's year, so several places have a say: each names an
agency or a year with a weight, and the sum decides. Nothing is taken from the name of the file.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.document import Document, Grid, Line
from pipeline.record import Section
from pipeline.recover.normalise import plain, simplified

FIRST_YEAR, LAST_YEAR = 2008, 2035

TITLE_YEAR, PERIOD_YEAR, PROSE_YEAR, PREFACE_YEAR, OPENING_YEAR, PUBLISHED_YEAR = 3.0, 4.0, 3.0, 1.5, 1.5, 1.5
"""What each place weighs when the year is decided."""

HEAD_LINES = 40
TAIL_LINES = 20
LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the document says of itself; None where it does not say, or not surely."""

    agency: str | None = None
    year: int | None = None
    """The year reported on, not the year of publication."""
    period: tuple[str, str] | None = None
    """First and last day covered, ISO dates."""
    published: str | None = None
    """ISO date."""


def find_metadata(document: Document, sections: Mapping[str, Section]) -> Metadata:
    """Agency, year, period and date of publication.

    Args:
        sections: the document's parts, as `find_sections` gives them; none is fine.
    """
    lines = _lines(document)
    titles = list(_titles(lines))
    printed = _printed_period(lines)
    published = _published(lines)
    year = _year(lines, titles, sections, printed, published)
    if published and year and not year <= published.year <= year + 6:
        published = None
    return Metadata(
        agency=_agency(lines, titles, sections),
        year=year,
        period=_period(printed, year),
        published=published.isoformat() if published else None,
    )


def _lines(document: Document) -> list[str]:
    """All lines that are not empty, and the cells of the tables before the report proper."""
    found: list[str] = []
    for index, block in enumerate(document.blocks):
        if isinstance(block, Line):
            found += [plain(part).strip() for part in block.text.split("\n") if part.strip()]
        elif isinstance(block, Grid) and (index < 12 or block.n_columns <= 2):
            for _, cells in block.rows():
                texts = [plain(cell.text).strip().replace("\n", "") for cell in cells if cell.text.strip()]
                if texts and len(texts) <= 4:
                    found.append(" ".join(texts))
    return [simplified(line) for line in found]


# --- titles --------------------------------------------------------------------------------------

_YEAR = r"(?P<year>20[0-3]\d|二[〇○零Oo0][一二三][〇○零一二三四五六七八九])\s*年?\s*(?:年?度)?"
_SUBJECT = (
    r"(?:关于)?(?:政府信息公开|政府信息与政务公开|政务公开和政府信息公开|政务信息公开|政务公开|政府公开信息|信息公开|政府信息依申请公开)"
)
_KIND = r"(?:和?政务公开)?(?:工作)?(?:情况)?(?:的)?(?:(?:年度)?(?:工作)?(?:总结)?报告|年报|年度情况报告)"
_REPORT = re.compile(rf"{_SUBJECT}{_KIND}")
_NAME = r"[一-鿿()〇]{2,40}?"
_TITLE = re.compile(
    rf"(?:关于)?(?P<before>{_NAME})?(?:关于)?{_YEAR}(?:关于)?(?P<between>{_NAME})?(?:20[0-3]\d年?度?)?{_SUBJECT}{_KIND}"
)
_TITLE_WITHOUT_YEAR = re.compile(rf"(?P<before>{_NAME}){_SUBJECT}{_KIND}$")
_LEADING = re.compile(
    r"^(?:\[[^\]]*\]|标题|名称|信息名称|文章标题|公开标题|题名|附件\d*|当前(?:所在)?位置|您(?:现在)?的位置|首页|政务公开|政府信息公开|"
    r"政府信息公开年报|年报|年度报告|\d{1,2}[.、]|[:>＞»《〈\s.、#*|-])+"
)


@dataclass(frozen=True, slots=True)
class _Title:
    agency: str
    year: int | None
    weight: float


def _titles(lines: list[str]) -> Iterator[_Title]:
    """Titles in the first lines, whole or over up to three lines, and those that prose quotes."""
    head = lines[:HEAD_LINES]
    taken = -1
    for i, line in enumerate(head):
        if i <= taken or re.match(r"[一二三四五六]\s*[、.]", line):
            continue
        for count in (1, 2, 3):
            parts = head[i : i + count]
            if len(parts) < count or any(len(part) > LONGEST_TITLE for part in parts[:-1] or parts[1:]):
                break
            if count > 1 and (_REPORT.search(_squeezed(parts[0])) or "。" in "".join(parts)):
                break
            found = _title(parts)
            if count > 1 and found and (alone := _title(parts[-1:])) and alone.agency:
                break
            if found and (count == 1 or found.year is not None or i < 6):
                taken = i + count - 1
                yield found
                break
    for line in lines[: HEAD_LINES * 2]:
        for quoted in re.finditer(r"《([^》]{6,60})》", line):
            found = _title([quoted[1]])
            if found and found.agency:
                yield _Title(found.agency, found.year, found.weight * 0.8)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _title(parts: list[str]) -> _Title | None:
    raw = "".join(parts)
    if len(raw) > 2 * LONGEST_TITLE:
        # A page run together: the title is what stands between blanks.
        raw = raw[:600]
        pieces = [piece for piece in re.split(r"[|_>:]|(?<=报告)|\s(?=[一-鿿]{4})", raw) if "公开" in piece]
        found = [title for piece in pieces[:6] if (title := _title_in(_squeezed(piece)[:LONGEST_TITLE], False))]
        return found[0] if found else None
    # Two names before a year are one joint title; what stands before them in a breadcrumb is not.
    return _title_in(_squeezed(raw), True)


def _title_in(text: str, whole: bool) -> _Title | None:
    text = _LEADING.sub("", re.sub(r"^.*[>»|:](?=.{6,}报告)", "", text))
    match = _TITLE.search(text)
    if match:
        if match.start() > 0 and re.search(r"[一-鿿]$", text[: match.start()]) and not whole:
            return None
        year = _year_number(match["year"])
        agency = _agency_name(match["before"] or "") or _agency_name(match["between"] or "")
        if match["between"] and not _agency_name(match["before"] or ""):
            agency = _agency_name(match["between"])
        own = len(text) - (match.end() - match.start()) <= 12
        return _Title(agency, year, TITLE_YEAR if own else TITLE_YEAR * 0.5)
    match = _TITLE_WITHOUT_YEAR.search(text)
    if match and whole and len(text) <= 50:
        return _Title(_agency_name(match["before"]), None, TITLE_YEAR * 0.6)
    return None


def _year_number(text: str) -> int | None:
    digits = text.translate(str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789"))
    year = int(digits)
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


# --- the agency ----------------------------------------------------------------------------------

_ENDS = [
    "局", "委", "委员会", "厅", "办", "办公室", "政府", "街道", "街", "办事处", "镇", "乡", "中心", "管委会",
    "处", "院", "部", "队", "总队", "支队", "大队", "会", "县", "市", "区", "省", "州", "旗", "盟", "署",
    "分局", "学校", "大学", "学院", "公司", "集团", "所", "站", "馆", "库", "社", "开发区", "新区", "实验区",
    "度假区", "园区", "示范区", "高新区", "银行", "分行", "苏木", "团", "场", "监狱", "医院", "税务局",
]
_AGENCY_END = re.compile(
    "(?:" + "|".join(sorted(_ENDS, key=lambda end: (-len(end), end))) + r")(?:\([^()]{2,20}\))?$"
)
_GENERIC = re.compile(
    r"^(?:[我本全各该其贵]|省市|市区|县区|有关|相关|行政机关|政府部门|政府信息|公开|编制|主动|依申请|国务院办公厅|上级|"
    r"(?:市|区|县|省)?(?:政府|人民政府|办公室|局|委|管委会|街道|镇|乡)$|(?:的|和|与|在|对|将|由|请|按照|根据|关于|现))"
)
_NOT_NAME = re.compile(
    r"[的年月日号是为了在已将对把被于和及或]$|年度|工作(?![委部局])|信息(?!化|中心|产业|通信|技术|安全)|公开(?!发行)|报告|条例|根据|按照|要求|统计(?![局处站中])|栏目|现将|如下"
)
_CALLS = re.compile(r"\(以下简称[^()]*\)|\(简称[^()]*\)")


_FURNITURE = re.compile(
    r"^(?:网站首页|首页|政府信息公开|政务公开|信息公开|公开|年度报告|年报|专栏|正文|打印|收藏|关闭|分享|次数?|浏览|阅读|当前位置)+"
)
"""What a page's own frame leaves before a title that stands behind it without a break."""


def _agency_name(text: str) -> str:
    """The text as the name of an agency; '' where it is none."""
    name = _CALLS.sub("", _squeezed(text))
    name = re.sub(r"^(?:现将|现就|由|将|附件\d?|[()])+", "", name)
    name = _FURNITURE.sub("", name)
    name = name if name.count("(") == name.count(")") else name.strip("()")
    if name.endswith("人民"):
        name += "政府"
    if not 3 <= len(name) <= 36 or _GENERIC.match(name) or _NOT_NAME.search(name) or not _AGENCY_END.search(name):
        return ""
    return name


_SOURCE = re.compile(
    r"(?:信息来源|文章来源|来源|发布机构|发布单位|发文机关|发文单位|公开机构|公开单位|公开主体|责任单位|制作单位|成文机关|所属单位)"
    r"\s*[:|]?\s*(?P<name>[一-鿿()]{2,30})(?=$|[\s|,;:])"
)
_COMPILED = re.compile(
    r"(?:由|本报告由|报告由)(?P<a>[一-鿿]{3,30}?)(?:根据|按照|依据|编制|负责编制|依照)|"
    r"(?:现将|现就)(?P<b>[一-鿿()]{3,30}?)(?:20\d\d年|本年)|"
    r"(?:^|[。,;:、()])(?P<d>[一-鿿]{4,30}?)(?:编制完成了?本报告|编制了?本报告|特编制本报告|编制本(?:年度)?报告)"
)
_CONTACT = re.compile(r"(?:请|可|直接)?(?:与|向|和|同|致电|联系)(?P<name>[一-鿿()]{4,34}?)(?:联系|咨询|反映|反馈)")
_SECTION_OFFICE = re.compile(
    r"(?<=[局委厅府会处心区镇乡道])(?:办公室|(?:政务|信息)公开(?:科|办公室|办)|综合(?:科|处|股)|政工科|秘书科|党政(?:综合)?办公室)$"
)
_OPENING = re.compile(
    r"^(?:20\d\d年(?:度|以来)?[,:]?\s*)?(?P<name>[一-鿿]{4,24}?)"
    r"(?:认真|坚持|严格|深入|全面|高度|积极|以习近平|按照|根据|扎实|紧紧|始终|继续|持续|切实)"
)
_DATE_LINE = re.compile(
    r"^\(?(?:20\d\d\s*[年.\-/]\s*\d{1,2}\s*[月.\-/]\s*\d{1,2}\s*日?|二[〇○零Oo]\S{1,3}年\S{1,3}月\S{1,4}日)\)?$"
)


def _agency(lines: list[str], titles: list[_Title], sections: Mapping[str, Section]) -> str | None:
    votes: dict[str, float] = defaultdict(float)
    order: dict[str, int] = {}

    def vote(name: str, weight: float) -> None:
        if name:
            order.setdefault(name, len(order))
            votes[name] += weight

    for title in titles:
        vote(title.agency, 3.0 if title.weight >= TITLE_YEAR else 2.0)
    head = [_squeezed(line) for line in lines[:HEAD_LINES]]
    opening = _squeezed("".join(lines[:HEAD_LINES]))[:4000]
    for line in lines[:HEAD_LINES]:
        for match in _SOURCE.finditer(line):
            vote(_agency_name(match["name"]), 1.0)
    for match in _COMPILED.finditer(opening):
        name = next(group for group in match.groups() if group)
        vote(_SECTION_OFFICE.sub("", _agency_name(name)), 1.5)
    first = _squeezed(sections["一"].text[:400]) if "一" in sections else ""
    for text in (first, *head[1:8]):
        match_opening = _OPENING.match(text)
        if match_opening:
            vote(_agency_name(match_opening["name"]), 1.2)
    for name in _signatures(lines):
        vote(name, 1.6)
    for text in (opening, _squeezed("".join(lines[-TAIL_LINES:]))[-3000:]):
        for match in _CONTACT.finditer(text):
            vote(_SECTION_OFFICE.sub("", _agency_name(match["name"])), 0.8)
    if not votes:
        return None
    # A short form in a rubric speaks for the long form too.
    support = {
        name: weight + sum(0.7 * other for short, other in votes.items() if short != name and _is_short(short, name))
        for name, weight in votes.items()
    }
    best = max(support, key=lambda name: (round(support[name], 6), -order[name]))
    return _in_full(best, opening)


def _is_short(short: str, name: str) -> bool:
    """Whether one name is the other without its place or its kind: 市卫生局 for 某市卫生局."""
    return len(short) < len(name) and (name.startswith(short) or short.lstrip("省市区县") in name)


def _signatures(lines: list[str]) -> Iterator[str]:
    """Names that stand on a line of their own before the date that closes the report."""
    tail = lines[-TAIL_LINES:]
    for i, line in enumerate(tail):
        bare = _squeezed(line)
        if i and _DATE_LINE.match(bare):
            name = _agency_name(_squeezed(tail[i - 1]))
            if name:
                yield name
        signed = re.match(r"^([一-鿿]{4,30}?)(20\d\d年\d{1,2}月\d{1,2}日)$", bare)
        if signed and _agency_name(signed[1]):
            yield signed[1]


def _in_full(name: str, text: str) -> str:
    """The name with the higher place before it, where the report gives it in full somewhere else."""
    longer = re.findall(rf"(?:^|[^一-鿿]|由|与|向)([一-鿿]{{1,5}}[省市州盟]){re.escape(name)}", text)
    return f"{Counter(longer).most_common(1)[0][0]}{name}" if longer else name


# --- the year ------------------------------------------------------------------------------------

_OTHER_YEAR = re.compile(
    r"《[^》]*》|[〔\[(]\d{4}[〕\])]|(?:较|比|与|同|至|自|从|截至|截止|上年|去年)20\d\d年|"
    r"20\d\d年(?:\d{1,2}月\d{1,2}日)?(?:以来|起)|20\d\d-20\d\d"
)
_PROSE_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)年(?!第?\d{1,2}月|第)")


def _year(
    lines: list[str],
    titles: list[_Title],
    sections: Mapping[str, Section],
    printed: tuple[date | None, date | None],
    published: date | None,
) -> int | None:
    votes: dict[int, float] = defaultdict(float)
    in_titles: dict[int, float] = defaultdict(float)
    for title in titles:
        if title.year:
            repeated = title.year in in_titles
            in_titles[title.year] += title.weight * (0.5 if repeated else 1.0)
    for year, weight in in_titles.items():
        votes[year] += min(weight, TITLE_YEAR * 1.5)
    start, end = printed
    if start and end and start.year == end.year:
        votes[start.year] += PERIOD_YEAR
    elif end and start is None:
        votes[end.year] += PERIOD_YEAR / 2
    prose = "\n".join(sections[number].text for number in "一二三四" if number in sections) or "\n".join(lines)
    prose = _squeezed(_OTHER_YEAR.sub("", plain(prose)))
    counts = Counter(int(year) for year in _PROSE_YEAR.findall(prose) if FIRST_YEAR <= int(year) <= LAST_YEAR)
    total = sum(counts.values())
    for year, count in counts.items():
        votes[year] += PROSE_YEAR * count / total * min(1.0, 0.4 + 0.2 * count)
    opens = re.match(r"(?:截至|截止)?(20[0-3]\d)年", prose)
    if opens:
        votes[int(opens[1])] += OPENING_YEAR
    preface = _squeezed("".join(lines[:HEAD_LINES]))[:3000]
    for match in re.finditer(r"(?:现将|编制)[^。]{0,30}?(20[0-3]\d)年", _OTHER_YEAR.sub("", preface)):
        votes[int(match[1])] += PREFACE_YEAR
        break
    if published and published.month <= 6 and votes:
        votes[published.year - 1] += PUBLISHED_YEAR
    votes = {year: weight for year, weight in votes.items() if FIRST_YEAR <= year <= LAST_YEAR}
    if not votes:
        return None
    best = max(votes, key=lambda year: (round(votes[year], 6), -year))
    return best if votes[best] >= 1.0 else None


# --- dates ---------------------------------------------------------------------------------------

_DAY = r"(\d{4})\s*(?:年|[-./])\s*(\d{1,2})\s*(?:月|[-./])\s*(\d{1,2})\s*日?"
_TO = r"\s*(?:00:00)?\s*(?:算?起|开始|日起)?\s*,?\s*(?:至|到|-+|~|～|〜|止)\s*"
_FULL_RANGE = re.compile(_DAY + _TO + r"(?:(\d{4})\s*(?:年|[-./]))?\s*(\d{1,2})\s*(?:月|[-./])\s*(\d{1,2})\s*日?")
_LOST_RANGE = re.compile(
    r"(20[0-3]\d)\s*年?\s*1\s*[月./-]?\s*1\s*日?\s*(?:起|开始)?\s*(?:至|到|-+|~)\s*(?:(20[0-3]\d)\s*年?)?\s*12\s*[月./-]?\s*31\s*日?"
)
_BARE_RANGE = re.compile(
    r"(?<![\d年])\s*1\s*月\s*1\s*日\s*(?:起|开始)?\s*(?:至|到|-+|~)\s*(?:本年)?\s*12\s*月\s*31\s*日"
)
_CUTOFF = re.compile(r"(?:数据|统计)[^。]{0,10}截[至止](?:日期|时间)?(?:为|是|到|至)?\s*" + _DAY)
_STATES_PERIOD = re.compile(r"统计|数据|期限|时限|时段|起止|本报告|年度报告|限自|自$")


def _day(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR + 1 else None


def _printed_period(lines: list[str]) -> tuple[date | None, date | None]:
    """First and last day as printed; the first may be missing, or (1 January without a year) be year 1."""
    text = "\n".join(lines)
    text = re.sub(r"(?<=\d)\s*\n\s*(?=[\d年月日])|(?<=[年月日自起至])\s*\n\s*", "", text)
    text = _han_dates(text)
    for match in _FULL_RANGE.finditer(text):
        first = _day(match[1], match[2], match[3])
        last = _day(match[4] or match[1], match[5], match[6])
        whole = (match[2].lstrip("0"), match[3].lstrip("0"), match[5], match[6]) == ("1", "1", "12", "31")
        if first and last and first < last and (whole or _STATES_PERIOD.search(_clause_before(text, match.start()))):
            return first, last
    for match in _LOST_RANGE.finditer(text):
        last_year = match[2] or match[1]
        return date(int(match[1]), 1, 1), date(int(last_year), 12, 31)
    if _BARE_RANGE.search(text):
        return date(1, 1, 1), None
    cutoff = _CUTOFF.search(text)
    return (None, _day(cutoff[1], cutoff[2], cutoff[3])) if cutoff else (None, None)


def _clause_before(text: str, place: int) -> str:
    return re.split(r"[。;\n]", text[max(0, place - 30) : place])[-1]


def _period(printed: tuple[date | None, date | None], year: int | None) -> tuple[str, str] | None:
    first, last = printed
    if first and last and first.year == last.year:
        return first.isoformat(), last.isoformat()
    if first == date(1, 1, 1) and year:
        return f"{year}-01-01", f"{year}-12-31"
    return None


_HAN_DATE = re.compile(
    r"(二[〇○零Oo0][一二三][〇○零一二三四五六七八九])"
    r"\s*年\s*([一二三四五六七八九十元]{1,2})\s*月\s*([一二三四五六七八九十]{1,3})\s*日"
)
_HAN = {char: value for value, char in enumerate("一二三四五六七八九十", start=1)} | {"元": 1}


def _han_dates(text: str) -> str:
    """`二〇二二年一月六日` as `2022年1月6日`."""

    def small(word: str) -> int:
        if "十" in word and len(word) > 1:
            before, _, behind = word.partition("十")
            return (_HAN[before] if before else 1) * 10 + (_HAN[behind] if behind else 0)
        return _HAN[word]

    def convert(match: re.Match[str]) -> str:
        year = _year_number(match[1])
        try:
            return f"{year}年{small(match[2])}月{small(match[3])}日" if year else match[0]
        except KeyError:
            return match[0]

    return _HAN_DATE.sub(convert, text) if "年" in text else text


_LABELLED = tuple(
    re.compile(rf"(?:{label})\s*[:|]?\s*{_DAY}")
    for label in (
        r"发布日期|发布时间|公开日期|公开时间|公布日期|公布时间|信息提供日期|发布于",
        r"(?<![一-鿿])日期|(?<![一-鿿])时间",
        r"成文日期|生成日期|发文日期|印发日期|生成时间|成文时间",
    )
)
_LABELLED_SHORT = re.compile(r"(?:发布日期|发布时间|公开日期)\s*[:|]?\s*(20\d\d)(\d\d)(\d\d)(?!\d)")


def _published(lines: list[str]) -> date | None:
    head = [_han_dates(line) for line in lines[:HEAD_LINES]]
    tail = [_han_dates(line) for line in lines[-TAIL_LINES:]]
    near = "\n".join(line[:1500] for line in head) + "\n" + "\n".join(line[-300:] for line in tail)
    for pattern in (_LABELLED[0], _LABELLED_SHORT, *_LABELLED[1:]):
        for match in pattern.finditer(near):
            found = _day(match[1], match[2], match[3])
            if found:
                return found
    for line in (*reversed(tail), *head[:6]):
        bare = _squeezed(line)
        signed = re.match(rf"^(?:[一-鿿]{{4,30}}?)?\(?{_DAY}\)?$", bare)
        if signed:
            found = _day(signed[1], signed[2], signed[3])
            if found:
                return found
    return None
