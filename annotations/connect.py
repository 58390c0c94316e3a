"""The connection to a Label Studio server: which one, what its refusals mean, and files put on it.

Nothing here lets a token, a cookie or a header into a message.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from json import JSONDecodeError
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from annotations.server.folder import Folder, is_loopback
from annotations.server.folder import home as usual_home
from pipeline.errors import E401, E402, E403, ErrorKind, GoujiError
from pipeline.show.printable import printable

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio
    from label_studio_sdk.core.api_error import ApiError

    from pipeline.cli import Parser

URL_VARIABLE = "GOUJI_LABEL_STUDIO_URL"
TOKEN_VARIABLE = "GOUJI_LABEL_STUDIO_TOKEN"
TIMEOUT = 60.0
"""Seconds for one request."""
MOST_FILES = 50
"""Files in one request; the server takes no more than 100."""
MOST_BYTES = 32 << 20
"""Bytes of files in one request, unless one alone has more."""
LONGEST_REASON = 300
"""Characters of a server's words that are passed on."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server and the right to use it."""

    url: str
    """Without a slash at its end."""
    token: str = field(repr=False)
    """A legacy token or a personal access token."""


def find_server(url: str | None, token: str | None, home: Path | None = None) -> Server:
    """The server that is meant: by the arguments, else by the environment, else the one that `gouji annotate up` runs.

    A server's own token is used for no other server.

    Args:
        url: http:// or https://, with or without a path.
        token: of either kind.
        home: the data folder of `gouji annotate up`; None for the usual one.

    Raises:
        GoujiError: E401 where there is none or the address is none, E402 where its token is not known.
    """
    url = url or os.environ.get(URL_VARIABLE)
    token = token or os.environ.get(TOKEN_VARIABLE)
    folder = Folder(home or usual_home())
    running = folder.running()
    if not url:
        if running is None:
            raise GoujiError(E401, reason="没有给出地址，本机也没有 gouji annotate up 启动的服务器")
        url = running.url
    url = _checked(url)
    if not token and running is not None and url.replace("//localhost:", "//127.0.0.1:") == running.url:
        account = folder.account()
        token = account.token if account else None
    if not token:
        raise GoujiError(E402)
    return Server(url, token.strip())


def add_server_arguments(parser: Parser) -> None:
    """Adds --url and --token, for `find_server`."""
    parser.add_argument("--url", metavar="网址", help="Label Studio 的地址；默认 gouji annotate up 起的那个")
    parser.add_argument("--token", metavar="令牌", help="访问令牌；更好的办法是环境变量 GOUJI_LABEL_STUDIO_TOKEN")


def _checked(url: str) -> str:
    """Raises GoujiError: E401."""
    try:
        parts = urlsplit(url.strip())
        named = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        named = None
    if not named or parts.username or parts.password or parts.query or parts.fragment:
        raise GoujiError(E401, reason="地址应写作 http://主机:端口，不带用户名和参数")
    return url.strip().rstrip("/")


def client(server: Server) -> LabelStudio:
    """Asks nothing yet. What it raises is for `told` to put into words."""
    import httpx
    from label_studio_sdk import LabelStudio

    # A proxy for the world outside knows nothing of this machine.
    outside = not is_loopback(urlsplit(server.url).hostname or "")
    with told(server):
        return LabelStudio(  # type: ignore[no-untyped-call]
            base_url=server.url,
            api_key=server.token,
            timeout=TIMEOUT,
            httpx_client=httpx.Client(timeout=TIMEOUT, follow_redirects=True, trust_env=outside),
        )


@contextmanager
def told(server: Server | None = None) -> Iterator[None]:
    """What goes wrong between us and the server, in words for the user.

    Args:
        server: what its refusals say is searched for its token; None where only its client is at hand.

    Raises:
        GoujiError: E401 where nothing or no Label Studio answers, E402 where the token is refused, E403 where what was
            asked is refused.
    """
    import httpx
    import requests
    from label_studio_sdk.core.api_error import ApiError

    where = server.url if server else "服务器"
    try:
        yield
    except ApiError as error:
        kind, reason = _refusal(error, where)
    except (httpx.TimeoutException, requests.Timeout) as error:
        kind, reason = E401, f"{_address(error, where)} 在 {TIMEOUT:.0f} 秒内没有答复"
    except (httpx.ConnectError, requests.ConnectionError) as error:
        kind, reason = E401, f"{_address(error, where)} 连接不上"
    except (httpx.HTTPError, httpx.InvalidURL, requests.RequestException) as error:
        kind, reason = E401, f"{_address(error, where)} 连接中断（{type(error).__name__}）"
    except JSONDecodeError:
        kind, reason = E401, f"{where} 上的不是 Label Studio"
    else:
        return
    if server:
        reason = reason.replace(server.token, "…")
    # The error itself may hold what must not be shown: no traceback shows it behind ours.
    raise (GoujiError(E402) if kind is E402 else GoujiError(kind, reason=printable(reason))) from None


