"""The rounds: train, evaluate, ingest, select, push, and pull once people have answered.

Each step but the training is the command of its name in a process of its own, as a person would give it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations.connect import TOKEN_VARIABLE, URL_VARIABLE, Server
from annotations.loop.counting import count_answers, count_open
from annotations.loop.kept import ROUNDS, Kept
from annotations.loop.page import FIGURES, page
from annotations.loop.training import train_on_tags
from annotations.push.tag_predictions import version_of
from annotations.push.tag_tasks import push_tags
from annotations.select.reading import is_waiting
from annotations.selection import Selection, load_selection
from pipeline.errors import E304, E901, GoujiError
from pipeline.isolation import die_with_parent
from pipeline.store.outcomes import LISTING

CURVE, EVALUATION, SELECTION = "curve.html", "evaluation", "selection.json"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a loop is asked to do."""

    reports: tuple[str, ...]
    out: Path
    rounds: int
    count: int
    """Reports asked about in a round."""
    server: Server
    gold: Path | None = None
    held_out: int = 0
    """Synthetic reports of agencies that nothing was fitted on."""
    train: Path | None = None
    """The configuration of the training; None to leave the model as it is."""
    tags: int = 0
    """Texts to be tagged in a round."""
    risk: float = 0.001
    strategy: str = "worth"
    seed: int = 0
    workers: int = 1
    close: bool = False
    """Whether a round ends with what is answered now."""


class Failed(Exception):
    """A step's own command failed and has said why; `code` is its exit code."""

    def __init__(self, step: str, code: int) -> None:
        super().__init__(step)
        self.code = code


def run_rounds(plan: Plan, say: Say) -> str:
    """Goes on where it was; returns what is to be done next, in one line.

    Raises:
        Failed: a command failed.
        GoujiError: E304 where another loop is at work here or nothing can be written, and as the steps raise.
    """
    kept = Kept(plan.out)
    with _ours(plan.out):
        for number in range(1, plan.rounds + 1):
            if kept.of(number, "pull") is not None:
                continue
            said = _round(plan, kept, number, say)
            kept.write(plan.out / CURVE, page(kept.history()))
            if said:
                return said
        return f"{plan.rounds} 轮都做完了，各轮的变化见 {plan.out / CURVE}"


def _round(plan: Plan, kept: Kept, number: int, say: Say) -> str:
    """One round as far as it goes; what it waits for, or nothing where it is done."""
    steps: list[tuple[str, Callable[[], dict[str, Any]]]] = [
        ("train", lambda: _train(plan, kept.folder(number))),
        ("evaluate", lambda: _evaluate(plan, kept.folder(number))),
        ("ingest", lambda: _ingest(plan)),
        ("select", lambda: _select(plan, kept.folder(number), number)),
        ("push", lambda: _push(plan, kept.folder(number))),
    ]
    asked_now = kept.of(number, "push") is None
    for step, do in steps:
        if kept.of(number, step) is None:
            say(f"第 {number} 轮：{WORDS[step]}")
            done = do()
            if step == "select" and not done["reports"] and is_waiting(plan.out):
                # Not noted: once they are answered there may be something to ask.
                return (
                    f"第 {number} 轮暂时没有别的可问，已推送的还没有答完；答完后再运行同一命令"
                    "（推送到别的服务器的，先用 gouji annotate pull 取回）"
                )
            kept.note(number, step, done)
    selected = kept.of(number, "select") or {}
    if not selected.get("reports"):
        return f"第 {number} 轮没有要人看的格，不必再做；各轮的变化见 {plan.out / CURVE}"
    if asked_now:
        # Whoever does not want to wait meant a round that people had seen.
        return _waits(plan, number, count_answers(plan.out, load_selection(kept.folder(number) / SELECTION)))
    pulled = _pull(plan, kept.folder(number))
    if pulled["reports_waiting"] and not plan.close:
        return _waits(plan, number, pulled)
    kept.note(number, "pull", pulled)
    if pulled["disputed"]:
        say(f"{pulled['disputed']} 格两人答案不同：gouji annotate push {plan.out} --adjudicate")
    return ""


def _waits(plan: Plan, number: int, counts: Mapping[str, Any]) -> str:
    return (
        f"第 {number} 轮等人回答：{counts['reports_waiting']} 份报告、{counts['waiting']} 格还没有人答；"
        f"在 {plan.server.url} 答完后再运行同一命令（不再等就加 --close）"
    )


WORDS = {
    "train": "训练", "evaluate": "评测", "ingest": "读取报告", "select": "选格", "push": "推送", "pull": "取回答案"
}  # fmt: skip


def _train(plan: Plan, folder: Path) -> dict[str, Any]:
    if plan.train is None:
        return {"version": version_of(), "texts": 0, "taken": False}
    return train_on_tags(plan.out, plan.train, folder)


