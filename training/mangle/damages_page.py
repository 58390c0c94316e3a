"""What stands around a report on its page: navigation, addresses, index cards of documents, page numbers, remarks of
converters. It is full of numbers that are none of the form's."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from training.corpus.marked import section_mark
from training.examples.report import Paragraph
from training.mangle.damage import Damage
from training.mangle.pages import Page

SITES = ("www.{a}.gov.cn", "{a}.{b}.gov.cn", "zwgk.{a}.gov.cn", "www.{b}{a}.gov.cn")
SYLLABLES = ("an", "bei", "chang", "de", "fu", "guang", "he", "jin", "kai", "lin", "ming", "ning", "ping", "qing")
FOLDERS = ("zwgk", "zfxxgk", "xxgk", "ndbg", "art", "col", "content", "gongkai", "nianbao", "zfxxgkndbg")


def _address(random: Random) -> str:
    name = "".join(random.choices(SYLLABLES, k=2))
    site = random.choice(SITES).format(a=name, b=random.choice(SYLLABLES))
    folders = "/".join(random.sample(FOLDERS, random.randint(1, 4)))
    day = f"{random.randint(2019, 2026)}{random.randint(1, 12):02d}"
    page = f"t{day}{random.randint(1, 28):02d}_{random.randrange(10**6)}"
    suffix = random.choice(("htm", "html", "shtml", "pdf"))
    return f"http{random.choice(('', 's'))}://{site}/{folders}/{day}/{page}.{suffix}"


def _phone(random: Random) -> str:
    return f"0{random.randint(310, 999)}-{random.randrange(2000000, 89999999)}"


def _line(random: Random) -> str:
    """A line of a web page that is no part of the report."""
    year, month, day = random.randint(2020, 2026), random.randint(1, 12), random.randint(1, 28)
    kinds = (
        f"索引号：{random.randrange(10**9):09d}/{year}-{random.randrange(99999):05d}",
        f"发文字号：无　成文日期：{year}-{month:02d}-{day:02d}",
        f"浏览次数：{random.randrange(9999)} 次　字号：【大 中 小】",
        f"发布时间：{year}/{month:02d}/{day:02d} {random.randrange(24):02d}:{random.randrange(60):02d}",
        f"来源：本站　作者：办公室　阅读：{random.randrange(3000)}",
        f"当前位置：首页 > 政府信息公开 > 政府信息公开年报 > {year - 1}年",
        f"网址：{_address(random)}",
        _address(random),
        f"附件{random.randint(1, 3)}：年报.{random.choice(('pdf', 'docx', 'xlsx'))}（{random.randrange(20, 900)}KB）",
        f"联系电话：{_phone(random)}　传真：{_phone(random)}",
        f"电子邮箱：{random.choice(SYLLABLES)}{random.randrange(1000)}@{random.choice(('163', '126', 'qq'))}.com",
        f"地址：人民路{random.randrange(1, 900)}号　邮编：{random.randrange(100000, 860000)}",
        f"网站标识码：{random.randrange(10**9, 10**10)}　备案号：{random.randrange(10**7, 10**8)}号-1",
        f"您是第 {random.randrange(10**7)} 位访客",
        f"上一篇：{year - 2}年度报告　下一篇：没有了",
        "【打印本页】【关闭窗口】",
        "分享到：微信 微博",
        f"页面生成时间 {year}-{month:02d}-{day:02d}，共 {random.randint(2, 9)} 页",
    )
    return random.choice(kinds)


def _furniture(text: str) -> Paragraph:
    """A line that belongs to no section."""
    return Paragraph(section_mark("") + text)


def web_around(page: Page, random: Random) -> Page | None:
    """Navigation and index card before the report, addresses and counters behind it."""
    before = [_furniture(_line(random)) for _ in range(random.randint(1, 7))]
    behind = [_furniture(_line(random)) for _ in range(random.randint(1, 6))]
    return [*before, *page, *behind]


def paged(page: Page, random: Random) -> Page | None:
    """Page numbers, and running heads, between the paragraphs and tables."""
    style = random.choice(("- {n} -", "— {n} —", "{n}", "第{n}页", "第 {n} 页 共 {m} 页", "{n} / {m}", "－{n}－"))
    head = "政府信息公开工作年度报告" if random.random() < 0.3 else ""
    most = random.randint(3, 9)
    places = sorted(random.sample(range(1, len(page)), min(most, len(page) - 1)))
    changed: Page = []
    for place, block in enumerate(page):
        if place in places:
            changed.append(_furniture(style.format(n=places.index(place) + 1, m=most + 1)))
            changed += [_furniture(head)] if head else []
        changed.append(block)
    return changed


def remarks_of_converters(page: Page, random: Random) -> Page | None:
    """What tools that turn files into text leave between the blocks."""
    kinds = (
        "![image]({a})", "<!-- image -->", "<!-- PageBreak -->", "[下载附件]({a})", "---", "* * *", "```", "==========",
        "<!-- Page {n} -->", "## Page {n}", "{{#page {n}}}", "[表格 {n}]", "（图{n}）", "[Slide {n}]", "_" * 20,
    )  # fmt: skip
    changed: Page = []
    number = 0
    for block in page:
        if random.random() < 0.2:
            number += 1
            text = random.choice(kinds).replace("{a}", _address(random)).replace("{n}", str(number))
            changed.append(_furniture(text))
        changed.append(block)
    return changed


PAGE_DAMAGES: Mapping[str, Damage] = {
    "web_around": web_around,
    "paged": paged,
    "remarks_of_converters": remarks_of_converters,
}
