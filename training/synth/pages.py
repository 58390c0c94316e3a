"""Writes page images with gold and truth: `python -m training.synth.pages --out DIR --reports N --seed S`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from training.gold import SUFFIX
from training.synth.files import FORMATS, FileFormat, pages_file
from training.synth.layouts import HELDOUT_LAYOUTS, LAYOUTS, TUNING_LAYOUTS
from training.synth.levels import LEVELS, degrade, suits
from training.synth.real import write_real
from training.synth.render import SynthReport, draw_many
from training.synth.truth_file import write_truth

GROUPS = {"tuning": TUNING_LAYOUTS, "heldout": HELDOUT_LAYOUTS, "all": tuple(LAYOUTS)}


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    levels = _chosen(options.levels, tuple(LEVELS), {"all": tuple(LEVELS)})
    layouts = _chosen(options.layouts, tuple(LAYOUTS), GROUPS)
    if levels is None or layouts is None:
        print(f"可选的版式：{'、'.join(LAYOUTS)}；可选的程度：{'、'.join(LEVELS)}", file=sys.stderr)
        return 2
    jobs = [(layouts[number % len(layouts)], options.seed + number) for number in range(options.reports)]
    tasks = []
    for layout in sorted({layout for layout, _ in jobs}):
        seeds = [seed for other, seed in jobs if other == layout]
        step = max(1, -(-len(seeds) // options.jobs))
        tasks += [(layout, seeds[start : start + step]) for start in range(0, len(seeds), step)]
    written = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        running = [
            pool.submit(write_reports, out, layout, seeds, levels, options.format, options.cache, options.source_errors)
            for layout, seeds in tasks
        ]
        if options.real:
            running.append(pool.submit(write_real, options.real, out, levels, options.seed, options.format))
        for one in running:
            written += one.result()
            print(f"已写出 {written} 份", file=sys.stderr)
    return 0


def write_reports(
    out: Path,
    layout: str,
    seeds: Sequence[int],
    levels: Sequence[str],
    wanted: FileFormat,
    cache: Path | None,
    source_errors: bool,
) -> int:
    """Writes document, gold and truth of every report at every level that suits its layout; the number of documents."""
    count = 0
    for seed in seeds:
        report = draw_many([seed], layout, cache, source_errors)[0]
        for level in levels:
            if suits(report.pages, level):
                write_report(out, report, level, seed, wanted)
                count += 1
    return count


def write_report(out: Path, report: SynthReport, level: str, seed: int, wanted: FileFormat) -> Path:
    """One report at one level; the path of the document."""
    name = f"{report.name}_{level}"
    pages = [degrade(page, level, seed) for page in report.pages]
    suffix, data = pages_file(pages, wanted)
    path = out / f"{name}{suffix}"
    path.write_bytes(data)
    write_truth(out, name, suffix, pages, {"layout": report.layout, "seed": report.seed, "level": level})
    (out / f"{name}{SUFFIX}").write_text(report.gold(f"{report.layout}，{level}，种子 {seed}"), encoding="utf-8")
    return path


def _chosen(text: str, known: tuple[str, ...], groups: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    found = groups.get(text) or tuple(text.split(","))
    return found if set(found) <= set(known) else None


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="生成数字已知的页面图像，附标准答案和版面真值。")
    parser.add_argument("--out", type=Path, required=True, metavar="文件夹")
    parser.add_argument("--reports", type=int, default=10, metavar="份数")
    parser.add_argument("--seed", type=int, default=0, metavar="种子")
    parser.add_argument("--layouts", default="all", metavar="版式", help="逗号分隔，或 tuning、heldout、all")
    parser.add_argument("--levels", default="all", metavar="程度", help="逗号分隔，或 all")
    parser.add_argument("--format", choices=FORMATS, default="pdf")
    parser.add_argument("--cache", type=Path, default=None, metavar="文件夹", help="保存排版结果的文件夹")
    parser.add_argument("--jobs", type=int, default=1, metavar="进程数")
    parser.add_argument("--source-errors", action="store_true", help="允许报告自身有错")
    parser.add_argument("--real", type=Path, default=None, metavar="文件夹", help="把其中带标准答案的 PDF 也做成图像")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
