"""What one look at the installation found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

T = TypeVar("T")

SECONDS, MEMORY_MB = 120.0, 4096
"""What one look may take."""

State = Literal["ok", "noted", "broken"]
"""`noted`: the program works, but not everything does. `broken`: a needed part is missing or does not work."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the table. Texts are Chinese, one line each."""

    name: str
    state: State
    found: str
    """What is there, or what is wrong."""
    costs: str = ""
    """What does not work without it; empty where all is well."""
    remedy: str = ""
    """How to get it."""


Look: TypeAlias = Callable[[], list[Check]]
"""At one part; may raise anything, which is then what is wrong."""


def apart(look: Callable[[], T]) -> T:
    """The look's answer, from a process of its own: a library that crashes or loops takes only that along."""
    try:
        from pipeline.isolation import run_limited
    except ImportError:
        # No processes of that kind on this system, which another check says.
        return look()
    return run_limited(lambda _: look(), None, SECONDS, MEMORY_MB)


def tried(name: str, look: Callable[[], str], costs: str, remedy: str) -> Check:
    """`ok` with what the look says; `broken` where it fails."""
    try:
        return Check(name, "ok", apart(look))
    except Exception as error:
        # Whatever is broken breaks the look at it in its own way.
        return Check(name, "broken", reason(error), costs, remedy)


def reason(error: BaseException) -> str:
    """An error in one line: a numbered one in its own words, any other with its type."""
    from pipeline.errors import GoujiError

    said = " ".join(str(error).split())
    return said[:200] if isinstance(error, GoujiError) else f"{type(error).__name__}: {said}"[:200]
