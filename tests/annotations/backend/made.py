"""What the server sends, as it was seen to send it."""

from __future__ import annotations

from typing import Any

from annotations.push.tag_predictions import linear_of_text
from annotations.screens.tags import label_of

TEXT = "一、总体情况\n本年收到申请12件，上年结转3件。其中5件已答复。\n二、公开\n规章\t1\t2\n"


def region(text: str, what: str, label: str, nth: int = 0) -> dict[str, Any]:
    """The region of the n-th occurrence."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(what, at + 1)
    return {
        "id": f"r{at}", "from_name": "tag", "to_name": "text", "type": "labels",
        "value": {"start": at, "end": at + len(what), "text": what, "labels": [label]},
    }  # fmt: skip


def new(what: str = "12") -> dict[str, Any]:
    return region(TEXT, what, label_of("t3.new.total"))


def webhook(
    annotation: int = 7, result: list[dict[str, Any]] | None = None, action: str = "ANNOTATION_CREATED",
    at: str = "2026-01-01T00:00:00.000000Z", task: int = 3, who: int = 1, agency: str = "某县",
) -> dict[str, Any]:  # fmt: skip
    data = {"kind": "tags", "text": TEXT, "plain_lines": [], "sha256": "ab", "agency": agency, "year": 2023}
    assert linear_of_text(TEXT).text == TEXT
    return {
        "action": action,
        "project": {"id": 1, "title": "t"},
        "task": {"id": task, "data": data, "project": 1},
        "annotation": {
            "id": annotation, "result": [new()] if result is None else result, "completed_by": who, "updated_at": at,
            "was_cancelled": False, "task": task,
        },
    }  # fmt: skip
