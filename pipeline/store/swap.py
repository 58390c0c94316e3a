"""A folder put in another's place, so that whatever happens one of the two is there, whole.

    OUT/store          the one that is read
    OUT/store.next     the next one, while it is written
    OUT/store.old      the last one, between two renames
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.store.parts import sync

STORE = "store"
NEXT, OLD = ".next", ".old"
"""Not `.half`, the ending of files that a run removes wherever they lie when it begins."""


def store_folder(out: Path) -> Path | None:
    """The store to be read; None where there is none. Looks only: a writer may be just between its two renames."""
    return next((found for found in (out / STORE, out / f"{STORE}{OLD}") if found.is_dir()), None)


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """A new empty folder that becomes `OUT/store` at the end, or goes where that is not reached.

    Everything in it must be on the disk by then; its folders are seen to here. One writer at a time.

    Raises:
        OSError: where something cannot be written.
    """
    store, following, old = (out / f"{STORE}{suffix}" for suffix in ("", NEXT, OLD))
    out.mkdir(parents=True, exist_ok=True)
    settle(out)
    following.mkdir()
    try:
        yield following
        for folder in (following, *(path for path in following.rglob("*") if path.is_dir())):
            sync(folder)
        if store.is_dir():
            store.rename(old)
        following.rename(store)
        sync(out)
    except BaseException:
        settle(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def settle(out: Path) -> None:
    """Undoes a replacement that was cut short. The old one comes back where the new one had not taken its place."""
    store, following, old = (out / f"{STORE}{suffix}" for suffix in ("", NEXT, OLD))
    if old.is_dir() and not store.is_dir():
        old.rename(store)
    for left in (following, old):
        shutil.rmtree(left, ignore_errors=True)
