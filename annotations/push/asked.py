"""What a task asks, told by its data: as they were pushed, or as the server has them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_ANSWERED = ("field", "kind", "proposed", "printed", "choices")
"""Of a cell: what an answer means depends on them. All else is only looked at."""


def asks_cells(data: Mapping[str, Any]) -> bool:
    """Whether it asks about cells, one by one or as a table, and not about a text."""
    return data["kind"] in ("cells", "overview")


def asked_fields(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The cells that a task as it is pushed asks about; none of a text."""
    if not asks_cells(data):
        return ()
    cells = data["overview"][0]["cells"] if data["kind"] == "overview" else data["cells"]
    return tuple(cell["field"] for cell in cells)


def digest_of(data: Mapping[str, Any]) -> str:
    """The same where the same answer means the same. Of what was changed on the server it may be asked, too: the data
    may be anything that JSON can hold. Empty for a text."""
    if not asks_cells(data):
        return ""
    cells = data.get("cells")
    told = [
        {name: cell.get(name) for name in _ANSWERED} if isinstance(cell, dict) else cell
        for cell in (cells if isinstance(cells, list) else [cells])
    ]
    whole = json.dumps(_plain([told, data.get("overview"), data.get("program")]), sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:24]


def _plain(value: Any) -> Any:
    """5.0 as 5: databases do not tell them apart."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
