"""Texts that people tagged differently, brought to somebody who settles it.

    OUT/annotate/disputed-tags.json             which texts, as a batch
    OUT/annotate/disputed-tags/SHA256.json      of each of them the text, and what each person tagged in it

A task has one prediction of what all agree on, which whoever settles it starts from, and one for each person with all
that this person tagged. Where the server shows one of them alone, `differing` tells the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from annotations.connect import Server, client
from annotations.push.journal import FOLDER, Journal
from annotations.push.projects import Screen, keys_of, project, title_of
from annotations.push.tag_predictions import SCORE_DIGITS, checked
from annotations.push.tag_tasks import KIND as TEXT
from annotations.push.tag_tasks import TagTally, bring_texts, heading, show_version, tag_key
from annotations.screens.tags import FROM_NAME, NO_FIELD, TO_NAME, label_of, section_label, tag_instructions, tag_screen
from annotations.selection import AskedReport, Selection
from annotations.spans import Span, differing, joined, telling
from pipeline.errors import E304, E305, GoujiError
from pipeline.tag.linear import END

KIND = "tag-adjudication"
"""Of the project; its tasks are of the kind that all texts are."""
DISPUTED_TAGS = "disputed-tags"
"""Of OUT/annotate: the batch with `.json`, and the folder."""
AGREED, PERSON = "各人一致", "标注员 {}"
"""Versions of the predictions."""
AROUND = 12
"""Characters shown at either side of a place that is disputed, of the same line."""
LONGEST_SHOWN = 40


class SaidOfText(BaseModel):
    """What one person tagged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    annotator: str
    spans: tuple[Span, ...]


