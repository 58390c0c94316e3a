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
from pipeline.tag.labels import fields
from pipeline.tag.linear import Linear
from pipeline.tag.order import Orders, load_orders
from pipeline.tag.windows import Ends, Tokens, merged, network_input, tokens_of_linear, windows

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BATCH = 4
"""Windows that go through the network together."""


@dataclass(frozen=True)
class Model:
    session: Any
    tokenizer: Tokenizer
    about: dict[str, Any]
    orders: Orders | None = None

    def tag(self, seen: Linear) -> Tags:
        """Numbers and sections of a document's text."""
        tokens = tokens_of_linear(seen, self.tokenizer)
        if not len(tokens.ids):
            return Tags(seen, (), tuple(("", 1.0) for _ in seen.lines))
        begins, sections, of = self.shares(tokens)
        found = numbers(seen.text, tokens.starts, tokens.ends, begins, of, self.orders)
        return Tags(seen, tuple(found), tuple(line_sections(seen, tokens.starts, sections)))

    def shares(self, tokens: Tokens) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Probabilities of the three heads, tokens x classes."""
        count = len(tokens.ids)
        places = self._windows(tokens)
        parts: list[list[NDArray[np.float32]]] = [[], [], []]
        for first in range(0, len(places), BATCH):
            chosen = places[first : first + BATCH]
            answers = self.session.run(None, network_input([(tokens, *one) for one in chosen], self._ends))
            for kept, answer in zip(parts, answers, strict=True):
                kept += [answer[i, 1 : 1 + end - start] for i, (start, end) in enumerate(chosen)]
        begins, sections, of = (merged(part, places, count) for part in parts)
        return begins, sections, _cooled(of, float(self.about["temperature"]))

    @property
    def _ends(self) -> Ends:
        return Ends(self.about["start"], self.about["end"], self.about["fill"])

    def _windows(self, tokens: Tokens) -> list[tuple[int, int]]:
        return windows(len(tokens.ids), self.about["tokens"], self.about["overlap"])

    def inputs(self, texts: Sequence[Tokens]) -> Iterator[dict[str, NDArray[np.int64]]]:
        """What the network is given for these texts, a batch of windows after the other."""
        for tokens in texts:
            places = self._windows(tokens)
            for first in range(0, len(places), BATCH):
                yield network_input([(tokens, *one) for one in places[first : first + BATCH]], self._ends)


def _cooled(shares: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Probabilities (the last axis) at another temperature, which is fitted on agencies that nothing was learnt
    from."""
    if temperature == 1.0:
        return shares
    powers = np.power(shares + 1e-9, 1.0 / temperature)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


@cache
def load_model(folder: Path | None = None, threads: int = 1) -> Model | None:
    """The classifier of this folder, or the one that comes with the program; None where there is none.

    Raises:
        ValueError: a form was added or changed since it was fitted.
    """
    from tokenizers import Tokenizer

    if folder is None:
        with as_file(files("models") / "tagger") as found:
            folder = found
    if not (folder / "tagger.onnx").exists():
        return None
    about = json.loads((folder / "tagger.json").read_text(encoding="utf-8"))
    if tuple(about["fields"]) != fields():
        raise ValueError(f"{folder} was fitted for other fields than those of configs/templates: train it anew")
    session = network_of((folder / "tagger.onnx").read_bytes(), threads)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return Model(session, tokenizer, about, load_orders(folder / "order.npz"))
