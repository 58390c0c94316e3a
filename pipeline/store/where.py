"""Which output folder a command is about where the user does not say."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import E101, GoujiError
from pipeline.store.swap import STORE, store_folder

USUAL = Path("out")


def find_out(given: Path | None) -> Path:
    """The folder given, or the current one or `./out`, whichever has a store; of a folder `store` itself, the one
    that it lies in.

    Raises:
        GoujiError: E101 where none is given and neither has a store.
    """
    if given is not None:
        return given.parent if store_folder(given) is None and _is_store(given) else given
    for folder in (Path(), USUAL):
        if store_folder(folder) is not None:
            return folder
    raise GoujiError(E101, reason="当前文件夹和 ./out 里都没有数据表，用 --out 指明 gouji ingest 写到的文件夹")


def _is_store(folder: Path) -> bool:
    return folder.name == STORE and store_folder(folder.parent) is not None
