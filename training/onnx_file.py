"""A trained network as a file that ONNX Runtime reads: one network gives one file, byte for byte."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn

OPSET = 20


def write(
    network: nn.Module,
    examples: Sequence[Tensor],
    path: Path,
    inputs: Sequence[str],
    outputs: Sequence[str],
    sizes: Mapping[int, Any],
    about: tuple[str, str],
) -> None:
    """Writes the network in 32 bits.

    Args:
        network: in evaluation mode.
        examples: of its inputs.
        path: of the file; replaced as a whole.
        inputs: their names.
        outputs: the names of what it gives.
        sizes: axis of every input -> `torch.export.Dim` of what may vary.
        about: key and value of the one entry of metadata.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network, tuple(examples), input_names=list(inputs), output_names=list(outputs),
            dynamic_shapes=tuple(dict(sizes) for _ in examples), opset_version=OPSET, dynamo=True, verbose=False,
            optimize=True,
        )  # fmt: skip
    assert program is not None
    model = program.model_proto
    _strip(model)
    entry = model.metadata_props.add()
    entry.key, entry.value = about
    onnx.checker.check_model(model)
    half = path.with_suffix(".part")
    half.write_bytes(model.SerializeToString(deterministic=True))
    half.replace(path)


def _strip(model: onnx.ModelProto) -> None:
    """Takes out what says where and how it was exported."""
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*model.graph.input, *model.graph.output, *model.graph.value_info, *model.graph.initializer):
        del value.metadata_props[:]
        value.doc_string = ""
    del model.graph.metadata_props[:]
    del model.metadata_props[:]
    del model.functions[:]
    model.doc_string = ""
