"""`python -m training.fuzz --minutes N --seed S`: damages files at random and reads them.

Prints how often each kind of file went how, and keeps each file that must not be, or is worth a look, in a folder. A
file is named by its kind and number: the same kind, number and seed make the same file again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

from pipeline.read.sniff import Found
from training.fuzz.judge import NEVER, SECONDS, WORTH_A_LOOK, Verdict, judge
from training.fuzz.seeds import EXAMPLES, THROUGH_OFFICE, Seed, damaged, find_seeds

SCANNED, TAGGED = 0.04, 0.1
"""Of the files with pictures how many are read by the recognisers; of all how many the classifier is asked for."""
OFFICE_SHARE = 0.03
"""Of the files how many go through LibreOffice."""
TAGGED_BYTES = 60_000
"""The classifier takes a time that grows with the text, and has no limit of its own."""


@dataclass(frozen=True, slots=True)
class Trial:
    seed: Seed
    number: int
    damages: tuple[str, ...]
    data: bytes
    scanning: bool
    tagged: bool


def trial(seeds: list[Seed], run: int, number: int) -> Trial:
    """The file of this number: always the same."""
    rng = Random(f"{run} {seeds[0].kind} {number}")
    seed = rng.choice(seeds)
    data, names = damaged(rng, seed, seeds)
    return Trial(seed, number, names, data, rng.random() < SCANNED, rng.random() < TAGGED and len(data) < TAGGED_BYTES)


def tried(one: Trial, folder: Path, seconds: float) -> Verdict:
    path = folder / f"report{one.seed.suffix}"
    path.write_bytes(one.data)
    return judge(path, seconds, scanning=one.scanning, tagging="cascade" if one.tagged else "never")


def main() -> int:
    parser = argparse.ArgumentParser(description="随机损坏的文件：不崩溃，不卡住，不编造数字。")
    parser.add_argument("--minutes", type=float, default=5.0, metavar="分钟")
    parser.add_argument("--seed", type=int, default=0, metavar="种子")
    parser.add_argument("--kind", nargs="*", metavar="格式", help="只试这些格式，例如 pdf docx")
    parser.add_argument(
        "--from", nargs="*", type=Path, default=[EXAMPLES], dest="folders", metavar="文件夹", help="完好的文件"
    )
    parser.add_argument("--office", action="store_true", help="也试要用 LibreOffice 转换的格式")
    parser.add_argument("--timeout", type=float, default=SECONDS, metavar="秒", help="每个文件的时限")
    parser.add_argument("--keep", type=Path, metavar="文件夹", help="有问题的文件存在这里")
    parser.add_argument("--only", type=int, metavar="编号", help="只试这个编号的文件")
    arguments = parser.parse_args()
    seeds = find_seeds(arguments.folders, arguments.office)
    if arguments.kind:
        seeds = {kind: found for kind, found in seeds.items() if kind in arguments.kind}
    if not seeds:
        parser.error("没有找到可以损坏的文件")
    kept = arguments.keep or Path(tempfile.mkdtemp(prefix="gouji-fuzz-"))
    kept.mkdir(parents=True, exist_ok=True)
    # Everything that reading loads is loaded once, before the children are made.
    _load(seeds)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    codes: Counter[str] = Counter()
    end = time.monotonic() + 60 * arguments.minutes
    chance = Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="gouji-") as folder:
        for number in count() if arguments.only is None else [arguments.only]:
            for found in seeds.values():
                if found[0].kind in THROUGH_OFFICE and not arguments.kind and chance.random() > OFFICE_SHARE:
                    continue
                one = trial(found, arguments.seed, number)
                verdict = tried(one, Path(folder), arguments.timeout)
                counts[one.seed.kind][verdict.what] += 1
                codes[verdict.said[:6] if verdict.what == "refused" else verdict.what] += 1
                if verdict.what in NEVER or verdict.what in WORTH_A_LOOK or arguments.only is not None:
                    _keep(one, verdict, kept)
            if time.monotonic() > end:
                break
    _print_counts(counts, codes, kept)
    return int(any(counts[kind][what] for kind in counts for what in NEVER))


def _load(seeds: Mapping[Found, list[Seed]]) -> None:
    """Reads valid reports in this process, so that templates and the classifier are there when it forks."""
    from pipeline.reading import read_report
    from pipeline.tag.model import load_model

    load_model()
    with tempfile.TemporaryDirectory(prefix="gouji-") as folder:
        for found in seeds.values():
            if found[0].kind in ("html", "pdf", "docx", "xlsx", "text"):
                path = Path(folder) / found[0].name
                path.write_bytes(found[0].data)
                read_report(path)


def _keep(one: Trial, verdict: Verdict, kept: Path) -> None:
    path = kept / f"{one.seed.kind}-{one.number}{one.seed.suffix}"
    path.write_bytes(one.data)
    how = f"{one.seed.name}  {' + '.join(one.damages)}{'  scanned' * one.scanning}{'  tagged' * one.tagged}"
    took = f"{verdict.seconds:.1f} s ({verdict.busy:.1f} s busy)"
    print(f"{verdict.what}  {path}  {took}  {how}\n    {verdict.said}", flush=True)


def _print_counts(counts: dict[str, Counter[str]], codes: Counter[str], kept: Path) -> None:
    heads = ("report", "refused", *WORTH_A_LOOK, *NEVER)
    print(f"\n{'':10}" + "".join(f"{head:>10}" for head in heads))
    for kind, counted in sorted(counts.items()):
        print(f"{kind:10}" + "".join(f"{counted[head]:>10}" for head in heads))
    print(f"{'all':10}" + "".join(f"{sum(counted[head] for counted in counts.values()):>10}" for head in heads))
    print("  ".join(f"{code} {number}" for code, number in sorted(codes.items())))
    print(f"files kept in {kept}")


if __name__ == "__main__":
    sys.exit(main())
