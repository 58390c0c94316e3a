"""The machine: Python, processes, memory, room for temporary files, encoding."""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from pipeline.doctor.check import Check, reason

LEAST_PYTHON = (3, 11)
MEMORY_MB = 4096
"""A page image takes up to 2 GB, and two reports may be read at a time."""
TEMPORARY_MB = 1024
_MEGABYTE = 1024 * 1024


def machine() -> list[Check]:
    return [python(), processes(), cores(), memory(), temporary(), encoding()]


def python() -> Check:
    found = f"{platform.python_version()}（{sys.executable}）"
    if sys.version_info[:2] >= LEAST_PYTHON:
        return Check("Python", "ok", found)
    least = ".".join(map(str, LEAST_PYTHON))
    return Check("Python", "broken", found, "程序不能运行", f"安装 Python {least} 或更新的版本，再 make demo")


def processes() -> Check:
    """Each report is read in a forked process; tried on something small."""
    try:
        from pipeline.isolation import run_limited

        works = run_limited(len, "ok", 20, 200) == 2
    except Exception as error:
        said = reason(error)
    else:
        if works:
            return Check("子进程", "ok", "可以建立（fork）")
        said = "没有得到结果"
    costs = "gouji read 等读报告的命令全部不能用：每份报告在单独的进程里读"
    return Check("子进程", "broken", said, costs, "用 Linux 或 macOS；Windows 上用 WSL")


def cores() -> Check:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Check("处理器", "ok", f"{usable} 个可用")


def memory(meminfo: Path = Path("/proc/meminfo")) -> Check:
    available = _available_mb(meminfo)
    if available is None:
        return Check("内存", "ok", "系统没有说明")
    if available >= MEMORY_MB:
        return Check("内存", "ok", f"{available} MB 可用")
    costs = "扫描件可能因内存不足失败（E111）；一次不宜读几份"
    found = f"{available} MB 可用，宜有 {MEMORY_MB} MB"
    return Check("内存", "noted", found, costs, "关掉别的程序，或减少同时读的份数")


def _available_mb(meminfo: Path) -> int | None:
    """What is free or can be freed, less where a control group allows less; None where the system does not say."""
    try:
        lines = dict(line.split(":", 1) for line in meminfo.read_text(encoding="ascii").splitlines())
        available = int(lines["MemAvailable"].split()[0]) // 1024
    except (OSError, ValueError, KeyError, IndexError):
        return None
    try:
        group = Path("/sys/fs/cgroup")
        limit = int((group / "memory.max").read_text(encoding="ascii"))
        used = int((group / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return available
    return min(available, (limit - used) // _MEGABYTE)


def temporary() -> Check:
    try:
        # Made and removed again: a folder may be there and not be ours to write to.
        with tempfile.TemporaryDirectory(prefix="gouji-") as folder:
            free = shutil.disk_usage(folder).free // _MEGABYTE
            (Path(folder) / "x").write_bytes(b"x")
    except OSError as error:
        costs, remedy = "每份报告都要一个临时文件夹，gouji read 不能用", "让 TMPDIR 指向可写的文件夹"
        return Check("临时文件夹", "broken", f"不能写（{error.strerror or type(error).__name__}）", costs, remedy)
    where = tempfile.gettempdir()
    if free >= TEMPORARY_MB:
        return Check("临时文件夹", "ok", f"{where}，{free} MB 可用")
    costs = "用 LibreOffice 转换和很大的文件可能失败"
    return Check("临时文件夹", "noted", f"{where}，只有 {free} MB 可用", costs, "腾出空间，或让 TMPDIR 指向别处")


def encoding() -> Check:
    """What a terminal and file names are written in; records are UTF-8 whatever it says."""
    found = {sys.getfilesystemencoding().lower(), (locale.getpreferredencoding(False) or "").lower()}
    if {name.replace("-", "") for name in found} == {"utf8"}:
        return Check("编码", "ok", "UTF-8")
    costs = "终端里的中文可能显示不出；记录仍是 UTF-8"
    return Check("编码", "noted", "、".join(sorted(found)), costs, "export LANG=C.UTF-8")
