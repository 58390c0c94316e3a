"""Rules, classifier, or both: the whole way from file to record on the same reports, side by side.

    python -m training.tagger.arms --corpus out/tagger/corpus --workers 2
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import GoujiError
from pipeline.reading import Tagging, read_report
from training.evaluate import Scores, score
from training.gold import Gold, find_gold
from training.tagger.train import corpus_of

ARMS: Mapping[str, Tagging] = {"rules": "never", "tagger": "alone", "both": "cascade"}


@dataclass(frozen=True, slots=True)
class Arm:
    """What one arm made of one report."""

    scores: Scores
    exact: bool
    """Every field whose value is known has it."""
    wrong: tuple[str, ...]
    """Fields that are wrong and accepted."""
    status: str


def read_arm(gold: Gold, tagging: Tagging) -> Arm:
    known = sum(value is not None for value in gold.reconciled.values())
    try:
        report = read_report(gold.document, tagging=tagging)
    except GoujiError as error:
        return Arm(Scores(scored=known, missing=known), False, (), error.kind.code)
    counts, faults = score(report, gold)
    wrong = tuple(fault.field for fault in faults if fault.fault == "wrong and accepted")
    return Arm(counts, counts.right == counts.scored, wrong, report.status)


def read_arms(gold: Gold) -> dict[str, Arm]:
    return {name: read_arm(gold, tagging) for name, tagging in ARMS.items()}


def groups_of(row: Mapping[str, Any]) -> list[str]:
    """What a report is counted under."""
    names = ["all", "unseen" if row["unseen"] else "seen", *(f"family {name}" for name in row["families"])]
    names += [f"damage {name}" for name in row["damages"]]
    return names + ([f"converter {row['converter']}"] if row["converter"] else [f"layout {row['layout']}"])


def table(results: Mapping[str, dict[str, Arm]], rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Shares of fields right, of reports exact, and wrong and accepted, by group and arm."""
    found: dict[str, dict[str, list[Arm]]] = defaultdict(lambda: defaultdict(list))
    for name, arms in results.items():
        for group in groups_of(rows[name]):
            for arm, one in arms.items():
                found[group][arm].append(one)
    made: dict[str, Any] = {}
    for group in sorted(found):
        made[group] = {"reports": len(found[group]["rules"])}
        for arm, ones in found[group].items():
            scored = sum(one.scores.scored for one in ones)
            made[group][arm] = {
                "fields": round(100 * sum(one.scores.right for one in ones) / scored, 2) if scored else None,
                "exact": sum(one.exact for one in ones),
                "wrong": sum(len(one.wrong) for one in ones),
                "per_10000": round(1e4 * sum(len(one.wrong) for one in ones) / scored, 2) if scored else None,
            }
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="同一批报告上比较三种做法：只用规则、只用模型、两者并用。")
    parser.add_argument("--corpus", type=Path, default=Path("out/tagger/corpus"), metavar="文件夹")
    parser.add_argument("--limit", type=int, metavar="N", help="只量前 N 份")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    parser.add_argument("--json", type=Path, metavar="文件", help="逐份结果写到这里")
    options = parser.parse_args(arguments)
    rows = {row["id"]: row for row in corpus_of(options.corpus / "dataset")["test"].remove_columns("text")}
    golds = [gold for gold in find_gold(options.corpus / "documents") if gold.name in rows][: options.limit]
    results: dict[str, dict[str, Arm]] = {}
    with ProcessPoolExecutor(options.workers) as pool:
        for number, (gold, arms) in enumerate(zip(golds, pool.map(read_arms, golds), strict=True), 1):
            results[gold.name] = arms
            if number % 50 == 0:
                print(f"{number} / {len(golds)} 份", file=sys.stderr)
    if options.json:
        listed = {
            name: {arm: [one.scores.right, one.scores.scored, one.status, one.wrong] for arm, one in arms.items()}
            for name, arms in results.items()
        }
        options.json.write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{'':32} {'n':>4}  {'rules':>22} {'tagger':>22} {'both':>22}   (% 字段, 全对份数, 错而采用)")
    for group, one in table(results, rows).items():
        cells = [f"{one[arm]['fields']:6.2f} {one[arm]['exact']:5} {one[arm]['wrong']:5}" for arm in ARMS]
        print(f"{group:32} {one['reports']:>4}  " + " ".join(f"{cell:>22}" for cell in cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
