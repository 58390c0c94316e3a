"""A document as strips of tokens: what stands side by side, or one below the other, in reading order.

A strip is a row of a grid or a line of text. Its tokens are words (labels and headings), values
(numbers and dashes) and blanks. How the converter laid the table out no longer shows, except in
what a strip remembers of places and borders.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.document import Block, Cell, Document, Grid, Line, Reading, Source
from pipeline.recover.labels import mentions
from pipeline.recover.normalise import key, plain

TokenKind = Literal["word", "value", "blank"]

_VALUE = re.compile(
    r"^(?:[-+增减]?\s*[\dOo〇○][\dOo〇○\s,.'’]*(?:亿元|万元|元|件次|人次|件|条|个|项|宗|次|份|起)?\s*(?:[(\[][^)\]]*[)\]])?|[-/\\—*~_]+|无|零)$",
    re.DOTALL,
)
_NUMBERS = re.compile(r"^[-+\d\sOo〇○.,/]+(?:亿元|万元|元)?$")
_ITEM_NUMBER = re.compile(r"^[(（]?\d{1,2}[.、．)）]$")
_PAGE_NUMBER = re.compile(
    r"^\s*(?:[-—–·]+\s*\d{1,3}\s*[-—–·]+|第\s*\d{1,3}\s*页(?:\s*[,/共]\s*共?\s*\d{1,3}\s*页)?)\s*$"
)
_RUN = re.compile(r"[-+]?\d[\d\s,.]*(?:亿元|万元|元|件)?|[-/](?=\s|$|[-/])")
_WORDS = re.compile(r"[\u4e00-\u9fff]")
_SPACE = " \u00a0\u3000\r\n"
_SENTENCE = re.compile(r"[。；!?！？]")


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    kind: TokenKind
    source: Source
    readings: tuple[Reading, ...] = ()
    column: int | None = None
    """Column of the grid in which it begins, where the file fixes columns."""
    grid: int | None = None
    """Index of the block that is this grid; the columns of another one are other columns."""
    soft: bool = False
    """True where no border is known inside or beside the text: it may hold several cells."""
    swallowed: str = ""
    """Digits at the end that may be the next label's number."""
    x: int | None = None
    """Display column in which it begins, where spaces align the text (a Chinese character is two wide)."""
    pictured: bool = False
    """True for a cell of a grid on a page image; see `Grid.pictured`."""
    implied: bool = False
    """True for a cell of a table without rules; see `Cell.implied`."""
    among_words: bool = False
    """True for a number on a page image that was cut out of a line of words in one cell."""


@dataclass(frozen=True, slots=True)
class Strip:
    tokens: tuple[Token, ...]
    block: int
    """Index of the block it comes from."""
    n_columns: int | None = None
    """Columns of its grid, where the file fixes them."""
    gap: int = 0
    """Blank lines before it."""
    cell: bool = False
    """A single cell on a line of its own, marked as such by a tab or a pipe."""


AMONG_WORDS = 0.7
"""Probability of a number that was cut out of words on a page image, or stands in no cell; less than what is believed
by itself."""
LEAST_SPACED = 10
"""Lines of nothing but spaces from which they may be the blank cells of the document."""


def strips(document: Document, *, spaced_cells: bool = False) -> list[Strip]:
    """The strips of a document. Page numbers and sentences are left out; blank lines are counted as gaps.

    Args:
        spaced_cells: take a line of nothing but spaces for a blank cell, an empty line for a border.
    """
    found: list[Strip] = []
    gap = 0
    for index, block in enumerate(document.blocks):
        if isinstance(block, Line) and not block.text.strip(_SPACE) and "\t" not in block.text:
            if spaced_cells and block.text.strip("\r\n"):
                found.append(Strip((Token("", "blank", block.source),), index, gap=gap, cell=True))
                gap = 0
            else:
                gap += 1
            continue
        made = list(_of_block(block, index))
        if made:
            made[0] = replace(made[0], gap=gap)
            found += made
        gap = 0
    return found


