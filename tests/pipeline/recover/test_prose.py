"""Numbers that sentences give, and the many that they do not. All sentences and agencies are invented."""

import pytest

from pipeline.document import Document, Line
from pipeline.read.text import read_text
from pipeline.record import Section
from pipeline.recover.metadata import Metadata
from pipeline.recover.prose import ProseNumber, prose_numbers
from pipeline.recover.sections import find_sections

FORM_2021 = {"t2": "2021", "t3": "2021", "t4": "2021"}
FORM_2019 = {"t2": "2019", "t3": "2019", "t4": "2019"}

ORGANISATIONS = ("commercial", "research", "social", "legal", "other_org")
NAMES: dict[str, tuple[str, ...]] = {
    "new": ("t3.new.total",),
    "cin": ("t3.carried_in.total",),
    "cout": ("t3.carried_out.total",),
    "tot": ("t3.total.total",),
    "gr": ("t3.granted.total",),
    "pa": ("t3.partial.total",),
    "den": tuple(
        f"t3.denied_{reason}.total"
        for reason in ("secret", "law", "safety", "third_party", "internal", "process", "enforcement", "inquiry")
    ),
    "un": tuple(f"t3.unavailable_{reason}.total" for reason in ("not_held", "to_create", "unclear")),
    "rej": tuple(f"t3.rejected_{kind}.total" for kind in ("petition", "repeat", "publication", "mass", "confirm")),
    "oth": ("t3.other_no_correction.total", "t3.other_unpaid.total", "t3.other_misc.total"),
    "sec": ("t3.denied_secret.total",),
    "itn": ("t3.denied_internal.total",),
    "proc": ("t3.denied_process.total",),
    "enf": ("t3.denied_enforcement.total",),
    "nh": ("t3.unavailable_not_held.total",),
    "tc": ("t3.unavailable_to_create.total",),
    "uu": ("t3.unavailable_unclear.total",),
    "pet": ("t3.rejected_petition.total",),
    "rep": ("t3.rejected_repeat.total",),
    "mass": ("t3.rejected_mass.total",),
    "conf": ("t3.rejected_confirm.total",),
    "nat": ("t3.new.natural",),
    "com": ("t3.new.commercial",),
    "org": tuple(f"t3.new.{column}" for column in ORGANISATIONS),
    "rv": ("t4.review.total",),
    "lit": ("t4.litigation_direct.total", "t4.litigation_after_review.total"),
    "ld": ("t4.litigation_direct.total",),
    "la": ("t4.litigation_after_review.total",),
    "lic": ("t2.licensing.decisions",),
    "pen": ("t2.penalty.decisions",),
    "coe": ("t2.coercion.decisions",),
    "fee": ("t2.fees.amount",),
    "riss": ("t2.rules.issued",),
    "iss": ("t2.normative.issued",),
    "repl": ("t2.normative.repealed",),
    "inf": ("t2.normative.in_force",),
}
"""Short names of the cases below; `a+b` is the sum of both, anything else a field id."""


def fields(name: str) -> tuple[str, ...]:
    return tuple(field for part in name.split("+") for field in NAMES.get(part, (part,)))


def said(
    text: str,
    section: str = "一",
    templates: dict[str, str] = FORM_2021,
    agency: str = "云泽县水务局",
    year: int = 2021,
) -> list[ProseNumber]:
    sections = {section: Section(title="", text=text)}
    return prose_numbers(sections, Document("r", "", "text", (Line(""),)), templates, Metadata(agency, year))


