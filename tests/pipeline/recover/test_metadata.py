"""Agency, year, period and date of publication, from all the places that may name them."""

import pytest

from pipeline.read.text import read_text
from pipeline.recover.metadata import Metadata, find_metadata
from pipeline.recover.sections import find_sections

BODY = (
    "一、总体情况\n我局认真做好工作。\n二、主动公开政府信息情况\n"
    "三、收到和处理政府信息公开申请情况\n六、其他需要报告的事项\n无。\n"
)


def metadata(text: str) -> Metadata:
    document = read_text(text.encode(), "1999年别处局.txt", "0" * 64)
    return find_metadata(document, find_sections(document))


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("云泽县水务局2021年政府信息公开工作年度报告", "云泽县水务局", 2021),
        ("云泽县水务局2021年度政府信息公开工作年度报告", "云泽县水务局", 2021),
        ("2022年云泽县水务局政府信息公开工作年度报告", "云泽县水务局", 2022),
        ("云泽县水务局关于2021年度政府信息公开工作的年度报告", "云泽县水务局", 2021),
        ("云泽县水务局2020年信息公开工作\n年度报告", "云泽县水务局", 2020),
        ("# 云泽县水务局\n## 2021 年政府信息公开工作年度报告", "云泽县水务局", 2021),
        ("云泽县水务局 2021 年度政府信息公开 工作年度报告", "云泽县水务局", 2021),
        ("云 泽 县 水 务 局\n2021年\n政府信息公开工作年度报告", "云泽县水务局", 2021),
        ("云泽县人民政府2023年政府信息公开工作年度报告", "云泽县人民政府", 2023),
        ("2023年云泽县人民政府信息公开工作年度报告", "云泽县人民政府", 2023),
        ("云泽县石桥镇2021年政府信息公开年度报告", "云泽县石桥镇", 2021),
        ("云泽市北山区人民政府石桥街道办事处2021年政务公开工作报告", "云泽市北山区人民政府石桥街道办事处", 2021),
        ("云泽县林业局政府信息公开工作年度报告", "云泽县林业局", None),
        ("云泽县水务局二〇二一年政府信息公开工作年度报告", "云泽县水务局", 2021),
        ("雲澤縣水務局2021年政府信息公開工作年度報告", "云泽县水务局", 2021),
        ("2021年政府信息公开工作年度报告", None, 2021),
        ("标题: 云泽县水务局2021年政府信息公开工作年度报告", "云泽县水务局", 2021),
        ("首页 > 政务公开 > 年报 > 云泽县水务局2021年政府信息公开工作年度报告", "云泽县水务局", 2021),
        ("云泽县水务局（云泽县河长制办公室）2021年政府信息公开工作年度报告", "云泽县水务局(云泽县河长制办公室)", 2021),
    ],
)
def test_titles(title: str, agency: str | None, year: int | None) -> None:
    found = metadata(f"{title}\n{BODY}")
    assert (found.agency, found.year) == (agency, year)


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("现将云泽县水务局2021年政府信息公开工作情况报告如下。\n", "云泽县水务局"),
        ("本报告由云泽县水务局根据条例编制。\n", "云泽县水务局"),
        ("2021年政府信息公开工作年度报告\n信息来源：云泽县水务局 浏览次数：3\n", "云泽县水务局"),
        ("如有疑问，请与云泽县水务局办公室联系（电话：0123-4567890）。\n", "云泽县水务局"),
        ("根据条例，我局编制了《云泽县水务局2021年政府信息公开工作年度报告》。\n", "云泽县水务局"),
        ("现将我局2021年政府信息公开工作情况报告如下。\n", None),
        ("2021年政府信息公开工作年度报告\n发布机构：\n", None),
        ("如有疑问，请与本机关联系。\n", None),
    ],
)
def test_agency_outside_the_title(text: str, agency: str | None) -> None:
    assert metadata(text + BODY).agency == agency


def test_agency_from_the_signature() -> None:
    assert metadata(BODY + "云泽县水务局\n2022年1月6日\n").agency == "云泽县水务局"


def test_agency_from_the_first_sentence() -> None:
    text = BODY.replace("我局认真", "2021年，云泽县水务局认真")
    assert metadata(text).agency == "云泽县水务局"


def test_agency_in_full_where_the_report_gives_it() -> None:
    text = "北山区人民政府\n2023年政府信息公开工作年度报告\n本报告由云泽市北山区人民政府办公室根据条例编制。\n"
    assert metadata(text + BODY).agency == "云泽市北山区人民政府"


