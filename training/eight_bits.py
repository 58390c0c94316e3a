"""Weights stored in eight bits and computed with in 32: a quarter of the file, and all that is lost is what rounding
the weights loses.

Networks whose activations are of eight bits too are no faster on processors without instructions for it, and the scale
of an activation depends on what else is in the batch.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SMALLEST = 1 << 14
"""Numbers of a weight that is worth it."""
LARGEST = 127


def write(whole: Path, small: Path) -> None:
    """Writes the network of `whole` with its matrices in eight bits, a scale for each output or word."""
    model = onnx.load(whole)
    graph = model.graph
    kept: list[onnx.TensorProto] = []
    front: list[onnx.NodeProto] = []
    nodes: list[onnx.NodeProto] = list(graph.node)
    for weight in graph.initializer:
        users = [node for node in nodes if weight.name in node.input]
        kinds = {node.op_type for node in users}
        worth = weight.data_type == TensorProto.FLOAT and len(weight.dims) == 2 and np.prod(weight.dims) >= SMALLEST
        if not worth or kinds not in ({"MatMul"}, {"Gemm"}, {"Gather"}):
            kept.append(weight)
            continue
        name = weight.name
        if kinds == {"Gather"}:
            rounded, scale = _rounded(numpy_helper.to_array(weight), 1)
            kept += [_stored(f"{name}.q", rounded), _stored(f"{name}.scale", scale)]
            nodes = [made for node in nodes for made in (_looked_up(node, name) if node in users else [node])]
        else:
            transposed = any(one.name == "transB" and one.i for node in users for one in node.attribute)
            rounded, scale = _rounded(numpy_helper.to_array(weight), 1 if transposed else 0)
            kept += [_stored(f"{name}.q", rounded), _stored(f"{name}.scale", scale.ravel())]
            axis = 0 if transposed else 1
            front.append(helper.make_node("DequantizeLinear", [f"{name}.q", f"{name}.scale"], [name], axis=axis))
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend([*front, *nodes])
    onnx.checker.check_model(model)
    small.write_bytes(model.SerializeToString(deterministic=True))


def _rounded(weight: NDArray[np.float32], along: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """The numbers as multiples of a scale, one for all along this axis."""
    scale = np.maximum(np.abs(weight).max(axis=along, keepdims=True), 1e-12) / LARGEST
    return np.rint(weight / scale).astype(np.int8), scale.astype(np.float32)


def _stored(name: str, values: NDArray[np.int8] | NDArray[np.float32]) -> onnx.TensorProto:
    return numpy_helper.from_array(np.ascontiguousarray(values), name)


def _looked_up(node: onnx.NodeProto, name: str) -> list[onnx.NodeProto]:
    """What looks words up in eight bits and scales those alone that are there."""
    ids, (out,) = node.input[1], node.output
    return [
        helper.make_node("Gather", [f"{name}.q", ids], [f"{out}.q"], axis=0),
        helper.make_node("Cast", [f"{out}.q"], [f"{out}.cast"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [f"{name}.scale", ids], [f"{out}.scale"], axis=0),
        helper.make_node("Mul", [f"{out}.cast", f"{out}.scale"], [out]),
    ]
