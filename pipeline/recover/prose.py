"""Numbers of the form that the prose states in words: 收到政府信息公开申请12件, 未发生行政诉讼.

Evidence from prose is weak and a wrong reading does harm, so a sentence that is not fully understood
gives nothing. The wordings are data (configs/prose.yaml); this module knows how a sentence is put
together: which year and whose numbers it speaks of, which count belongs to which name in a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from pipeline.document import Document
from pipeline.errors import E302, GoujiError
from pipeline.record import Number, Section
from pipeline.recover.metadata import Metadata, find_metadata
from pipeline.recover.normalise import plain, simplified
from pipeline.recover.numbers import han_number
from pipeline.recover.sections import preface
from pipeline.template import table

Strength = Literal["exact", "loose"]

LONGEST_QUOTE = 60
LONGEST_SENTENCE = 1500

_FIRST_COUNT, _LAST_COUNT = "\ue000", "\uf7ff"
_THIS, _LAST, _NEXT, _OTHER, _OPAQUE = "\uf801", "\uf802", "\uf803", "\uf804", "\uf8ff"
_COUNT = f"[{_FIRST_COUNT}-{_LAST_COUNT}]"
_MARKS = "\ue000-\uf8ff"


@dataclass(frozen=True, slots=True)
class ProseNumber:
    """A number that a sentence gives."""

    fields: tuple[str, ...]
    """Ids of the fields whose sum the number is meant to be; usually one."""
    value: Number
    quote: str
    """The clause as printed, without blanks and line ends, at most 60 characters."""
    section: str
    """一 to 六; '' for what stands before the first section."""
    strength: Strength
    """`loose` where the sentence may count something else than the form does."""


# --- the wordings --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    pattern: re.Pattern[str]
    fields: tuple[str, ...]
    needs: str
    strength: Strength
    any_year: bool
    guard: str
    units: frozenset[str]
    reject: re.Pattern[str] | None
    each: bool


@dataclass(frozen=True, slots=True)
class _Label:
    name: str
    pattern: re.Pattern[str]
    fields: tuple[str, ...]
    needs: str
    strength: Strength
    column: str


@dataclass(frozen=True, slots=True)
class _Wordings:
    rules: tuple[_Rule, ...]
    negations: tuple[_Rule, ...]
    labels: tuple[_Label, ...]
    any_label: re.Pattern[str]
    before_count: re.Pattern[str]
    behind_count: re.Pattern[str]
    not_requests: re.Pattern[str]
    channels: re.Pattern[str]
    verbs: tuple[tuple[re.Pattern[str], tuple[str, ...], str, Strength], ...]
    nouns: tuple[tuple[re.Pattern[str], str, str], ...]
    decision_units: frozenset[str]
    document_units: frozenset[str]
    heads: re.Pattern[str]
    objects: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]
    follows: re.Pattern[str]
    behind: str


_BUILT_IN = {
    "N": f"(?P<n>{_COUNT})",
    "C": _COUNT,
    "last": f"(?:{_LAST}|上一?年度?|去年度?)",
    "this": f"(?:{_THIS}|本年度?|今年|全年)",
    "next": f"(?:{_NEXT}|下一?年度?|次年度?|明年)",
}


@cache
def load_wordings() -> _Wordings:
    """The wordings of configs/prose.yaml.

    Raises:
        GoujiError: E302 where the file does not have the shape that it should.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _wordings(yaml.load((resources.files("configs") / "prose.yaml").read_text(encoding="utf-8"), loader))
    except (KeyError, TypeError, AttributeError, re.error, yaml.YAMLError) as error:
        raise GoujiError(E302, reason=f"prose.yaml: {error!r}") from error


