"""Reports with one known fault each, on the numbers of given gold: the same each time, and no fault but that one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from pipeline.cli import main
from pipeline.errors import GoujiError
from pipeline.template import load_templates
from tests.training.evaluation.made import field, report
from training.evaluation.build import evaluation_of
from training.evaluation.cases import CASE_SUFFIX, FAULT, STRUCK, Case, find_cases
from training.evaluation.figures import Evaluation
from training.evaluation.injected import KINDS, NO_FAULT, clean_report, why_not, with_fault, write_injected
from training.evaluation.parts.repair import FAULTS as WORDS
from training.gold import SUFFIX, load_gold
from training.mangle.pages import LABELS, Page, Sheet

EXAMPLES = Path(__file__).parents[3] / "examples"
NAMES = ("zeros_blank.html", "run_together.txt", "wrong_total.html")
"""Zeros left blank; whole, whatever became of its layout; a total of table 3 that is wrong in print."""


@pytest.fixture
def golds(tmp_path: Path) -> list[Case]:
    folder = tmp_path / "gold"
    (folder / "sub").mkdir(parents=True)
    for number, name in enumerate(NAMES):
        target = folder / "sub" if number == 0 else folder
        shutil.copy(EXAMPLES / name, target)
        shutil.copy(EXAMPLES / f"{Path(name).stem}{SUFFIX}", target)
    return find_cases(folder)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows_of(page: Page) -> list[tuple[str, ...]]:
    (sheet,) = (block for block in page if isinstance(block, Sheet) and block.table_id == "t3")
    return [row.cells for row in sheet.rows]


def others_of(page: Page) -> list[object]:
    return [block for block in page if not (isinstance(block, Sheet) and block.table_id == "t3")]


def struck_of(case: Case) -> list[str]:
    return [group.removeprefix(STRUCK) for group in case.about.groups if group.startswith(STRUCK)]


def test_the_same_seed_gives_the_same_files(golds: Sequence[Case], tmp_path: Path) -> None:
    for name, reports, seed in (("one", 2, 7), ("two", 2, 7), ("fewer", 1, 7), ("other", 2, 8)):
        write_injected(golds, tmp_path / name, reports, seed)
    one, two, fewer, other = (files_of(tmp_path / name) for name in ("one", "two", "fewer", "other"))
    assert one == two
    assert fewer.items() < one.items()
    assert one != other


def test_what_was_made(golds: Sequence[Case], tmp_path: Path) -> None:
    made = write_injected(golds, tmp_path / "out", 2, 7)
    assert made.left_out == ("wrong_total（表三原印自相矛盾，错误不止注入的一个）",)
    assert {case.name for case in made.cases} == {
        f"{gold}/{fault}-{number}"
        for gold in ("run_together", "sub/zeros_blank")
        for fault in KINDS
        for number in (0, 1)
    }
    by_name = {case.name: case for case in golds}
    for case in made.cases:
        source = by_name[case.name.rpartition("/")[0]]
        fault = case.name.rpartition("/")[2].rpartition("-")[0]
        assert (case.agency, case.gold.year, case.about.origin) == (source.agency, source.gold.year, "injected")
        assert [group for group in case.about.groups if group.startswith(FAULT)] == [f"{FAULT}{fault}"]
        assert bool(struck_of(case)) == (fault != NO_FAULT)
        assert all(field.startswith("t3.") for field in case.gold.reconciled)
        for id_, value in case.gold.reconciled.items():
            assert (case.gold.printed[id_], value) == (source.gold.printed[id_], source.gold.reconciled[id_])


def test_what_is_there_stays_unless_its_gold_has_changed(golds: Sequence[Case], tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_injected(golds, out, 1, 7)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    gone = out / f"run_together/missed-0{CASE_SUFFIX}"  # as a kill leaves it
    gone.unlink()
    gold = golds[1].gold
    content = json.loads(gold.path.read_text(encoding="utf-8"))
    gold.path.write_text(json.dumps({**content, "year": content["year"] - 1}), encoding="utf-8")

    made = write_injected(find_cases(tmp_path / "gold"), out, 1, 7)

    changed = {path for path, time in before.items() if path.stat().st_mtime_ns != time}
    assert {path.relative_to(out).as_posix().split(".")[0] for path in changed} == {
        "run_together/missed-0", *(f"sub/zeros_blank/{fault}-0" for fault in KINDS)
    }  # fmt: skip
    assert {case.gold.year for case in made.cases if case.name.startswith("sub/")} == {content["year"] - 1}
    # A gold that is no longer given has left its reports behind; they are not counted.
    assert write_injected(golds[:1], out, 1, 7).cases == tuple(
        case for case in made.cases if case.name.startswith(golds[0].name)
    )


@pytest.mark.parametrize("name", ["zeros_blank", "run_together"])
def test_the_clean_report_prints_what_the_gold_prints(golds: Sequence[Case], name: str) -> None:
    (case,) = (one for one in golds if one.gold.name == name)
    page, fields = with_fault(clean_report(case, 0, 7), NO_FAULT, Random(0), True) or ([], ("none",))
    assert fields == ()
    table = load_templates()[case.gold.templates["t3"]].tables["t3"]
    numbers = [number for row in rows_of(page)[-len(table.rows) :] for number in row[LABELS:]]
    printed = [case.gold.printed[field] for field in table.field_ids()]
    assert numbers == ["" if number is None else str(number) for number in printed]


@pytest.mark.parametrize("fault", [kind for kind in KINDS if kind != NO_FAULT])
def test_one_fault_and_nothing_else(golds: Sequence[Case], fault: str) -> None:
    """The numbers of so many rows change: of one, or where two are fused of one and the next is gone."""
    case = golds[0]
    assert case.gold.name == "run_together"
    report = clean_report(case, 0, 7)
    clean, _ = with_fault(report, NO_FAULT, Random(0), True) or ([], ())
    made = with_fault(report, fault, Random(0), True)
    assert made is not None
    page, fields = made
    assert others_of(page) == others_of(clean)
    before, after = rows_of(clean), rows_of(page)
    # The same rows at the head and at the foot; between them stands the fault.
    head = next(i for i, (old, new) in enumerate(zip(before, after, strict=False)) if old != new)
    foot = next(i for i, (old, new) in enumerate(zip(before[::-1], after[::-1], strict=False)) if old != new)
    rows = {field.split(".")[1] for field in fields}
    if fault == "row_shift":
        assert len(after) == len(before) + 1
        flat = [number for row in after for number in row[LABELS:] if number]
        assert sorted(flat) == sorted(number for row in before for number in row[LABELS:] if number)
    elif fault == "rows_fused":
        assert (len(after), len(before) - head - foot, len(rows)) == (len(before) - 1, 2, 2)
    else:
        assert (len(after), len(before) - head - foot, len(rows)) == (len(before), 1, 1)


def test_most_faults_strike_numbers_that_are_not_zero(golds: Sequence[Case], tmp_path: Path) -> None:
    made = write_injected(golds, tmp_path / "out", 3, 7)
    for fault in (kind for kind in KINDS if kind != NO_FAULT):
        own = [case for case in made.cases if f"{FAULT}{fault}" in case.about.groups]
        telling = [case for case in own if any(case.gold.reconciled[field] for field in struck_of(case))]
        assert len(telling) >= len(own) / 2, fault


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, ""),
        ({"agency": None}, "机关或年度不明"),
        ({"year": None}, "机关或年度不明"),
        ({"templates": {}}, "没有表三，或版本不明"),
        ({"templates": {"t3": "1949"}}, "没有表三，或版本不明"),
        ({"reconciled": {"t3.new.natural": None}}, "表三有 1 格的真值无从得知"),
        ({"reconciled": {"t3.new.natural": 0.5}, "printed": {"t3.new.natural": 0.5}}, "表三有不是件数的数"),
        ({"printed": {"t3.new.natural": 99}}, "表三原印自相矛盾，错误不止注入的一个"),
        (
            {"reconciled": {"t3.new.natural": 99}, "printed": {"t3.new.natural": 99}},
            "表三的勾稽关系不成立",
        ),
        # A blank is no contradiction, whatever it stands for.
        ({"printed": {"t3.new.natural": None}}, ""),
    ],
)
def test_which_gold_can_carry_a_fault(golds: Sequence[Case], change: dict[str, object], reason: str) -> None:
    path = golds[0].gold.path
    content = json.loads(path.read_text(encoding="utf-8"))
    for key, value in change.items():
        merges = isinstance(value, dict) and key != "templates"
        content[key] = {**content[key], **value} if merges and isinstance(value, dict) else value
    path.write_text(json.dumps(content), encoding="utf-8")
    assert why_not(load_gold(path)) == reason


def test_gold_with_no_whole_table_makes_nothing(golds: Sequence[Case], tmp_path: Path) -> None:
    made = write_injected([case for case in golds if case.gold.name == "wrong_total"], tmp_path / "out", 1, 7)
    assert (made.cases, len(made.left_out)) == ((), 1)


def test_a_folder_that_cannot_be_written_is_one_line(golds: Sequence[Case], tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(GoujiError, match="E304"):
        write_injected(golds, tmp_path / "out", 1, 7)


def test_every_fault_has_a_name_on_pages() -> None:
    assert tuple(WORDS) == KINDS


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--faults", "-1", "--gold", "{gold}", "--out", "{out}"], "--faults 不能小于 0"),
        (["--faults", "2", "--gold", "{gold}"], "--faults 要与 --gold 和 --out 同用"),
        (["--faults", "2", "--synthetic", "1", "--out", "{out}"], "--faults 要与 --gold 和 --out 同用"),
    ],
)
def test_wrong_arguments_are_one_line(
    arguments: list[str], line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [one.format(gold=EXAMPLES, out=tmp_path / "out") for one in arguments]
    assert main(["evaluate", *given]) == 2
    error = capsys.readouterr().err
    assert line in error and error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_injected_results_count_nowhere_else() -> None:
    results = [report(field(7), field(3, read=1, value=1)), report(field(7), arm="rules")]
    injected = [report(field(7, read=1, value=2), name="a/digit-0", origin="injected", groups=(f"{FAULT}digit",))]

    plain = evaluation_of(results, (), "gouji evaluate")
    both = evaluation_of(results, (), "gouji evaluate", injected, ("b（没有表三，或版本不明）",))

    assert (both.reports, both.agencies, both.arms, both.cards) == (1, 1, ("both", "rules"), plain.cards)
    for one, other in zip(plain.parts, both.parts, strict=True):
        assert [figure for figure in other.figures if not figure.group.startswith("注入 ")] == list(one.figures)
        assert other.tables[: len(one.tables)] == one.tables
        assert (one == other) == (one.number != 6)
    assert both.notes[: len(plain.notes)] == plain.notes
    assert both.notes[len(plain.notes)].startswith("另有 1 份注入了单个已知错误的报告")
    assert both.notes[-1] == "没有用来注入错误的标准答案：b（没有表三，或版本不明）。"


def test_from_the_command_line(golds: Sequence[Case], tmp_path: Path) -> None:
    """With faults, and again without, into a folder inside that of the gold: what lies there from the first time passes
    for no gold the second time."""
    folder = tmp_path / "gold"
    golds[1].gold.path.unlink()
    golds[2].gold.path.unlink()
    out = folder / "out"
    common = ["evaluate", "--gold", str(folder), "--out", str(out), "--arms", "rules"]

    assert main([*common, "--faults", "1"]) == 0
    with_faults = Evaluation.model_validate_json((out / "evaluation.json").read_bytes())
    assert main(common) == 0
    without = Evaluation.model_validate_json((out / "evaluation.json").read_bytes())

    assert (with_faults.reports, without.reports) == (1, 1)
    figures = [figure for part in with_faults.parts for figure in part.figures]
    injected = [figure for figure in figures if figure.group.startswith("注入 ")]
    plain = [figure for figure in figures if not figure.group.startswith("注入 ")]
    assert {figure.group for figure in injected} == {f"注入 {name}" for name in WORDS.values()}
    timed = ("seconds", "minutes")
    assert [one for one in plain if one.unit not in timed] == [
        figure for part in without.parts for figure in part.figures if figure.unit not in timed
    ]
    assert with_faults.cards == without.cards
    assert f"{len(KINDS)} 份注入了单个已知错误的报告" in " ".join(with_faults.notes)
    assert len(list((out / "injected" / "results" / "rules").rglob("*.json"))) == len(KINDS)
    assert len(list((out / "results").rglob("*.json"))) == 1
