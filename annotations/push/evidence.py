"""What a task shows of the file itself: its pages with what is asked framed in red, or where it has no pages its tables
and lines; where what is asked was found nowhere, the file as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from annotations.push.page_images import PageImages, Place, all_pages, page_images
from annotations.push.passages import whole_document, whole_passage
from pipeline.document import Box, Document
from pipeline.record import FieldSource


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image that the task shows and the server has to hold."""

    name: str
    """By its content, so that the same image is never stored twice."""
    data: bytes
    mime: str = "image/jpeg"


@dataclass(slots=True)
class Evidence:
    """HTML, with `{{name}}` in place of each image's address, and the images."""

    parts: list[str] = field(default_factory=list)
    crops: dict[str, str] = field(default_factory=dict)
    """By field, the place of its crop's address."""
    images: dict[str, ImageFile] = field(default_factory=dict)

    @property
    def html(self) -> str:
        return "".join(self.parts)


def evidence_of_cells(
    document: Document, path: Path, sources: Mapping[str, FieldSource], marks: Mapping[str, str], file: str
) -> Evidence:
    """Pages and passages with each cell's mark.

    Args:
        sources: by field id, where it was read.
        marks: by field id, `①` and the like.
        file: its name, told where it shows nothing.
    """
    found = Evidence()
    for one in page_images(document, path, _places(sources)):
        boxes = {field: box for field in one.crops if (box := sources[field].box) is not None}
        found.parts.append(_page(found, one, [(marks[field], box) for field, box in boxes.items()]))
        found.crops |= {field: _address(found, data) for field, data in one.crops.items()}
    elsewhere = {field: source for field, source in sources.items() if field not in found.crops}
    if passage := whole_passage(document, elsewhere, marks):
        found.parts.append(f'<div class="passage">{passage}</div>')
    return found if found.parts else _whole(found, document, path, file)


def evidence_of_table(
    document: Document, path: Path, sources: Mapping[str, FieldSource], file: str
) -> Evidence:
    """Each page with one frame around all that was found of the table there; passages without marks.

    Args:
        sources: by field id of the table, where it was read.
    """
    found = Evidence()
    frames: dict[str, Place] = {}
    for page, box in _places(sources).values():
        frames[str(page)] = page, _around(frames[str(page)][1], box) if str(page) in frames else box
    shown = page_images(document, path, frames)
    for one in shown:
        found.parts.append(_page(found, one, [("", frames[name][1]) for name in one.crops]))
    if not shown and (passage := whole_passage(document, sources, {})):
        found.parts.append(f'<div class="passage">{passage}</div>')
    return found if found.parts else _whole(found, document, path, file)


def _whole(found: Evidence, document: Document, path: Path, file: str) -> Evidence:
    found.parts.append(f'<p class="nothing">程序没有找到所问的格，下面是整个文件：{escape(Path(file).name)}</p>')
    pages = [_page(found, one, []) for one in all_pages(document, path)]
    shown = whole_document(document)
    if pages:
        found.parts += pages
    elif shown:
        found.parts.append(f'<div class="passage">{shown}</div>')
    else:
        found.parts.append(f'<p class="nothing">文件里没有可显示的内容，请打开原件核对：{escape(file)}</p>')
    return found


def _places(sources: Mapping[str, FieldSource]) -> dict[str, Place]:
    return {
        field: (source.page, source.box)
        for field, source in sources.items()
        if source.page is not None and source.box is not None
    }


def _around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _address(found: Evidence, data: bytes) -> str:
    """What stands for the image's address until it has one."""
    name = f"{hashlib.sha256(data).hexdigest()[:32]}.jpg"
    found.images[name] = ImageFile(name, data)
    return f"{{{{{name}}}}}"


def _page(found: Evidence, one: PageImages, boxes: Sequence[tuple[str, Box]]) -> str:
    picture = one.picture
    frames = []
    for mark, box in boxes:
        left, top, width, height = picture.place(box)
        at = (
            f"left:{100 * left / picture.width:.2f}%;top:{100 * top / picture.height:.2f}%;"
            f"width:{100 * width / picture.width:.2f}%;height:{100 * height / picture.height:.2f}%"
        )
        frames.append(f'<div class="box" style="{at}">{f"<b>{mark}</b>" if mark else ""}</div>')
    return (
        f'<p class="page">第 {picture.page} 页</p><div class="sheet"><img src="{_address(found, picture.data)}" '
        f'alt="第 {picture.page} 页">{"".join(frames)}</div>'
    )
