"""Names of agencies in normal form."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.link.agencies import agency_key, agency_name
from pipeline.link.naming import department, load_naming
from pipeline.link.places import by_name, places
from training.corpus.agencies import Agency, draw_agency, kinds

TONGXIANG = "浙江省嘉兴市桐乡市"


@pytest.mark.parametrize(
    ("key", "names"),
    [
        (f"{TONGXIANG}水利局", ["桐乡市水利局", "嘉兴市桐乡市水利局", "浙江省桐乡市水利局", "桐乡水利局"]),
        (f"{TONGXIANG}卫生健康局", ["桐乡市卫健委", "桐乡市卫健局", "桐乡市卫生健康委", "桐乡市卫生健康委员会"]),
        (f"{TONGXIANG}人民政府", ["桐乡市", "桐乡市政府", "浙江省桐乡市人民政府"]),
        (f"{TONGXIANG}人民政府办公室", ["桐乡市政府办", "桐乡市府办", "桐乡市人民政府办公室", "桐乡市政府办公室"]),
        (f"{TONGXIANG}住房城乡建设局", ["桐乡市住建局", "桐乡市住房和城乡建设局", "桐乡市住房城乡建设局"]),
        (f"{TONGXIANG}自然资源规划局", ["桐乡市自规局", "桐乡市自然资源和规划局", "桐乡市自然资源与规划局"]),
        (f"{TONGXIANG}教育体育局", ["桐乡市教体局", "桐乡市教育体育局", "桐乡市教育和体育局"]),
        (f"{TONGXIANG}税务局", ["国家税务总局桐乡市税务局", "桐乡市税务局"]),
        (f"{TONGXIANG}国家统计局调查队", ["国家统计局桐乡调查队", "国家统计局桐乡市调查队"]),
        (f"{TONGXIANG}生态环境局", ["嘉兴市生态环境局桐乡分局", "嘉兴市生态环境局桐乡市分局", "桐乡市生态环境分局"]),
        (f"{TONGXIANG}梧桐街道办事处", ["桐乡市梧桐街道", "桐乡市梧桐街办", "桐乡市人民政府梧桐街道办事处"]),
        (f"{TONGXIANG}石门镇人民政府", ["桐乡市石门镇", "桐乡市石门镇政府"]),
        (f"{TONGXIANG}经济开发区管理委员会", ["桐乡经济开发区管委会", "桐乡市经济开发区", "桐乡经济开发区管理委员会"]),
        (f"{TONGXIANG}国有资产监督管理局", ["桐乡市国资委", "桐乡市人民政府国有资产监督管理委员会"]),
        ("上海市人民政府办公室", ["上海市人民政府办公厅", "上海市政府办公厅"]),
        ("广东省教育局", ["广东省教育厅", "广东教育厅"]),
        ("吉林省延边朝鲜族自治州人民政府", ["延边州人民政府", "延边朝鲜族自治州"]),
        ("西藏自治区阿里地区人民政府", ["阿里地区行政公署", "西藏阿里地区"]),
        ("江苏省南京市鼓楼区水利局", ["南京市鼓楼区水利局", "南京鼓楼区水利局"]),
        ("山西省晋中市太谷区水利局", ["太谷县水利局", "晋中市太谷区水利局"]),
        ("云泽县水务局", ["云泽县水务局"]),
        ("雄安新区管理委员会", ["雄安新区管委会", "雄安新区"]),
    ],
)  # fmt: skip
def test_one_agency_however_it_is_written(key: str, names: list[str]) -> None:
    assert {name: agency_key(name) for name in names} == dict.fromkeys(names, key)
    assert {found.doubt for name in names if (found := agency_name(name))} == {""}


@pytest.mark.parametrize(
    "written",
    [
        "桐乡市 水利局", "　桐乡市水利局　", "“桐乡市水利局”", "关于桐乡市水利局", "桐乡市水利局2021年度",
        "桐乡市水利局政府信息公开工作年度报告", "桐乡市水利局2022年政府信息公开年报", "桐乡市水利局（桐乡市节水办）",
        "桐乡市水利局办公室", "桐鄉市水利局",
    ],
)  # fmt: skip
def test_what_stands_around_a_name_does_not_matter(written: str) -> None:
    assert agency_key(written) == f"{TONGXIANG}水利局"


def test_a_title_does_not_take_the_government_along() -> None:
    assert agency_key("桐乡市人民政府信息公开工作年度报告") == f"{TONGXIANG}人民政府"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("桐乡市人民政府", "桐乡市人民政府办公室"), ("嘉兴市水利局", "桐乡市水利局"), ("吉林省水利厅", "吉林市水利局"),
        ("长沙市民政局", "长沙县民政局"), ("桐乡市教育局", "桐乡市教育和体育局"),
        ("桐乡市统计局", "国家统计局桐乡调查队"),
        ("桐乡市卫生健康局", "桐乡市卫生和计划生育局"), ("嘉兴市公安局", "嘉兴市公安局经济技术开发区分局"),
        ("桐乡市税务局（第一分局）", "桐乡市税务局"), ("南京市鼓楼区水利局", "徐州市鼓楼区水利局"),
        ("桐乡市经济开发区管委会", "桐乡市经济技术开发区管委会"), ("桐乡市农业农村和水利局", "桐乡市水利局"),
        ("桐乡市石门镇人民政府", "桐乡市石门街道办事处"), ("桐乡市高新区财政局", "桐乡市财政局"),
    ],
)  # fmt: skip
def test_two_agencies_keep_two_keys(one: str, other: str) -> None:
    assert agency_key(one) != agency_key(other)


@pytest.mark.parametrize(
    ("name", "doubt"),
    [
        ("水利局", "bare"), ("市水利局", "bare"), ("教育厅", "bare"), ("鼓楼区水利局", "shared"),
        ("江苏省鼓楼区水利局", "shared"), ("东区街道办事处", "shared"), ("桥东区水利局", "shared"),
        ("青山镇人民政府", "town"), ("梧桐街道办事处", "town"), ("平湖街道办事处", "town"), ("浙江省青山镇", "town"),
        ("高新区管委会", "zone"), ("滨江新区管委会", "zone"), ("经济开发区财政局", "zone"),
        ("浙江大学", ""), ("财政部", ""), ("国家能源局", ""), ("云泽县青山镇人民政府", ""), ("云泽县经济开发区", ""),
    ],
)  # fmt: skip
def test_names_that_several_agencies_could_have_are_doubted(name: str, doubt: str) -> None:
    found = agency_name(name)
    assert found is not None
    assert found.doubt == doubt


@pytest.mark.parametrize("name", ["", " ", "（）", "2021年度", "政府信息公开工作年度报告"])
def test_what_is_no_name_has_no_key(name: str) -> None:
    assert (agency_key(name), agency_name(name)) == ("", None)


def test_no_name_stands_for_two_departments() -> None:
    naming = load_naming()
    for names in (naming.departments, naming.whole, naming.zones):
        listed = [name for normal, others in names.items() for name in (normal, *others)]
        assert [name for name, times in Counter(listed).items() if times > 1] == []
    written = [name for name in (*naming.successors, *naming.successors.values()) if department(name) != name]
    assert written == []


# --- any name ------------------------------------------------------------------------------------


def _words() -> list[str]:
    naming = load_naming()
    parts = [*by_name(), *naming.departments, *naming.whole, *naming.zones, *naming.zones_short, *naming.before_place]
    parts += [word for words in (*naming.departments.values(), *naming.whole.values()) for word in words]
    glue = "局 厅 委 委员会 省 市 县 区 州 镇 乡 街道 街道办 分局 本级 人民 政府 办公室 年度 2021年 报告 关于 的 ( ) 和"
    return [*parts, *glue.split(), "云泽县", "澜州市", "青山"]


NAMES = st.one_of(
    st.text(max_size=30), st.lists(st.sampled_from(_words()), max_size=5).map("".join)
)


@settings(max_examples=400)
@given(NAMES)
def test_the_key_of_a_key_is_itself(name: str) -> None:
    key = agency_key(name)
    assert agency_key(key) == key
    assert agency_name(key) == agency_name(name)


@settings(max_examples=200)
@given(NAMES, st.sampled_from([" ", "　", "\n", "《", "》"]), st.integers(0, 30))
def test_spaces_and_quotes_change_no_key(name: str, mark: str, at: int) -> None:
    if not set("()[]{}（）【】〔〕［］｛｝") & set(name):
        assert agency_key(name[:at] + mark + name[at:]) == agency_key(name)


@settings(max_examples=300)
@given(st.integers(0, 2**32))
def test_places_above_are_named_or_not(seed: int) -> None:
    random = Random(seed)
    county = random.choice([one for one in places()["county"] if one.parents and len(by_name()[one.name]) == 1])
    if len(county.name) == 2 and county.name.endswith("区"):
        return
    starts = {county.name, county.parents[-1] + county.name, county.whole, county.province + county.name}
    assert {agency_key(start + "审计局") for start in starts} == {county.whole + "审计局"}


# --- agencies as they are called ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def agencies() -> list[Agency]:
    random = Random(11)
    return list({agency.name: agency for agency in (draw_agency(random) for _ in range(5000))}.values())


def test_no_two_agencies_have_one_key(agencies: list[Agency]) -> None:
    owners = defaultdict(set)
    for agency in agencies:
        own = agency.name.partition(agency.place[-2:])[2][:3] if agency.level == "town" else agency.kind
        owners[agency_key(agency.name)].add((agency.place, own))
    assert {key: those for key, those in owners.items() if len(those) > 1} == {}
    assert len(owners) < len(agencies)


def test_a_name_is_seen_in_its_own_place(agencies: list[Agency]) -> None:
    found = [(agency, name) for agency in agencies if (name := agency_name(agency.name))]
    assert len(found) == len(agencies)
    assert [(agency, name) for agency, name in found if name.place and name.place.whole != agency.place] == []
    assert sum(bool(name.doubt) for _, name in found) < 0.02 * len(found)


def test_kinds_of_agencies_are_known(agencies: list[Agency]) -> None:
    """A department that no list has would keep the name that it goes by, short or in full."""
    seen = {agency.kind for agency in agencies if agency.level != "town"}
    unknown = {
        agency.name
        for agency in agencies
        if agency.level != "town"
        and agency.kind not in ("zone", "zone_bureau")
        and (name := agency_name(agency.name)) is not None
        and department(name.department) != name.department
    }
    assert seen >= set(kinds()) - {"town", "township", "street"}
    assert unknown == set()


# --- the documentation -----------------------------------------------------------------------------


def documented(head: str) -> dict[str, str]:
    """The names in the table of docs/link.md with this head, each with what stands beside it."""
    text = (Path(__file__).resolve().parents[3] / "docs" / "link.md").read_text(encoding="utf-8")
    lines = text.split(f"{head}\n|---|---|\n")[1].split("\n\n")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name.split(" (")[0]: beside for names, beside in cells for name in names.split(", ") if "where" not in name}


def test_the_names_in_the_documentation_have_their_keys() -> None:
    shown = documented("| written | key |")
    assert len(shown) == 8
    assert {name: agency_key(name) for name in shown} == shown


def test_the_names_that_the_documentation_doubts_are_doubted() -> None:
    doubts = {name: agency_name(name) for name in documented("| name | why |")}
    assert len(doubts) == 8
    assert {name for name, found in doubts.items() if found is None or not found.doubt} == {"云泽县水务局"}
