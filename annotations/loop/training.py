"""The step that trains: on the synthetic corpus and on what people have tagged so far."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from annotations.backend.learning import text_of_hand_tagged, training_row
from annotations.backend.retraining import put_in_place, retrain
from annotations.push.tag_predictions import shipped_folder, version_of
from pipeline.errors import E302, E304, GoujiError
from pipeline.ingest.contents import find_contents
from pipeline.store.outcomes import find_outcome

TAGS = Path("annotate") / "tags"
"""Of OUT: what was pulled."""


def train_on_tags(out: Path, config: Path, folder: Path) -> dict[str, Any]:
    """Trains where people have tagged anything; where the model is no worse it takes the place of the program's.

    Args:
        out: output folder of ingestion and of pulling.
        folder: for checkpoints, and for the model that was replaced.

    Returns:
        What came of it: `version` of the model from now on, `texts` learnt from, `taken`, and F1 before and after.

    Raises:
        GoujiError: E302 where the configuration or the corpus is at fault, E304 where the model cannot be replaced.
    """
    rows = tagged_rows(out)
    if not rows:
        return {"version": version_of(), "texts": 0, "taken": False}
    from training.tagger.settings import load_settings

    shipped = shipped_folder()
    try:
        made = retrain(rows, load_settings(config), folder / "training", shipped)
        if made.no_worse:
            put_in_place(shipped, folder / "model_before")
            put_in_place(made.folder, shipped)
    except ValueError as error:
        raise GoujiError(E302, reason=str(error).splitlines()[0]) from None
    except OSError as error:
        raise GoujiError(E304, reason=f"{error.filename}（{error.strerror}）") from None
    return {
        "version": version_of(), "texts": len(rows), "taken": made.no_worse, "old": made.old, "new": made.new,
    }  # fmt: skip


def tagged_rows(out: Path) -> list[dict[str, Any]]:
    """What was pulled, as rows to learn from; texts whose report is no longer there are left out.

    Raises:
        GoujiError: E302 where a file of tags does not fit its report.
    """
    import yaml

    from training.tagger.hand_gold import load_hand_gold

    files = sorted((out / TAGS).glob("*.yaml"))
    marks = {path.stem: str(yaml.safe_load(path.read_text(encoding="utf-8"))["sha256"]) for path in files}
    with TemporaryDirectory(prefix="gouji-") as scratch:
        spool, tags, reports = (Path(scratch) / name for name in ("spool", "tags", "reports"))
        for made in (spool, tags, reports):
            made.mkdir()
        where = find_contents(out, marks.values(), spool)
        for path in files:
            content = where.get(marks[path.stem])
            if content is not None:
                shutil.copyfile(path, tags / path.name)
                shutil.copyfile(content.path, reports / f"{path.stem}{Path(content.file_name).suffix}")
        try:
            tagged = load_hand_gold(tags, reports)
        except ValueError as error:
            raise GoujiError(E302, reason=str(error)) from None
    rows = []
    for one in tagged:
        outcome = find_outcome(out, marks[one.name])
        report = outcome.report if outcome else None
        agency, year = (report.agency or "", report.year) if report else ("", None)
        if (row := training_row(text_of_hand_tagged(one, agency, year))) is not None:
            rows.append(row)
    return rows