class DisputedText(BaseModel):
    """A text that is to be settled, as those who disagree saw it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal["gouji-disputed-tags/1"] = "gouji-disputed-tags/1"
    sha256: str
    text: str
    plain_lines: tuple[int, ...]
    said: tuple[SaidOfText, ...]
    """By annotator."""

    def to_bytes(self) -> bytes:
        """The same bytes for the same tags."""
        return (self.model_dump_json() + "\n").encode()


def path_of_disputed(out: Path, sha256: str) -> Path:
    """Where `pull` leaves a text for this."""
    return out / FOLDER / DISPUTED_TAGS / f"{sha256}.json"


def load_disputed(out: Path, sha256: str) -> DisputedText:
    """Raises GoujiError: E305 where it is not there, is malformed, or its spans do not fit its text."""
    path = path_of_disputed(out, sha256)
    try:
        found = DisputedText.model_validate_json(path.read_bytes())
    except OSError as error:
        raise GoujiError(E305, reason=f"{path}（{error.strerror}），先运行 gouji annotate pull") from None
    except ValidationError as error:
        raise GoujiError(E305, reason=f"{path}（{error.errors()[0]['msg']}）") from None
    spans = [span for one in found.said for span in one.spans]
    if found.sha256 != sha256 or not all(0 <= one.start < one.end <= len(found.text) and one.names for one in spans):
        raise GoujiError(E305, reason=f"{path}（标注与文字不符）")
    return found


def adjudication_task(asked: AskedReport, disputed: DisputedText, program: str, batch: str) -> dict[str, Any]:
    """The task of one text, with `data` and `predictions`.

    Args:
        program: mark of the program that had read the report.

    Raises:
        GoujiError: E305 where something is tagged as a field that no form has; E405 where the screen would not take it.
    """
    told = list(_differing(disputed))
    data = {
        "key": tag_key(batch, asked.sha256, adjudicates=True), "kind": TEXT, "batch": batch, "sha256": asked.sha256,
        "file": asked.file, "agency": asked.agency, "year": asked.year, "program": program, "adjudicates": True,
        "heading": f"{heading(asked)}　（裁定：{len(told)} 处不一致）", "text": disputed.text,
        "plain_lines": list(disputed.plain_lines), "differing": "\n".join(told),
    }  # fmt: skip
    said = {one.annotator: set(one.spans) for one in disputed.said}
    agreed = set.intersection(*said.values()) if said else set()
    predictions = [_prediction(disputed.text, agreed, AGREED, 1.0)]
    for who, spans in said.items():
        share = len(spans & agreed) / len(spans) if spans else 1.0
        predictions.append(_prediction(disputed.text, spans, PERSON.format(who), round(share, SCORE_DIGITS)))
    return {"data": data, "predictions": predictions}


def _prediction(text: str, spans: Collection[Span], version: str, score: float) -> dict[str, Any]:
    """Two fields in one place are two regions, as people tag them."""
    result = [
        {
            "id": f"p{one.start}-{one.end}-{nth}", "from_name": FROM_NAME, "to_name": TO_NAME, "type": "labels",
            "origin": "prediction",
            "value": {"start": one.start, "end": one.end, "text": text[one.start : one.end], "labels": [_label(name)]},
        }
        for one in sorted(spans) for nth, name in enumerate(one.names)
    ]  # fmt: skip
    return checked({"model_version": version, "score": score, "result": result})


def _label(name: str) -> str:
    if not name:
        return NO_FIELD
    try:
        return label_of(name) if "." in name else section_label(name)
    except KeyError:
        raise GoujiError(E305, reason=f"表里没有字段 {name}，重新运行 gouji annotate pull") from None


def _differing(disputed: DisputedText) -> Iterator[str]:
    """A line for each place of which people say different things, with what each says: numbers where they overlap,
    then sections."""
    apart = differing([set(one.spans) for one in disputed.said])
    for start, end in joined(one for one in apart if not one.is_section):
        words = (_number_words(disputed.text, one, start, end) for one in disputed.said)
        yield f"{_in_its_line(disputed.text, start, end)}　{'；'.join(words)}"
    for name in dict.fromkeys(one.names[0] for one in apart if one.is_section):
        words = (_section_words(disputed.text, one, name) for one in disputed.said)
        yield f"{section_label(name)}　{'；'.join(words)}"


def _number_words(text: str, said: SaidOfText, start: int, end: int) -> str:
    found = []
    for one in sorted(telling(said.spans)):
        if not one.is_section and one.start < end and start < one.end:
            part = "" if (one.start, one.end) == (start, end) else f"“{_short(text[one.start : one.end])}”"
            found.append(part + "＋".join(map(_label, one.names)))
    return f"{said.annotator}：{'，'.join(found) or '未标'}"


def _section_words(text: str, said: SaidOfText, name: str) -> str:
    own = [one for one in sorted(said.spans) if one.is_section and one.names[0] == name]
    words = "，".join(f"“{_short(text[one.start : one.end])}”" for one in own)
    return f"{said.annotator}：{words or '未标'}"


def _in_its_line(text: str, start: int, end: int) -> str:
    """The place in brackets, with a little of its line around it."""
    first, last = text.rfind(END, 0, start) + 1, text.find(END, end)
    before, behind = text[max(first, start - AROUND) : start], text[end : len(text) if last < 0 else last][:AROUND]
    return f"{_short(before)}【{_short(text[start:end])}】{_short(behind)}"


def _short(text: str) -> str:
    """In one line; of what is long, both ends."""
    found = " ".join(text.split())
    return found if len(found) <= LONGEST_SHOWN else f"{found[: LONGEST_SHOWN // 2]}…{found[-LONGEST_SHOWN // 2 :]}"


def push_tag_adjudications(
    out: Path, selection: Selection, server: Server, watch: Callable[[TagTally], None]
) -> TagTally:
    """Texts of a selection of `pull`, to be settled. What is there already is not brought again.

    Raises:
        GoujiError: E304 where the journal cannot be written; E305 where it is malformed; E401 to E403 where the server
            does not take part.
    """
    tally = TagTally(total=len(selection.reports))
    try:
        journal = Journal(out)
        keys = {one.sha256: tag_key(selection.name, one.sha256, adjudicates=True) for one in selection.reports}
        left = [one for one in selection.reports if (server.url, keys[one.sha256]) not in journal.known]
        tally.known = tally.total - len(left)
        watch(tally)
        if not left:
            return tally
        studio = client(server)
        title = title_of(selection.name, KIND)
        # In the order in which they come, those with most to settle first.
        screen = Screen(tag_screen(adjudicates=True), tag_instructions(adjudicates=True))
        target = tally.projects[title] = project(studio, title, screen)
        arrived = keys_of(studio, target) if journal.unsure.get((server.url, target)) else {}
        made = _made(out, left, selection, tally)
        if bring_texts(studio, server, journal, target, selection.name, KIND, made, arrived, tally, watch):
            show_version(studio, target, AGREED)
    except OSError as error:
        raise GoujiError(E304, reason=f"{out}（{error.strerror}）") from None
    return tally


def _made(out: Path, asked: Sequence[AskedReport], selection: Selection, tally: TagTally) -> Iterator[dict[str, Any]]:
    for one in asked:
        try:
            yield adjudication_task(one, load_disputed(out, one.sha256), selection.program, selection.name)
        except GoujiError as error:
            tally.left_out = (*tally.left_out, f"{one.file}: {error}")
