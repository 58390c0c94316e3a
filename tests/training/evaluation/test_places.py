"""Whether what was read stands where the gold says."""

from __future__ import annotations

import pytest

from pipeline.record import Field, FieldSource
from training.evaluation.places import Place, alignments, is_placed, is_same
from training.evaluation.results import Alignment


@pytest.mark.parametrize(
    ("found", "true", "same"),
    [
        (Place(line=3, chars=(0, 4)), Place(line=3, chars=(3, 9)), True),
        (Place(line=3, chars=(0, 4)), Place(line=3, chars=(4, 9)), False),
        (Place(line=3, chars=(0, 4)), Place(line=4, chars=(0, 4)), False),
        (Place(line=3), Place(line=3, chars=(4, 9)), True),
        (Place(place="表1 行2 列3"), Place(place="表1 行2 列3"), True),
        (Place(place="表1 行2 列3"), Place(place="表1 行2 列4"), False),
        (Place(page=1, box=(0, 0, 10, 10)), Place(page=1, box=(4, 4, 6, 6)), True),
        (Place(page=1, box=(4, 4, 6, 6)), Place(page=1, box=(0, 0, 10, 10)), True),
        (Place(page=1, box=(0, 0, 10, 10)), Place(page=1, box=(8, 8, 30, 30)), False),
        (Place(page=1, box=(0, 0, 10, 10)), Place(page=2, box=(4, 4, 6, 6)), False),
    ],
)
def test_places(found: Place, true: Place, same: bool) -> None:
    assert is_same(found, true) is same


def read(printed: str | None, line: int) -> Field:
    return Field(
        printed=printed, kind="number", value=None, status="missing", confidence=0, source=FieldSource(line=line)
    )


def test_a_row_read_one_line_too_low() -> None:
    """Two rows of two: the second row's numbers were taken for the first's; the columns are right all the same."""
    places = {
        "t3.new.natural": (Place(line=1, chars=(0, 1)),),
        "t3.new.total": (Place(line=1, chars=(2, 3)),),
        "t3.granted.natural": (Place(line=2, chars=(0, 1)),),
        "t3.granted.total": (Place(line=2, chars=(2, 3)),),
    }

    def at(line: int, start: int) -> Field:
        return read("7", line).model_copy(update={"source": FieldSource(line=line, chars=(start, start + 1))})

    fields = {"t3.new.natural": at(2, 0), "t3.new.total": at(2, 2)}
    rows, columns = alignments(fields, places)
    assert rows == Alignment(right=0, said=2, there=4)
    assert columns == Alignment(right=2, said=2, there=4)
    assert is_placed("t3.new.total", fields["t3.new.total"], places) is False
    assert is_placed("t3.granted.total", at(2, 2), places) is True


def test_a_blank_has_no_place() -> None:
    places = {"t3.new.total": (Place(line=1),)}
    assert is_placed("t3.new.total", read(None, 1), places) is None
    assert is_placed("t3.new.total", read("-", 1), places) is None
    assert is_placed("t3.granted.total", read("3", 1), places) is None
    assert alignments({"t3.new.total": read("/", 1)}, places)[0] == Alignment(right=0, said=0, there=1)
