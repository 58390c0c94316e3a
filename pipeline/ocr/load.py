"""Opens the engine that configs/ocr.yaml names."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from pipeline.errors import E302, GoujiError
from pipeline.ocr.number_network import NumberNetwork
from pipeline.ocr.pooled import PooledEngine
from pipeline.ocr.settings import OcrSettings, default_settings

if TYPE_CHECKING:
    from pipeline.ocr.engine import Engine

ENGINES = {"paddle": "pipeline.ocr.paddle", "rapid": "pipeline.ocr.rapid", "ensemble": "pipeline.ocr.ensemble"}
"""Name in configs/ocr.yaml -> module with `open_engine(name, settings, device)`. Imported when first used: loading an
OCR library takes seconds that a born-digital report need not spend."""


class _Module(Protocol):
    def open_engine(self, name: str, settings: OcrSettings, device: str) -> Engine: ...


_opened: dict[tuple[str, str, str], Engine] = {}


def load_engine(name: str | None = None, device: str | None = None, settings: OcrSettings | None = None) -> Engine:
    """The engine of a set of models; the same object for the same arguments.

    Args:
        name: of a set in the settings; None is its default.
        device: `cpu`, `gpu` or `gpu:1`; None is what the settings say.
        settings: None is configs/ocr.yaml as shipped.

    Raises:
        GoujiError: E115 where weights are missing or broken, E116 where the device cannot be used, E302 where the
            settings know no such set or engine.
    """
    settings = settings or default_settings()
    name = name or settings.default
    device = device or settings.device
    if name not in settings.sets and name not in settings.ensembles:
        known = "、".join([*settings.sets, *settings.ensembles])
        raise GoujiError(E302, reason=f"没有名为 {name} 的模型组，可用的有：{known}")
    engine = settings.sets[name].engine if name in settings.sets else "ensemble"
    if engine not in ENGINES:
        raise GoujiError(E302, reason=f"没有名为 {engine} 的 OCR 引擎，可用的有：{'、'.join(ENGINES)}")
    key = (name, device, settings.model_dump_json())
    if key not in _opened:
        module = cast(_Module, import_module(ENGINES[engine]))
        opened = module.open_engine(name, settings, device)
        network = name in settings.sets and settings.sets[name].network
        _opened[key] = PooledEngine(opened, NumberNetwork()) if network else opened
    return _opened[key]
