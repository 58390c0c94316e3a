"""Reading asks no network, whatever the file: none is tried in Python, and nothing else tries one.

What Python tries is caught by an audit hook that every Python process of the command inherits; what programs and
libraries try by themselves (LibreOffice, ONNX Runtime) shows in the kernel's own counters of that namespace, which has
no way out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pypdfium2
import pytest

from tests.pipeline.read.office_files import needs_office

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
HOOK = '''
import os, sys
def refuse(event, arguments):
    if event in {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname",
                 "socket.gethostbyaddr", "urllib.Request"}:
        with open(os.environ["TRIED"], "a") as file:
            print(event, arguments, file=file)
        raise ConnectionRefusedError(event)
sys.addaudithook(refuse)
'''
COUNT = """
"$@"; code=$?
cat /proc/net/snmp > "$COUNTED"
exit $code
"""


@cache
def unshared() -> tuple[str, ...]:
    """The command before another that takes the network away from it; nothing where that is not allowed."""
    for command in (("unshare", "-n"), ("unshare", "-rn")) if shutil.which("unshare") else ():
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    return ()


def offline(folder: Path, *command: str) -> tuple[subprocess.CompletedProcess[str], str, int]:
    """Runs it without a network.

    Returns:
        How it ended, what Python tried to reach, and how many packets found no way out (0 where that is not counted).
    """
    hook = folder / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    tried, counted = folder / "tried", folder / "counted"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(hook), str(ROOT)]),
        "TRIED": str(tried),
        "COUNTED": str(counted),
        # What was unpacked by an earlier run must not be needed.
        "XDG_CACHE_HOME": str(folder / "cache"),
    }
    counting = ("sh", "-c", COUNT, "sh") if unshared() else ()
    done = subprocess.run(
        [*unshared(), *counting, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    said = tried.read_text(encoding="utf-8") if tried.exists() else ""
    return done, said, without_a_way(counted.read_text(encoding="ascii")) if unshared() else 0


def without_a_way(snmp: str) -> int:
    """The kernel's OutNoRoutes: connections, datagrams and the questions that look up a name, of IPv4."""
    names, numbers = (line.split()[1:] for line in snmp.splitlines() if line.startswith("Ip:"))
    return int(dict(zip(names, numbers, strict=True))["OutNoRoutes"])


def scanned(folder: Path) -> Path:
    """The part of the first page of an example where its tables begin, as a picture."""
    with pypdfium2.PdfDocument(EXAMPLES / "pdf_page_break.pdf") as document:
        page = document[0].render(scale=1.5).to_pil().convert("RGB")
    path = folder / "scan.png"
    page.crop((0, page.height // 3, page.width, page.height)).save(path)
    return path


def read(path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", "read", "--json", str(path)], cwd=ROOT, capture_output=True, text=True,
        timeout=300, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "html_clean.html",
        "pdf_page_break.pdf",
        "docx_merged.docx",
        "xlsx_form.xlsx",
        "table_lost.md",
        "scan.png",
        pytest.param("rtf_form.rtf", marks=[pytest.mark.slow, needs_office]),
    ],
)
def test_reading_asks_no_network_and_gives_the_same(name: str, tmp_path: Path) -> None:
    path = scanned(tmp_path) if name == "scan.png" else EXAMPLES / name
    done, tried, lost = offline(tmp_path, sys.executable, "-m", "pipeline.cli", "read", "--json", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert (tried, lost) == ("", 0)
    assert done.stdout == read(path)
    assert any(field["status"] == "read" for field in json.loads(done.stdout)["fields"].values())


def test_what_python_tries_is_seen(tmp_path: Path) -> None:
    ask = "import urllib.request; urllib.request.urlopen('http://192.0.2.1/')"
    done, tried, _ = offline(tmp_path, sys.executable, "-c", ask)
    assert done.returncode == 1
    assert tried.startswith("urllib.Request")


@pytest.mark.skipif(not unshared(), reason="no network namespaces for this user")
def test_what_anything_else_tries_is_seen(tmp_path: Path) -> None:
    """Python without its hook stands for a library that does not go through Python."""
    for place, ask in enumerate(("create_connection(('192.0.2.1', 80), 5)", "getaddrinfo('host.example', 80)")):
        (folder := tmp_path / str(place)).mkdir()
        done, tried, lost = offline(folder, sys.executable, "-I", "-S", "-c", f"import socket; socket.{ask}")
        assert done.returncode == 1
        assert tried == ""
        assert lost > 0
