"""What the arguments of the command lead to in the file system, before anything is opened."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import E101, E103, E304, GoujiError
from pipeline.ingest.left_out import PAGES, left_out, pages_wanted, why_left_out
from pipeline.ingest.names import decoded, readable
from pipeline.ingest.walk import Met, identity, is_folder, is_pattern, is_within, joined, matching, missing, walk
from pipeline.limits import default_limits
from pipeline.read.open import open_regular, reason_of

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class _Start:
    path: str
    refusal: GoujiError | None = None
    named: bool = True
    """Whether somebody wrote it down, and no pattern found it."""


def met_by(paths: Sequence[str], out: Path) -> Iterator[Met]:
    """All that the arguments lead to, each file once, in the order of the arguments.

    Args:
        paths: files, folders, patterns, `@list`.
        out: a folder in which nothing is looked at, named or not; it need not exist.

    Raises:
        GoujiError: E101 at once where nothing is at a path, fits a pattern, or is at any path of a list; E304 at once
            where all lies in `out`.
    """
    real_out = os.path.realpath(out)
    starts = [start for path in paths for start in _starts(path, real_out)]
    outside = [start for start in starts if not is_within(start.path, real_out)]
    if starts and not outside:
        raise GoujiError(E304, reason=f"要读的文件都在输出文件夹 {readable(str(out))} 里")
    return _met(outside, real_out)


def _met(starts: list[_Start], out: str) -> Iterator[Met]:
    seen: set[str] = set()
    for start in starts:
        if start.refusal is not None:
            all_met = iter([Met(start.path, start.refusal)])
        elif is_folder(start.path):
            all_met = walk(start.path, out)
        else:
            all_met = iter([_file(start)])
        for met in all_met:
            place = identity(met.path)
            if place not in seen:
                seen.add(place)
                yield met


def _file(start: _Start) -> Met:
    reason = why_left_out(start.path.rpartition("/")[2])
    if not reason and not start.named and _is_of_page(start.path):
        reason = "网页附带的图片等文件"
    return Met(start.path, left_out(reason), _size(start.path)) if reason else Met(start.path)


def _is_of_page(path: str) -> bool:
    pages = pages_wanted(path.split("/"))
    return any(Path(f"{page}.{ending}").is_file() for page in pages for ending in PAGES)


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


def _starts(path: str, out: str) -> list[_Start]:
    """Raises GoujiError, whose reason names the path."""
    if path.startswith("@"):
        return _of_list(path[1:], out)
    found = _expanded(path, out)
    if found:
        return found
    error = missing(path)
    reason = "没有符合的文件" if is_pattern(path) else error.details["reason"] if error else ""
    raise GoujiError(E101, reason=f"{readable(path)}（{reason}）")


def _expanded(path: str, out: str) -> list[_Start]:
    """Empty where there is nothing. What is there by that very name is no pattern."""
    if missing(path) is None:
        return [_Start(str(Path(path)))]
    return [_Start(found, named=False) for found in matching(path, out)] if is_pattern(path) else []


def _of_list(path: str, out: str) -> list[_Start]:
    """What a list leads to. A path in it that is not there is a file that failed, as one that vanishes is; only where
    none is there, the list is not what was meant."""
    folder = path.rpartition("/")[0] + "/" if "/" in path else ""
    starts: list[_Start] = []
    n_missing = 0
    for line in _lines(path):
        text = decoded(line)
        # Names on disk may be in the encoding of the list, and paths may come from Windows.
        spellings = dict.fromkeys((text, os.fsdecode(line), text.replace("\\", "/")))
        found = next(filter(None, (_expanded(joined(folder, spelling), out) for spelling in spellings)), [])
        if not found:
            n_missing += 1
            error = missing(joined(folder, text)) or GoujiError(E101, reason="没有符合的文件")
            found = [_Start(joined(folder, text), error)]
        starts += found
    if n_missing == len(starts):
        reason = "清单里的路径都不存在" if starts else "清单里没有路径"
        raise GoujiError(E101, reason=f"{readable(path)}（{reason}）")
    return starts


def _lines(path: str) -> list[bytes]:
    """The paths of a list as its encoding has them, UTF-16 made UTF-8."""
    limit = default_limits().max_markup_bytes
    try:
        with open_regular(Path(path)) as file:
            data = file.read(limit + 1)
    except GoujiError as error:
        raise GoujiError(E101, reason=f"清单 {readable(path)}（{error.details['reason']}）") from None
    except OSError as error:
        raise GoujiError(E101, reason=f"清单 {readable(path)}（{reason_of(Path(path), error)}）") from None
    if len(data) > limit:
        raise GoujiError(E103, size=len(data), limit=limit)
    if data.startswith(_UTF_16):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    lines = (line.strip() for line in data.removeprefix(codecs.BOM_UTF8).splitlines())
    return [line for line in lines if line and not line.startswith(b"#")]
