"""How well the classifier does on real reports tagged by hand: `python -m training.tagger.evaluate_real`.

Sums of several fields, and what a person could not settle, are not scored; nor are lines that hold several sections.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.tag.decode import Tags
from pipeline.tag.model import load_model
from training.tagger.hand_gold import MIXED, HandTagged, load_hand_gold
from training.tagger.metrics import Counted, entities

TAGS, REPORTS = Path("annotations/tags"), Path("../shared/reports")
Entity = tuple[int, int, str]


def true_entities(gold: HandTagged) -> list[Entity]:
    """The numbers as the person tagged them."""
    found: list[Entity] = []
    for start in sorted(gold.begins):
        field, end = gold.fields[start], start + 1
        while end < len(gold.fields) and gold.fields[end] == field and end not in gold.begins:
            end += 1
        found.append((start, end, field or ""))
    return found


def compared(gold: HandTagged, tags: Tags) -> dict[str, Counted]:
    """Counts for numbers of tables, numbers of prose, and lines with their section."""
    true = true_entities(gold)
    prose = {one for one in true if one[0] in gold.prose}
    lines = {place: start for start, end in gold.linear.lines for place in range(start, end + 1)}
    of_prose = {lines.get(start, -1) for start, _, _ in prose}
    of_tables = {lines.get(start, -1) for start, _, _ in true if start not in gold.prose}
    scored = [
        (one.start, one.end, one.field)
        for one in tags.numbers
        if not any(one.start < end and start < one.end for start, end in gold.unclear)
    ]
    tables = {one[:2] for one in true} - {one[:2] for one in prose}

    def among_tables(one: Entity) -> bool:
        line = lines.get(one[0], -1)
        return one[:2] in tables or (line in of_tables and line not in of_prose)

    found = {
        "table": entities(filter(among_tables, scored), set(true) - prose),
        "prose": entities((one for one in scored if not among_tables(one)), prose),
    }
    there = [
        (said, true_section)
        for (said, _), true_section, (start, end) in zip(tags.sections, gold.sections, tags.seen.lines, strict=True)
        if true_section != MIXED and tags.seen.text[start:end].strip()
    ]
    right = sum(said == section for said, section in there)
    return {**found, "section": Counted(right, len(there), len(there))}


def report(golds: Iterable[HandTagged], tag: Sequence[Tags]) -> list[tuple[str, dict[str, Counted]]]:
    """Counts of every report, and of all."""
    listed = [(gold.name, compared(gold, tags)) for gold, tags in zip(golds, tag, strict=True)]
    total = {kind: Counted() for kind in ("table", "prose", "section")}
    for _, counts in listed:
        for kind, one in counts.items():
            total[kind].add(one)
    return [*listed, ("all", total)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="在手工标注的真实报告上评测标注模型。")
    parser.add_argument("--tags", type=Path, default=TAGS, metavar="文件夹")
    parser.add_argument("--reports", type=Path, default=REPORTS, metavar="文件夹")
    parser.add_argument("--model", type=Path, metavar="文件夹", help="默认用随程序附带的模型")
    parser.add_argument("--faults", action="store_true", help="逐个列出标错的数")
    options = parser.parse_args(arguments)
    model = load_model(options.model, 2)
    if model is None:
        print("没有模型：先运行 gouji train", file=sys.stderr)
        return 1
    golds = load_hand_gold(options.tags, options.reports)
    tags = [model.tag(gold.linear) for gold in golds]
    for name, counts in report(golds, tags):
        shown = "  ".join(f"{kind} F1 {100 * one.f1:6.2f} ({one.there})" for kind, one in counts.items())
        print(f"{name:24} {shown}")
    if options.faults:
        for gold, said in zip(golds, tags, strict=True):
            _list_faults(gold, said)
    return 0


def _list_faults(gold: HandTagged, tags: Tags) -> None:
    true = {one[:2]: one[2] for one in true_entities(gold)}
    said = {(one.start, one.end): (one.field, one.share) for one in tags.numbers}
    for span in sorted({*true, *said}):
        field, (found, share) = true.get(span), said.get(span, (None, 0.0))
        if field != found:
            text = tags.seen.text[max(0, span[0] - 20) : span[1] + 8].replace("\n", "/").replace("\t", "¦")
            print(f"{gold.name}: {text}：{field or '-'} 标为 {found or '-'} {share:.2f}")


if __name__ == "__main__":
    sys.exit(main())
