"""The evaluation's options; what it counts is tested where a classifier is fitted (`test_train`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from pipeline.tag.model import Model
from training.tagger import evaluate
from training.tagger.evaluate import Measured, main


@pytest.mark.parametrize(("options", "ordered"), [([], True), (["--without-order"], False)])
def test_with_and_without_the_order(options: list[str], ordered: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Model] = []

    def measure(_rows: Iterable[Mapping[str, Any]], model: Model) -> Measured:
        asked.append(model)
        return Measured()

    monkeypatch.setattr(evaluate, "corpus_of", lambda _folder: {"test": []})
    monkeypatch.setattr(evaluate, "measure", measure)
    assert main(options) == 0
    assert [model.orders is not None for model in asked] == [ordered]
