"""Output folders as an ingestion leaves them before the store is written: real outcomes, and some made by hand."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipeline.errors import E105, E118, GoujiError
from pipeline.link.rows import Difference, Linked, Links
from pipeline.outcome import SUFFIX, Outcome
from pipeline.reading import read_report
from pipeline.record import Report
from pipeline.store.write import Timing
from tests.pipeline.show.reports import clean_report, every_status, with_field

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
READ = ("wrong_total.html", "mixed_templates.html", "zeros_blank.html", "table_lost.md", "run_together.txt")
"""Examples of several forms and statuses that are read in no time."""
PROGRAM = "0123456789abcdef"
BROKEN = "e" * 64
"""A content that could not be read."""


def sha_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def outcome_of(report: Report, sha256: str = "", last_year: str = "") -> Outcome:
    known = report.model_copy(update={"sha256": sha256 or sha_of(report.to_json())})
    return Outcome(sha256=known.sha256, size=1000, program=PROGRAM, report=known, last_year=last_year)


@cache
def example_reports() -> tuple[Report, ...]:
    return tuple(read_report(EXAMPLES / name) for name in READ)


def all_statuses() -> Report:
    """A repair so sure that it is taken at any threshold, another number that is taken at none."""
    report = with_field(every_status(), "t3.partial.natural", confidence=1.0)
    return with_field(report, "t4.review.upheld", confidence=0.0)


@cache
def outcomes() -> tuple[Outcome, ...]:
    """Reports of all statuses, of two forms and of no year, and a content that is no report."""
    earlier = clean_report("2019")
    later = clean_report().model_copy(update={"file": "later.pdf"})
    nameless = every_status().model_copy(update={"agency": None, "year": None, "file": "nameless.pdf"})
    error = GoujiError(E105, reason="文件不完整")
    return (
        *(outcome_of(report) for report in (*example_reports(), earlier, all_statuses(), nameless)),
        outcome_of(later, last_year=sha_of(earlier.to_json())),
        Outcome(sha256=BROKEN, size=7, program=PROGRAM, code="E105", message=str(error)),
    )


def reports() -> list[Report]:
    return [outcome.report for outcome in outcomes() if outcome.report]


def make_out(out: Path, contents: Sequence[Outcome] | None = None, folder: str = "outcomes") -> Path:
    """Outcomes and the list of files: one file a content, a copy of the first, one not opened, one left out."""
    contents = outcomes() if contents is None else contents
    for outcome in contents:
        path = out / folder / outcome.sha256[:2] / f"{outcome.sha256}{SUFFIX}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(outcome.to_bytes())
    lines = [_line(f"b/{outcome.sha256[:8]}.html", outcome.sha256, outcome.size) for outcome in contents]
    lines += [
        _line("c/copy.html", contents[0].sha256, contents[0].size),
        _line("d/locked.pdf", "", 0, "E101", "[E101] 文件不存在或无法打开：没有权限。检查路径和读取权限"),
        _line("e/style.css", "", 12, E118.code, str(GoujiError(E118, reason="网页的样式或脚本"))),
    ]
    (out / "files.jsonl").write_text("".join(sorted(lines)), encoding="utf-8")
    return out


def _line(name: str, sha256: str, size: int, code: str = "", message: str = "") -> str:
    entry = {"name": name, "sha256": sha256, "size": size, "code": code, "message": message}
    return json.dumps(entry, ensure_ascii=False) + "\n"


def links() -> Links:
    """Two versions of one report, and a report after the one of the year before."""
    by_file = {report.file + str(report.year) + report.status: report for report in reports()}
    earlier, later = by_file["report.pdf2020clean"], by_file["later.pdf2022clean"]
    other = by_file["report.pdf2022review"]
    key = "青榆市云泽区卫生健康局"
    rows = (
        Linked(earlier.sha256, key, True),
        Linked(later.sha256, key, True, note="没有上年的报告"),
        Linked(other.sha256, key, False, version_of=later.sha256),
    )
    difference = Difference(key, 2022, "t3.partial.natural", later.sha256, other.sha256, 6, 6, "6", "5")
    return Links({row.sha256: row for row in rows}, [difference])


def timings() -> dict[str, Timing]:
    return {outcome.sha256: Timing(0.5, 1) for outcome in outcomes()}


def environment() -> dict[str, str]:
    """For a process of its own, which may be killed or kept from writing: half of a compiled module would stay."""
    return {**os.environ, "PYTHONPATH": str(EXAMPLES.parent), "PYTHONDONTWRITEBYTECODE": "1"}


def versions_of(report: Report, number: int) -> list[Report]:
    """Reports that differ in one value each."""
    return [with_field(report, "t2.penalty.decisions", printed=str(n), value=n) for n in range(number)]
