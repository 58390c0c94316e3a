"""What is known of the rounds, and how it is drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotations.loop.kept import HISTORY, Kept
from annotations.loop.page import curve, page
from annotations.loop.rounds import batch_of
from pipeline.errors import GoujiError


def asked(kept: Kept, number: int, answered: int, before: int, after: int) -> None:
    kept.note(number, "train", {"version": "tagger-a", "texts": 0, "taken": False})
    kept.note(number, "evaluate", {"figures": {"cells.right": 0.9, "exact.reports": 0.5}})
    kept.note(number, "ingest", {"reports": 9, "open_reports": 3, "open_cells": before})
    kept.note(number, "pull", {"asked": 10, "answered": answered, "corrected": 2, "open_cells": after})


def test_a_step_is_done_once_it_is_noted(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    assert kept.of(1, "train") is None and kept.history() == []
    kept.note(1, "train", {"version": "v"})
    assert Kept(tmp_path).of(1, "train") == {"version": "v"}
    assert kept.history() == [{"round": 1, "done": False, "train": {"version": "v"}}]


def test_the_history_has_a_line_a_round_and_the_same_steps_give_the_same_bytes(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    asked(kept, 1, 8, 30, 20)
    asked(kept, 2, 10, 20, 5)
    first = (tmp_path / HISTORY).read_bytes()
    lines: list[dict[str, Any]] = [json.loads(line) for line in first.splitlines()]
    assert [(one["round"], one["done"], one["pull"]["answered"]) for one in lines] == [(1, True, 8), (2, True, 10)]
    kept.note(2, "pull", lines[1]["pull"])
    assert (tmp_path / HISTORY).read_bytes() == first


def test_a_malformed_step_is_told(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.note(1, "train", {})
    (kept.folder(1) / "train.json").write_text("[]")
    with pytest.raises(GoujiError, match="E305"):
        kept.of(1, "train")


def test_the_curve_is_of_answers_so_far_and_what_is_open_then(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    assert curve(kept.history()) == []
    asked(kept, 1, 8, 30, 20)
    asked(kept, 2, 10, 20, 5)
    kept.note(3, "train", {"version": "tagger-b"})
    assert curve(kept.history()) == [(0, 30), (8, 20), (18, 5)]


def test_the_page_needs_nothing_else_and_is_the_same_for_the_same_rounds(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    asked(kept, 1, 8, 30, 20)
    kept.note(2, "train", {"version": "<script>"})
    made = page(kept.history())
    assert made == page(kept.history())
    assert "待看的格：8，20" in made
    assert "http://" not in made.replace("http://www.w3.org", "") and "<script>&" not in made
    assert "&lt;script&gt;" in made


def test_rounds_of_two_folders_never_meet_in_one_project(tmp_path: Path) -> None:
    names = {batch_of(tmp_path / one / "out", number) for one in "ab" for number in (1, 2)}
    assert len(names) == 4
    assert batch_of(tmp_path / "a" / "out", 1) == batch_of(tmp_path / "a" / ".." / "a" / "out", 1)
    assert all(len(name) < 40 for name in names)
