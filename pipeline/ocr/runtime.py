"""ONNX Runtime, the only way to it: without its telemetry."""

from __future__ import annotations

import os
from functools import cache
from importlib import resources
from typing import Any


def onnx_runtime() -> Any:
    """The module `onnxruntime`.

    From 1.31 on it keeps a device number and a list of events in the user's cache and sends them to its maker, unless
    told otherwise before it is first imported.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


@cache
def packaged_network(package: str, weights: str, threads: int, hoards: bool = True) -> Any:
    """A network of our own, ready to run on the processor; the same inputs give the same bits.

    Args:
        package: that its weights lie in.
        weights: name of the file.
        hoards: see `network_of`.
    """
    return network_of(resources.files(package).joinpath(weights).read_bytes(), threads, hoards)


def network_of(stored: bytes, threads: int, hoards: bool = True) -> Any:
    """The network of such a file, ready to run on the processor; the same inputs give the same bits.

    Args:
        hoards: it keeps the memory of a run for the next one, up to twice the most that it ever used. Not for one that
            looks at whole pages: that is some hundred megabytes.
    """
    onnxruntime = onnx_runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = hoards
    # Waiting threads would otherwise burn the processor of whoever works beside.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(stored, options, providers=["CPUExecutionProvider"])
