"""The screen of the task *tag this text*: its labels, and a person who tags on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from label_studio_sdk.label_interface.interface import LabelInterface

from annotations.connect import client
from annotations.push.projects import Screen, project
from annotations.push.tag_predictions import model_of, shipped_folder, version_of
from annotations.push.tag_tasks import tag_tasks
from annotations.screens.tags import (
    COMMON,
    FILTER_KEY,
    NO_FIELD,
    NO_FIELD_KEY,
    field_of,
    label_of,
    names_of_labels,
    tag_instructions,
    tag_screen,
)
from annotations.selection import AskedReport
from pipeline.read.open import read_document
from pipeline.tag.labels import fields
from pipeline.tag.linear import linear

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.annotations.studio import Studio

REPORT = Path(__file__).parents[3] / "examples" / "wrong_total.html"


def test_every_field_has_one_label_and_every_label_one_field() -> None:
    assert [field_of(label_of(field)) for field in fields()] == list(fields())


@pytest.mark.parametrize(
    ("field", "label"),
    [
        ("t3.new.total", "一、本年新收政府信息公开申请数量·总计"),
        ("t3.denied_secret.natural", "（三）1.属于国家秘密·自然人"),
        ("t3.other.total", "（六）其他处理·总计"),
        ("t4.litigation_direct.total", "行政诉讼 未经复议直接起诉·总计"),
        ("t2.licensing.decisions", "行政许可·本年处理决定数量"),
        ("t2.procurement.amount", "政府集中采购·采购总金额"),
    ],
)
def test_labels_are_the_words_of_the_form(field: str, label: str) -> None:
    assert label_of(field) == label


def test_names_of_labels_are_fields_sections_and_nothing() -> None:
    names = names_of_labels()
    assert len(names) == len(fields()) + 7
    assert names["第三部分"] == "三" and names[NO_FIELD] == ""


def test_the_screen_has_exactly_these_labels() -> None:
    control: Any = LabelInterface(tag_screen()).get_control("tag")  # type: ignore[no-untyped-call]
    assert set(control.labels) == set(names_of_labels())


def test_no_key_is_given_twice_or_the_servers_own() -> None:
    keys = [*COMMON.values(), *"123456", NO_FIELD_KEY]
    assert len(set(keys)) == len(keys)
    assert "u" not in keys
    assert FILTER_KEY.title() in tag_instructions()


def _task() -> dict[str, Any]:
    document = read_document(REPORT)
    asked = AskedReport(
        sha256=document.sha256, file=REPORT.name, agency="某县", year=2023, cells=(), seconds=0, score=0
    )
    version = version_of()
    return tag_tasks(asked, linear(document), "p", "试", model_of(shipped_folder(), version), version)[0]


def _opened(page: Page, studio: Studio, title: str) -> tuple[Any, int, dict[str, Any]]:
    """A project with one task, open as an annotator sees it."""
    connection = client(studio.server)
    number = project(connection, title, Screen(tag_screen(), tag_instructions()))
    task: Any = _task()
    answer: Any = connection.projects.import_tasks(id=number, request=[task], return_task_ids=True)
    page.goto(f"/projects/{number}/data?labeling=1")
    page.wait_for_selector(".htx-highlight[data-label]")
    return connection, answer.task_ids[0], task


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(1600, 1000), (1280, 800)])
def test_the_page_shows_every_region_where_it_is_and_needs_no_side_scrolling(
    label_studio: Studio, browser_page: Page, width: int, height: int
) -> None:
    browser_page.set_viewport_size({"width": width, "height": height})
    _, _, task = _opened(browser_page, label_studio, f"勾稽 屏 {width}")
    shown = browser_page.evaluate(
        "[...document.querySelectorAll('.htx-highlight')].map(one => [one.dataset.label, one.textContent])"
    )
    numbers = [
        (region["value"]["labels"][0], region["value"]["text"]) for region in task["predictions"][0]["result"]
        if not region["value"]["labels"][0].endswith("部分")
    ]  # fmt: skip
    # Of a region over several lines only the last piece is named, and only sections have several.
    seen = [(label.partition(":")[2], text) for label, text in shown if label and not label.endswith("部分")]
    assert sorted(seen) == sorted(numbers)
    assert len(numbers) > 100
    assert browser_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    boxes = browser_page.evaluate(
        "[...document.querySelectorAll('.gouji-tags .lsf-label, .gouji-tags .lsf-richtext__line')].map(one => {"
        "const own = one.getBoundingClientRect(), all = one.closest('.gouji-tags').getBoundingClientRect();"
        "return own.right <= all.right + 1 && one.scrollWidth <= one.clientWidth + 1 || one.clientWidth === 0 })"
    )
    assert boxes and all(boxes)


def _drag(page: Page, text: str) -> None:
    """Selects the first place where the text stands, with the mouse."""
    ends = page.evaluate(
        """wanted => {
            const root = document.querySelector('.lsf-htx-richtext');
            const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const at = walker.currentNode.data.indexOf(wanted);
                if (at < 0) continue;
                walker.currentNode.parentElement.scrollIntoView({block: 'center'});
                const range = document.createRange();
                range.setStart(walker.currentNode, at); range.setEnd(walker.currentNode, at + wanted.length);
                const box = range.getBoundingClientRect();
                return [box.left, box.right, (box.top + box.bottom) / 2];
            }
        }""",
        text,
    )
    left, right, middle = ends
    page.mouse.move(left + 1, middle)
    page.mouse.down()
    page.mouse.move((left + right) / 2, middle, steps=4)
    page.mouse.move(right - 0.5, middle, steps=4)
    page.mouse.up()


@pytest.mark.slow
def test_a_person_tags_by_key_and_by_search_deletes_and_submits(label_studio: Studio, browser_page: Page) -> None:
    page = browser_page
    connection, task_id, task = _opened(page, label_studio, "勾稽 屏 标注")
    text = task["data"]["text"]
    before = {(one["value"]["start"], one["value"]["end"]): one for one in task["predictions"][0]["result"]}
    # By its key: a year, which no prediction holds.
    year = next(at for at in range(len(text)) if text.startswith("2023", at))
    page.keyboard.press(NO_FIELD_KEY)
    _drag(page, "2023")
    page.keyboard.press("Escape")
    # By searching for its label.
    page.keyboard.press("Shift+F")
    page.keyboard.type("属于国家秘密·自然人")
    page.keyboard.press("Enter")
    _drag(page, "年度")
    page.keyboard.press("Escape")
    # Deletes one that the model had.
    gone = next(place for place, one in before.items() if not one["value"]["labels"][0].endswith("部分"))
    page.click(f".htx-highlight[data-start='{gone[0]}'][data-end='{gone[1]}']")
    page.keyboard.press("Backspace")
    with page.expect_response(lambda one: "/annotations" in one.url and one.request.method == "POST"):
        page.keyboard.press("Control+Enter")
    result = connection.tasks.get(id=task_id).annotations[0]["result"]
    after = {(one["value"]["start"], one["value"]["end"]): one["value"] for one in result}
    assert after[year, year + 4]["labels"] == [NO_FIELD]
    assert after[year, year + 4]["text"] == "2023"
    new = [value for place, value in after.items() if place not in before and place != (year, year + 4)]
    assert [(value["labels"], value["text"]) for value in new] == [([label_of("t3.denied_secret.natural")], "年度")]
    assert text[new[0]["start"] : new[0]["end"]] == "年度"
    assert set(before) - set(after) == {gone}
    kept = set(before) & set(after)
    assert all(after[one]["labels"] == before[one]["value"]["labels"] for one in kept)
