"""Which names are one agency's among those that are there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.link.same_agency import NO_AGENCY, Grouped, group_agencies
from tests.pipeline.link.made import named


def grouped(*names: str | None) -> dict[str | None, Grouped]:
    rows = [named(name) for name in names]
    found = group_agencies(rows)
    return {row.agency: found[row.sha256] for row in rows}


def keys(*names: str) -> list[str]:
    return [found.key if found.certain else "" for found in grouped(*names).values()]


def test_a_name_that_leaves_out_a_place_no_list_has_goes_to_the_one_that_names_it() -> None:
    whole = "澜州市云泽县水务局"
    assert keys("云泽县水务局", "澜州市云泽县水务局") == [whole, whole]
    assert keys("云泽县水务局", "澜州市云泽县水务局", "东岭省澜州市云泽县水务局") == [f"东岭省{whole}"] * 3
    assert keys("云泽县水务局", "澜州市云泽县财政局") == ["云泽县水务局", "澜州市云泽县财政局"]


def test_of_two_that_fit_neither_is_taken() -> None:
    found = grouped("云泽县水务局", "澜州市云泽县水务局", "汐州市云泽县水务局")
    assert [one.certain for one in found.values()] == [False, True, True]
    assert len({one.key for one in found.values()}) == 3
    note = found["云泽县水务局"].note
    assert "云泽县水务局" in note and "“汐州市云泽县水务局”或“澜州市云泽县水务局”" in note


def test_what_leads_to_an_uncertain_name_is_uncertain() -> None:
    """经开区 can only be the 经济开发区, but whose that is, nobody knows."""
    names = ["云泽县经开区", "云泽县经济开发区", "澜州市云泽县经济开发区", "汐州市云泽县经济开发区"]
    assert [one.certain for one in grouped(*names).values()] == [False, False, True, True]


@pytest.mark.parametrize(
    "names",
    [
        ["鼓楼区水利局", "南京市鼓楼区水利局"], ["江苏省鼓楼区水利局", "南京市鼓楼区水利局"],
        ["水利局", "云泽县水利局"], ["青山镇人民政府", "云泽县青山镇人民政府"], ["市水利局", "桐乡市水利局"],
    ],
)  # fmt: skip
def test_a_name_that_may_be_anybodys_is_never_linked(names: list[str]) -> None:
    bare, whole = grouped(*names).values()
    assert (bare.certain, whole.certain) == (False, True)
    assert bare.key != whole.key
    assert names[0] in bare.note and not whole.note


def test_the_same_short_name_in_two_cities_stays_two() -> None:
    found = keys("南京市鼓楼区水利局", "徐州市鼓楼区水利局", "福州市鼓楼区水利局", "开封市鼓楼区水利局")
    assert len(set(found)) == 4 and "" not in found


def test_short_zones_are_meant_where_there_is_but_one() -> None:
    place = "浙江省嘉兴市桐乡市"
    assert keys("桐乡市经开区管委会", "桐乡市经济开发区管委会") == [f"{place}经济开发区管理委员会"] * 2
    both = grouped("桐乡市经开区管委会", "桐乡市经济开发区管委会", "桐乡市经济技术开发区管委会")
    assert [one.certain for one in both.values()] == [False, True, True]


def test_the_zone_of_a_city_is_not_that_of_its_county() -> None:
    assert len(set(keys("嘉兴市高新区管委会", "桐乡市高新区管委会", "浙江省高新区管委会"))) == 3


def test_a_town_named_with_its_city_goes_to_the_one_in_a_county_of_it() -> None:
    one, other = keys("嘉兴市青峰镇人民政府", "桐乡市青峰镇人民政府")
    assert one == other == "浙江省嘉兴市桐乡市青峰镇人民政府"
    assert keys("嘉兴市青峰镇人民政府", "桐乡市青峰镇人民政府", "海宁市青峰镇人民政府")[0] == ""


def test_a_department_is_followed_by_the_one_that_took_its_place() -> None:
    old, new = named("云泽县卫计委", 2019), named("云泽县卫健局", 2020)
    found = group_agencies([old, new])
    assert found[old.sha256].key == found[new.sha256].key == "云泽县卫生健康局"
    assert "卫计委" in found[old.sha256].note and not found[new.sha256].note


@pytest.mark.parametrize("years", [(2020, 2020), (2021, 2020), (None, 2020), (2020, None)])
def test_not_where_both_report_at_one_time(years: tuple[int | None, int | None]) -> None:
    old, new = named("云泽县卫计委", years[0], "old"), named("云泽县卫健局", years[1], "new")
    found = group_agencies([old, new])
    assert found[old.sha256].key == "云泽县卫生计划生育局"


def test_without_a_name_it_is_nobodys() -> None:
    assert grouped(None) == {None: Grouped("", False, NO_AGENCY)}


def test_the_folder_is_a_hint_and_no_more() -> None:
    files = ("桐乡/2022.html",)
    bare = named("水利局", 2022, files=files)
    found = group_agencies([bare, named("桐乡市水利局", 2021, files=("桐乡/2021.html",)), named("海宁市水利局", 2021)])
    assert not found[bare.sha256].certain
    assert "同一文件夹中只有“浙江省嘉兴市桐乡市水利局”与之相近" in found[bare.sha256].note
    beside = [named("桐乡市水利局", files=("桐乡/a.html",)), named("海宁市水利局", files=("桐乡/b.html",))]
    assert "同一文件夹" not in group_agencies([bare, *beside])[bare.sha256].note


# --- whatever is there -----------------------------------------------------------------------------

PARTS = st.tuples(
    st.sampled_from(["", "东岭省", "浙江省"]), st.sampled_from(["", "澜州市", "汐州市", "嘉兴市"]),
    st.sampled_from(["", "云泽县", "桐乡市", "鼓楼区"]),
    st.sampled_from(["", "青山镇", "经开区", "经济开发区", "高新区"]),
    st.sampled_from(["水务局", "卫健委", "卫计委", "人民政府", "管委会"]),
).map("".join)  # fmt: skip
NAMED = st.lists(st.tuples(PARTS, st.sampled_from([2019, 2020, None])), max_size=12, unique=True)


@settings(max_examples=300)
@given(NAMED, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(names: list[tuple[str, int | None]], random: object) -> None:
    rows = [named(name, year) for name, year in names]
    found = group_agencies(rows)
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert group_agencies(rows) == found


@settings(max_examples=300)
@given(NAMED)
def test_one_key_is_certain_for_all_or_for_none(names: list[tuple[str, int | None]]) -> None:
    rows = [named(name, year) for name, year in names]
    found = group_agencies(rows)
    certain: dict[str, set[bool]] = {}
    for one in found.values():
        certain.setdefault(one.key, set()).add(one.certain)
    assert all(len(those) == 1 for those in certain.values())


@settings(max_examples=300)
@given(NAMED)
def test_reports_of_one_agency_are_alike_in_place_and_department(names: list[tuple[str, int | None]]) -> None:
    """No chain of names leads from one county, zone or department to another."""
    rows = [named(name, year) for name, year in names]
    found = group_agencies(rows)
    for one in rows:
        for other in rows:
            if found[one.sha256].certain and found[one.sha256].key == found[other.sha256].key:
                for rivals in (("澜州市", "汐州市", "嘉兴市"), ("东岭省", "浙江省"), ("水务局", "人民政府", "管委会")):
                    named_there = [{rival for rival in rivals if rival in str(row.agency)} for row in (one, other)]
                    assert not all(named_there) or named_there[0] == named_there[1]
