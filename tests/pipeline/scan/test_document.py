"""Pictures of pages through the real engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.document import Document, Grid, Line, Picture, Source
from pipeline.errors import E105, GoujiError
from pipeline.ocr.engine import Engine
from pipeline.ocr.load import load_engine
from pipeline.scan.document import Scans, scan_document
from pipeline.scan.overlay import write_overlays
from pipeline.scan.page import drawn_rules, scan_page

from .drawn import NUMBERS, number_page


@pytest.fixture(scope="module")
def engine() -> Engine:
    return load_engine()


def pictured(*pages: np.ndarray | GoujiError) -> Document:
    def picture(number: int, page: np.ndarray | GoujiError) -> Picture:
        def pixels() -> np.ndarray:
            if isinstance(page, GoujiError):
                raise page
            return page

        height, width = (1754, 1240) if isinstance(page, GoujiError) else page.shape[:2]
        return Picture(width, height, Source(number, (0.0, 0.0, width / 2, height / 2)), pixels)

    return Document("x.png", "0", "image", tuple(picture(i + 1, page) for i, page in enumerate(pages)))


def numbers(document: Document) -> list[list[list[str]]]:
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    return [[[cell.text for cell in cells] for _, cells in grid.rows()] for grid in grids]


def tilted(page: np.ndarray) -> np.ndarray:
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 4.0, 1.0)
    return np.asarray(cv2.warpAffine(page, turn, (width, height), borderValue=(255, 255, 255)))


def sealed(page: np.ndarray) -> np.ndarray:
    marked = page.copy()
    for radius in range(150, 158):
        cv2.circle(marked, (700, 600), radius, (210, 60, 60), 2)
    cv2.putText(marked, "SEAL", (600, 620), cv2.FONT_HERSHEY_SIMPLEX, 3, (210, 60, 60), 8)
    return np.minimum(marked, page)


def red_letters(page: np.ndarray) -> np.ndarray:
    """The running text in red, as agencies print their names above a report."""
    red = page.copy()
    above = red[:260]
    above[..., 0] = np.maximum(above[..., 0], 190)
    return red


CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "as it is": lambda page: page,
    "turned by a quarter": lambda page: np.ascontiguousarray(np.rot90(page)),
    "turned the other way": lambda page: np.ascontiguousarray(np.rot90(page, 3)),
    "upside down": lambda page: np.ascontiguousarray(page[::-1, ::-1]),
    "tilted": tilted,
    "sealed": sealed,
    "with red letters": red_letters,
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_number_is_read(change: str, engine: Engine) -> None:
    document, scans = scan_document(pictured(CHANGES[change](number_page())), engine)
    assert numbers(document) == [NUMBERS]
    assert document.defeated == () and document.warnings == () and len(scans.pages) == 1
    assert any(isinstance(block, Line) and "disclosure" in block.text for block in document.blocks)


def test_rules_around_one_row_are_no_table(engine: Engine) -> None:
    page = scan_page(number_page(ruled_row=4), engine, rules=drawn_rules)
    assert [(table.lattice.n_rows, table.lattice.n_columns) for table in page.tables] == [(9, 7)]


def test_boxes_hold_the_ink_on_the_page_as_given(engine: Engine) -> None:
    page = tilted(number_page())
    document, _ = scan_document(pictured(page), engine)
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    for cell in grid.cells:
        left, top, right, bottom = (round(2 * value) for value in cell.source.box or (0, 0, 0, 0))
        inside = page[top:bottom, left:right].min(axis=2) < 128
        assert cell.source.page == 1 and inside[8:-8, 8:-8].any()


def test_a_page_that_cannot_be_read_loses_only_itself(engine: Engine) -> None:
    broken = GoujiError(E105, reason="坏了")
    document, scans = scan_document(pictured(broken, number_page()), engine)
    assert document.defeated == (1,) and numbers(document) == [NUMBERS]
    assert document.warnings == ("第 1 页的图像没有读出（E105）。",)
    assert [scan.page for scan in scans.pages] == [2]


def test_a_file_of_which_nothing_can_be_read_is_an_error(engine: Engine) -> None:
    with pytest.raises(GoujiError, match="E105"):
        scan_document(pictured(GoujiError(E105, reason="坏了"), GoujiError(E105, reason="坏了")), engine)


def test_pages_for_which_no_time_is_left_are_named(engine: Engine) -> None:
    shown: list[tuple[int, int]] = []
    document, _ = scan_document(
        pictured(number_page(), number_page()), engine, time.monotonic() + 0.01, lambda *now: shown.append(now)
    )
    assert document.defeated == (2,) and "第 2 页没有读" in document.warnings[0]
    assert shown == [(0, 2), (1, 2), (2, 2)]


def test_the_same_page_gives_the_same_document(engine: Engine) -> None:
    document, _ = scan_document(pictured(number_page()), engine)
    again, _ = scan_document(pictured(number_page()), engine)
    assert document == again


def test_overlays_are_pictures_of_the_pages(tmp_path: Path, engine: Engine) -> None:
    given = pictured(number_page())
    document, scans = scan_document(given, engine)
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    box = grid.cells[0].source.box
    assert box is not None
    (path,) = write_overlays(given, scans, {(1, box): "doubtful"}, tmp_path / "overlays")
    drawn = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB).astype(int)
    assert path.name == "page-001.png" and drawn.shape == (1754, 1240, 3)
    reddish = (drawn[..., 0] > 180) & (drawn[..., 1] < 80)
    assert reddish[290:370, 140:290].sum() > 300 and reddish[400:, :].sum() == 0


def test_a_document_without_pictures_is_left_alone(engine: Engine) -> None:
    document = Document("x", "0", "text", (Line("一"), Picture(5, 5)))
    assert scan_document(document, engine) == (document, Scans())
