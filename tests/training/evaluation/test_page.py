from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pipeline.show.browser import Elements, browse, in_browser
from tests.training.evaluation.sample import evaluation, plain_png, rare, sample, share
from training.evaluation.figures import Card, Evaluation, Part, Plot, Series, Table
from training.evaluation.page import write_page

HOSTILE = "<script>document.title='broken'</script>\"'><img src=x onerror=alert(1)>]]>-->"
PHONE, DESK = (390, 844), (1600, 1000)


def card(**changes: object) -> Card:
    plain = Card(
        report="甲局 2021", document="a.html", field="t3.new.natural", label="本年新收·自然人", fault="错",
        printed="17", value="17", gold="1", confidence=0.9, sentence="照印。",
    )  # fmt: skip
    return plain.model_copy(update=changes)


def hrefs(page: str) -> list[str]:
    found = [str(attributes["href"]) for tag, attributes in Elements(page).tags if tag == "a"]
    return [href for href in found if not href.startswith("#")]


def text_of(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", page)


def hostile() -> Evaluation:
    figure = share("exact.reports", HOSTILE, HOSTILE, of=HOSTILE, group=HOSTILE)
    table = Table(title=HOSTILE, columns=(HOSTILE,), rows=((HOSTILE,),), note=HOSTILE)
    plot = Plot(
        title=HOSTILE, kind="bars", x=HOSTILE, y=HOSTILE, names=(HOSTILE,), note=HOSTILE,
        series=(Series(name=HOSTILE, points=((0.0, 1.0),)),),
    )  # fmt: skip
    overall = share("exact.reports", HOSTILE, HOSTILE, of=HOSTILE)
    part = Part(number=1, title=HOSTILE, says=HOSTILE, figures=(overall, figure), tables=(table,), plots=(plot,))
    one = card(
        report=HOSTILE, document=HOSTILE, field=HOSTILE, label=HOSTILE, fault=HOSTILE, printed=HOSTILE, value=HOSTILE,
        gold=HOSTILE, sentence=HOSTILE, text=HOSTILE, crop=HOSTILE, page=1,
    )  # fmt: skip
    made = evaluation(part, cards=(one,), notes=(HOSTILE,))
    return made.model_copy(update={"command": HOSTILE, "version": HOSTILE, "arms": (HOSTILE,)})


def test_the_same_evaluation_gives_the_same_page():
    assert write_page(sample()) == write_page(Evaluation.model_validate_json(sample().model_dump_json()))


def test_the_page_needs_nothing_from_outside():
    page = write_page(sample())

    for tag, attributes in Elements(page).tags:
        assert tag not in {"link", "iframe", "object", "embed", "base", "form"}
        assert str(attributes.get("src", "data:image/png;base64,")).startswith("data:image/png;base64,")
        # The policy would leave them without effect.
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
    assert "http" not in page.replace("http-equiv", "")
    assert set(re.findall(r"url\(([^)]*)\)", page)) <= set(re.findall(r"url\((#part-\d-plot-\d-h\d)\)", page))


def test_ids_are_unique_and_the_contents_lead_to_them():
    page = write_page(sample())
    tags = Elements(page).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [str(attributes["href"]) for tag, attributes in tags if tag == "a"]
    inside = [link[1:] for link in links if link.startswith("#")]
    assert set(inside) <= set(ids)
    assert inside == ["main", *(f"part-{number}" for number in range(1, 9)), "worst", "notes"]


def test_the_summary_shows_the_first_arm_and_the_bound_of_what_must_not_happen():
    made = evaluation(
        Part(
            number=1, title="一", says="",
            figures=(
                share("exact.reports", "整份全对", "rules", 0.5),
                share("exact.reports", "整份全对", "both", 0.9),
                rare("trust.wrong_accepted", "错而采用的格", "both", 3, 60_000),
            ),
        )
    )  # fmt: skip

    strip = re.search(r'<section class="summary".*?</section>', write_page(made), re.DOTALL).group(0)

    assert re.findall(r'class="value">([^<]*)<', strip) == ["90.00 %", "—", "万分之 0.50", "—", "—"]
    assert re.findall(r'class="interval bound">([^<]*)<', strip) == ["上限 万分之 1.20"]
    assert "n = 60,000 格" in strip


def test_figures_stand_with_their_arms_side_by_side():
    figures = (
        share("a", "甲", "both", 0.9, 10, "格"), share("a", "甲", "rules", 0.8, 10, "格"),
        share("b", "乙", "both", 0.7, 10, "格"), share("b", "乙", "rules", 0.6, 20, "格"),
        share("c", "丙", "rules", 0.5, 30, "格"),
    )  # fmt: skip

    page = write_page(evaluation(Part(number=1, title="一", says="", figures=figures)))

    table = re.search(r'<table class="figures">(.*?)</table>', page, re.DOTALL).group(1)
    assert re.findall(r'<th scope="col"[^>]*>([^<]*)<', table) == ["指标", "规则与模型并用", "只用规则"]
    lines = [re.findall(r"甲|乙|丙|—|n = \d+ 格|[\d.]+ %(?=</b>)", row) for row in table.split("<tr>")[2:]]
    assert lines == [
        ["甲", "n = 10 格", "90.00 %", "80.00 %"],
        # Where the arms counted over different numbers, each says its own.
        ["乙", "70.00 %", "n = 10 格", "60.00 %", "n = 20 格"],
        ["丙", "n = 30 格", "—", "50.00 %"],
    ]


def test_figures_of_splits_are_folded_away():
    figures = (share("a", "甲", value=0.9), share("a", "甲", value=0.8, group="省份 浙江"))
    page = write_page(evaluation(Part(number=1, title="一", says="", figures=figures)))
    folded = re.search(r"<details>.*?</details>", page, re.DOTALL).group(0)
    assert "省份 浙江" in folded
    assert "90.00 %" not in folded


def test_cells_of_tables_carry_the_number_that_they_are_sorted_by():
    table = Table(
        title="表", columns=("机关", "占比", "报告数"), rows=(("甲", 0.25, 12_000), ("乙", None, 0)), note="注意"
    )
    page = write_page(evaluation(Part(number=1, title="一", says="", tables=(table,))))

    assert '<td class="number" data-value="0.25">25.00 %</td>' in page
    assert '<td class="number" data-value="12000">12,000</td>' in page
    assert '<td class="number">—</td>' in page
    assert "注意" in page


def test_an_evaluation_with_nothing_in_it_still_gives_a_page():
    page = write_page(evaluation().model_copy(update={"arms": ()}))
    assert "412 份" in text_of(page)


def test_no_text_makes_markup():
    page = write_page(hostile(), Path("out"))

    tags = Elements(page).tags
    assert [tag for tag, _ in tags].count("script") == 1
    assert "img" not in {tag for tag, _ in tags}
    assert not any(name.startswith("on") for _, attributes in tags for name in attributes)
    policy = next(str(attributes["content"]) for _, attributes in tags if "http-equiv" in attributes)
    assert policy.startswith("default-src 'none';")


@pytest.mark.parametrize(
    ("document", "page", "expected"),
    [
        ("data/某区 报告#1.pdf", 3, "../data/%E6%9F%90%E5%8C%BA%20%E6%8A%A5%E5%91%8A%231.pdf#page=3"),
        ("data/a.html", 3, "../data/a.html"),
        ("data/a.PDF", None, "../data/a.PDF"),
        ("/data/a b.pdf", 2, "file:///data/a%20b.pdf#page=2"),
        ("//example/a.pdf", None, "file:///example/a.pdf"),
        ("javascript:alert(1)", None, "../javascript%3Aalert%281%29"),
        ("https://example/a?b", None, "../https%3A/example/a%3Fb"),
        ('a"onclick="x', None, "../a%22onclick%3D%22x"),
    ],
)
def test_links_are_relative_or_to_files_and_quoted(document, page, expected):
    made = evaluation(cards=(card(document=document, page=page),))
    assert hrefs(write_page(made, Path("out"))) == [expected]


def test_without_a_folder_a_scheme_is_quoted_too():
    assert hrefs(write_page(evaluation(cards=(card(document="data:text/html,x"),)))) == ["data%3Atext/html%2Cx"]
    assert hrefs(write_page(evaluation(cards=(card(document=""),)))) == []


@pytest.mark.parametrize(
    ("crop", "shown"),
    [
        (plain_png((1, 2, 3)), True),
        ("data:image/jpeg;base64,/9j/4AAQ", True),
        ("data:image/svg+xml;base64,PHN2Zz4=", False),
        ("data:text/html;base64,PHN2Zz4=", False),
        ("data:image/png,x", False),
        ('data:image/png;base64,AA"onerror="x', False),
        ("https://example/a.png", False),
        ("data:image/png;base64,AAAA\n", False),
    ],
)
def test_only_data_of_pictures_is_shown(crop, shown):
    page = write_page(evaluation(cards=(card(crop=crop, text="周围的文字"),)))
    assert ("img" in {tag for tag, _ in Elements(page).tags}) == shown
    assert ("周围的文字" in page) != shown


@pytest.mark.slow
@in_browser
@pytest.mark.parametrize("size", [PHONE, DESK])
def test_nothing_sticks_out_of_the_window(tmp_path, size):
    found = browse(
        tmp_path,
        write_page(sample()),
        """
        const outside = all(".drawing text").filter((text) => {
          const box = text.getBoundingClientRect(), around = text.closest("svg").getBoundingClientRect();
          return box.left < around.left - 1 || box.right > around.right + 1;
        }).map((text) => text.textContent);
        const cut = all(".summary dd, .plot, .card, h1, h2, h3")
          .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent.slice(0, 40));
        answer({
          width: root.scrollWidth, window: page.innerWidth, outside, cut,
          styled: page.getComputedStyle($(".summary dl")).display,
        });
        """,
        size=size,
    )

    assert found["width"] <= found["window"] == size[0]
    assert found["outside"] == []
    assert found["cut"] == []
    assert found["styled"] == "flex"


@pytest.mark.slow
@in_browser
def test_a_table_is_sorted_by_its_heads(tmp_path):
    rows = sample().parts[0].tables[1].rows
    found = browse(
        tmp_path,
        write_page(sample()),
        """
        const table = all("table.data").find((one) => one.rows.length === 201);
        const head = (name) => [...table.tHead.rows[0].cells].find((one) => one.textContent === name);
        const seen = (name) => [...table.tBodies[0].rows].map((row) => row.cells[head(name).cellIndex].textContent);
        const button = (name) => head(name).querySelector("button");
        const result = { before: seen("格正确率") };
        for (const order of ["first", "second", "third"]) {
          button("格正确率").click();
          result[order] = [head("格正确率").getAttribute("aria-sort"), seen("格正确率")];
        }
        button("机关").focus();
        result.focused = page.document.activeElement === button("机关");
        button("报告数").click();
        button("机关").click();
        result.sorts = all("table.data [aria-sort]:not([aria-sort=none])").map((one) => one.textContent);
        answer(result);
        """,
        size=DESK,
    )

    numbers = sorted(row[6] for row in rows if isinstance(row[6], float))
    dashes = ["—"] * (len(rows) - len(numbers))
    assert found["first"][0] == "ascending"
    assert [float(text.split()[0]) for text in found["first"][1][: len(numbers)]] == pytest.approx(
        [100 * number for number in numbers], abs=0.006
    )
    # What is not known comes last whichever way round.
    assert found["first"][1][len(numbers) :] == found["second"][1][len(numbers) :] == dashes
    assert found["second"][0] == "descending"
    assert found["second"][1][: len(numbers)] == found["first"][1][: len(numbers)][::-1]
    assert found["third"] == ["none", found["before"]]
    assert found["focused"]
    assert found["sorts"] == ["机关"]


@pytest.mark.slow
@in_browser
def test_tables_and_cards_are_filtered(tmp_path):
    rows, cards = sample().parts[0].tables[1].rows, sample().cards
    found = browse(
        tmp_path,
        write_page(sample()),
        """
        const box = all(".scroll").find((one) => one.querySelectorAll("tr").length === 201);
        const input = box.previousElementSibling.querySelector("input");
        const type = (text) => {
          input.value = text;
          input.dispatchEvent(new page.Event("input", { bubbles: true }));
          return [...box.querySelectorAll("tbody tr")].filter((row) => row.offsetHeight).length;
        };
        const result = { one: type("浙江"), both: type("浙江 2021"), none: type("没有这个"), all: type("") };
        result.said = (type("浙江"), input.nextElementSibling.textContent);
        result.press = [...all(".faults button")].map((button) => {
          button.click();
          return [button.getAttribute("aria-pressed"), all(".card").filter((one) => one.offsetHeight).length];
        });
        answer(result);
        """,
        size=PHONE,
    )

    one = sum("浙江" in str(row[0]) for row in rows)
    assert (found["one"], found["none"], found["all"]) == (one, 0, 200)
    assert found["both"] == sum("浙江" in str(row[0]) and row[2] == 2021 for row in rows)
    assert found["said"] == f"200 行中的 {one} 行"
    faults = list(dict.fromkeys(card.fault for card in cards))
    assert found["press"] == [["true", 50], *(["true", sum(c.fault == fault for c in cards)] for fault in faults)]
