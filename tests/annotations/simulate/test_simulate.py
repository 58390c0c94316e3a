from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from annotations.selection import AskedOverview, AskedRow
from annotations.simulate.command import add, simulate
from annotations.simulate.curve import Curve, curve
from annotations.simulate.gold_answers import Errors, errors_of, gold_answer, gold_overview
from annotations.simulate.held_out import HeldOut
from annotations.simulate.measures import Needed, asked_of, lines_of, needed_of
from annotations.simulate.outputs import page, write_simulated
from annotations.simulate.play import Way, play
from pipeline.cli import Parser
from pipeline.errors import GoujiError
from pipeline.record import Number, Report
from tests.annotations.select.made import LONE, no_idea, reports_of, settings, unread, with_open
from tests.pipeline.show.reports import clean_report, consistent_values, with_field
from training.gold import Gold

NOWHERE = Path("nowhere")


def gold(printed: Mapping[str, Number | None] | None = None, **reconciled: Number | None) -> Gold:
    """What the reports by hand really say, with some other numbers."""
    values: dict[str, Number | None] = dict(consistent_values())
    truly = values | {field.replace("__", "."): value for field, value in reconciled.items()}
    return Gold(NOWHERE, NOWHERE, None, 2022, {}, {**values, **(printed or {})}, truly)


def held(report: Report, truth: Gold | None = None) -> HeldOut:
    return HeldOut(report.file, report.agency or report.file, report, truth or gold())


def test_gold_says_what_is_printed() -> None:
    field = clean_report().fields[LONE]
    kept = gold_answer(gold(), LONE, field)
    assert (kept.verdict, kept.kind, kept.printed, kept.value) == ("ok", "number", 1286, 1286)
    wrong = gold_answer(gold(t2__penalty__decisions=1288), LONE, field)
    assert (wrong.verdict, wrong.printed, wrong.value) == ("source_wrong", 1286, 1288)
    blank = gold_answer(gold({LONE: None}), LONE, field)
    assert (blank.verdict, blank.kind, blank.printed, blank.value) == ("corrected", "blank", None, None)
    assert gold_answer(gold(), "t9.none.such", field).kind == "blank"


def test_errors_are_open_or_accepted() -> None:
    report = unread(with_field(clean_report(), LONE, value=1), "t2.rules.issued", "t2.rules.repealed")
    assert errors_of(report, gold()) == Errors(open=2, accepted=1)
    # What the gold does not know is not counted.
    assert errors_of(report, gold(t2__rules__issued=None, t2__penalty__decisions=None)) == Errors(open=1, accepted=0)


def test_a_report_is_asked_to_its_end() -> None:
    fields = [field for field in clean_report().fields if field.startswith(("t2.rules", "t2.normative", "t2.fees"))]
    played = play(held(unread(clean_report(), LONE, *fields)), "worth", 0, settings(cells_a_task=3), no_idea())
    assert played.before == Errors(open=8, accepted=0)
    assert [len(step.sketch.cells) for step in played.steps] == [3, 3, 2]
    assert [step.after.open for step in played.steps] == [5, 2, 0]
    assert [step.sketch.task for step in played.steps] == [0, 1, 2]


def test_one_answer_settles_two() -> None:
    opened = with_open(clean_report(), {"t3.new.total": (45, 46), "t3.new.natural": (41, 42)})
    played = play(held(opened), "worth", 0, settings(), no_idea())
    assert [(len(step.sketch.cells), step.after.open) for step in played.steps] == [(1, 0)]


def test_a_curve_of_two_reports_is_known() -> None:
    one, other = reports_of("甲", "乙")
    wide = unread(other, "t2.rules.issued", "t2.rules.repealed")
    plays = [play(held(report), "uncertainty", 0, settings(), no_idea()) for report in (one, wide)]
    made = curve(plays, "uncertainty", 0, settings())
    assert made.errors[0] == 4
    assert sorted(made.answers) in ([0, 1, 4], [0, 3, 4])
    assert made.errors == [4 - given for given in made.answers]
    assert made.seconds[-1] == 2 * settings().seconds_a_report + 4 * settings().seconds_a_cell


