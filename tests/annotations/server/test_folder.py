"""Where a server lives, who it is, and whether it is alive."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from annotations.server.folder import Folder, Running, home, is_loopback
from pipeline.errors import GoujiError

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "data")
    with made.ours(lambda: None):
        return made


def test_it_lies_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GOUJI_LABEL_STUDIO_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    usual = tmp_path / ".local" / "share" / "gouji" / "label-studio"
    assert home() == usual
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert home() == usual
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert home() == tmp_path / "data" / "gouji" / "label-studio"
    monkeypatch.setenv("GOUJI_LABEL_STUDIO_HOME", "~/mine")
    assert home() == tmp_path / "mine"


def test_an_account_is_kept_for_its_owner_alone(folder: Folder) -> None:
    made = folder.make_account()
    assert folder.account() == made
    assert folder.account_file.stat().st_mode & 0o777 == 0o600
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert made.password not in repr(made)
    assert made.token not in repr(made)
    assert len(made.password) >= 16
    assert len(made.token) == 40


def test_two_accounts_share_no_secret(tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        folder = Folder(tmp_path / name)
        with folder.ours(lambda: None):
            made.append(folder.make_account())
    assert made[0].password != made[1].password
    assert made[0].token != made[1].token


def test_a_database_of_unknown_users_is_left_alone(folder: Folder) -> None:
    folder.database.mkdir()
    with pytest.raises(GoujiError, match=r"E404.*account\.json"):
        folder.make_account()
    assert not folder.account_file.exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"user": "a"}', "\x00"])
def test_a_malformed_account_is_told(folder: Folder, content: str) -> None:
    folder.account_file.write_text(content)
    with pytest.raises(GoujiError, match=r"E305.*account\.json"):
        folder.account()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GoujiError, match="E304"), Folder(tmp_path / "file" / "data").ours(lambda: None):
        pass


def test_a_server_is_alive_until_it_ends_whatever_process_number_is_written(folder: Folder) -> None:
    assert not folder.is_alive()
    with folder.life() as lock, subprocess.Popen(SLEEPER, stdout=subprocess.PIPE, pass_fds=(lock,)) as child:
        assert child.stdout
        child.stdout.readline()
        folder.write_running(Running(child.pid, 4711, "127.0.0.1"))
        running = folder.running()
        child.kill()
    assert running == Running(child.pid, 4711, "127.0.0.1")
    # Its number may be ours by now.
    folder.write_running(Running(os.getpid(), 4711, "127.0.0.1"))
    assert folder.running() is None
    assert folder.last_port() == 4711


def test_a_server_lives_on_when_the_one_who_started_it_has_let_go(folder: Folder) -> None:
    with folder.life() as lock:
        child = subprocess.Popen(SLEEPER, stdout=subprocess.PIPE, pass_fds=(lock,))
    assert folder.is_alive()
    child.kill()
    child.communicate()
    assert not folder.is_alive()


def test_what_was_known_of_the_last_server_is_not_taken_for_the_next(folder: Folder) -> None:
    folder.write_running(Running(os.getpid(), 4711, "127.0.0.1"))
    with folder.life(), pytest.raises(GoujiError, match="E305"):
        folder.running()


def test_whoever_comes_second_waits(folder: Folder) -> None:
    waited: list[str] = []
    code = f"""
from pathlib import Path
from annotations.server.folder import Folder
with Folder(Path({str(folder.path)!r})).ours(lambda: print("waiting", flush=True)):
    print("mine", flush=True)
"""
    with folder.ours(lambda: waited.append("")):
        other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert other.stdout
        assert other.stdout.readline() == "waiting\n"
        with (folder.path / "starting").open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    assert other.communicate()[0] == "mine\n"
    assert waited == []


@pytest.mark.parametrize(
    ("listen", "url", "alone"),
    [
        ("127.0.0.1", "http://127.0.0.1:80", True),
        ("localhost", "http://localhost:80", True),
        ("::1", "http://[::1]:80", True),
        ("0.0.0.0", "http://127.0.0.1:80", False),
        ("::", "http://[::1]:80", False),
        ("10.1.2.3", "http://10.1.2.3:80", False),
        ("example.org", "http://example.org:80", False),
    ],
)
def test_an_address_to_listen_on(listen: str, url: str, alone: bool) -> None:
    assert Running(1, 80, listen).url == url
    assert is_loopback(listen) is alone
