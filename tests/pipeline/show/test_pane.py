from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Iterable

import pypdfium2 as pdfium
import pytest

from pipeline.show.page import write_page
from pipeline.show.pictures import placed
from tests.pipeline.show.browser import CHROMIUM, Elements, browse, in_browser
from tests.pipeline.show.reports import every_status
from tests.pipeline.show.scans import SHARED, colour_of, index_of, scanned_pages, scanned_report
from tests.pipeline.show.test_page import hostile_report

QUESTIONS = """
    const middle = () => {
      const canvas = $("#crop canvas"), context = canvas.getContext("2d");
      return [...context.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data].slice(0, 3);
    };
    const marked = () => [...page.document.querySelectorAll(".marked")].map((box) => box.dataset.cells);
    const box = (id) => $(`.box[data-cells~="${id}"]`);
    const enter = (element) => element.dispatchEvent(new page.MouseEvent("mouseenter"));
    const lit = () => [...page.document.querySelectorAll("td.lit")].map((one) => one.id);
    const inside = (element, frame) => {
      const place = element.getBoundingClientRect(), around = frame.getBoundingClientRect();
      return place.top >= around.top && place.bottom <= around.bottom
        && place.left >= around.left && place.right <= around.right;
    };
"""


def is_colour(seen: Iterable[int], expected: Iterable[int]) -> bool:
    """Up to what JPEG makes of a plain colour."""
    return all(abs(one - other) <= 5 for one, other in zip(seen, expected, strict=True))


def boxes(page: str) -> dict[str, str]:
    """Status by the fields of each outline."""
    return {
        str(attributes["data-cells"]): str(attributes["class"]).removeprefix("box ")
        for _, attributes in Elements(page).tags
        if "data-cells" in attributes
    }


def test_a_page_without_pictures_has_nothing_of_them():
    page = write_page(scanned_report())

    assert "img-src" not in page
    assert not any(tag in {"img", "svg", "canvas", "figure"} for tag, _ in Elements(page).tags)
    assert not any(attributes.get("id") in {"beside", "pages"} for _, attributes in Elements(page).tags)


def test_each_image_stands_in_the_page_once():
    pictures = scanned_pages()

    page = write_page(scanned_report(), pictures)

    sources = [attributes["src"] for _, attributes in Elements(page).tags if "src" in attributes]
    assert [base64.b64decode(source.removeprefix("data:image/jpeg;base64,")) for source in sources] == [
        picture.data for picture in pictures
    ]
    assert all(page.count(source) == 1 for source in sources)
    assert page.count("base64,") == 3


def test_a_page_with_pictures_needs_nothing_from_outside():
    page = write_page(scanned_report(), scanned_pages())

    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    assert policy.startswith("default-src &#x27;none&#x27;;")
    assert "; img-src data:; " in policy
    assert "url(" not in page
    assert not re.search(r"https?://", page)
    for _, attributes in Elements(page).tags:
        # The policy would leave them without effect.
        assert "style" not in attributes
        assert (attributes.get("href") or "#").startswith("#")


def test_every_cell_has_one_outline_that_leads_to_its_field():
    report = scanned_report()

    page = write_page(report, scanned_pages())

    outlines = boxes(page)
    assert sorted(id_ for ids in outlines for id_ in ids.split()) == sorted(placed(report.fields, scanned_pages()))
    assert outlines["t3.partial.natural"] == "repaired"
    assert outlines["t4.review.total"] == "inconsistent"
    assert outlines["t3.new.natural"] == "read"
    tags = Elements(page).tags
    ids = {attributes["id"] for _, attributes in tags if "id" in attributes}
    assert {str(attributes["href"])[1:] for _, attributes in tags if "href" in attributes} <= ids


def test_fields_from_one_cell_share_an_outline_that_shows_what_needs_a_look():
    report = scanned_report()
    changed = report.fields[SHARED[1]].model_copy(update={"status": "missing", "value": None})
    report = report.model_copy(update={"fields": {**report.fields, SHARED[1]: changed}})

    assert boxes(write_page(report, scanned_pages()))[" ".join(SHARED)] == "missing"


def test_the_same_report_and_pictures_give_the_same_page():
    assert write_page(scanned_report(), scanned_pages()) == write_page(scanned_report(), scanned_pages())


