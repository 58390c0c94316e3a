from __future__ import annotations

import pytest

from pipeline.show.form import FormTable, lay_out
from pipeline.template import load_templates

TABLES = [table for template in load_templates().values() for table in template.tables.values()]


def occupied(form: FormTable) -> list[int]:
    """Width of every line of the paper, merged cells from lines above included; cells may not overlap."""
    taken: set[tuple[int, int]] = set()
    rows = form.head + form.body
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            for down in range(cell.row_span):
                for right in range(cell.column_span):
                    place = (number + down, column + right)
                    assert place not in taken
                    taken.add(place)
    return [sum(1 for line, _ in taken if line == number) for number in range(len(rows))]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.template}-{table.id}")
def test_every_field_stands_once_in_a_full_rectangle(table):
    form = lay_out(table)

    fields = [cell.field for row in form.body for cell in row if cell.field]
    assert fields == table.field_ids()
    assert len(set(occupied(form))) == 1


def test_table_3_has_the_merged_cells_of_the_form():
    form = lay_out(load_templates()["2021"].tables["t3"])

    groups = {cell.text: cell.row_span for row in form.body for cell in row if cell.kind == "group"}
    assert groups == {
        "三、本年度办理结果": 22,
        "（三）不予公开": 8,
        "（四）无法提供": 3,
        "（五）不予处理": 5,
        "（六）其他处理": 3,
    }
    assert [cell.text for cell in form.head[1]] == ["自然人", "法人或其他组织", "总计"]


def test_table_4_is_one_line_of_15():
    form = lay_out(load_templates()["2021"].tables["t4"])

    assert [len(row) for row in form.body] == [15]
    assert [(cell.text, cell.column_span) for cell in form.head[0]] == [("行政复议", 5), ("行政诉讼", 10)]
