from __future__ import annotations

from itertools import pairwise
from random import Random
from time import sleep

import pytest

from pipeline.read.open import read_document
from pipeline.template import load_templates
from training.mangle import DAMAGES, LAYOUTS, Sheet, draw_report, mangled, page_of

SEEDS = range(40)


def test_the_same_seed_makes_the_same_file():
    first = [mangled(Random(seed)) for seed in SEEDS] + [mangled(Random(1), "xlsx")]
    # Zip files tell the time in steps of two seconds.
    sleep(2.1)
    second = [mangled(Random(seed)) for seed in SEEDS] + [mangled(Random(1), "xlsx")]

    assert [made.data for made in first] == [made.data for made in second]
    assert [(made.layout, made.damages, made.truth) for made in first] == [
        (made.layout, made.damages, made.truth) for made in second
    ]


def test_what_is_known_is_consistent():
    n_rules = 0
    for seed in SEEDS:
        made = mangled(Random(seed))
        for table in made.report.tables.values():
            for rule in table.rules:
                left, right = ([made.truth[field] for field in side] for side in (rule.left, rule.right))
                if None not in left and None not in right:
                    assert sum(left) == sum(right), (seed, rule.id)
                    n_rules += 1

    assert n_rules > 30 * len(SEEDS)


def test_both_templates_and_every_way_to_leave_blanks_are_drawn():
    reports = [draw_report(Random(seed)) for seed in range(200)]

    used = {(table.id, table.template) for report, _, _ in reports for table in report.tables.values()}
    assert {(table, template) for table in ("t2", "t3") for template in load_templates()} <= used
    blanks = [sum(not text for field, text in report.printed.items() if field[:2] == "t3") for report, _, _ in reports]
    assert min(blanks) == 0
    assert {len(report.tables["t3"].rows) for (report, _, _), n in zip(reports, blanks, strict=True) if n} == {23, 25}
    assert 0 < sum(errs for _, _, errs in reports) < 50
    assert all(errs for _, unknown, errs in reports if unknown)


def test_leaving_a_damage_out_changes_nothing_else():
    both = mangled(Random(8), "pipes", ["digit_misread", "cell_lost"])
    one = mangled(Random(8), "pipes", ["digit_misread"])

    assert both.report == one.report
    lines = [set(made.data.splitlines()) for made in (mangled(Random(8), "pipes", []), one, both)]
    assert [len(one ^ other) for one, other in pairwise(lines)] == [2, 2]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_holds_every_number_printed(layout, tmp_path):
    made = mangled(Random(11), layout, [])
    path = tmp_path / f"report{made.suffix}"
    path.write_bytes(made.data)

    text = read_document(path).text()

    assert made.report.agency in text
    position = 0
    for row in made.report.tables["t3"].rows:
        for column in row.columns:
            printed = made.report.printed[f"t3.{row.id}.{column}"]
            if layout == "values_apart":
                assert printed in text
            else:
                position = text.index(printed, position)


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_changes_the_page_where_it_can(damage):
    n_changed = 0
    for seed in range(25):
        page = page_of(draw_report(Random(seed))[0])
        changed = DAMAGES[damage](page, Random(seed))
        n_changed += changed is not None and changed != page

    assert n_changed >= 2


def test_a_damage_of_table_3_leaves_the_other_tables_alone():
    page = page_of(draw_report(Random(3))[0])
    for name in ("cell_lost", "row_cut", "groups_slid", "digit_misread", "head_repeated"):
        changed = DAMAGES[name](page, Random(1)) or []

        others = [block for block in changed if not (isinstance(block, Sheet) and block.table_id == "t3")]
        assert others == [block for block in page if not (isinstance(block, Sheet) and block.table_id == "t3")]


def test_unknown_names_are_refused():
    with pytest.raises(KeyError):
        mangled(Random(1), "no such layout")
    with pytest.raises(KeyError):
        mangled(Random(1), "pipes", ["no such damage"])
