"""Numbers in lists: 予以公开2件、部分公开1件, 制发规章1件、规范性文件4件. Which count belongs to which name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise

from pipeline.recover.prose_sentences import ABOUT_INFORMATION, Sentence, Statement, of_this_year
from pipeline.recover.prose_wordings import COUNT, FIRST_COUNT, LAST_COUNT, Label, Strength, Wordings


@dataclass(frozen=True, slots=True)
class _Name:
    """Names side by side that share a count."""

    start: int
    end: int
    labels: tuple[Label, ...]


_AND = re.compile(r"^(?:、|和|及|与|或|以及|或者|并|及其|,)?(?:提起|被提起|被)?$")
_REVIEWING = re.compile(r"(?:审理|审结|化解|代理|承办|办理|受理|参与|出庭|收到|接收)[^,;。]{0,10}(?:复议|诉讼|应诉)")
"""Other people's cases, which a legal department deals with as its work."""
_RESULT_OF = re.compile(r"(未经复议|直接起诉)|(复议后)|(复议)|(诉讼|应诉)")


def listed(sentence: Sentence, wordings: Wordings, found: list[Statement]) -> Iterator[Statement]:
    """Outcomes, applicants, cases and their results that stand beside a count."""
    if not sentence.counts or not sentence.topics:
        return
    text = sentence.text
    taken = {one.at for one in found}
    received = [one.at for one in found if one.rule.startswith("new")]
    # A bracket without a count explains the name before it; one with a count is a list of its own.
    text = re.sub(rf"\(([^(){FIRST_COUNT}-{LAST_COUNT}]{{0,40}})\)", r"“\1”", text)
    for clause in re.finditer(r"[^,;。()]+", text):
        if not re.search(COUNT, clause.group()):
            continue
        for name, at in _pairs(_events(text, clause.start(), clause.end(), wordings), text, wordings):
            count = sentence.count(at)
            if at in taken or count.difference or count.unit.endswith("元") or not of_this_year(sentence, at):
                continue
            yield from _named(sentence, name, at, received)


def _events(text: str, start: int, end: int, wordings: Wordings) -> list[_Name | int]:
    """Names (joined where they stand side by side) and places of counts, in order."""
    names: list[_Name] = []
    for match in wordings.any_label.finditer(text, start, end):
        label = wordings.labels[int((match.lastgroup or "l0")[1:])]
        names.append(_Name(match.start(), match.end(), (label,)))
    events: list[_Name | int] = [*names, *(match.start() for match in re.finditer(COUNT, text[start:end]))]
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
        general = other.labels[0].fields if other.labels else ()
        # 属于国家秘密不予公开: the narrower of the two names says what is counted.
        if (
            len(one.labels) == len(other.labels) == 1
            and any("*" in field for field in general)
            and all(any(fnmatchcase(field, pattern) for pattern in general) for field in one.labels[0].fields)
        ):
            # ... unless 等 says that it is only an example.
            example = other is second and text[second.start] == "等"
            return _Name(first.start, second.end, other.labels if example else one.labels)
    return _Name(first.start, second.end, ())


def _pairs(events: list[_Name | int], text: str, wordings: Wordings) -> Iterator[tuple[_Name, int]]:
    """Each count with its name. In a clause the names stand all before or all behind their counts."""
    n_names = sum(isinstance(event, _Name) for event in events)
    n_counts = len(events) - n_names
    if not n_names or not n_counts:
        return
    names_first = isinstance(events[0], _Name)
    if not names_first and n_counts > n_names:
        names_first = True
    for left, right in pairwise(events):
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


def _named(sentence: Sentence, name: _Name, at: int, received: list[int]) -> Iterator[Statement]:
    needs = {label.needs for label in name.labels}
    if len(needs) > 1:
        return
    (need,) = needs
    value = sentence.count(at).value
    start, end = min(name.start, at), max(name.end, at + 1)
    fields = [label.fields for label in name.labels]
    if need == "applicants":
        if not received or at < received[0]:
            return
        if re.search(r"结转|予以|不予|部分|无法|答复|办结", sentence.text[received[0] : at]):
            return
    elif need == "result":
        row = _row_of_result(sentence.text[: start])
        if "review" not in sentence.topics or not row:
            return
        fields = [tuple(f"t4.{one}.{label.column}" for one in row) for label in name.labels]
    elif need not in sentence.topics:
        return
    reviewing = need == "review" and sentence.section != "四" and _REVIEWING.search(sentence.text)
    if reviewing and not ABOUT_INFORMATION.search(sentence.text[:at]):
        return
    strength: Strength = "loose" if any(label.strength == "loose" for label in name.labels) else "exact"
    between = sentence.text[min(name.end, at) : max(name.start, at)] + sentence.text[name.start : name.end]
    if "分别" in between and len(fields) > 1:
        return
    if len(fields) > 1 and (value == 0 or re.search("各", sentence.text[name.end : at])):
        for one in fields:
            yield Statement(start, end, at, one, value, strength, "label")
        return
    together = tuple(dict.fromkeys(field for one in fields for field in one))
    yield Statement(start, end, at, together, value, strength, "label")


def _row_of_result(before: str) -> tuple[str, ...]:
    """The rows of table 4 that a result belongs to: those of the kind of case named last before it."""
    last = None
    for match in _RESULT_OF.finditer(before):
        last = match
    if last is None:
        return ()
    direct, after = "litigation_direct", "litigation_after_review"
    return ((direct,), (after,), ("review",), (direct, after))[(last.lastindex or 1) - 1]


# --- documents and decisions ---------------------------------------------------------------------

_NOUN_GAP = r"(?:(?:处理)?(?:决定)?(?:数量|数|总数|件数|总量)?(?:的)?(?:共|共计|为|有|计|:|总计|合计|累计|结果)*)"


def deeds(sentence: Sentence, wordings: Wordings) -> Iterator[Statement]:
    """Documents made, and decisions taken, by the verb that governs the list."""
    text = sentence.text
    if not sentence.counts or not re.search("规章|规范性文件|行政(?:许可|处罚|强制)", text):
        return
    for pattern, row, kind in wordings.nouns:
        before = rf"(?P<a>{pattern.pattern}){_NOUN_GAP}(?P<n>{COUNT})"
        behind = rf"(?P<m>{COUNT})(?P<b>{pattern.pattern})(?=[,;。、)]|$)"
        for match in re.finditer(f"{before}|{behind}", text):
            at = match.start("n") if match["n"] else match.start("m")
            count = sentence.count(at)
            noun_at = match.start("a") if match["n"] else match.start("b")
            units = wordings.decision_units if kind == "decision" else wordings.document_units
            if count.unit not in units or count.difference or not of_this_year(sentence, at):
                continue
            verb = _verb_before(text, min(noun_at, at), wordings)
            if verb is None or (match["m"] and not verb[3]):
                continue
            documents, name, strength, _ = verb
            if kind == "decision":
                strength = "exact" if name == "taken" and "决定" in match.group() else "loose"
                fields: tuple[str, ...] = (f"t2.{row}.decisions",)
            elif name != "taken":
                # The two forms have different columns for the same deed; only one of them exists in a report.
                fields = tuple(f"t2.{row}.{column}" for column in documents)
            else:
                continue
            yield Statement(match.start(), match.end(), at, fields, count.value, strength, kind)


def _verb_before(
    text: str, place: int, wordings: Wordings
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