CASES: list[tuple[str, dict[str, float]]] = [
    ("共办理依申请公开9件，同意公开或部分公开共7件，不予公开2件。", {"tot": 9, "gr+pa": 7, "den": 2}),
    ("司法局收到行政复议申请55件，其中涉及政府信息公开的4件。", {}),
    ("全年共发布各类信息1280条，其中行政处罚类35条，依申请公开2条。", {}),
    ("本机关制发规范性文件1件，废止0件，现行有效3件。", {"iss": 1, "repl": 0, "inf": 3}),
    (
        "全年共收到政府信息公开申请12件，上年结转2件，办结13件，结转下年度继续办理1件。",
        {"new": 12, "cin": 2, "tot": 13, "cout": 1},
    ),
    ("本年度新收政府信息公开申请7宗，均已按时答复。", {"new": 7}),
    (
        "2021年，我局共受理依申请公开事项5项，其中予以公开2件，部分公开1件，不予公开1件，无法提供1件。",
        {"new": 5, "gr": 2, "pa": 1, "den": 1, "un": 1},
    ),
    ("共收到依申请公开申请三件，其中一件予以公开，两件属于本机关不掌握相关政府信息。", {"new": 3, "gr": 1, "nh": 2}),
    ("收到5件政府信息公开申请，2件予以公开、1件部分公开、2件不予处理。", {"new": 5, "gr": 2, "pa": 1, "rej": 2}),
    ("接到群众提出的政府信息公开申请二十一件。", {"new": 21}),
    ("收到政府信息公开申请1,113件，办结1,100件。", {"new": 1113, "tot": 1100}),
    ("收到公民、法人和其他组织提出的政府信息公开申请9件。", {"new": 9}),
    ("依申请公开共受理4件。", {"new": 4}),
    ("（二）依申请公开。共收到申请10件，其中网上申请6件，信函申请4件。", {"new": 10}),
    ("2021年收到政府信息公开申请8件，较2020年增加3件。", {"new": 8}),
    ("2021年收到政府信息公开申请8件，比上年减少12件，同比下降60%。", {"new": 8}),
    ("2020年收到政府信息公开申请15件，2021年收到政府信息公开申请8件。", {"new": 8}),
    ("上年收到政府信息公开申请15件。", {}),
    ("政府信息公开申请15件较上年有所增加。", {"new": 15}),
    ("全年收到政府信息公开申请20件，其中自然人申请15件，商业企业申请5件。", {"new": 20, "nat": 15, "com": 5}),
    ("收到政府信息公开申请6件（自然人4件，法人或其他组织2件）。", {"new": 6, "nat": 4, "org": 2}),
    ("全年收到自然人政府信息公开申请5件。", {}),
    (
        "收到依申请公开申请6件。予以公开3件，不予公开2件（属于国家秘密1件，属于行政执法案卷1件），其他处理1件。",
        {"new": 6, "gr": 3, "den": 2, "sec": 1, "enf": 1, "oth": 1},
    ),
    (
        "收到依申请公开申请6件，予以公开和部分公开共4件，不予公开、无法提供共2件。",
        {"new": 6, "gr+pa": 4, "den+un": 2},
    ),
    ("收到信息公开申请4件，因属于国家秘密等原因不予公开2件，重复申请2件。", {"new": 4, "den": 2, "rep": 2}),
    (
        "收到信息公开申请4件，没有现成信息需要另行制作1件，补正后申请内容仍不明确1件，信访举报投诉类申请2件。",
        {"new": 4, "tc": 1, "uu": 1, "pet": 2},
    ),
    (
        "收到信息公开申请3件，其中不予处理（无正当理由大量反复申请）2件，要求行政机关确认或重新出具已获取信息1件。",
        {"new": 3, "mass": 2, "conf": 1},
    ),
    ("政府信息公开申请引发行政复议3件，行政诉讼2件。", {"rv": 3, "lit": 2}),
    (
        "因政府信息公开被申请行政复议3件，其中结果维持2件，结果纠正1件。",
        {"rv": 3, "t4.review.upheld": 2, "t4.review.corrected": 1},
    ),
    ("政府信息公开行政复议、行政诉讼案件共5件。", {"rv+lit": 5}),
    ("政府信息公开类行政复议、行政诉讼均为0件。", {"rv": 0, "lit": 0}),
    ("因政府信息公开引起的行政诉讼4件，其中未经复议直接起诉3件，复议后起诉1件。", {"lit": 4, "ld": 3, "la": 1}),
    ("未发生因政府信息公开引发的行政复议、行政诉讼。", {"rv": 0, "lit": 0}),
    (
        "我局未收到政府信息公开申请，也未发生因政府信息公开申请行政复议或提起行政诉讼的情况。",
        {"new": 0, "rv": 0, "lit": 0},
    ),
    ("没有收到公民、法人或者其他组织提出的政府信息公开申请。", {"new": 0}),
    ("2021年度无依申请公开事项，无行政复议、行政诉讼案件。", {"new": 0, "rv": 0, "lit": 0}),
    ("依申请公开零申请。", {"new": 0}),
    ("我局收到政府信息公开申请0件。", {"new": 0}),
    ("2020年未收到政府信息公开申请。", {}),
    ("政府信息公开工作中无逾期未答复的申请。", {}),
    ("未发生因政府信息公开申请答复不当引发的投诉。", {}),
    ("无因政府信息公开行政复议被撤销或行政诉讼败诉的情况。", {}),
    ("政府信息公开行政复议无被纠正案件。", {}),
    ("办理人大代表建议26件，政协提案12件。", {}),
    ("受理行政许可申请350件。", {}),
    ("收到信访件45件，均按期答复。", {}),
    ("通过政府信息公开专栏收到群众留言咨询32条，答复32条。", {}),
    ("司法局全年办理行政复议案件120件，行政应诉案件80件。", {}),
    ("主动公开政府信息1200条，其中行政许可类信息69条，行政处罚信息11条。", {}),
    ("行政许可权力59项、行政处罚权力368项、行政强制权力20项。", {}),
    ("全年作出行政许可决定152件，行政处罚决定33件，行政强制0件。", {"lic": 152, "pen": 33, "coe": 0}),
    ("行政许可事项13项，比2020年减少2项。", {}),
    ("公示行政许可48条、行政处罚7条。", {"lic": 48, "pen": 7}),
    (
        "本年制发行政规范性文件3件，废止行政规范性文件1件，现行有效行政规范性文件12件。",
        {"iss": 3, "repl": 1, "inf": 12},
    ),
    ("全年制定规范性文件2件。", {"iss": 2}),
    ("清理规范性文件30件。", {}),
    ("公布政策、规范性文件类信息68条。", {}),
    ("开展规范性文件合法性审查12件。", {}),
    ("未制发规范性文件。", {"iss": 0}),
    ("行政事业性收费12.5万元。", {"fee": 12.5}),
    ("未收取政府信息公开信息处理费。", {}),
    ("计划2022年收到政府信息公开申请5件。", {}),
    ("自2008年以来共收到政府信息公开申请96件。", {}),
    ("上半年收到政府信息公开申请3件。", {}),
    ("收到政府信息公开申请约20件。", {}),
    ("收到政府信息公开申请20余件。", {}),
    ("收到政府信息公开申请，答复率100%。", {}),
    (
        "受理政府信息公开申请20件（含上年结转2件），答复18件，结转2022年办理2件。",
        {"new+cin": 20, "cin": 2, "tot": 18, "cout": 2},
    ),
    ("全市各部门共收到政府信息公开申请200件。", {"new": 200}),
    ("如有疑问请拨打电话12345。2021年收到政府信息公开申请2次。", {"new": 2}),
    ("新收依申请公开1条，属于四类过程性信息不予公开1条。", {"new": 1, "proc": 1}),
    ("其中，1件属于三类内部事务信息，不予公开。收到政府信息公开申请1件。", {"new": 1}),
    ("收到政府信息公开申请3件，申请人撤回1件。", {"new": 3, "oth": 1}),
    ("收到申请公开的信息2件，行政复议分别为1件和2件。", {"new": 2}),
    ("無依申請公開事項，未收到政府信息公開申請。", {"new": 0}),
    ("收到政府信息公开申请 1 2 件。", {"new": 12}),
    ("全年办结政府信息公开申请11件，其中延期答复2件。", {"tot": 11}),
    ("我局没有因政府信息公开产生的行政复议。", {"rv": 0}),
    ("收到政府信息公开申请2件，办理期限为20个工作日。", {"new": 2}),
    ("收到政府信息公开申请5件，全部予以公开。", {"new": 5}),
    ("严格按照《条例》第十四条、第十五条不予公开，收到政府信息公开申请2件。", {"new": 2}),
    (
        "我局共收到政府信息公开申请3件，其中予以公开2件，部分公开1件，行政复议1件，无行政诉讼。",
        {"new": 3, "gr": 2, "pa": 1, "rv": 1, "lit": 0},
    ),
    ("今年以来，共收到政府信息公开申请3件。", {"new": 3}),
    ("自2021年1月1日至2021年12月31日，共收到政府信息公开申请3件。", {"new": 3}),
    ("截至2021年12月31日，共收到政府信息公开申请3件。", {"new": 3}),
    ("与2020年相比，收到政府信息公开申请3件。", {"new": 3}),
    ("2021年度收到政府信息公开申请8件，与去年持平，办结8件。", {"new": 8, "tot": 8}),
    ("收到政府信息公开申请8件，同比增加3件，增长60%。", {"new": 8}),
    ("2021年未收到上年结转的政府信息公开申请。", {}),
    ("无上年结转申请，收到政府信息公开申请2件。", {"cin": 0, "new": 2}),
    ("主动公开政府信息500条，不予公开信息3条。", {}),
    ("确定主动公开目录12项，依申请公开目录5项，不予公开3项。", {}),
    ("公文属性认定：主动公开120件，依申请公开30件，不予公开15件。", {}),
    ("公布依申请公开指南1份。", {}),
    ("举办依申请公开培训班2次。", {}),
    ("收到政府信息公开申请表2份。", {"new": 2}),
    ("受理政府信息公开举报2件。", {}),
    ("收到政府信息公开方面的咨询5次。", {}),
    ("收到对政府信息公开工作的意见建议3条。", {}),
    ("未收到政府信息公开投诉举报。", {}),
    ("没有收到关于政府信息公开的投诉、行政复议和行政诉讼。", {"rv": 0, "lit": 0}),
    ("对收到的政府信息公开申请，15个工作日内答复。", {}),
    ("全年发布政务公开信息3000条，答复政府信息公开申请7件。", {"tot": 7}),
    ("处理政府信息公开申请7件。", {"tot": 7}),
    ("指导各部门办理政府信息公开申请7件。", {"tot": 7}),
    ("收到政府信息公开申请2件，其中1件因申请内容不明确，已告知补正。", {"new": 2}),
    ("收到政府信息公开申请2件，均为自然人申请。", {"new": 2}),
    (
        "本年新收政府信息公开申请5件，其中：自然人3件、商业企业1件、科研机构1件。",
        {"new": 5, "nat": 3, "com": 1, "t3.new.research": 1},
    ),
    ("收到政府信息公开申请5件，予以公开3件，其中自然人2件。", {"new": 5, "gr": 3}),
    (
        "收到政府信息公开申请5件，答复结果为：予以公开3件；部分公开1件；无法提供1件（本机关不掌握相关政府信息）。",
        {"new": 5, "gr": 3, "pa": 1, "un": 1},
    ),
    ("收到政府信息公开申请5件，无法提供（本机关不掌握相关政府信息）2件。", {"new": 5, "nh": 2}),
    ("政府信息公开申请中，同意公开3件，不同意公开1件。", {"gr": 3, "den": 1}),
    ("收到政府信息公开申请十二件，答复十一件，结转下一年度继续办理一件。", {"new": 12, "tot": 11, "cout": 1}),
    ("政府信息公开行政诉讼案件2起，均胜诉。", {"lit": 2}),
    (
        "政府信息公开行政复议案件5件，其中维持3件、纠正1件、其他结果0件、尚未审结1件。",
        {"rv": 5, "t4.review.upheld": 3, "t4.review.corrected": 1, "t4.review.other": 0, "t4.review.pending": 1},
    ),
    (
        "信息公开行政复议2件，维持2件；行政诉讼1件，尚未审结1件。",
        {
            "rv": 2,
            "t4.review.upheld": 2,
            "lit": 1,
            "t4.litigation_direct.pending+t4.litigation_after_review.pending": 1,
        },
    ),
    ("2020年行政复议3件，2021年因政府信息公开行政复议1件。", {"rv": 1}),
    ("出台行政规范性文件管理办法1件。", {}),
    ("制定规章1件、行政规范性文件4件。", {"riss": 1, "iss": 4}),
    ("公开规范性文件解读材料6篇。", {}),
    ("2021年印发规范性文件2件，2020年印发规范性文件5件。", {"iss": 2}),
    ("完成行政许可事项清理86项。", {}),
    ("办理行政许可120件，比去年增加20件。", {"lic": 120}),
    ("作出行政处罚决定33件，罚款12万元。", {"pen": 33}),
    ("没有实施行政强制措施。", {"coe": 0}),
    ("行政处罚案件评查20件。", {}),
    ("公示行政处罚流程图3份。", {}),
    ("无行政事业性收费。", {}),
    ("收取行政事业性收费500元。", {}),
    ("无法提供的政府信息公开申请，均已告知申请人。", {}),
    ("政府信息公开申请无正当理由大量反复申请的，不予处理。", {}),
    ("依申请公开办理情况良好，满意度100%，未发生纠纷。", {}),
    ("“依申请公开”栏目点击3500次。", {}),
    ("收到政府信息公开申请第3件时即完成答复。", {}),
    ("2021年度共收到依申请公开信件2封。", {"new": 2}),
    ("2021年我镇收到信息公开申请为0件。", {"new": 0}),
    ("本机关2021年度政府信息公开申请数量为0。", {"new": 0}),
    ("全年依申请公开政府信息0条。", {"new": 0}),
    ("全年依申请公开政府信息6条，办结率100%。", {"new": 6}),
    ("共有6件政府信息公开申请结转下年度继续办理。", {"cout": 6}),
    ("政府信息公开申请答复后，被申请行政复议的2件。", {"rv": 2}),
    ("本年度未发生针对本部门有关政府信息公开事务的行政复议案、行政诉讼案。", {"rv": 0, "lit": 0}),
    ("全年未发生因政府信息公开而引起的复议、诉讼及投诉情况。", {"rv": 0, "lit": 0}),
    ("我局2021年没有因政府信息公开被提起行政复议，没有被提起行政诉讼。", {"rv": 0, "lit": 0}),
    ("政府信息公开方面，复议0件，诉讼0件。", {"rv": 0, "lit": 0}),
    ("政府信息公开行政复议和行政诉讼各1件。", {"rv": 1, "lit": 1}),
    ("严格落实行政复议、行政诉讼制度，收到政府信息公开申请4件。", {"new": 4}),
    ("收到政府信息公开申请4件，其中公开3件，不公开1件。", {"new": 4}),
    (
        "共受理申请5件，依法公开2件，申请人主动撤回1件，信息不存在2件，政府信息公开申请办理规范。",
        {"new": 5, "nh": 2, "oth": 1},
    ),
    ("政府信息公开申请总数比上年度多5件。", {}),
    ("收到政府信息公开申请4件、办结4件、公开率100%。", {"new": 4, "tot": 4}),
    ("拟定2022年目标：受理政府信息公开申请30件以内。", {}),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_sentences(text: str, expected: dict[str, float]) -> None:
    wanted = {(fields(name), value) for name, value in expected.items()}
    assert {(one.fields, one.value) for one in said(text)} == wanted


@pytest.mark.parametrize("text", [text for text, expected in CASES if expected])
def test_blanks_line_breaks_and_full_width_digits_change_nothing(text: str) -> None:
    shown = {(one.fields, one.value) for one in said(text)}
    wide = text.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    broken = "\n".join(text[i : i + 9] for i in range(0, len(text), 9))
    if not any(line.lstrip("（(一二三四五六七八九十0123456789")[:1] in "）、.是" for line in broken.split("\n")[1:]):
        assert {(one.fields, one.value) for one in said(broken)} == shown
    assert {(one.fields, one.value) for one in said(wide)} == shown
    assert {(one.fields, one.value) for one in said(" ".join(text))} == shown


@pytest.mark.parametrize(
    ("text", "agency", "strength"),
    [
        ("共收到政府信息公开申请12件。", "云泽县水务局", "exact"),
        ("全县各部门共收到政府信息公开申请12件。", "云泽县水务局", "loose"),
        ("全县各部门共收到政府信息公开申请12件。", "云泽县人民政府", "exact"),
        ("县政府办代表县政府受理政府信息公开申请12件。", "云泽县人民政府", "loose"),
        ("通过网上平台收到政府信息公开申请12件。", "云泽县水务局", "loose"),
        ("依申请公开事项12件。", "云泽县水务局", "loose"),
        ("作出行政许可决定12件。", "云泽县水务局", "exact"),
        ("公开行政许可决定数12条。", "云泽县水务局", "loose"),
        ("办理行政许可12件。", "云泽县水务局", "loose"),
        ("制定规范性文件12件。", "云泽县水务局", "exact"),
        ("发布规范性文件12件。", "云泽县水务局", "loose"),
    ],
)
def test_strength(text: str, agency: str, strength: str) -> None:
    assert {(one.value, one.strength) for one in said(text, agency=agency)} == {(12, strength)}


def test_quote_is_the_clause_as_printed() -> None:
    (one,) = said("２０２１年，我局共收到政府信息公开申请 １２ 件，均按时\n答复。")
    assert one.quote == "我局共收到政府信息公开申请１２件"
    (one,) = said("收到政府信息公开申请12件" + "并认真研究办理" * 20 + "。")
    assert len(one.quote) <= 60


def test_a_sentence_broken_over_lines() -> None:
    found = said("我局新收政府信息公开申请 2 条，1 条属于国家秘\n密不予公开，1条属于本机关不掌握相关政府信息无法提供。")
    assert {(one.fields, one.value) for one in found} == {(fields("new"), 2), (fields("sec"), 1), (fields("nh"), 1)}
    assert {one.quote for one in found} >= {"1条属于国家秘密不予公开"}


def test_fields_are_those_of_the_template() -> None:
    text = "收到政府信息公开申请4件，其他处理4件。制定规范性文件3件。"
    assert {one.fields for one in said(text, templates=FORM_2019)} == {
        ("t3.new.total",),
        ("t3.other.total",),
        ("t2.normative.made",),
    }
    assert {one.fields for one in said(text)} == {fields("new"), fields("oth"), fields("iss")}


def test_section_3_is_about_requests() -> None:
    text = "共收到5件申请，予以公开5件。"
    assert {(one.fields, one.value) for one in said(text, "三")} == {(fields("new"), 5), (fields("gr"), 5)}
    assert said(text, "一") == []


def test_section_4_is_about_review() -> None:
    assert {(one.fields, one.value) for one in said("本年度行政复议3件、行政诉讼1件。", "四")} == {
        (fields("rv"), 3),
        (fields("lit"), 1),
    }
    assert said("本年度行政复议3件、行政诉讼1件。", "一") == []


@pytest.mark.parametrize("broken", ["\ue000", "\ue001", "\uf7ff"])
def test_characters_for_private_use_are_no_numbers(broken: str) -> None:
    # A broken encoding leaves them; inside, such characters stand for the counts of a sentence.
    found = said(f"收到政府信息公开申请{broken}，办结政府信息公开申请3件。", "一")
    assert [(one.fields, one.value) for one in found] == [(fields("tot"), 3)]
    found = said(f"收到政府信息公开申请4件{broken}。", "一")
    assert [(one.fields, one.value) for one in found] == [(fields("new"), 4)]


def test_plans_are_not_read() -> None:
    assert said("收到政府信息公开申请4件。", "五") == []


def test_contradictions_within_a_report_are_all_given() -> None:
    found = said("（一）概况。收到政府信息公开申请4件。\n（二）依申请公开。收到政府信息公开申请5件。")
    assert [one.value for one in found] == [4, 5]


def test_whole_report() -> None:
    text = (
        "云泽县水务局2021年政府信息公开工作年度报告\n"
        "本报告统计期限自2021年1月1日起至2021年12月31日止。电话：0123-4567890。\n"
        "一、总体情况\n2021年，我局主动公开政府信息300条。共收到政府信息公开申请3件。\n二、主动公开政府信息情况\n"
        "信息内容\n本年制发件数\n规章\n0\n三、收到和处理政府信息公开申请情况\n见表。\n一、本年新收政府信息公开申请数量\n9\n"
        "四、政府信息公开行政复议、行政诉讼情况\n本年度未发生行政复议、行政诉讼。\n五、存在的主要问题及改进情况\n"
        "将办结政府信息公开申请30件。\n六、其他需要报告的事项\n无。\n"
    )
    document = read_text(text.encode(), "r.txt", "")
    found = prose_numbers(find_sections(document), document, FORM_2021)
    assert [(one.fields, one.value, one.section) for one in found] == [
        (fields("new"), 3, "一"),
        (fields("rv"), 0, "四"),
        (fields("lit"), 0, "四"),
    ]
