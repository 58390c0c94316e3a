from __future__ import annotations

import pytest

from annotations.push.choices import KEYS, MENDED, MOST_NUMBERS, choices, numbers
from pipeline.record import Candidate, Field, FieldSource, SeenText


def field(status: str, printed: str | None, value: int | None, could_be: tuple[int | None, ...] = ()) -> Field:
    return Field(
        printed=printed, kind="number" if printed else "blank", value=value, status=status, confidence=0.5,
        candidates=tuple(Candidate(value=one, cost=0) for one in could_be),
    )  # type: ignore[arg-type]  # fmt: skip


def aliases(one: Field, place: int = 0) -> list[str]:
    return [choice["alias"] for choice in choices(one, place)]


def test_what_could_be_there_comes_first() -> None:
    ambiguous = field("ambiguous", "5", None, (5, 6))
    assert aliases(ambiguous) == ["is:5", "is:6", "blank", "dash", "unreadable", "source", "other"]


def test_a_repair_can_be_confirmed_with_its_print() -> None:
    repaired = field("repaired", "0", 11)
    assert aliases(repaired)[:3] == [MENDED, "is:11", "is:0"]
    assert choices(repaired, 0)[0]["value"] == "印 0，应为 11"
    # The page may print what the program made of it: then a reader was wrong, not the agency.
    assert MENDED not in aliases(field("read", "11", 11))


def test_what_is_not_printed_cannot_be_printed_wrong() -> None:
    assert "source" not in aliases(field("inferred", None, 3))
    assert aliases(field("ambiguous", None, None, (None, 2)))[0] == "is:2"


@pytest.mark.parametrize("place", range(len(KEYS)))
def test_keys_are_a_row_of_the_keyboard(place: int) -> None:
    keys = [choice["hotkey"] for choice in choices(field("ambiguous", "5", None, (5, 6)), place)]
    assert keys == [KEYS[place][at] for at in (0, 1, 5, 6, 7, 8, 9)]


def test_no_key_means_two_things() -> None:
    every = [key for row in KEYS for key in row]
    assert len(every) == len(set(every))
    assert not any("hotkey" in choice for choice in choices(field("read", "5", 5), len(KEYS)))


def test_what_each_look_gave_is_offered_too() -> None:
    looks = tuple(SeenText(reader="r", text=text, score=0.5) for text in ("8", "3", "B", "1,234", "9"))
    seen = field("ambiguous", "8", None, (8,)).model_copy(update={"source": FieldSource(looks=looks)})
    assert numbers(seen) == [8, 3, 1234, 9][:MOST_NUMBERS]
