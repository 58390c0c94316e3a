"""Where the gold says that a field is printed, and whether what was read there stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from pipeline.document import Box, Source
from pipeline.record import Field, FieldSource
from training.evaluation.results import Alignment


class Place(BaseModel):
    """A cell or a line, by whatever the format of the file can say; see `pipeline.document.Source`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: int | None = None
    box: Box | None = None
    line: int | None = None
    chars: tuple[int, int] | None = None
    place: str | None = None


Places = Mapping[str, tuple[Place, ...]]
"""By field id; a field may be printed more than once."""


def place_of(source: Source | FieldSource) -> Place:
    return Place(page=source.page, box=source.box, line=source.line, chars=source.chars, place=source.place)


def is_same(found: Place, true: Place) -> bool:
    """Whether two places are one: a cell of the same name, characters in common, the middle of one box in the other."""
    if true.place is not None or found.place is not None:
        return found.place == true.place
    if true.line is not None or found.line is not None:
        if found.line != true.line:
            return False
        if found.chars is None or true.chars is None:
            return True
        return max(found.chars[0], true.chars[0]) < min(found.chars[1], true.chars[1])
    if found.page != true.page or found.box is None or true.box is None:
        return False
    return _holds(true.box, found.box) or _holds(found.box, true.box)


def _holds(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def is_placed(field_id: str, found: Field, places: Places) -> bool | None:
    """Whether the field was read where it is printed; None where nothing was read, or the gold has no place for it."""
    if not _has_digits(found) or found.source is None or field_id not in places:
        return None
    return any(is_same(place_of(found.source), true) for true in places[field_id])


def alignments(fields: Mapping[str, Field], places: Places) -> tuple[Alignment, Alignment]:
    """Numbers put into their row, and into their column, wherever in it.

    A number counts as right where the gold has some field of the same table and row (or column) at that place. Blanks
    count neither way: nothing tells where one stands.
    """
    read = [
        (field_id, place_of(found.source)) for field_id, found in fields.items() if _has_digits(found) and found.source
    ]
    true = [(field_id, place) for field_id, those in places.items() for place in those]
    there = len(places)
    counts = []
    for part in (1, 2):
        right = sum(
            any(_part(other, part) == _part(field_id, part) and is_same(found, place) for other, place in true)
            for field_id, found in read
        )
        counts.append(Alignment(right=right, said=len(read), there=there))
    return counts[0], counts[1]


def _part(field_id: str, part: int) -> tuple[str, str]:
    parts = field_id.split(".")
    return parts[0], parts[part]


def _has_digits(found: Field) -> bool:
    return found.printed is not None and any(char.isdigit() for char in found.printed)


def boxes_of_cells(cells: Sequence[tuple[int, str, Box]]) -> dict[str, tuple[Place, ...]]:
    """Places of page images from (page, field id, box of its cell)."""
    found: dict[str, tuple[Place, ...]] = {}
    for page, field_id, box in cells:
        found[field_id] = (*found.get(field_id, ()), Place(page=page, box=box))
    return found
