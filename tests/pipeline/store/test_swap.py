from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.store.database import open_store
from pipeline.store.swap import replaced, settle, store_folder
from pipeline.store.write import write_store
from tests.pipeline.store.made import environment, make_out, outcomes

ROOT = Path(__file__).resolve().parents[3]


def folder(path: Path, content: str) -> None:
    path.mkdir()
    (path / "content").write_text(content, encoding="utf-8")


def read(out: Path) -> str | None:
    found = store_folder(out)
    return None if found is None else (found / "content").read_text(encoding="utf-8")


def names(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir())


@pytest.mark.parametrize("before", [None, "old"])
def test_the_new_one_takes_the_place_of_the_old(tmp_path, before):
    if before:
        folder(tmp_path / "store", before)
    with replaced(tmp_path) as half:
        assert read(tmp_path) == before
        (half / "content").write_text("new", encoding="utf-8")
    assert (read(tmp_path), names(tmp_path)) == ("new", ["store"])


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_fails_leaves_the_old_one(tmp_path, error):
    folder(tmp_path / "store", "old")
    with pytest.raises(error), replaced(tmp_path) as half:
        (half / "content").write_text("torn", encoding="utf-8")
        raise error
    assert (read(tmp_path), names(tmp_path)) == ("old", ["store"])


@pytest.mark.parametrize(
    ("left", "readable"),
    [
        # Killed while the first one was written, and while the next one was.
        ({"store.next": "torn"}, None),
        ({"store": "old", "store.next": "torn"}, "old"),
        # Between the two renames, and before the old one was removed.
        ({"store.old": "old", "store.next": "new"}, "old"),
        ({"store": "new", "store.old": "old"}, "new"),
        # And once more, while what the last kill left was tidied away.
        ({"store.old": "old"}, "old"),
    ],
)
def test_whatever_a_kill_leaves_one_of_the_two_is_read_and_the_next_run_goes_on(tmp_path, left, readable):
    for name, content in left.items():
        folder(tmp_path / name, content)
    assert read(tmp_path) == readable
    assert names(tmp_path) == sorted(left), "looking changes nothing"

    settle(tmp_path)
    assert (read(tmp_path), names(tmp_path)) == (readable, ["store"] if readable else [])

    with replaced(tmp_path) as half:
        (half / "content").write_text("newest", encoding="utf-8")
    assert (read(tmp_path), names(tmp_path)) == ("newest", ["store"])


def test_killed_at_any_moment_the_store_can_be_read(tmp_path):
    """The real thing: a process that writes one store after the other, killed again and again."""
    out = make_out(tmp_path / "out", outcomes()[:4])
    write_store(out, {}, 1)
    script = tmp_path / "writes.py"
    script.write_text(
        "from pathlib import Path\n"
        "from pipeline.store.write import write_store\n"
        "while True:\n"
        f"    write_store(Path({str(out)!r}), {{}}, 1)\n"
        "    print('.', flush=True)\n",
        encoding="utf-8",
    )
    moments = random.Random(6)
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, script], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment()
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(moments.uniform(0, 0.3))
            writer.kill()
        with open_store(out) as store:
            assert store.execute("SELECT count(*) FROM reports").fetchall() == [(4,)]
            assert store.execute("SELECT count(DISTINCT sha256) FROM fields").fetchall() == [(4,)]
    write_store(out, {}, 1)
    assert names(out) == ["files.jsonl", "outcomes", "store"]