@pytest.mark.parametrize(
    ("title", "period", "prose", "year"),
    [
        ("2020", "2021年1月1日起至2021年12月31日", "2021年，做了工作。2021年公开信息。", 2021),  # last year's title
        ("2021", "2020年1月1日起至2020年12月31日", "2021年，做了工作。2021年公开信息。", 2021),  # copied period
        ("2021", "2021年1月1日起至2021年12月31日", "2021年做了工作，2022年将改进，比2020年多。", 2021),
        ("2021", "", "依照〔2019〕60号文件和《2019年要点》，比2020年增加。", 2021),
    ],
)
def test_year_by_weight_of_evidence(title: str, period: str, prose: str, year: int) -> None:
    stated = f"本报告所列数据的统计期限自{period}止。\n" if period else ""
    text = f"云泽县水务局{title}年政府信息公开工作年度报告\n{stated}" + BODY.replace("我局认真做好工作。", prose)
    assert metadata(text).year == year


def test_year_from_prose_alone() -> None:
    assert metadata(BODY.replace("我局", "2022年，我局")).year == 2022


def test_nothing_known_is_none() -> None:
    assert metadata("今天天气很好。") == Metadata()


@pytest.mark.parametrize("year", ["1999年", "2099年", "2051年"])
def test_impossible_years(year: str) -> None:
    assert metadata(f"云泽县水务局{year}政府信息公开工作年度报告\n{BODY}").year is None


@pytest.mark.parametrize(
    "stated",
    [
        "统计期限自2021年1月1日起至2021年12月31日止",
        "统计期限为2021年1月1日至12月31日",
        "统计时限为 2021 年 1 月 1 日至 2021 年 12 月 31 日",
        "统计期限从2021年1月1日到12月31日止",
        "起止时间为2021-01-01至2021-12-31",
        "统计期限自202111日至20211231日",
        "统计限自20211月1日起至202112月31日止",
        "统计期限自1月1日起至12月31日止",
        "统计期限自二〇二一年一月一日起至二〇二一年十二月三十一日止",
        "统计期限自2021年1月1\n日起至2021年12月\n31日止",
        "统计期限自２０２１年１月１日起至２０２１年１２月３１日止",
    ],
)
def test_period(stated: str) -> None:
    found = metadata(f"云泽县水务局2021年政府信息公开工作年度报告\n报告中所列数据{stated}。\n{BODY}")
    assert found.period == ("2021-01-01", "2021-12-31")
    assert found.year == 2021


@pytest.mark.parametrize(
    "stated",
    [
        "2021年3月1日至3月5日开展培训",
        "统计期限自2021年12月31日至2021年1月1日",
        "2020年1月1日至2021年12月31日",
    ],
)
def test_other_ranges_are_no_period(stated: str) -> None:
    assert metadata(f"云泽县水务局2021年政府信息公开工作年度报告\n{stated}。\n{BODY}").period is None


@pytest.mark.parametrize(
    "stated",
    [
        "发布日期:2022-01-24 15:58 信息来源:县水务局",
        "发布时间： 2022-01-24 15:30:49.0",
        "发布日期：2022年01月24日",
        "时间：2022-01-24 16:34",
        "日期：2022/1/24",
        "成文日期：2022年1月24日",
        "索引号：123 公开日期：2022.01.24",
        "（2022年1月 24日）",
        "发布日期：20220124",
    ],
)
def test_published(stated: str) -> None:
    found = metadata(f"云泽县水务局2021年政府信息公开工作年度报告\n{stated}\n{BODY}")
    assert (found.published, found.year) == ("2022-01-24", 2021)


@pytest.mark.parametrize("signed", ["2022年1月24日", "二〇二二年一月二十四日", "云泽县水务局2022年1月24日"])
def test_published_from_the_signature(signed: str) -> None:
    text = f"云泽县水务局2021年政府信息公开工作年度报告\n{BODY}云泽县水务局\n{signed}\n"
    assert metadata(text).published == "2022-01-24"


@pytest.mark.parametrize("stated", ["发布日期：2022-13-45", "发布日期：2019-01-20", "实施日期见2022年1月24日公告"])
def test_impossible_dates_are_none(stated: str) -> None:
    assert metadata(f"云泽县水务局2021年政府信息公开工作年度报告\n{stated}\n{BODY}").published is None


@pytest.mark.parametrize(
    "agency", ["澄岚市统计局", "砺川市经济和信息化局", "沅舟市委社会工作部", "墨原县大数据信息中心"]
)
def test_words_of_reports_occur_in_names_of_agencies(agency: str) -> None:
    document = read_text(f"{agency}2022年政府信息公开工作年度报告\n一、总体情况\n".encode(), "x", "x")
    assert find_metadata(document, find_sections(document)).agency == agency
