"""The classifier's own figures, worked out by hand."""

from __future__ import annotations

import pytest

from training.evaluation.figures import Figure, Part
from training.evaluation.parts.tagging import part
from training.evaluation.tagging import TagResult

NOTHING = (0, 0, 0)


def tagged(
    name: str, agency: str, table: tuple[int, int, int], *, split: str = "test", unseen: bool = False, **more: object
) -> TagResult:
    return TagResult.model_validate(
        {
            "name": name, "agency": agency, "split": split, "unseen": unseen,
            "kinds": {"table": table, "prose": NOTHING, "section": NOTHING},
            "labels": {}, "answers": (), **more,
        }
    )  # fmt: skip


def figure(made: Part, id: str, group: str) -> Figure:
    return next(one for one in made.figures if (one.id, one.group) == (id, group))


def test_f1_is_the_mean_over_agencies_of_what_each_has_in_all() -> None:
    """甲: 2 x (8 + 1) / (10 + 10 + 2 + 2) = 0.75 over both reports; 乙: 2 x 4 / (4 + 4) = 1."""
    made = part(
        [tagged("1", "甲", (8, 10, 10)), tagged("2", "甲", (1, 2, 2)), tagged("3", "乙", (4, 4, 4)),
         tagged("4", "丙", (0, 1, 1), unseen=True), tagged("5", "丁", (3, 3, 3), split="train")]
    )  # fmt: skip
    assert figure(made, "tagging.table", "未见的机关").value == pytest.approx(0.875)
    assert figure(made, "tagging.table", "未见的机关").n == 32
    assert figure(made, "tagging.table", "未见的机关、措辞与损坏").value == 0
    assert figure(made, "tagging.table", "训练过的机关（其他报告）").value == 1
    assert figure(made, "tagging.prose", "未见的机关").value is None


def test_calibration_leaves_agencies_trained_on_aside() -> None:
    """Ten answers of 0.9, eight right: the error is 0.1."""
    answers = tuple((0.9, number < 8) for number in range(10))
    made = part(
        [tagged("1", "甲", NOTHING, answers=answers), tagged("2", "丁", NOTHING, split="train", answers=((0.1, True),))]
    )
    found = figure(made, "tagging.ece", "未见的机关（全部）")
    assert found.value == pytest.approx(0.1) and found.n == 10


def test_labels_with_the_worst_first() -> None:
    labels = {"t3.new.total": (1, 2, 2), "t3.granted.total": (3, 3, 3)}
    (table,) = part([tagged("1", "甲", NOTHING, labels=labels)]).tables
    assert [row[0] for row in table.rows] == ["t3.new.total", "t3.granted.total"]
    assert table.rows[0][2:] == (2, 2, 1, 0.5)
