"""The form as data: rows, columns, label variants and rules, from configs/templates/*.yaml.

A field id is `TABLE.ROW.COLUMN`. Templates are chosen table by table: a report of 2023 may carry the
table 3 of 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

import yaml

from pipeline.errors import E302, GoujiError

TABLES = ("t2", "t3", "t4")


@dataclass(frozen=True, slots=True)
class Column:
    id: str
    label: str
    variants: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    label: str
    columns: tuple[str, ...]
    """Ids of the columns that the row has, in order."""
    number: str = ""
    """Numbering before the label: `一`, `（一）`, `1`."""
    group: str = ""
    """The label under which the row stands."""
    note: str = ""
    """What the form prints in brackets behind the label."""
    variants: tuple[str, ...] = ()

    @property
    def full_label(self) -> str:
        """As the form prints it, with numbering: `一、本年新收…`, `（一）予以公开`, `1.属于国家秘密`."""
        if not self.number:
            return self.label
        if self.number.startswith("（"):
            return self.number + self.label
        return self.number + ("." if self.number.isascii() else "、") + self.label


@dataclass(frozen=True, eq=False)
class Rule:
    """`sum(left) = sum(right)` over field ids. Loaded once, so that identity is equality and hashing is cheap."""

    id: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    label: str
    clause: str

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return (*self.left, *self.right)

    @cached_property
    def across_rows(self) -> bool:
        """Whether its fields stand in several rows."""
        return len({field.split(".")[1] for field in self.fields}) > 1


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table of one template. Loaded once, so that identity is equality and hashing is cheap."""

    id: str
    template: str
    section: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    headings: tuple[str, ...]
    rules: tuple[Rule, ...]
    line: bool = False
    """The rows stand side by side on one line of the paper."""
    signed: frozenset[str] = frozenset()
    """Ids of the columns whose numbers may be negative."""
    decimal: frozenset[str] = frozenset()
    """Ids of the columns whose numbers may have a fraction."""

    def column(self, column_id: str) -> Column:
        return next(column for column in self.columns if column.id == column_id)

    def field_ids(self) -> list[str]:
        return [f"{self.id}.{row.id}.{column}" for row in self.rows for column in row.columns]

    def describe(self, field_id: str) -> str:
        """A field in the form's own words: `（一）予以公开·自然人`."""
        _, row_id, column_id = field_id.split(".")
        row = next(row for row in self.rows if row.id == row_id)
        return f"{row.full_label}·{self.column(column_id).label}"


@dataclass(frozen=True, slots=True)
class SectionTitle:
    number: str
    title: str
    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    id: str
    first_year: int
    last_year: int | None
    source: str
    """The legal act that prescribes the form."""
    sections: tuple[SectionTitle, ...]
    tables: dict[str, Table]


@cache
def load_templates() -> dict[str, Template]:
    """All templates of configs/templates by id, oldest first.

    Raises:
        GoujiError: E302 where a file does not have the shape of a template.
    """
    folder = resources.files("configs") / "templates"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    templates = []
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            try:
                templates.append(_template(yaml.load(file.read_text(encoding="utf-8"), loader)))
            except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
                raise GoujiError(E302, reason=f"{file.name}: {error!r}") from error
    return {template.id: template for template in sorted(templates, key=lambda template: template.first_year)}


def table(template_id: str, table_id: str) -> Table:
    return load_templates()[template_id].tables[table_id]


def template_for_year(year: int | None) -> str:
    """The template that a report of the year should use; the newest where the year is unknown."""
    templates = load_templates()
    for template in templates.values():
        if year is not None and template.first_year <= year <= (template.last_year or year):
            return template.id
    return list(templates)[-1]


def _template(raw: dict[str, Any]) -> Template:
    template_id = str(raw["template"])
    return Template(
        id=template_id,
        first_year=int(raw["first_year"]),
        last_year=raw["last_year"],
        source=raw["source"],
        sections=tuple(
            SectionTitle(number, entry["title"], tuple(entry.get("variants", ())))
            for number, entry in raw["sections"].items()
        ),
        tables={table_id: _table(table_id, template_id, entry) for table_id, entry in raw["tables"].items()},
    )


def _table(table_id: str, template_id: str, raw: dict[str, Any]) -> Table:
    columns = tuple(
        Column(entry["id"], entry["label"], tuple(entry.get("variants", ())), entry.get("note", ""))
        for entry in raw["columns"]
    )
    all_columns = tuple(column.id for column in columns)
    rows = tuple(
        Row(
            id=entry["id"],
            label=entry["label"],
            columns=tuple(entry.get("columns", all_columns)),
            number=entry.get("number", ""),
            group=entry.get("group", ""),
            note=entry.get("note", ""),
            variants=tuple(entry.get("variants", ())),
        )
        for entry in raw["rows"]
    )
    rules = tuple(rule for entry in raw.get("rules", ()) for rule in _rules(table_id, rows, columns, entry))
    return Table(
        id=table_id,
        template=template_id,
        section=raw["section"],
        title=raw["title"],
        columns=columns,
        rows=rows,
        headings=tuple(raw.get("headings", ())),
        rules=rules,
        line=bool(raw.get("line", False)),
        signed=frozenset(raw.get("signed", ())),
        decimal=frozenset(raw.get("decimal", ())),
    )


def _rules(table_id: str, rows: tuple[Row, ...], columns: tuple[Column, ...], raw: dict[str, Any]) -> list[Rule]:
    """One rule for each row (or column) from a pattern over columns (or rows)."""
    known = {row.id for row in rows} | {column.id for column in columns}
    unknown = [name for name in (*raw["sum"], *raw["equals"]) if name not in known]
    if unknown:
        raise ValueError(f"rule {raw['id']} names unknown rows or columns {unknown}")

    def build(**each: Row | Column) -> Rule:
        ((axis, item),) = each.items()

        def field(other: str) -> str:
            return f"{table_id}.{item.id}.{other}" if axis == "row" else f"{table_id}.{other}.{item.id}"

        label = item.full_label if isinstance(item, Row) else item.label
        return Rule(
            id=raw["id"].format(**{axis: item.id}),
            left=tuple(field(other) for other in raw["sum"]),
            right=tuple(field(other) for other in raw["equals"]),
            label=raw["label"].format(**{axis: label}),
            clause=raw["clause"],
        )

    if raw["each"] == "row":
        return [build(row=row) for row in rows]
    return [build(column=column) for column in columns]
