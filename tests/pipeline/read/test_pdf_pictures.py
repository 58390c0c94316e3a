"""Which pages `read_pdf` takes for pictures, and what their pixels show."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from pipeline.document import Document, Grid, Line, Picture
from pipeline.errors import GoujiError
from pipeline.limits import default_limits
from pipeline.read.pdf import read_pdf
from pipeline.read.pdf_pictures import render
from pipeline.read.pdf_plausible import is_plausible
from tests.pipeline.read import pdf_pages as draw
from tests.pipeline.read.pdf_pages import PdfPage, pdf_of, text
from tests.pipeline.read.picture_files import page_image, saved, scanned_pdf

REPORTS = Path(__file__).parents[3].parent / "shared" / "reports"
WHOLE = "q 400 0 0 300 0 0 cm /Im Do Q "
"""Draws the image over the whole page."""
BODY = "".join(text(40, 60 + 20 * row, "words on the page") for row in range(8))
A4 = (1240, 1754)


def read(data: bytes) -> Document:
    return read_pdf(data, "report.pdf", hashlib.sha256(data).hexdigest())


def kinds(document: Document) -> list[str]:
    return [type(block).__name__ for block in document.blocks]


def only_picture(document: Document, page: int = 1) -> Picture:
    """The picture that is all of a page."""
    (picture,) = [block for block in document.blocks if block.source.page == page]
    assert isinstance(picture, Picture) and picture.pixels is not None
    shown = document.pages[page - 1]
    assert picture.source.box == pytest.approx((0, 0, shown.width, shown.height))
    return picture


# Scans


@pytest.mark.parametrize(
    ("dots", "expected"), [(150, 1754), (200, 2339), (300, 3508), (600, 3508), (72, 1754), (100, 1754)]
)
def test_a_scan_is_drawn_at_its_own_resolution_within_limits(dots: int, expected: int) -> None:
    size = (round(8.27 * dots), round(11.69 * dots))
    picture = only_picture(read(scanned_pdf(page_image(size=size), dots=dots)))
    assert picture.pixels is not None
    image = picture.pixels()
    assert image.shape == (picture.height, picture.width, 3)
    assert abs(picture.height - expected) <= 3
    assert np.abs(image[20, 20].astype(int) - (200, 0, 0)).max() < 12
    assert image[-20, -20].min() > 245


def test_a_page_measured_in_pixels_is_not_blown_up() -> None:
    picture = only_picture(read(scanned_pdf(page_image(size=(2480, 3508)), dots=72)))
    assert (picture.width, picture.height) == pytest.approx((2480, 3508), abs=2)


def test_a_scan_in_strips_is_one_page() -> None:
    strips = "".join(f"q 400 0 0 30 0 {300 - 30 * (row + 1)} cm /Im Do Q " for row in range(10))
    assert kinds(read(pdf_of(PdfPage(strips, image=True)))) == ["Picture"]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_pixels_are_turned_as_a_viewer_turns_the_page(turn: int) -> None:
    document = read(pdf_of(PdfPage(WHOLE, f"/Rotate {turn}", image=True)))
    picture = only_picture(document)
    assert (picture.width > picture.height) == (turn in (0, 180))
    assert picture.pixels is not None
    image = picture.pixels().astype(int)
    dark = {0: image[0, :], 90: image[:, -1], 180: image[-1, :], 270: image[:, 0]}[turn]
    assert dark.mean() < 10


def test_a_cropped_page_is_drawn_as_cropped() -> None:
    document = read(pdf_of(PdfPage(WHOLE, "/CropBox [0 150 400 300]", image=True)))
    picture = only_picture(document)
    assert picture.pixels is not None
    image = picture.pixels()
    assert image[0].mean() < 5
    assert image[-1].mean() == pytest.approx(127, abs=5)


@pytest.mark.parametrize(
    "furniture",
    [
        text(190, 290, "- 2 -"),
        text(5, 10, "2023/1/20 10:23 annual report of a bureau") + text(5, 295, "https://example.org/a/b.html 1/5"),
    ],
    ids=["page number", "browser"],
)
def test_page_numbers_and_addresses_over_a_scan_leave_it_a_scan(furniture: str) -> None:
    only_picture(read(pdf_of(PdfPage(WHOLE + furniture, image=True))))


LAYERS = {
    "invisible": WHOLE + "BT 3 Tr ET " + BODY.replace("BT", "BT 3 Tr"),
    "invisible with a page number": WHOLE + BODY.replace("BT", "BT 3 Tr") + "BT 0 Tr ET " + text(190, 290, "- 2 -"),
    "under the image": BODY + WHOLE,
    "under the image, within a form": BODY + "/Fm Do ",
    "transparent": WHOLE + "/Clear gs " + BODY,
}


@pytest.mark.parametrize("layer", LAYERS)
def test_the_hidden_text_of_a_scan_is_not_taken(layer: str) -> None:
    document = read(pdf_of(PdfPage(LAYERS[layer], form=WHOLE, image=True)))
    only_picture(document)
    assert "隐藏文字层" in document.warnings[0]
    assert "words" not in document.text()


def test_text_under_a_watermark_that_can_be_seen_through_stays() -> None:
    document = read(pdf_of(PdfPage(BODY + WHOLE, image=True, mask=True)))
    assert "words on the page" in document.text()
    assert document.warnings == ()


def test_text_over_a_background_stays() -> None:
    document = read(pdf_of(PdfPage(WHOLE + BODY, image=True)))
    assert set(kinds(document)) == {"Line"}
    assert document.warnings == ()


def test_hidden_text_without_anything_to_see_is_read_with_a_warning() -> None:
    document = read(pdf_of(PdfPage(BODY.replace("BT", "BT 3 Tr"))))
    assert "words on the page" in document.text()
    assert "隐藏" in document.warnings[0]


def test_digital_and_scanned_pages_keep_their_order() -> None:
    scan = PdfPage(WHOLE, image=True)
    document = read(pdf_of(text(40, 60, "first"), scan, text(40, 60, "third"), "", scan))
    assert [(type(block).__name__, block.source.page) for block in document.blocks] == [
        ("Line", 1), ("Picture", 2), ("Line", 3), ("Picture", 5),
    ]  # fmt: skip
    assert [page.number for page in document.pages] == [1, 2, 3, 4, 5]
    assert (document.warnings, document.defeated) == ((), ())


@pytest.mark.parametrize("nothing", ["", "1 g 0 0 400 300 re f ", text(40, 60, "   "), "q Q "])
def test_a_blank_page_is_no_picture(nothing: str) -> None:
    document = read(pdf_of(text(40, 60, "text"), nothing))
    assert kinds(document) == ["Line"]


def test_text_drawn_as_outlines_is_a_picture() -> None:
    outlines = "".join(draw.rectangle(40 + 9 * n, 60, 46 + 9 * n, 70, "f") for n in range(20))
    picture = only_picture(read(pdf_of(outlines)))
    assert picture.pixels is not None and picture.pixels().min() == 0
    assert picture.height == pytest.approx(300 / 72 * 200, abs=130)


# Broken codes


@pytest.mark.parametrize(
    "content",
    [
        "BT /F1 10 Tf 1 0 0 1 40 200 Tm (\\001\\002\\003\\004\\005 ab) Tj ET",
        "".join(text(40, 60 + 20 * row, "\\316\\304\\274\\376\\271\\253\\277\\252") for row in range(6)),
        draw.chinese_text(40, 60, "\ue001\ue002\ue003\ue004\ue005\ue006"),
        "".join(draw.chinese_text(40, 60 + 20 * row, "敃廝俢怰兮弁幵庥氒佝扂") for row in range(5)),
    ],
    ids=["no meaning", "bytes of another encoding", "private use", "codes off by one"],
)  # fmt: skip
def test_a_page_whose_text_is_not_what_it_shows_is_a_picture(content: str) -> None:
    document = read(pdf_of(text(40, 60, "first"), content))
    only_picture(document, 2)
    assert "第 2 页" in document.warnings[0]
    assert "编码" in document.warnings[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "annual report of a bureau, 2023; see https://example.org/report?id=1&year=2023 for the rest",
        "12 0 0 3 0 0 15 " * 20,
        "......................................................12",
        "⼀、总体情况 ⾏政机关收到政府信息公开申请⼗⼆件，予以公开⼗件，部分公开⼆件，无结转下年度办理。",
        "①②③□√■※→ 一、 二、 三、 （一） （二） （三） 总计 自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他",
        "青榆市云泽区卫生健康局\n" * 10,
    ],
)
def test_what_reports_say_is_plausible(text: str) -> None:
    assert is_plausible(text)


REPORT = (
    "本年度共收到政府信息公开申请四十五件，其中自然人申请四十一件，均在法定期限内办结，没有因此引起行政复议和诉讼。" * 3
)


@pytest.mark.parametrize(
    "text",
    [
        REPORT.encode("gbk").decode("latin-1"),
        REPORT.encode("utf-8").decode("latin-1"),
        REPORT.encode("utf-8").decode("gb18030", "replace"),
        REPORT.encode("gbk").decode("cp1251", "replace"),
        "".join(chr(ord(one) + 1) for one in REPORT),
        "".join(chr(33 + ord(one) % 32) for one in REPORT),
    ],
)
def test_text_in_the_wrong_codes_is_not(text: str) -> None:
    assert is_plausible(REPORT)
    assert not is_plausible(text)


# Pictures on pages with text


def in_flow(image: str) -> Document:
    words = "".join(text(40, 20 + 12 * row, "a paragraph of the report") for row in range(6))
    return read(pdf_of(PdfPage(words + image + text(40, 280, "below"), image=True)))


def test_an_image_between_lines_is_a_picture_in_the_flow() -> None:
    document = in_flow("q 300 0 0 100 40 100 cm /Im Do Q ")
    assert kinds(document) == ["Line"] * 6 + ["Picture", "Line"]
    picture = document.blocks[6]
    assert isinstance(picture, Picture) and picture.pixels is not None
    assert picture.source.box == pytest.approx((40, 100, 340, 200), abs=0.5)
    image = picture.pixels()
    assert image.shape == (picture.height, picture.width, 3)
    assert picture.width == pytest.approx(300 * 600 / 100, abs=700)
    assert image[2].mean() < 10 and image[-2].mean() > 245


def test_strips_of_one_image_are_one_picture() -> None:
    document = in_flow("".join(f"q 300 0 0 20 40 {200 - 20 * (row + 1)} cm /Im Do Q " for row in range(5)))
    pictures = [block for block in document.blocks if isinstance(block, Picture)]
    assert [picture.source.box for picture in pictures] == [pytest.approx((40, 100, 340, 200), abs=0.5)]


def test_seals_and_ornaments_are_no_pictures() -> None:
    assert "Picture" not in kinds(in_flow("q 80 0 0 80 200 100 cm /Im Do Q q 300 0 0 20 40 100 cm /Im Do Q "))


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_picture_on_a_turned_page_is_where_the_viewer_shows_it(turn: int) -> None:
    words = "".join(text(40, 20 + 12 * row, "a paragraph of the report") for row in range(6))
    page = PdfPage(words + "q 300 0 0 100 40 100 cm /Im Do Q ", f"/Rotate {turn}", image=True)
    (picture,) = [block for block in read(pdf_of(page)).blocks if isinstance(block, Picture)]
    expected = {90: (100, 40, 200, 340), 180: (60, 100, 360, 200), 270: (100, 60, 200, 360)}[turn]
    assert picture.source.box == pytest.approx(expected, abs=0.5)
    assert picture.pixels is not None
    image = picture.pixels()
    assert image.shape == (picture.height, picture.width, 3)
    first = {90: image[:, -2], 180: image[-2], 270: image[:, 2]}[turn]
    assert first.mean() < 10


# Files


def test_a_file_with_a_password_for_its_owner_only_is_drawn() -> None:
    picture = only_picture(read(pdf_of(PdfPage(WHOLE, image=True), user_password="", owner_password="owner")))
    assert picture.pixels is not None and picture.pixels()[0].mean() < 5


def test_a_page_with_a_huge_image_is_not_drawn() -> None:
    data = pdf_of(text(40, 60, "text"), PdfPage(WHOLE, image=True), PdfPage(WHOLE + BODY, image=True))
    columns, rows = draw.IMAGE
    document = read_pdf(data, "x", "", replace(default_limits(), max_image_pixels=columns * rows - 1))
    assert document.defeated == (2,)
    assert "第 2 页" in document.warnings[0]
    assert {block.source.page for block in document.blocks} == {1, 3}


def test_a_page_that_cannot_be_opened_is_told() -> None:
    data = pdf_of(text(40, 60, "first"), text(40, 60, "second")).replace(b"20 0 obj", b"99 0 obj")
    document = read(data)
    assert document.defeated == (2,)
    assert "第 2 页" in document.warnings[0]
    assert document.text() == "first"


def test_pages_are_drawn_one_at_a_time_and_only_when_asked_for() -> None:
    data = scanned_pdf(*[page_image(number, A4) for number in range(1, 6)])
    tracemalloc.start()
    document = read(data)
    assert tracemalloc.get_traced_memory()[1] < 1_500_000
    for block in document.blocks:
        assert isinstance(block, Picture) and block.pixels is not None
        block.pixels()
    assert tracemalloc.get_traced_memory()[1] < 3 * 3 * A4[0] * A4[1]
    tracemalloc.stop()


def test_pixels_are_the_same_each_time() -> None:
    picture = only_picture(read(scanned_pdf(page_image(3, A4))))
    assert picture.pixels is not None
    assert np.array_equal(picture.pixels(), picture.pixels())


def test_a_page_that_cannot_be_drawn_is_an_error_of_its_own() -> None:
    with pytest.raises(GoujiError, match="E105"):
        render(scanned_pdf(page_image()), 2, 1.0)
    with pytest.raises(GoujiError, match="E105"):
        render(b"%PDF-1.4 nothing", 1, 1.0)


# Real engines and reports


@cache
def report_html() -> str:
    rows = "".join(f"<tr><td>第{row}行的名称<td>{row}<td>0<td>{row}</tr>" for row in range(20))
    return f"<meta charset=utf-8><style>td{{border:1px solid}}</style><p>{REPORT}</p><table>{rows}</table>"


@pytest.mark.parametrize(
    "print_page",
    [
        pytest.param(draw.printed_by_chromium, marks=pytest.mark.skipif(draw.CHROMIUM is None, reason="no chromium")),
        pytest.param(draw.printed_by_libreoffice, marks=pytest.mark.skipif(draw.SOFFICE is None, reason="no soffice")),
    ],
)
def test_printed_pages_are_read_by_their_text(print_page: Callable[[str, Path], bytes], tmp_path: Path) -> None:
    document = read(print_page(report_html(), tmp_path))
    assert {type(block) for block in document.blocks} <= {Line, Grid}
    assert "第19行" in document.text()
    assert document.warnings == ()


@pytest.mark.skipif(draw.CHROMIUM is None, reason="no chromium")
def test_a_background_of_the_whole_page_does_not_make_a_printed_page_a_scan(tmp_path: Path) -> None:
    (tmp_path / "paper.png").write_bytes(saved(page_image(size=A4)))
    css = "<style>img{position:fixed;left:0;top:0;width:100%;height:100%;z-index:-1}</style><img src=paper.png>"
    document = read(draw.printed_by_chromium(report_html() + css, tmp_path))
    assert "Picture" not in kinds(document)
    assert "第19行的名称" in document.text()


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not here")
@pytest.mark.parametrize("name", ["hongze_2023", "hongze_2024"])
def test_pages_of_real_reports_are_no_pictures(name: str) -> None:
    document = read((REPORTS / "real" / f"{name}.pdf").read_bytes())
    assert not any(isinstance(block, Picture) for block in document.blocks)
    assert (document.warnings, document.defeated) == ((), ())
