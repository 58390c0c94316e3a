"""Part five: the token classifier by itself, strict F1 label by label, agencies trained on against others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from training.evaluation.cards import label_of
from training.evaluation.figures import Figure, Part, Table
from training.evaluation.intervals import figure
from training.evaluation.risk import calibration_error, estimate, grade
from training.evaluation.tagging import KINDS, Counts, TagResult

ARM = "tagger"
GROUPS: Mapping[str, Callable[[TagResult], bool]] = {
    "训练过的机关（其他报告）": lambda one: one.split == "train",
    "未见的机关": lambda one: one.split == "test" and not one.unseen,
    "未见的机关、措辞与损坏": lambda one: one.split == "test" and one.unseen,
}


def part(results: Sequence[TagResult]) -> Part:
    """Figures by kind of entity and group, and a table by label over all agencies that nothing was trained on."""
    figures = [
        _f1(f"tagging.{kind}", f"{name}：F1", [one for one in results if belongs(one)], group, kind)
        for kind, name in KINDS.items()
        for group, belongs in GROUPS.items()
    ]
    held_out = [one for one in results if one.split == "test"]
    return Part(
        number=5,
        title="五、标注模型",
        says="标注模型单独判断每个数属于哪一格、每一行属于哪一部分。起止位置与类别全对才算对。"
        "同一模型在训练过的机关与从未见过的机关上各是多少，差距就是它记住而没有学会的部分。",
        figures=(*figures, _calibration(held_out)),
        tables=(_table(held_out),),
    )


def _f1(id: str, label: str, results: Iterable[TagResult], group: str, kind: str) -> Figure:
    """F1 = 2 right / (said + there), added up by agency, the mean over agencies."""
    sums: dict[str, tuple[int, int]] = {}
    for one in results:
        right, said, there = one.kinds[kind]
        before = sums.get(one.agency, (0, 0))
        sums[one.agency] = (before[0] + 2 * right, before[1] + said + there)
    return figure(id, label, ARM, sums, of="个（说出的与实有的之和）", group=group)


def _calibration(results: Sequence[TagResult]) -> Figure:
    found = estimate(
        grade((one.agency, share, right) for one in results for share, right in one.answers), calibration_error
    )
    return Figure(
        id="tagging.ece", label="概率的校准误差（ECE）", arm=ARM, group="未见的机关（全部）", value=found.value,
        low=found.low, high=found.high, n=found.n, of="个数", better="low",
    )  # fmt: skip


def _table(results: Sequence[TagResult]) -> Table:
    sums: dict[str, Counts] = {}
    for one in results:
        for label, (right, said, there) in one.labels.items():
            before = sums.get(label, (0, 0, 0))
            sums[label] = (before[0] + right, before[1] + said, before[2] + there)
    rows = []
    for label, (right, said, there) in sums.items():
        f1 = 2 * right / (said + there) if said + there else None
        rows.append((label, label_of(label), there, said, right, None if f1 is None else round(f1, 4)))
    ordered = tuple(sorted(rows, key=lambda row: (row[5] if row[5] is not None else 2.0, row[0])))
    return Table(
        title="逐类 F1（未见的机关）", columns=("字段", "栏目", "实有", "说出", "对", "F1"), rows=ordered,
        note="表格与文中的数合计；最差的在前。",
    )  # fmt: skip
