"""The service made known to a project on the server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from annotations.backend.current import Current
from annotations.backend.refresh import refresh
from annotations.connect import client, find_server, told
from pipeline.errors import E401, GoujiError

if TYPE_CHECKING:
    import uvicorn
    from label_studio_sdk import LabelStudio

    from annotations.backend.service import Service

TITLE = "gouji"
PATIENCE = 10.0
"""Seconds until the service answers."""


def connect(
    url: str | None, token: str | None, project: int, where: str, service: Service, server: uvicorn.Server
) -> str:
    """Registers the service with a project and gives its open tasks predictions; what was done, in a line.

    Raises:
        GoujiError: E401 to E403 as the server answers.
    """
    found = find_server(url, token)
    until = time.monotonic() + PATIENCE
    while not server.started:
        if time.monotonic() > until:
            raise GoujiError(E401, reason="预标注服务没有起来")
        time.sleep(0.05)
    studio = client(found)
    register(studio, project, where)
    made = refresh(studio, project, service.current())
    def changed(current: Current) -> None:
        refresh(studio, project, current)

    # Until it is told, the server goes on with the order that the old model gave.
    service.changed = changed
    return f"已登记到项目 {project}，给 {made} 个任务预标注"


def register(studio: LabelStudio, project: int, where: str) -> int:
    """The service's id on the server, registered where it is not. The server asks /health and /setup while it does.

    Raises:
        GoujiError: E401 to E403; E403 where the server cannot reach the service.
    """
    with told():
        for one in studio.ml.list(project=project):
            if (one.url or "").rstrip("/") == where and one.id is not None:
                return int(one.id)
        made = studio.ml.create(project=project, url=where, title=TITLE, is_interactive=False)
    assert made.id is not None
    return int(made.id)
