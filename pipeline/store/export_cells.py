"""Values as a person reads them in a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.show import words
from pipeline.store.export_tables import Kind

_WORDS: Mapping[Kind, Mapping[Any, str]] = {
    "truth": {True: "是", False: "否"},
    "report_status": words.REPORT_STATUS_WORDS,
    "status": words.STATUS_WORDS,
    "kind": words.KIND_WORDS,
}
_STARTS_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
_HARMLESS = re.compile(r"[-+－＋]?[\d.,，]*%?")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def number_text(value: float) -> str:
    """Without a fraction that is 0, never in exponent notation for what a form can hold."""
    return str(int(value)) if value == int(value) else repr(value)


def shown(value: Any, kind: Kind) -> str:
    """One cell as text; empty for null."""
    if value is None:
        return ""
    if kind in _WORDS:
        return _WORDS[kind].get(value, str(value))
    if kind == "number":
        return number_text(value)
    if kind == "numbers":
        return "|".join("空" if one is None else number_text(one) for one in value)
    return _CONTROLS.sub("", str(value))


def guarded(text: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe, which makes it text; numbers and dashes,
    which are none, stay as they are."""
    if _STARTS_FORMULA.match(text) and not _HARMLESS.fullmatch(text):
        return f"'{text}"
    return text


def cell_writer(kind: Kind) -> Callable[[Any], str]:
    """From a value of that kind to its cell of a CSV file."""
    if kind in ("text", "kind", "report_status", "status"):
        return lambda value: guarded(shown(value, kind))
    return lambda value: shown(value, kind)
