"""Paragraph styles of a Word document: which are headings, and which belong to a numbered list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from pipeline.read.numbering import W, integer, value
from pipeline.read.package import Package


def part_of_kind(package: Package, relations: dict[str, tuple[str, str]], kind: str) -> etree._Element | None:
    target = next((name for found, name in relations.values() if found == kind), "")
    return package.xml(target) if target in package.names else None


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str | None
    name: str
    outline: int | None
    list_id: str | None
    list_level: int | None


@dataclass(slots=True)
class Styles:
    styles: dict[str, _Style]
    default: str | None

    def chain(self, style: str | None) -> Iterator[tuple[str, _Style]]:
        seen: set[str] = set()
        while style is not None and style in self.styles and style not in seen:
            seen.add(style)
            yield style, self.styles[style]
            style = self.styles[style].based_on

    def heading(self, style: str | None) -> int:
        for _, found in self.chain(style):
            if found.outline is not None:
                return found.outline + 1 if found.outline < 9 else 0
            word, _, level = found.name.lower().partition(" ")
            if word in ("heading", "标题") and level.isdecimal() and 1 <= int(level) <= 9:
                return int(level)
        return 0

    def list(self, style: str | None) -> tuple[str, str, int | None] | None:
        """The list that a style belongs to: the style that says so, the list, the level if said."""
        for name, found in self.chain(style):
            if found.list_id is not None:
                return name, found.list_id, found.list_level
        return None

    def lists(self) -> dict[str, str]:
        return {name: style.list_id for name, style in self.styles.items() if style.list_id is not None}


def read_styles(package: Package, relations: dict[str, tuple[str, str]]) -> Styles:
    found = Styles({}, None)
    root = part_of_kind(package, relations, "styles")
    if root is None:
        return found
    for element in root.iterfind(f"{W}style"):
        style_id = element.get(f"{W}styleId") or ""
        properties = element.find(f"{W}pPr")
        outline = value(properties, "outlineLvl") if properties is not None else None
        list_id, level = list_of(properties)
        found.styles[style_id] = _Style(
            value(element, "basedOn"),
            value(element, "name") or "",
            None if outline is None else integer(outline, 9),
            list_id,
            level,
        )
        if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default") in ("1", "true", "on"):
            found.default = style_id
    return found


def list_of(properties: etree._Element | None) -> tuple[str | None, int | None]:
    numbered = properties.find(f"{W}numPr") if properties is not None else None
    if numbered is None:
        return None, None
    level = value(numbered, "ilvl")
    return value(numbered, "numId"), None if level is None else integer(level, 0)