def _wordings(raw: dict[str, Any]) -> _Wordings:
    macros: dict[str, str] = raw["macros"]

    def expand(pattern: str) -> str:
        for _ in range(3):
            for name, text in (*macros.items(), *_BUILT_IN.items()):
                pattern = pattern.replace(f"<{name}>", text)
        pattern = re.sub(r"<w:(\d+)>", rf"[^,;:。、(){_MARKS}]{{0,\1}}?", pattern)
        return re.sub(r"<wl:(\d+)>", rf"[^,;:。(){_MARKS}]{{0,\1}}?", pattern)

    def rules(entries: list[dict[str, Any]]) -> tuple[_Rule, ...]:
        made = []
        for entry in entries:
            for pattern in entry["patterns"]:
                made.append(
                    _Rule(
                        id=entry["id"],
                        pattern=re.compile(expand(pattern)),
                        fields=tuple(entry["fields"]),
                        needs=entry.get("needs", ""),
                        strength=entry.get("strength", "exact"),
                        any_year=bool(entry.get("any_year", False)),
                        guard=entry.get("guard", ""),
                        units=frozenset(entry.get("units", ())),
                        reject=re.compile(entry["reject"]) if "reject" in entry else None,
                        each=bool(entry.get("each", False)),
                    )
                )
        return tuple(made)

    labels = tuple(
        _Label(
            name=entry["name"],
            pattern=re.compile(expand(entry["pattern"])),
            fields=tuple(entry.get("fields", ())),
            needs=entry["needs"],
            strength=entry.get("strength", "exact"),
            column=entry.get("column", ""),
        )
        for entry in raw["labels"]
    )
    none = raw["none_of_review"]
    return _Wordings(
        rules=rules(raw["rules"]),
        negations=rules(raw["negations"]),
        labels=labels,
        any_label=re.compile("|".join(f"(?P<l{i}>{label.pattern.pattern})" for i, label in enumerate(labels))),
        before_count=re.compile(raw["before_count"]),
        behind_count=re.compile(raw["behind_count"]),
        not_requests=re.compile(raw["not_requests"]),
        channels=re.compile(raw["channels"]),
        verbs=tuple(
            (re.compile(entry["pattern"]), tuple(entry.get("documents", ())), name, entry["strength"])
            for name, entry in raw["verbs"].items()
        ),
        nouns=tuple((re.compile(entry["pattern"]), entry["row"], entry["kind"]) for entry in raw["nouns"]),
        decision_units=frozenset(raw["decision_units"]),
        document_units=frozenset(raw["document_units"]),
        heads=re.compile(none["heads"]),
        objects=tuple((re.compile(entry["pattern"]), tuple(entry["fields"])) for entry in none["objects"]),
        follows=re.compile(none["follows"]),
        behind=none["behind"],
    )


# --- sentences -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Count:
    value: Number
    unit: str
    difference: bool
    """By how much something grew or shrank."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    """Simplified, half-width, without blanks; each count and year one mark."""
    printed: str
    counts: tuple[_Count, ...]
    marks: tuple[tuple[int, int], ...]
    """Place of each mark in `text`, and by how much what it stands for is longer."""
    section: str
    topics: frozenset[str]
    """What it is about: `requests`, `review`, both or neither."""
    loose: bool

    def count(self, at: int) -> _Count:
        return self.counts[ord(self.text[at]) - ord(_FIRST_COUNT)]

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
    rf"(?P<opaque>[〔\[(]\d{{4}}[〕\])](?:第?\d+号)?|第[\d{_HAN}]+|\d+[:：]\d+|"
    rf"(?:20\d\d年)?\d{{1,2}}月(?:\d{{1,2}}日)?|\d+(?:\.\d+)?(?:%|％|‰|个百分点)|"
    rf"(?:近|约|逾|超过?|大约|将近|接近|不足|每)[\d{_HAN},.]+(?:{_UNITS})|"
    rf"(?:\d[\d,.]*|[{_HAN}]+)(?:余|多|几|来|万余|\+|万[+多余]|万(?!元))(?:{_UNITS})?|[{_HAN}]+件事|[一二三四五六七八九十]+[是、.](?=\D)|"
    r"[\d]+(?:-[\d]+){1,3})"
    r"|(?P<year>20[0-3]\d)年(?:度)?"
    rf"|(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<unit>{_UNITS}|(?<=[为是:]\d)(?=[,;。)]|$)|(?<=[为是:]\d\d)(?=[,;。)]|$))"
    rf"|(?<![第其之统唯逐每同])(?P<han>[{_HAN}]+)(?P<han_unit>{_UNITS})(?!事|性|系列)"
    r"|(?P<other>\d[\d,.]*)"
)
_DIFFERENCE = re.compile(r"(?:增加|减少|增长|下降|上升|回落|提高|降低|增多|同比[增减多少]|[增减多少升])(?:了|幅|为|至)?$")
_INTERESTING = re.compile(rf"(?:[\d{_HAN}]\s*(?:{_UNITS}))|[为是:：]\s*\d|无|未|没有|零|不存在")
_SUBJECTS = re.compile(r"申请|复议|诉讼|许可|处罚|强制|规章|规范性|结转|收费|公开|答复|办结|无法提供|不予|采购|自然人|应诉")
_BREAK = re.compile(r"(?<=[。!?！？])")
_HEADING = re.compile(r"^[(（]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．]|^第[一二三四五六七八九十]|^[一二三四五六七八九]是")
_REQUESTS = re.compile(r"依申请|信息公开(?:的)?申请|公开申请|申请公开|公开(?:政府|相关)?信息的申请|政府信息申请")
_OTHER_TOPIC = re.compile(r"主动公开|信访|建议提案|人大代表|政协|建议|回应关切|政策解读|公众号|平台建设|监督保障|培训|咨询|热线|留言|行政审批")
_REVIEW = re.compile(r"复议|诉讼|应诉")
_ABOUT_INFORMATION = re.compile(r"信息公开|公开信息|政务公开|依申请|政府信息")
_REVIEWING = re.compile(r"(?:审理|审结|化解|代理|承办|办理|受理|参与|出庭)[^,;。]{0,10}(?:复议|诉讼|应诉)")
_OTHERS = re.compile(r"全市|全区|全县|全省|全州|全镇|全系统|各级|各部门|各单位|各镇|各乡|各街道|各科室|下属|直属|局属|系统各|代表")
_GOVERNMENT = re.compile(r"(?:政府|管委会|管理委员会|[市县区旗州省镇乡盟]|街道|街道办事处|新区|开发区|实验区)$")


def _paragraphs(text: str) -> Iterator[str]:
    """Lines joined where the paper's width broke a sentence."""
    current = ""
    for line in text.split("\n"):
        line = line.strip()
        if not line:
            continue
        if current and (current[-1] in "。！？!?;；:：" or _HEADING.match(line) or len(current) < 8):
            yield current
            current = line
        else:
            current += line
    if current:
        yield current


