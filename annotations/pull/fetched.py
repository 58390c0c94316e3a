"""Tasks with their annotations from the server, page after page, so that memory does not grow with a project."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from annotations.connect import told
from pipeline.errors import E405, GoujiError

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

PAGE = 100
"""Tasks asked for at once."""
_WANTED = "id,data,is_labeled,annotations,result,completed_by,lead_time,was_cancelled,created_at,updated_at"
"""Of tasks and annotations: without predictions, which are larger than all else."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one person submitted for one task. What was only begun, or skipped, is none."""

    id: int
    result: tuple[Any, ...]
    annotator: str
    at: str
    """When it was last changed, ISO 8601 in UTC, always of the same length."""
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Task:
    id: int
    data: Mapping[str, Any]
    annotations: tuple[Annotation, ...]
    """In the order in which they were last changed."""
    whole: bool
    """Whether as many people have answered as were to."""


def names_of_people(client: LabelStudio) -> dict[int, str]:
    """By id on the server, what annotators are called: their address, or else their user name.

    Raises:
        GoujiError: E401, E402 or E403.
    """
    with told():
        return {user.id: user.email or user.username or f"user-{user.id}" for user in client.users.list()}


def tasks_of(client: LabelStudio, project: int, people: Mapping[int, str]) -> Iterator[Task]:
    """All tasks of a project in the order of their ids. What comes to the project meanwhile does no harm.

    Raises:
        GoujiError: E401, E402 or E403; E405 where the answer has another shape than the server's.
    """
    last = 0
    while True:
        above = {"filter": "filter:tasks:id", "operator": "greater", "type": "Number", "value": last}
        query = {"filters": {"conjunction": "and", "items": [above]}, "ordering": ["tasks:id"]}
        with told():
            page = client.tasks.list(
                project=project, page=1, page_size=PAGE, fields="all", include=_WANTED, query=json.dumps(query),
                resolve_uri=False,
            ).items or []  # fmt: skip
        for one in page:
            last = one.id
            yield _task(one, people)
        if len(page) < PAGE:
            return


def _task(raw: Any, people: Mapping[int, str]) -> Task:
    # The client promises text here and gives what the server sent.
    given = [one for one in raw.annotations or () if not one.get("was_cancelled")]
    try:
        annotations = [_annotation(one, people) for one in given]
    except (KeyError, TypeError, ValueError) as error:
        raise GoujiError(E405, reason=f"任务 {raw.id} 的答案读不懂（{error!r}）") from None
    ordered = sorted(annotations, key=lambda one: (one.at, one.id))
    return Task(raw.id, raw.data, tuple(ordered), bool(raw.is_labeled))


def _annotation(raw: Mapping[str, Any], people: Mapping[int, str]) -> Annotation:
    who, seconds = raw.get("completed_by"), raw.get("lead_time")
    return Annotation(
        id=int(raw["id"]),
        result=tuple(raw.get("result") or ()),
        annotator=people.get(who, f"user-{who}") if isinstance(who, int) else "user-unknown",
        at=in_utc(str(raw.get("updated_at") or raw["created_at"])),
        seconds=None if seconds is None else round(float(seconds), 3),
    )


def in_utc(time: str) -> str:
    """A time of the server's with its zone as `2025-03-01T08:00:00.000000Z`. Raises ValueError where it is none."""
    parsed = datetime.fromisoformat(time)
    if parsed.tzinfo is None:
        raise ValueError(f"no zone: {time}")
    return parsed.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
