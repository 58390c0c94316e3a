"""Text whose numbers carry the id of their field in the characters themselves.

A marked character is one code point of a private plane that holds both: which field, and which character. So marks
survive whatever moves, cuts, joins or escapes text, be it a damage, a layout or somebody else's converter, and are
read off what comes out. A font that draws them as what they stand for makes them survive printing as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.tag.labels import SECTIONS
from pipeline.tag.labels import fields as field_ids

FIRST = 0xF0000
"""Start of Supplementary Private Use Area-A."""
ALPHABET = "0123456789０１２３４５６７８９〇零一二三四五六七八九十百千万亿两OoＯ○./-—未无没有,"
"""Characters in which a number, or that there is none, is written."""
ROOM = 64
"""Code points a field."""
TABLES = FIRST + 0x8000
"""Where the marks of numbers in tables begin; those of numbers in prose come before."""
assert len(ALPHABET) <= ROOM
_SECTION_MARKS = 0xFFF00
"""In the same plane: LibreOffice loses the characters of the one behind it."""


@cache
def _places() -> dict[str, int]:
    return {field: FIRST + index * ROOM for index, field in enumerate(field_ids())}


def mark(field: str, text: str, table: bool = False) -> str:
    """The text with every character that numbers are written in marked as this field's.

    Args:
        table: whether it stands in a table and not in prose; a mark tells that as well.

    Raises:
        KeyError: where no form has the field.
    """
    base = _places()[field] + (TABLES - FIRST if table else 0)
    return "".join(chr(base + ALPHABET.index(char)) if char in ALPHABET else char for char in text)


@dataclass(frozen=True, slots=True)
class Labelled:
    text: str
    fields: tuple[str | None, ...]
    """One a character."""
    sections: tuple[str, ...]
    """One a character: that of the last mark before it."""
    tables: tuple[bool, ...]
    """One a character: whether it is marked as one of a table."""


def section_mark(section: str) -> str:
    """A character that says that from here on this section is read."""
    return chr(_SECTION_MARKS + SECTIONS.index(section))


def section_of(text: str) -> str | None:
    """The section that the first mark of one in the text tells; None where there is none."""
    found = (ord(char) - _SECTION_MARKS for char in text)
    return next((SECTIONS[place] for place in found if 0 <= place < len(SECTIONS)), None)


def without_sections(text: str) -> str:
    """The text without marks of sections; those of numbers stay."""
    return "".join(char for char in text if not 0 <= ord(char) - _SECTION_MARKS < len(SECTIONS))


def unmark(text: str) -> Labelled:
    """What the text says, and whose each character is. Marks of sections leave no character behind."""
    ids = field_ids()
    size = len(ids) * ROOM
    shown: list[str] = []
    fields: list[str | None] = []
    sections: list[str] = []
    tables: list[bool] = []
    section = ""
    for char in text:
        code = ord(char)
        if 0 <= code - _SECTION_MARKS < len(SECTIONS):
            section = SECTIONS[code - _SECTION_MARKS]
            continue
        in_table = code >= TABLES
        place = code - (TABLES if in_table else FIRST)
        marked = 0 <= place < size
        shown.append(ALPHABET[place % ROOM] if marked else char)
        fields.append(ids[place // ROOM] if marked else None)
        sections.append(section)
        tables.append(marked and in_table)
    return Labelled("".join(shown), tuple(fields), tuple(sections), tuple(tables))


def shown(text: str) -> str:
    """The text without marks."""
    return text if text.isascii() else unmark(text).text


def is_number(text: str) -> bool:
    """Whether the text, marked or not, is digits alone."""
    plain = shown(text)
    return plain.isascii() and plain.isdigit()


def same_marks(text: str, model: str) -> str:
    """The text with the mark that the first marked character of the model has; unmarked where it has none."""
    of = unmark(model)
    first = next((i for i, field in enumerate(of.fields) if field), None)
    return text if first is None else mark(of.fields[first] or "", text, of.tables[first])
