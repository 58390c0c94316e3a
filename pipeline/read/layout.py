"""Whether a table holds data or only lays out the page; one rule for every format that has tables."""

from __future__ import annotations

from collections.abc import Sequence

LONG = 300
"""Characters. A cell above this holds an article, not a label; the longest note of the form has some 100."""
_PARAGRAPH = 40
"""Characters. In a single column, a cell above this is a paragraph."""
_SOLID = 10
"""Cells in rows of three and more from which on a table with prose in it is still a table of data."""


def holds_data(row_lengths: Sequence[int], longest: int, headed: bool, inner_cells: int) -> bool:
    """Whether to keep a table as a grid; otherwise what it contains is running text.

    Args:
        row_lengths: number of cells in each row.
        longest: characters in the longest cell.
        headed: some cell contains a heading of the page.
        inner_cells: cells in the data tables that this one contains. A table around a table lays out the page,
            unless the inner one is clearly the smaller and so only a divided cell.
    """
    widest = max(row_lengths, default=0)
    if widest == 0:
        return False
    solid = sum(length for length in row_lengths if length >= 3)
    if inner_cells and solid <= 2 * inner_cells:
        return False
    if widest == 1:
        return len(row_lengths) > 1 and longest <= _PARAGRAPH and not headed
    return solid >= _SOLID or (longest <= LONG and not headed)
