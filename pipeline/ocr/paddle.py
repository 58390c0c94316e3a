"""PaddleOCR on ONNX Runtime: its text detection and its text recognition, without a network.

PaddleOCR opens the models, prepares the images and runs them. What it makes of a recogniser's output, one text with
one score, is not enough for numbers; so its last step is replaced by one that keeps the output.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.errors import E115, E116, GoujiError, tells_of_memory
from pipeline.ocr import crops as cropping
from pipeline.ocr.calibration import Confusions, load_calibration
from pipeline.ocr.ctc import best_path
from pipeline.ocr.engine import Engine, NumberReading, TextPlace, TextReading
from pipeline.ocr.ink import find_ink
from pipeline.ocr.numbers import NO_OUTPUT, CellLook, NumberAlphabet, number_reading
from pipeline.ocr.runtime import onnx_runtime
from pipeline.ocr.settings import Detector, Hub, ModelSet, OcrSettings, Recogniser
from pipeline.ocr.weights import cache_folder, model_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Pixels


def open_engine(name: str, settings: OcrSettings, device: str) -> Engine:
    """See `pipeline.ocr.load`. Raises GoujiError E115, E116."""
    return PaddleEngine(name, settings, device)


class PaddleEngine:
    """A detector and a recogniser of PaddleOCR; each is opened when first used."""

    def __init__(self, name: str, settings: OcrSettings, device: str) -> None:
        self._set: ModelSet = settings.sets[name]
        self._settings = settings
        self._device = device
        self.name = f"paddleocr/{self._set.recogniser.model.removesuffix('_rec').replace('_', '-')}"
        self._detector: Any = None
        self._recogniser: _Recogniser | None = None
        self._quick: _Recogniser | None = None
        _check_device(device)
        for model in (self._set.detector, self._set.recogniser, self._set.quick):
            if model is not None:
                model_folder(model)

    def find(self, image: Pixels) -> list[TextPlace]:
        """Lines of text, row by row from the top, in a row from the left."""
        if self._detector is None:
            self._detector = _open("TextDetection", self._set.detector, self._settings.threads, self._device)
        limit = self._set.detector.longest_side
        blue_first = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        found = self._detector.predict(blue_first, limit_side_len=limit, limit_type="max")[0]
        places = [
            TextPlace(np.asarray(corners, np.float32).reshape(4, 2), float(score))
            for corners, score in zip(found["dt_polys"], found["dt_scores"], strict=True)
        ]
        return _in_order(places)

    def read(self, crops: Sequence[Pixels]) -> list[TextReading]:
        """One line of text a crop."""
        return _lines_read(self._reader(), [cropping.as_line(crop) for crop in crops])

    def read_labels(self, crops: Sequence[Pixels]) -> list[TextReading]:
        """By the quick recogniser, where the set has one, and again by the other where that one is not sure."""
        if self._set.quick is None:
            return self.read(crops)
        if self._quick is None:
            self._quick = _Recogniser(self._set.quick, self._settings, self._device)
        lines = [cropping.as_line(crop) for crop in crops]
        readings = _lines_read(self._quick, lines)
        least = self._set.quick_sure
        unsure = [place for place, one in enumerate(readings) if one.score < least or not one.text]
        again = _lines_read(self._reader(), [lines[place] for place in unsure]) if unsure else []
        for place, reading in zip(unsure, again, strict=True):
            readings[place] = reading
        return readings

    def read_numbers(self, crops: Sequence[Pixels]) -> list[NumberReading]:
        """Number cells."""
        measured = load_calibration()
        confusions = measured.recognisers.get(self._set.recogniser.model, Confusions())
        return [number_reading(look, confusions, measured) for look in self.look(crops)]

    def look(self, crops: Sequence[Pixels]) -> list[CellLook]:
        """What the pixels and the recogniser say about number cells, before any calibration."""
        recogniser, model = self._reader(), self._set.recogniser
        inked = [(place, ink) for place, crop in enumerate(crops) if (ink := find_ink(crop)) is not None]
        images = [cropping.as_number(ink, model.ink_height, model.margin) for _, ink in inked]
        outputs = recogniser.run(images, cropping.NUMBER_WIDTHS, recogniser.number_output)
        looks = [CellLook("nothing", NO_OUTPUT, TextReading("", 1.0))] * len(crops)
        for (place, ink), image, (output, width) in zip(inked, images, outputs, strict=True):
            columns, shares, posterior = output
            text = recogniser.text(columns, shares, image.shape[1], width)
            looks[place] = CellLook(ink.seen, posterior, text, 0.0 if ink.dash else ink.wide, ink.minus)
        return looks

    def larger(self) -> Engine | None:
        from pipeline.ocr.load import load_engine

        return load_engine(self._set.larger, self._device, self._settings) if self._set.larger else None

    def _reader(self) -> _Recogniser:
        if self._recogniser is None:
            self._recogniser = _Recogniser(self._set.recogniser, self._settings, self._device)
        return self._recogniser


def _lines_read(recogniser: _Recogniser, lines: Sequence[Pixels]) -> list[TextReading]:
    paths = recogniser.run(lines, cropping.LINE_WIDTHS, _best_columns)
    return [
        recogniser.text(path[0], path[1], line.shape[1], width)
        for (path, width), line in zip(paths, lines, strict=True)
    ]


class _Recogniser:
    def __init__(self, model: Recogniser, settings: OcrSettings, device: str) -> None:
        self._model = _open("TextRecognition", model, settings.threads, device)
        self._predictor = self._model.paddlex_predictor
        self._characters: list[str] = list(self._predictor.post_op.character)
        self._batch_pixels = settings.batch_pixels
        self._alphabet = NumberAlphabet(self._characters, settings.look_alikes)

    def run(
        self, images: Sequence[Pixels], widths: tuple[int, ...], keep: Callable[[NDArray[np.float32]], list[Any]]
    ) -> list[tuple[Any, int]]:
        """What `keep` makes of the output for each image, and the width to which the image was filled up.

        Args:
            images: 48 pixels high.
            keep: takes N x T x characters, gives N answers.
        """
        groups: dict[int, list[int]] = {}
        for place, image in enumerate(images):
            groups.setdefault(cropping.width_for(image.shape[1], widths), []).append(place)
        answers: list[tuple[Any, int]] = [(None, 0)] * len(images)
        self._predictor.post_op = lambda output, **_: (keep(output[0]), [0.0] * len(output[0]))
        for width, places in sorted(groups.items()):
            self._predictor.pre_tfs["ReisizeNorm"].rec_image_shape = [3, cropping.HEIGHT, width]
            batch = max(2, self._batch_pixels // (cropping.HEIGHT * width))
            for first in range(0, len(places), batch):
                chosen = places[first : first + batch]
                inputs = [cv2.cvtColor(images[place], cv2.COLOR_RGB2BGR) for place in chosen]
                # ONNX Runtime multiplies a single image by other kernels than several, with other last digits.
                results = self._model.predict(inputs * 2 if len(inputs) == 1 else inputs, batch_size=batch)
                for place, result in zip(chosen, results, strict=False):
                    answers[place] = (result["rec_text"], width)
        return answers

    def number_output(self, output: NDArray[np.float32]) -> list[Any]:
        """For each of N x T x characters: the best columns, their probabilities, and those of number symbols."""
        return list(zip(output.argmax(axis=-1), output.max(axis=-1), self._alphabet.grouped(output), strict=True))

    def text(self, columns: NDArray[np.intp], shares: NDArray[np.float32], width: int, filled: int) -> TextReading:
        """The text along the best path.

        Args:
            columns: most probable column at each step.
            shares: its probability.
            width: of the crop, in the pixels of the image that was read.
            filled: of that image.
        """
        path = best_path(columns)
        if not path:
            return TextReading("", float(shares.min()) if len(shares) else 0.0)
        text = "".join(self._characters[column] for column, _, _ in path)
        score = float(np.mean([shares[first:last].max() for _, first, last in path]))
        step = filled / len(columns) / width
        middles = [(first + last) / 2 * step for _, first, last in path]
        return TextReading(text, score, _spans(middles, 0.5 * cropping.HEIGHT / width))


def _spans(middles: list[float], reach: float) -> tuple[tuple[float, float], ...]:
    """Each character reaches half way to its neighbours, but no further than half the height of the line."""
    spans = []
    for place, middle in enumerate(middles):
        left = (middles[place - 1] + middle) / 2 if place else 0.0
        right = (middle + middles[place + 1]) / 2 if place + 1 < len(middles) else 1.0
        spans.append((max(0.0, left, middle - reach), min(1.0, right, middle + reach)))
    return tuple(spans)


def _best_columns(output: NDArray[np.float32]) -> list[tuple[NDArray[np.intp], NDArray[np.float32]]]:
    return list(zip(output.argmax(axis=-1), output.max(axis=-1), strict=True))


def _in_order(places: list[TextPlace]) -> list[TextPlace]:
    """Row by row: what stands less than half a line lower than the first of a row belongs to it."""
    rows: list[list[TextPlace]] = []
    for place in sorted(places, key=_middle):
        first = rows[-1][0] if rows else None
        if first is not None and _middle(place)[0] - _middle(first)[0] < 0.5 * float(np.ptp(first.corners[:, 1])):
            rows[-1].append(place)
        else:
            rows.append([place])
    return [place for row in rows for place in sorted(row, key=lambda one: float(one.corners[:, 0].min()))]


def _middle(place: TextPlace) -> tuple[float, float]:
    return float(place.corners[:, 1].mean()), float(place.corners[:, 0].min())


def _check_device(device: str) -> None:
    kind, _, number = device.partition(":")
    if kind not in ("cpu", "gpu") or (number and not number.isdigit()):
        raise GoujiError(E116, device=device, reason="应为 cpu、gpu 或 gpu:1 之类")
    if kind == "gpu" and "CUDAExecutionProvider" not in onnx_runtime().get_available_providers():
        raise GoujiError(E116, device=device, reason="已安装的 onnxruntime 不支持 CUDA")


def _open(kind: str, model: Detector | Recogniser, threads: int, device: str) -> Any:
    """PaddleOCR's `TextDetection` or `TextRecognition` of that model."""
    folder = model_folder(model)
    onnx_runtime()
    with _environment(own_cache=not isinstance(model.weights, Hub)):
        with _without_torch():
            import paddleocr

        try:
            return getattr(paddleocr, kind)(
                model_name=model.model,
                model_dir=str(folder) if folder else None,
                device=device,
                engine="onnxruntime",
                engine_config={
                    "intra_op_num_threads": threads,
                    "inter_op_num_threads": 1,
                    "log_severity_level": 3,
                    # Memory is given back after each run: the detector alone would hoard a quarter of a gigabyte.
                    "enable_cpu_mem_arena": False,
                },
            )
        except Exception as error:
            # PaddleOCR raises whatever its parts raise; each means that this model cannot be used.
            first = (str(error).splitlines() or [""])[0]
            if tells_of_memory(error):
                raise MemoryError(first) from error
            raise GoujiError(E115, reason=f"{model.model}（{type(error).__name__}: {first}）") from error


@contextmanager
def _environment(own_cache: bool) -> Iterator[None]:
    """PaddleOCR told by its environment to ask no model source and to keep its folders in our cache."""
    wanted = {
        "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK": "True",
        "PADDLE_PDX_EAGER_INIT": "False",
        # Where it is installed PaddleOCR imports transformers, which would complain of the hidden torch.
        "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    }
    if own_cache:
        wanted["PADDLE_PDX_CACHE_HOME"] = str(cache_folder() / "paddlex")
    added = {key: value for key, value in wanted.items() if key not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for key in added:
            os.environ.pop(key, None)


@contextmanager
def _without_torch() -> Iterator[None]:
    """PaddleOCR's download client imports torch where it is installed and has no use for it here: half of the time
    that importing PaddleOCR takes, and 180 MB."""
    hide = "torch" not in sys.modules
    if hide:
        # Where it is installed, as for training, PaddleOCR imports this too, and it stumbles over a hidden torch.
        if importlib.util.find_spec("sklearn"):
            importlib.import_module("sklearn.preprocessing")
        sys.modules["torch"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if hide:
            del sys.modules["torch"]
