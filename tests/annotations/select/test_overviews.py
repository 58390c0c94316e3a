from __future__ import annotations

import pytest

from annotations.select.overviews import overviews
from annotations.select.sketch import Sketch, Strategy, sketch
from annotations.select.suspects import suspects
from annotations.select.zeros import ZeroShares
from pipeline.record import Report
from tests.annotations.select.made import LONE, no_idea, settings, unread, with_open
from tests.pipeline.show.reports import clean_report


def torn() -> Report:
    """Nothing of table 3 could be read."""
    return unread(clean_report(), *(field for field in clean_report().fields if field.startswith("t3.")))


def hardly_ever_nothing() -> ZeroShares:
    """Reports like these have applications: that a total is 0 and settles all is unlikely."""
    fields = [f"t3.{row}.{column}" for row in ("new", "total", "granted") for column in ("natural", "total")]
    return ZeroShares(dict.fromkeys(fields, (0, 1000)), settings())


def asked(report: Report, strategy: Strategy = "worth", seen: tuple[str, ...] = ()) -> Sketch:
    found = sketch(report, report.file, "", "mark", (), strategy, 0, settings(), hardly_ever_nothing(), seen=seen)
    assert found is not None
    return found


def test_a_table_that_is_open_as_a_whole_is_asked_as_a_whole() -> None:
    found = asked(torn())
    assert found.cells == ()
    assert found.overview is not None
    assert (found.overview.table, len(found.overview.rows), len(found.overview.fields)) == ("t3", 25, 175)
    assert found.worth > 100


def test_a_row_of_which_a_number_is_known_is_not_asked_about() -> None:
    report = torn()
    known = report.fields["t3.new.total"].model_copy(update={"status": "read", "value": 45, "confidence": 1.0})
    report = report.model_copy(update={"fields": {**report.fields, "t3.new.total": known}})
    found = asked(report)
    assert found.overview is not None
    assert "new" not in {row.row for row in found.overview.rows}
    assert len(found.overview.rows) == 24


def test_it_is_asked_once() -> None:
    assert asked(torn(), seen=("t3",)).overview is None


@pytest.mark.parametrize("strategy", ["uncertainty", "committee", "diverse", "random"])
def test_other_strategies_ask_about_cells(strategy: Strategy) -> None:
    assert asked(torn(), strategy).overview is None


def test_a_few_open_cells_are_asked_one_by_one() -> None:
    report = with_open(clean_report(), {LONE: (1286, 1288), "t3.new.total": (45, 46)})
    assert asked(report).overview is None


def test_a_lost_table_takes_longer_and_is_there_half_the_time() -> None:
    report = torn()
    fields = {
        field_id: field.model_copy(update={"kind": "absent"}) if field_id.startswith("t3.") else field
        for field_id, field in report.fields.items()
    }
    gone = report.model_copy(update={"fields": fields})
    (here, seconds), (lost, longer) = (
        next(overviews(one, list(suspects(one, (), settings())), (), (), settings(), no_idea()))
        for one in (report, gone)
    )
    assert lost.worth == pytest.approx(here.worth * settings().lost_is_there)
    assert longer - seconds == pytest.approx(settings().seconds_a_lost_overview - settings().seconds_an_overview)
