"""What the token classifier costs: tokens a second as it is run and in torch, the share of reports that need it at all,
and seconds a report with and without it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from pipeline.errors import GoujiError
from pipeline.read.open import read_document
from pipeline.reading import Tagging, is_left_open, read_report
from pipeline.tag.linear import linear
from pipeline.tag.model import Model
from pipeline.tag.windows import Tokens, tokens_of_linear

TURNS = 3
"""Times that each way is measured, one after the other."""


@dataclass(frozen=True, slots=True)
class TaggerBench:
    reports: int
    opened: int
    """Reports in which the form's labels and wordings leave something open."""
    tokens: int
    runtime: float
    """Tokens a second through ONNX Runtime, one thread."""
    torch: float | None
    """The same tokens through torch in 32 bits, one thread; None where no checkpoint lies there."""
    without: float
    """Seconds a report, by labels alone; median."""
    cascade: float
    always: float


def measure(files: Sequence[Path], model: Model, checkpoint: Path | None) -> TaggerBench:
    documents = []
    for file in files:
        try:
            documents.append(read_document(file))
        except GoujiError:
            continue
    tokens = [tokens_of_linear(linear(document), model.tokenizer) for document in documents]
    count = sum(len(one.ids) for one in tokens)

    def run() -> None:
        for one in tokens:
            if len(one.ids):
                model.shares(one)

    opened = 0
    for document in documents:
        try:
            opened += is_left_open(document)
        except GoujiError:
            opened += 1
    times = {way: median(_seconds(files, way)) for way in ("never", "cascade", "alone")}
    return TaggerBench(
        len(documents), opened, count, count / _best(run), _torch_rate(model, tokens, checkpoint, count),
        times["never"], times["cascade"], times["alone"],
    )  # fmt: skip


def _seconds(files: Sequence[Path], tagging: str) -> list[float]:
    ways: dict[str, Tagging] = {"never": "never", "cascade": "cascade", "alone": "alone"}
    found = []
    for file in files:
        begun = time.perf_counter()
        try:
            read_report(file, tagging=ways[tagging])
        except GoujiError:
            continue
        found.append(time.perf_counter() - begun)
    return found or [0.0]


def _best(run: Callable[[], None]) -> float:
    times = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return min(times)


def _torch_rate(model: Model, tokens: Sequence[Tokens], checkpoint: Path | None, count: int) -> float | None:
    if checkpoint is None or not checkpoint.exists():
        return None
    import torch

    from training.tagger.network import Tagger
    from training.tagger.train import field_shares

    torch.set_num_threads(1)
    state = torch.load(checkpoint, weights_only=True)["mean"]
    heads = "flat" if state["fields.bias"].shape[0] == len(model.about["fields"]) else "factored"
    network = Tagger(checkpoint.parents[1] / "encoder", heads).eval()
    network.load_state_dict(state)

    def run() -> None:
        with torch.no_grad():
            for inputs in model.inputs(tokens):
                scores = network(*(torch.from_numpy(inputs[name]) for name in ("ids", "places", "of", "there")))
                field_shares(scores.fields)

    return count / _best(run)
