"""Answered cells as training examples: OUT/annotate/examples.jsonl."""

from __future__ import annotations

import json
from collections.abc import Iterable

from annotations.pull.answered_reports import AnsweredReport


def examples(reports: Iterable[AnsweredReport]) -> bytes:
    """A line for each cell that people agree on and could read, by SHA-256, then in the order of the form:

    {"sha256", "field", "printed", "kind", "value", "proposed", "verdict", "annotators", "program"}
    """
    lines = []
    for one in reports:
        for field in one.fields:
            agreed = one.final.get(field)
            if agreed is None or agreed.kind is None:
                continue
            people = {
                answer.annotator for answer in one.answers.answers
                if answer.field == field and answer.said == agreed.said
            }  # fmt: skip
            entry = {
                "sha256": one.sha256, "field": field, "printed": agreed.printed, "kind": agreed.kind,
                "value": agreed.value, "proposed": agreed.proposed, "verdict": agreed.verdict,
                "annotators": len(people), "program": agreed.program,
            }  # fmt: skip
            lines.append(json.dumps(entry, ensure_ascii=False) + "\n")
    return "".join(lines).encode()
