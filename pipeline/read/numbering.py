"""The automatic numbers of Word lists (一、 （一） 1.), which stand nowhere in the text of the document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_DIGITS = "〇一二三四五六七八九"
_LEGAL = ("零壹贰叁肆伍陆柒捌玖", "拾佰仟")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_CLOSED = "、，。：；．.,:;)）〕】》"
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a list as numbering.xml defines it."""

    format: str
    text: str
    """With `%1` to `%9` where the numbers of the levels go."""
    start: int
    suffix: str
    restart: int | None
    """Restarts after this level (from 1); 0 never; None after any higher one."""
    style: str | None
    legal: bool
    """All numbers in the text shown in Arabic digits."""


@dataclass(slots=True)
class _List:
    abstract: str
    levels: dict[int, Level]
    restarts: dict[int, int]


@dataclass(slots=True)
class Numbering:
    """The lists of a document with their running counts. Ask in document order."""

    lists: dict[str, _List] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _restarted: set[str] = field(default_factory=set)

    def level_of_style(self, list_id: str, style: str) -> int | None:
        """The level that the list ties to a paragraph style."""
        found = self.lists.get(list_id)
        if found is None:
            return None
        return next((depth for depth, level in found.levels.items() if level.style == style), None)

    def next(self, list_id: str, depth: int) -> str:
        """The number to put before the next paragraph of a list, with what separates it; "" for bullets."""
        found = self.lists.get(list_id)
        if found is None or depth not in found.levels:
            return ""
        level = found.levels[depth]
        counts = self._counts.setdefault(found.abstract, [None] * _LEVELS)
        if list_id not in self._restarted:
            self._restarted.add(list_id)
            for restarted in found.restarts:
                counts[restarted] = None
        before = counts[depth]
        counts[depth] = found.restarts.get(depth, level.start) if before is None else before + 1
        for deeper in range(depth + 1, _LEVELS):
            after = found.levels[deeper].restart if deeper in found.levels else None
            if after is None or depth < after:
                counts[deeper] = None
        if level.format == "bullet":
            return ""
        shown = re.sub(
            r"%([1-9])", lambda match: self._count(found, counts, int(match.group(1)) - 1, level), level.text
        )
        if not shown or level.suffix == "nothing" or shown[-1] in _CLOSED:
            return shown
        return shown + " "

    @staticmethod
    def _count(found: _List, counts: list[int | None], depth: int, shown_in: Level) -> str:
        level = found.levels.get(depth)
        if level is None:
            return ""
        count = counts[depth]
        if count is None:
            count = counts[depth] = found.restarts.get(depth, level.start)
        return format_number(count, "decimal" if shown_in.legal else level.format)


def read_numbering(root: etree._Element | None, list_of_style: dict[str, str]) -> Numbering:
    """The lists of numbering.xml.

    Args:
        root: its root element; None where the document has none.
        list_of_style: numbering styles with the id of the list that each stands for.
    """
    if root is None:
        return Numbering()
    abstracts = {element.get(f"{W}abstractNumId") or "": element for element in root.iter(f"{W}abstractNum")}
    instances = {element.get(f"{W}numId") or "": element for element in root.iter(f"{W}num")}
    lists: dict[str, _List] = {}
    for list_id, instance in instances.items():
        abstract_id = value(instance, "abstractNumId") or ""
        abstract = abstracts.get(abstract_id)
        if abstract is None:
            continue
        link = value(abstract, "numStyleLink")
        linked = instances.get(list_of_style.get(link, "")) if link else None
        if linked is not None:
            abstract_id = value(linked, "abstractNumId") or ""
            abstract = abstracts.get(abstract_id, abstract)
        levels = _levels(abstract)
        restarts: dict[int, int] = {}
        for override in instance.iterfind(f"{W}lvlOverride"):
            depth = integer(override.get(f"{W}ilvl"), 0)
            if not 0 <= depth < _LEVELS:
                continue
            levels.update(_levels(override))
            start = value(override, "startOverride")
            if start is not None:
                restarts[depth] = integer(start, 1)
        lists[list_id] = _List(abstract_id, levels, restarts)
    return Numbering(lists)


