from __future__ import annotations

from pathlib import Path

from tests.pipeline.show.reports import as_published, clean_report
from training.bench import find_reports, peak_mb, time_format


def test_reports_are_found_by_format(tmp_path):
    for name in ("b.html", "a.HTM", "README.md", "x/c.pdf", "x/c.gold.json", "d.png"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()

    found = find_reports([tmp_path, tmp_path / "absent", tmp_path / "x"])

    assert {name: [file.name for file in files] for name, files in found.items()} == {
        "HTML": ["a.HTM", "b.html"],
        "PDF": ["c.pdf"],
    }


def test_a_format_is_timed_and_what_cannot_be_read_is_named(tmp_path: Path):
    good, bad = tmp_path / "good.html", tmp_path / "bad.html"
    good.write_text(as_published(clean_report()), encoding="utf-8")
    bad.touch()

    timing = time_format("HTML", [bad, good], 0.01)

    assert (timing.reports, timing.failed, timing.slowest) == (1, ("bad.html",), "good.html")
    assert timing.readings >= 3
    assert 0 < timing.least <= timing.median <= timing.most
    assert 1 < timing.peak_mb <= peak_mb()
