"""The table of field ids in docs/record.md, from the templates: `python -m training.field_table` writes it anew."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.template import TABLES, load_templates

MARKS = ("<!-- fields: begin -->", "<!-- fields: end -->")
"""Between these stands what is generated."""


def field_table() -> str:
    """Markdown: for each table of the form its rows with the ids of their columns, and the templates that have them."""
    templates = load_templates()
    lines: list[str] = []
    for table_id in TABLES:
        tables = {template.id: template.tables[table_id] for template in templates.values()}
        newest = tables[max(tables)]
        lines += ["", f"#### `{table_id}` {newest.section}、{newest.title}", ""]
        labels: dict[str, list[str]] = {}
        for column in (column for table in tables.values() for column in table.columns):
            known = labels.setdefault(column.id, [])
            known += [column.label + column.note] if column.label + column.note not in known else []
        lines.append("Columns: " + " · ".join(f"`{column}` {' / '.join(known)}" for column, known in labels.items()))
        lines += ["", f"| row | label | {' | '.join(tables)} |", "|---|---|" + "---|" * len(tables)]
        rows = {row.id: row for table in tables.values() for row in table.rows}
        order = [row.id for row in newest.rows]
        order += [row_id for row_id in rows if row_id not in order]
        for row_id in order:
            row = rows[row_id]
            group = f"{row.group} / " if row.group and table_id != "t2" else ""
            marks = []
            for table in tables.values():
                found = next((other for other in table.rows if other.id == row_id), None)
                whole = found and len(found.columns) == len(table.columns)
                marks.append("" if not found else "all" if whole else " ".join(f"`{name}`" for name in found.columns))
            lines.append(f"| `{row_id}` | {group}{row.full_label} | {' | '.join(marks)} |")
    return "\n".join(lines) + "\n"


def write(path: Path) -> None:
    """Puts the table between the marks of a document."""
    before, rest = path.read_text(encoding="utf-8").split(MARKS[0])
    _, after = rest.split(MARKS[1])
    path.write_text(f"{before}{MARKS[0]}\n{field_table()}\n{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/record.md"))
