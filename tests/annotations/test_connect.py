"""Which server is meant, what its refusals are called, files on it; all of it with a real server."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from label_studio_sdk import LabelStudio
from PIL import Image

from annotations.connect import Server, client, find_server, told, upload_files
from pipeline.errors import E401, E402, E403, GoujiError
from tests.annotations.studio import Studio

IMAGES = '<View><Image name="i" value="$image"/></View>'
SECRET = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No server of whoever runs the tests is ever meant."""
    for name in ("GOUJI_LABEL_STUDIO_URL", "GOUJI_LABEL_STUDIO_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOUJI_LABEL_STUDIO_HOME", str(tmp_path / "nothing"))


def picture(seed: int) -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30), (seed % 256, seed // 256, 7)).save(file, "PNG")
    return file.getvalue()


def test_arguments_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOUJI_LABEL_STUDIO_URL", "http://elsewhere:1")
    monkeypatch.setenv("GOUJI_LABEL_STUDIO_TOKEN", "other")
    assert find_server("https://here/studio/", SECRET) == Server("https://here/studio", SECRET)
    assert find_server(None, None) == Server("http://elsewhere:1", "other")


def test_where_no_server_is_meant_it_says_so(tmp_path: Path) -> None:
    for home in (None, tmp_path, tmp_path / "missing"):
        with pytest.raises(GoujiError, match="gouji annotate up") as caught:
            find_server(None, SECRET, home)
        assert caught.value.kind is E401


def test_a_server_without_a_token_is_refused_before_it_is_asked() -> None:
    with pytest.raises(GoujiError) as caught:
        find_server("http://127.0.0.1:1", None)
    assert caught.value.kind is E402


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:8080", "ftp://a", "http://", "http://u:secret-word@host", "http://a:99999", "http://a/?token=secret-word"],
)
def test_an_address_that_is_none_is_told_without_repeating_it(url: str) -> None:
    with pytest.raises(GoujiError, match="http://主机:端口") as caught:
        find_server(url, SECRET)
    assert caught.value.kind is E401
    assert "secret-word" not in str(caught.value)


def test_a_token_shows_in_no_repr() -> None:
    assert SECRET not in repr(Server("http://a", SECRET))


def test_nobody_at_that_address() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        server = Server(f"http://127.0.0.1:{unused.getsockname()[1]}", SECRET)
        with pytest.raises(GoujiError, match="连接不上") as caught, told(server):
            client(server).projects.list()
        # Where only the client is at hand the address is told all the same.
        with pytest.raises(GoujiError, match=f"{server.url} 连接不上"), told():
            client(server).projects.list()
    assert caught.value.kind is E401
    assert caught.value.__suppress_context__, "the SDK's error holds headers"


class Odd(BaseHTTPRequestHandler):
    """Another program that answers: the path begins with the status that it gives."""

    def do_GET(self) -> None:
        status = int(self.path.split("/")[1])
        said = json.dumps({"detail": f"said {self.headers['Authorization']}"})
        body = said.encode() if status == 400 else b"<p>hello"
        self.send_response(status)
        self.send_header("Set-Cookie", "sessionid=cookie-secret")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def odd() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Odd)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (200, "E401", "不是 Label Studio"),
        (400, "E403", "HTTP 400，said Token …"),
        (401, "E402", "令牌"),
        (404, "E403", "HTTP 404"),
        (500, "E403", "HTTP 500"),
        (503, "E401", "HTTP 503"),
    ],
)
def test_what_another_program_answers_is_told_without_its_headers(odd: str, status: int, code: str, words: str) -> None:
    server = Server(f"{odd}/{status}", SECRET)
    with pytest.raises(GoujiError, match=words) as caught, told(server):
        client(server).users.whoami()
    assert caught.value.kind.code == code
    assert SECRET not in str(caught.value)
    assert "cookie-secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_an_expired_personal_token_is_a_refused_token() -> None:
    import jwt

    token = jwt.encode({"exp": 1, "token_type": "refresh"}, "k" * 32)
    with pytest.raises(GoujiError) as caught:
        client(Server("http://127.0.0.1:1", token))
    assert caught.value.kind is E402


@pytest.fixture
def images(label_studio: Studio) -> Iterator[int]:
    """A project for pictures, and nothing in it."""
    connection = client(label_studio.server)
    project = connection.projects.create(title="页面图片", label_config=IMAGES)
    assert project.id
    yield project.id
    connection.projects.delete(project.id)


def personal_token(label_studio: Studio) -> str:
    made = httpx.post(
        f"{label_studio.server.url}/api/token/", headers={"Authorization": f"Token {label_studio.server.token}"}
    )
    assert made.status_code == 201
    return str(made.json()["token"])


