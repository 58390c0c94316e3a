"""One portion of tasks brought to a project, noted before and after; and the files that tasks are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from annotations.connect import Server, told
from annotations.push.asked import asked_fields, digest_of
from annotations.push.journal import Journal, Pushed
from annotations.push.projects import keys_of
from pipeline.document import Document
from pipeline.errors import E305, GoujiError
from pipeline.ingest.contents import Content
from pipeline.ingest.sources import check_unchanged
from pipeline.read.open import read_document

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio


def bring(
    studio: LabelStudio, server: Server, journal: Journal, project: int, batch: str, kind: str,
    tasks: Sequence[dict[str, Any]], there: Mapping[str, int],
) -> None:  # fmt: skip
    """Brings the tasks, and notes them and those that a push that was killed had brought.

    Args:
        tasks: as the server takes them, each with its key in its data.
        there: by key, ids of those of them that the server has already. They are not brought, so that their images
            need no addresses.

    Raises:
        GoujiError: E401 to E403.
        OSError: where the journal cannot be written.
    """
    # What the server has was made then, by another version of the program perhaps.
    unsure = journal.unsure.get((server.url, project), {})
    digests = {key: unsure.get(key, "") for key in there}
    numbers = dict(there)
    if fresh := [task for task in tasks if task["data"]["key"] not in there]:
        keys = [task["data"]["key"] for task in fresh]
        made = {task["data"]["key"]: digest_of(task["data"]) for task in fresh}
        journal.begin(server.url, project, made)
        bodies: list[Any] = list(fresh)
        with told(server):
            answer = studio.projects.import_tasks(id=project, request=bodies, return_task_ids=True)
        ids = getattr(answer, "task_ids", None) or []
        if len(ids) != len(keys):
            # Not every version of the server tells them.
            known = keys_of(studio, project)
            ids = [known[key] for key in keys]
        numbers |= dict(zip(keys, ids, strict=True))
        digests |= made
    journal.end(
        _pushed(server, project, batch, kind, task["data"], numbers[task["data"]["key"]], digests) for task in tasks
    )


def _pushed(
    server: Server, project: int, batch: str, kind: str, data: Mapping[str, Any], number: int,
    digests: Mapping[str, str],
) -> Pushed:  # fmt: skip
    fields, key = asked_fields(data), data["key"]
    return Pushed(
        server=server.url, batch=batch, kind=kind, project=project, key=key, task=number, digest=digests[key],
        sha256=data["sha256"] if fields else "", fields=fields, overview=data["kind"] == "overview",
    )  # fmt: skip


def read_original(content: Content | None, sha256: str) -> Document:
    """The file of a report as `read_document` gives it.

    Raises:
        GoujiError: E305 where it is gone; E101 where it is no longer what was read; E1xx where it cannot be read.
    """
    if content is None:
        raise GoujiError(E305, reason="原件已不在原处")
    check_unchanged(content.path, sha256)
    return read_document(content.path, name=content.file_name if content.spooled else None)
