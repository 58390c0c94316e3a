"""The trained network as a file that ONNX Runtime reads."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from training.segmenter.network import CHANNELS, MULTIPLE, Segmenter

OPSET = 20
INPUT, OUTPUT = "ink", "maps"


class _Exported(nn.Module):
    """With the sigmoid, so that what comes out are probabilities."""

    def __init__(self, network: Segmenter) -> None:
        super().__init__()
        self.network = network

    def forward(self, ink: Tensor) -> Tensor:
        return torch.sigmoid(self.network(ink))


def export(network: Segmenter, path: Path) -> None:
    """Writes the network, 32 bits, with any height and width that are multiples of 32."""
    path.parent.mkdir(parents=True, exist_ok=True)
    example = torch.zeros(1, 1, 4 * MULTIPLE, 6 * MULTIPLE)
    sizes = {2: MULTIPLE * torch.export.Dim("rows", min=2), 3: MULTIPLE * torch.export.Dim("columns", min=2)}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            _Exported(network).eval(), (example,), input_names=[INPUT], output_names=[OUTPUT],
            dynamic_shapes={"ink": sizes}, opset_version=OPSET, dynamo=True, verbose=False, optimize=True,
        )  # fmt: skip
    assert program is not None
    model = program.model_proto
    _strip(model)
    onnx.checker.check_model(model)
    half = path.with_suffix(".part")
    half.write_bytes(model.SerializeToString(deterministic=True))
    half.replace(path)


def _strip(model: onnx.ModelProto) -> None:
    """Takes out what says where and how it was exported: one network gives one file."""
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
    entry = model.metadata_props.add()
    entry.key, entry.value = "channels", ",".join(CHANNELS)
