"""What a task shows of the file itself: its pages with what is asked framed in red, or where it has no pages its tables
and lines; where what is asked was found nowhere, the file as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from annotations.push.page_images import Place, drawn, page_images, pages_of
from annotations.push.passages import whole_document, whole_passage
from pipeline.document import Box, Document
from pipeline.record import FieldSource
from pipeline.show.pictures import PagePicture

MOST_PAGES = 20
"""In one task."""


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
        found.parts.append(_page(found, one.picture, [(marks[field], box) for field, box in boxes.items()]))
        found.crops |= {field: _address(found, data) for field, data in one.crops.items()}
    elsewhere = {field: source for field, source in sources.items() if field not in found.crops}
    if passage := whole_passage(document, elsewhere, marks):
        found.parts.append(f'<div class="passage">{passage}</div>')
    complete = found.parts and marks.keys() <= sources.keys()
    return found if complete else _whole(found, document, path, file, {})


def evidence_of_table(
    document: Document, path: Path, sources: Mapping[str, FieldSource], rows: Sequence[Sequence[str]], file: str
) -> Evidence:
    """All of the table: the pages on which it was found, each with one frame around what was found there, or the
    passages; where of a row nothing was found the table may go on elsewhere, and the file is shown as a whole.

    Args:
        sources: by field id of the table, where it was read.
        rows: fields of each row that is asked about.
        file: its name.
    """
    found = Evidence()
    places = _places(sources)
    frames: dict[int, Box] = {}
    for page, box in places.values():
        frames[page] = _around(frames[page], box) if page in frames else box
    if all(any(field in sources for field in row) for row in rows):
        if frames:
            numbers = [page for page in pages_of(document) if min(frames) <= page <= max(frames)]
            _add_pages(found, document, path, numbers, frames)
        # A page of a site may have pictures, and the table in its text.
        beside = {field: source for field, source in sources.items() if field not in places}
        if passage := whole_passage(document, beside, {}):
            found.parts.append(f'<div class="passage">{passage}</div>')
    return found if found.parts else _whole(found, document, path, file, frames)


def _whole(found: Evidence, document: Document, path: Path, file: str, frames: Mapping[int, Box]) -> Evidence:
    """The file, below what was found of it."""
    found.parts.append(f'<p class="nothing">所问的格有的程序没有找到，下面是整个文件：{escape(Path(file).name)}</p>')
    before = len(found.parts)
    _add_pages(found, document, path, pages_of(document), frames)
    # What stands on pages is seen there.
    if document.format not in ("pdf", "image") and (shown := whole_document(document)):
        found.parts.append(f'<div class="passage">{shown}</div>')
    if len(found.parts) == before:
        found.parts.append(f'<p class="nothing">文件里没有可显示的内容，请打开原件核对：{escape(file)}</p>')
    return found


def _add_pages(
    found: Evidence, document: Document, path: Path, numbers: Sequence[int], frames: Mapping[int, Box]
) -> None:
    """As many as a task can hold, from the one before the table; what is not shown is said."""
    near = next((at for at, page in enumerate(numbers) if frames and page >= min(frames) - 1), 0)
    first = max(0, min(near, len(numbers) - MOST_PAGES))
    wanted = numbers[first : first + MOST_PAGES]
    shown = drawn(document, path, set(wanted))
    for picture in shown:
        frame = frames.get(picture.page)
        inside = [("", frame)] if frame is not None and picture.holds(frame) else []
        found.parts.append(_page(found, picture, inside))
    lost = [page for page in wanted if page not in {picture.page for picture in shown}]
    if len(wanted) < len(numbers):
        lost += [page for page in numbers if page not in wanted]
    if lost:
        listed = "、".join(map(str, sorted(lost)))
        found.parts.append(f'<p class="nothing">没有显示的页：{listed}；表如果在那里，请打开原件核对</p>')


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


def _page(found: Evidence, picture: PagePicture, boxes: Sequence[tuple[str, Box]]) -> str:
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
