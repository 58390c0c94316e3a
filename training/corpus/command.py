"""`gouji synth`: synthetic reports with labelled numbers, as a dataset and as files with gold."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

INSTALL = "运行 pip install -c constraints.txt -e '.[train]'"


def command(subparsers: Any) -> None:
    """Registers `gouji synth`."""
    parser = subparsers.add_parser(
        "synth",
        help="生成带标注的模拟报告",
        description="生成模拟报告：数字自洽、写法和损坏多样，每个数字都标明是哪一项。"
        "写出 datasets 数据集（train、validation、test）；测试部分另有文件和标准答案，可用 gouji evaluate 评测。"
        "中断后用同一命令继续。",
    )
    parser.add_argument("--reports", type=int, default=1000, metavar="N", help="报告数，默认 1000")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="种子，默认 1；同一种子结果相同")
    parser.add_argument("--out", type=Path, required=True, metavar="文件夹", help="写到哪里")
    parser.add_argument("--config", type=Path, metavar="文件", help="配方，默认 configs/corpus.yaml")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="进程数，默认 2；不影响结果")
    parser.add_argument("--no-documents", action="store_true", help="不写测试部分的文件，只写数据集")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0 when all is written, 1 where a program is missing, 2 for wrong arguments."""
    from yaml import YAMLError

    try:
        from training.corpus.dataset import CHUNK, part_path, read_parts, write_dataset, write_part
        from training.corpus.settings import CONFIG, load_settings
        from training.synth.engines import EngineMissing
    except ModuleNotFoundError as error:
        print(f"缺少训练用的包（{error.name}）：{INSTALL}", file=sys.stderr)
        return 1

    if arguments.reports <= 0 or arguments.workers <= 0:
        print("--reports 和 --workers 应当大于 0", file=sys.stderr)
        return 2
    path = arguments.config or CONFIG
    try:
        how = load_settings(path)
    except (OSError, ValueError, YAMLError) as error:
        print(f"配方 {path} 不能用：{str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    out: Path = arguments.out
    recipe = json.dumps({"seed": arguments.seed, "recipe": how.model_dump(mode="json")}, ensure_ascii=False, indent=1)
    told = out / "recipe.json"
    if told.exists() and told.read_text(encoding="utf-8") != recipe:
        print(f"{out} 里是另一种子或另一配方的结果：换一个文件夹，或先清空它", file=sys.stderr)
        return 2
    documents = None if arguments.no_documents else out / "documents"
    (documents or out).mkdir(parents=True, exist_ok=True)
    told.write_text(recipe, encoding="utf-8")
    chunks = [(first, min(CHUNK, arguments.reports - first)) for first in range(0, arguments.reports, CHUNK)]
    try:
        with ProcessPoolExecutor(arguments.workers) as pool:
            running = [
                pool.submit(write_part, arguments.seed, first, count, how, out, documents) for first, count in chunks
            ]
            for done, one in enumerate(as_completed(running), 1):
                one.result()
                print(f"已生成 {min(done * CHUNK, arguments.reports)} / {arguments.reports} 份", file=sys.stderr)
    except EngineMissing as error:
        print(f"缺少程序（{error}）：安装它，或在配方里去掉用到它的转换", file=sys.stderr)
        return 1
    rows, lost = read_parts(part_path(out, first, count, documents is not None) for first, count in chunks)
    write_dataset(rows, out / "dataset")
    splits = Counter(split for split, _ in rows)
    numbers = sum(len(row["fields"]) for _, row in rows)
    print(
        f"{out / 'dataset'}："
        + "，".join(f"{name} {splits[name]} 份" for name in ("train", "validation", "test"))
        + f"；标注 {numbers} 个数；{len(lost)} 份经转换后对不上标注，已舍去"
    )
    for converter, count in sorted(Counter(one["converter"] or one["layout"] for one in lost).items()):
        print(f"  舍去：{converter} {count} 份")
    return 0