@pytest.mark.parametrize("way", ["random", "anything"])
def test_chance_is_the_seed(way: Way) -> None:
    report = unread(clean_report(), *(field for field in clean_report().fields if field.startswith("t2.")))
    cells = [
        [step.sketch.cells for step in play(held(report), way, seed, settings(), no_idea()).steps] for seed in (0, 0, 1)
    ]
    assert cells[0] == cells[1] != cells[2]


def test_anything_asks_about_every_cell_once() -> None:
    report = clean_report()
    steps = play(held(report), "anything", 3, settings(), no_idea()).steps
    asked = [cell.field for step in steps for cell in step.sketch.cells]
    assert sorted(asked) == sorted(report.fields)


ROWS = ("new", "granted", "denied_secret", "rejected_repeat")
COLUMNS = ("natural", "commercial", "research", "social", "legal", "other_org", "total")


def overview_of(report: Report) -> AskedOverview:
    rows = tuple(AskedRow(row=row, fields=tuple(f"t3.{row}.{one}" for one in COLUMNS)) for row in ROWS)
    assert all(field in report.fields for row in rows for field in row.fields)
    return AskedOverview(table="t3", rows=rows, worth=1)


def printed(blank: str = "", **numbers: Number | None) -> dict[str, Number | None]:
    """The rows of the overview: 0 but for these, whole columns blank."""
    cells: dict[str, Number | None] = {f"t3.{row}.{one}": 0 for row in ROWS for one in COLUMNS}
    cells |= {f"t3.{row}.{one}": None for row in ROWS for one in blank.split()}
    return cells | {f"t3.{name.replace('__', '.')}": value for name, value in numbers.items()}


def test_an_overview_is_a_row_a_column_and_what_the_others_hold() -> None:
    report = clean_report()
    given, count = gold_overview(gold(printed(new__natural=3, new__total=3)), overview_of(report), report)
    # One row, two columns, and "all the others 0".
    assert count == 4
    assert {one.field for one in given} == set(overview_of(report).fields)
    assert {one.field for one in given if one.verdict == "number_seen"} == {"t3.new.natural", "t3.new.total"}
    assert {(one.kind, one.printed) for one in given if one.verdict != "number_seen"} == {("number", 0)}


def test_columns_of_zeros_among_blanks_cost_an_answer_each_and_what_is_neither_tells_nothing() -> None:
    report = clean_report()
    blank = "commercial research social legal other_org"
    given, count = gold_overview(gold(printed(blank)), overview_of(report), report)
    assert (count, len(given)) == (3, 28)
    assert {one.kind for one in given if one.field.endswith((".natural", ".total"))} == {"number"}
    given, count = gold_overview(gold(printed(blank, granted__legal=0)), overview_of(report), report)
    assert (count, given) == (1, [])


def made_curve(way: Way, seed: int, answers: list[int], errors: list[int]) -> Curve:
    return Curve(way, seed, answers, [float(10 * number) for number in answers], errors, [0] * len(errors))


def test_answers_needed_for_the_same_errors() -> None:
    known = [
        made_curve("random", 0, [0, 5, 10, 20], [40, 30, 20, 0]),
        made_curve("random", 1, [0, 5, 10, 20], [40, 30, 20, 0]),
        made_curve("worth", 0, [0, 1, 2, 8], [40, 30, 20, 0]),
        made_curve("worth", 1, [0, 3, 4, 8], [40, 30, 20, 0]),
        made_curve("anything", 0, [0, 100], [40, 10]),
        made_curve("anything", 1, [0, 100], [40, 0]),
    ]
    needed = {(one.share, one.way): one for one in needed_of(known, suspects=20, fields=400)}
    half = needed[0.5, "worth"]
    assert half == Needed(
        share=0.5, error=0.05, way="worth", answers=3.0, answers_low=2, answers_high=4, minutes=0.5, ratio=0.3
    )
    assert needed[0.5, "random"].ratio == 1.0
    assert needed[1.0, "anything"].answers is None
    assert needed[1.0, "worth"].ratio == 0.4
    assert needed[0.25, "worth"].answers == 2.0


