from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from pipeline.errors import GoujiError
from tests.training.evaluation.sample import evaluation, measured, rare, sample, share
from training.evaluation.figures import Evaluation, Part, Table
from training.evaluation.outputs import as_csv, summary, write_outputs


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def part(*tables: Table) -> Part:
    figures = (share("exact.reports", "整份全对", value=0.9), rare("trust.wrong_accepted", "错而采用的格", events=0))
    return Part(number=1, title="一、整份全对", says="", figures=figures, tables=tables)


def test_the_same_evaluation_gives_the_same_bytes(tmp_path):
    write_outputs(sample(), tmp_path / "a")
    write_outputs(sample(), tmp_path / "b")

    first = files(tmp_path / "a")
    assert first == files(tmp_path / "b")
    assert {"evaluation.json", "evaluation.html", "figures.csv", "summary.md"} <= first.keys()
    assert not any(name.endswith(".part") for name in first)


def test_the_json_gives_the_evaluation_back(tmp_path):
    write_outputs(sample(), tmp_path)
    assert Evaluation.model_validate_json((tmp_path / "evaluation.json").read_bytes()) == sample()


def test_figures_are_one_row_each_with_all_their_digits(tmp_path):
    figure = share("cells.right", "格正确率", "rules", 1 / 3, 12, "格", "省份 浙江")

    write_outputs(evaluation(Part(number=2, title="二、逐格", says="", figures=(figure,))), tmp_path)

    raw = (tmp_path / "figures.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    head, row = rows(raw.decode("utf-8-sig"))
    found = dict(zip(head, row, strict=True))
    assert found["部分"] == "二、逐格"
    assert (found["编号"], found["方式"], found["方式名称"]) == ("cells.right", "rules", "只用规则")
    assert found["组"] == "省份 浙江"
    assert float(found["值"]) == 1 / 3
    assert (found["n"], found["n 的单位"], found["值的单位"], found["以何为好"]) == ("12", "格", "share", "high")


def test_every_table_has_a_file_numbered_in_order(tmp_path):
    first = Table(title="各机关（规则/模型）", columns=("机关", "占比"), rows=(("甲局", 0.5), ("乙局", None)))
    second = Table(title="../../x", columns=("甲",), rows=())

    write_outputs(evaluation(part(first), part(second)), tmp_path)

    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == ["01-各机关-规则-模型.csv", "02-x.csv"]
    text = (tmp_path / "tables" / "01-各机关-规则-模型.csv").read_text(encoding="utf-8-sig")
    assert rows(text) == [["机关", "占比"], ["甲局", "0.5"], ["乙局", ""]]


def test_tables_of_an_older_evaluation_go_and_other_files_stay(tmp_path):
    old = Table(title="旧表", columns=("甲",), rows=((1,),))
    new = Table(title="新表", columns=("甲",), rows=((1,),))
    write_outputs(evaluation(part(old, old)), tmp_path)
    (tmp_path / "tables" / "notes.csv").write_text("mine", encoding="utf-8")

    write_outputs(evaluation(part(new)), tmp_path)

    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == ["01-新表.csv", "notes.csv"]


def test_no_text_of_a_table_is_a_formula():
    text = as_csv(("文件", "差"), [("=HYPERLINK(1)", -1.5), ("@x", -2), ("甲=乙", 0)])
    assert rows(text) == [["文件", "差"], ["'=HYPERLINK(1)", "-1.5"], ["'@x", "-2"], ["甲=乙", "0"]]


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path):
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(GoujiError, match="E304"):
        write_outputs(evaluation(part()), tmp_path / "out")


def test_what_was_there_stays_whole_where_writing_fails(tmp_path, monkeypatch):
    write_outputs(evaluation(part()), tmp_path)
    before = files(tmp_path)

    def no_room(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(28, "no room")

    monkeypatch.setattr(Path, "write_bytes", no_room)
    with pytest.raises(GoujiError, match="no room"):
        write_outputs(sample(), tmp_path)

    assert {name: data for name, data in files(tmp_path).items() if not name.endswith(".part")} == before


def test_the_summary_has_one_row_a_figure_and_one_column_an_arm():
    made = evaluation(
        Part(
            number=1, title="一", says="",
            figures=(
                share("exact.reports", "整份全对（数值与类别）", "both", 0.9),
                share("exact.reports", "整份全对（数值与类别）", "rules", 0.8),
                rare("trust.wrong_accepted", "错而采用的格", "both", 3, 60_000),
                *measured("trust.minutes", "用时", "minutes", (0.5, 1.0, 2.0), 412, "份"),
            ),
        ),
        notes=("一份 | 没有读成 <script>",),
    )  # fmt: skip

    table = [line for line in summary(made).splitlines() if line.startswith("|")]

    assert table[0] == "| 指标 | 规则与模型并用 | 只用规则 | 不做勾稽（所读即所得） | n |"
    assert table[2:] == [
        "| 整份全对 | 90.00 %（89.67–94.00 %） | 80.00 %（79.54–88.00 %） | — | 412 份报告 |",
        "| 错而采用 | 万分之 0.50（上限 万分之 1.20） | — | — | 60,000 格 |",
        "| 用时 | 0.50 分钟（0.40–0.65 分钟） | 1.00 分钟（0.80–1.30 分钟） | 2.00 分钟（1.60–2.60 分钟） | 412 份 |",
    ]
    assert len({line.count("|") for line in table}) == 1
    assert r"- 一份 \| 没有读成 \<script\>" in summary(made)


def test_a_part_without_telling_figures_shows_its_first_and_nothing_counted_is_left_out():
    unknown = Part(
        number=5, title="五", says="", figures=(share("tagging.f1", "标注 F1"), share("tagging.other", "其他"))
    )
    empty = Part(number=6, title="六", says="", figures=(share("repair.recall", "改回", value=None, n=0),))

    text = summary(evaluation(part(), unknown, empty))

    assert "标注 F1" in text
    assert "其他" not in text
    assert "改回" not in text


def test_the_summary_stays_short():
    many = sample().model_copy(update={"notes": tuple(f"第 {number} 份没有读成" for number in range(500))})
    text = summary(many)
    assert len(text.splitlines()) < 100
    assert "另有 480 条说明" in text
