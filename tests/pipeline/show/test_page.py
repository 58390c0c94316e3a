from __future__ import annotations

import re

import pytest

from pipeline.record import Finding, LedgerEntry, Report, Section
from pipeline.show.page import write_page
from tests.pipeline.show.browser import Elements, browse, embedded, in_browser
from tests.pipeline.show.reports import clean_report, every_status, plain_field, with_field

PAYLOADS = (
    "<script>document.title='broken'</script>",
    "</script><script>document.title='broken'</script>",
    "<img src=x onerror=\"document.title='broken'\">",
    '" onmouseover="document.title=\'broken\'" x="',
    "'-alert(1)-' <!-- <![CDATA[ \u2028 \\u003c &lt;b&gt;",
)


def hostile_report() -> Report:
    """Every text that a report can bring along is an attack."""
    text = "".join(PAYLOADS)
    report = every_status()
    source = plain_field(1).source.model_copy(update={"text": text, "place": text, "reader": text})
    report = with_field(report, "t3.new.natural", printed=text, unit=text, source=source, status="repaired", value=3)
    return report.model_copy(
        update={
            "agency": text,
            "file": text,
            "published": text,
            "period": (text, text),
            "warnings": (text,),
            "sections": {text: Section(title=text, text=text)},
            "findings": (
                Finding(
                    level="info", code=text, message=text, clause=text, quotes=(text,), fields=(text, "t3.new.total")
                ),
            ),
            "ledger": {"t3.new.natural": LedgerEntry(sentence=text, equations=(text,), rules=(text,))},
        }
    )


@pytest.mark.parametrize("template", ["2019", "2021"])
def test_every_field_has_one_cell(template):
    report = clean_report(template)

    tags = Elements(write_page(report)).tags

    assert [attributes["data-field"] for _, attributes in tags if "data-field" in attributes] == list(report.fields)


def test_the_page_needs_nothing_from_outside():
    page = write_page(every_status())

    for tag, attributes in Elements(page).tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base"}
        assert "src" not in attributes
        assert not (attributes.get("href") or "#").lstrip("#").startswith(("http", "//", "javascript"))
    assert "url(" not in page
    assert "@import" not in page


def test_the_same_report_gives_the_same_page():
    assert write_page(every_status()) == write_page(Report.from_json(every_status().to_json()))


def test_texts_of_a_report_make_no_markup():
    plain, hostile = write_page(every_status()), write_page(hostile_report())

    def executable(page: str) -> list[str]:
        return [tag for tag, attributes in Elements(page).tags if tag in ("script", "img", "style")]

    assert executable(hostile) == executable(plain)
    handlers = [name for _, attributes in Elements(hostile).tags for name in attributes if name.startswith("on")]
    assert handlers == []
    assert embedded(hostile)["fields"]["t3.new.natural"]["printed"] == "".join(PAYLOADS)


def test_cells_say_status_in_words_and_marks():
    cells = {
        attributes["data-field"]: attributes for _, attributes in Elements(write_page(every_status())).tags
        if "data-field" in attributes
    }  # fmt: skip

    assert cells["t3.partial.natural"]["aria-label"] == "（二）部分公开·自然人：6，改正，原印 5"
    assert cells["t3.denied_law.social"]["aria-label"] == "2.其他法律行政法规禁止公开·社会公益组织：可能为 0 或 1，歧义"
    assert cells["t4.review.total"]["class"] == "cell inconsistent"
    assert cells["t2.rules.issued"]["aria-label"].endswith("：空白，照印")


def test_rules_show_both_verdicts_and_sums():
    page = write_page(every_status())

    row = re.search(r'<tr class="failing"><td><button[^>]*>行政复议：维持.*?</tr>', page).group(0)
    assert re.findall(r"✓|✗|\?", row) == ["✗", "✗"]
    assert "4 ≠ 5" in row
    assert "42 条，3 条有不符" in page


def test_a_report_with_nothing_in_it_still_gives_a_page():
    report = Report(
        schema="gouji-record/1", file="x.txt", sha256="00", agency=None, year=None, templates={}, status="partial",
        fields={},
    )  # fmt: skip

    page = write_page(report)

    assert "（未写明机关）" in page
    assert "没有发现问题" in page


@in_browser
def test_the_hash_opens_the_panel_of_a_cell(tmp_path):
    shown = browse(tmp_path, write_page(every_status()), "answer(panel());", "#t3.partial.natural")

    for text in (
        "（二）部分公开·自然人",
        "t3.partial.natural",
        "5 → 6",
        "改正",
        "97.0%",
        "第 3 页",
        "原印 5，改为 6",
        "20 + 6 + 11 + 3 = 40",
    ):
        assert text in shown


