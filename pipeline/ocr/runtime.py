"""ONNX Runtime, the only way to it: without its telemetry."""

from __future__ import annotations

import os
from typing import Any


def onnx_runtime() -> Any:
    """The module `onnxruntime`.

    From 1.31 on it keeps a device number and a list of events in the user's cache and sends them to its maker, unless
    told otherwise before it is first imported.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime
