"""`gouji annotate up` and `down`, with a real server."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import httpx
import pytest

from annotations.connect import client, find_server
from annotations.server.folder import Folder, Running
from annotations.server.process import start, stop, wait_for
from pipeline.errors import GoujiError
from tests.annotations.studio import Studio, copy_prepared, free_port, program

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

ANNOTATE = "import sys, annotations.command as c, pipeline.cli; c.STEPS = ('server',); sys.exit(pipeline.cli.main())"
"""`gouji` without the steps that no server is started or stopped by."""
IMAGES = '<View><Image name="i" value="$image"/></View>'


@pytest.fixture
def studio() -> Path:
    found = program()
    if found is None:
        pytest.skip("needs Label Studio: gouji annotate up --install, or its program named by GOUJI_LABEL_STUDIO")
    return found


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Folder]:
    """A folder for a first server; whatever runs in it is ended."""
    folder = Folder(tmp_path / "data")
    yield folder
    stop(folder)


@pytest.fixture
def folder(studio: Path, empty: Folder) -> Folder:
    """A folder whose database is there, and no server."""
    return copy_prepared(studio, empty.path)


def command(folder: Folder, *arguments: str) -> list[str]:
    return [sys.executable, "-c", ANNOTATE, "annotate", *arguments, "--data", str(folder.path)]


def environment(studio: Path) -> dict[str, str]:
    return {**os.environ, "GOUJI_LABEL_STUDIO": str(studio)}


def gouji(studio: Path, folder: Folder, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Returns when the pipes are closed: a server in the background must not have got hold of one.
    return subprocess.run(
        command(folder, *arguments), env=environment(studio), capture_output=True, text=True, timeout=300, check=False
    )


def up(studio: Path, folder: Folder, *arguments: str) -> str:
    done = gouji(studio, folder, "up", "--background", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def words_of_process(number: int, name: str) -> str:
    return Path(f"/proc/{number}/{name}").read_bytes().decode(errors="replace")


def test_it_starts_is_found_again_and_stops(studio: Path, folder: Folder) -> None:
    port = str(free_port())
    said = up(studio, folder, "--port", port)
    running, account = folder.running(), folder.account()
    assert running and account
    assert f"http://127.0.0.1:{port}\n" in said
    assert account.user in said
    assert str(folder.account_file) in said
    assert find_server(None, None, folder.path).url == running.url
    assert client(find_server(None, None, folder.path)).users.whoami().email == account.user

    again = up(studio, folder, "--port", str(free_port()))
    assert f"已在运行：http://127.0.0.1:{port}\n" in again
    assert folder.running() == running

    log = folder.log.read_text(encoding="utf-8")
    told = said + again + log + "".join(words_of_process(running.pid, name) for name in ("cmdline", "environ"))
    assert account.password not in told
    assert account.token not in told
    assert "GET /health" in log
    kept = [path for path in folder.path.iterdir() if path.is_file()]
    assert [path.name for path in kept if path.stat().st_mode & 0o077] == []

    assert gouji(studio, folder, "down").stdout == "已停止\n"
    assert not folder.is_alive()
    assert gouji(studio, folder, "down").stdout == "没有在运行的服务器\n"
    # Bookmarks stay good.
    assert f"http://127.0.0.1:{port}\n" in up(studio, folder)


def test_after_a_kill_it_starts_again_with_what_was_there(studio: Path, folder: Folder) -> None:
    up(studio, folder, "--port", str(free_port()))
    server = find_server(None, None, folder.path)
    made = client(server).projects.create(title="留下的项目", label_config=IMAGES)
    running = folder.running()
    assert running
    os.kill(running.pid, signal.SIGKILL)
    assert "已启动" in up(studio, folder)
    server = find_server(None, None, folder.path)
    assert [project.id for project in client(server).projects.list()] == [made.id]


def test_a_first_start_that_was_killed_is_done_over(studio: Path, empty: Folder) -> None:
    """The whole way of a user who never had a server, with a kill in the middle of it."""
    starting = subprocess.Popen(command(empty, "up"), env=environment(studio), stderr=subprocess.PIPE, text=True)
    assert starting.stderr
    assert "建立数据库" in starting.stderr.readline()
    half = empty.path / "database.new" / "label_studio.sqlite3"
    while not half.exists():
        time.sleep(0.05)
    starting.kill()
    starting.communicate()
    account = empty.account()
    assert not empty.database.exists()
    up(studio, empty, "--port", str(free_port()))
    assert empty.account() == account
    assert account and client(find_server(None, None, empty.path)).users.whoami().email == account.user
    assert empty.database.stat().st_mode & 0o077 == 0


class Impostor(BaseHTTPRequestHandler):
    """Says that it is well, as Label Studio would."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status": "UP"}')

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which somebody else answers."""
    server = HTTPServer(("127.0.0.1", 0), Impostor)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_busy_port_is_told_in_one_line(studio: Path, folder: Folder, taken: int) -> None:
    done = gouji(studio, folder, "up", "--background", "--port", str(taken))
    assert done.returncode == 1
    assert re.fullmatch(rf"gouji: \[E404\] .*端口 {taken} 已被占用.*\n", done.stderr)
    assert not folder.is_alive()


def test_a_server_that_went_to_another_port_is_not_taken_for_ours(studio: Path, folder: Folder, taken: int) -> None:
    """Somebody took the port after we had looked."""
    child = start(folder, studio, taken, "127.0.0.1")
    with pytest.raises(GoujiError, match=f"E404.*端口 {taken}"):
        wait_for(folder, Running(child.pid, taken, "127.0.0.1"))
    child.wait(10)
    assert not folder.is_alive()


def test_a_program_that_is_none_is_told_with_its_last_words(folder: Folder, tmp_path: Path) -> None:
    broken = tmp_path / "label-studio"
    broken.write_text("#!/bin/sh\necho first; echo no such module >&2; exit 3\n")
    broken.chmod(0o700)
    done = gouji(broken, folder, "up", "--background")
    assert done.returncode == 1
    assert re.fullmatch(rf"gouji: \[E404\] .*no such module，日志在 {folder.log}.*\n", done.stderr)


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_in_the_foreground_it_ends_with_us(studio: Path, folder: Folder, sign: signal.Signals, code: int) -> None:
    ours = subprocess.Popen(
        command(folder, "up", "--port", str(free_port())), env=environment(studio), stdout=subprocess.PIPE, text=True
    )
    assert ours.stdout
    while "停止" not in (line := ours.stdout.readline()):
        assert line
    assert "Ctrl-C" in line
    assert folder.is_alive()
    ours.send_signal(sign)
    ours.communicate(timeout=30)
    assert ours.returncode == code
    assert not folder.is_alive()


def test_stopped_from_elsewhere_the_foreground_ends_well(studio: Path, folder: Folder) -> None:
    ours = subprocess.Popen(
        command(folder, "up", "--port", str(free_port())), env=environment(studio), stdout=subprocess.PIPE, text=True
    )
    assert ours.stdout
    while "停止" not in ours.stdout.readline():
        pass
    assert gouji(studio, folder, "down").stdout == "已停止\n"
    assert ours.communicate(timeout=30)[0] == "已停止\n"
    assert ours.returncode == 0


def test_only_a_terminal_is_shown_the_password(studio: Path, folder: Folder) -> None:
    master, slave = pty.openpty()
    arguments = command(folder, "up", "--background", "--port", str(free_port()))
    with subprocess.Popen(arguments, env=environment(studio), stdout=slave, stderr=slave):
        os.close(slave)
        said = b""
        # A terminal whose last user has left gives an error, not an end.
        try:
            while part := os.read(master, 4096):
                said += part
        except OSError:
            pass
    os.close(master)
    account = folder.account()
    assert account
    assert f"密码：{account.password}" in said.decode()
    assert account.token not in said.decode()


def test_two_that_start_at_once_are_one_server(studio: Path, folder: Folder) -> None:
    arguments = command(folder, "up", "--background")
    both = [
        subprocess.Popen(arguments, env=environment(studio), stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [ours.communicate(timeout=120)[0] for ours in both]
    assert [ours.returncode for ours in both] == [0, 0]
    addresses = [re.search(r"http://\S+", one) for one in said]
    assert addresses[0] and addresses[1] and addresses[0][0] == addresses[1][0]
    assert sorted("已启动" in one for one in said) == [False, True]


def test_more_than_loopback_is_warned_of(studio: Path, folder: Folder) -> None:
    done = gouji(studio, folder, "up", "--background", "--listen", "0.0.0.0", "--port", str(free_port()))
    assert "别的机器也能连到它" in done.stderr
    running = folder.running()
    assert running
    assert listening(running.port) == {"00000000"}


def test_only_loopback_listens(label_studio: Studio) -> None:
    running = label_studio.folder.running()
    assert running
    assert listening(running.port) == {"0100007F"}


def listening(port: int) -> set[str]:
    """Addresses, as the kernel writes them, at which somebody listens; 0A: the state of a socket that does."""
    rows = [line.split() for file in ("tcp", "tcp6") for line in Path(f"/proc/net/{file}").read_text().splitlines()[1:]]
    ends = [(*row[1].split(":"), row[3]) for row in rows]
    return {address for address, at, state in ends if int(at, 16) == port and state == "0A"}


def test_a_page_of_another_site_cannot_use_it(label_studio: Studio) -> None:
    url = f"{label_studio.server.url}/api/version"
    assert httpx.get(url).status_code == 200
    assert httpx.get(url, headers={"Host": "evil.example"}).status_code == 400
    assert "access-control-allow-origin" not in httpx.get(url, headers={"Origin": "http://evil.example"}).headers


ALONE = """
import fcntl, socket, struct, subprocess, sys, urllib.request
# The namespace begins with everything down, loopback too: up, by the name of the device and its flags.
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 1))
begun = subprocess.run(sys.argv[1:])
print(open("/proc/net/snmp").read())
from pathlib import Path
from annotations.connect import client, find_server
from annotations.server.folder import Folder
from annotations.server.process import stop
folder = Path(sys.argv[-1])
server = find_server(None, None, folder)
print("tips", urllib.request.urlopen(server.url + "/api/version").status, client(server).users.whoami().email)
try:
    urllib.request.urlopen(server.url + "/heidi-tips")