def _evaluate(plan: Plan, folder: Path) -> dict[str, Any]:
    """The same reports in every round, so that only a changed program is measured anew."""
    if plan.gold is None and not plan.held_out:
        return {}
    from training.evaluation.figures import Evaluation

    out = plan.out / EVALUATION
    given = ["--gold", str(plan.gold)] if plan.gold else []
    given += ["--synthetic", str(plan.held_out)] if plan.held_out else []
    _run(plan, "evaluate", [*given, "--out", str(out), "--arms", "both", "--workers", str(plan.workers)])
    evaluation = Evaluation.model_validate_json((out / "evaluation.json").read_bytes())
    every = [one for part in evaluation.parts for one in part.figures if one.arm == "both"]
    whole = type(every[0]).model_fields["group"].default if every else ""
    figures = {one.id: one.value for one in every if one.id in FIGURES and one.group == whole}
    threshold = folder / "acceptance.yaml"
    folder.mkdir(parents=True, exist_ok=True)
    told = ["--risk", str(plan.risk), "--results", str(out), "--write", str(threshold)]
    # 1: on so few cells no threshold can be proved.
    found = _run(plan, "find-threshold", told, allowed=(0, 1)) == 0
    return {
        "reports": evaluation.reports, "agencies": evaluation.agencies, "figures": figures,
        "acceptance": str(threshold) if found else None,
    }  # fmt: skip


def _ingest(plan: Plan) -> dict[str, Any]:
    told = [*plan.reports, "--out", str(plan.out), "--workers", str(plan.workers), "--quiet"]
    listing = plan.out / LISTING
    before = listing.stat().st_mtime_ns if listing.exists() else None
    code = _run(plan, "ingest", told, allowed=(0, 1))
    # 1: some files failed, which are listed and the rest is there; or nothing was done.
    if code and (not listing.exists() or listing.stat().st_mtime_ns == before):
        raise Failed("ingest", code)
    return count_open(plan.out)


def _select(plan: Plan, folder: Path, number: int) -> dict[str, Any]:
    path = folder / SELECTION
    path.unlink(missing_ok=True)
    if is_waiting(plan.out, plan.server.url):
        # Of rounds that were closed: what was answered since then is not asked, and what follows from it neither.
        _fetch(plan)
    told = [
        str(plan.out), "--count", str(plan.count), "--strategy", plan.strategy, "--seed", str(plan.seed + number - 1),
        "--batch", batch_of(plan.out, number), "--output", str(path), "--workers", str(plan.workers),
    ]  # fmt: skip
    _run(plan, "annotate select", told)
    if not path.exists():
        return {"reports": 0, "cells": 0}
    chosen = load_selection(path)
    return {"reports": len(chosen.reports), "cells": sum(len(one.fields) for one in chosen.reports)}


def batch_of(out: Path, number: int) -> str:
    """Other folders may ask on the same server: their rounds are not to meet in one project."""
    mark = hashlib.sha256(str(out.resolve()).encode()).hexdigest()[:6]
    return f"{out.resolve().name[:16]}-{mark}-{number}"


def _selection(folder: Path) -> Selection | None:
    path = folder / SELECTION
    return load_selection(path) if path.exists() else None


def _push(plan: Plan, folder: Path) -> dict[str, Any]:
    chosen = _selection(folder)
    if chosen is None:
        return {"tags": 0}
    # 1: of some reports no task could be made, which was said.
    _run(plan, "annotate push", [str(plan.out), "--selection", str(folder / SELECTION)], allowed=(0, 1))
    if not plan.tags:
        return {"tags": 0}
    texts = chosen.model_copy(update={"reports": chosen.reports[: plan.tags]})
    tally = push_tags(plan.out, texts, plan.server, lambda _: None)
    return {"tags": tally.pushed + tally.known}


def _pull(plan: Plan, folder: Path) -> dict[str, Any]:
    _fetch(plan)
    chosen = _selection(folder)
    assert chosen is not None
    return {**count_answers(plan.out, chosen), "open_cells": count_open(plan.out)["open_cells"]}


def _fetch(plan: Plan) -> None:
    # 1: some answers could not be taken, which was said.
    _run(plan, "annotate pull", [str(plan.out), "--workers", str(plan.workers)], allowed=(0, 1))


def _run(plan: Plan, command: str, arguments: Sequence[str], allowed: tuple[int, ...] = (0,)) -> int:
    """Raises Failed; KeyboardInterrupt where the command was interrupted."""
    # Arguments can be seen by everybody on the machine, the environment cannot.
    told = {**os.environ, URL_VARIABLE: plan.server.url, TOKEN_VARIABLE: plan.server.token}
    line = [sys.executable, "-m", "pipeline.cli", *command.split(), *arguments]
    try:
        code = subprocess.run(line, env=told, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent).returncode
    except OSError as error:
        raise GoujiError(E901, reason=f"gouji {command} 不能启动（{error.strerror}）") from None
    if code == 130:
        raise KeyboardInterrupt
    if code not in allowed:
        raise Failed(command, code)
    return code


@contextmanager
def _ours(out: Path) -> Iterator[None]:
    """Raises GoujiError: E304."""
    try:
        (out / ROUNDS).mkdir(parents=True, exist_ok=True)
        with (out / ROUNDS / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise GoujiError(E304, reason=f"另一个 gouji annotate loop 正在用 {out}") from None
            yield
    except OSError as error:
        raise GoujiError(E304, reason=f"{out}（{error.strerror}）") from None
