"""What an evaluation leaves behind: JSON, the page, CSV for spreadsheets, and Markdown for a pull request."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.errors import E304, GoujiError
from training.evaluation.figures import Evaluation, Figure, Value
from training.evaluation.page import write_page
from training.evaluation.words import NOTHING, arm_text, arms_of, count_text, figure_text, headlines, of_arm, overall

TELLING = (
    "exact.values", "cells.nonzero", "cells.digit_decided", "grids.rows.f1", "grids.columns.f1", "reader.exact",
    "repair.precision", "repair.recall", "repair.harm", "fidelity.found", "fidelity.false_alarms",
    "trust.wrong_accepted.reports", "trust.untouched.exact", "trust.minutes",
)  # fmt: skip
"""Ids of the figures that the summary shows beside those that matter most; of a part with none of them, the first."""
NOTES_SHOWN = 20
"""Notes that the summary lists; how many more there are it says."""
FIGURE_COLUMNS = (
    "部分", "编号", "指标", "方式", "方式名称", "组", "值", "95%下限", "95%上限", "n", "n 的单位", "值的单位",
    "以何为好",
)  # fmt: skip
_TITLE_LENGTH = 40
"""Characters of a table's title in the name of its file."""
_TABLE_FILE = re.compile(r"\d{2,}-.*\.csv")


def write_outputs(evaluation: Evaluation, folder: Path) -> None:
    """Writes evaluation.json, evaluation.html, figures.csv, tables/NN-title.csv and summary.md, each whole or not at
    all. The same evaluation gives the same bytes. Tables of an evaluation that was written there before go.

    Args:
        folder: made where it is missing.

    Raises:
        GoujiError: E304, where something cannot be written.
    """
    files = {
        "evaluation.json": evaluation.model_dump_json(indent=1) + "\n",
        "evaluation.html": write_page(evaluation, folder),
        "summary.md": summary(evaluation),
        "figures.csv": as_csv(FIGURE_COLUMNS, _figure_rows(evaluation)),
    }
    tables = [table for part in evaluation.parts for table in part.tables]
    for number, table in enumerate(tables, 1):
        files[f"tables/{number:02d}-{_file_title(table.title)}.csv"] = as_csv(table.columns, table.rows)
    try:
        (folder / "tables").mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            _write(folder / name, text)
        for path in sorted((folder / "tables").iterdir()):
            if f"tables/{path.name}" not in files and _TABLE_FILE.fullmatch(path.name):
                path.unlink()
    except OSError as error:
        raise GoujiError(E304, reason=f"{folder}（{error.strerror}）") from None


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """A table as CSV, with the mark at its beginning by which Excel knows UTF-8; numbers with all their digits."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_plain(value) for value in row] for row in rows)
    return "\ufeff" + text.getvalue()


def summary(evaluation: Evaluation) -> str:
    """The most telling figures per arm, as Markdown for a pull request; below 100 lines whatever happened."""
    rows = _telling(evaluation)
    arms = arms_of(evaluation, (figure for _, figures in rows for figure in figures))
    lines = [
        "## 勾稽评测",
        "",
        f"{evaluation.agencies} 个机关，{evaluation.reports} 份报告；勾稽 {_markdown(evaluation.version)}。"
        "括号内是 95 % 区间（按机关重抽样）；只有上限的，只应相信上限。",
        "",
        f"| 指标 | {' | '.join(_markdown(arm_text(arm)) for arm in arms)} | n |",
        f"|:--|{'--:|' * len(arms)}--:|",
    ]
    for name, figures in rows:
        cells = [_markdown_figure(of_arm(figures, arm)) for arm in arms]
        lines.append(f"| {_markdown(name)} | {' | '.join(cells)} | {_markdown(_numbers_counted(figures))} |")
    lines.append("")
    if evaluation.notes:
        lines += [f"- {_markdown(note)}" for note in evaluation.notes[:NOTES_SHOWN]]
        if len(evaluation.notes) > NOTES_SHOWN:
            lines.append(f"- 另有 {len(evaluation.notes) - NOTES_SHOWN} 条说明，见 evaluation.html。")
        lines.append("")
    if evaluation.cards:
        lines += [f"最差的 {len(evaluation.cards)} 格逐格列在 evaluation.html。", ""]
    return "\n".join([*lines, "```sh", " ".join(evaluation.command.replace("```", "`").splitlines()), "```"]) + "\n"


def _telling(evaluation: Evaluation) -> list[tuple[str, tuple[Figure, ...]]]:
    """(name, one figure an arm): those that matter most, then the telling ones of each part. Figures that had nothing
    to count in any arm are left out."""
    rows = list(headlines(evaluation))
    first = {figure.id for _, figures in rows for figure in figures}
    for part in evaluation.parts:
        by_id: dict[str, list[Figure]] = {}
        for figure in overall(part):
            by_id.setdefault(figure.id, []).append(figure)
        wanted = [id_ for id_ in TELLING if id_ in by_id] or [id_ for id_ in by_id if not first & by_id.keys()][:1]
        rows += [(by_id[id_][0].label, tuple(by_id[id_])) for id_ in wanted]
    return [(name, figures) for name, figures in rows if any(figure.value is not None for figure in figures)]


def _markdown_figure(figure: Figure | None) -> str:
    if figure is None:
        return NOTHING
    text = figure_text(figure)
    return f"{text.value}（{text.interval}）" if text.interval else text.value


def _numbers_counted(figures: Sequence[Figure]) -> str:
    """What n is, once where the arms agree."""
    numbers = "；".join(dict.fromkeys(count_text(figure.n) for figure in figures))
    return f"{numbers} {figures[0].of}".rstrip()


def _markdown(text: str) -> str:
    """Text that stays text within a line or a table of Markdown."""
    return re.sub(r"([\\`*_\[\]<>|~#&])", r"\\\1", " ".join(text.split()))


def _figure_rows(evaluation: Evaluation) -> list[tuple[Value, ...]]:
    return [
        (
            part.title, figure.id, figure.label, figure.arm, arm_text(figure.arm), figure.group, figure.value,
            figure.low, figure.high, figure.n, figure.of, figure.unit, figure.better,
        )
        for part in evaluation.parts
        for figure in part.figures
    ]  # fmt: skip


def _plain(value: Value) -> Value:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it: file names come from outside."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _file_title(title: str) -> str:
    return re.sub(r"\W+", "-", title)[:_TITLE_LENGTH].strip("-") or "表"


def _write(path: Path, text: str) -> None:
    """Whole or not at all; line ends as they are in the text."""
    half = path.with_name(path.name + ".part")
    half.write_bytes(text.encode())
    half.replace(path)
