"""The service over HTTP, as Label Studio asks: /health, /setup, /predict, /webhook, /versions.

What the server sends with /setup holds a token of its owner; it is neither kept nor looked at, and nothing is logged.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event, Thread
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from annotations.backend.service import BadRequest, Service
from pipeline.errors import GoujiError

LARGEST = 64 << 20
"""Bytes of a request."""
TEND_SECONDS = 2.0


def application(service: Service, tend_seconds: float = TEND_SECONDS) -> FastAPI:
    """The application. While it runs it looks after trainings every so many seconds."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        ended = Event()

        def tend() -> None:
            while not ended.wait(tend_seconds):
                service.tend_safely()

        thread = Thread(target=tend, daemon=True)
        thread.start()
        yield
        ended.set()
        await run_in_threadpool(thread.join)
        service.close()

    app = FastAPI(title="gouji", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return JSONResponse({"detail": error.detail}, error.status_code)

    @app.exception_handler(Exception)
    async def failed(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"detail": f"服务内部错误：{type(error).__name__}"}, 500)

    @app.get("/")
    @app.get("/health")
    async def health() -> dict[str, Any]:
        return {"status": "UP", "model_version": await _answer(lambda: service.current().version)}

    @app.post("/setup")
    async def setup(request: Request) -> dict[str, Any]:
        await _body(request)
        return {"model_version": await _answer(lambda: service.current().version)}

    @app.get("/versions")
    async def versions() -> dict[str, Any]:
        return {"versions": [await _answer(lambda: service.current().version)], "message": ""}

    @app.post("/predict")
    async def predict(request: Request) -> Any:
        body = await _body(request)
        return await _answer(lambda: service.predict(body))

    @app.post("/webhook")
    async def webhook(request: Request) -> dict[str, Any]:
        body = await _body(request)
        return {"queued": await _answer(lambda: service.hear(body))}

    return app


async def _body(request: Request) -> object:
    """Raises HTTPException. Pages of other sites, open in a browser here, cannot send this type of content."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, "请求应当是 application/json")
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > LARGEST:
            raise HTTPException(413, f"请求超过 {LARGEST >> 20} MB")
    try:
        return json.loads(bytes(received))
    except (ValueError, RecursionError):
        raise HTTPException(400, "请求不是 JSON") from None


async def _answer(do: Any) -> Any:
    try:
        return await run_in_threadpool(do)
    except BadRequest as error:
        raise HTTPException(422, str(error)) from None
    except GoujiError as error:
        raise HTTPException(503, str(error)) from None
    except OSError as error:
        raise HTTPException(503, f"无法写入队列（{error.strerror}）") from None
