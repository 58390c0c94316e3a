"""The cells of an .xlsx package and nothing else, as a package that openpyxl can be trusted with.

openpyxl inflates and parses whatever it is given, and stops at a fault in a font, a link or a drawing.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from lxml import etree
from openpyxl.packaging.manifest import Manifest, Override
from openpyxl.packaging.relationship import Relationship, RelationshipList
from openpyxl.utils import range_boundaries
from openpyxl.xml import constants as ooxml
from openpyxl.xml.functions import tostring

from pipeline.errors import E105, GoujiError
from pipeline.read.package import Package
from pipeline.read.sheet_format import BUILT_IN_FORMATS

Merge = tuple[int, int, int, int]
"""First row, first column, and the row and column after the last, from 0."""

NOT_STORED = "#NOT-STORED!"
"""The error that a cell is given whose formula has no stored result: openpyxl would show it as empty."""

_S = f"{{{ooxml.SHEET_MAIN_NS}}}"
_R = f"{{{ooxml.REL_NS}}}"
_NOT_TEXT = tuple(_S + name for name in ("rPr", "rPh", "phoneticPr"))
"""Fonts and phonetic hints within a text."""


def cells_alone(package: Package) -> tuple[io.BytesIO, dict[str, list[Merge]]]:
    """A package of the sheets' cells, texts and number formats, each part checked; the merged areas by sheet.

    The merges come apart because openpyxl makes every cell of them, 17 thousand million for a whole sheet.

    Raises:
        GoujiError: E105 no workbook, or as `Package.xml`.
    """
    main = next((target for kind, target in package.relations("").values() if kind == "officeDocument"), "")
    if main not in package.names:
        main = ooxml.ARC_WORKBOOK
    if main not in package.names:
        raise GoujiError(E105, reason="没有工作簿（xl/workbook.xml）")
    workbook = package.xml(main)
    relations = package.relations(main)
    by_kind = dict(relations.values())
    merges: dict[str, list[Merge]] = {}
    parts: dict[str, etree._Element] = {}
    for sheet in workbook.iter(f"{_S}sheet"):
        kind, target = relations.get(sheet.get(f"{_R}id") or "", ("", ""))
        if kind == "worksheet" and target in package.names and target not in parts:
            root = parts[target] = package.xml(target)
            merges[sheet.get("name") or ""] = list(_merges(root))
            _keep(root, "sheetData")
            _drop_padding(root)
            _mark_results_not_stored(root)
    _keep(workbook, "workbookPr", "sheets")
    parts[ooxml.ARC_WORKBOOK] = workbook
    manifest = Manifest(Override=[Override(f"/{ooxml.ARC_WORKBOOK}", ooxml.XLSX)])
    if by_kind.get("sharedStrings") in package.names:
        parts[ooxml.ARC_SHARED_STRINGS] = package.xml(by_kind["sharedStrings"])
        manifest.Override.append(Override(f"/{ooxml.ARC_SHARED_STRINGS}", ooxml.SHARED_STRINGS))
    if by_kind.get("styles") in package.names:
        parts[ooxml.ARC_STYLE] = _number_formats(package.xml(by_kind["styles"]))
    targets = RelationshipList(
        Relationship(Id=key, type=kind, Target=f"/{target}") for key, (kind, target) in relations.items()
    )
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as archive:
        archive.writestr(ooxml.ARC_CONTENT_TYPES, tostring(manifest.to_tree()))
        archive.writestr(ooxml.ARC_WORKBOOK_RELS, tostring(targets.to_tree()))
        for name, root in parts.items():
            etree.strip_elements(root, *_NOT_TEXT, with_tail=False)
            archive.writestr(name, etree.tostring(root))
    return copy, merges


def _keep(root: etree._Element, *names: str) -> None:
    for child in list(root):
        if child.tag not in [_S + name for name in names]:
            root.remove(child)


def _merges(root: etree._Element) -> Iterator[Merge]:
    for merge in root.iterfind(f"{_S}mergeCells/{_S}mergeCell"):
        try:
            left, top, right, bottom = range_boundaries(merge.get("ref") or "")
        except ValueError:
            continue
        if left and top and right and bottom and left <= right and top <= bottom:
            yield top - 1, left - 1, bottom, right


def _drop_padding(root: etree._Element) -> None:
    """Some programs write empty rows down to the last one there can be, a million of them."""
    for rows in root:
        for row in rows.iterchildren(reversed=True):
            if row.find(f"{_S}c/*") is not None:
                break
            rows.remove(row)


def _mark_results_not_stored(root: etree._Element) -> None:
    for cell in root.iterfind(f"{_S}sheetData/{_S}row/{_S}c[{_S}f]"):
        if cell.get("t", "n") == "n" and not (cell.findtext(f"{_S}v") or "").strip():
            cell[:] = []
            cell.set("t", "e")
            etree.SubElement(cell, f"{_S}v").text = NOT_STORED


def _number_formats(styles: etree._Element) -> etree._Element:
    """A style sheet of number formats alone, those spelt out that the file names by number only."""
    codes = {str(number): code for number, code in BUILT_IN_FORMATS.items()}
    codes |= {code.get("numFmtId") or "0": code.get("formatCode") or "" for code in styles.iter(f"{_S}numFmt")}
    root = etree.Element(f"{_S}styleSheet")
    formats, cells = etree.SubElement(root, f"{_S}numFmts"), etree.SubElement(root, f"{_S}cellXfs")
    for number, code in codes.items():
        etree.SubElement(formats, f"{_S}numFmt", numFmtId=number, formatCode=code)
    for style in styles.iterfind(f"{_S}cellXfs/{_S}xf"):
        etree.SubElement(cells, f"{_S}xf", numFmtId=style.get("numFmtId") or "0")
    return root
