"""The one type that flows: what a reader found in a file, before anyone says what it means.

A reader turns a file into a `Document`; everything after it sees only this. A document
is a sequence of blocks in reading order: lines of text, grids of cells, pictures. Text is
kept as found (full-width digits, inner spaces, tabs); making sense of it is the work of
`pipeline.recover`. This module imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels: TypeAlias = NDArray[np.uint8]
    """Height x width x 3, red, green, blue, 0 to 255, upright as a viewer shows the page."""

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom; origin top left; PDF points, or pixels for page images."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where in the file a text stands. Whatever the format cannot say stays None."""

    page: int | None = None
    """Page number, from 1."""
    box: Box | None = None
    line: int | None = None
    """Line number in a text file, from 1."""
    chars: tuple[int, int] | None = None
    """Character range [start, end) within that line."""
    place: str | None = None
    """For formats without pages or lines, in the reader's words: `Sheet1!D5`, `表2 行3 列4`."""


NOWHERE = Source()


@dataclass(frozen=True, slots=True)
class Reading:
    """One reader's answer to what stands in a cell."""

    text: str
    reader: str
    score: float = 1.0
    """Probability, in (0, 1], that the text is what the page shows; 1 where the file itself says so."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a grid. Rows and columns count from 0; a merged cell stands once, at its top left."""

    row: int
    column: int
    readings: tuple[Reading, ...]
    """Rival readings, best first. Empty: a cell is there and no reader could read it.
    One reading with empty text: the cell is blank."""
    row_span: int = 1
    column_span: int = 1
    source: Source = NOWHERE
    implied: bool = False
    """No rule is printed around it: from the texts beside, above and below it was concluded that there is a cell."""

    @property
    def text(self) -> str:
        return self.readings[0].text if self.readings else ""

    @property
    def unread(self) -> bool:
        return not self.readings


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as the file draws it."""

    n_rows: int
    n_columns: int
    cells: tuple[Cell, ...]
    """Ordered by row, then column. Places under a merged cell have no cell of their own."""
    aligned: bool = True
    """True where the file fixes the columns (HTML, Word, Excel, drawn rules); False where a row
    is only a sequence of cells (tabs or pipes in text), so that a column number proves little."""
    source: Source = NOWHERE
    pictured: bool = False
    """True where the cells are places on a page image: what stands in one may be misread, but no cell goes lost and
    pushes its neighbours aside, as happens in files."""

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Every row number with the cells that begin in it, left to right; rows without cells too."""
        by_row: list[list[Cell]] = [[] for _ in range(self.n_rows)]
        for cell in self.cells:
            by_row[cell.row].append(cell)
        yield from enumerate(by_row)


@dataclass(frozen=True, slots=True)
class Line:
    """A line or paragraph of running text. An empty `text` is a blank line of the source."""

    text: str
    source: Source = NOWHERE
    heading: int = 0
    """Heading level where the format marks headings (Markdown `#`, HTML h1-h6, Word styles); 0 otherwise."""
    reader: str = ""
    """Who read it off a page image; empty where the file itself holds the text."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image in the flow of the text, which may hold a table that nobody has read yet."""

    width: int
    height: int
    source: Source = NOWHERE
    """Page and box that the image fills there, in the units of that page."""
    pixels: Callable[[], Pixels] | None = field(default=None, compare=False, repr=False)
    """Makes the image anew at each call, at a resolution fit for reading; raises GoujiError E105 where it cannot.
    None where the file does not hold the image."""


Block: TypeAlias = Line | Grid | Picture


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    width: float
    height: float


Format: TypeAlias = Literal["text", "html", "docx", "pdf", "xlsx", "xls", "csv", "legacy", "image"]


@dataclass(frozen=True, slots=True)
class Document:
    """A file as one reader saw it."""

    name: str
    """File name without folders; never used to decide anything."""
    sha256: str
    format: Format
    blocks: tuple[Block, ...]
    """In reading order."""
    pages: tuple[Page, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    """What the reader had to leave out or mend (Chinese, one sentence each)."""
    defeated: tuple[int, ...] = ()
    """Pages that hold something and could not be read."""

    def has_pictures(self) -> bool:
        """Whether it holds pictures that can be read."""
        return any(isinstance(block, Picture) and block.pixels is not None for block in self.blocks)

    def text(self) -> str:
        """All text in reading order; the cells of a row joined by tabs."""
        parts: list[str] = []
        for block in self.blocks:
            if isinstance(block, Line):
                parts.append(block.text)
            elif isinstance(block, Grid):
                parts.extend("\t".join(cell.text for cell in cells) for _, cells in block.rows())
        return "\n".join(parts)
