"""Years, and all of linking together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.link.linking import link_reports
from pipeline.link.rows import Linked
from pipeline.record import Number
from tests.pipeline.link.made import NUMBERS, Shelf, sha


def linked(shelf: Shelf) -> dict[str, Linked]:
    found = link_reports(shelf.rows.values(), shelf.read).linked
    return {name: found[row.sha256] for name, row in shelf.rows.items()}


def test_each_year_has_the_one_before_beside_it_however_the_agency_is_written() -> None:
    shelf = Shelf()
    for year, agency in ((2020, "桐乡市卫健委"), (2021, "嘉兴市桐乡市卫生健康局"), (2023, "桐乡市卫健局")):
        shelf.add(str(year), agency, year)
    found = linked(shelf)
    assert {name: one.before for name, one in found.items()} == {"2020": "", "2021": sha("2020"), "2023": ""}
    assert {one.agency_key for one in found.values()} == {"浙江省嘉兴市桐乡市卫生健康局"}
    assert all(one.preferred and one.certain and not one.note for one in found.values())


def test_every_version_has_the_preferred_one_of_the_year_before() -> None:
    shelf = Shelf()
    shelf.add("old", "云泽县水务局", 2021, published="2022-01-01")
    shelf.add("old corrected", "云泽县水务局", 2021, published="2022-02-01")
    shelf.add("new", "云泽县水务局", 2022)
    shelf.add("new again", "云泽县水务局", 2022)
    found = linked(shelf)
    assert found["new"].before == found["new again"].before == sha("old corrected")


def test_what_is_not_certain_is_linked_to_nothing_and_says_why() -> None:
    shelf = Shelf()
    for name, agency, year in (
        ("a", "鼓楼区水利局", 2021), ("b", "鼓楼区水利局", 2022), ("c", "云泽县水务局", None), ("d", None, 2022),
    ):  # fmt: skip
        shelf.add(name, agency, year)
    found = linked(shelf)
    assert {one.before for one in found.values()} == {""}
    assert {name: one.certain for name, one in found.items()} == {"a": False, "b": False, "c": True, "d": False}
    assert "不止一处" in found["b"].note
    assert "没有读出年度" in found["c"].note
    assert "没有读出机关名称" in found["d"].note


def test_one_content_is_one_row() -> None:
    shelf = Shelf()
    row = shelf.add("a", "云泽县水务局", 2021)
    with pytest.raises(ValueError, match="one content"):
        link_reports([row, row], shelf.read)


def test_nothing_links_nothing() -> None:
    assert not link_reports([], Shelf().read).linked


AGENCIES = ["云泽县水务局", "澜州市云泽县水务局", "云泽县卫计委", "云泽县卫健委", "鼓楼区水利局", "水利局", None]
VALUES: list[dict[str, Number]] = [
    dict(NUMBERS), {**NUMBERS, "t3.new.total": 77}, {field: value + 100 for field, value in NUMBERS.items()}, {},
]  # fmt: skip
REPORTS = st.lists(
    st.tuples(st.sampled_from(AGENCIES), st.sampled_from([2020, 2021, 2022, None]), st.sampled_from(VALUES)),
    max_size=14,
)


@settings(max_examples=200)
@given(REPORTS, st.randoms(use_true_random=False))
def test_whatever_is_there(reports: list[tuple[str | None, int | None, dict[str, Number]]], random: object) -> None:
    shelf = Shelf()
    for at, (agency, year, values) in enumerate(reports):
        shelf.add(str(at), agency, year, values)
    links = link_reports(shelf.rows.values(), shelf.read)
    rows = list(shelf.rows.values())
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert link_reports(rows, shelf.read) == links

    year_of = {row.sha256: row.year for row in rows}
    assert links.linked.keys() == year_of.keys()
    for sha256, one in links.linked.items():
        assert one.preferred == (one.version_of == "")
        if one.version_of:
            first = links.linked[one.version_of]
            assert (first.preferred, first.agency_key) == (True, one.agency_key)
            assert year_of[first.sha256] == year_of[sha256] is not None
        if one.before:
            before = links.linked[one.before]
            assert one.certain and before.certain and before.preferred
            assert before.agency_key == one.agency_key
            assert year_of[before.sha256] == (year_of[sha256] or 0) - 1
        if not one.certain:
            assert one.note
    for difference in links.differences:
        assert links.linked[difference.sha256_b].version_of == difference.sha256_a
