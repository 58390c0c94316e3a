"""What people tagged, kept as the answers about cells are: everything that was ever said of a text stays.

    OUT/annotate/tagged/ab/ab12….json     all that was tagged in one content, everybody's

So a text that was tagged in two batches is known as one, and a pull that was stopped goes on by being asked for again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, StrictInt, ValidationError

from annotations.pull.kept import write
from annotations.pull.shown_cells import check_task
from annotations.push.journal import FOLDER
from annotations.spans import Span
from pipeline.errors import E305, E405, GoujiError

TAGGED = "tagged"
"""Of OUT/annotate."""
SUFFIX = ".json"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SeenText(_Frozen):
    """The text as a task shows it. Another version of the program may make another text of the same content."""

    text: str
    plain_lines: tuple[StrictInt, ...]
    file: str
    """The report's name when it was first asked about; so with the others."""
    agency: str | None
    year: int | None
    program: str

    @property
    def mark(self) -> str:
        """Of what spans are places in."""
        told = json.dumps((self.text, self.plain_lines), ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


class Tagged(_Frozen):
    """What one person says of a text."""

    task: str
    """Key of the task."""
    annotator: str
    at: str
    """When, ISO 8601 in UTC, always of the same length."""
    seconds: float | None
    adjudicates: bool
    """Whether it was asked because others disagreed; it settles what they said."""
    text: str
    """Mark of the text."""
    spans: tuple[Span, ...]


class TaggedText(_Frozen):
    """One content."""

    schema_: Literal["gouji-tagged/1"] = "gouji-tagged/1"
    sha256: str
    texts: dict[str, SeenText] = {}
    """By mark."""
    said: tuple[Tagged, ...] = ()
    """In the order in which it was said."""

    def to_bytes(self) -> bytes:
        """The same bytes for the same tags."""
        return (self.model_dump_json() + "\n").encode()

    def with_tags(self, seen: SeenText, more: Iterable[Tagged]) -> TaggedText:
        """What is known already is not added twice; of one person's answers to one task, the last one stays."""
        kept = {(one.task, one.annotator): one for one in self.said}
        for one in more:
            before = kept.get((one.task, one.annotator))
            if before is None or before.at <= one.at:
                kept[one.task, one.annotator] = one
        ordered = sorted(kept.values(), key=lambda one: (one.at, one.annotator, one.task))
        texts = {seen.mark: seen, **self.texts}
        used = {one.text for one in ordered}
        return self.model_copy(
            update={"texts": {mark: texts[mark] for mark in sorted(used)}, "said": tuple(ordered)}
        )


def seen_text(data: Mapping[str, Any]) -> SeenText:
    """The text of a task. Raises GoujiError: E405 where what every such task has is not there."""
    check_task(data)
    try:
        return SeenText.model_validate({name: data.get(name) for name in SeenText.model_fields})
    except ValidationError as error:
        at = ".".join(map(str, error.errors()[0]["loc"]))
        raise GoujiError(E405, reason=f"任务的 {at} 不对（{error.errors()[0]['msg']}）") from None


def keep_tags(out: Path, sha256: str, seen: SeenText, tags: Iterable[Tagged]) -> bool:
    """Whether something came to what was known about the content.

    Raises:
        GoujiError: E304 where it cannot be written, E305 where what is there is malformed.
    """
    path = out / FOLDER / TAGGED / sha256[:2] / f"{sha256}{SUFFIX}"
    before = _load(path) if path.exists() else TaggedText(sha256=sha256)
    after = before.with_tags(seen, tags)
    if after == before:
        return False
    write(path, after.to_bytes())
    return True


def tagged_texts(out: Path) -> Iterator[TaggedText]:
    """All that were ever tagged, one after the other, ordered by SHA-256.

    Raises:
        GoujiError: E305 where one is malformed: answers of people are never passed over in silence.
    """
    for path in sorted((out / FOLDER / TAGGED).glob(f"*/*{SUFFIX}")):
        yield _load(path)


def _load(path: Path) -> TaggedText:
    try:
        found = TaggedText.model_validate_json(path.read_bytes())
    except OSError as error:
        raise GoujiError(E305, reason=f"{path}（{error.strerror}）") from None
    except ValidationError as error:
        raise GoujiError(E305, reason=f"{path}（{error.errors()[0]['msg']}）") from None
    if not found.said or any(one.text not in found.texts for one in found.said):
        raise GoujiError(E305, reason=f"{path}（没有标注，或缺少所标的文字）")
    return found