def has_spaced_lines(document: Document) -> bool:
    """Whether blank cells may stand as lines of spaces, apart from empty lines."""
    lines = [block.text for block in document.blocks if isinstance(block, Line) and not block.text.strip(_SPACE)]
    return sum(bool(text.strip("\r\n")) for text in lines if "\t" not in text) >= LEAST_SPACED


def _of_block(block: Block, index: int) -> Iterator[Strip]:
    if isinstance(block, Grid):
        for _, cells in block.rows():
            if _PAGE_NUMBER.match(" ".join(filter(None, (cell.text.strip() for cell in cells)))):
                continue
            for tokens in _of_cells(cells, block.aligned):
                # A row in which no cell begins says nothing.
                if tokens:
                    seen = _pictured(tokens, cells) if block.pictured else tokens
                    placed = tuple(replace(token, grid=index) for token in seen)
                    yield Strip(placed, index, block.n_columns if block.aligned else None)
    elif isinstance(block, Line):
        for strip in _of_line(block, index):
            yield replace(strip, tokens=_seen(strip.tokens, block.reader)) if block.reader else strip


def _pictured(tokens: tuple[Token, ...], cells: list[Cell]) -> tuple[Token, ...]:
    """The tokens of a row on a page image. A number cut out of a line of words was read with them, not as a number, and
    what stands beside it was taken for one cell: it is believed only where the arithmetic confirms it."""
    readers = [cell.readings[0].reader for cell in cells if cell.readings]
    implied = any(cell.implied for cell in cells)
    made = []
    for token in tokens:
        among_words = bool(token.kind == "value" and token.text and not token.readings and readers)
        readings = (Reading(token.text, readers[0], AMONG_WORDS),) if among_words else token.readings
        kind = "value" if _is_misread(token) else token.kind
        made.append(
            replace(
                token, kind=kind, pictured=True, implied=implied, readings=readings, among_words=among_words
            )
        )
    return tuple(made)


def _is_misread(token: Token) -> bool:
    """Whether it is taken for a word but looks like a number with dirt on it (0U): it keeps its place in the row, and
    nobody can read it."""
    text = plain(token.text)
    return token.kind == "word" and text[:1].isdigit() and not _WORDS.search(text) and not _ITEM_NUMBER.match(text)


def _seen(tokens: tuple[Token, ...], reader: str) -> tuple[Token, ...]:
    """The tokens of a line on a page image, where no cell holds them: what label a number belongs to, and whether it is
    a whole one, is a guess until the arithmetic confirms it."""
    return tuple(
        replace(token, readings=(Reading(token.text, reader, AMONG_WORDS),)) if token.kind == "value" else token
        for token in tokens
    )


def _of_line(line: Line, index: int) -> Iterator[Strip]:
    text = line.text
    if _PAGE_NUMBER.match(text):
        return
    bare = text.strip(" \u3000\u00a0")
    if "\t" in bare or (bare.count("|") == 1 and len(bare) < 80):
        parts = bare.split("\t") if "\t" in bare else bare.split("|")
        inner = [part for part in parts if part.strip()]
        if len(inner) <= 1:
            yield Strip((_token(inner[0] if inner else "", line.source),), index, cell=True)
            return
        yield Strip(tuple(token for part in parts for token in _split_word(part.strip(), line.source)), index)
        return
    indent = len(text) - len(text.lstrip(" \u3000\u00a0"))
    for piece in bare.split("\n") if "\n" in bare else [bare]:
        tokens = _of_run(piece, _IN_TEXT)
        if tokens:
            yield Strip(tuple(_placed(token, line, indent) for token in tokens), index)


def display_width(text: str) -> int:
    """Columns that the text takes where a Chinese character takes two."""
    return len(text) + sum(unicodedata.east_asian_width(char) in "WF" for char in text)


_IN_TEXT = Source(line=0, chars=(0, 0))
"""Stands for the line itself until `_placed` puts its real place."""


