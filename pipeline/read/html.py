"""HTML pages, as sites publish them and as Word, WPS and Excel export them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import cast

from lxml import etree

from pipeline.document import Block, Document, Line, Picture, Source
from pipeline.errors import E103, GoujiError
from pipeline.limits import Limits, default_limits
from pipeline.read.charset import declared_charset, decode
from pipeline.read.html_table import Table, find_tables, table_grid
from pipeline.read.html_text import BLOCKS, HEADINGS, Text, image_size, is_hidden, is_unseen, joins_row
from pipeline.read.pictures import Absence, Find, Pictures
from pipeline.read.references import addresses, find_beside, find_nothing

_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f]")
_META = {"articletitle": "", "pubdate": "发布日期：", "contentsource": "信息来源："}
"""Names that the state's rule for site metadata gives, and the words that the page would show them with."""

# libxml2 stops at this depth and drops the rest of the page; the tags below are what nests that deep.
_EXCESSIVE_DEPTH = 2040
_INLINE_TAGS = re.compile(r"</?(?:span|font|b|i|u|strong|em|a|big|small|o:p)\b[^<>]*>", re.IGNORECASE)
_WRAPPING_TAGS = re.compile(
    r"</?(?:div|section|center|blockquote|article|main|ul|ol|li|dl|dd|form|fieldset)\b[^<>]*>", re.IGNORECASE
)


def read_html(
    data: bytes,
    name: str,
    sha256: str,
    limits: Limits | None = None,
    folder: Path | None = None,
    find: Find | None = None,
) -> Document:
    """A page as lines, grids and pictures in reading order.

    Tables that only lay out the page come out as lines; a `<br>` or block end within a cell is a newline.
    The title and the publication metadata of the head stand first, as lines. Each picture at hand that may hold a
    table has a page of its own, in pixels.

    Args:
        data: the page, in any encoding; what it declares about that is not trusted.
        folder: where the page lies; its pictures are looked for there and below, and nowhere else.
        find: looks for pictures in its place.

    Raises:
        GoujiError: E103 above `max_markup_bytes`.
    """
    limits = limits or default_limits()
    if len(data) > limits.max_markup_bytes:
        raise GoujiError(E103, size=len(data), limit=limits.max_markup_bytes)
    decoded = decode(data, declared_charset(data))
    pictures = Pictures(limits)
    if find is None:
        find = find_nothing if folder is None else find_beside(folder, limits.max_bytes)
    blocks, warnings = blocks_of_html(decoded.text, limits.max_cells, pictures, find)
    warnings = [*decoded.warnings, *warnings, *pictures.warnings(blocks)]
    return Document(PurePath(name).name, sha256, "html", tuple(blocks), tuple(pictures.pages), tuple(warnings))


def page_text(data: bytes) -> str:
    """The source of a page, in whatever encoding it is."""
    return decode(data, declared_charset(data)).text


def blocks_of_html(
    text: str, max_cells: int, pictures: Pictures, find: Find = find_nothing
) -> tuple[list[Block], list[str]]:
    """The blocks of a page that is already text, and the reader's warnings but those of `pictures`."""
    warnings: list[str] = []
    text = _CONTROL.sub("", text)
    root = _parse(text)
    if root is not None and _too_deep(root):
        root = _parse(_WRAPPING_TAGS.sub("<br>", _INLINE_TAGS.sub("", text)))
        if root is not None and _too_deep(root):
            warnings.append("网页标签嵌套过深，最深处之后的内容未能读取。")
    if root is None:
        return [], warnings
    flow = _Flow(find_tables(root), max_cells, pictures, find)
    flow.head(root)
    flow.walk(root)
    if flow.cells_left < 0:
        warnings.append("表格单元格过多，其余表格未读取。")
    return flow.blocks, warnings


def _parse(text: str) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_pis=False)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from None
        return None


def _too_deep(root: etree._Element) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth >= _EXCESSIVE_DEPTH:
            return True
    return False


