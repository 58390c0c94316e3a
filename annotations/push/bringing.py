"""One portion of tasks brought to a project, noted before and after; and the files that tasks are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from annotations.connect import Server, told
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
        there: by key, ids of tasks of this portion that the server has already.

    Raises:
        GoujiError: E401 to E403.
        OSError: where the journal cannot be written.
    """
    numbers = dict(there)
    if tasks:
        keys = [task["data"]["key"] for task in tasks]
        journal.begin(server.url, project, keys)
        bodies: list[Any] = list(tasks)
        with told(server):
            answer = studio.projects.import_tasks(id=project, request=bodies, return_task_ids=True)
        ids = getattr(answer, "task_ids", None) or []
        if len(ids) != len(keys):
            # Not every version of the server tells them.
            known = keys_of(studio, project)
            ids = [known[key] for key in keys]
        numbers |= dict(zip(keys, ids, strict=True))
    journal.end(Pushed(server.url, batch, kind, project, key, task) for key, task in numbers.items())


def read_original(content: Content | None, sha256: str) -> Document:
    """The file of a report as `read_document` gives it.

    Raises:
        GoujiError: E305 where it is gone; E101 where it is no longer what was read; E1xx where it cannot be read.
    """
    if content is None:
        raise GoujiError(E305, reason="原件已不在原处")
    check_unchanged(content.path, sha256)
    return read_document(content.path, name=content.file_name if content.spooled else None)
