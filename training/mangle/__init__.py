"""Invented reports laid out as files and converters lay them out, and then damaged: what the pipeline has to survive.

A `Mangled` is a file and what is true of it. Everything follows from the random generator handed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from pipeline.record import Number
from training.examples.report import InventedReport
from training.mangle.damages import DAMAGES, KEEP_NUMBERS
from training.mangle.layouts import LAYOUTS
from training.mangle.pages import Sheet, page_of
from training.mangle.values import draw_report

__all__ = ["DAMAGES", "LAYOUTS", "Mangled", "Sheet", "draw_report", "mangled", "page_of"]


@dataclass(frozen=True, slots=True)
class Mangled:
    suffix: str
    data: bytes
    layout: str
    damages: tuple[str, ...]
    report: InventedReport
    truth: Mapping[str, Number | None]
    """By field id; None where the page does not tell."""


def mangled(random: Random, layout: str | None = None, damages: Sequence[str] | None = None) -> Mangled:
    """A report, its layout and up to three damages, drawn where they are not given.

    Damages that the page cannot take are left out; so are those that touch numbers where the report has an error of
    its own, since error and damage together may well look like another report.

    Raises:
        KeyError: where a layout or a damage has no such name.
    """
    # Each part has a generator of its own, so that leaving one damage out changes nothing else.
    base = random.getrandbits(64)
    report, unknown, errs = draw_report(Random(f"{base} report"))
    drawn_layout = random.choice(list(LAYOUTS))
    drawn_damages = random.sample(list(DAMAGES), random.choice((0, 1, 1, 2, 2, 3)))
    layout = layout or drawn_layout
    page = page_of(report)
    done = []
    for name in drawn_damages if damages is None else damages:
        if errs and name not in KEEP_NUMBERS:
            continue
        changed = DAMAGES[name](page, Random(f"{base} {name}"))
        if changed is not None:
            page = changed
            done.append(name)
    suffix, write = LAYOUTS[layout]
    truth = {field: None if field in unknown else value for field, value in report.values.items()}
    return Mangled(suffix, write(page), layout, tuple(done), report, truth)
