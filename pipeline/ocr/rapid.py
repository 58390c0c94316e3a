"""RapidOCR with the weights of its package: the same models without PaddleOCR's own code.

It gives one text with one score, so a number has a single rival. Of use where PaddleOCR cannot be installed, and as
the second opinion on PaddleOCR's own preparation of the images.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.errors import E115, E116, GoujiError
from pipeline.ocr import crops as cropping
from pipeline.ocr.engine import Engine, NumberReading, TextPlace, TextReading
from pipeline.ocr.ink import find_ink
from pipeline.ocr.runtime import onnx_runtime
from pipeline.ocr.settings import OcrSettings

if TYPE_CHECKING:
    from pipeline.document import Pixels

_BLANK = NumberReading((("", 0.995),), TextReading("", 1.0))


def open_engine(name: str, settings: OcrSettings, device: str) -> Engine:
    """See `pipeline.ocr.load`. Raises GoujiError E115, E116; it runs on the processor only."""
    if device != "cpu":
        raise GoujiError(E116, device=device, reason="rapid 引擎只支持 cpu")
    onnx_runtime()
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise GoujiError(E115, reason="没有安装 Python 包 rapidocr") from error
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    one = settings.sets[name]
    wanted = {
        "Global.log_level": "error",
        "Det.limit_type": "max",
        "Det.limit_side_len": one.detector.longest_side,
        "Det.thresh": one.detector.pixel_threshold,
        "Det.box_thresh": one.detector.box_threshold,
        "Det.unclip_ratio": one.detector.unclip_ratio,
        "EngineConfig.onnxruntime.intra_op_num_threads": settings.threads,
    }
    return RapidEngine(RapidOCR(params=wanted), one.recogniser.ink_height, one.recogniser.margin)


class RapidEngine:
    name = "rapidocr"

    def __init__(self, reader: Any, ink_height: float, margin: float) -> None:
        self._reader = reader
        self._ink_height, self._margin = ink_height, margin

    def find(self, image: Pixels) -> list[TextPlace]:
        found = self._reader(_bgr(image), use_det=True, use_cls=False, use_rec=False)
        boxes = [] if found.boxes is None else list(zip(found.boxes, found.scores, strict=True))
        places = [TextPlace(np.asarray(corners, np.float32), float(score)) for corners, score in boxes]
        return sorted(places, key=lambda place: (float(place.corners[:, 1].mean()), float(place.corners[:, 0].min())))

    def read(self, crops: Sequence[Pixels]) -> list[TextReading]:
        readings = []
        for crop in crops:
            found = self._reader(_bgr(crop), use_det=False, use_cls=False, use_rec=True)
            readings.append(TextReading(found.txts[0], float(found.scores[0])) if found.txts else TextReading("", 0.0))
        return readings

    def read_labels(self, crops: Sequence[Pixels]) -> list[TextReading]:
        return self.read(crops)

    def read_numbers(self, crops: Sequence[Pixels]) -> list[NumberReading]:
        inks = [find_ink(crop) for crop in crops]
        images = [cropping.as_number(ink, self._ink_height, self._margin) for ink in inks if ink is not None]
        readings = iter(self.read(images))
        answers = []
        for ink in inks:
            reading = next(readings) if ink is not None else None
            answers.append(NumberReading(((reading.text, reading.score),), reading) if reading else _BLANK)
        return answers

    def larger(self) -> Engine | None:
        return None


def _bgr(image: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2BGR), np.uint8)
