"""One synthetic report after the other: agency, values, prose, damages, layout. Everything follows from the seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from training.corpus.agencies import Agency, draw_agency, split_of
from training.corpus.pages import marked_page, with_sections, without_marks
from training.corpus.prose import compose
from training.corpus.settings import CorpusSettings
from training.corpus.values import TrueReport, draw_chain, load_values
from training.mangle import DAMAGES, LAYOUTS
from training.mangle.damages_labels import LABEL_DAMAGES
from training.mangle.damages_page import PAGE_DAMAGES
from training.mangle.pages import Page

Split = Literal["train", "validation", "test"]
HTML = ("html_spans", "html_flat", "html_repeated")
"""Layouts that converters are given."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A report before it is a file."""

    id: str
    agency: Agency
    split: Split
    unseen: bool
    """Whether its wordings, and its damages, layout or converter, are such as nothing was trained on."""
    true: TrueReport
    phrasing: Literal["seen", "held_out"]
    damages: tuple[str, ...]
    layout: str
    converter: str
    """Empty where none has gone over it."""
    marked: Page
    plain: Page


def draw_reports(seed: int, first: int, count: int, how: CorpusSettings) -> list[Drawn]:
    """The reports numbered `first` to `first + count`; each depends on the seed and its chain's number alone."""
    found: list[Drawn] = []
    for number in range(first // how.longest_chain, -(-(first + count) // how.longest_chain)):
        found += _draw_chain(seed, number, how)
    start = first - first // how.longest_chain * how.longest_chain
    return found[start : start + count]


def _draw_chain(seed: int, number: int, how: CorpusSettings) -> list[Drawn]:
    """As many reports as the longest chain has, of one agency or, where chains are shorter, of several."""
    random = Random(f"{seed} chain {number}")
    found: list[Drawn] = []
    while len(found) < how.longest_chain:
        left = how.longest_chain - len(found)
        length = random.randint(1, left)
        start = random.randrange(len(how.years) - length + 1)
        agency = draw_agency(random)
        chain = draw_chain(random, agency.name, how.years[start : start + length], load_values())
        for true in chain:
            index = number * how.longest_chain + len(found)
            found.append(_draw(Random(f"{seed} report {index}"), f"{seed}-{index:06d}", agency, true, how))
    return found


def _draw(random: Random, name: str, agency: Agency, true: TrueReport, how: CorpusSettings) -> Drawn:
    split = split_of(agency)
    unseen = split == "test" and random.random() < how.held_out.share
    phrasing: Literal["seen", "held_out"] = "held_out" if unseen else "seen"
    sections = dict.fromkeys("一二三四五六", ()) | compose(true.report, random, phrasing, how.contradicts)
    report = replace(true.report, sections=sections)
    layout, converter = _form(random, unseen, how)
    page = marked_page(report)
    damages = []
    for damage in _damages(random, unseen, how):
        changed = {**PAGE_DAMAGES, **DAMAGES, **LABEL_DAMAGES}[damage](page, Random(f"{name} {damage}"))
        if changed is not None:
            page = changed
            damages.append(damage)
    return Drawn(
        name, agency, split, unseen, replace(true, report=report), phrasing, tuple(damages), layout, converter,
        with_sections(page, report), without_marks(page),
    )  # fmt: skip


def _form(random: Random, unseen: bool, how: CorpusSettings) -> tuple[str, str]:
    held = how.held_out
    if random.random() < how.converted:
        names = [name for name in how.converters if (name in held.converters) == unseen]
        weights = [how.converters[name] for name in names]
        return random.choice(HTML), random.choices(names, weights)[0]
    return random.choice([name for name in LAYOUTS if (name in held.layouts) == unseen]), ""


def _damages(random: Random, unseen: bool, how: CorpusSettings) -> list[str]:
    """Those to words come last: the others go by what labels there are. An unseen report has one at least of a
    held-out family."""
    held = {damage for family in how.held_out.families for damage in how.families[family]}

    def drawn(names: list[str], weights: tuple[float, ...]) -> list[str]:
        usual = [name for name in names if name not in held]
        return random.sample(usual, random.choices(range(len(weights)), weights)[0])

    found = drawn(sorted(DAMAGES), how.damages) + drawn(sorted(LABEL_DAMAGES), how.label_damages)
    if unseen:
        found = [random.choice(sorted(held)), *found[:2]]
    around = drawn(sorted(PAGE_DAMAGES), how.page_damages)
    return [*around, *sorted(found, key=lambda name: name in LABEL_DAMAGES)]


def file_of(page: Page, layout: str) -> tuple[str, bytes]:
    """Suffix and bytes of the page in its layout."""
    suffix, write = LAYOUTS[layout]
    return suffix, write(page)
