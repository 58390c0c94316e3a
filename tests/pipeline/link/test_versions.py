"""Versions of one report, and what is none."""

from __future__ import annotations

from random import Random

import pytest

from pipeline.link.linking import link_reports
from pipeline.link.rows import Difference, Links
from pipeline.link.versions import LEAST_COMPARED, LEAST_COMPARED_UNNAMED, preference
from pipeline.record import Field, Number
from tests.pipeline.link.made import NUMBERS, Shelf, blank, number, sha

AGENCY = "云泽县水务局"
OTHERS: dict[str, Number] = {field: value + 100 for field, value in NUMBERS.items()}


def linked(shelf: Shelf) -> Links:
    return link_reports(shelf.rows.values(), shelf.read)


def preferred(links: Links) -> set[str]:
    return {sha256 for sha256, one in links.linked.items() if one.preferred}


def test_the_same_numbers_are_one_report_and_nothing_is_read_for_it() -> None:
    shelf = Shelf()
    shelf.add("page", AGENCY, 2022)
    shelf.add("pdf", AGENCY, 2022)
    links = linked(shelf)
    first, second = sorted([sha("page"), sha("pdf")])
    assert (links.linked[first].preferred, links.linked[first].version_of) == (True, "")
    assert (links.linked[second].preferred, links.linked[second].version_of) == (False, first)
    assert not links.differences and not shelf.asked


def test_a_corrected_report_is_preferred_and_compared_with_the_one_before() -> None:
    shelf = Shelf()
    shelf.add("first", AGENCY, 2022, {**NUMBERS, "t3.new.total": 77}, published="2023-01-20")
    shelf.add("corrected", AGENCY, 2022, published="2023-03-02")
    links = linked(shelf)
    assert preferred(links) == {sha("corrected")}
    assert links.differences == [
        Difference(AGENCY, 2022, "t3.new.total", sha("corrected"), sha("first"), 70, 77, "70", "77")
    ]
    assert not any(one.note for one in links.linked.values())


@pytest.mark.parametrize(
    ("a", "b", "differs"),
    [
        (number(5), number(6), True),
        (number(85, "79", "repaired"), number(85, "85"), True),  # the print was mended
        (blank(0), number(0), False),
        (number(1200, "1,200"), number(1200, "1200"), False),
        (blank(None, "ambiguous"), number(6), False),  # one of them says nothing
        (number(None, "86", "ambiguous"), blank(6), False),
        (number(None, "86", "ambiguous"), number(6, "6"), True),
        (number(None, None, "missing"), number(6, "6"), False),
    ],
)
def test_what_is_a_difference(a: Field, b: Field, differs: bool) -> None:
    shelf = Shelf()
    shelf.add("a", AGENCY, 2022, {**NUMBERS, "t3.other.total": a})
    shelf.add("b", AGENCY, 2022, {**NUMBERS, "t3.other.total": b})
    assert [one.field for one in linked(shelf).differences] == ["t3.other.total"] * differs


def test_a_page_without_its_tables_is_a_version_all_the_same() -> None:
    shelf = Shelf()
    shelf.add("pdf", AGENCY, 2022)
    shelf.add("page", AGENCY, 2022, dict.fromkeys(NUMBERS), status="partial")
    links = linked(shelf)
    assert preferred(links) == {sha("pdf")}
    assert links.linked[sha("page")].version_of == sha("pdf")


def test_reports_that_have_nothing_in_common_are_left_apart() -> None:
    """One of them carries a wrong name or year; which one, nobody knows."""
    shelf = Shelf()
    shelf.add("right", AGENCY, 2022)
    shelf.add("wrong", AGENCY, 2022, OTHERS)
    shelf.add("right again", AGENCY, 2022)
    shelf.add("before", AGENCY, 2021)
    shelf.add("after", AGENCY, 2023)
    links = linked(shelf)
    assert sha("wrong") in preferred(links)
    assert len(preferred(links)) == 4
    assert {one.before for one in links.linked.values()} == {""}
    notes = {name: links.linked[sha(name)].note for name in ("right", "right again", "wrong", "before", "after")}
    assert "2022 年度有 2 份互不相同的报告" in notes["right"] == notes["wrong"] == notes["right again"]
    assert "上一年（2022 年度）有 2 份" in notes["after"]
    assert notes["before"] == ""
    assert not links.differences


def test_a_few_numbers_do_not_tell_two_reports_apart() -> None:
    few = dict(list(NUMBERS.items())[: LEAST_COMPARED - 1])
    shelf = Shelf()
    shelf.add("a", AGENCY, 2022, few)
    shelf.add("b", AGENCY, 2022, {field: value + 100 for field, value in few.items()})
    assert len(preferred(linked(shelf))) == 1


def test_zeros_in_common_are_nothing_in_common() -> None:
    zeros = dict.fromkeys((f"t3.other_misc.{column}" for column in ("natural", "legal", "total")), 0)
    shelf = Shelf()
    shelf.add("a", AGENCY, 2022, NUMBERS | zeros)
    shelf.add("b", AGENCY, 2022, OTHERS | zeros)
    assert len(preferred(linked(shelf))) == 2


@pytest.mark.parametrize("agency", ["水利局", "鼓楼区水利局", "青山镇人民政府"])
def test_where_the_name_says_little_the_numbers_must_say_it(agency: str) -> None:
    assert len(NUMBERS) >= LEAST_COMPARED_UNNAMED
    shelf = Shelf()
    shelf.add("page", agency, 2022)
    shelf.add("pdf", agency, 2022)
    shelf.add("another", agency, 2022, {**NUMBERS, "t3.new.natural": 3, "t3.new.total": 15})
    links = linked(shelf)
    assert len(preferred(links)) == 2 and sha("another") in preferred(links)
    few = Shelf()
    few.add("a", agency, 2022, {"t3.new.total": 1, "t3.granted.total": 1})
    few.add("b", agency, 2022, {"t3.new.total": 1, "t3.granted.total": 1})
    assert len(preferred(linked(few))) == 2


def test_reports_without_agency_or_year_stand_alone() -> None:
    shelf = Shelf()
    for name, agency, year in (("a", None, 2022), ("b", None, 2022), ("c", AGENCY, None), ("d", AGENCY, None)):
        shelf.add(name, agency, year)
    assert len(preferred(linked(shelf))) == 4


def test_which_version_is_preferred() -> None:
    shelf = Shelf()
    rows = [
        shelf.add("most fields", AGENCY, 2022, {**NUMBERS, "t3.other.total": 1}),
        shelf.add("latest", AGENCY, 2022, published="2023-02-01", status="review"),
        shelf.add("earlier", AGENCY, 2022, published="2023-01-31"),
        shelf.add("clean", AGENCY, 2022),
        shelf.add("repaired", AGENCY, 2022, status="repaired"),
    ]
    shuffled = rows[:]
    Random(2).shuffle(shuffled)
    assert sorted(shuffled, key=preference) == rows
