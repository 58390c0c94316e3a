"""What the current model says of a text, as predictions that Label Studio shows: numbers and sections, with scores.

The server accepts bad predictions without a word and shows nothing of them, so each is checked before it leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import as_file, files
from itertools import groupby
from pathlib import Path
from typing import Any

from annotations.screens.tags import FROM_NAME, TO_NAME, label_of, section_label, tag_screen
from pipeline.document import Cell
from pipeline.errors import E115, E405, GoujiError
from pipeline.tag.decode import Tags
from pipeline.tag.linear import BORDER, Linear, Piece
from pipeline.tag.model import Model, load_model

MODEL_FILES = ("tagger.onnx", "tagger.json", "tokenizer.json")
SCORE_DIGITS = 4


def shipped_folder() -> Path:
    """Where the model lies that comes with the program."""
    with as_file(files("models") / "tagger") as folder:
        return folder


def version_of(folder: Path | None = None) -> str:
    """`tagger-` and the first twelve hexadecimal digits of the digest of the model's files.

    Raises:
        GoujiError: E115 where there is no model.
    """
    mark = hashlib.sha256()
    try:
        for name in MODEL_FILES:
            mark.update(name.encode() + b"\0" + (((folder or shipped_folder()) / name).read_bytes()))
    except OSError as error:
        raise GoujiError(E115, reason=f"{error.filename}（{error.strerror}）") from None
    return f"tagger-{mark.hexdigest()[:12]}"


@lru_cache(maxsize=2)
def model_of(folder: Path, version: str) -> Model:
    """The model of a folder; another version in the same folder is another model.

    Raises:
        GoujiError: E115 where there is none, it is of another version, or it was fitted for other forms.
    """
    if version_of(folder) != version:
        raise GoujiError(E115, reason=f"{folder} 里的模型刚被换过")
    try:
        # What is cached by its folder alone would go on for ever.
        model = load_model.__wrapped__(folder)
    except ValueError as error:
        raise GoujiError(E115, reason=str(error)) from None
    if model is None:
        raise GoujiError(E115, reason=f"{folder} 里没有标注模型")
    return model


def plain_lines(seen: Linear) -> list[int]:
    """Which lines of the text hold borders and are no rows of cells: all that the text alone does not tell."""
    starts = {start: number for number, (start, _) in enumerate(seen.lines)}
    return [
        starts[piece.start] for piece in seen.pieces
        if piece.cell is None and BORDER in seen.text[piece.start : piece.end]
    ]  # fmt: skip


def linear_of_text(text: str, plain: Iterable[int] = ()) -> Linear:
    """The text with its cells and lines again, as the classifier needs it.

    Args:
        plain: as `plain_lines` gives them.
    """
    pieces: list[Piece] = []
    whole, nothing = set(plain), Cell(0, 0, ())
    for number, (start, end) in enumerate(Linear(text, ()).lines):
        cells = [text[start:end]] if number in whole else text[start:end].split(BORDER)
        at = start
        for place, cell in enumerate(cells):
            own = nothing if len(cells) > 1 else None
            pieces.append(Piece(at, at + len(cell), number, own, place, len(cells)))
            at += len(cell) + 1
    return Linear(text, tuple(pieces))


def predictions_of(text: str, plain: Iterable[int], model: Model, version: str) -> dict[str, Any]:
    """The prediction for a text: `model_version`, `score`, `result`.

    Args:
        text: as the task has it.
        plain: as `plain_lines` gives them.

    Returns:
        The score is the mean certainty of all regions, 0 to 1, so that the least sure text is asked first; 1 where
        there is no region.

    Raises:
        GoujiError: E405 where the screen would not take it.
    """
    return prediction_of_tags(model.tag(linear_of_text(text, plain)), version)


def prediction_of_tags(tags: Tags, version: str) -> dict[str, Any]:
    """As `predictions_of`, of what the model has said already."""
    text = tags.seen.text
    found = [(start, end, section_label(name), share) for start, end, name, share in section_spans(tags)]
    found += [(one.start, one.end, label_of(one.field), one.share) for one in tags.numbers]
    result = [
        {
            "id": f"p{start}-{end}", "from_name": FROM_NAME, "to_name": TO_NAME, "type": "labels",
            "score": round(share, SCORE_DIGITS), "origin": "prediction",
            "value": {"start": start, "end": end, "text": text[start:end], "labels": [label]},
        }
        for start, end, label, share in sorted(found)
    ]  # fmt: skip
    shares = [share for _, _, _, share in found]
    score = round(sum(shares) / len(shares), SCORE_DIGITS) if shares else 1.0
    return checked({"model_version": version, "score": score, "result": result})


def section_spans(tags: Tags) -> Iterator[tuple[int, int, str, float]]:
    """Start, end, section and mean probability of the longest run of lines of each section, blank ends left out."""
    text = tags.seen.text
    runs: dict[str, tuple[str, int, float]] = {}
    lines = list(zip(tags.seen.lines, tags.sections, strict=True))
    for name, group in groupby(lines, key=lambda one: one[1][0]):
        run = list(group)
        start, end = run[0][0][0], run[-1][0][1]
        bare = text[start:end].strip()
        if name and bare and len(bare) > len(runs[name][0] if name in runs else ""):
            start += len(text[start:end]) - len(text[start:end].lstrip())
            runs[name] = (bare, start, sum(share for _, (_, share) in run) / len(run))
    for name, (bare, start, share) in runs.items():
        yield start, start + len(bare), name, share


@cache
def _screen() -> Any:
    from label_studio_sdk.label_interface.interface import LabelInterface

    return LabelInterface(tag_screen())


def checked(prediction: Mapping[str, Any]) -> dict[str, Any]:
    """The prediction itself. Raises GoujiError: E405 where the screen would not show it."""
    errors = _screen().validate_prediction(dict(prediction), return_errors=True)
    if errors:
        raise GoujiError(E405, reason=f"预标注不合界面的配置（{errors[0]}）")
    if not 0 <= prediction["score"] <= 1 + 1e-6:
        raise GoujiError(E405, reason=f"预标注的分数 {prediction['score']} 不在 0 和 1 之间")
    return dict(prediction)