@in_browser
def test_arrow_keys_move_and_enter_pins(tmp_path):
    answer = browse(
        tmp_path,
        write_page(every_status()),
        """
        const seen = [];
        cell("t3.new.natural").focus();
        seen.push($("#panel").dataset.field);
        for (const key of ["ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "End", "ArrowUp"]) {
          press(key);
          seen.push(page.document.activeElement.dataset.field);
        }
        press("Enter");
        seen.push(page.location.hash);
        cell("t3.new.social").focus();
        seen.push($("#panel").dataset.field);
        press("Escape");
        seen.push($("#panel-body").textContent);
        answer(seen);
        """,
    )

    assert answer == [
        "t3.new.natural", "t3.new.commercial", "t3.carried_in.commercial", "t3.granted.commercial",
        "t3.granted.natural",
        "t3.granted.total", "t3.carried_in.total", "#t3.carried_in.total", "t3.carried_in.total", "尚未选择单元格。",
    ]  # fmt: skip


@in_browser
def test_a_finding_marks_the_cells_it_rests_on(tmp_path):
    answer = browse(
        tmp_path,
        write_page(every_status()),
        """
        $("#finding-1 .point").click();
        const hit = [...page.document.querySelectorAll("td.hit")].map((cell) => cell.id);
        $("#finding-2 a").click();
        answer([hit, [...page.document.querySelectorAll("td.hit")].map((cell) => cell.id), $("#panel h3").textContent]);
        """,
    )

    review = [f"t4.review.{column}" for column in ("upheld", "corrected", "other", "pending", "total")]
    assert answer == [review, ["t3.partial.natural"], "（二）部分公开·自然人"]


@in_browser
def test_filters_leave_what_needs_a_look(tmp_path):
    answer = browse(
        tmp_path,
        write_page(every_status()),
        """
        const visible = () => [...page.document.querySelectorAll("td[data-field] .inner")]
          .filter((inner) => page.getComputedStyle(inner).visibility === "visible").length;
        const rules = () => [...page.document.querySelectorAll(".rules tbody tr")].filter((row) => !row.hidden).length;
        const counts = [visible(), rules()];
        $(".legend .look").click();
        counts.push(visible());
        $(".legend .look").click();
        counts.push(visible());
        $("#only-failing").click();
        answer([...counts, rules()]);
        """,
    )

    assert answer == [200, 3, 5, 200, 42]


@in_browser
@pytest.mark.parametrize("width", [390, 820, 1300, 1440])
@pytest.mark.parametrize("report", [every_status(), hostile_report()], ids=["usual", "hostile"])
def test_the_page_never_scrolls_sideways(tmp_path, report, width):
    page_width, window_width, *scrolling = browse(
        tmp_path,
        write_page(report),
        """
        for (const details of page.document.querySelectorAll("details")) details.open = true;
        cell("t3.new.natural").click();
        const boxes = [...page.document.querySelectorAll(".form .scroll")];
        const scrolling = boxes.filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.parentElement.id);
        answer([page.document.documentElement.scrollWidth, page.innerWidth, ...scrolling]);
        """,
        size=(width, 844),
    )

    assert page_width <= window_width
    assert scrolling == (["t3", "t4"] if width == 390 else [])


@in_browser
def test_a_hostile_report_is_inert_in_a_browser(tmp_path):
    answer = browse(
        tmp_path,
        write_page(hostile_report()),
        """
        cell("t3.new.natural").click();
        const intruders = page.document.querySelectorAll("img, #panel script, main script");
        answer([page.document.title, intruders.length, panel()]);
        """,
    )

    title, elements, text = answer
    assert title != "broken"
    assert elements == 0
    assert PAYLOADS[0] in text


def contrast(one: str, other: str) -> float:
    def luminance(color: str) -> float:
        channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_texts_have_enough_contrast_in_both_schemes():
    style = re.search(r"<style>(.*?)</style>", write_page(clean_report()), re.DOTALL).group(1)
    light, dark = (
        dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2]
    )
    pairs = [(text, ground) for text in ("ink", "soft", "accent") for ground in ("paper", "sheet", "head")]
    statuses = ("inferred", "repaired", "ambiguous", "inconsistent", "missing")
    pairs += [(status, ground) for status in statuses for ground in ("sheet", f"{status}-fill")]
    pairs += [("soft", f"{status}-fill") for status in statuses] + [("ink", "hit")]
    for scheme in (light, {**light, **dark}):
        for text, ground in pairs:
            assert contrast(scheme[text], scheme[ground]) >= 4.5, (text, ground, scheme[text], scheme[ground])
