"""Files by URL, on file systems of fsspec that need no network."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from pipeline.errors import GoujiError
from pipeline.ingest.reading import Limits
from pipeline.ingest.remote import copy_results, remote_files
from pipeline.ingest.run import Options, ingest
from pipeline.ingest.sources import count_files, find_files
from tests.pipeline.ingest.test_run import digests, rows

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    """A file system in memory with two reports and an archive of one more."""
    system = fsspec.filesystem("memory")
    for name in ("html_clean.html", "pipe_table.md"):
        system.pipe(f"/in/{name}", (EXAMPLES / name).read_bytes())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(EXAMPLES / "wrong_total.html", "a/wrong_total.html")
    system.pipe("/in/more/packed.zip", packed.getvalue())
    yield system
    for name in ("/in", "/out"):
        if system.exists(name):
            system.rm(name, recursive=True)


@pytest.mark.usefixtures("memory")
def test_all_files_below_a_folder_are_found(tmp_path):
    found = list(find_files(["memory://in"], tmp_path / "spool", tmp_path / "out"))

    assert [one.name for one in found] == [
        "memory:///in/html_clean.html", "memory:///in/more/packed.zip!a/wrong_total.html", "memory:///in/pipe_table.md",
    ]  # fmt: skip
    for one in found:
        assert one.spooled
        assert hashlib.sha256(one.path.read_bytes()).hexdigest() == one.sha256
        assert one.sha256 == hashlib.sha256((EXAMPLES / one.file_name).read_bytes()).hexdigest()
        one.release()
    assert list((tmp_path / "spool").iterdir()) == []
    assert count_files(["memory://in"], tmp_path / "out") == 3


@pytest.mark.usefixtures("memory")
def test_a_pattern_of_a_url():
    assert remote_files("memory://in/*.md") == ["memory:///in/pipe_table.md"]


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize("url", ["memory://nothing", "memory://in/*.pdf", "nosuchthing://a/b"])
def test_nothing_there_is_one_line(tmp_path, url):
    with pytest.raises(GoujiError, match="E101"):
        find_files([url], tmp_path / "spool", tmp_path / "out")


def test_the_same_reports_give_the_same_records_from_anywhere(memory, tmp_path):
    options = Options(limits=Limits(60.0, 2048))
    ingest(["memory://in"], tmp_path / "out", options, lambda _: None)

    found = rows(tmp_path / "out", "SELECT name, status FROM FILES ORDER BY name")
    assert [status for _, status in found] == ["clean", "repaired", "clean"]
    outcomes = {name: mark for name, mark in digests(tmp_path / "out").items() if name.startswith("outcomes")}
    folder = tmp_path / "local"
    folder.mkdir()
    for name in ("html_clean.html", "pipe_table.md", "wrong_total.html"):
        (folder / name).write_bytes((EXAMPLES / name).read_bytes())
    ingest([str(folder)], tmp_path / "other", options, lambda _: None)
    assert outcomes == {
        name: mark for name, mark in digests(tmp_path / "other").items() if name.startswith("outcomes")
    }

    copy_results(tmp_path / "out", "memory://out")
    copied = {path.removeprefix("/out/") for path in memory.find("/out")}
    assert "files.jsonl" in copied
    assert {name for name in copied if name.startswith("store/reports/")}
    assert memory.cat("/out/files.jsonl") == (tmp_path / "out" / "files.jsonl").read_bytes()