def _placed(token: Token, line: Line, indent: int) -> Token:
    """The token with its place in the file, as far as the line's text still is the file's, and its column."""
    text, source = line.text, line.source
    start, end = (indent + place for place in token.source.chars or (0, 0))
    if "\n" in text:
        return replace(token, source=source)
    if source.line is not None and source.chars and source.chars[1] - source.chars[0] == len(text):
        source = replace(source, chars=(source.chars[0] + start, source.chars[0] + end))
    return replace(token, source=source, x=display_width(text[:start]) if "  " in text else None)


def _of_run(text: str, source: Source) -> tuple[Token, ...]:
    """Tokens of a line without cell borders; nothing where it is a sentence."""
    shown = plain(text)
    if _is_value(shown):
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        return (Token(text[start:end], "value", _within(source, start, end), soft=True),)
    tokens = _split_run(text, source)
    if tokens:
        return tokens
    if len(shown) > 200 or _SENTENCE.search(shown):
        return ()
    parts = list(re.finditer(r"\S+(?:\s\S+)*", text))
    words = list(re.finditer(r"\S+", text))
    if len(words) >= 3 and all(len(word.group()) <= 4 for word in words):
        parts = words
    if len(parts) == 1 and len(shown) > 90:
        return ()
    return tuple(
        Token(part.group(), "value" if is_value else "word", _within(source, *part.span()), soft=is_value)
        for part in parts
        for is_value in (_is_value(plain(part.group())),)
    )


def _within(source: Source, start: int, end: int) -> Source:
    """The place of a part of a text whose place is known."""
    if not source.chars:
        return source
    return replace(source, chars=(source.chars[0] + start, source.chars[0] + end))


def part_of(token: Token, start: int, end: int) -> Token:
    """The characters [start, end) of a token, with their own place where the token's is no wider than its text."""
    own = token.source.chars is not None and token.source.chars[1] - token.source.chars[0] == len(token.text)
    return replace(
        token,
        text=token.text[start:end],
        source=_within(token.source, start, end) if own else token.source,
        x=None if token.x is None else token.x + display_width(token.text[:start]),
    )


def _split_run(text: str, source: Source) -> tuple[Token, ...]:
    """Labels and the numbers behind them in a text without borders.

    A label counts where a number, another label or the end follows it: a sentence that only mentions
    it goes on in words. One line of prose may hold one or two such places by chance; a line that is
    no longer than its labels and numbers, or holds many of them, is a piece of the table.
    """
    found = mentions(text)
    if not any(mention.row for mention in found):
        return ()
    shown = plain(text)
    tokens: list[Token] = []
    covered = numbered = 0
    for i, mention in enumerate(found):
        end = found[i + 1].start if i + 1 < len(found) else len(text)
        between = shown[mention.end : end]
        run = _leading_values(between)
        rest = between[len(run) :].strip(" ()（）:：,、.|")
        if rest and not run.strip() and mention.row:
            continue
        where = _within(source, mention.start, mention.end)
        tokens.append(Token(text[mention.start : mention.end], "word", where))
        covered += mention.end - mention.start
        values = run.strip(" ()（）|")
        if values:
            start = mention.end + run.index(values)
            place = _within(source, start, start + len(values))
            swallowed = found[i + 1].swallowed if i + 1 < len(found) and not rest else ""
            tokens.append(Token(text[start : start + len(values)], "value", place, soft=True, swallowed=swallowed))
            covered += len(run)
            numbered += mention.row
    rows = sum(token.kind == "word" for token in tokens)
    whole = covered >= len(shown.replace(" ", "")) * 0.8
    if not (whole or (rows >= 4 and numbered >= 3)):
        return ()
    return tuple(tokens)


