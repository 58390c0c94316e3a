"""Where contents that were listed lie now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import GoujiError
from pipeline.ingest.listing import SEPARATOR, listed
from pipeline.ingest.remote import is_url
from pipeline.ingest.sources import Found, find_files


@dataclass(frozen=True, slots=True)
class Content:
    """One content."""

    path: Path
    file_name: str
    size: int
    spooled: bool
    """Whether `path` is a copy, to be removed by whoever asked."""


def find_contents(out: Path, wanted: Iterable[str], spool: Path) -> dict[str, Content]:
    """By SHA-256, by the paths under which they were found; members of archives are copied into `spool`. What is no
    longer there is left out; whether a file is still what it was is not looked at."""
    left = set(wanted)
    found: dict[str, Content] = {}
    archives: dict[str, None] = {}
    for entry in listed(out) if left else ():
        if entry.sha256 not in left or entry.sha256 in found:
            continue
        if is_url(entry.name) or (SEPARATOR in entry.name and not Path(entry.name).exists()):
            archives[entry.name.split(SEPARATOR)[0]] = None
        elif Path(entry.name).is_file():
            found[entry.sha256] = Content(Path(entry.name), Path(entry.name).name, entry.size or 0, False)
    for archive in archives:
        for member in _members(archive, spool, out):
            if member.sha256 in left and member.sha256 not in found:
                found[member.sha256] = Content(member.path, member.file_name, member.size, member.spooled)
            else:
                member.release()
    return found


def _members(archive: str, spool: Path, out: Path) -> Iterator[Found]:
    try:
        yield from find_files([archive], spool, out)
    except GoujiError:
        # It is no longer there.
        return