def _sentences(text: str, section: str, year: int | None, agency: str | None) -> Iterator[_Sentence]:
    topic = {"三": "requests", "四": "review"}.get(section, "")
    text = simplified(text)
    for paragraph in _paragraphs(text):
        if _HEADING.match(paragraph):
            topic = {"三": "requests", "四": "review"}.get(section, "")
        for raw in _BREAK.split(paragraph):
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


def _sentence(raw: str, section: str, year: int | None, agency: str | None, topic: str) -> _Sentence:
    printed = re.sub(r"\s+", "", raw)
    shown = simplified(plain(printed))
    if len(shown) != len(printed):
        printed = shown
    shown = shown.replace("【", "(").replace("】", ")").replace("!", "。").replace("?", "。")
    counts: list[_Count] = []
    marks: list[tuple[int, int]] = []
    shift = 0

    def mark(match: re.Match[str]) -> str:
        nonlocal shift
        char = _OPAQUE
        if match["year"]:
            difference = int(match["year"]) - year if year is not None else 0
            char = {0: _THIS, -1: _LAST, 1: _NEXT}.get(difference, _OTHER)
        elif match["digits"] or match["han"]:
            value = _value(match)
            unit = match["unit"] if match["digits"] else match["han_unit"]
            if value is not None and len(counts) < ord(_LAST_COUNT) - ord(_FIRST_COUNT):
                grew = bool(_DIFFERENCE.search(shown[max(0, match.start() - 5) : match.start()]))
                counts.append(_Count(value, unit, grew))
                char = chr(ord(_FIRST_COUNT) + len(counts) - 1)
        marks.append((match.start() - shift, match.end() - match.start() - 1))
        shift += match.end() - match.start() - 1
        return char

    text = _TOKEN.sub(mark, shown)
    topics = {topic} if topic else set()
    if _REVIEW.search(text) and (topic or section == "四" or _ABOUT_INFORMATION.search(text)):
        topics.add("review")
    if _REVIEW.search(text) and section == "一" and re.search(_NONE_BEFORE, text):
        topics.add("review")
    others = bool(_OTHERS.search(text)) and not (agency and _GOVERNMENT.search(agency) and "代表" not in text)
    return _Sentence(text, printed, tuple(counts), tuple(marks), section, frozenset(topics), others or not section)


