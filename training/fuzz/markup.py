"""What can be done to HTML and XML as such."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from random import Random

from lxml import etree

from training.fuzz.damage import Damage
from training.fuzz.texts import as_bytes, as_text

_TAG = re.compile(r"<[/!?]?[A-Za-z][^<>]*>")
_NAME = re.compile(r"<([A-Za-z][\w:.-]*)")
_ATTRIBUTE = re.compile(r'([\w:-]+)="([^"<>]*)"')
VALUES = (
    "99999999", "2147483648", "-1", "0", "1e9", "NaN", "65536", "1000", "9" * 400, "", "x", "٣", "100%",
    "A1:XFD1048576", "XFD1048576", "A0", "ZZZZ9", "\x01", "&#0;", "../../x", "http://127.0.0.1:9/x",
    "file:///etc/passwd", "#", "true", "rId1", "none",
)  # fmt: skip
SPANS = ("colspan", "rowspan")
SNIPPETS = (
    "<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<td colspan=99999999 rowspan=99999999>",
    "<td rowspan=0>", "<td colspan=-5>", "<th>", "<tbody>", "</tbody>", "<tfoot>", "<caption>", "<!--", "-->",
    "<![CDATA[", "]]>", "<p>", "</div>", "<script>", "</script>", "<style>", "<title>", "<textarea>", "<plaintext>",
    "<noscript>", "<template>", "<svg><math>", "<select>", "<iframe>", "<base href='http://127.0.0.1:9/'>",
    "<meta charset=utf-16>", "<meta charset=gbk>", "<frameset>", "<br>", "<pre>", "<span style='display:none'>9",
    "<td hidden>9</td>", "<del>7</del>", "<sub>8</sub>", "&#x110000;", "&#0;", "&#xD800;", "&nosuch;", "&", "<", ">",
    "<x:y>", "<?xml version='1.0'?>", "<img src='data:image/png;base64,AAAA'>", "<?php", "<%", "\0",
    "<img src='x.png' width=9999999 height=9999999>", "<object>", "<ruby>1<rt>2</rt></ruby>", "<input value=5>",
)  # fmt: skip
DEPTHS = (3, 40, 300, 5_000, 50_000)


def tags_lost(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """A few tags are gone, so that others no longer match."""
    text = as_text(data)
    tags = list(_TAG.finditer(text))
    for tag in sorted(rng.sample(tags, min(len(tags), rng.choice((1, 3, 30)))), key=lambda tag: -tag.start()):
        text = text[: tag.start()] + text[tag.end() :]
    return as_bytes(text)


def tags_moved(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """A tag of the page stands in the place of another."""
    text = as_text(data)
    tags = list(_TAG.finditer(text))
    if not tags:
        return data
    for tag in sorted(rng.sample(tags, min(len(tags), rng.choice((1, 3)))), key=lambda tag: -tag.start()):
        text = text[: tag.start()] + rng.choice(tags).group() + text[tag.end() :]
    return as_bytes(text)


def snippets_put_in(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Tags, comments and entities where none should be."""
    text = as_text(data)
    for _ in range(rng.choice((1, 2, 8))):
        at = rng.randint(0, len(text))
        text = text[:at] + rng.choice(SNIPPETS) + text[at:]
    return as_bytes(text)


def spans(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Cells that claim to be larger than any table."""
    text = as_text(data)
    cells = list(re.finditer(r"<t[dh]\b", text, re.IGNORECASE))
    for cell in sorted(rng.sample(cells, min(len(cells), rng.choice((1, 4, 50)))), key=lambda cell: -cell.start()):
        text = f"{text[: cell.end()]} {rng.choice(SPANS)}={rng.choice(VALUES[:10])!r}{text[cell.end() :]}"
    return as_bytes(text)


def attributes(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Other values of attributes, some of one name all alike."""
    text = as_text(data)
    found = list(_ATTRIBUTE.finditer(text))
    if not found:
        return data
    name = rng.choice(found).group(1)
    named = [match for match in found if match.group(1) == name]
    value = rng.choice((*VALUES, *(match.group(2) for match in found[:50])))
    for match in sorted(rng.sample(named, rng.choice((1, len(named)))), key=lambda match: -match.start()):
        text = text[: match.start(2)] + value + text[match.end(2) :]
    return as_bytes(text)


def nested(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """A tag of the page within itself, and within itself, closed or not."""
    text = as_text(data)
    names = sorted(set(_NAME.findall(text)))
    tags = [tag.end() for tag in _TAG.finditer(text)]
    if not names or not tags:
        return data
    name, depth, at = rng.choice((*names, "table><tr><td", "div", "b")), rng.choice(DEPTHS), rng.choice(tags)
    closed = rng.choice((True, False))
    inner = f"<{name}>" * depth
    if not closed:
        return as_bytes(text[:at] + inner + text[at:])
    end = f"</{'></'.join(reversed(name.split('><')))}>" * depth
    if rng.choice((True, False)):
        return as_bytes(text[:at] + inner + end + text[at:])
    # Around all that comes after it.
    return as_bytes(text[:at] + inner + text[at:] + end)


def elements(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Elements of XML lost, doubled, moved into each other or emptied: it stays well-formed."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except (etree.LxmlError, ValueError):
        return tags_lost(rng, data, others)
    found = [element for element in root.iter("*") if element.getparent() is not None]
    for _ in range(min(len(found), rng.choice((1, 3, 12)))):
        one, two = rng.choice(found), rng.choice(found)
        parent = one.getparent()
        if parent is None:
            continue
        how = rng.choice(("lost", "doubled", "moved", "emptied", "renamed"))
        if how == "lost":
            parent.remove(one)
        elif how == "doubled":
            for _ in range(rng.choice((1, 1, 200))):
                parent.insert(parent.index(one), copy.deepcopy(one))
        elif how == "moved" and one not in two.iterancestors() and one is not two:
            two.insert(rng.randint(0, len(two)), one)
        elif how == "renamed":
            one.tag = two.tag
        else:
            one.clear()
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def declared(rng: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """A prolog that says what is not so, or declares entities."""
    prolog = rng.choice(
        ('<?xml version="1.0" encoding="gbk"?>', '<?xml version="1.1"?>', '<?xml version="1.0" encoding="nosuch"?>',
         '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>', '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
         '<?xml version="1.0" encoding="utf-16"?>', "<!DOCTYPE html>", "<?mso-application?>")
    )  # fmt: skip
    text = as_text(data)
    return as_bytes(prolog + (re.sub(r"^<\?xml[^>]*>", "", text) if rng.choice((True, False)) else text))


OF_MARKUP: tuple[Damage, ...] = (
    tags_lost, tags_moved, snippets_put_in, spans, attributes, attributes, nested, elements, declared,
)  # fmt: skip
