"""How numbers follow each other in the training split: `python -m training.tagger.order --corpus out/tagger/corpus`.

See `pipeline.tag.order`. `gouji train` does this too; alone it takes a minute and leaves the network as it is.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.tag.labels import column_of, fields, row_of
from pipeline.tag.order import APART, GAPS, NEVER, Orders, form_order, gap
from training.tagger.export import write_orders
from training.tagger.train import corpus_of

TRUST = 20.0
"""Steps of a field from which on its own count for more than those of its column in other rows."""
FULL = 0.97
"""Share of the steps to the very next field from which on a table has a number in every cell."""
FEWEST_ROWS = 5
"""A column is lost where so many rows of the table of requests have numbers, and none of them one of this column."""
FARTHEST = 6
"""Rows from which on all are equally far."""


class Steps(NamedTuple):
    """The steps of one report."""

    taken: list[tuple[int, int, int]]
    """Gap, field, next field."""
    full: bool
    """A number in every cell."""
    lost: bool
    """A column of the table of requests has no number in any row."""


def steps_of(row: Mapping[str, Any]) -> Steps:
    """The steps between the numbers of a row of the dataset."""
    number = {field: at for at, field in enumerate(fields())}
    spans = sorted(zip(row["starts"], row["ends"], row["fields"], strict=True))
    taken = []
    for one, other in pairwise(spans):
        kind = gap(row["text"], one[:2], other[:2])
        if kind != APART:
            taken.append((kind, number[one[2]], number[other[2]]))
    requests = [field for _, field, behind in taken for field in (field, behind) if fields()[field].startswith("t3.")]
    behind = dict(pairwise(number[field] for field in form_order()))
    among = [(one, other) for _, one, other in taken if fields()[one].startswith("t3.")]
    full = bool(among) and sum(behind.get(one) == other for one, other in among) > FULL * len(among)
    rows = {row_of(fields()[field]) for field in requests}
    held = {column_of(fields()[field]) for field in requests}
    columns = {column_of(field) for field in form_order() if field.startswith("t3.")}
    lost = len(rows) >= FEWEST_ROWS and not columns <= held
    return Steps(taken, full, lost)


def learnt_orders(rows: Iterable[Mapping[str, Any]]) -> Orders:
    """Counted steps as probabilities: tables with a number in every cell, with blanks, and with lost columns."""
    every = [steps_of(row) for row in rows]
    kinds = [
        [one for one in every if one.full and not one.lost],
        [one for one in every if not one.full and not one.lost],
        [one for one in every if one.lost],
    ]
    shares = np.asarray([max(1, len(kind)) for kind in kinds], np.float64)
    shares /= shares.sum()
    found = np.stack([probabilities(kind) for kind in kinds])
    # What half of the tables with lost columns are is told by the ways that lack one.
    lost = shares[2] / 2
    shares[2] -= lost
    return Orders(shares.astype(np.float32), found.astype(np.float32), float(lost))


def probabilities(reports: Sequence[Steps]) -> NDArray[np.float64]:
    """Gaps x fields x fields.

    A step is counted for itself and, as from column to column and so many rows down, for all fields alike (the rows of
    a table follow each other in one way); the fewer there are of its field, the more the latter counts.
    """
    count = len(fields())
    own = np.zeros((GAPS, count, count))
    for report in reports:
        for kind, one, other in report.taken:
            own[kind, one, other] += 1
    rows = list(dict.fromkeys(row_of(field) for field in form_order()))
    columns = sorted({(field.split(".")[0], column_of(field)) for field in fields()})
    row_at = np.asarray([rows.index(row_of(field)) for field in fields()])
    column_at = np.asarray([columns.index((field.split(".")[0], column_of(field))) for field in fields()])
    down = np.clip(row_at[None, :] - row_at[:, None], -2, FARTHEST) + 2
    kinds = len(columns) * (FARTHEST + 3)
    alike = column_at[None, :] * (FARTHEST + 3) + down
    made = np.zeros_like(own)
    counted = np.zeros((GAPS, len(columns), kinds))
    for kind in range(GAPS):
        np.add.at(counted[kind], (column_at[:, None], alike), own[kind])
    anywhere = _shares(counted.sum(axis=0) + 1e-6)
    for kind in range(GAPS):
        # What never stood before such a gap goes on as it does before others.
        of_column = _shares(counted[kind] + anywhere)
        for field in range(count):
            # Those that are alike share it.
            sizes = np.bincount(alike[field], minlength=kinds)
            general = of_column[column_at[field], alike[field]] / sizes[alike[field]]
            mixed = _shares(own[kind, field] + TRUST * general / general.sum())
            made[kind, field] = (1 - NEVER) * mixed + NEVER / count
    return made


def _shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(counts / counts.sum(axis=-1, keepdims=True))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="统计各数字先后出现的次序，写进标注模型的文件夹。")
    parser.add_argument("--corpus", type=Path, default=Path("out/tagger/corpus"), metavar="文件夹")
    parser.add_argument("--out", type=Path, default=Path("models/tagger"), metavar="文件夹")
    options = parser.parse_args(arguments)
    write_orders(learnt_orders(corpus_of(options.corpus / "dataset")["train"]), options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