def test_texts_of_a_report_make_no_markup_beside_pictures():
    def executable(page: str) -> list[str]:
        return [tag for tag, _ in Elements(page).tags if tag in ("script", "img", "style")]

    hostile = write_page(hostile_report(), scanned_pages())

    assert executable(hostile) == executable(write_page(every_status(), scanned_pages()))
    assert not any(name.startswith("on") for _, attributes in Elements(hostile).tags for name in attributes)


@in_browser
def test_the_hash_pins_a_field_and_shows_its_cell(tmp_path):
    report = scanned_report()

    answer = browse(
        tmp_path,
        write_page(report, scanned_pages()),
        QUESTIONS
        + """answer([marked(), middle(), inside($(".marked"), $("#sheets")), panel(),
          $("#pages .tab[aria-current]").getAttribute("aria-label")]);""",
        "#t3.partial.natural",
        (1600, 900),
    )

    outlines, colour, visible, text, tab = answer
    assert outlines == ["t3.partial.natural"]
    assert is_colour(colour, colour_of(index_of(report, "t3.partial.natural")))
    assert visible
    for expected in ("5 → 6", "原印 5，改为 6", "0.81", "engine/small", "0.62", "engine/large", "（空白）", "第 3 页"):
        assert expected in text
    assert tab.startswith("第 3 页")


@in_browser
def test_pointing_at_cells_of_the_form_shows_them_on_the_page(tmp_path):
    report = scanned_report()
    fields = ("t3.new.natural", "t4.litigation_after_review.total", "t2.fees.amount")

    answer = browse(
        tmp_path,
        write_page(report, scanned_pages()),
        QUESTIONS
        + f"const fields = {list(fields)};"
        + """
        const seen = [];
        for (const id of fields) {
          enter(cell(id));
          seen.push([marked(), middle(), inside($(".marked"), $("#sheets"))]);
        }
        cell("t3.new.natural").focus();
        for (const key of ["ArrowDown", "ArrowRight"]) press(key);
        seen.push(marked());
        enter(cell("t3.denied_safety.natural"));
        seen.push([marked(), $("#crop-open").hidden, $("#crop-none").hidden]);
        press("Escape");
        seen.push([marked(), $("#crop").hidden]);
        answer(seen);
        """,
        size=(1600, 900),
    )

    for field_id, (outlines, colour, visible) in zip(fields, answer, strict=False):
        assert outlines == [field_id]
        assert is_colour(colour, colour_of(index_of(report, field_id))), field_id
        assert visible
    assert answer[3:] == [["t3.carried_in.commercial"], [[], True, False], [[], True]]


@in_browser
def test_pointing_at_the_page_shows_cells_of_the_form_and_a_click_pins(tmp_path):
    answer = browse(
        tmp_path,
        write_page(scanned_report(), scanned_pages()),
        QUESTIONS
        + """
        const seen = [], click = (id) => box(id).querySelector("rect").dispatchEvent(
          new page.MouseEvent("click", { bubbles: true, cancelable: true }));
        const before = $("#sheets").scrollTop;
        enter(box("t3.granted.total"));
        seen.push([lit(), $("td.shown").id, $("#panel").dataset.field, $("#sheets").scrollTop === before]);
        box("t3.granted.total").dispatchEvent(new page.MouseEvent("mouseleave"));
        seen.push(lit());
        click("t4.review.total");
        const place = cell("t4.review.total").getBoundingClientRect();
        const visible = place.top > 0 && place.bottom < page.innerHeight;
        seen.push([page.location.hash, page.document.activeElement.id, visible]);
        enter(box("t3.new.natural"));
        seen.push([lit(), $("td.shown").id]);
        for (let time = 0; time < 3; time += 1) {
          click("t3.new.commercial");
          seen.push($("td.pinned").id);
        }
        answer(seen);
        """,
        size=(1600, 900),
    )

    assert answer[0] == [["t3.granted.total"], "t3.granted.total", "t3.granted.total", True]
    assert answer[1] == []
    assert answer[2] == ["#t4.review.total", "t4.review.total", True]
    assert answer[3] == [["t3.new.natural"], "t4.review.total"]
    assert answer[4:] == [SHARED[0], SHARED[1], SHARED[0]]


