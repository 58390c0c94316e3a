"""What was pulled, as rows to learn from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from annotations.backend.learning import texts_of_received, training_row
from annotations.backend.received import Received, TaggedTask
from annotations.loop.training import TAGS, tagged_rows
from annotations.pull.tag_spans import spans_of, tag_file
from annotations.push.tag_predictions import model_of, plain_lines, predictions_of, shipped_folder, version_of
from annotations.screens.tags import names_of_labels
from pipeline.errors import GoujiError
from pipeline.ingest.reading import Limits
from pipeline.ingest.run import Options, ingest
from pipeline.read.open import read_document
from pipeline.tag.linear import linear

REPORT = Path(__file__).parents[3] / "examples" / "html_clean.html"


def tagged(tmp_path: Path) -> tuple[Path, Received]:
    """An ingested report of which somebody took over all that the model says."""
    (tmp_path / "reports").mkdir()
    shutil.copy(REPORT, tmp_path / "reports")
    out = tmp_path / "out"
    ingest([str(tmp_path / "reports")], out, Options(limits=Limits(60.0, 2048)), lambda _: None)
    document = read_document(REPORT)
    seen = linear(document)
    model = model_of(shipped_folder(), version_of())
    result = predictions_of(seen.text, plain_lines(seen), model, version_of())["result"]
    given = set(spans_of(seen.text, result, names_of_labels(), lambda *_: None))
    text = tag_file(document.sha256, seen.text, [], [given], lambda *_: None)
    (out / TAGS).mkdir(parents=True)
    (out / TAGS / "html_clean.yaml").write_text(text, encoding="utf-8")
    task = TaggedTask(kind="tags", text=seen.text, plain_lines=tuple(plain_lines(seen)))
    return out, Received(project=1, task=1, annotation=1, annotator=1, at="", data=task, result=tuple(result))


def test_what_is_pulled_and_what_the_service_is_told_teach_the_same(tmp_path: Path) -> None:
    out, told = tagged(tmp_path)
    [row] = tagged_rows(out)
    wanted = training_row(next(texts_of_received([told], names_of_labels())))
    assert wanted is not None
    same = ("text", "piece_starts", "piece_places", "piece_of", "starts", "ends", "fields", "in_table")
    assert {key: row[key] for key in same} == {key: wanted[key] for key in same}
    assert len(row["fields"]) > 150
    assert set(row["sections"]) >= set("一二三四五六")
    assert row["agency"] and row["year"]


def test_tags_of_reports_that_are_gone_teach_nothing(tmp_path: Path) -> None:
    out, _ = tagged(tmp_path)
    (tmp_path / "reports" / REPORT.name).unlink()
    assert tagged_rows(out) == []
    assert tagged_rows(tmp_path / "reports") == []


def test_tags_that_do_not_fit_their_report_are_told(tmp_path: Path) -> None:
    out, _ = tagged(tmp_path)
    path = out / TAGS / "html_clean.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "odd: 1\n", encoding="utf-8")
    with pytest.raises(GoujiError, match="E302"):
        tagged_rows(out)
