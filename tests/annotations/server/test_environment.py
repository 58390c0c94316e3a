"""The program that is a server: named, installed to the end, or not there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from annotations.server.environment import CONSTRAINTS, VERSION, find_program, folder_of, install, installed_program
from pipeline.errors import GoujiError


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GOUJI_LABEL_STUDIO", raising=False)
    monkeypatch.setenv("GOUJI_LABEL_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "usual"))


def made(base: Path) -> Path:
    """What an environment looks like that was made to its end."""
    bin_folder = folder_of(base) / "bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "python").symlink_to(sys.executable)
    (bin_folder / "label-studio").touch(0o700)
    (folder_of(base) / ".installed").touch()
    return bin_folder / "label-studio"


def test_the_one_named_comes_first_then_the_one_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert find_program() is None
    usual = made(tmp_path / "usual" / "gouji" / "label-studio")
    assert find_program() == usual
    own = made(tmp_path / "home")
    assert find_program() == own
    monkeypatch.setenv("GOUJI_LABEL_STUDIO", sys.executable)
    assert find_program() == Path(sys.executable)
    assert find_program(own) == own


def test_one_named_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(GoujiError, match=r"E404.*没有程序"):
        find_program(tmp_path / "missing")


def test_an_environment_that_was_not_made_to_its_end_is_none(tmp_path: Path) -> None:
    made(tmp_path)
    (folder_of(tmp_path) / ".installed").unlink()
    assert installed_program(tmp_path) is None


def test_an_environment_whose_python_is_gone_is_none(tmp_path: Path) -> None:
    made(tmp_path)
    python = folder_of(tmp_path) / "bin" / "python"
    python.unlink()
    python.symlink_to(tmp_path / "removed")
    assert installed_program(tmp_path) is None


def test_half_an_environment_is_made_again_and_a_failure_leaves_it_half(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With no index to install from: pip fails at once, after everything else was done for real."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    left = folder_of(tmp_path) / "lib" / "left_over"
    left.mkdir(parents=True)
    said: list[str] = []
    with pytest.raises(GoujiError, match=r"E404.*安装失败（.*label-studio.*install\.log"):
        install(tmp_path, said.append)
    assert not left.exists()
    assert (folder_of(tmp_path) / "bin" / "python").exists()
    assert installed_program(tmp_path) is None
    assert said[0] == "上次没有装完，重新安装"
    assert "约 1 GB" in said[1]
    assert (tmp_path / "install.log").stat().st_mode & 0o077 == 0


def test_what_is_installed_is_not_installed_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    program = made(tmp_path)
    said: list[str] = []
    assert install(tmp_path, said.append) == program
    assert said == []


def test_every_version_is_pinned_and_no_host_named() -> None:
    lines = [line for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    assert f"label-studio=={VERSION}" in lines
    assert len(lines) > 100


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GoujiError, match="E304"):
        install(tmp_path / "file" / "home", lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
