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
ACTIVITY_MARGIN = 3000
DOCUMENTS_MARGIN = 2000

Row = tuple[int, ...]


def load_rows(path: Path = ROWS) -> dict[str, list[list[Row]]]:
    """Rows by kind, grouped by report where the sample says which rows are of one report."""
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        name: [
            [tuple(row) for row in entry] if isinstance(entry[0], list) else [tuple(entry)] for entry in entries
        ]
        for name, entries in raw.items()
    }


def _share(hits: int, of: int, kinds: int = 2) -> float:
    """A share with Jeffreys' half a case for each kind, so that what was never seen is not impossible."""
    return (hits + 0.5) / (of + 0.5 * kinds)


def _count(values: list[int]) -> Count:
    logs = [math.log(value) for value in values if value > 0] or [2.0]
    mean = sum(logs) / len(logs)
    deviation = math.sqrt(sum((x - mean) ** 2 for x in logs) / max(1, len(logs) - 1))
    zero = _share(sum(value == 0 for value in values), len(values))
    return Count(zero=round(zero, 4), mean=round(mean, 4), deviation=round(max(deviation, LEAST_DEVIATION), 4))


def fit_activity(reports: list[list[Row]]) -> Activity:
    """Reports of which most rows are unchanged count as still; those with a single row say nothing of it."""
    rows = [row for report in reports for row in report]
    several = [report for report in reports if len(report) > 1]
    still = [report for report in several if sum(row[1] == 0 for row in report) * 2 > len(report)]
    moving = [report for report in several if report not in still]
    changed = [row for row in rows if row[1]]

    def unchanged(those: list[list[Row]]) -> float:
        return _share(sum(row[1] == 0 for report in those for row in report), sum(map(len, those)))

    return Activity(
        still=round(_share(len(still), len(several)), 4),
        unchanged_if_still=round(unchanged(still), 4),
        unchanged_if_not=round(unchanged(moving), 4),
        leading=round(_share(sum(row[0] + row[1] == row[2] for row in changed), len(changed)), 4),
        growing=round(_share(sum(row[1] > 0 for row in changed), len(changed)), 4),
        previous=_count([row[0] for row in rows]),
        change=_count([abs(row[1]) for row in changed]),
        decisions=_count([row[2] for row in rows]),
    )


def fit_documents_made(reports: list[list[Row]]) -> DocumentsMade:
    rows = [row for report in reports for row in report]
    all_equal = sum(row[0] == row[1] == row[2] for row in rows)
    first_equal = sum(row[0] == row[1] != row[2] for row in rows)
    return DocumentsMade(
        all_equal=round(_share(all_equal, len(rows), 3), 4),
        first_equal=round(_share(first_equal, len(rows), 3), 4),
        free=round(_share(len(rows) - all_equal - first_equal, len(rows), 3), 4),
        made=_count([row[0] for row in rows] + [row[1] for row in rows]),
        total=_count([row[2] for row in rows]),
    )


def fit_documents_in_force(reports: list[list[Row]]) -> DocumentsInForce:
    """That the stock covers what the year added is the same fact on both forms, so both count for it."""
    rows = [row for report in reports for row in report]
    other_form = [row for report in load_rows()["documents_2019"] for row in report]
    flows = [(row[0], row[2]) for row in rows] + [(row[1], row[2]) for row in other_form]
    return DocumentsInForce(
        repealed_within_issued=round(_share(sum(row[1] <= row[0] for row in rows), len(rows)), 4),
        issued_within_force=round(_share(sum(flow <= stock for flow, stock in flows), len(flows)), 4),
        issued=_count([row[0] for row in rows]),
        repealed=_count([row[1] for row in rows]),
        in_force=_count([row[2] for row in rows]),
    )


FITS: dict[str, Callable[[list[list[Row]]], Activity | DocumentsMade | DocumentsInForce]] = {
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


def leave_one_out(reports: list[list[Row]], fit: Callable[[list[list[Row]]], Any]) -> list[tuple[float, bool]]:
    """For each row that can be cut in several ways: the lead of the best cut in nats, and whether it is right. The
    model is fitted on the other reports; all rows of the report are cut together."""
    results = []
    for i, report in enumerate(reports):
        model = fit(reports[:i] + reports[i + 1 :])
        options = {str(n): list(cuts("".join(str(value) for value in row))) for n, row in enumerate(report)}
        still = model.still_by_row(_triples(options)) if isinstance(model, Activity) else {}
        for n, row in enumerate(report):
            extra = {"still": still[str(n)]} if still else {}
            ranked = sorted(
                (-math.log(max(model.probability(*option, **extra), 1e-15)), option) for option in options[str(n)]
            )
            if len(ranked) > 1:
                results.append((ranked[1][0] - ranked[0][0], ranked[0][1] == row))
    return results


def _triples(options: dict[str, list[Row]]) -> dict[str, list[tuple[int, int, int | None]]]:
    return {name: [(row[0], row[1], row[2]) for row in rows] for name, rows in options.items()}


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
        "activity_margin": ACTIVITY_MARGIN,
        "documents_margin": DOCUMENTS_MARGIN,
        "activity": fit_activity(rows["activity_2019"]).model_dump(),
        "documents_made": fit_documents_made(rows["documents_2019"]).model_dump(),
        "documents_in_force": fit_documents_in_force(rows["documents_2021"]).model_dump(),
    }
    head = "# Written by `python -m training.table2_prior`; what it means: pipeline/reconcile/prior.py.\n"
    PARAMETERS.write_text(head + yaml.safe_dump(parameters, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main()
