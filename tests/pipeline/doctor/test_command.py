"""`gouji doctor`, run as a user would, on this installation and on broken ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
NEEDED = {
    "Python", "子进程", "临时文件夹", "必需的包", "标注模型", "数字模型", "表格线模型", "识别文字", "试读一份报告",
}  # fmt: skip
OPTIONAL = {"显卡", "LibreOffice", "[train]", "[ray]", "Chromium", "pandoc", "pdftotext", "中文字体"}


def doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", "doctor", *arguments],
        cwd=environment.get("PYTHONPATH", ROOT), env={**os.environ, **environment}, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip


def checks(done: subprocess.CompletedProcess[str]) -> Mapping[str, Any]:
    assert done.stderr == ""
    return {check["name"]: check for check in json.loads(done.stdout)["checks"]}


def test_this_installation() -> None:
    done = doctor("--json")
    found = checks(done)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["ok"] is True
    assert {name: found[name]["state"] for name in NEEDED} == dict.fromkeys(NEEDED, "ok")
    assert found.keys() >= OPTIONAL
    assert found["识别文字"]["found"].endswith("没有访问网络")
    for check in found.values():
        assert bool(check["costs"]) == bool(check["remedy"]) == (check["state"] != "ok"), check


def test_without_the_programs_beside_it_and_in_a_terminal_of_another_encoding(tmp_path: Path) -> None:
    plain = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    done = doctor("--json", PATH=str(tmp_path), **plain)
    # What is no ASCII is written as JSON's own escapes where the terminal takes no other.
    found = checks(done)
    assert done.returncode == 0
    missing = {"LibreOffice", "Chromium", "pandoc", "pdftotext", "中文字体", "编码"}
    assert {name: found[name]["state"] for name in missing} == dict.fromkeys(missing, "noted")
    assert "DOC、RTF、WPS、ODT、ODS" in found["LibreOffice"]["costs"]
    assert found["LibreOffice"]["remedy"].startswith("apt-get install libreoffice-writer")
    assert all("只影响训练和评测" in found[name]["costs"] for name in ("Chromium", "pandoc", "pdftotext", "中文字体"))


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program whose number reader is cut off, beside packages that cannot be loaded."""
    folder = tmp_path_factory.mktemp("broken")
    for package in ("pipeline", "configs", "models"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    network = folder / "models" / "number_reader" / "number_reader.onnx"
    network.write_bytes(network.read_bytes()[:5000])
    (folder / "xlrd.py").write_text('raise ImportError("half a package")\n', encoding="utf-8")
    (folder / "rich.py").write_text('raise ImportError("no such thing")\n', encoding="utf-8")
    program = folder / "bin" / "soffice"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    return folder


def test_a_broken_installation_is_told_part_by_part(broken: Path) -> None:
    done = doctor("--json", PYTHONPATH=str(broken), PATH=f"{broken / 'bin'}:{os.environ['PATH']}")
    found = checks(done)
    assert done.returncode == 1
    assert json.loads(done.stdout)["ok"] is False
    broken_parts = {name for name, check in found.items() if check["state"] == "broken"}
    # The recogniser reads number cells with the same network, but lines without it.
    assert broken_parts == {"数字模型", "xlrd", "rich"}
    assert found["xlrd"]["found"] == "不能载入（ImportError: half a package）"
    assert found["xlrd"]["costs"] == "XLS 读不了"
    assert found["xlrd"]["remedy"].startswith("pip install ")
    assert found["表格线模型"]["state"] == found["试读一份报告"]["state"] == "ok"
    assert (found["LibreOffice"]["state"], found["LibreOffice"]["found"]) == (
        "noted",
        f"{broken / 'bin' / 'soffice'} 不能启动",
    )


def test_the_table_is_there_even_without_what_draws_it(broken: Path) -> None:
    done = doctor(PYTHONPATH=str(broken))
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("  ✗ 数字模型"))
    assert lines[at + 1].strip().startswith("影响：扫描件")
    assert lines[at + 2].strip().startswith("怎么办：重新安装")
    assert lines[-1].startswith("✗ 3 项有问题，先按上面“怎么办”处理：rich、xlrd、数字模型")


def test_the_table() -> None:
    done = doctor()
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("gouji ")
    assert "  ✓  试读一份报告    200 个数字全部相符" in lines
    assert lines[-1].startswith("✓ 需要的都在，可以使用")
    assert all(line == line.rstrip() for line in lines)


def test_wrong_use() -> None:
    done = doctor("--fix")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "gouji: 不认识的参数 --fix；用法见 gouji --help\n"
