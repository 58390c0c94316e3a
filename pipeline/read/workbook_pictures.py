"""The pictures of an .xlsx package: those that float over a sheet, and those that WPS keeps in cells."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.xml import constants as ooxml

from pipeline.document import Picture
from pipeline.errors import GoujiError
from pipeline.read.package import Package
from pipeline.read.package_pictures import package_picture
from pipeline.read.pictures import Pictures

_S = f"{{{ooxml.SHEET_MAIN_NS}}}"
_R = f"{{{ooxml.REL_NS}}}"


def sheet_pictures(package: Package, sheet: str, pictures: Pictures) -> Iterator[Picture]:
    """The pictures on the sheet of this name, in the order of its drawing.

    A drawing that cannot be read gives none: the cells are worth having without it.
    """
    try:
        for part in _drawings(package, sheet):
            relations = package.relations(part)
            for element in package.xml(part).iter("{*}blip", "{*}imagedata"):
                picture = package_picture(element, package, relations, pictures)
                if picture is not None:
                    yield picture
    except GoujiError:
        return


def _drawings(package: Package, sheet: str) -> Iterator[str]:
    main = next((target for kind, target in package.relations("").values() if kind == "officeDocument"), "")
    if main not in package.names:
        main = ooxml.ARC_WORKBOOK
    workbook, relations = package.xml(main), package.relations(main)
    sheets = list(workbook.iter(f"{_S}sheet"))
    for element in sheets:
        if element.get("name") == sheet:
            _, part = relations.get(element.get(f"{_R}id") or "", ("", ""))
            yield from (
                target
                for kind, target in package.relations(part).values()
                if kind == "drawing" and target in package.names
            )
    if sheets and sheets[0].get("name") == sheet:
        # WPS keeps them by workbook and tells the cell only in a formula of its own.
        yield from (target for kind, target in relations.values() if kind == "cellImage" and target in package.names)