def test_what_was_asked_in_all() -> None:
    truth = gold(t2__rules__issued=0)
    reports = [held(unread(one, "t2.rules.issued", LONE), truth) for one in reports_of("甲", "乙")]
    plays = [play(one, "random", 0, settings(), no_idea()) for one in reports]
    (found,) = asked_of([curve(plays, "random", 0, settings())])
    # Of each report one number and one 0.
    assert (found.answers, found.overviews, found.numbers) == (4.0, 0.0, 2.0)


def test_where_the_base_is_done_early_there_is_no_later_mark() -> None:
    known = [made_curve("random", 0, [0, 5], [10, 0]), made_curve("worth", 0, [0, 2], [10, 0])]
    assert [one.share for one in needed_of(known, suspects=10, fields=10) if one.way == "worth"] == [0.1, 0.25, 0.5]


def test_hardly_more_errors_at_the_end_are_as_good_as_none() -> None:
    known = [made_curve("random", 0, [0, 20], [400, 0]), made_curve("worth", 0, [0, 8], [400, 1])]
    last = {fields: needed_of(known, suspects=20, fields=fields)[-1].answers for fields in (1000, 10_000)}
    assert last == {1000: None, 10_000: 8.0}


def test_points_are_mean_and_range_over_seeds() -> None:
    known = [made_curve("worth", 0, [0, 10], [8, 0]), made_curve("worth", 1, [0, 5, 10], [8, 4, 2])]
    found = next(line for line in lines_of(known, fields=100) if line.over == "answers")
    middle, last = found.points[50], found.points[-1]
    assert (middle.at, middle.mean, middle.low, middle.high) == (5.0, 0.06, 0.04, 0.08)
    assert (last.at, last.mean, last.low, last.high) == (10.0, 0.01, 0.0, 0.02)


def test_outputs_are_the_same_bytes_and_one_page_by_itself(tmp_path: Path) -> None:
    reports = [held(unread(report, "t3.new.natural", "t3.new.total")) for report in reports_of("甲", "乙", "丙")]
    simulated = simulate(reports, range(2), command="gouji annotate simulate <x>")
    assert simulated.suspects == 9
    for name in ("one", "two"):
        write_simulated(simulate(reports, range(2), command="gouji annotate simulate <x>"), tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["curves.csv", "curves.html", "needed.md", "simulation.json"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    made = page(simulated)
    assert "&lt;x&gt;" in made
    assert "<x>" not in made
    assert made.count("<svg class=\"drawing\"") == 2
    assert "http" not in made.split("</style>")[1].split("<script>")[0]


def run(*arguments: str | int | Path) -> int:
    parser = Parser()
    add(parser.add_subparsers())
    parsed = parser.parse_args(["simulate", *map(str, arguments)])
    code: int = parsed.run(parsed)
    return code


def test_reports_are_read_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.pipeline.store.made import EXAMPLES

    folder = tmp_path / "evaluated" / "heldout"
    folder.mkdir(parents=True)
    for path in (EXAMPLES / "run_together.txt", EXAMPLES / "run_together.gold.json"):
        (folder / path.name).write_bytes(path.read_bytes())
    assert run("--results", tmp_path / "evaluated", "--seeds", 1, "--out", tmp_path / "sim") == 0
    kept = next((tmp_path / "sim" / "records").rglob("*.json.gz"))
    before = kept.stat().st_mtime_ns
    assert run("--results", tmp_path / "evaluated", "--seeds", 1, "--out", tmp_path / "sim") == 0
    assert kept.stat().st_mtime_ns == before
    assert "curves.html" in capsys.readouterr().out


def test_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--results", tmp_path, "--seeds", 0, "--out", tmp_path) == 2
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(GoujiError, match="E101"):
        run("--results", tmp_path / "none", "--out", tmp_path)
