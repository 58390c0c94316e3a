from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest

from pipeline.reading import read_report
from pipeline.record import Field, FieldSource
from pipeline.show.explanation import explain_field
from pipeline.show.pictures import picture_of, placed, shrunk
from tests.pipeline.show.scans import PAGE, page_image, scanned_pages, scanned_report


def decoded(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)


def paper(height: int, width: int) -> np.ndarray:
    """Yellowed, with the coloured noise of a camera and some black print."""
    noise = np.random.default_rng(7).normal(0, 9, (height, width, 3))
    page = np.clip(np.array([236.0, 228.0, 205.0]) + noise, 0, 255).astype(np.uint8)
    page[::40, width // 8 : -width // 8] = 20
    return page


def test_an_image_is_shrunk_to_what_can_be_read_and_never_enlarged():
    assert max(decoded(shrunk(page_image(5.0))).shape) == 1600
    assert decoded(shrunk(page_image(1.0))).shape[:2] == (842, 595)
    # One picture of a whole web page: 1600 pixels high it would be a ribbon that nobody can read.
    assert decoded(shrunk(np.full((9000, 1000, 3), 255, dtype=np.uint8))).shape == (9000, 1000)
    assert decoded(shrunk(np.full((12000, 3000, 3), 255, dtype=np.uint8))).shape == (4520, 1130)


def test_only_a_page_with_colour_keeps_colours():
    page = paper(2339, 1654)
    sealed = page.copy()
    cv2.circle(sealed, (1200, 1900), 160, (205, 40, 45), 12)

    assert decoded(shrunk(page)).ndim == 2
    seal = decoded(shrunk(sealed))
    assert seal.ndim == 3
    blue, _, red = seal[round(1900 * 1600 / 2339), round((1200 + 160) * 1600 / 2339)].astype(int)
    assert red > blue + 80


def test_the_same_pixels_give_the_same_bytes():
    assert shrunk(page_image(3.0)) == shrunk(page_image(3.0))
    assert picture_of(3, PAGE, page_image(3.0)).data == shrunk(page_image(3.0))


def test_a_picture_knows_its_size_and_where_boxes_lie_on_it():
    picture = picture_of(1, (100.0, 50.0, 300.0, 450.0), np.full((800, 400, 3), 255, dtype=np.uint8))

    assert decoded(picture.data).shape == (picture.height, picture.width) == (800, 400)
    assert picture.place((110.0, 50.0, 120.0, 60.0)) == (20.0, 0.0, 20.0, 20.0)


def test_fields_are_placed_on_the_picture_that_holds_the_middle_of_their_box():
    def field(**where: object) -> Field:
        source = FieldSource(**where) if where else None
        return Field(printed="1", kind="number", value=1, status="read", confidence=1, source=source)

    white = np.full((100, 100, 3), 255, dtype=np.uint8)
    upper, lower = picture_of(2, (0, 0, 100, 100), white), picture_of(2, (0, 100, 100, 200), white)
    fields = {
        "upper": field(page=2, box=(10, 80, 20, 110)),
        "lower": field(page=2, box=(10, 95, 20, 120)),
        "other page": field(page=1, box=(10, 10, 20, 20)),
        "beside": field(page=2, box=(150, 10, 160, 20)),
        "no box": field(page=2),
        "no page": field(box=(10, 10, 20, 20)),
        "nowhere": field(),
    }

    assert placed(fields, (upper, lower)) == {"upper": 0, "lower": 1}


def test_every_field_of_a_scan_lies_on_its_page():
    report = scanned_report()

    on_picture = placed(report.fields, scanned_pages())

    assert {id_ for id_, field in report.fields.items() if field.source} == set(on_picture)
    assert {id_: index for id_, index in on_picture.items() if id_.startswith("t4.")} == {
        id_: 2 for id_ in report.fields if id_.startswith("t4.")
    }


def test_the_explanation_of_a_field_shows_page_box_and_looks():
    lines = explain_field(scanned_report(), "t3.partial.natural").splitlines()

    assert next(line for line in lines if line.startswith("出处")) == "出处：第 3 页，坐标 90,162–140,196"
    start = lines.index("第 1 次：“5”（0.81，engine/small）")
    assert lines[start + 1 : start + 3] == ["第 2 次：“6”（0.62，engine/large）", "第 3 次：空白（0.11，engine/third）"]
    assert not any(
        line.startswith("第 1 次") for line in explain_field(scanned_report(), "t3.new.natural").splitlines()
    )


REAL = Path(__file__).resolve().parents[4] / "shared" / "reports" / "real" / "hongze_2023.pdf"


@pytest.mark.skipif(not REAL.exists(), reason="no real reports here")
def test_boxes_of_a_real_report_hold_its_print():
    report = read_report(REAL)
    pages = {field.source.page for field in report.fields.values() if field.source}
    pictures = []
    document = pdfium.PdfDocument(REAL)
    for number in sorted(pages):
        page = document[number - 1]
        pixels = page.render(scale=200 / 72, rev_byteorder=True).to_numpy()[:, :, :3]
        pictures.append(picture_of(number, (0.0, 0.0, *page.get_size()), pixels))
    document.close()

    on_picture = placed(report.fields, pictures)

    printed = [id_ for id_, field in report.fields.items() if field.kind == "number"]
    assert len(printed) > 150
    images = [decoded(picture.data) for picture in pictures]
    for id_ in printed:
        index = on_picture[id_]
        left, top, width, height = pictures[index].place(report.fields[id_].source.box)
        # Without the rules around it.
        inner = images[index][round(top) + 3 : round(top + height) - 3, round(left) + 3 : round(left + width) - 3]
        assert inner.min() < 110, id_