def _address(error: Exception, known: str) -> str:
    """Which server a request went to, without anything that stood in it but scheme, host and port."""
    try:
        parts = urlsplit(str(getattr(getattr(error, "request", None), "url", "")))
    except RuntimeError:
        # httpx has none to tell.
        return known
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else known


def _refusal(error: ApiError, where: str) -> tuple[ErrorKind, str]:
    """Only of the status and of what the body calls its detail: the rest holds headers with cookies."""
    status = error.status_code
    if status == 401:
        return E402, ""
    if status in (502, 503, 504):
        return E401, f"{where}（HTTP {status}）"
    if not isinstance(error.body, dict):
        if status is None or status < 300:
            return E401, f"{where} 上的不是 Label Studio"
        return E403, f"HTTP {status}"
    details = [error.body.get("detail"), error.body.get("validation_errors")]
    said = "；".join(_words(detail) for detail in details if detail)
    return E403, f"HTTP {status}" + (f"，{said[:LONGEST_REASON]}" if said else "")


def _words(detail: Any) -> str:
    if isinstance(detail, dict):
        return "；".join(f"{name}：{_words(value)}" for name, value in detail.items())
    if isinstance(detail, list):
        return "、".join(map(_words, detail))
    return str(detail)


def upload_files(server: Server, project_id: int, files: Sequence[tuple[str, bytes, str]]) -> list[str]:
    """Puts files on the server, those that are not there yet; only users that are logged in can see them.

    Told apart by content: the same bytes are put there once, however often and under whatever name they are given.

    Args:
        project_id: of a project whose labelling configuration asks for one datum alone, else the server refuses.
        files: name, of which only the ending counts, content, and media type.

    Returns:
        For each file the path of its address on the server, for task data.

    Raises:
        GoujiError: E401, E402, E403.
    """
    names = [sha256(content).hexdigest()[:40] + PurePath(name).suffix.lower() for name, content, _ in files]
    wanted = {own: (own, content, mime) for own, (_, content, mime) in zip(names, files, strict=True)}
    with told(server):
        connection = client(server)
        known = _uploaded(connection, project_id) if wanted else {}
        missing = [file for name, file in wanted.items() if known.get(name, (0, None))[0] != len(file[1])]
        for batch in _batches(missing):
            # Of files under one form name the server would keep only the last.
            form = {f"file{number}": file for number, file in enumerate(batch)}
            _asked(connection, "POST", f"api/projects/{project_id}/import", {"commit_to_project": "false"}, form)
        if missing:
            known = _uploaded(connection, project_id)
    lost = next((name for name in wanted if name not in known), None)
    if lost:
        raise GoujiError(E403, reason=f"上传的文件 {lost} 不在服务器上")
    prefix = urlsplit(server.url).path
    return [f"{prefix}/data/{known[name][1]}" for name in names]


def _batches(files: Sequence[tuple[str, bytes, str]]) -> Iterator[list[tuple[str, bytes, str]]]:
    batch: list[tuple[str, bytes, str]] = []
    size = 0
    for file in files:
        if batch and (len(batch) == MOST_FILES or size + len(file[1]) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += len(file[1])
    if batch:
        yield batch


def _uploaded(connection: LabelStudio, project_id: int) -> dict[str, tuple[int, str]]:
    """Size and path below /data/ of what this user has put there, by the name that it was given."""
    listed = _asked(connection, "GET", f"api/projects/{project_id}/file-uploads", {"all": "true"})
    # The server puts eight characters of its own before the name: upload/5/1a2b3c4d-NAME.
    return {PurePath(one["file"]).name.partition("-")[2]: (one["size"], one["file"]) for one in listed}


def _asked(
    connection: LabelStudio, method: str, path: str, parameters: dict[str, str], files: dict[str, Any] | None = None
) -> Any:
    """The SDK has no call for this, only what its own calls are made with, which knows both kinds of token."""
    from label_studio_sdk.core.api_error import ApiError

    requests = connection._client_wrapper.httpx_client
    response = requests.request(path, method=method, params=parameters, files=files)
    if response.is_success:
        return response.json()
    try:
        body = response.json()
    except JSONDecodeError:
        body = None
    raise ApiError(status_code=response.status_code, body=body)
