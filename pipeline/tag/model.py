"""The token classifier as it is run: ONNX Runtime and a fast tokenizer, no torch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.runtime import network_of
from pipeline.tag.decode import Tags, line_sections, numbers
from pipeline.tag.linear import Linear
from pipeline.tag.windows import Tokens, merged, tokens_of_linear, windows

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BATCH = 4
"""Windows that go through the network together."""


@dataclass(frozen=True)
class Model:
    session: Any
    tokenizer: Tokenizer
    about: dict[str, Any]

    def tag(self, seen: Linear) -> Tags:
        """Numbers and sections of a document's text."""
        tokens = tokens_of_linear(seen, self.tokenizer)
        if not len(tokens.ids):
            return Tags(seen, (), tuple(("", 1.0) for _ in seen.lines))
        begins, sections, of = self.shares(tokens)
        found = numbers(seen.text, tokens.starts, tokens.ends, begins, of)
        return Tags(seen, tuple(found), tuple(line_sections(seen, tokens.starts, sections)))

    def shares(self, tokens: Tokens) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Probabilities of the three heads, tokens x classes."""
        count = len(tokens.ids)
        places = self._windows(tokens)
        parts: list[list[NDArray[np.float32]]] = [[], [], []]
        for first in range(0, len(places), BATCH):
            chosen = places[first : first + BATCH]
            answers = self.session.run(None, self._input(tokens, chosen))
            for kept, answer in zip(parts, answers, strict=True):
                kept += [answer[i, 1 : 1 + end - start] for i, (start, end) in enumerate(chosen)]
        begins, sections, of = (merged(part, places, count) for part in parts)
        return begins, sections, _cooled(of, float(self.about["temperature"]))

    def _windows(self, tokens: Tokens) -> list[tuple[int, int]]:
        return windows(len(tokens.ids), self.about["tokens"], self.about["overlap"])

    def inputs(self, texts: Sequence[Tokens]) -> Iterator[dict[str, NDArray[np.int64]]]:
        """What the network is given for these texts, a batch of windows after the other."""
        for tokens in texts:
            places = self._windows(tokens)
            for first in range(0, len(places), BATCH):
                yield self._input(tokens, places[first : first + BATCH])

    def _input(self, tokens: Tokens, places: Sequence[tuple[int, int]]) -> dict[str, NDArray[np.int64]]:
        size = 2 + max(end - start for start, end in places)
        made = {name: np.zeros((len(places), size), np.int64) for name in ("places", "of", "there")}
        ids = np.full((len(places), size), self.about["fill"], np.int64)
        for i, (start, end) in enumerate(places):
            inner = slice(1, 1 + end - start)
            ids[i, 0], ids[i, 1 + end - start] = self.about["start"], self.about["end"]
            ids[i, inner] = tokens.ids[start:end]
            made["places"][i, inner], made["of"][i, inner] = tokens.places[start:end], tokens.of[start:end]
            made["there"][i, : 2 + end - start] = 1
        return {"ids": ids, **made}


def _cooled(shares: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Probabilities at another temperature, which is fitted on agencies that nothing was learnt from."""
    if temperature == 1.0:
        return shares
    powers = np.power(shares + 1e-9, 1.0 / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


@cache
def load_model(folder: Path | None = None, threads: int = 1) -> Model | None:
    """The classifier of this folder, or the one that comes with the program; None where there is none."""
    from tokenizers import Tokenizer

    if folder is None:
        with as_file(files("models") / "tagger") as found:
            folder = found
    if not (folder / "tagger.onnx").exists():
        return None
    about = json.loads((folder / "tagger.json").read_text(encoding="utf-8"))
    session = network_of((folder / "tagger.onnx").read_bytes(), threads)
    return Model(session, Tokenizer.from_file(str(folder / "tokenizer.json")), about)
