"""The task *check these cells*: the page with red boxes, or the passage, beside the recovered form, and a card each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations.push.choices import choices, number_on_page
from annotations.push.evidence import ImageFile, evidence_of_cells
from annotations.push.form import form_html
from annotations.push.passages import own_passage
from annotations.selection import AskedReport
from pipeline.document import Document
from pipeline.record import Field, Report
from pipeline.show import words
from pipeline.show.form import tables_used

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

MOST_EQUATIONS, MOST_UNKNOWN = 2, 3
"""Equalities shown on a card, and unknown numbers in one of them."""


@dataclass(frozen=True, slots=True)
class CellTask:
    """A task before its images have addresses."""

    data: dict[str, Any]
    """As pushed, with `{{name}}` in place of each image's address."""
    images: tuple[ImageFile, ...]

    def with_addresses(self, addresses: Mapping[str, str]) -> dict[str, Any]:
        """The task's data, by the addresses of the images."""
        text = json.dumps(self.data, ensure_ascii=False)
        for image in self.images:
            text = text.replace(f"{{{{{image.name}}}}}", addresses[image.name])
        found: dict[str, Any] = json.loads(text)
        return found


def task_key(batch: str, asked: AskedReport, adjudicates: bool) -> str:
    """The same cells of the same report in the same batch have the same key."""
    sort = "裁定" if adjudicates else "核对" if asked.overview is None else "总览"
    told = "\n".join((batch, asked.sha256, sort, *asked.fields))
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def cell_task(
    batch: str, program: str, asked: AskedReport, report: Report, document: Document, path: Path,
    adjudicates: bool = False,
) -> CellTask:  # fmt: skip
    """One task.

    Args:
        batch: its name.
        program: mark of what read the report.
        asked: which cells.
        report: the record, as it is before anybody answers.
        document: what its file shows, as `read_document` gives it.
        path: the file.
    """
    marks = {field: _mark(index) for index, field in enumerate(asked.fields)}
    sources = {field: source for field in asked.fields if (source := report.fields[field].source) is not None}
    seen = evidence_of_cells(document, path, sources, marks, asked.file)
    crops = {field: f'<img src="{address}" alt="这一格">' for field, address in seen.crops.items()}
    cells = [
        _cell(report, field, place, mark, crops.get(field) or own_passage(document, field, sources, mark))
        for place, (field, mark) in enumerate(marks.items())
    ]
    data = {
        **whose(batch, program, asked, report, adjudicates),
        "kind": "cells",
        "evidence": seen.html,
        "form": form_html(report, marks),
        "cells": cells,
        "overview": [],
    }
    return CellTask(data, tuple(seen.images.values()))


def whose(batch: str, program: str, asked: AskedReport, report: Report, adjudicates: bool) -> dict[str, Any]:
    """What a task says of itself and of its report, whatever it asks."""
    return {
        "key": task_key(batch, asked, adjudicates),
        "batch": batch,
        "sha256": asked.sha256,
        "file": asked.file,
        "agency": asked.agency,
        "year": asked.year,
        "program": program,
        "adjudicates": adjudicates,
        "heading": _heading(report, asked),
    }


def _heading(report: Report, asked: AskedReport) -> str:
    year = f"{report.year} 年度" if report.year is not None else "年度未写明"
    return f"{report.agency or '（未写明机关）'}　{year}　{Path(asked.file).name}"


def _mark(index: int) -> str:
    return CIRCLED[index] if index < len(CIRCLED) else f"({index + 1})"


def _cell(report: Report, field_id: str, place: int, mark: str, shown: str) -> dict[str, Any]:
    field = report.fields[field_id]
    return {
        "field": field_id,
        "label": f"{mark} {_label(report, field_id)}",
        "crop": shown or f"<p>{_nothing(field)}</p>",
        "reason": _reason(report, field_id),
        "proposed": field.value,
        "printed": number_on_page(field),
        "kind": field.kind,
        "choices": choices(field, place),
    }


def _label(report: Report, field_id: str) -> str:
    table = next(one for one in tables_used(report.templates) if one.id == field_id.split(".")[0])
    row = next(row for row in table.rows if row.id == field_id.split(".")[1])
    group = f"{row.group} " if row.group else ""
    return f"{group}{table.describe(field_id)}"


def _nothing(field: Field) -> str:
    return "没有找到这一格" if field.kind == "absent" else words.KIND_WORDS[field.kind]


def _reason(report: Report, field_id: str) -> str:
    field, entry = report.fields[field_id], report.ledger.get(field_id)
    read = f"，读作 {field.printed}" if field.printed else ""
    parts = [f"{words.STATUS_WORDS[field.status]}{read}"]
    if entry is not None:
        # Of long columns of unknowns nobody sees anything.
        shown = [equation for equation in entry.equations if equation.count("?") <= MOST_UNKNOWN]
        parts += [entry.sentence.rstrip("。"), *shown[:MOST_EQUATIONS]]
    return "；".join(parts)