_NONE_BEFORE = r"(?:未发生|没有发生|无|未出现)[^,;。]{0,12}行政(?:复议|诉讼)"


def _value(match: re.Match[str]) -> Number | None:
    if match["han"]:
        return han_number(match["han"])
    digits = match["digits"].replace(",", "")
    return float(digits) if "." in digits else int(digits)


# --- reading -------------------------------------------------------------------------------------


def prose_numbers(
    sections: dict[str, Section],
    document: Document,
    templates: Mapping[str, str],
    metadata: Metadata | None = None,
) -> list[ProseNumber]:
    """The numbers of the form that the prose gives, in reading order.

    Args:
        sections: as `find_sections` gives them. 五 speaks of shortcomings and plans and is not read.
        templates: the template chosen for each table, `{"t2": "2021", "t3": "2021", "t4": "2021"}`.
        metadata: the document's; found anew where it is not given.
    """
    metadata = metadata or find_metadata(document, sections)
    texts = {"": preface(document)} | {number: part.text for number, part in sections.items() if number != "五"}
    found: dict[tuple[tuple[str, ...], Number, str], ProseNumber] = {}
    for section, text in texts.items():
        for sentence in _sentences(text, section, metadata.year, metadata.agency):
            for number in _read(sentence):
                fields = _existing(number.fields, templates)
                if fields:
                    found.setdefault((fields, number.value, section), replace(number, fields=fields))
    return list(found.values())


def _existing(fields: tuple[str, ...], templates: Mapping[str, str]) -> tuple[str, ...]:
    """The fields with `*` filled in, and without those that the chosen templates do not have."""
    found: list[str] = []
    for pattern in fields:
        table_id = pattern.split(".")[0]
        known = _field_ids(templates.get(table_id, "2021"), table_id)
        if "*" not in pattern:
            found += [pattern] if pattern in known else []
        else:
            found += [field for field in known if fnmatchcase(field, pattern)]
    return tuple(dict.fromkeys(found))


@cache
def _field_ids(template: str, table_id: str) -> tuple[str, ...]:
    return tuple(table(template, table_id).field_ids())


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    at: int
    """Place of the count; -1 for a negation."""
    fields: tuple[str, ...]
    value: Number
    strength: Strength
    rule: str


def _read(sentence: _Sentence) -> Iterator[ProseNumber]:
    wordings = load_wordings()
    found = [*_by_rules(sentence, wordings)]
    taken = {one.at for one in found}
    found += [one for one in _documents(sentence, wordings) if one.at not in taken]
    taken |= {one.at for one in found}
    found += [one for one in _by_labels(sentence, wordings, found) if one.at not in taken]
    found += _negations(sentence, wordings)
    found.sort(key=lambda one: (one.start, one.at))
    said: dict[tuple[str, ...], Number] = {}
    for one in found:
        if said.setdefault(one.fields, one.value) != one.value:
            continue
        strength: Strength = "loose" if sentence.loose else one.strength
        yield ProseNumber(one.fields, one.value, sentence.quote(one.start, one.end), sentence.section, strength)


_OTHER_TIMES = re.compile(
    rf"(?P<this>{_THIS}|本年|今年|全年|本期)|"
    rf"(?<![较比与同至])(?<!相较)(?P<other>[{_LAST}{_NEXT}{_OTHER}](?!结转|转)|(?:上一?年度?|去年)(?!结转|转|度结转|申请结转|相比|同期|持平)|"
    rf"上半年|下半年|[一二三四]季度|季度|历年|以来|{_OPAQUE}(?:至|到|-){_OPAQUE}|近[二两三四五]年|下一年|明年|计划|力争|预计|拟)"
)


def _of_this_year(sentence: _Sentence, place: int) -> bool:
    """Whether the sentence, at the place, speaks of the year reported on."""
    last = None
    for match in _OTHER_TIMES.finditer(sentence.text, 0, place):
        last = match
    return last is None or last["this"] is not None


