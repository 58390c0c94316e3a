"""Installed fonts by their patterns."""

from __future__ import annotations

import subprocess
from functools import cache


@cache
def font_file(pattern: str) -> tuple[str, int]:
    """Path of the installed font that fits a pattern of fontconfig best, and its index in that file."""
    command = ["fc-match", "-f", "%{file}|%{index}", pattern]
    path, index = subprocess.run(command, check=True, capture_output=True, text=True).stdout.rsplit("|", 1)
    return path, int(index)
