"""What the token classifier tells apart: where a number begins, which row and column of the form it is, and sections.

A field is a row and a column (`t3.new` and `natural`). The network says both on their own, which is how it can know a
field that it has seldom seen; only pairs that a form has count.
"""

from __future__ import annotations

from functools import cache

from pipeline.template import load_templates

OUTSIDE, FIRST, INSIDE = 0, 1, 2
"""Classes of the first head: a token of no number, the first of one, one of the rest."""
SECTIONS = ("", "一", "二", "三", "四", "五", "六")
"""Empty for what stands outside of the sections."""


@cache
def fields() -> tuple[str, ...]:
    """All fields of all forms, sorted."""
    forms = load_templates().values()
    return tuple(sorted({field for form in forms for table in form.tables.values() for field in table.field_ids()}))


@cache
def rows() -> tuple[str, ...]:
    """All rows, `t3.new`, sorted."""
    return tuple(sorted({row_of(field) for field in fields()}))


@cache
def columns() -> tuple[str, ...]:
    """All columns, sorted; a name that several tables have is one column."""
    return tuple(sorted({column_of(field) for field in fields()}))


def row_of(field: str) -> str:
    return field.rpartition(".")[0]


def column_of(field: str) -> str:
    return field.rpartition(".")[2]
