"""`NAME.truth.json`: the truth of a document's pages beside the document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from training.synth.truth import PageTruth
from training.synth.warp import SynthPage

SUFFIX = ".truth.json"


def write_truth(out: Path, name: str, suffix: str, pages: Sequence[SynthPage], about: dict[str, object]) -> None:
    """Writes the truth of the document `name` + `suffix`; `about` says how it was made."""
    content = {"document": name + suffix, **about, "pages": [page.truth.as_json() for page in pages]}
    (out / f"{name}{SUFFIX}").write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


def read_truth(path: Path) -> tuple[PageTruth, ...]:
    """The pages of a truth file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return tuple(PageTruth.from_json(page) for page in content["pages"])
