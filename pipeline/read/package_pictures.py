"""The pictures that a part of an Office package refers to."""

from __future__ import annotations

from lxml import etree

from pipeline.document import Picture
from pipeline.errors import GoujiError
from pipeline.read.numbering import integer
from pipeline.read.package import Package
from pipeline.read.pictures import Absence, Pictures

_EMU_PER_PIXEL = 9525
_SPACER = 3
"""Pixels. Images up to this size hold things apart."""
_REFERENCES = ("embed", "id", "pict", "relid")
"""Attributes of `a:blip` and `v:imagedata` whose value is the name of a relation."""


def package_picture(
    element: etree._Element, package: Package, relations: dict[str, tuple[str, str]], pictures: Pictures
) -> Picture | None:
    """The picture that an `a:blip` or `v:imagedata` stands for; None for a spacer.

    Args:
        relations: of the part that the element is in.
    """
    shown = _shown_size(element)
    if 0 < shown[0] <= _SPACER or 0 < shown[1] <= _SPACER:
        return None
    return pictures.add(_image(element, package, relations), shown)


def _image(element: etree._Element, package: Package, relations: dict[str, tuple[str, str]]) -> bytes | Absence:
    for key, relation in element.attrib.items():
        if str(key).rpartition("}")[2] in _REFERENCES:
            _, target = relations.get(str(relation), ("", ""))
            if target in package.names:
                try:
                    return package.read(target)
                except GoujiError:
                    # The text is worth having without it.
                    return "unreadable"
    return "linked"


def _shown_size(element: etree._Element) -> tuple[int, int]:
    """Width and height in pixels at which the document shows an image, 0 where it does not say."""
    for outer in element.iterancestors():
        extent = next((child for child in outer if child.tag.endswith("}extent")), None)
        if extent is not None:
            width, height = (max(0, integer(extent.get(side), 0) // _EMU_PER_PIXEL) for side in ("cx", "cy"))
            return width, height
    return 0, 0