def _by_rules(sentence: _Sentence, wordings: _Wordings) -> Iterator[_Found]:
    text = sentence.text
    if not sentence.counts:
        return
    taken: set[int] = set()
    received: list[int] = []
    for rule in wordings.rules:
        if rule.needs and rule.needs not in sentence.topics:
            continue
        for match in rule.pattern.finditer(text):
            at = match.start("n")
            count = sentence.count(at)
            if at in taken or count.difference:
                continue
            if (rule.units and count.unit not in rule.units) or (not rule.units and count.unit.endswith("元")):
                continue
            if not rule.any_year and not _of_this_year(sentence, match.end()):
                continue
            strength: Strength = rule.strength
            fields = rule.fields
            if rule.guard:
                verdict = _guarded(sentence, match, rule, wordings, received)
                if verdict is None:
                    continue
                strength = "loose" if "loose" in (strength, verdict) else "exact"
                if rule.guard == "received":
                    received.append(at)
                    if re.match(r"[(,](?:含|包括|其中|其中含|包含)(?:\uf802|上一?年|去年)", text[at + 1 : at + 8]):
                        fields, strength = (*fields, "t3.carried_in.total"), "loose"
            taken.add(at)
            yield _Found(match.start(), match.end(), at, fields, count.value, strength, rule.id)


def _guarded(
    sentence: _Sentence, match: re.Match[str], rule: _Rule, wordings: _Wordings, received: list[int]
) -> Strength | None:
    """How far a match counts all requests; None where it counts a part of them or other things."""
    text = sentence.text
    start = max(text.rfind(mark, 0, match.start()) for mark in ",;。(") + 1
    end = match.end()
    clause = text[start:end]
    behind = re.split(r"[,;。()]", text[end : end + 14])[0]
    if wordings.not_requests.search(clause) or wordings.not_requests.search(behind):
        return None
    if rule.guard == "handled":
        return None if re.search(r"延期|逾期|不予|未|正在|尚", clause) else "exact"
    if re.search(r"自然人|法律服务|科研机构|(?<!民、)法人|(?<![、或])企业", clause) or "其中" in clause:
        return None
    if received and match.start("n") not in received:
        return None
    if re.search(r"重复|撤[回销]|补正|结转|转办|转来|延期", clause + behind):
        return None
    return "loose" if wordings.channels.search(clause) or "个人" in clause and "申请公开" not in clause else "exact"


# --- names and counts in a list ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Name:
    """Names side by side that share a count."""

    start: int
    end: int
    labels: tuple[_Label, ...]


_AND = re.compile(r"^(?:、|和|及|与|或|以及|或者|并|及其|,)?(?:提起|被提起|被)?$")
_RESULT_OF = re.compile(r"(未经复议|直接起诉)|(复议后)|(复议)|(诉讼|应诉)")


def _by_labels(sentence: _Sentence, wordings: _Wordings, found: list[_Found]) -> Iterator[_Found]:
    if not sentence.counts:
        return
    text = sentence.text
    taken = {one.at for one in found}
    received = [one.at for one in found if one.rule.startswith("new")]
    # A bracket without a count explains the name before it; one with a count is a list of its own.
    text = re.sub(rf"\(([^(){_FIRST_COUNT}-{_LAST_COUNT}]{{0,40}})\)", r"“\1”", text)
    for clause in re.finditer(r"[^,;。()]+", text):
        if not re.search(_COUNT, clause.group()):
            continue
        for name, at in _pairs(_events(text, clause.start(), clause.end(), wordings), text, wordings):
            count = sentence.count(at)
            if at in taken or count.difference or count.unit.endswith("元") or not _of_this_year(sentence, at):
                continue
            yield from _named(sentence, name, at, received)


def _events(text: str, start: int, end: int, wordings: _Wordings) -> list[_Name | int]:
    """Names (joined where they stand side by side) and places of counts, in order."""
    names: list[_Name] = []
    for match in wordings.any_label.finditer(text, start, end):
        label = wordings.labels[int((match.lastgroup or "l0")[1:])]
        names.append(_Name(match.start(), match.end(), (label,)))
    events: list[_Name | int] = [*names, *(match.start() for match in re.finditer(_COUNT, text[start:end]))]
    places = [event.start if isinstance(event, _Name) else event + start for event in events]
    joined: list[_Name | int] = []
    for place, event in sorted(zip(places, events, strict=True), key=lambda pair: pair[0]):
        last = joined[-1] if joined else None
        if isinstance(event, _Name) and isinstance(last, _Name):
            joined[-1] = _joined(last, event, text)
        else:
            joined.append(event if isinstance(event, _Name) else place)
    return joined


