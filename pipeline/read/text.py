"""Text and Markdown, in every layout that converters leave a table.

Tables that are still recognisable as such become grids: pipe tables, tab tables, the ruled and the
space-aligned tables of pandoc, HTML tables inside Markdown. Everything else stays lines, blank ones
included: where a converter puts one cell on a line, a blank line is a blank cell.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import replace
from itertools import pairwise

from pipeline.document import Block, Cell, Document, Grid, Line, Reading, Source
from pipeline.errors import E102, E105, GoujiError

_READER = "text"
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_PIPE_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_GRID_RULE = re.compile(r"^\s*\+(?:[-=:]+\+)+\s*$")
_DASH_RULE = re.compile(r"^\s*-{2,}(?:\s+-{2,})+\s*$")
_LONG_RULE = re.compile(r"^\s*-{10,}\s*$")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_HTML_TABLE = re.compile(r"<table\b.*?</table\s*>", re.IGNORECASE | re.DOTALL)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|~<>])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def read_text(data: bytes, name: str, sha256: str) -> Document:
    """Reads text or Markdown in any encoding that Chinese sites use.

    Raises:
        GoujiError: E102 where there is nothing but white space, E105 where the bytes are no text.
    """
    from pipeline.read.charset import decode

    text = decode(data).text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    if not text.strip():
        raise GoujiError(E102)
    if len(_CONTROL.findall(text[:20_000])) > len(text[:20_000]) * 0.02:
        raise GoujiError(E105, reason="不是文本")
    blocks: list[Block] = []
    first_line, position = 1, 0
    for table in _HTML_TABLE.finditer(text):
        before = text[position : table.start()]
        blocks += _blocks(before.split("\n"), first_line)
        first_line += before.count("\n")
        blocks += _html_blocks(table.group(), first_line)
        first_line += table.group().count("\n")
        position = table.end()
    blocks += _blocks(text[position:].split("\n"), first_line)
    return Document(name=name, sha256=sha256, format="text", blocks=tuple(blocks))


def _html_blocks(table: str, line: int) -> list[Block]:
    from pipeline.read.html import read_html

    inner = read_html(f"<html><body>{table}</body></html>".encode(), "", "")
    return [
        _at_line(block, line)
        for block in inner.blocks
        if isinstance(block, Grid) or (isinstance(block, Line) and block.text)
    ]


def _at_line(block: Grid | Line, line: int) -> Block:
    """The block with the line on which its table begins: the reader of HTML knows of no lines."""
    source = replace(block.source, line=line)
    if isinstance(block, Line):
        return replace(block, source=source)
    cells = tuple(replace(cell, source=replace(cell.source, line=line)) for cell in block.cells)
    return replace(block, source=source, cells=cells)


def _blocks(lines: list[str], first_line: int) -> list[Block]:
    blocks: list[Block] = []
    index = 0
    while index < len(lines):
        for recognise in (_ruled_table, _dashed_table, _wiki_table, _separated_table):
            found = recognise(lines, index, first_line)
            if found:
                grid, index = found
                blocks.append(grid)
                break
        else:
            blocks.append(_line(lines[index], first_line + index))
            index += 1
    return blocks


def _line(raw: str, number: int) -> Line:
    heading = _HEADING.match(raw)
    text = heading.group(2) if heading else raw
    return Line(_unmarked(text), Source(line=number, chars=(0, len(raw))), len(heading.group(1)) if heading else 0)


def _unmarked(text: str) -> str:
    """Without Markdown emphasis, escapes and HTML entities."""
    if "&" in text:
        text = html.unescape(text)
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub(r"\2", text)
        if text.strip() in {"**", "****"}:
            text = ""
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    if "<" in text:
        text = re.sub(r"<br\s*/?>", "\n", text, flags=re.IGNORECASE)
        text = re.sub(r"</?(?:p|b|i|u|em|strong|span|sup|sub|font|div|o:p)\b[^<>]*>", "", text, flags=re.IGNORECASE)
    return text


def _cell(row: int, column: int, text: str, source: Source, row_span: int = 1, column_span: int = 1) -> Cell:
    return Cell(row, column, (Reading(_unmarked(text).strip(), _READER),), row_span, column_span, source)


# --- tabs and pipes ------------------------------------------------------------------------------


def _separator(line: str) -> str | None:
    """The character that separates cells in the line, None where it is no row of a table."""
    if line.count("\t") - (len(line) - len(line.lstrip("\t"))) >= 1 or line.count("\t") >= 3:
        return "\t"
    inner = line.strip()
    if inner.count("|") >= 2 and len(inner) > 2:
        return "|"
    if inner.count("|") == 1 and not inner.startswith("|") and not inner.endswith("|"):
        return "|"
    return None


def _separated_table(lines: list[str], start: int, first_line: int) -> tuple[Grid, int] | None:
    """Consecutive lines of cells behind tabs or pipes. Columns are an order, not places."""
    separator = _separator(lines[start])
    if separator is None:
        return None
    end = start + 1
    while end < len(lines) and (_separator(lines[end]) == separator or _continues(lines, end, separator)):
        end += 1
    if end == start + 1 and separator == "|" and len(lines[start]) > 200:
        return None
    cells: list[Cell] = []
    row = n_columns = 0
    for index in range(start, end):
        line = lines[index]
        if separator == "|" and (_PIPE_RULE.match(line) or not line.replace("|", "").strip(" -:")) and "-" in line:
            continue
        for column, (text, span) in enumerate(_split(line, separator)):
            cells.append(_cell(row, column, text, Source(line=first_line + index, chars=span)))
            n_columns = max(n_columns, column + 1)
        row += 1
    grid = Grid(row, n_columns, tuple(cells), aligned=False, source=Source(line=first_line + start))
    return (grid, end) if row else None


def _continues(lines: list[str], index: int, separator: str) -> bool:
    """A single row of dashes between rows of pipes."""
    return separator == "|" and bool(_PIPE_RULE.match(lines[index])) and "|" in lines[index]


def _split(line: str, separator: str) -> list[tuple[str, tuple[int, int]]]:
    """The cells of a row with their character ranges. The outer pipes of Markdown make no cells; where a line has a
    pipe at one end alone, a blank cell stands there."""
    start, end = 0, len(line)
    if separator == "|":
        start = len(line) - len(line.lstrip())
        end = len(line.rstrip())
        outer = end - start > 1 and line[start] == "|" == line[end - 1] and line[end - 2 : end] != "\\|"
        if outer:
            start, end = start + 1, end - 1
    cells = []
    for part in re.split(r"(?<!\\)\|" if separator == "|" else "\t", line[start:end]):
        cells.append((part, (start, start + len(part))))
        start += len(part) + 1
    return cells


# --- pandoc's tables -----------------------------------------------------------------------------


def _width(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _slice(line: str, start: int, end: int) -> str:
    """The part of a line between two display columns (a Chinese character is two wide)."""
    position, out = 0, []
    for char in line:
        if start <= position < end:
            out.append(char)
        position += _width(char)
    return "".join(out)


def _display(line: str) -> str:
    """The line with a filler behind each wide character, so that an index is a display column."""
    return "".join(char + ("\0" if _width(char) == 2 else "") for char in line)


def _ruled_table(lines: list[str], start: int, first_line: int) -> tuple[Grid, int] | None:
    """A table drawn with `+---+` and `|`, cells of several lines and merged cells included."""
    if not _GRID_RULE.match(lines[start]):
        return None
    end = start
    while end < len(lines) and lines[end].strip()[:1] in {"+", "|"}:
        end += 1
    picture = [_display(line.rstrip()) for line in lines[start:end]]
    rules = [i for i, line in enumerate(picture) if re.search(r"\+[-=:]{2,}", line)]
    if len(rules) < 2:
        return None
    edges = sorted({i for r in rules for i, char in enumerate(picture[r]) if char == "+"})
    n_rows, n_columns = len(rules) - 1, len(edges) - 1
    taken = [[False] * n_columns for _ in range(n_rows)]
    cells: list[Cell] = []

    def has_vertical(band: int, edge: int) -> bool:
        body = picture[rules[band] + 1 : rules[band + 1]]
        return edge in {0, n_columns} or all(edges[edge] < len(ln) and ln[edges[edge]] in "|+" for ln in body)

    def has_horizontal(rule: int, column: int) -> bool:
        part = picture[rules[rule]][edges[column] + 1 : edges[column + 1]]
        return bool(part) and set(part) <= set("-=:+")

    for r in range(n_rows):
        for c in range(n_columns):
            if taken[r][c]:
                continue
            right, bottom = c + 1, r + 1
            while right < n_columns and not has_vertical(r, right):
                right += 1
            while bottom < n_rows and not has_horizontal(bottom, c):
                bottom += 1
            for rr in range(r, bottom):
                for cc in range(c, right):
                    taken[rr][cc] = True
            inner = picture[rules[r] + 1 : rules[bottom]]
            text = "\n".join(ln[edges[c] + 1 : edges[right]].replace("\0", "").strip() for ln in inner).strip("\n")
            cells.append(
                _cell(r, c, text.strip(), Source(line=first_line + start + rules[r] + 1), bottom - r, right - c)
            )
    return Grid(n_rows, n_columns, tuple(cells), aligned=True, source=Source(line=first_line + start)), end


def _dashed_table(lines: list[str], start: int, first_line: int) -> tuple[Grid, int] | None:
    """A table whose columns are set by a line of dashes under (or over) its head."""
    rule_at = next(
        (i for i in range(start, min(start + 6, len(lines))) if _DASH_RULE.match(lines[i])), None
    )
    if rule_at is None or any(not lines[i].strip() for i in range(start, rule_at)):
        return None
    if start < rule_at and not (_LONG_RULE.match(lines[start]) or rule_at == start + 1):
        return None
    columns = [match.span() for match in re.finditer(r"-+", lines[rule_at])]
    bounds = [0] + [left[1] + 1 for left, _ in pairwise(columns)] + [10_000]
    body_end = rule_at + 1
    multiline = bool(_LONG_RULE.match(lines[start]))
    while body_end < len(lines) and (lines[body_end].strip() or multiline):
        if _LONG_RULE.match(lines[body_end]) or _DASH_RULE.match(lines[body_end]):
            break
        body_end += 1
    rows: list[tuple[int, list[str]]] = []
    pending: list[tuple[int, str]] = [(i, lines[i]) for i in range(start, rule_at) if not _LONG_RULE.match(lines[i])]
    groups: list[list[tuple[int, str]]] = [pending] if pending else []
    for i in range(rule_at + 1, body_end):
        if not lines[i].strip():
            groups.append([])
        elif multiline and groups and groups[-1] and i > rule_at + 1 and lines[i - 1].strip():
            groups[-1].append((i, lines[i]))
        else:
            groups.append([(i, lines[i])])
    for group in groups:
        if group:
            rows.append(
                (
                    group[0][0],
                    [
                        "\n".join(filter(None, (_slice(line, bounds[c], bounds[c + 1]).strip() for _, line in group)))
                        for c in range(len(columns))
                    ],
                )
            )
    if len(rows) < 2:
        return None
    cells = tuple(
        _cell(r, c, text, Source(line=first_line + at))
        for r, (at, texts) in enumerate(rows)
        for c, text in enumerate(texts)
    )
    end = body_end + 1 if body_end < len(lines) and lines[body_end].strip() else body_end
    return Grid(len(rows), len(columns), cells, aligned=True, source=Source(line=first_line + start)), end


# --- MediaWiki -----------------------------------------------------------------------------------

_WIKI_SPAN = re.compile(r"\b(colspan|rowspan)\s*=\s*[\"']?(\d{1,3})")


def _wiki_table(lines: list[str], start: int, first_line: int) -> tuple[Grid, int] | None:
    """A table between `{|` and `|}`: rows begin with `|-`, cells with `|` or `!`, several on a line behind `||`."""
    if not lines[start].lstrip().startswith("{|"):
        return None
    end = next((i for i in range(start, len(lines)) if lines[i].lstrip().startswith("|}")), None)
    if end is None:
        return None
    texts: list[list[tuple[int, str, int, int]]] = [[]]
    for index in range(start + 1, end):
        line = lines[index].strip()
        if line.startswith("|-"):
            texts.append([])
        elif line[:1] in {"|", "!"} and not line.startswith("|+"):
            for part in re.split(r"\|\||!!", line[1:]):
                attributes, bar, text = part.partition("|")
                spans = {name: int(number) for name, number in _WIKI_SPAN.findall(attributes)} if bar else {}
                shown = text if bar and "=" in attributes else part
                texts[-1].append((index, shown, spans.get("rowspan", 1), spans.get("colspan", 1)))
        elif line and texts[-1]:
            at, text, row_span, column_span = texts[-1][-1]
            texts[-1][-1] = (at, f"{text}\n{line}", row_span, column_span)
    rows = [row for row in texts if row]
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    for r, row in enumerate(rows):
        column = 0
        for at, text, row_span, column_span in row:
            while (r, column) in taken:
                column += 1
            inside = min(row_span, len(rows) - r)
            taken |= {(r + i, column + j) for i in range(inside) for j in range(column_span)}
            cells.append(_cell(r, column, text, Source(line=first_line + at), inside, column_span))
            column += column_span
    if not cells:
        return None
    n_columns = max(cell.column + cell.column_span for cell in cells)
    return Grid(len(rows), n_columns, tuple(cells), aligned=True, source=Source(line=first_line + start)), end + 1
