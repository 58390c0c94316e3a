"""Numbers of the form that the prose states in words: 收到政府信息公开申请12件, 未发生行政诉讼.

Evidence from prose is weak and a wrong reading does harm, so a sentence that is not fully understood
gives nothing. The wordings are data (configs/prose.yaml); here and in the modules beside this one is how
a sentence is put together: which year and whose numbers it speaks of, which count belongs to what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache

from pipeline.document import Document
from pipeline.record import Number, Section
from pipeline.recover.metadata import Metadata, find_metadata
from pipeline.recover.prose_lists import deeds, listed
from pipeline.recover.prose_sentences import Sentence, Statement, of_this_year, sentences
from pipeline.recover.prose_wordings import FIRST_COUNT, LAST_COUNT, Rule, Strength, Wordings, load_wordings
from pipeline.recover.sections import preface
from pipeline.template import table


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
        for sentence in sentences(text, section, metadata.year, metadata.agency):
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


def _read(sentence: Sentence) -> Iterator[ProseNumber]:
    wordings = load_wordings()
    found = [*_by_rules(sentence, wordings)]
    taken = {one.at for one in found}
    found += [one for one in deeds(sentence, wordings) if one.at not in taken]
    taken |= {one.at for one in found}
    found += [one for one in listed(sentence, wordings, found) if one.at not in taken]
    found += _negations(sentence, wordings)
    found.sort(key=lambda one: (one.start, one.at))
    said: dict[tuple[str, ...], Number] = {}
    for one in found:
        if said.setdefault(one.fields, one.value) != one.value:
            continue
        strength: Strength = "loose" if sentence.loose else one.strength
        yield ProseNumber(one.fields, one.value, sentence.quote(one.start, one.end), sentence.section, strength)


def _by_rules(sentence: Sentence, wordings: Wordings) -> Iterator[Statement]:
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
            if not rule.any_year and not of_this_year(sentence, match.end()):
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
            yield Statement(match.start(), match.end(), at, fields, count.value, strength, rule.id)


def _guarded(
    sentence: Sentence, match: re.Match[str], rule: Rule, wordings: Wordings, received: list[int]
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
    if rule.id == "new_without_verb" and re.search(r"发布|公布|主动公开", text[: match.start()]):
        return None
    if re.search(r"重复|撤[回销]|补正|结转|转办|转来|延期", clause + behind):
        return None
    private = "个人" in clause and "申请公开" not in clause
    return "loose" if private or wordings.channels.search(clause) else "exact"


# --- what did not happen -------------------------------------------------------------------------


def _negations(sentence: Sentence, wordings: Wordings) -> Iterator[Statement]:
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
            if not rule.any_year and not of_this_year(sentence, match.end()):
                continue
            for fields in [(field,) for field in rule.fields] if rule.each else [rule.fields]:
                yield Statement(match.start(), match.end(), -1, fields, 0, rule.strength, rule.id)
    if "review" in sentence.topics:
        yield from _none_of_review(sentence, wordings)


_LIST_ENDS = re.compile(
    rf"[;。(){FIRST_COUNT}-{LAST_COUNT}]|,(?!(?:或|和|及|以及|也无|亦无|无)?(?:被)?(?:提起)?行政(?:复议|诉讼))"
)
_AND_THE_OTHER = r"(?:(?:案件)?(?:、|和|及|与|或|,)(?:提起)?(?:行政)?(?:复议|诉讼))?"


def _none_of_review(sentence: Sentence, wordings: Wordings) -> Iterator[Statement]:
    text = sentence.text
    given: set[tuple[str, ...]] = set()
    for head in wordings.heads.finditer(text):
        stop = _LIST_ENDS.search(text, head.end())
        end = stop.start() if stop else len(text)
        if end - head.end() > 60 or not of_this_year(sentence, head.end()):
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
                yield Statement(head.start(), match.end(), -1, fields, 0, "exact", "none")
    for pattern, fields in wordings.objects:
        match_behind = re.search(f"(?:{pattern.pattern}){_AND_THE_OTHER}{wordings.behind}", text)
        if match_behind and fields not in given and of_this_year(sentence, match_behind.start()):
            given.add(fields)
            yield Statement(match_behind.start(), match_behind.end(), -1, fields, 0, "exact", "none")