def _joined(first: _Name, second: _Name, text: str) -> _Name:
    between = text[first.end : second.start]
    if _AND.match(between) and between:
        return _Name(first.start, second.end, (*first.labels, *second.labels))
    for one, other in ((first, second), (second, first)):
        general = other.labels[0].fields
        # 属于国家秘密不予公开: the narrower of the two names says what is counted.
        if len(one.labels) == len(other.labels) == 1 and any("*" in field for field in general):
            if all(any(fnmatchcase(field, pattern) for pattern in general) for field in one.labels[0].fields):
                # ... unless 等 says that it is only an example.
                example = other is second and text[second.start] == "等"
                return _Name(first.start, second.end, other.labels if example else one.labels)
    return _Name(first.start, second.end, ())


def _pairs(events: list[_Name | int], text: str, wordings: _Wordings) -> Iterator[tuple[_Name, int]]:
    """Each count with its name. In a clause the names stand all before or all behind their counts."""
    n_names = sum(isinstance(event, _Name) for event in events)
    n_counts = len(events) - n_names
    if not n_names or not n_counts:
        return
    names_first = isinstance(events[0], _Name)
    if not names_first and n_counts > n_names:
        names_first = True
    for left, right in zip(events, events[1:], strict=False):
        if names_first and isinstance(left, _Name) and isinstance(right, int):
            if left.labels and wordings.before_count.fullmatch(text[left.end : right]):
                yield left, right
        elif (
            not names_first
            and isinstance(left, int)
            and isinstance(right, _Name)
            and right.labels
            and wordings.behind_count.fullmatch(text[left + 1 : right.start])
        ):
            yield right, left


def _named(sentence: _Sentence, name: _Name, at: int, received: list[int]) -> Iterator[_Found]:
    needs = {label.needs for label in name.labels}
    if len(needs) > 1:
        return
    (need,) = needs
    value = sentence.count(at).value
    start, end = min(name.start, at), max(name.end, at + 1)
    fields = [label.fields for label in name.labels]
    if need == "applicants":
        if not received or at < received[0] or re.search(r"结转|予以|不予|部分|无法|答复|办结", sentence.text[received[0] : at]):
            return
    elif need == "result":
        row = _row_of_result(sentence.text[: start])
        if "review" not in sentence.topics or not row:
            return
        fields = [tuple(f"t4.{one}.{label.column}" for one in row) for label in name.labels]
    elif need not in sentence.topics:
        return
    if need == "review" and _REVIEWING.search(sentence.text) and not _ABOUT_INFORMATION.search(sentence.text):
        return
    strength: Strength = "loose" if any(label.strength == "loose" for label in name.labels) else "exact"
    between = sentence.text[min(name.end, at) : max(name.start, at)] + sentence.text[name.start : name.end]
    if "分别" in between and len(fields) > 1:
        return
    if len(fields) > 1 and (value == 0 or re.search("各", sentence.text[name.end : at])):
        for one in fields:
            yield _Found(start, end, at, one, value, strength, "label")
        return
    together = tuple(dict.fromkeys(field for one in fields for field in one))
    yield _Found(start, end, at, together, value, strength, "label")


def _row_of_result(before: str) -> tuple[str, ...]:
    """The rows of table 4 that a result belongs to: those of the kind of case named last before it."""
    last = None
    for match in _RESULT_OF.finditer(before):
        last = match
    if last is None:
        return ()
    rows = (("litigation_direct",), ("litigation_after_review",), ("review",), ("litigation_direct", "litigation_after_review"))
    return rows[(last.lastindex or 1) - 1]


# --- documents and decisions ---------------------------------------------------------------------

_NOUN_GAP = r"(?:(?:处理)?(?:决定)?(?:数量|数|总数|件数|总量)?(?:的)?(?:信息)?(?<!信息)(?:共|共计|为|有|计|:|总计|合计|累计|结果)*)"