class _Flow:
    """The running text of a page, cut into blocks."""

    def __init__(self, tables: dict[etree._Element, Table], max_cells: int, pictures: Pictures, find: Find) -> None:
        self.blocks: list[Block] = []
        self.cells_left = max_cells
        self._tables = tables
        self._pictures = pictures
        self._find = find
        self._text = Text()
        self._line: int | None = None
        self._heading = 0
        self._grids = 0

    def head(self, root: etree._Element) -> None:
        seen: set[str] = set()
        for element, shown in _head_lines(root):
            if shown not in seen:
                seen.add(shown)
                self.blocks.append(Line(shown, Source(line=_line(element))))

    def walk(self, root: etree._Element) -> None:
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        preformatted: list[etree._Element] = []
        for event, element in walker:
            # A skipped element has its end like any other, and its tail is added there.
            if event == "start":
                if element in self._tables and self._tables[element].is_data and not is_hidden(element):
                    self._table(element)
                    walker.skip_subtree()
                elif is_unseen(element):
                    walker.skip_subtree()
                else:
                    self._start(element)
                    if element.tag == "pre":
                        preformatted.append(element)
                    self._add(element, element.text, bool(preformatted))
                continue
            if event == "end":
                if preformatted and preformatted[-1] is element:
                    preformatted.pop()
                self._end(element)
            self._add(element, element.tail, bool(preformatted))
        self._flush()

    def _start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "br":
            self._flush()
        elif tag == "img":
            picture = self._picture(element)
            if picture is not None:
                self._flush()
                self.blocks.append(picture)
        elif tag == "input":
            self._add(element, element.get("value"), False)
        elif joins_row(element):
            self._text.tab()
        elif tag in BLOCKS:
            self._flush()
            self._heading = HEADINGS.get(str(tag), self._heading)

    def _end(self, element: etree._Element) -> None:
        if element.tag in BLOCKS and not joins_row(element):
            self._flush()
            if element.tag in HEADINGS:
                self._heading = 0

    def _add(self, element: etree._Element, text: str | None, preformatted: bool) -> None:
        if not text:
            return
        if self._line is None and not text.isspace():
            self._line = _line(element)
        self._text.add(text, preformatted)

    def _flush(self) -> None:
        for text in self._text.take():
            self.blocks.append(Line(text, Source(line=self._line), self._heading))
        self._line = None

    def _table(self, element: etree._Element) -> None:
        self._flush()
        table = self._tables[element]
        for stray in table.strays:
            self.blocks.append(Line(stray, Source(line=_line(element))))
        if self.cells_left < 0:
            return
        self.cells_left -= sum(len(row.cells) for row in table.rows)
        if self.cells_left < 0:
            return
        self._grids += 1
        self.blocks.append(table_grid(table, self._grids, _line(element)))
        for image in element.iter("img"):
            picture = self._picture(image)
            if picture is not None and picture.pixels:
                self.blocks.append(picture)

    def _picture(self, element: etree._Element) -> Picture | None:
        size = image_size(element)
        if size is None:
            return None
        line = _line(element)
        absence: Absence | None = "missing"
        for address in addresses(element):
            found = self._find(address)
            if isinstance(found, bytes):
                picture = self._pictures.add(found, size, line)
                if picture.pixels is not None:
                    return picture
                found = None
            absence = found
        return Picture(*size, Source(line=line)) if absence is None else self._pictures.add(absence, size, line)


def _head_lines(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    for element in root.iter("title", "meta"):
        if element.tag == "title":
            label, value = "", "".join(map(str, element.itertext()))
        else:
            key = (element.get("name") or "").strip().lower()
            if key not in _META:
                continue
            label, value = _META[key], element.get("content") or ""
        value = " ".join(value.split())
        if value:
            yield element, label + value


def _line(element: etree._Element) -> int | None:
    return cast(int | None, element.sourceline)
