from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from annotations.command import INSTALL, STEPS, command


def test_every_step_is_there() -> None:
    parser = argparse.ArgumentParser()
    command(parser.add_subparsers())  # type: ignore[arg-type]
    for name in ("up", "down", *STEPS[1:]):
        with pytest.raises(SystemExit) as left:
            parser.parse_args(["annotate", name, "--help"])
        assert left.value.code == 0


def test_where_a_package_of_the_extra_is_missing_one_line_says_how_to_get_it(tmp_path: Path) -> None:
    server = "http://127.0.0.1:9"
    pushed = {"server": server, "batch": "一", "kind": "cells", "project": 1, "key": "k", "task": 1}
    (tmp_path / "annotate").mkdir()
    (tmp_path / "annotate" / "pushed.jsonl").write_text(json.dumps(pushed) + "\n", encoding="utf-8")
    # As in an installation without the extra: the package cannot be found.
    program = (
        "import sys; sys.modules['httpx'] = None\n"
        "from pipeline.cli import main\n"
        f"sys.exit(main(['annotate', 'pull', sys.argv[1], '--url', '{server}', '--token', 't']))"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"gouji annotate: 缺少人工核对用的包（httpx）：{INSTALL}"]
