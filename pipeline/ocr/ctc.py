"""What the output of a CTC recogniser says: the text along the best path, and the most probable numbers.

A recogniser gives for each step along the width of a crop a distribution over its characters and the blank (Graves
et al. 2006). The probability of a text is the sum over all paths that collapse to it; the search keeps the most
probable prefixes (prefix beam search, Hannun et al. 2014, without a language model).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLANK = 0
"""Column of the blank."""
_BEAM = 8
_FLOOR = 1e-5
"""A symbol less probable than this at a step does not extend a prefix there."""


def best_path(symbols: NDArray[np.intp]) -> list[tuple[int, int, int]]:
    """The characters along the best path.

    Args:
        symbols: T; the most probable column at each step.

    Returns:
        (column, first step, step after the last) for each character, left to right.
    """
    found: list[tuple[int, int, int]] = []
    before = BLANK
    for step, column in enumerate(symbols.tolist()):
        if column != BLANK:
            if column == before:
                found[-1] = (column, found[-1][1], step + 1)
            else:
                found.append((column, step, step + 1))
        before = column
    return found


def probable_texts(posterior: NDArray[np.float64], count: int) -> list[tuple[tuple[int, ...], float]]:
    """The most probable texts, as columns, most probable first.

    Args:
        posterior: T x K probabilities, column 0 the blank. A row may sum to less than 1: the rest is said by
            characters that are not asked about, and no path through them is counted.
        count: how many texts at most.

    Returns:
        Texts (also the empty one) with their probability, in [0, 1]; equal ones in the order of their columns.
    """
    beam: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}
    for row in posterior.tolist():
        blank = row[BLANK]
        likely = [(column, share) for column, share in enumerate(row) if column != BLANK and share >= _FLOOR]
        grown: defaultdict[tuple[int, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for prefix, (after_blank, after_symbol) in beam.items():
            both = after_blank + after_symbol
            kept = grown[prefix]
            kept[0] += both * blank
            last = prefix[-1] if prefix else -1
            for column, share in likely:
                longer = grown[(*prefix, column)]
                if column == last:
                    kept[1] += after_symbol * share
                    longer[1] += after_blank * share
                else:
                    longer[1] += both * share
        ranked = sorted(grown.items(), key=lambda item: (-(item[1][0] + item[1][1]), item[0]))
        beam = {prefix: (ends[0], ends[1]) for prefix, ends in ranked[:_BEAM]}
    texts = [(prefix, min(1.0, sum(ends))) for prefix, ends in beam.items()]
    return sorted(texts, key=lambda item: (-item[1], item[0]))[:count]
