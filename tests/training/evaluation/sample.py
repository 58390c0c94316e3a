"""A made-up evaluation with everything that a page may have to show. The numbers mean nothing."""

from __future__ import annotations

import base64
import struct
import zlib
from random import Random

from training.evaluation.figures import Card, Evaluation, Figure, Part, Plot, Series, Table, Unit, Value

ARMS = ("both", "rules", "no-reconcile")
NAMES = ("规则与模型并用", "只用规则", "不做勾稽（所读即所得）")
PROVINCES = ("浙江", "广东", "四川", "河南", "内蒙古", "新疆", "黑龙江", "西藏", "上海", "云南")
OFFICES = ("生态环境局", "人力资源和社会保障局", "文化广电旅游体育局", "人民政府办公室")
DAMAGES = (
    "rows_fused", "row_cut", "column_gone", "trailing_dropped", "digit_confused", "cell_blank", "page_number",
    "columns_swapped_in_head", "thousands_separated", "full_width_digits", "total_wrong_in_source",
)  # fmt: skip
FIELDS = {
    "t3.partial.natural": "（二）部分公开·自然人",
    "t3.denied_internal.social": "（三）不予公开·6.属于三类内部事务信息·法人或其他组织·社会公益组织",
    "t4.review.correct": "行政复议·结果纠正",
}
SENTENCES = (
    "印的是 17，但“本年新收政府信息公开申请数量”一行各列之和与总计不符；改为 1 后，七条横向等式与两条纵向等式全部成立，"
    "而其他任何单格的改动都至少留下一条不成立的等式，因此采用 1。",
    "两个答案同样成立：0 或 3。正文没有写到这一项，上年报告也没有，不作选择。",
    "照印。",
    "这一行少了一格，可以在七处断开；只有在“法人或其他组织·科研机构”处断开时，“予以公开”一行的合计才与总计列相等，"
    "且与正文“全年共受理依申请公开 1234 件，其中予以公开 856 件”一致。",
)
AROUND = "（二）部分公开（区分处理的，只计这一情形） | 12 | 0 | 0 | 17 | 0 | 0 | 13\n"


