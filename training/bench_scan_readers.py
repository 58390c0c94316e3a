"""The readers of table pages that `gouji bench` sets side by side, each on the same weights and threads.

Imported in the measuring process only: the OCR libraries take seconds to load.
"""

from __future__ import annotations

import os
from types import ModuleType
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.document import Box, Grid
from pipeline.ocr.load import load_engine
from pipeline.ocr.settings import OcrSettings
from pipeline.ocr.weights import cache_folder, model_folder
from pipeline.scan.page import blocks_of, scan_page
from training.bench_scan_score import FoundCell, FoundTable, PlacedText, Span

if TYPE_CHECKING:
    from pipeline.document import Pixels

MODELS = "small"
"""Of configs/ocr.yaml: the packaged PP-OCRv6 small."""
_LEAST_SKEW = 0.25
"""Degrees from which on img2table turns a page."""


class Ours:
    """From the page image to cells."""

    def __init__(self, settings: OcrSettings) -> None:
        self._engine = load_engine(MODELS, "cpu", settings)

    def read(self, page: Pixels) -> tuple[FoundTable, ...]:
        blocks = blocks_of(scan_page(page, self._engine), 1, (0.0, 0.0), (1.0, 1.0))
        return tuple(_table(block) for block in blocks if isinstance(block, Grid) and block.cells)


def _table(grid: Grid) -> FoundTable:
    cells = []
    for cell in grid.cells:
        assert cell.source.box is not None
        span = (cell.row, cell.column, cell.row + cell.row_span, cell.column + cell.column_span)
        cells.append(FoundCell(span, cell.source.box, cell.text))
    return FoundTable(tuple(cells))


class PaddlePages:
    """PaddleOCR's own full-page pipeline: every line of text, no grid."""

    def __init__(self, settings: OcrSettings) -> None:
        os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
        os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(cache_folder() / "paddlex"))
        from paddleocr import PaddleOCR

        models = settings.sets[MODELS]
        self._detector = models.detector
        self._pipeline: Any = PaddleOCR(
            text_detection_model_name=models.detector.model,
            text_detection_model_dir=str(model_folder(models.detector)),
            text_recognition_model_name=models.recogniser.model,
            text_recognition_model_dir=str(model_folder(models.recogniser)),
            use_doc_orientation_classify=False,
            use_doc_unwarping=False,
            use_textline_orientation=False,
            device="cpu",
            engine="onnxruntime",
            engine_config={
                "intra_op_num_threads": settings.threads,
                "inter_op_num_threads": 1,
                "log_severity_level": 3,
            },
        )

    def read(self, page: Pixels) -> tuple[PlacedText, ...]:
        """With everything as PaddleOCR sets it."""
        return _texts(self._pipeline.predict(_blue_first(page)))

    def read_reduced(self, page: Pixels) -> tuple[PlacedText, ...]:
        """With the page shrunk for the detector as it is for ours, and our thresholds."""
        model = self._detector
        return _texts(
            self._pipeline.predict(
                _blue_first(page),
                text_det_limit_side_len=model.longest_side,
                text_det_limit_type="max",
                text_det_thresh=model.pixel_threshold,
                text_det_box_thresh=model.box_threshold,
                text_det_unclip_ratio=model.unclip_ratio,
            )
        )


def _blue_first(page: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2BGR), dtype=np.uint8)


def _texts(results: Any) -> tuple[PlacedText, ...]:
    found = results[0]
    return tuple(
        PlacedText(_around(np.asarray(corners, np.float64)), str(text))
        for corners, text in zip(found["rec_polys"], found["rec_texts"], strict=True)
    )


def _around(corners: NDArray[np.float64]) -> Box:
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return (float(left), float(top), float(right), float(bottom))


