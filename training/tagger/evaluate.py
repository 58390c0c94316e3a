"""How well the classifier does on the test split: `python -m training.tagger.evaluate --corpus out/tagger/corpus`.

Numbers of tables and of prose apart, seen damages and wordings apart from unseen ones, by damage family; real reports
are for `training.tagger.evaluate_real`. `--without-order` takes each number alone (see `pipeline.tag.order`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.document import Cell
from pipeline.tag.decode import Tags
from pipeline.tag.linear import Linear, Piece
from pipeline.tag.model import Model, load_model
from training.tagger.metrics import Counted, Reliability, entities
from training.tagger.train import corpus_of


@dataclass(slots=True)
class Measured:
    groups: dict[tuple[str, str], Counted] = field(default_factory=lambda: defaultdict(Counted))
    """By kind (`table`, `prose`, `section`) and group."""
    labels: dict[str, Counted] = field(default_factory=lambda: defaultdict(Counted))
    """Numbers by their field."""
    reliability: Reliability = field(default_factory=Reliability)
    faults: Counter[str] = field(default_factory=Counter)
    """`true -> said`, of numbers that were found."""


def linear_of(row: Mapping[str, Any]) -> Linear:
    """The text of a row of the dataset with its pieces."""
    starts = row["piece_starts"]
    ends = [*starts[1:], len(row["text"])]
    cell = Cell(0, 0, ())
    places = zip(starts, ends, row["piece_places"], row["piece_of"], strict=True)
    return Linear(row["text"], tuple(Piece(a, b, 0, cell if of > 1 else None, place, of) for a, b, place, of in places))


def measure(rows: Iterable[Mapping[str, Any]], model: Model) -> Measured:
    """What the classifier makes of labelled rows."""
    found = Measured()
    for row in rows:
        tags = model.tag(linear_of(row))
        names = ["unseen" if row["unseen"] else "seen", *(f"family {name}" for name in row["families"])]
        names += [f"converter {row['converter']}"] if row["converter"] else [f"layout {row['layout']}"]
        for kind, counted in (*_numbers(row, tags, found), ("section", _lines(row, tags))):
            for name in names:
                found.groups[kind, name].add(counted)
    return found


def _numbers(row: Mapping[str, Any], tags: Tags, measured: Measured) -> Iterable[tuple[str, Counted]]:
    true = {
        (start, end): (label, table)
        for start, end, label, table in zip(row["starts"], row["ends"], row["fields"], row["in_table"], strict=True)
    }
    tables = {place for (start, end), (_, table) in true.items() if table for place in range(start, end)}
    found = [(one.start, one.end, one.field) for one in tags.numbers]
    for one in tags.numbers:
        said, _ = true.get((one.start, one.end), ("-", False))
        measured.reliability.shares.append(one.share)
        measured.reliability.right.append(said == one.field)
        measured.labels[one.field].add(Counted(said == one.field, 1, 0))
        if said != one.field:
            measured.faults[f"{said} -> {one.field}"] += 1
    for label, _ in true.values():
        measured.labels[label].add(Counted(0, 0, 1))
    # What was found where nothing is counts against the kind that it stands among.
    lines = {
        place: not tables.isdisjoint(range(start, end))
        for start, end in tags.seen.lines
        for place in range(start, end)
    }
    for kind in ("table", "prose"):
        there = [(*span, label) for span, (label, table) in true.items() if table == (kind == "table")]
        spans = {one[:2] for one in there}
        mine = [
            one for one in found
            if one[:2] in spans or (one[:2] not in true and lines.get(one[0], False) == (kind == "table"))
        ]  # fmt: skip
        yield kind, entities(mine, there)


def _lines(row: Mapping[str, Any], tags: Tags) -> Counted:
    """Lines with words: a line belongs to the section that most of its characters are of."""
    sections: list[str] = []
    ends = [*row["section_starts"][1:], len(row["text"])]
    for start, end, section in zip(row["section_starts"], ends, row["sections"], strict=True):
        sections += [section] * (end - start)
    right = there = 0
    for (start, end), (said, _) in zip(tags.seen.lines, tags.sections, strict=True):
        inside = Counter(sections[start:end])
        # A page in one line is all sections at once.
        if not row["text"][start:end].strip() or len(inside) > 1:
            continue
        there += 1
        right += said == next(iter(inside))
    return Counted(right, there, there)


def report(measured: Measured) -> dict[str, Any]:
    made: dict[str, Any] = {
        f"{kind} {name}": {
            "f1": round(one.f1, 4),
            "precision": round(one.precision, 4),
            "recall": round(one.recall, 4),
            "n": one.there,
        }
        for (kind, name), one in sorted(measured.groups.items())
    }
    return {**made, "ece": round(measured.reliability.error(), 4), "faults": measured.faults.most_common(25)}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="在模拟语料的测试部分上评测标注模型。")
    parser.add_argument("--corpus", type=Path, default=Path("out/tagger/corpus"), metavar="文件夹")
    parser.add_argument("--model", type=Path, metavar="文件夹", help="默认用随程序附带的模型")
    parser.add_argument("--split", default="test", choices=("validation", "test"))
    parser.add_argument("--limit", type=int, metavar="N", help="只量前 N 份")
    parser.add_argument("--without-order", action="store_true", help="不看各数字先后的次序，每个数字单独标注")
    options = parser.parse_args(arguments)
    model = load_model(options.model, 2)
    if model is None:
        print("没有模型：先运行 gouji train", file=sys.stderr)
        return 1
    if options.without_order:
        model = replace(model, orders=None)
    rows = corpus_of(options.corpus / "dataset")[options.split]
    if options.limit:
        rows = rows.select(range(min(options.limit, len(rows))))
    print(json.dumps(report(measure(rows, model)), ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