def plain_png(colour: tuple[int, int, int], width: int = 220, height: int = 60) -> str:
    """A PNG of one colour, as a data URL."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(data).decode()


def share(
    id: str, label: str, arm: str = "both", value: float | None = 0.5, n: int = 412, of: str = "份报告",
    group: str = "全部",
) -> Figure:  # fmt: skip
    known = value or 0.0
    return Figure(
        id=id, label=label, arm=arm, group=group, value=value, low=max(0.0, known - 0.013 * (1 - known) - 0.002),
        high=min(1.0, known + 0.4 * (1 - known)), n=n, of=of,
    )  # fmt: skip


def rare(id: str, label: str, arm: str = "both", events: int = 3, n: int = 60_000) -> Figure:
    high = (events * 1.4 + 3) / n
    return Figure(id=id, label=label, arm=arm, value=events / n, low=0.0, high=high, n=n, of="格", better="low")


def measured(id: str, label: str, unit: Unit, values: tuple[float, ...], n: int, of: str) -> list[Figure]:
    return [
        Figure(
            id=id, label=label, arm=arm, value=value, low=value * 0.8, high=value * 1.3, n=n, of=of, unit=unit,
            better="low",
        )
        for arm, value in zip(ARMS, values, strict=True)
    ]  # fmt: skip


def evaluation(*parts: Part, cards: tuple[Card, ...] = (), notes: tuple[str, ...] = ()) -> Evaluation:
    return Evaluation(
        command="gouji evaluate --heldout --out out/evaluation --arms both,rules,no-reconcile --seed 0",
        version="0.1.0", reports=412, agencies=118, arms=ARMS, parts=parts, cards=cards, notes=notes,
    )  # fmt: skip


def sample() -> Evaluation:
    """Three arms, eight parts, tables of up to 200 rows, plots of both kinds and fifty cards; always the same."""
    random = Random(5)
    parts = (
        _exactness(random), _cells(random), _grids(random), _reader(random), _tagging(), _repair(random),
        _fidelity(random), _trust(random),
    )  # fmt: skip
    notes = (
        "36 份报告的标准答案不记位置，第三部分不计入这些报告。",
        "“只用模型”一栏没有跑：缺少模型文件。",
        "上海市某局 2021（扫描件）没有读成：E204 页面太小，看不清数字。",
    )
    return evaluation(*parts, cards=tuple(_card(random, number) for number in range(50)), notes=notes)


def _exactness(random: Random) -> Part:
    values = (0.9316, 0.8871, 0.4102)
    exact, label = "exact.reports", "整份全对（数值与类别）"
    overall = [share(exact, label, arm, value) for arm, value in zip(ARMS, values, strict=True)]
    overall += [
        share("exact.values", "整份全对（只看数值）", arm, value + 0.011)
        for arm, value in zip(ARMS, values, strict=True)
    ]
    split = [
        share(exact, label, "both", random.uniform(0.8, 1), random.randrange(1, 60), group=f"省份 {name}")
        for name in PROVINCES
    ]
    series = tuple(
        Series(name=name, points=tuple((float(place), random.uniform(0.5, 1)) for place in range(len(PROVINCES))))
        for name in NAMES
    )
    return Part(
        number=1,
        title="一、整份全对",
        says="一份报告只要有一格错，就不能放心引用。这里数的是每一格都对的报告占多少，没有读成的报告算错；先按机关求占比，"
        "再对机关平均，大机关不多占分量。",
        figures=(*overall, *split),
        tables=(
            Table(
                title="整份全对，按年份、省份、来源与损坏分（规则与模型并用）",
                columns=("分组", "报告数", "全对占比", "下限", "上限"),
                rows=tuple((one.group, one.n, one.value, one.low, one.high) for one in split),
            ),
            Table(
                title="各机关（规则与模型并用）",
                columns=("机关", "省份", "年份", "报告数", "未全对", "全对占比", "格正确率"),
                rows=tuple(_agency(random, number) for number in range(200)),
                note="单个机关的报告很少，其占比只说明错在哪里，不能当作该机关的正确率。",
            ),
        ),
        plots=(
            Plot(title="整份全对，按省份", kind="bars", x="省份", y="全对占比", names=PROVINCES, series=series),
        ),
    )


def _agency(random: Random, number: int) -> tuple[Value, ...]:
    province, reports = random.choice(PROVINCES), random.randrange(1, 7)
    wrong = min(reports, random.choice((0, 0, 0, 0, 1, 2)))
    name = f"{province}某{'市区县'[number % 3]}{random.choice(OFFICES)}{number + 1:03d}"
    cells = None if number % 41 == 0 else round(random.uniform(0.97, 1), 5)
    return name, province, random.randrange(2018, 2025), reports, wrong, 1 - wrong / reports, cells


def _cells(random: Random) -> Part:
    labels = {"right": "格正确率", "nonzero": "非零格正确率", "zero": "印作零的格正确率", "blank": "空白格正确率"}
    figures = [
        share(f"cells.{sort}", label, arm, random.uniform(0.96, 0.99999), 60_564, "格")
        for sort, label in labels.items()
        for arm in (*ARMS, "全零基线")
    ]
    figures += [rare("cells.digit_read", "一位之差：所读与所印", arm, 40, 9_120) for arm in ARMS]
    figures += [Figure(id="cells.none", label="没有可数的", arm="both", value=None, n=0, of="格")]
    return Part(
        number=2,
        title="二、逐格正确率",
        says="表里大半是零，一律答零也能得高分，所以非零格、印作零的格与空白格分开算，并列出“全零基线”。",
        figures=tuple(figures),
    )


def _grids(random: Random) -> Part:
    rows = tuple(
        (f"损坏 {name}", random.randrange(1, 90), *(round(random.uniform(0.9, 1), 6) for _ in range(6)))
        for name in DAMAGES
    )
    points = tuple((float(place), float(row[2])) for place, row in enumerate(rows))
    return Part(
        number=3,
        title="三、行列对位",
        says="数字读得再准，放错行列也是错。这里只看位置，不看数字读对没有。",
        figures=tuple(share("grids.rows.f1", "行对位 F1", arm, 0.98, 118_400, "处（放入与实印）") for arm in ARMS[:2]),
        tables=(
            Table(
                title="受损表格的行列对位（规则与模型并用）",
                columns=("分组", "报告数", "行 F1", "行下限", "行上限", "列 F1", "列下限", "列上限"),
                rows=rows,
            ),
        ),
        plots=(
            Plot(
                title="行对位 F1，按损坏", kind="bars", x="损坏", y="行 F1", names=DAMAGES,
                series=(Series(name=NAMES[0], points=points),),
            ),
        ),
    )  # fmt: skip


def _reader(random: Random) -> Part:
    rows = tuple((str(true), *(random.choice((0, 0, 0, 1, 4)) for _ in range(10)), 5) for true in range(10))
    columns = ("所印", *(f"读作 {digit}" for digit in range(10)), "合计")
    return Part(
        number=4,
        title="四、读数",
        says="只看位置已经放对、又确实印有数字的格：所读与所印逐位相同的占多少。",
        figures=tuple(share("reader.exact", "位置对时读数全对", arm, 0.99997, 31_000, "格") for arm in ARMS[:2]),
        tables=(Table(title="数字混淆", columns=columns, rows=rows),),
    )


def _tagging() -> Part:
    table = Table(title="标错的句子", columns=("句子", "应标", "标作"), rows=())
    return Part(number=5, title="五、叙述中的数字", says="正文里写到的件数，标到表中哪一格。", tables=(table,))


def _repair(random: Random) -> Part:
    figures = [share("repair.precision", "改动之中改对", arm, 0.97, 812, "格改动") for arm in ARMS]
    figures += [rare("repair.harm", "原来读对反被改坏", arm, place) for place, arm in enumerate(ARMS)]
    rows = tuple(
        (name, f"损坏 {damage}", random.randrange(90), random.random(), random.random())
        for name in NAMES
        for damage in DAMAGES
    )
    return Part(
        number=6,
        title="六、勾稽改正",
        says="勾稽之前是所读的数，之后是取值，都与机关实报的数相比。",
        figures=tuple(figures),
        tables=(Table(title="按注入的损坏", columns=("方法", "分组", "改动格", "改对", "改回"), rows=rows),),
    )


def _fidelity(random: Random) -> Part:
    rules = "t3.row.total、t3.column.natural.accepted、t3.column.total.closed"
    rows = tuple((NAMES[0], f"report_{number:03d}.html", rules, SENTENCES[number % 4]) for number in range(12))
    return Part(
        number=7,
        title="七、忠于原文",
        says="有的报告印出来就自相矛盾。这里看：原文不成立的等式，记录指明了多少。",
        figures=tuple(share("fidelity.found", "不成立的等式被指明", arm, random.uniform(0.8, 1), 64) for arm in ARMS),
        tables=(Table(title="自相矛盾与误报的报告", columns=("方法", "报告", "指明", "说明"), rows=rows),),
    )


def _trust(random: Random) -> Part:
    figures = [
        rare("trust.wrong_accepted", "错而采用的格", arm, events)
        for arm, events in zip(ARMS, (3, 14, 410), strict=True)
    ]
    figures += [
        share("trust.untouched", "免复核的报告", arm, value)
        for arm, value in zip(ARMS, (0.874, 0.812, 0.2), strict=True)
    ]
    figures += measured("trust.ece", "校准误差（ECE，约 15 箱）", "share", (0.0021, 0.0043, 0.021), 60_564, "格")
    figures += measured("trust.minutes", "每份报告的复核时间（估算）", "minutes", (0.41, 0.73, 4.2), 412, "份报告")
    figures += measured("trust.looks", "每份报告要看的格", "count", (2.31, 4.02, 25.0), 412, "份报告")
    failures: tuple[tuple[Value, ...], ...] = (
        ("E204", "页面太小，看不清数字", 3, 0.41), ("E101", "文件打不开", 1, None), ("E113", "加密", 2, 0.02),
    )  # fmt: skip
    return Part(
        number=8,
        title="八、可信与代价",
        says="采用了却错的格是最坏的，只应相信它的上限。复核用时按每格 8 秒估计。",
        figures=tuple(figures),
        tables=(Table(title="没有读成的报告", columns=("代码", "原因", "份数", "每页秒数"), rows=failures),),
        plots=(_risk(), _reliability(random)),
    )


def _risk() -> Plot:
    curves, oracles = [], []
    for place, name in enumerate(NAMES):
        worst = 0.0004 * 4**place
        points = tuple((step / 200, worst * (step / 200) ** 6) for step in range(1, 201))
        curves.append(Series(name=name, points=points))
        bend = ((0.01, 0.0), (1 - worst, 0.0), (1.0, worst))
        oracles.append(Series(name=f"{name}：最好的次序", points=bend, dashed=True))
    return Plot(title="风险—覆盖曲线", kind="lines", x="覆盖率", y="采用者中错的占比", series=(*curves, *oracles))


def _reliability(random: Random) -> Plot:
    found = tuple(
        Series(
            name=name,
            points=tuple((step / 15, min(1.0, step / 15 + random.uniform(-0.05, 0.05))) for step in range(1, 16)),
        )
        for name in NAMES
    )
    diagonal = Series(name="把握即占比", points=((0.0, 0.0), (1.0, 1.0)), dashed=True)
    return Plot(
        title="校准图", kind="lines", x="把握", y="实际正确的占比", series=(*found, diagonal),
        note="每点约 4000 格，各箱格数相近。",
    )  # fmt: skip


def _card(random: Random, number: int) -> Card:
    fault = "错而采用" if number < 6 else "错" if number < 21 else "未定"
    scanned, year = number % 3 == 0, random.randrange(2018, 2025)
    field = random.choice(sorted(FIELDS))
    return Card(
        report=f"{random.choice(PROVINCES)}某市某区文化广电旅游体育局（区文物局）{year} 年报告",
        document=f"data/heldout/{year}/某区 文广旅体局#{number}.{'pdf' if scanned else 'html'}",
        field=field,
        label=FIELDS[field],
        fault=fault,
        printed=None if number % 7 == 0 else str(random.randrange(1, 4000)),
        value="未定" if fault == "未定" else str(random.randrange(20_000)),
        gold=str(random.randrange(400)),
        confidence=random.uniform(0.3, 0.9999),
        sentence=SENTENCES[number % 4],
        text="" if scanned else AROUND * (1 + number % 6),
        crop=plain_png((200, 210, 90 + number)) if scanned else "",
        page=random.randrange(1, 12) if scanned else None,
    )
