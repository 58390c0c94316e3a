"""Names of agencies and the split that each is in."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from random import Random

import pytest

from pipeline.link.places import places, short_name
from training.corpus.agencies import DATA, PROVINCES_HELD_OUT, Agency, draw_agency, kinds, split_of


@pytest.fixture(scope="module")
def agencies() -> list[Agency]:
    random = Random(3)
    return [draw_agency(random) for _ in range(20_000)]


def test_the_files_hold_the_places_of_china() -> None:
    found = places()
    assert len(found["province"]) == 31
    assert 325 <= len(found["city"]) <= 345
    assert 2750 <= len(found["county"]) <= 2900
    names = {place.name for those in found.values() for place in those}
    assert not names & {"市辖区", "县", "省直辖县级行政区划", "-"}
    assert (DATA.parent.parent / "configs" / "places.yaml").stat().st_size < 120_000


def test_each_place_ends_as_places_do() -> None:
    endings = re.compile(r"(省|自治区|市|盟|地区|自治州|区|县|旗)$")
    assert all(endings.search(place.name) for those in places().values() for place in those)


def test_no_place_stands_twice() -> None:
    whole = Counter(place.whole for those in places().values() for place in those)
    assert whole.most_common(1)[0][1] == 1


def test_every_kind_is_drawn(agencies: list[Agency]) -> None:
    assert len(kinds()) >= 45
    assert {agency.kind for agency in agencies} == set(kinds())


def test_names_of_every_level_are_drawn_in_many_forms(agencies: list[Agency]) -> None:
    shares = Counter(agency.level for agency in agencies)
    assert set(shares) == {"province", "city", "county", "town"}
    assert min(shares.values()) > 0.05 * len(agencies)
    everything = " ".join(agency.name for agency in agencies)
    for part in (
        "厅 ",
        "管委会 ",
        "街道办事处 ",
        "镇人民政府 ",
        "苏木",
        "行政公署 ",
        "自治县",
        "旗",
        "卫健委 ",
        "国家税务总局",
    ):
        assert part in everything, part


def test_names_carry_their_parents_or_not(agencies: list[Agency]) -> None:
    names = [agency.name for agency in agencies if agency.level == "county" and agency.kind == "education"]
    starts = [name.startswith(tuple(place.name for place in places()["province"])) for name in names]
    assert 0 < sum(starts) < len(starts) / 2


def test_names_are_whole(agencies: list[Agency]) -> None:
    for agency in agencies:
        assert re.fullmatch(r"[\u4e00-\u9fff]{2,40}", agency.name), agency
        assert agency.place.startswith(agency.province)


def test_a_name_tells_its_place(agencies: list[Agency]) -> None:
    """Otherwise the same name could be in two splits."""
    by_name = defaultdict(set)
    for agency in agencies:
        by_name[agency.name].add(agency.place)
    assert all(len(those) == 1 for those in by_name.values())


def test_provinces_held_out_are_tested_on_alone(agencies: list[Agency]) -> None:
    held_out = [agency for agency in agencies if agency.province in PROVINCES_HELD_OUT]
    assert held_out
    assert {split_of(agency) for agency in held_out} == {"test"}
    names = tuple(short_name(province) for province in PROVINCES_HELD_OUT)
    trained_on = [agency for agency in agencies if split_of(agency) == "train"]
    assert not any(agency.name.startswith(names) for agency in trained_on)


def test_splits_are_as_large_as_stated(agencies: list[Agency]) -> None:
    others = {agency.place: split_of(agency) for agency in agencies if agency.province not in PROVINCES_HELD_OUT}
    shares = Counter(others.values())
    assert 0.75 < shares["train"] / len(others) < 0.85
    assert 0.07 < shares["validation"] / len(others) < 0.13
    assert 0.07 < shares["test"] / len(others) < 0.13


def test_departments_of_a_place_are_in_one_split(agencies: list[Agency]) -> None:
    by_place = defaultdict(set)
    for agency in agencies:
        by_place[agency.place].add(split_of(agency))
    assert all(len(splits) == 1 for splits in by_place.values())


@pytest.mark.parametrize(
    ("place", "split"),
    [("浙江省嘉兴市桐乡市", "train"), ("河北省邯郸市", "validation"), ("吉林省辽源市", "test")],
)
def test_a_split_stays_as_it_is(place: str, split: str) -> None:
    """What was tested on once is never trained on."""
    assert split_of(Agency("", place[:3], "city", "", place)) == split


def test_only_the_split_asked_for_is_drawn() -> None:
    random = Random(5)
    assert {split_of(draw_agency(random, "validation")) for _ in range(50)} == {"validation"}


def test_the_same_seed_draws_the_same() -> None:
    first, second = Random(8), Random(8)
    assert [draw_agency(first) for _ in range(200)] == [draw_agency(second) for _ in range(200)]


@pytest.mark.parametrize(
    ("place", "short"),
    [
        ("浙江省", "浙江"),
        ("广西壮族自治区", "广西"),
        ("延边朝鲜族自治州", "延边州"),
        ("黔东南苗族侗族自治州", "黔东南州"),
        ("锡林郭勒盟", "锡林郭勒"),
        ("桐乡市", "桐乡"),
        ("赵县", "赵县"),
        ("青龙满族自治县", "青龙满族自治县"),
        ("浦东新区", "浦东新区"),
    ],
)
def test_short_names(place: str, short: str) -> None:
    assert short_name(place) == short


def test_towns_end_as_towns_do(agencies: list[Agency]) -> None:
    towns = [agency.name for agency in agencies if agency.level == "town"]
    assert all(re.search(r"(镇|乡|苏木)(人民政府)?$|街道(办事处)?$", name) for name in towns)
