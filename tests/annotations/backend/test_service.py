"""The service as the server asks it, over HTTP, and its queue under a kill."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from annotations.backend.current import MODELS, CurrentModel, make_current
from annotations.backend.received import FOLDER, TRAININGS, Queue, note_training
from annotations.backend.service import BadRequest, Retraining, Service
from annotations.push.tag_predictions import model_of, predictions_of, shipped_folder, version_of
from annotations.screens.tags import tag_screen
from pipeline.errors import GoujiError
from tests.annotations.backend.made import TEXT, new, webhook

SECRET = "0123456789abcdef-secret-token"


def service(data: Path) -> Service:
    return Service(data, Retraining(0, Path("configs/tagger.yaml")), lambda _: None)


@contextmanager
def serving(data: Path) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """The command itself, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = [sys.executable, "-m", "pipeline.cli", "annotate", "backend", "--port", str(port), "--data", str(data)]
    child = subprocess.Popen(line, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
        try:
            until = time.monotonic() + 60
            while True:
                try:
                    client.get("/health")
                    break
                except httpx.ConnectError:
                    assert child.poll() is None and time.monotonic() < until, child.stderr and child.stderr.read()
                    time.sleep(0.1)
            yield client, child
        finally:
            child.kill()
            child.wait()


def test_predictions_are_the_models_in_the_order_of_the_tasks(tmp_path: Path) -> None:
    made = service(tmp_path).predict(
        {
            "tasks": [{"id": 1, "data": {"text": TEXT}}, {"id": 2, "data": {"text": "收到申请9件。\n"}}],
            "label_config": tag_screen(),
        }
    )
    model = model_of(shipped_folder(), version_of())
    wanted = [predictions_of(text, (), model, version_of()) for text in (TEXT, "收到申请9件。\n")]
    assert made == {"results": wanted, "model_version": version_of()}


@pytest.mark.parametrize(
    "body",
    [
        [], {}, {"tasks": 3}, {"tasks": [{"id": 1}]}, {"tasks": [{"id": 1, "data": {}}]},
        {"tasks": [{"id": 1, "data": {"text": 5}}]}, {"tasks": [{"id": 1, "data": {"text": "字" * 200_001}}]},
        {"tasks": [], "label_config": "<View/>"},
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_in_a_line(tmp_path: Path, body: object) -> None:
    with pytest.raises(BadRequest) as refused:
        service(tmp_path).predict(body)
    assert "\n" not in str(refused.value)


def test_annotations_wait_until_they_were_learnt_from(tmp_path: Path) -> None:
    one = service(tmp_path)
    assert one.hear(webhook())
    assert one.hear(webhook(annotation=8))
    assert one.queue.waiting() == 2
    # The same again is nothing new; an older state does not take the place of a newer one.
    assert not one.hear(webhook())
    assert not one.hear(webhook(at="2025-01-01T00:00:00.000000Z", result=[]))
    assert one.queue.waiting() == 2
    note_training(tmp_path, {"learnt": dict(one.queue._marks)})
    assert one.queue.waiting() == 0
    assert one.hear(webhook(action="ANNOTATION_UPDATED", at="2026-02-01T00:00:00.000000Z", result=[]))
    assert (one.queue.waiting(), Queue(tmp_path).waiting()) == (1, 1)
    assert one.hear({"action": "ANNOTATIONS_DELETED", "project": {"id": 1}, "annotations": [{"id": 7}, {"id": 8}]})
    assert (one.queue.waiting(), one.queue.all()) == (0, [])


def test_other_tasks_and_other_events_are_nothing_to_learn_from(tmp_path: Path) -> None:
    one = service(tmp_path)
    cells = webhook()
    cells["task"]["data"]["kind"] = "cells"
    skipped = webhook()
    skipped["annotation"]["was_cancelled"] = True
    assert not any(map(one.hear, (cells, skipped, {"action": "PROJECT_UPDATED"}, {"action": "START_TRAINING"})))
    assert one.queue.all() == []


def test_a_malformed_queue_is_told_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "1-2.json").write_text("{")
    with pytest.raises(GoujiError, match="E305"):
        service(tmp_path)
    (tmp_path / FOLDER / "1-2.json").unlink()
    (tmp_path / TRAININGS).write_text("[]\n")
    with pytest.raises(GoujiError, match="E305"):
        service(tmp_path).queue.waiting()


def test_a_new_model_is_used_at_once(tmp_path: Path) -> None:
    current = CurrentModel(tmp_path)
    assert current.get().version == version_of()
    other = tmp_path / MODELS / "tagger-x"
    shutil.copytree(shipped_folder(), other)
    about = json.loads((other / "tagger.json").read_text())
    (other / "tagger.json").write_text(json.dumps({**about, "temperature": 3.0}))
    make_current(tmp_path, "tagger-x")
    changed = current.get()
    assert changed.version == version_of(other) != version_of()
    assert changed.model.about["temperature"] == 3.0
    (tmp_path / "current.json").write_text('{"model": "../.."}')
    with pytest.raises(GoujiError, match="E305"):
        current.get()


def test_over_http(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, child):
        assert client.get("/health").json() == {"status": "UP", "model_version": version_of()}
        setup = {"project": "1.2", "schema": tag_screen(), "access_token": SECRET, "hostname": "h"}
        assert client.post("/setup", json=setup).json() == {"model_version": version_of()}
        assert client.get("/versions").json()["versions"] == [version_of()]
        made = client.post("/predict", json={"tasks": [{"id": 1, "data": {"text": TEXT}}]}).json()
        assert made["results"][0]["result"]
        started = time.monotonic()
        assert client.post("/webhook", json=webhook()).json() == {"queued": True}
        assert time.monotonic() - started < 1
        bad: list[dict[str, Any]] = [
            {"content": b"{", "headers": {"content-type": "application/json"}},
            {"content": b"[" * 200_000, "headers": {"content-type": "application/json"}},
            {"content": json.dumps(webhook()).encode(), "headers": {"content-type": "text/plain"}},
            {"json": {"action": "ANNOTATION_CREATED"}},
            {"json": {"access_token": SECRET}},
        ]
        for one in bad:
            answer = client.post("/webhook", **one)
            assert 400 <= answer.status_code < 500
            assert "\n" not in answer.json()["detail"] and SECRET not in answer.text
        assert client.get("/nothing").status_code == 404
        child.send_signal(signal.SIGINT)
        assert child.wait(20) in (0, 130, -signal.SIGINT)
        assert child.stdout and child.stderr
        said = child.stdout.read() + child.stderr.read()
        assert "Traceback" not in said and SECRET not in said
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert SECRET.encode() not in kept


@pytest.mark.slow
def test_webhooks_are_answered_within_a_second_while_texts_are_predicted(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, _):
        long = {"tasks": [{"id": number, "data": {"text": TEXT * 60}} for number in range(4)]}
        body = json.dumps(long).encode()
        busy = subprocess.Popen(
            [sys.executable, "-c", "import sys,httpx;httpx.post(sys.argv[1],content=sys.stdin.buffer.read(),"
             "headers={'content-type':'application/json'},timeout=100,trust_env=False)", f"{client.base_url}/predict"],
            stdin=subprocess.PIPE,
        )  # fmt: skip
        assert busy.stdin
        busy.stdin.write(body)
        busy.stdin.close()
        slowest, asked = 0.0, 0
        while busy.poll() is None and asked < 100:
            started = time.monotonic()
            assert client.post("/webhook", json=webhook(annotation=100 + asked)).json() == {"queued": True}
            slowest, asked = max(slowest, time.monotonic() - started), asked + 1
        busy.wait()
        assert asked > 3
        assert slowest < 1


@pytest.mark.slow
def test_what_was_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    answered = []
    with serving(tmp_path) as (client, child):
        for number in range(60):
            if number == 45:
                os.kill(child.pid, signal.SIGKILL)
            try:
                client.post("/webhook", json=webhook(annotation=number, result=[new()])).raise_for_status()
                answered.append(number)
            except httpx.HTTPError:
                assert number >= 45
    assert len(answered) >= 45
    kept = {one.annotation for one in Queue(tmp_path).all()}
    assert set(answered) <= kept
    with serving(tmp_path) as (client, _):
        assert client.post("/webhook", json=webhook(annotation=999)).json() == {"queued": True}
    assert Queue(tmp_path).waiting() == len(kept) + 1


def test_a_taken_port_is_told_in_a_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = ["annotate", "backend", "--port", str(taken.getsockname()[1]), "--data", str(tmp_path)]
        done = subprocess.run([sys.executable, "-m", "pipeline.cli", *line], capture_output=True, text=True)
    assert done.returncode != 0
    assert "E304" in done.stderr and len(done.stderr.strip().splitlines()) <= 2


def test_another_model_is_told_once(tmp_path: Path) -> None:
    one = service(tmp_path)
    told: list[str] = []
    one.changed = lambda current: told.append(current.version)
    one.tend()
    other = tmp_path / MODELS / "tagger-x"
    shutil.copytree(shipped_folder(), other)
    about = json.loads((other / "tagger.json").read_text())
    (other / "tagger.json").write_text(json.dumps({**about, "temperature": 3.0}))
    make_current(tmp_path, "tagger-x")
    one.tend()
    one.tend()
    assert told == [version_of(other)]
