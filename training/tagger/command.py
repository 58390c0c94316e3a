"""`gouji train`: fits the token classifier by a configuration."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from training.corpus.command import INSTALL


def command(subparsers: Any) -> None:
    """Registers `gouji train`."""
    parser = subparsers.add_parser(
        "train",
        help="训练数字和章节的标注模型",
        description="按配置训练标注模型：先生成语料和编码器（已有则沿用），训练可随时中断，用同一命令继续；"
        "结束后写出 ONNX 模型。同一配置得到同一模型。",
    )
    parser.add_argument("--config", type=Path, default=Path("configs/tagger.yaml"), metavar="文件", help="配置")
    parser.add_argument("--out", type=Path, metavar="文件夹", help="模型写到哪里，默认 models/tagger")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0 when the model is written, 1 where corpus or encoder cannot be made, 2 for a configuration with mistakes."""
    from yaml import YAMLError

    try:
        from training.tagger.run import train_by
        from training.tagger.settings import load_settings
    except ModuleNotFoundError as error:
        print(f"缺少训练用的包（{error.name}）：{INSTALL}", file=sys.stderr)
        return 1
    try:
        settings = load_settings(arguments.config)
    except (OSError, ValueError, YAMLError) as error:
        print(f"配置 {arguments.config} 不能用：{str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    try:
        train_by(settings, arguments.out or Path("models/tagger"))
    except ValueError as error:
        print(str(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已停止；用同一命令继续", file=sys.stderr)
        return 1
    return 0