except urllib.error.HTTPError as error:
    print("outside", error.code)
print(open("/proc/net/snmp").read())
stop(Folder(folder))
sys.exit(begun.returncode)
"""


def unshared() -> list[str]:
    for words in (["unshare", "-n"], ["unshare", "-rn"]) if shutil.which("unshare") else ():
        if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0:
            return words
    pytest.skip("a network namespace of one's own is not allowed here")


def test_it_runs_without_a_network_and_asks_for_none(studio: Path, folder: Folder) -> None:
    """Even what the pages have it fetch from outside ends on this machine: no packet looks for a way out."""
    arguments = command(folder, "up", "--background", "--port", str(free_port()))
    done = subprocess.run(
        [*unshared(), sys.executable, "-c", ALONE, *arguments],
        env=environment(studio), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    account = folder.account()
    assert account
    assert done.returncode == 0, done.stderr
    assert f"tips 200 {account.user}" in done.stdout
    assert "outside 404" in done.stdout
    names, *numbers = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("Ip: ")]
    assert [dict(zip(names, row, strict=True))["OutNoRoutes"] for row in numbers if row[0].isdigit()] == ["0", "0"]


def test_a_person_logs_in_and_their_browser_asks_nobody_else(label_studio: Studio, browser_page: Page) -> None:
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    project = client(label_studio.server).projects.create(title="给人看的项目", label_config=IMAGES)
    browser_page.goto("/projects")
    browser_page.get_by_text("给人看的项目").wait_for()
    browser_page.goto(f"/projects/{project.id}/data")
    browser_page.get_by_text("Import").first.wait_for()
    browser_page.wait_for_load_state("networkidle")
    assert len(asked) > 20
    assert [url for url in asked if not url.startswith((label_studio.server.url, "data:", "blob:"))] == []


def test_what_the_browser_was_given_holds_no_secret(label_studio: Studio) -> None:
    account = json.loads(label_studio.folder.account_file.read_bytes())
    log = label_studio.folder.log.read_text(encoding="utf-8")
    assert account["password"] not in log
    assert account["token"] not in log
    assert label_studio.password not in repr(label_studio)
    assert label_studio.server.token not in repr(label_studio)
