"""What a browser would show of a stretch of HTML: which elements count, and how their white space falls."""

from __future__ import annotations

import re

from lxml import etree

HEADINGS = {f"h{level}": level for level in range(1, 7)}

_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td "
    "tfoot th thead title tr ul"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
"""Elements that begin a new line."""

_UNSEEN_NAMES = (
    "head script style select option optgroup datalist template noscript xml iframe object embed applet svg math "
    "textarea noframes audio video canvas map meta link del"
)
_UNSEEN = frozenset(_UNSEEN_NAMES.split())

_HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.IGNORECASE)
_REMOVING = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SIDE_BY_SIDE = re.compile(
    r"display\s*:\s*(?:inline-block|inline-flex|table-cell)|float\s*:\s*(?:left|right)", re.IGNORECASE
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_WIDE = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
_WIDE_NEWLINE = re.compile(rf"(?<={_WIDE})[ \t\r]*\n[ \t\r\n]*(?={_WIDE})")
OUTER_SPACE = " \t\r\n\f\v\u00a0\u3000\u1680\u2028\u2029\u202f\u205f\u200b\u200c\u200d\u2060\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What may surround a text without being part of it: every kind of space, and marks of no width."""
_SPACER = 3
"""Pixels. Images up to this size hold columns apart or count visits."""

_BREAK, _TAB = "\x1e", "\x1f"
"""Breaks of ours among text whose own line ends mean only a space; the page cannot contain them."""
_OUTER_SPACE_AND_TAB = OUTER_SPACE + _TAB
_SPACED_TAB = re.compile(f" ?{_TAB} ?")


def is_hidden(element: etree._Element) -> bool:
    """Whether the element itself says that it is not to be seen."""
    # Pages hide their whole body until a script has run.
    if element.tag in ("html", "body"):
        return False
    style = element.get("style")
    return (style is not None and _HIDING.search(style) is not None) or element.get("hidden") is not None


def is_removed(element: etree._Element) -> bool:
    """Whether a cell or row takes no place in its table (one that is merely invisible does)."""
    style = element.get("style")
    gone = style is not None and _REMOVING.search(style) is not None
    # Word and Excel end a table with a row of height 0 that only sets the widths of the columns.
    return gone or element.get("hidden") is not None or (element.tag == "tr" and element.get("height") == "0")


def is_unseen(element: etree._Element) -> bool:
    """Whether the element and all in it show no text."""
    if element.tag in _UNSEEN:
        return True
    if element.tag == "input" and (element.get("type") or "text").lower() not in ("text", "number"):
        return True
    return is_hidden(element)


def joins_row(element: etree._Element) -> bool:
    """Whether the element's own style puts it beside what precedes it, as a cell of a row made of boxes."""
    if element.tag in ("img", "td", "th", "table"):
        return False
    style = element.get("style")
    return style is not None and _SIDE_BY_SIDE.search(style) is not None


def image_size(element: etree._Element) -> tuple[int, int] | None:
    """Width and height of an `<img>` in pixels, 0 where it does not say; None for an invisible spacer."""
    width, height = (_pixels(element.get(name)) for name in ("width", "height"))
    if 0 < width <= _SPACER or 0 < height <= _SPACER:
        return None
    return width, height


def _pixels(value: str | None) -> int:
    found = re.match(r"\s*(\d{1,6})(?:\.\d+)?\s*(?:px)?\s*$", value or "")
    return int(found.group(1)) if found else 0


class Text:
    """Gathers pieces of text and settles their white space as a browser would."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def add(self, text: str, preformatted: bool = False) -> None:
        if preformatted:
            text = text.replace("\r\n", "\n").replace("\n", _BREAK)
        self._parts.append(text)

    def newline(self) -> None:
        self._parts.append(_BREAK)

    def tab(self) -> None:
        self._parts.append(_TAB)

    def take(self) -> list[str]:
        """The lines gathered since the last call, without those that are blank."""
        if not self._parts:
            return []
        text = "".join(self._parts)
        self._parts.clear()
        if not text.strip(OUTER_SPACE):
            return []
        # Browsers show a line end as a space, but between two hanzi it is only where the editor wrapped.
        if "\n" in text:
            text = _WIDE_NEWLINE.sub("", text)
        text = _SPACE.sub(" ", text)
        lines = [stripped for line in text.split(_BREAK) if (stripped := line.strip(_OUTER_SPACE_AND_TAB))]
        return [_SPACED_TAB.sub("\t", line) for line in lines] if _TAB in text else lines


def element_text(element: etree._Element) -> tuple[list[str], bool]:
    """The lines within an element, a line for each block or `<br>`, and whether it shows an image.

    The cells of a table inside it are joined by tabs.
    """
    if len(element) == 0:
        gathered = Text()
        gathered.add(element.text or "")
        return gathered.take(), False
    text = Text()
    pictured = False
    walker = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, part in walker:
        tag = part.tag
        if event == "start":
            if part is not element and is_unseen(part):
                walker.skip_subtree()
            else:
                if tag == "img":
                    pictured = pictured or image_size(part) is not None
                elif tag == "input":
                    text.add(part.get("value") or "")
                elif part is not element:
                    if tag in ("td", "th") or joins_row(part):
                        text.tab()
                    elif tag == "br" or tag in BLOCKS:
                        text.newline()
                text.add(part.text or "", tag == "pre")
            continue
        if event == "end" and tag in BLOCKS and tag not in ("td", "th") and part is not element:
            text.newline()
        if part is not element:
            text.add(part.tail or "")
    return text.take(), pictured
