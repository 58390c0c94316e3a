"""Projects on the server: one for each kind of task of a batch, and one that holds the images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotations.connect import told
from annotations.screens.configuration import IMAGES
from pipeline.errors import E405, GoujiError

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

IMAGE_PROJECT = "勾稽 图像（请勿删除）"
LONGEST_TITLE = 50
"""Characters that the server allows."""
PAGE = 100


@dataclass(frozen=True, slots=True)
class Screen:
    """What a project needs to be."""

    configuration: str
    instructions: str
    annotators: int = 1
    """People who are to answer each task."""
    sampling: str = "Sequential sampling"
    model_version: str | None = None


def title_of(batch: str, kind: str, annotators: int = 1) -> str:
    """`勾稽 2026-11 核对`. Raises GoujiError: E405 where the batch's name is too long for the server."""
    words = {"cells": "核对", "tags": "标注", "adjudication": "裁定", "tag-adjudication": "标注裁定"}
    title = f"勾稽 {batch} {words[kind]}" + ("（两人）" if annotators > 1 else "")
    if len(title) > LONGEST_TITLE:
        raise GoujiError(E405, reason=f"批次名 {batch} 太长，最多 {LONGEST_TITLE - len(title) + len(batch)} 个字")
    return title


def project(studio: LabelStudio, title: str, screen: Screen) -> int:
    """The project of that title, made where there is none, its screen brought up to date; its id on the server."""
    found = find_project(studio, title)
    with told():
        if found is None:
            made = studio.projects.create(
                title=title, label_config=screen.configuration, expert_instruction=screen.instructions,
                show_instruction=False, show_skip_button=True, enable_empty_annotation=False,
                maximum_annotations=screen.annotators, sampling=screen.sampling,
                model_version=screen.model_version,
            )  # fmt: skip
            assert made.id is not None
            return made.id
        known = studio.projects.get(id=found)
        if known.label_config != screen.configuration or known.expert_instruction != screen.instructions:
            studio.projects.update(
                id=found, label_config=screen.configuration, expert_instruction=screen.instructions
            )
        return found


def image_project(studio: LabelStudio) -> int:
    """The project that holds the images."""
    return project(studio, IMAGE_PROJECT, Screen(IMAGES, "<p>核对任务里的图像存放在这里，请勿删除。</p>"))


def find_project(studio: LabelStudio, title: str) -> int | None:
    """The oldest project of that title."""
    with told():
        same = [one.id for one in studio.projects.list() if one.title == title and one.id is not None]
    return min(same, default=None)


def keys_of(studio: LabelStudio, project_id: int) -> dict[str, int]:
    """Tasks that the project has, by the key in their data."""
    found: dict[str, int] = {}
    with told():
        for task in studio.tasks.list(project=project_id, page_size=PAGE, include="id,data"):
            data = task.data if isinstance(task.data, dict) else {}
            if isinstance(data.get("key"), str) and task.id is not None:
                found.setdefault(data["key"], int(task.id))
    return found