@in_browser
def test_outlines_show_the_status_and_follow_the_filter(tmp_path):
    answer = browse(
        tmp_path,
        write_page(scanned_report(), scanned_pages()),
        QUESTIONS
        + """
        const stroke = (id) => page.getComputedStyle(box(id).querySelector("rect")).stroke;
        const drawn = () => [...page.document.querySelectorAll(".box")]
          .filter((one) => page.getComputedStyle(one.firstElementChild).stroke !== "rgba(0, 0, 0, 0)")
          .map((one) => one.dataset.cells);
        const seen = [drawn(), stroke("t4.review.total")];
        $('.legend [data-show="repaired"]').click();
        setTimeout(() => answer([...seen, drawn()]), 50);
        """,
        size=(1600, 900),
    )

    all_drawn, red, repaired = answer
    changed = {"t2.coercion.decisions", "t3.partial.natural", "t3.denied_law.research", "t3.denied_law.social"}
    assert set(all_drawn) == {*changed, "t4.review.total"}
    assert red == "rgb(177, 36, 28)"
    assert repaired == ["t3.partial.natural"]


@in_browser
@pytest.mark.parametrize("width", [390, 1100, 1400, 2200])
def test_a_page_with_pictures_never_scrolls_sideways(tmp_path, width):
    page_width, window_width, sheet_up, panel_seen, page_seen, field_seen = browse(
        tmp_path,
        write_page(scanned_report(), scanned_pages()),
        QUESTIONS
        + """
        const seen = (query) => $(query).getBoundingClientRect().height > 100;
        cell("t3.partial.natural").click();
        const field = cell("t3.partial.natural").getBoundingClientRect();
        answer([page.document.documentElement.scrollWidth, page.innerWidth, $("#beside").classList.contains("raised"),
          seen("#panel"), seen("#pages"), field.top > 0 && field.bottom <= $("#beside").getBoundingClientRect().top]);
        """,
        size=(width, 844),
    )

    assert page_width <= window_width
    assert sheet_up and panel_seen
    assert page_seen == (width > 700)
    if width < 1400:
        assert field_seen, "the sheet hides the cell that raised it"


@in_browser
def test_on_a_telephone_the_sheet_folds_and_goes_from_words_to_image(tmp_path):
    answer = browse(
        tmp_path,
        write_page(scanned_report(), scanned_pages()),
        QUESTIONS
        + """
        const up = () => ["#panel", "#pages"].map((query) => $(query).getBoundingClientRect().height > 100);
        const seen = [up()];
        cell("t4.review.total").click();
        seen.push(up());
        $("#crop-open").click();
        seen.push([...up(), inside($(".marked"), $("#sheets"))]);
        $('[data-view="panel"]').click();
        seen.push(up());
        $("#fold").click();
        seen.push(up());
        answer(seen);
        """,
        size=(390, 844),
    )

    assert answer == [[False, False], [True, False], [False, True, True], [True, False], [False, False]]


@in_browser
def test_enlarging_keeps_the_cell_in_sight(tmp_path):
    answer = browse(
        tmp_path,
        write_page(scanned_report(), scanned_pages()),
        QUESTIONS
        + """
        const wide = () => Math.round($(".paper").getBoundingClientRect().width), first = wide(), seen = [];
        for (const change of [1, 1, -1, 0]) {
          $(`[data-zoom="${change}"]`).click();
          seen.push([Math.round(10 * wide() / first), inside($(".marked"), $("#sheets"))]);
        }
        answer(seen);
        """,
        "#t4.review.total",
        (1600, 900),
    )

    assert answer == [[14, True], [20, True], [14, True], [10, True]]


@in_browser
@pytest.mark.slow
def test_print_leaves_the_images_out(tmp_path):
    page, paper = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_text(write_page(scanned_report(), scanned_pages()), encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
        "--no-pdf-header-footer", f"--print-to-pdf={paper}", page.as_uri(),
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, timeout=90, check=True)

    document = pdfium.PdfDocument(paper)
    texts = [sheet.get_textpage().get_text_range() for sheet in document]
    images = [thing for sheet in document for thing in sheet.get_objects() if isinstance(thing, pdfium.PdfImage)]
    document.close()
    assert images == []
    assert "第 3 页" not in "".join(texts)
    assert "政府信息公开申请情况" in "".join(texts)
