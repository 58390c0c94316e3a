"""The task *check these cells*: the page with red boxes, or the passage, beside the recovered form, and a card each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from annotations.push.choices import choices, number_on_page
from annotations.push.form import form_html
from annotations.push.page_images import PageImages, Place, page_images
from annotations.push.passages import own_passage, whole_passage
from annotations.selection import AskedReport
from pipeline.document import Document
from pipeline.record import Field, FieldSource, Report
from pipeline.show import words
from pipeline.show.form import tables_used

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

MOST_EQUATIONS, MOST_UNKNOWN = 2, 3
"""Equalities shown on a card, and unknown numbers in one of them."""


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image that the task shows and the server has to hold."""

    name: str
    """By its content, so that the same image is never stored twice."""
    data: bytes
    mime: str = "image/jpeg"


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
    told = "\n".join((batch, asked.sha256, "裁定" if adjudicates else "核对", *asked.fields))
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
    pages = page_images(document, path, _places(sources))
    images: dict[str, ImageFile] = {}
    evidence = [_page_html(one, sources, marks, images) for one in pages]
    on_pages = {field for one in pages for field in one.crops}
    if passage := whole_passage(document, {f: s for f, s in sources.items() if f not in on_pages}, marks):
        evidence.append(f'<div class="passage">{passage}</div>')
    if not evidence:
        evidence.append(f'<p class="nothing">原件上没有找到这些格，请打开原件核对：{escape(asked.file)}</p>')
    crops = {
        field: f'<img src="{_image(images, one.crops[field])}" alt="这一格">' for one in pages for field in one.crops
    }
    cells = [
        _cell(report, field, place, mark, crops.get(field) or own_passage(document, field, sources, mark))
        for place, (field, mark) in enumerate(marks.items())
    ]
    data = {
        "key": task_key(batch, asked, adjudicates),
        "kind": "cells",
        "batch": batch,
        "sha256": asked.sha256,
        "file": asked.file,
        "agency": asked.agency,
        "year": asked.year,
        "program": program,
        "adjudicates": adjudicates,
        "heading": _heading(report, asked),
        "evidence": "".join(evidence),
        "form": form_html(report, marks),
        "cells": cells,
    }
    return CellTask(data, tuple(images.values()))


def _heading(report: Report, asked: AskedReport) -> str:
    year = f"{report.year} 年度" if report.year is not None else "年度未写明"
    return f"{report.agency or '（未写明机关）'}　{year}　{Path(asked.file).name}"


def _places(sources: Mapping[str, FieldSource]) -> dict[str, Place]:
    return {
        field: (source.page, source.box)
        for field, source in sources.items()
        if source.page is not None and source.box is not None
    }


def _image(images: dict[str, ImageFile], data: bytes) -> str:
    """What stands for the image's address until it has one."""
    name = f"{hashlib.sha256(data).hexdigest()[:32]}.jpg"
    images[name] = ImageFile(name, data)
    return f"{{{{{name}}}}}"


def _page_html(
    one: PageImages, sources: Mapping[str, FieldSource], marks: Mapping[str, str], images: dict[str, ImageFile]
) -> str:
    picture = one.picture
    boxes = []
    for field in one.crops:
        box = sources[field].box
        assert box is not None
        left, top, width, height = picture.place(box)
        at = (
            f"left:{100 * left / picture.width:.2f}%;top:{100 * top / picture.height:.2f}%;"
            f"width:{100 * width / picture.width:.2f}%;height:{100 * height / picture.height:.2f}%"
        )
        boxes.append(f'<div class="box" style="{at}"><b>{marks[field]}</b></div>')
    address = _image(images, picture.data)
    return (
        f'<p class="page">第 {picture.page} 页</p><div class="sheet"><img src="{address}" alt="第 {picture.page} 页">'
        f"{''.join(boxes)}</div>"
    )


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

