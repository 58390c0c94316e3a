"""Fits what is usual for rows of table 2, and measures what it is worth: `python -m training.table2_prior`.

Each row of training/data/table2_rows.yaml is run together into one string, as damaged pages have it, and
read again with parameters fitted on the other rows alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from pipeline.reconcile.prior import Activity, Count, DocumentsInForce, DocumentsMade

ROWS = Path(__file__).parent / "data" / "table2_rows.yaml"
PARAMETERS = Path(__file__).parent.parent / "configs" / "table2_prior.yaml"
LEAST_DEVIATION = 1.5
"""The sample is small: no spread is believed to be narrower than this, in nats."""
MARGIN = 2000

Row = tuple[int, ...]
Probability = Callable[..., float]


def load_rows(path: Path = ROWS) -> dict[str, list[Row]]:
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: [tuple(row) for row in rows] for name, rows in raw.items()}


def _share(hits: int, of: int, kinds: int = 2) -> float:
    """A share with Jeffreys' half a case for each kind, so that what was never seen is not impossible."""
    return (hits + 0.5) / (of + 0.5 * kinds)


def _count(values: list[int]) -> Count:
    logs = [math.log(value) for value in values if value > 0] or [2.0]
    mean = sum(logs) / len(logs)
    deviation = math.sqrt(sum((x - mean) ** 2 for x in logs) / max(1, len(logs) - 1))
    zero = _share(sum(value == 0 for value in values), len(values))
    return Count(zero=round(zero, 4), mean=round(mean, 4), deviation=round(max(deviation, LEAST_DEVIATION), 4))


def fit_activity(rows: list[Row]) -> Activity:
    unchanged = sum(row[1] == 0 for row in rows)
    leading = sum(row[1] != 0 and row[0] + row[1] == row[2] for row in rows)
    changed = [row[1] for row in rows if row[1]]
    return Activity(
        unchanged=round(_share(unchanged, len(rows), 3), 4),
        leading=round(_share(leading, len(rows), 3), 4),
        free=round(_share(len(rows) - unchanged - leading, len(rows), 3), 4),
        growing=round(_share(sum(change > 0 for change in changed), len(changed)), 4),
        previous=_count([row[0] for row in rows]),
        change=_count([abs(change) for change in changed]),
        decisions=_count([row[2] for row in rows]),
    )


def fit_documents_made(rows: list[Row]) -> DocumentsMade:
    all_equal = sum(row[0] == row[1] == row[2] for row in rows)
    first_equal = sum(row[0] == row[1] != row[2] for row in rows)
    return DocumentsMade(
        all_equal=round(_share(all_equal, len(rows), 3), 4),
        first_equal=round(_share(first_equal, len(rows), 3), 4),
        free=round(_share(len(rows) - all_equal - first_equal, len(rows), 3), 4),
        made=_count([row[0] for row in rows] + [row[1] for row in rows]),
        total=_count([row[2] for row in rows]),
    )


def fit_documents_in_force(rows: list[Row]) -> DocumentsInForce:
    """That the stock covers what the year added is the same fact on both forms, so both count for it."""
    flows = [(row[0], row[2]) for row in rows] + [(row[1], row[2]) for row in load_rows()["documents_2019"]]
    return DocumentsInForce(
        repealed_within_issued=round(_share(sum(row[1] <= row[0] for row in rows), len(rows)), 4),
        issued_within_force=round(_share(sum(flow <= stock for flow, stock in flows), len(flows)), 4),
        issued=_count([row[0] for row in rows]),
        repealed=_count([row[1] for row in rows]),
        in_force=_count([row[2] for row in rows]),
    )


FITS: dict[str, Callable[[list[Row]], Activity | DocumentsMade | DocumentsInForce]] = {
    "activity_2019": fit_activity,
    "documents_2019": fit_documents_made,
    "documents_2021": fit_documents_in_force,
}


def cuts(digits: str) -> Iterator[Row]:
    """All ways to cut a string into three numbers, the second possibly negative."""
    for i in range(1, len(digits)):
        for j in range(i + 1, len(digits)):
            parts = (digits[:i], digits[i:j], digits[j:])
            if all(re.fullmatch(r"0|[1-9]\d*", part) for part in (parts[0], parts[1].removeprefix("-"), parts[2])):
                yield tuple(int(part) for part in parts)


def leave_one_out(rows: list[Row], fit: Callable[[list[Row]], Any]) -> list[tuple[float, bool]]:
    """For each row that can be cut in several ways: the lead of the best cut in nats, and whether it is right."""
    results = []
    for i, row in enumerate(rows):
        options = list(cuts("".join(str(value) for value in row)))
        if len(options) < 2:
            continue
        model = fit(rows[:i] + rows[i + 1 :])
        ranked = sorted((-math.log(max(model.probability(*option), 1e-15)), option) for option in options)
        results.append((ranked[1][0] - ranked[0][0], ranked[0][1] == row))
    return results


def main() -> None:
    rows = load_rows()
    print("rows of table 2 run together and read again, fitted on the other rows (leave one out)")
    print(f"{'rows':16}{'lead over':>10}{'decided':>9}{'right':>7}{'of':>5}")
    for name, fit in FITS.items():
        results = leave_one_out(rows[name], fit)
        for lead in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0):
            decided = [right for gap, right in results if gap > lead]
            print(f"{name:16}{lead:10.1f}{len(decided):9}{sum(decided):7}{len(results):5}")
    parameters = {
        "margin": MARGIN,
        "activity": fit_activity(rows["activity_2019"]).model_dump(),
        "documents_made": fit_documents_made(rows["documents_2019"]).model_dump(),
        "documents_in_force": fit_documents_in_force(rows["documents_2021"]).model_dump(),
    }
    head = "# Written by `python -m training.table2_prior`; what it means: pipeline/reconcile/prior.py.\n"
    PARAMETERS.write_text(head + yaml.safe_dump(parameters, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main()
