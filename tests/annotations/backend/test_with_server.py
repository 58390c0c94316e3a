"""The service beside a real server: registered, asked, told of annotations, ordered by."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from annotations.backend.current import MODELS, CurrentModel, make_current
from annotations.backend.received import Queue
from annotations.backend.refresh import refresh
from annotations.backend.registering import register
from annotations.connect import client
from annotations.push.projects import Screen, project
from annotations.push.tag_predictions import model_of, shipped_folder, version_of
from annotations.push.tag_tasks import SAMPLING, VIEW, follow, tag_tasks
from annotations.screens.tags import tag_instructions, tag_screen
from annotations.selection import AskedReport
from pipeline.read.open import read_document
from pipeline.tag.linear import linear
from tests.annotations.backend.test_service import serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.annotations.studio import Studio

pytestmark = pytest.mark.slow
EXAMPLES = Path(__file__).parents[3] / "examples"
NAMES = ("html_clean.html", "wrong_total.html", "csv_form.csv")


def tasks() -> list[dict[str, Any]]:
    version = version_of()
    model = model_of(shipped_folder(), version)
    made = []
    for name in NAMES:
        document = read_document(EXAMPLES / name)
        asked = AskedReport(
            sha256=document.sha256, file=name, agency=name, year=2023, cells=(), seconds=0, score=0
        )
        made += tag_tasks(asked, linear(document), "p", "一", model, version)
    return made


def asked(connection: Any, method: str, path: str, **more: Any) -> Any:
    """Past what the SDK has calls for."""
    answer = connection._client_wrapper.httpx_client.request(path, method=method, **more)
    assert answer.is_success, answer.text
    return answer.json()


def predictions(connection: Any, number: int) -> dict[tuple[int, str], Any]:
    return {(one.task, one.model_version): one for one in connection.predictions.list(project=number)}


def test_the_server_asks_for_what_was_not_pushed_and_tells_of_annotations(
    label_studio: Studio, browser_page: Page, tmp_path: Path
) -> None:
    connection: Any = client(label_studio.server)
    number = project(connection, "勾稽 服务", Screen(tag_screen(), tag_instructions(), sampling=SAMPLING))
    pushed = tasks()
    answer = connection.projects.import_tasks(
        id=number, request=[{"data": one["data"]} for one in pushed], return_task_ids=True
    )
    with serving(tmp_path) as (service, _):
        where = str(service.base_url).rstrip("/")
        backend = register(connection, number, where)
        assert register(connection, number, where) == backend
        assert connection.ml.get(id=backend).model_version == version_of()
        asked(
            connection, "POST", "api/dm/actions", params={"id": "retrieve_tasks_predictions", "project": number},
            json={"selectedItems": {"all": True, "excluded": []}, "ordering": [], "filters": None},
        )  # fmt: skip
        made = predictions(connection, number)
        assert set(made) == {(task, version_of()) for task in answer.task_ids}
        for task, one in zip(answer.task_ids, pushed, strict=True):
            live = made[task, version_of()]
            assert live.result == one["predictions"][0]["result"]
            assert live.score == pytest.approx(one["predictions"][0]["score"])
        follow(connection, number, version_of())
        least = min(answer.task_ids, key=lambda task: made[task, version_of()].score)
        assert asked(connection, "GET", f"api/projects/{number}/next")["id"] == least

        browser_page.goto(f"/projects/{number}/data?labeling=1")
        browser_page.wait_for_selector(".htx-highlight[data-label]")
        with browser_page.expect_response(lambda one: "/annotations" in one.url and one.request.method == "POST"):
            browser_page.keyboard.press("Control+Enter")
        until = time.monotonic() + 10
        while not (kept := Queue(tmp_path).all()) and time.monotonic() < until:
            time.sleep(0.1)
        assert [(one.project, one.task) for one in kept] == [(number, least)]
        assert len(kept[0].result) == len(made[least, version_of()].result)
        assert kept[0].data.agency in NAMES


def test_a_new_models_word_is_what_the_server_orders_by(label_studio: Studio, tmp_path: Path) -> None:
    connection: Any = client(label_studio.server)
    number = project(connection, "勾稽 换模型", Screen(tag_screen(), tag_instructions(), sampling=SAMPLING))
    answer = connection.projects.import_tasks(id=number, request=tasks(), return_task_ids=True)
    follow(connection, number, version_of())
    other = tmp_path / MODELS / "tagger-x"
    shutil.copytree(shipped_folder(), other)
    about = json.loads((other / "tagger.json").read_text())
    (other / "tagger.json").write_text(json.dumps({**about, "temperature": 3.0}))
    make_current(tmp_path, "tagger-x")
    current = CurrentModel(tmp_path).get()
    assert refresh(connection, number, current) == len(NAMES)
    assert refresh(connection, number, current) == 0
    assert [one.data["title"] for one in connection.views.list(project=number)] == [VIEW["title"]]
    made = predictions(connection, number)
    assert len(made) == 2 * len(NAMES)
    assert connection.projects.get(id=number).model_version == current.version != version_of()
    least = min(answer.task_ids, key=lambda task: made[task, current.version].score)
    assert asked(connection, "GET", f"api/projects/{number}/next")["id"] == least