def _levels(parent: etree._Element) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for element in parent.iterfind(f"{W}lvl"):
        depth = integer(element.get(f"{W}ilvl"), 0)
        if not 0 <= depth < _LEVELS:
            continue
        restart = value(element, "lvlRestart")
        found[depth] = Level(
            format=_format(element),
            text=value(element, "lvlText") or "",
            start=integer(value(element, "start"), 1),
            suffix=value(element, "suff") or "tab",
            restart=None if restart is None else integer(restart, 0),
            style=value(element, "pStyle"),
            legal=element.find(f"{W}isLgl") is not None,
        )
    return found


def _format(level: etree._Element) -> str:
    # Newer formats stand in mc:AlternateContent, whose fallback is what every program understands.
    formats = [element.get(f"{W}val") for element in level.iter(f"{W}numFmt")]
    return next((name for name in reversed(formats) if name), "decimal")


def value(parent: etree._Element, name: str) -> str | None:
    """The `w:val` of a child."""
    child = parent.find(W + name)
    return None if child is None else child.get(f"{W}val")


def integer(text: str | None, default: int) -> int:
    """The integer that an attribute says, kept within what any document needs."""
    if text is None or not re.fullmatch(r"\s*[+-]?\d{1,9}\s*", text):
        return default
    return int(text)


def format_number(number: int, format: str) -> str:
    """A count in one of Word's number formats; Arabic digits for any that is not known or cannot show it."""
    if format == "none":
        return ""
    if number > 0:
        shown = _formatted(number, format)
        if shown is not None:
            return shown
    return str(number)


def _formatted(number: int, format: str) -> str | None:
    match format:
        case (
            "chineseCounting" | "chineseCountingThousand" | "japaneseCounting"
            | "taiwaneseCounting" | "taiwaneseCountingThousand"
        ):  # fmt: skip
            return chinese_number(number)
        case "chineseLegalSimplified" | "ideographLegalTraditional":
            return chinese_number(number, *_LEGAL)
        case "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital":
            return "".join(_DIGITS[int(digit)] for digit in str(number))
        case "decimalZero":
            return f"{number:02d}"
        case "decimalFullWidth" | "decimalFullWidth2":
            return "".join(chr(0xFF10 + int(digit)) for digit in str(number))
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if number <= 20:
            return chr(0x2460 + number - 1)
        case "decimalEnclosedParen" if number <= 20:
            return chr(0x2474 + number - 1)
        case "decimalEnclosedFullstop" if number <= 20:
            return chr(0x2488 + number - 1)
        case "ideographEnclosedCircle" if number <= 10:
            return chr(0x3280 + number - 1)
        case "ideographTraditional":
            return _STEMS[(number - 1) % 10]
        case "ideographZodiac":
            return _BRANCHES[(number - 1) % 12]
        case "upperLetter" | "lowerLetter":
            letter = chr(ord("A" if format == "upperLetter" else "a") + (number - 1) % 26)
            return letter * min((number - 1) // 26 + 1, 50)
        case "lowerRoman" | "upperRoman" if number < 4000:
            roman = _roman(number)
            return roman.upper() if format == "upperRoman" else roman
    return None


def chinese_number(number: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    """A count in Chinese words: 十二, 二十, 一百〇五. From 10,000 on in plain digits."""
    if not 0 < number < 10_000:
        return str(number)
    shown = ""
    pending_zero = False
    text = str(number)
    for at, figure in enumerate(text):
        power = len(text) - at - 1
        if figure == "0":
            pending_zero = True
            continue
        if pending_zero and shown:
            shown += digits[0]
        pending_zero = False
        shown += digits[int(figure)] + (units[power - 1] if power else "")
    # 一十二 is said 十二, except in the characters against forgery.
    return shown[1:] if 10 <= number < 20 and digits == _DIGITS else shown


def _roman(number: int) -> str:
    shown = ""
    for amount, letters in _ROMAN:
        while number >= amount:
            shown += letters
            number -= amount
    return shown