def _documents(sentence: _Sentence, wordings: _Wordings) -> Iterator[_Found]:
    """Documents made, and decisions taken, by the verb that governs the list."""
    text = sentence.text
    if not sentence.counts or not re.search("规章|规范性文件|行政(?:许可|处罚|强制)", text):
        return
    for pattern, row, kind in wordings.nouns:
        both = rf"(?:(?P<a>{pattern.pattern}){_NOUN_GAP}(?P<n>{_COUNT}))|(?:(?P<m>{_COUNT})(?P<b>{pattern.pattern})(?=[,;。、)]|$))"
        for match in re.finditer(both, text):
            at = match.start("n") if match["n"] else match.start("m")
            count = sentence.count(at)
            noun_at = match.start("a") if match["n"] else match.start("b")
            units = wordings.decision_units if kind == "decision" else wordings.document_units
            if count.unit not in units or count.difference or not _of_this_year(sentence, at):
                continue
            verb = _verb_before(text, min(noun_at, at), wordings)
            if verb is None or (match["m"] and not verb[3]):
                continue
            documents, name, strength, _ = verb
            if kind == "decision":
                loose = name != "taken" or "决定" not in match.group()
                yield _Found(
                    match.start(), match.end(), at, (f"t2.{row}.decisions",), count.value, "loose" if loose else "exact", "decision"
                )
            elif name != "taken":
                columns = [f"t2.{row}.{column}" for column in documents]
                # The two forms have different columns for the same deed; only one of them exists in a report.
                yield _Found(match.start(), match.end(), at, tuple(columns), count.value, strength, "document")


def _verb_before(
    text: str, place: int, wordings: _Wordings
) -> tuple[tuple[str, ...], str, Strength, bool] | None:
    """The verb nearest before the place in its sentence, and whether it stands in the same clause."""
    best: tuple[int, tuple[str, ...], str, Strength] | None = None
    start = max(text.rfind("。", 0, place), text.rfind(";", 0, place)) + 1
    for pattern, documents, name, strength in wordings.verbs:
        for match in pattern.finditer(text, start, place):
            if best is None or match.start() > best[0]:
                best = (match.start(), documents, name, strength)
    if best is None:
        return None
    if re.search(r"废止|失效|现行有效|清理|备案|审查|解读|修订|修改|权力|清单|目录|培训|计划", text[best[0] : place]):
        return None
    return best[1], best[2], best[3], "," not in text[best[0] : place]


# --- what did not happen -------------------------------------------------------------------------


def _negations(sentence: _Sentence, wordings: _Wordings) -> Iterator[_Found]:
    text = sentence.text
    if not re.search("无|未|没有|零|不存在", text):
        return
    for rule in wordings.negations:
        if rule.needs and rule.needs not in sentence.topics:
            continue
        for match in rule.pattern.finditer(text):
            gap = match.groupdict().get("gap") or ""
            if rule.reject and rule.reject.search(gap):
                continue
            if not rule.any_year and not _of_this_year(sentence, match.end()):
                continue
            for fields in [(field,) for field in rule.fields] if rule.each else [rule.fields]:
                yield _Found(match.start(), match.end(), -1, fields, 0, rule.strength, rule.id)
    if "review" in sentence.topics:
        yield from _none_of_review(sentence, wordings)


def _none_of_review(sentence: _Sentence, wordings: _Wordings) -> Iterator[_Found]:
    text = sentence.text
    given: set[tuple[str, ...]] = set()
    for head in wordings.heads.finditer(text):
        stop = re.compile(rf"[;。(){_FIRST_COUNT}-{_LAST_COUNT}]|,(?!(?:或|和|及|以及|也无|亦无|无)?(?:被)?(?:提起)?行政(?:复议|诉讼))").search(text, head.end())
        end = stop.start() if stop else len(text)
        if end - head.end() > 60 or not _of_this_year(sentence, head.end()):
            continue
        for pattern, fields in wordings.objects:
            for match in pattern.finditer(text, head.end(), end):
                if text[match.end() : match.end() + 1] == "后" or text[match.start() - 2 : match.start()] == "未经":
                    continue
                if not wordings.follows.match(text, match.end()) or fields in given:
                    continue
                if re.search(r"败诉|纠正|撤销|纠错|被责令|决定|答复|超期|逾期|拒不", text[head.end() : end]):
                    continue
                given.add(fields)
                yield _Found(head.start(), match.end(), -1, fields, 0, "exact", "none")
    for pattern, fields in wordings.objects:
        both = rf"(?:{pattern.pattern})(?:(?:案件)?(?:、|和|及|与|或|,)(?:提起)?(?:行政)?(?:复议|诉讼))?{wordings.behind}"
        match_behind = re.search(both, text)
        if match_behind and fields not in given and _of_this_year(sentence, match_behind.start()):
            given.add(fields)
            yield _Found(match_behind.start(), match_behind.end(), -1, fields, 0, "exact", "none")
