"""Part 2: zeros do not hide the rest, and digits are told apart."""

from __future__ import annotations

import pytest
from sklearn.metrics import accuracy_score

from tests.training.evaluation.made import blank, failed, field, report
from tests.training.evaluation.parts.found import share_of
from training.evaluation.parts.cells import BASELINE, part, sort_of


def test_every_known_cell_is_one_of_three_sorts() -> None:
    assert sort_of(field(3)) == "nonzero"
    assert sort_of(blank(3)) == "nonzero"
    assert sort_of(field(0)) == "zero"
    assert sort_of(field(0, gold_printed=4)) == "zero"
    assert sort_of(blank(0)) == "blank"


def test_sorts_are_counted_apart_beside_the_baseline() -> None:
    """Two cells are not 0, one of them right; three print 0, all right; of four blanks three are given out as 0."""
    cells = [field(3), field(4, value=5), *[field(0)] * 3, *[blank()] * 3, blank(value=None)]

    found = part([report(*cells), report(*cells, arm="rules")])

    assert share_of(found, "cells.right") == (pytest.approx(7 / 9), 9)
    assert share_of(found, "cells.nonzero", "rules") == (0.5, 2)
    assert share_of(found, "cells.zero") == (1.0, 3)
    assert share_of(found, "cells.blank") == (0.75, 4)
    assert share_of(found, "cells.right", BASELINE) == (pytest.approx(7 / 9), 9)
    assert share_of(found, "cells.nonzero", BASELINE) == (0.0, 2)
    assert share_of(found, "cells.blank", BASELINE) == (1.0, 4)


def test_the_share_of_right_cells_is_the_accuracy_of_the_library() -> None:
    gold, value = [0, 3, 4, 0, 12, 7], [0, 3, 5, 1, 12, 0]
    cells = [field(true, value=given) for true, given in zip(gold, value, strict=True)]

    assert share_of(part([report(*cells)]), "cells.right")[0] == pytest.approx(accuracy_score(gold, value))


def test_one_digit_wrong_as_read_and_after_deciding() -> None:
    """Of five printed numbers three are read wrong by a digit, two of these are put right, and one that was read
    rightly is given out wrong by a digit."""
    cells = [
        field(128, read=123, value=128),
        field(14, read=1, value=14),
        field(30, read=300, value=300),
        field(55, read=55, value=56),
        field(55, read=12, value=12),
        blank(12, value=13),
        field(8, known=False, read=9, value=9),
    ]

    found = part([report(*cells)])

    assert share_of(found, "cells.digit_read") == (pytest.approx(3 / 5), 5)
    assert share_of(found, "cells.digit_decided") == (pytest.approx(2 / 5), 5)


def test_what_the_agency_misprinted_was_not_misread() -> None:
    """It prints 13 and means 12: read as 13 nothing is wrong with the reading, but the value is a digit off."""
    found = part([report(field(12, gold_printed=13, value=13))])

    assert share_of(found, "cells.digit_read") == (0.0, 1)
    assert share_of(found, "cells.digit_decided") == (1.0, 1)


def test_single_digits_that_were_not_read() -> None:
    """Of eight single digits four were not read. One of these ends as 0 and one as nothing; one is given out as another
    number, and one is put right. A lost 0 and a lost 12 do not count, nor does a 0 that is meant where 5 is printed."""
    cells = [
        field(1), field(9), field(2), field(0, gold_printed=5, value=0),
        field(3, read=None), field(4, read=None, value=0), field(6, read=None, value=None),
        field(7, read=None, value=1),
        field(0, read=None), field(12, read=None, value=None),
    ]  # fmt: skip

    found = part([report(*cells)])

    assert share_of(found, "cells.single_read") == (0.5, 8)
    assert share_of(found, "cells.single_decided") == (0.25, 8)


def test_digits_are_added_up_over_agencies() -> None:
    """One of 10 in one agency and one of 1 in the other: 2 of 11, not the mean of a tenth and one."""
    results = [
        report(field(12, read=13), *[field(55)] * 9, name="一", agency="甲"),
        report(field(12, read=13), name="二", agency="乙"),
    ]

    assert share_of(part(results), "cells.digit_read") == (pytest.approx(2 / 11), 11)


def test_the_baseline_has_every_report_once_whichever_arms_went_over_it() -> None:
    results = [
        report(field(0), name="一", arm="both"), report(field(0), name="一", arm="rules"),
        report(field(2), name="二", arm="rules"),
    ]  # fmt: skip

    assert share_of(part(results), "cells.right", BASELINE) == (0.5, 2)


def test_cells_of_a_report_that_could_not_be_read_are_wrong() -> None:
    assert share_of(part([failed(3, 0)]), "cells.right") == (0.0, 2)
