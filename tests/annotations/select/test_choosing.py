from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.select.batch import Wanted, select_batch
from annotations.select.sketch import STRATEGIES, Sketch, Strategy
from annotations.select.voices import disagreement
from annotations.selection import Selection
from pipeline.record import Report
from tests.annotations.select.made import LONE, reports_of, settings, sketch_of, unread, with_open
from tests.pipeline.show.reports import clean_report, with_field
from tests.pipeline.store.made import sha_of

AGENCIES = ("甲", "甲", "甲", "甲", "乙", "丙", "", "丁")


def batch(
    sketches: Sequence[Sketch], strategy: Strategy = "worth", seed: int = 0, count: int = 4, **more: float | None
) -> Selection:
    wanted = Wanted(count, more.get("minutes"), more.get("twice") or 0.0)
    return select_batch(sketches, (), strategy, seed, wanted, settings())


def different_reports() -> list[Report]:
    """Reports that differ in how many cells are open, in what, and in how sure the program is."""
    made = reports_of(*AGENCIES)
    made[1] = unread(made[1], "t2.rules.issued", "t2.rules.repealed")
    made[3] = with_open(made[3], {"t3.new.total": (45, 46), "t3.new.natural": (41, 42)})
    made[4] = with_field(made[4], LONE, confidence=0.4)
    made[5] = with_field(made[5], "t4.review.total", status="inconsistent", confidence=0.6).model_copy(
        update={"file": "5.docx"}
    )
    return made


@given(st.permutations(range(len(AGENCIES))), st.sampled_from(list(STRATEGIES)), st.integers(0, 3))
def test_the_selection_is_one_of_the_set_of_reports_not_of_their_order(
    order: list[int], strategy: Strategy, seed: int
) -> None:
    sketches = [sketch_of(report, strategy, seed) for report in different_reports()]
    chosen = batch([sketches[index] for index in order], strategy, seed, twice=0.5)
    assert chosen.to_bytes() == batch(sketches, strategy, seed, twice=0.5).to_bytes()


def test_agencies_are_spread() -> None:
    chosen = batch([sketch_of(report) for report in reports_of(*AGENCIES)], count=5)
    assert [one.agency for one in chosen.reports].count("甲") == 1
    assert len(batch([sketch_of(report) for report in reports_of(*AGENCIES)], count=20).reports) == len(AGENCIES)


def test_an_agency_and_a_form_asked_before_come_later() -> None:
    sketches = [sketch_of(report) for report in reports_of("甲", "乙")]
    first = batch(sketches, count=1).reports[0]
    known = next(one for one in sketches if one.sha256 == first.sha256)
    other = select_batch(
        sketches, [(known.agency_key, known.form)], "worth", 0, Wanted(1, None, 0.0), settings()
    ).reports[0]
    assert other.sha256 != first.sha256


def test_more_cells_made_right_in_a_minute_come_first() -> None:
    many = with_open(clean_report(agency="戊"), {"t3.new.total": (45, 46), "t3.new.natural": (41, 42)})
    many = many.model_copy(update={"sha256": sha_of("many")})
    chosen = batch([sketch_of(one) for one in (*reports_of("甲", "乙"), many)])
    assert chosen.reports[0].sha256 == many.sha256
    scores = [one.score for one in chosen.reports]
    assert scores == sorted(scores, reverse=True)


def test_chance_follows_the_seed_and_nothing_else() -> None:
    reports = reports_of(*map(str, range(30)))
    drawn = [batch([sketch_of(one, "random", seed) for one in reports], "random", seed, 5) for seed in (1, 1, 2)]
    assert drawn[0].to_bytes() == drawn[1].to_bytes()
    assert [one.sha256 for one in drawn[0].reports] != [one.sha256 for one in drawn[2].reports]


def test_chance_draws_cells_so_that_a_report_with_many_comes_sooner() -> None:
    first = 0
    for seed in range(200):
        few, many = reports_of("甲", "乙")
        many = unread(many, *(field_id for field_id in many.fields if field_id.startswith(("t2.rules", "t4."))))
        chosen = batch([sketch_of(one, "random", seed) for one in (few, many)], "random", seed, 1)
        first += chosen.reports[0].sha256 == many.sha256
    # 19 cells against 1: 190 of 200 expected, give or take 3.
    assert first > 175


def test_the_least_sure_come_first() -> None:
    reports = [with_field(one, LONE, confidence=0.1 * at) for at, one in enumerate(reports_of(*"甲乙丙"))]
    chosen = batch([sketch_of(one, "uncertainty") for one in reversed(reports)], "uncertainty")
    assert [one.sha256 for one in chosen.reports] == [one.sha256 for one in reports]


def test_voices_that_disagree_come_first() -> None:
    one, two = reports_of("甲", "乙")
    agreeing = with_open(two, {LONE: (1286,)})
    assert disagreement(agreeing, LONE) == 0.0
    assert disagreement(one, LONE) > 0.4
    chosen = batch([sketch_of(report, "committee") for report in (agreeing, one)], "committee", count=1)
    assert chosen.reports[0].sha256 == one.sha256


def test_diverse_takes_one_of_each_sort_first() -> None:
    alike = reports_of(*map(str, range(6)))
    other = unread(clean_report(agency="别"), *(field for field in clean_report().fields if field.startswith("t3.")))
    other = other.model_copy(update={"sha256": sha_of("other"), "file": "x.docx"})
    for seed in range(5):
        chosen = batch([sketch_of(one, "diverse", seed) for one in (*alike, other)], "diverse", seed, 2)
        assert other.sha256 in {one.sha256 for one in chosen.reports}


def test_minutes_and_two_people() -> None:
    sketches = [sketch_of(report) for report in reports_of(*map(str, range(20)))]
    each = settings().seconds_a_report + settings().seconds_a_cell
    chosen = batch(sketches, count=20, minutes=10 * each / 60)
    assert len(chosen.reports) == 10
    twice = batch(sketches, count=20, twice=0.2)
    assert sorted(one.annotators for one in twice.reports) == [1] * 16 + [2] * 4


def test_a_name_says_what_is_in_it() -> None:
    sketches = [sketch_of(report) for report in reports_of(*AGENCIES)]
    assert batch(sketches, count=3).name == batch(sketches, count=3).name != batch(sketches, count=4).name


@pytest.mark.parametrize("strategy", list(STRATEGIES))
def test_cells_answered_are_not_asked(strategy: Strategy) -> None:
    report = unread(reports_of("甲")[0], "t2.rules.issued")
    assert [cell.field for cell in sketch_of(report, strategy, asked=[LONE]).cells] == ["t2.rules.issued"]
