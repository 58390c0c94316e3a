"""The token classifier by itself, on reports whose every number keeps its label: what part five counts.

    NAME.labels.json         a row as `gouji synth` writes them, beside the held-out report
    OUT/tags/NAME.json       a `TagResult`
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.tag.model import Model, load_model
from training.tagger.evaluate import measure
from training.tagger.metrics import Counted

LABELS_SUFFIX = ".labels.json"
Counts = tuple[int, int, int]
"""Entities right, said and there; right where both ends and the label are."""
KINDS: Mapping[str, str] = {"table": "表格数字", "prose": "文中数字", "section": "行的部分"}


class TagResult(BaseModel):
    """What the classifier made of one report."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    agency: str
    split: Literal["train", "test"]
    """Of the agency: whether reports of it may have been trained on. Never of this report."""
    unseen: bool
    """Whether its wording and its damage are such as no training report has."""
    kinds: dict[str, Counts]
    """By `KINDS`."""
    labels: dict[str, Counts]
    """Numbers by their field."""
    answers: tuple[tuple[float, bool], ...]
    """Probability and whether it is right, for each number that was found."""


def tag_results(rows: Sequence[Path], out: Path, mark: str) -> list[TagResult]:
    """The results of all labelled rows, in their order; those made by the same program are taken as they are.

    Args:
        rows: files of labels.
        mark: of the program, `training.evaluation.run.program_mark`.
    """
    model: Model | None = None
    found = []
    for path in rows:
        name = path.name.removesuffix(LABELS_SUFFIX)
        kept = out / "tags" / f"{name}-{mark[:16]}.json"
        try:
            found.append(TagResult.model_validate_json(kept.read_bytes()))
            continue
        except (OSError, ValidationError):
            pass
        model = model or load_model()
        if model is None:
            return []
        result = tag_result(json.loads(path.read_text(encoding="utf-8")), name, model)
        kept.parent.mkdir(parents=True, exist_ok=True)
        half = kept.with_suffix(".half")
        half.write_text(result.model_dump_json() + "\n", encoding="utf-8")
        half.replace(kept)
        found.append(result)
    return found


def tag_result(row: Mapping[str, Any], name: str, model: Model) -> TagResult:
    """One labelled row through the classifier as it is run."""
    found = measure([row], model)
    group = "unseen" if row["unseen"] else "seen"
    return TagResult(
        name=name,
        agency=row["agency"],
        split=row["split"],
        unseen=row["unseen"],
        kinds={kind: _counts(found.groups[kind, group]) for kind in KINDS},
        labels={label: _counts(one) for label, one in sorted(found.labels.items())},
        answers=tuple(
            zip((round(share, 6) for share in found.reliability.shares), found.reliability.right, strict=True)
        ),
    )


def _counts(counted: Counted) -> Counts:
    return counted.right, counted.found, counted.there