class Img2Table:
    """img2table's grids, as it finds them after turning the page upright; no text."""

    def __init__(self) -> None:
        # Here, so that a missing package is noticed before anything is measured.
        from img2table.document import rotation
        from img2table.tables.extractor import TableExtractor

        lend_sauvola()
        self._rotation: Any = rotation
        self._extractor: Any = TableExtractor

    def read(self, page: Pixels) -> Any:
        """Its tables, on the page as it turned it; `placed` puts them on the page as given."""
        turned, _ = self._rotation.fix_rotation_image(page)
        return self._extractor(img=turned).extract_tables()

    def placed(self, page: Pixels, tables: Any) -> tuple[FoundTable, ...]:
        back = self._back(page)
        return tuple(
            FoundTable(tuple(FoundCell(span, _turned(box, back)) for box, span in _spans(table).items()))
            for table in tables
            if table.rows
        )

    def _back(self, page: Pixels) -> NDArray[np.float64] | None:
        """2 x 3: from the page as it turned it to the page; None where it did not. It does not tell its angle, so
        that is worked out once more, with its own functions."""
        turning = self._rotation
        centres, high, dark = turning.get_connected_components(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY))
        if len(centres) < 2:
            return None
        angle = turning.estimate_skew(turning.get_relevant_angles(centres, high), dark)
        if abs(angle) < _LEAST_SKEW:
            return None
        height, width = page.shape[:2]
        middle = (width // 2, height // 2)
        matrix = np.asarray(cv2.getRotationMatrix2D(middle, angle, 1.0), np.float64)
        across, along = abs(matrix[0, 0]), abs(matrix[0, 1])
        matrix[0, 2] += int(height * along + width * across) / 2 - middle[0]
        matrix[1, 2] += int(height * across + width * along) / 2 - middle[1]
        return np.asarray(cv2.invertAffineTransform(matrix), np.float64)


def lend_sauvola() -> None:
    """Gives img2table the one function of OpenCV's contributed modules that it calls, where the build lacks it.

    The headless build that the OCR libraries bring lies in the same folder as the contributed one, and the one that
    was installed last is there.
    """
    contributed: Any = getattr(cv2, "ximgproc", None)
    if contributed is None:
        contributed = ModuleType("cv2.ximgproc")
        setattr(cv2, "ximgproc", contributed)  # noqa: B010
    if not hasattr(contributed, "niBlackThreshold"):
        contributed.BINARIZATION_SAUVOLA = 1
        # Whatever the arguments: this is the only way in which img2table calls it.
        contributed.niBlackThreshold = lambda grey, _high, _kind, size, k, **_: sauvola(grey, size, k)


def sauvola(grey: NDArray[np.uint8], size: int, k: float) -> NDArray[np.uint8]:
    """255 where a pixel is at most as bright as its threshold, else 0.

    The result is bit for bit that of `cv2.ximgproc.niBlackThreshold` with `BINARIZATION_SAUVOLA` and
    `THRESH_BINARY_INV` (Sauvola and Pietikäinen, 2000).

    Args:
        grey: height x width.
        size: pixels of the side of the window around each pixel, odd.
        k: weight of the deviation.
    """
    mean = cv2.boxFilter(grey, cv2.CV_32F, (size, size), borderType=cv2.BORDER_REPLICATE)
    squares = cv2.sqrBoxFilter(grey, cv2.CV_32F, (size, size), borderType=cv2.BORDER_REPLICATE)
    deviation = np.sqrt(np.maximum(squares - mean * mean, 0))
    level = cv2.convertScaleAbs(mean * (1 + np.float32(k) * (deviation / np.float32(128) - 1)))
    return np.asarray(cv2.compare(grey, level, cv2.CMP_LE), dtype=np.uint8)


def _spans(table: Any) -> dict[Box, Span]:
    """A merged cell stands in each of its places with the same box."""
    spans: dict[Box, Span] = {}
    for row, line in enumerate(table.rows):
        for column, cell in enumerate(line.cells):
            box = (float(cell.x1), float(cell.y1), float(cell.x2), float(cell.y2))
            top, left, bottom, right = spans.get(box, (row, column, row, column))
            spans[box] = (min(top, row), min(left, column), max(bottom, row + 1), max(right, column + 1))
    return spans


def _turned(box: Box, matrix: NDArray[np.float64] | None) -> Box:
    if matrix is None:
        return box
    left, top, right, bottom = box
    corners = np.array([(left, top, 1), (right, top, 1), (right, bottom, 1), (left, bottom, 1)], np.float64)
    return _around(corners @ matrix.T)
