"""Tasks about a report that lies in an archive, without a server."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import pytest

from annotations.connect import Server
from annotations.push import push, tag_tasks
from annotations.push.push import Tally
from annotations.selection import AskedCell, AskedReport, Selection
from pipeline.ingest.contents import find_contents
from pipeline.ingest.reading import Limits
from pipeline.ingest.run import Options, ingest
from pipeline.store.outcomes import listed_files

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    reports = tmp_path / "reports"
    reports.mkdir()
    with zipfile.ZipFile(reports / "more.zip", "w") as archive:
        archive.write(EXAMPLES / "table_lost.md", "a/table_lost.md")
    ingest([str(reports)], tmp_path / "out", Options(limits=Limits(60.0, 2048)), lambda _: None)
    return tmp_path / "out"


def selected(out: Path) -> Selection:
    """Two tasks of the one report, one of them for two people."""
    (one,) = listed_files(out)
    reports = tuple(
        AskedReport(
            sha256=one.sha256, file=one.name, agency=None, year=2021, seconds=0, score=0, annotators=annotators,
            cells=(AskedCell(field=field, worth=1),),
        )
        for annotators, field in enumerate(("t3.new.natural", "t3.new.total"), start=1)
    )  # fmt: skip
    return Selection(name="批", strategy="worth", seed=0, program="p", reports=reports)


def test_it_is_kept_until_its_last_task_is_made(out: Path, tmp_path: Path) -> None:
    chosen, tally, spool = selected(out), Tally(), tmp_path / "spool"
    spool.mkdir()
    where = find_contents(out, [one.sha256 for one in chosen.reports], spool)
    (content,) = where.values()
    assert content.spooled
    uses = Counter(one.sha256 for one in chosen.reports)
    for index, one in enumerate(chosen.reports):
        assert content.path.exists()
        (task,) = push._made(out, [one], where, uses, chosen, False, tally)
        assert [cell["field"] for cell in task.data["cells"]] == list(one.fields)
        assert content.path.exists() == (index == 0)
    assert tally.left_out == []


def test_a_text_of_which_a_batch_asks_twice_is_one_text(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Reached(Exception):
        pass

    def stop(*_: object) -> None:
        raise Reached

    monkeypatch.setattr(tag_tasks, "client", stop)
    seen: list[int] = []
    with pytest.raises(Reached):
        tag_tasks.push_tags(out, selected(out), Server("s", "t"), lambda tally: seen.append(tally.total))
    assert seen == [1]
