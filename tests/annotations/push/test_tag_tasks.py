"""Texts to be tagged: what the model says of them, and how they come to the server."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from annotations.connect import client
from annotations.push.journal import ARRIVED, FOLDER
from annotations.push.tag_predictions import (
    checked,
    linear_of_text,
    model_of,
    plain_lines,
    prediction_of_tags,
    predictions_of,
    section_spans,
    shipped_folder,
    version_of,
)
from annotations.push.tag_tasks import PORTION, portions, push_tags, tag_key, tag_tasks
from annotations.screens.tags import field_of, label_of
from annotations.selection import AskedReport, Selection
from pipeline.document import Document, Line
from pipeline.errors import GoujiError
from pipeline.ingest.reading import Limits
from pipeline.ingest.run import Options, ingest
from pipeline.read.open import read_document
from pipeline.store.outcomes import listed_files
from pipeline.tag.decode import TaggedNumber, Tags
from pipeline.tag.linear import Linear, linear
from pipeline.tag.model import Model

if TYPE_CHECKING:
    from tests.annotations.studio import Studio

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="module")
def model() -> Model:
    return model_of(shipped_folder(), version_of())


def asked(sha256: str = "ab", file: str = "x.html") -> AskedReport:
    return AskedReport(sha256=sha256, file=file, agency="某县", year=2023, cells=(), seconds=0, score=0)


def tags_of(text: str, numbers: tuple[TaggedNumber, ...], sections: tuple[tuple[str, float], ...]) -> Tags:
    return Tags(linear_of_text(text), numbers, sections)


def test_a_prediction_says_where_what_and_how_sure() -> None:
    number = TaggedNumber(9, 11, 0.9, (("t3.new.total", 0.5), ("t3.total.total", 0.5)))
    tags = tags_of("标题\n一、情况收到12件\n", (number,), (("", 1.0), ("一", 0.75)))
    made = prediction_of_tags(tags, "v")
    assert made["model_version"] == "v"
    assert made["score"] == pytest.approx((0.45 + 0.75) / 2)
    section, found = made["result"]
    assert section["value"] == {"start": 3, "end": 12, "text": "一、情况收到12件", "labels": ["第一部分"]}
    assert found["value"]["labels"] == [label_of("t3.new.total")]
    assert (found["score"], section["score"]) == (0.45, 0.75)


def test_characters_beyond_the_sixteen_bits_count_as_one() -> None:
    number = TaggedNumber(1, 3, 1.0, (("t3.new.total", 1.0),))
    made = prediction_of_tags(tags_of("𠮷12\n", (number,), (("", 1.0),)), "v")
    assert made["result"][0]["value"] == {"start": 1, "end": 3, "text": "12", "labels": [label_of("t3.new.total")]}


def test_of_a_sections_runs_the_longest_counts_without_blank_ends() -> None:
    said = (("一", 0.5), ("二", 1.0), ("一", 0.8), ("一", 0.6), ("一", 1.0))
    tags = tags_of("甲\n乙\n  丙丙\n丁\n  \n", (), said)
    assert sorted(section_spans(tags)) == [(2, 3, "二", 1.0), (6, 10, "一", pytest.approx(0.8))]


def test_what_the_screen_does_not_know_never_leaves() -> None:
    region = {"id": "a", "from_name": "tag", "to_name": "text", "type": "labels",
              "value": {"start": 0, "end": 1, "text": "1", "labels": ["没有这个标签"]}}  # fmt: skip
    with pytest.raises(GoujiError, match="E405"):
        checked({"model_version": "v", "score": 0.5, "result": [region]})
    with pytest.raises(GoujiError, match="E405"):
        checked({"model_version": "v", "score": 1.5, "result": []})


def test_the_text_alone_with_its_plain_lines_is_the_text_that_the_classifier_sees() -> None:
    document = Document("x", "s", "text", (Line("前言"), Line("甲\t乙 12件"), Line("结尾")))
    seen = linear(document)
    assert plain_lines(seen) == [1]
    again = linear_of_text(seen.text, plain_lines(seen))
    shape = [(one.start, one.end, one.place, one.of) for one in again.pieces]
    assert shape == [(one.start, one.end, one.place, one.of) for one in seen.pieces]
    assert len(linear_of_text(seen.text).pieces) == len(seen.pieces) + 1


@pytest.mark.parametrize("name", ["wrong_total.html", "csv_form.csv"])
def test_the_service_says_of_a_task_what_was_pushed_with_it(name: str, model: Model) -> None:
    document = read_document(EXAMPLES / name)
    [task] = tag_tasks(asked(document.sha256), linear(document), "p", "一", model, version_of())
    data = task["data"]
    assert predictions_of(data["text"], data["plain_lines"], model, version_of()) == task["predictions"][0]
    for region in task["predictions"][0]["result"]:
        value = region["value"]
        assert data["text"][value["start"] : value["end"]] == value["text"] != ""


def test_the_model_finds_the_totals_of_a_report(model: Model) -> None:
    document = read_document(EXAMPLES / "html_clean.html")
    [task] = tag_tasks(asked(), linear(document), "p", "一", model, version_of())
    labels = [region["value"]["labels"][0] for region in task["predictions"][0]["result"]]
    found = {field_of(label) for label in labels if not label.endswith("部分")}
    assert {"t3.new.total", "t3.granted.total", "t3.carried_out.total"} <= found
    assert "第三部分" in labels


def test_a_file_without_text_makes_no_task(model: Model) -> None:
    assert tag_tasks(asked(), Linear("", ()), "p", "一", model, "v") == []


def test_keys_are_of_text_and_batch() -> None:
    assert tag_key("一", "ab") == tag_key("一", "ab")
    others = {tag_key("二", "ab"), tag_key("一", "cd"), tag_key("一", "ab", adjudicates=True)}
    assert len(others - {tag_key("一", "ab")}) == 3


def test_portions_are_bounded_by_tasks_and_by_size() -> None:
    def task(length: int) -> dict[str, Any]:
        return {"data": {"text": "字" * length}, "predictions": [{"result": []}]}

    assert [len(one) for one in portions(task(10) for _ in range(PORTION + 1))] == [PORTION, 1]
    assert [len(one) for one in portions(task(2_000_000) for _ in range(3))] == [1, 1, 1]


def test_the_version_is_of_the_models_files(tmp_path: Path) -> None:
    for path in shipped_folder().iterdir():
        if path.is_file():
            shutil.copyfile(path, tmp_path / path.name)
    assert version_of(tmp_path) == version_of()
    about = json.loads((tmp_path / "tagger.json").read_text())
    (tmp_path / "tagger.json").write_text(json.dumps({**about, "temperature": 2.0}))
    assert version_of(tmp_path) != version_of()
    with pytest.raises(GoujiError, match="E115"):
        version_of(tmp_path / "nowhere")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    reports = tmp_path / "reports"
    reports.mkdir()
    for name in ("html_clean.html", "wrong_total.html", "csv_form.csv"):
        shutil.copy(EXAMPLES / name, reports / name)
    ingest([str(reports)], tmp_path / "out", Options(limits=Limits(60.0, 2048)), lambda _: None)
    return tmp_path / "out"


def selected(out: Path, batch: str) -> Selection:
    reports = tuple(asked(one.sha256, one.name) for one in listed_files(out))
    return Selection(name=batch, strategy="worth", seed=0, program="p", reports=reports)


@pytest.mark.slow
def test_a_second_push_makes_no_doubles_and_the_least_sure_text_comes_first(label_studio: Studio, out: Path) -> None:
    selection = selected(out, "文字一")
    first = push_tags(out, selection, label_studio.server, lambda _: None)
    assert (first.pushed, first.known, first.left_out) == (3, 0, ())
    again = push_tags(out, selection, label_studio.server, lambda _: None)
    assert (again.pushed, again.known) == (0, 3)
    # A kill between the server's answer and the note of it.
    (out / FOLDER / ARRIVED).unlink()
    after_kill = push_tags(out, selection, label_studio.server, lambda _: None)
    assert (after_kill.pushed, after_kill.known) == (0, 3)
    connection = client(label_studio.server)
    (project,) = first.projects.values()
    scores = {one.task: one.score for one in connection.predictions.list(project=project)}
    assert len(scores) == 3
    assert connection.projects.get(id=project).model_version == version_of()
    following: Any = connection._client_wrapper.httpx_client.request(
        f"api/projects/{project}/next", method="GET"
    ).json()
    assert following["id"] == min(scores, key=lambda task: scores[task] or 0)


@pytest.mark.slow
def test_texts_for_two_people_have_a_project_of_their_own(label_studio: Studio, out: Path) -> None:
    reports = selected(out, "文字二").reports
    twice = [one.model_copy(update={"annotators": 2}) if not nth else one for nth, one in enumerate(reports)]
    selection = selected(out, "文字二").model_copy(update={"reports": tuple(twice)})
    first = push_tags(out, selection, label_studio.server, lambda _: None)
    assert (first.pushed, list(first.projects)) == (3, ["勾稽 文字二 标注", "勾稽 文字二 标注（两人）"])
    connection = client(label_studio.server)
    alone, both = (connection.projects.get(id=one) for one in first.projects.values())
    assert (alone.maximum_annotations, both.maximum_annotations) == (1, 2)
    assert (alone.task_number, both.task_number) == (2, 1)
    assert alone.model_version == both.model_version == version_of()
    again = push_tags(out, selection, label_studio.server, lambda _: None)
    assert (again.pushed, again.known) == (0, 3)


@pytest.mark.slow
def test_a_project_without_a_single_task_is_no_hindrance(label_studio: Studio, out: Path) -> None:
    """The server takes no version of which it has no predictions."""
    selection = selected(out, "文字三")
    gone, *rest = selection.reports
    Path(gone.file).unlink()
    reports = (gone.model_copy(update={"annotators": 2}), *rest)
    found = push_tags(out, selection.model_copy(update={"reports": reports}), label_studio.server, lambda _: None)
    assert (found.pushed, len(found.left_out)) == (2, 1)
