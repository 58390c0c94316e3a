"""Gold from answers: `NAME.gold.json` beside a copy of the report, and each annotator's `NAME.WHO.annotator.json`.

Gold holds the cells that people saw, and no others: were the program's own values put beside them, an evaluation would
find the program right by asking the program. These cells were chosen because they looked wrong, so that a rate over
them says nothing of the rest of the form.

To see that a cell is blank is not to know what it means. It is gold only where the equalities give its value from other
cells that people saw; null would say that nobody can know, and blame the program for what it rightly infers.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from annotations.pull.answered_reports import AnsweredReport
from annotations.pull.kept import write
from annotations.pull.people import annotator_file, as_annotator, as_json, by_person
from pipeline.answers import CellAnswer
from pipeline.errors import E101, E304, GoujiError
from pipeline.ingest.contents import Content, find_contents
from pipeline.ingest.sources import check_unchanged
from pipeline.reconcile.rules import number_text
from pipeline.record import Number
from pipeline.template import Rule, table
from training.gold import ANNOTATOR_SUFFIX, SUFFIX

KIND_WORDS = {"number": "", "blank": "空白", "dash": "“—”", None: "?"}


@dataclass(slots=True)
class Written:
    """What there is below the folder of gold after a pull."""

    gold: int = 0
    annotators: int = 0
    """Files of one person's answers."""
    withdrawn: int = 0
    """Gold that was there and no longer holds: people disagree now, or the program asks about more."""


def write_gold(reports: Iterable[AnsweredReport], folder: Path, out: Path, tell: Callable[[str], None]) -> Written:
    """Gold of every report all of whose cells in need of a look are answered and agreed on.

    Args:
        tell: told in one line of each report whose file could not be had.

    Raises:
        GoujiError: E304 where it cannot be written.
    """
    written = Written()
    lacking: dict[str, AnsweredReport] = {}
    for one in reports:
        for who, said in by_person(one).items():
            path = folder / f"{one.name}.{as_annotator(who)}{ANNOTATOR_SUFFIX}"
            write(path, annotator_file(one, who, said))
            written.annotators += 1
        if not is_settled(one):
            written.withdrawn += _withdraw(folder / f"{one.name}{SUFFIX}")
        elif _document(folder, one) is not None:
            write(folder / f"{one.name}{SUFFIX}", gold_file(one))
            written.gold += 1
        else:
            lacking[one.sha256] = one
    for sha256, content in _contents(out, lacking, tell):
        one = lacking[sha256]
        _copy(content, folder / f"{one.name}{Path(content.file_name).suffix}")
        write(folder / f"{one.name}{SUFFIX}", gold_file(one))
        written.gold += 1
    return written


def is_settled(one: AnsweredReport) -> bool:
    """Whether what people were to look at has been looked at, nobody disagrees, and there is something to write."""
    return not one.disputed and not one.alone and not one.open and bool(known_values(one))


def known_values(one: AnsweredReport) -> dict[str, Number | None]:
    """By field, in the order of the form, what people say that the agency reports; None where they say that it cannot
    be known."""
    values = {
        field: answer.value for field, answer in one.final.items()
        if answer.kind == "number" or answer.verdict == "source_wrong"
    }  # fmt: skip
    left = {field for field, answer in one.final.items() if answer.kind in ("blank", "dash")} - values.keys()
    rules = [rule for table_id, template in sorted(one.templates.items()) for rule in table(template, table_id).rules]
    while forced := {field: wanted for field in left if (wanted := _forced(field, rules, values)) is not None}:
        values |= forced
        left -= forced.keys()
    return {field: values[field] for field in one.fields if field in values}


def _forced(field: str, rules: Iterable[Rule], values: Mapping[str, Number | None]) -> Number | None:
    """The one number that all equalities want whose other fields are known, where it can be a count."""
    wanted: set[Number] = set()
    for rule in rules:
        others = [other for other in rule.fields if other != field]
        if field in rule.fields and all(values.get(other) is not None for other in others):
            sides = [sum(values[other] or 0 for other in side if other != field) for side in (rule.left, rule.right)]
            wanted.add(sides[1] - sides[0] if field in rule.left else sides[0] - sides[1])
    return wanted.pop() if len(wanted) == 1 and min(wanted) >= 0 else None


def gold_file(one: AnsweredReport) -> bytes:
    """What people said of the cells that they saw."""
    values = known_values(one)
    people = sorted({as_annotator(answer.annotator) for answer in one.answers.answers})
    content = {
        "agency": one.agency, "year": one.year, "templates": one.templates,
        "printed": {field: one.final[field].printed for field in values},
        "reconciled": values,
        "kinds": {field: one.final[field].kind for field in values},
        "source_findings": [_finding(one, answer) for answer in one.final.values() if answer.verdict == "source_wrong"],
        "unverified": [
            f"{answer.field} {_label(one, answer.field)}：看原件无法辨认"
            for answer in one.final.values() if answer.verdict == "unreadable"
        ],
        "annotators": people,
        "note": f"标注员看过 {len(one.final)} 格，本答案有其中 {len(values)} 格；看不清的，空白而推不出其数的，"
        f"不在内。全表 {len(one.fields)} 格，其余只有程序读过，也不在内。看过的格是挑出来问的，正确率不能推及其余",
    }  # fmt: skip
    return as_json(content)


def _finding(one: AnsweredReport, answer: CellAnswer) -> str:
    printed = number_text(answer.printed) if answer.kind == "number" else KIND_WORDS[answer.kind]
    meant = "应为多少无从得知" if answer.value is None else f"应为 {number_text(answer.value)}"
    return f"{answer.field} {_label(one, answer.field)}：印作 {printed}，标注员认定原文有误，{meant}"


def _label(one: AnsweredReport, field: str) -> str:
    table_id = field.partition(".")[0]
    return table(one.templates[table_id], table_id).describe(field)


def _document(folder: Path, one: AnsweredReport) -> Path | None:
    """The report's copy, where an earlier pull made one."""
    beside = folder.glob(f"*-{one.sha256[:8]}*") if folder.is_dir() else iter(())
    found = (path for path in sorted(beside) if path.stem == one.name and path.suffix not in (".json", ".half"))
    return next(found, None)


def _withdraw(path: Path) -> bool:
    if not path.exists():
        return False
    path.unlink()
    return True


def _contents(
    out: Path, wanted: dict[str, AnsweredReport], tell: Callable[[str], None]
) -> Iterable[tuple[str, Content]]:
    if not wanted:
        return
    with tempfile.TemporaryDirectory(prefix="gouji-") as spool:
        contents = find_contents(out, wanted, Path(spool))
        for sha256, one in wanted.items():
            content = contents.get(sha256)
            try:
                if content is None:
                    raise GoujiError(E101, reason="原件已不在原处，在运行 gouji ingest 时的文件夹里再试")
                check_unchanged(content.path, sha256)
            except GoujiError as error:
                tell(f"没有写标准答案：{one.file}（{error.details['reason']}）")
                continue
            yield sha256, content


def _copy(content: Content, path: Path) -> None:
    half = path.with_name(f"{path.name}.half")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(content.path, half)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise GoujiError(E304, reason=f"{path}（{error.strerror}）") from None
