from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.acceptance import is_accepted, is_taken, load_acceptance, needs_look
from pipeline.reading import read_report
from pipeline.record import Field

EXAMPLES = Path(__file__).parents[2] / "examples"


def field(status: str, kind: str = "number", confidence: float = 0.9) -> Field:
    value = None if status in ("ambiguous", "missing") else 1
    return Field(printed="1", kind=kind, value=value, status=status, confidence=confidence)


@pytest.mark.parametrize(
    ("made", "taken", "look"),
    [
        (field("read"), True, False),
        (field("repaired"), True, False),
        (field("inferred", "blank"), True, False),
        (field("read", confidence=0.79), False, True),
        (field("ambiguous"), False, True),
        (field("inconsistent"), False, True),
        (field("missing", "absent"), False, True),
        (field("missing", "unread"), False, True),
        # The agency left it blank: nobody will see more.
        (field("missing", "blank"), False, False),
    ],
)
def test_what_is_taken_and_what_needs_a_look(made, taken, look):
    assert is_taken(made, 0.8) == taken
    assert needs_look(made, 0.8) == look


def test_a_report_is_accepted_as_a_whole():
    repaired = read_report(EXAMPLES / "column_missing.txt")
    assert repaired.status == "repaired"
    assert is_accepted(repaired, 0.0)
    least = min(one.confidence for one in repaired.fields.values() if one.status != "missing")
    assert not is_accepted(repaired, least + 0.0001)
    assert not is_accepted(read_report(EXAMPLES / "table_lost.md"), 0.0)


def test_the_shipped_threshold_is_a_probability():
    assert 0 <= load_acceptance().threshold < 1
