"""Labelling configurations and the instructions that go with them."""

from __future__ import annotations

from importlib import resources

IMAGES = '<View><Image name="image" value="$image"/></View>'
"""Of the project that holds the images: the server takes files only where a task is one file."""


def cell_screen() -> str:
    """The configuration of the task *check these cells*."""
    return _text("cells.xml")


def cell_instructions() -> str:
    """What the annotator is told of it, as HTML."""
    return _text("cells.html")


def _text(name: str) -> str:
    return (resources.files("annotations.screens") / name).read_text(encoding="utf-8")
