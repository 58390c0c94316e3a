"""A new model's word on what is still to be tagged, and the server told to go by it.

The server orders by certainty only where the project's version is that of the predictions, and takes a version only
once there are predictions of it. What it asks the service for itself it does not order anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotations.backend.current import Current
from annotations.connect import told
from annotations.pull.fetched import PAGE
from annotations.push.tag_predictions import predictions_of
from annotations.push.tag_tasks import KIND, follow

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio


def refresh(studio: LabelStudio, project: int, current: Current) -> int:
    """Predictions of the current model for all tasks without an annotation; how many were made. What is adjudicated
    keeps those of the people who disagree.

    Raises:
        GoujiError: E401 to E403 as the server answers; E405 where a task's text was changed on the server.
    """
    made = 0
    with told():
        has = {
            one.task for one in studio.predictions.list(project=project) if one.model_version == current.version
        }
        tasks = list(studio.tasks.list(project=project, page_size=PAGE, fields="all", include="id,data,is_labeled"))
    for task in tasks:
        data = task.data if isinstance(task.data, dict) else {}
        if task.id in has or getattr(task, "is_labeled", False) or data.get("kind") != KIND or data.get("adjudicates"):
            continue
        said = predictions_of(data["text"], data.get("plain_lines", ()), current.model, current.version)
        with told():
            studio.predictions.create(
                task=int(task.id), result=said["result"], score=said["score"], model_version=current.version
            )
        made += 1
    if made or has:
        follow(studio, project, current.version)
    return made
