"""Weights in eight bits: what they give is what the whole ones give, nearly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from pipeline.ocr.runtime import network_of
from training import eight_bits

WORDS, WIDTH, OUT = 400, 64, 300


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """Looks words up and multiplies them, once from each side."""
    random = np.random.default_rng(1)
    # Rows of very different size: one scale for all would lose the small ones.
    words = (random.normal(size=(WORDS, WIDTH)) * 10 ** random.uniform(-3, 1, (WORDS, 1))).astype(np.float32)
    weights = {
        "words": words,
        "first": random.normal(size=(WIDTH, OUT)).astype(np.float32),
        "second": random.normal(size=(OUT, OUT)).astype(np.float32),
        "bias": random.normal(size=OUT).astype(np.float32),
    }
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["words", "ids"], ["seen"], axis=0),
            helper.make_node("MatMul", ["seen", "first"], ["middle"]),
            helper.make_node("Gemm", ["middle", "second", "bias"], ["out"], transB=1),
        ],
        "small",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", OUT])],
        [numpy_helper.from_array(weight, name) for name, weight in weights.items()],
    )
    path = tmp_path / "whole.onnx"
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    path.write_bytes(model.SerializeToString())
    return path


def test_it_gives_nearly_the_same_and_is_small(whole: Path) -> None:
    small = whole.with_name("small.onnx")
    eight_bits.write(whole, small)
    assert small.stat().st_size < 0.3 * whole.stat().st_size
    ids = {"ids": np.arange(WORDS)}
    (true,), (found,) = (network_of(path.read_bytes(), 1).run(None, ids) for path in (whole, small))
    bias = numpy_helper.to_array(next(one for one in onnx.load(whole).graph.initializer if one.name == "bias"))
    # Each word on its own scale: the error is small beside the word's own size, however small that is.
    size = np.linalg.norm(true - bias, axis=1)
    assert (np.linalg.norm(found - true, axis=1) < 0.03 * size).all()


def test_one_network_one_file(whole: Path) -> None:
    for name in ("one.onnx", "other.onnx"):
        eight_bits.write(whole, whole.with_name(name))
    assert whole.with_name("one.onnx").read_bytes() == whole.with_name("other.onnx").read_bytes()