@pytest.mark.slow
def test_the_server_of_a_folder_is_found_with_its_token(label_studio: Studio) -> None:
    found = find_server(None, None, label_studio.folder.path)
    assert found == label_studio.server
    assert client(found).users.whoami().email == label_studio.user
    assert find_server(found.url, None, label_studio.folder.path).token == found.token
    by_name = find_server(found.url.replace("127.0.0.1", "localhost"), None, label_studio.folder.path)
    assert client(by_name).users.whoami().email == label_studio.user


@pytest.mark.slow
def test_the_token_of_our_server_goes_to_no_other(label_studio: Studio) -> None:
    with pytest.raises(GoujiError) as caught:
        find_server("http://127.0.0.1:1", None, label_studio.folder.path)
    assert caught.value.kind is E402


@pytest.mark.slow
def test_both_kinds_of_token_put_files_there(label_studio: Studio, images: int) -> None:
    personal = Server(label_studio.server.url, personal_token(label_studio))
    assert client(personal).users.whoami().email == label_studio.user
    first = upload_files(label_studio.server, images, [("a.png", picture(1), "image/png")])
    assert upload_files(personal, images, [("b.png", picture(1), "image/png")]) == first


@pytest.mark.slow
def test_a_wrong_token_of_either_kind_is_refused(label_studio: Studio, images: int) -> None:
    import jwt

    forged = jwt.encode({"exp": 1 << 34, "token_type": "refresh", "user_id": 1, "jti": "x"}, "k" * 32)
    for token in (SECRET, forged):
        server = Server(label_studio.server.url, token)
        with pytest.raises(GoujiError) as caught, told(server):
            client(server).users.whoami()
        assert caught.value.kind is E402
        with pytest.raises(GoujiError) as caught:
            upload_files(server, images, [("a.png", picture(1), "image/png")])
        assert caught.value.kind is E402


@pytest.mark.slow
def test_what_the_server_refuses_is_told_in_its_words(label_studio: Studio) -> None:
    server = label_studio.server
    with pytest.raises(GoujiError, match=r"HTTP 400.*title：.*at least 3 characters") as caught, told(server):
        client(server).projects.create(title="ab", label_config=IMAGES)
    assert caught.value.kind is E403


def fetch(server: Server, path: str, **arguments: dict[str, str]) -> httpx.Response:
    return httpx.get(f"{server.url}{path}", **arguments)  # type: ignore[arg-type]


@pytest.mark.slow
def test_files_are_put_there_once_and_come_back_as_they_were(label_studio: Studio, images: int) -> None:
    server = label_studio.server
    # More than one request takes, with one twice and names that say nothing.
    contents = [picture(number) for number in range(120)] + [picture(3)]
    files = [(f"页 {number % 2}.PNG", content, "image/png") for number, content in enumerate(contents)]
    paths = upload_files(server, images, files)
    assert paths[3] == paths[-1]
    assert len(set(paths)) == 120
    token = {"Authorization": f"Token {server.token}"}
    for number in (0, 49, 50, 119):
        answer = fetch(server, paths[number], headers=token)
        assert answer.content == contents[number]
        assert answer.headers["Content-Type"] == "image/png"
    assert upload_files(server, images, list(reversed(files))) == list(reversed(paths))
    assert stored(label_studio, images) == 120


def stored(label_studio: Studio, project: int) -> int:
    return len(list((label_studio.folder.database / "media" / "upload" / str(project)).iterdir()))


@pytest.mark.slow
def test_a_file_that_is_not_whole_on_the_server_is_put_there_anew(label_studio: Studio, images: int) -> None:
    files = [("a.png", picture(number), "image/png") for number in range(2)]
    [_, before] = upload_files(label_studio.server, images, files)
    torn = label_studio.folder.database / "media" / before.removeprefix("/data/")
    torn.write_bytes(torn.read_bytes()[:20])
    [_, path] = upload_files(label_studio.server, images, files)
    answer = fetch(label_studio.server, path, headers={"Authorization": f"Token {label_studio.server.token}"})
    assert answer.content == files[1][1]
    assert stored(label_studio, images) == 3


@pytest.mark.slow
def test_files_are_for_those_who_are_logged_in(label_studio: Studio, images: int) -> None:
    [path] = upload_files(label_studio.server, images, [("a.png", picture(9), "image/png")])
    answer = fetch(label_studio.server, path)
    assert answer.status_code == 401
    assert picture(9) not in answer.content


def test_no_files_ask_nothing_of_the_server() -> None:
    assert upload_files(Server("http://127.0.0.1:1", SECRET), 1, []) == []


@pytest.mark.slow
def test_a_project_with_two_data_keys_takes_no_files(label_studio: Studio) -> None:
    connection: LabelStudio = client(label_studio.server)
    two = '<View><Image name="i" value="$image"/><Text name="t" value="$text"/></View>'
    project = connection.projects.create(title="两个键", label_config=two)
    assert project.id
    with pytest.raises(GoujiError, match="more than one data key") as caught:
        upload_files(label_studio.server, project.id, [("a.png", picture(1), "image/png")])
    assert caught.value.kind is E403
