"""What the service does, apart from how it is asked."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from annotations.backend.current import Current, CurrentModel
from annotations.backend.received import Queue, Received, TaggedTask
from annotations.backend.worker import is_at_work, is_unfinished
from annotations.push.tag_predictions import predictions_of
from annotations.push.tag_tasks import KIND
from annotations.screens.tags import FROM_NAME
from pipeline.errors import GoujiError

Asked = TypeVar("Asked", bound=BaseModel)
LOG = "training.log"
CREATED = frozenset({"ANNOTATION_CREATED", "ANNOTATION_UPDATED"})
DELETED = "ANNOTATIONS_DELETED"
LONGEST_TEXT = 200_000
"""Characters; reports have some 2,000 to 10,000."""
Say = Callable[[str], None]


class BadRequest(Exception):
    """What was asked makes no sense; `str()` is one line that holds nothing of what was sent."""


class _FromServer(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Task(_FromServer):
    id: int
    data: dict[str, Any]


class _ToPredict(_FromServer):
    tasks: list[_Task]
    label_config: str | None = None


class _Annotation(_FromServer):
    id: int
    result: list[dict[str, Any]] = []
    completed_by: Any = None
    updated_at: str = ""
    was_cancelled: bool = False


class _Project(_FromServer):
    id: int


class _Told(_FromServer):
    """A webhook."""

    action: str
    project: _Project | None = None
    task: _Task | None = None
    annotation: _Annotation | None = None
    annotations: list[_Project] = []


@dataclass(frozen=True, slots=True)
class Retraining:
    """When to train."""

    after: int
    """Annotations that must be new; 0 for never."""
    config: Path


class Service:
    """One for a process; several threads may ask it."""

    def __init__(self, data: Path, retraining: Retraining, say: Say) -> None:
        """Raises GoujiError: E115 where there is no model; E305 where something in the folder is malformed."""
        self.data, self.retraining, self._say = data, retraining, say
        self.model = CurrentModel(data)
        self.queue = Queue(data)
        self.changed: Callable[[Current], None] | None = None
        """Told of a new model, once."""
        self._version = self.model.get().version
        self._worker: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = threading.Lock()

    def current(self) -> Current:
        return self.model.get()

    def predict(self, body: object) -> dict[str, Any]:
        """Predictions for tasks, in their order.

        Raises:
            BadRequest: it is none, or another screen's.
        """
        asked = _parsed(_ToPredict, body)
        if asked.label_config is not None and f'name="{FROM_NAME}"' not in asked.label_config:
            raise BadRequest("这个项目的界面不是“标文字”，没有可预标注的")
        current = self.current()
        results = [self._predicted(task, current) for task in asked.tasks]
        return {"results": results, "model_version": current.version}

    def _predicted(self, task: _Task, current: Current) -> dict[str, Any]:
        try:
            data = TaggedTask.model_validate(task.data)
        except ValidationError:
            raise BadRequest(f"任务 {task.id} 的数据不对") from None
        if not data.text or len(data.text) > LONGEST_TEXT:
            raise BadRequest(f"任务 {task.id} 没有文字，或超过 {LONGEST_TEXT} 个字")
        # A webhook must be answered within a second whatever is predicted beside it.
        with self._one_at_a_time:
            return predictions_of(data.text, data.plain_lines, current.model, current.version)

    def hear(self, body: object) -> bool:
        """Puts an annotation into the queue. Whether it is something to learn from.

        Raises:
            BadRequest: it is no webhook.
            OSError: it could not be written; the server may send it again.
        """
        told = _parsed(_Told, body)
        if told.action == DELETED and told.project:
            return sum(self.queue.remove(told.project.id, one.id) for one in told.annotations) > 0
        if told.action not in CREATED:
            return False
        if told.project is None or told.task is None or told.annotation is None:
            raise BadRequest("缺少 project、task 或 annotation：webhook 要带上内容（send_payload）")
        if told.task.data.get("kind") != KIND or told.annotation.was_cancelled:
            return False
        one, who = told.annotation, told.annotation.completed_by
        try:
            data = TaggedTask.model_validate(told.task.data)
        except ValidationError:
            raise BadRequest(f"任务 {told.task.id} 的数据不对") from None
        return self.queue.put(
            Received(
                project=told.project.id, task=told.task.id, annotation=one.id,
                annotator=who.get("id") if isinstance(who, Mapping) else who if isinstance(who, int) else None,
                at=one.updated_at, data=data, result=tuple(one.result),
            )
        )  # fmt: skip

    def tend(self) -> None:
        """Starts a training where enough has come, and one that was cut off; takes note of one that ended, and of
        another model."""
        if self._worker is not None and (code := self._worker.poll()) is not None:
            self._worker = None
            self._say(f"训练结束（{code}）：当前模型 {self.current().version}；经过见 {self.data / LOG}")
        current = self.current()
        if current.version != self._version:
            self._version = current.version
            if self.changed is not None:
                self.changed(current)
        if not self.retraining.after or self._worker is not None or is_at_work(self.data):
            return
        if is_unfinished(self.data) or self.queue.waiting() >= self.retraining.after:
            self._say(f"新标注 {self.queue.waiting()} 份，开始训练")
            with (self.data / LOG).open("ab") as log:
                self._worker = subprocess.Popen(
                    [sys.executable, "-m", "annotations.backend.worker", self.data, self.retraining.config],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                )  # fmt: skip

    def tend_safely(self) -> None:
        """As `tend`, what goes wrong being said: nobody waits for it."""
        try:
            self.tend()
        except (GoujiError, OSError) as error:
            self._say(str(error).splitlines()[0])

    def close(self) -> None:
        """A training that is under way ends; the next service takes it up again."""
        if self._worker is not None:
            self._worker.terminate()
            self._worker.wait()


def _parsed(kind: type[Asked], body: object) -> Asked:
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "整个请求"
        raise BadRequest(f"请求不完整：{place}") from None