def _leading_values(text: str) -> str:
    """The numbers at the beginning of the text, up to the first character that belongs to none."""
    end = 0
    match = re.match(r"[\s|()（）]*", text)
    end = match.end() if match else 0
    while True:
        found = _RUN.match(text, end)
        if not found:
            break
        end = found.end()
        space = re.compile(r"[\s|]*").match(text, end)
        end = space.end() if space else end
    return text[:end] if re.search(r"\d|[-/]", text[:end]) else ""


def _is_value(shown: str) -> bool:
    bare = shown.strip().strip("|").strip()
    return bool(bare) and not _ITEM_NUMBER.match(bare) and bool(_VALUE.match(bare) or _NUMBERS.match(bare))


def _token(text: str, source: Source, readings: tuple[Reading, ...] = (), column: int | None = None) -> Token:
    bare = text.strip().strip("|").strip()
    if not bare:
        return Token("", "blank", source, readings, column)
    kind: TokenKind = "value" if _is_value(plain(bare)) else "word"
    return Token(bare, kind, source, readings, column)


def _split_word(
    text: str, source: Source, readings: tuple[Reading, ...] = (), column: int | None = None
) -> list[Token]:
    """The tokens of one cell: usually one; several where a label and its numbers share the cell."""
    token = _token(text, source, readings, column)
    if token.kind == "word" and re.search(r"\d", text) and len(text) < 200:
        inner = _split_run(text, source)
        if any(part.kind == "value" for part in inner) and key(inner[0].text) != key(text):
            exact = source.chars is not None and source.chars[1] - source.chars[0] == len(text)
            return [replace(part, column=column, source=part.source if exact else source) for part in inner]
    return [token]


def _of_cells(cells: list[Cell], aligned: bool) -> list[tuple[Token, ...]]:
    """The tokens of a grid row; several rows where each of its cells holds as many lines (rows fused)."""
    fused = _fused(cells)
    if fused > 1:
        return [
            tuple(
                token
                for cell in cells
                for token in _fused_part(cell, part, fused, cell.column if aligned else None)
            )
            for part in range(fused)
        ]
    tokens: list[Token] = []
    for cell in cells:
        column = cell.column if aligned else None
        if cell.unread:
            tokens.append(Token("", "value", cell.source, (), column))
        else:
            tokens += _split_word(cell.text, cell.source, cell.readings, column)
    return [tuple(tokens)]


def _fused(cells: list[Cell]) -> int:
    """How many rows of the form share the grid row: as many as one of its cells names."""
    named = max((len(_rows_named(cell.text)) for cell in cells), default=0)
    if named > 1 and any(_is_value(plain(cell.text)) for cell in cells):
        return named
    return 1


def _rows_named(text: str) -> list[str]:
    """The row labels that share a cell, each on a line or behind a space of its own."""
    if len(text.split()) < 2:
        return []
    found = [mention for mention in mentions(text) if mention.row]
    apart = all(re.search(r"\s$", text[: mention.start]) for mention in found[1:])
    return [mention.text for mention in found] if apart else []


def _fused_part(cell: Cell, part: int, parts: int, column: int | None) -> list[Token]:
    """What a cell gives to one of the rows that share it; a single number may belong to any of them."""
    if _is_value(plain(cell.text)) and len(cell.text.split()) < parts:
        return [Token("", "value", cell.source, (), column)]
    return _split_word(_piece(cell.text, part, parts), cell.source, (), column)


def _piece(text: str, part: int, parts: int) -> str:
    for pieces in ([line for line in text.split("\n") if line.strip()], text.split()):
        if len(pieces) == parts and all(_is_value(plain(piece)) for piece in pieces):
            return pieces[part]
    labels = _labels_of(text, parts)
    return labels[part] if part < len(labels) else ""


def _labels_of(text: str, parts: int) -> list[str]:
    """The labels in a cell that rows share, each with the text up to the next."""
    found = [mention for mention in mentions(text) if mention.row]
    if len(found) != parts:
        return [text] + [""] * (parts - 1)
    ends = [mention.start for mention in found[1:]] + [len(text)]
    return [text[mention.start : end].strip() for mention, end in zip(found, ends, strict=True)]
