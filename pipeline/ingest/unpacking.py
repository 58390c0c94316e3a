"""What all kinds of archives have in common: how much may come out of them, and how their damage is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from pipeline.errors import E105, E107, E901, GoujiError, tells_of_memory
from pipeline.limits import Limits

CHUNK = 256 * 1024
"""Bytes that are taken out of a member at a time."""
MOST_MEMBERS = 1_000_000


class TooMuch(GoujiError):
    """E107 of a whole archive: nothing more is taken out of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(E107, reason=reason)


@dataclass(slots=True)
class Allowance:
    """What may still come out of an archive and of those inside it, together."""

    n_bytes: int
    n_members: int = MOST_MEMBERS

    def spend(self, n_bytes: int) -> None:
        """Raises TooMuch."""
        self.n_bytes -= n_bytes
        if self.n_bytes < 0:
            raise TooMuch("解压后的总量超过上限")

    def count(self) -> None:
        """One more member; raises TooMuch."""
        self.n_members -= 1
        if self.n_members < 0:
            raise TooMuch("包内文件太多")


def allowance(packed: int, limits: Limits) -> Allowance:
    """For an archive of `packed` bytes on disk. One of reports may be far larger than a report: what it takes on disk
    bounds what may come out of it."""
    return Allowance(max(limits.max_inflated_bytes, packed * limits.max_ratio))


class Stream(Protocol):
    """What members are read from."""

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


def _nothing() -> Stream:
    raise GoujiError(E901, reason="不应打开的成员")


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive."""

    parts: list[str]
    """Folders and base name, to be shown and for nothing else."""
    size: int
    """In bytes, as the archive says; 0 where it does not."""
    refusal: GoujiError | None = None
    """Why it is not to be opened."""
    open: Callable[[], Stream] = _nothing
    """Its content, to be read before the next member is asked for. Opening and reading may raise GoujiError: E105 and
    E106 for this member, `TooMuch` for the whole archive."""


@contextmanager
def damage_told(what: str) -> Iterator[None]:
    """Turns whatever a library says of a damaged or hostile archive into E105, and a lack of memory into `TooMuch`."""
    try:
        yield
    except GoujiError:
        raise
    except Exception as error:
        # They have no error of their own for it: they fail wherever they happen to stumble.
        if tells_of_memory(error):
            raise TooMuch(f"{what}解压需要太多内存") from None
        raise GoujiError(E105, reason=f"{what}无法解开（{type(error).__name__}）") from None


class Told:
    """A stream whose failures are told as GoujiErrors, and whose bytes are counted where an allowance is given."""

    def __init__(self, stream: Stream, allowed: Allowance | None = None) -> None:
        self._stream, self._allowed = stream, allowed

    def read(self, size: int) -> bytes:
        with damage_told("内容"):
            content = self._stream.read(size)
        if self._allowed is not None:
            self._allowed.spend(len(content))
        return content

    def close(self) -> None:
        self._stream.close()
