"""Whose tags of a text count, what people disagree about in it, and how far each two agree.

The last adjudication alone counts; without one, what everybody said last. Who adjudicates has seen what the others
said, so that adjudication has no part in agreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from annotations.pull.disputes import STRATEGY
from annotations.pull.tagged_texts import SeenText, Tagged, TaggedText
from annotations.push.tag_adjudication import DisputedText, SaidOfText
from annotations.selection import AskedReport, Selection
from annotations.spans import Span, differing, telling
from pipeline.program import program_mark


@dataclass(frozen=True, slots=True)
class Counting:
    """What counts of all that was said of a text."""

    sha256: str
    seen: SeenText
    said: tuple[Tagged, ...]
    """One of each person, by name; of whoever adjudicated alone."""

    @property
    def differing(self) -> list[Span]:
        """What some tagged and others did not; nothing where somebody settled it."""
        return differing([set(one.spans) for one in self.said])


@dataclass(slots=True)
class Overlap:
    """Spans of two annotators in the texts that both tagged."""

    both: int = 0
    """With the same ends and the same name."""
    first: int = 0
    second: int = 0

    @property
    def f1(self) -> float | None:
        """Of either measured by the other; None where neither tagged anything."""
        return 2 * self.both / (self.first + self.second) if self.first + self.second else None

    def count(self, first: set[Span], second: set[Span]) -> None:
        """Adds one text."""
        self.both += len(first & second)
        self.first += len(first)
        self.second += len(second)


@dataclass(slots=True)
class TagAgreement:
    """Two annotators, by name in order."""

    first: str
    second: str
    texts: int = 0
    """That both tagged, each by themselves."""
    numbers: Overlap = field(default_factory=Overlap)
    sections: Overlap = field(default_factory=Overlap)


def counting(one: TaggedText) -> Counting:
    """Whose word counts. Of several texts of the same content it is the one that was tagged last: places in another
    cannot be compared."""
    settled = [tagged for tagged in one.said if tagged.adjudicates]
    said = settled[-1:] if settled else own_tags(one)
    return Counting(one.sha256, one.texts[said[0].text], tuple(said))


def own_tags(one: TaggedText) -> list[Tagged]:
    """What each person said last by themselves, by name."""
    own = [tagged for tagged in one.said if not tagged.adjudicates]
    last = {tagged.annotator: tagged for tagged in own if tagged.text == own[-1].text}
    return [last[who] for who in sorted(last)]


def count_agreement(found: dict[tuple[str, str], TagAgreement], one: TaggedText) -> None:
    """Adds a text to what each two of its annotators have in common; nothing of it is kept but counts."""
    spans = {tagged.annotator: telling(tagged.spans) for tagged in own_tags(one)}
    sections = {who: {span for span in said if span.is_section} for who, said in spans.items()}
    for first, second in combinations(spans, 2):
        pair = found.setdefault((first, second), TagAgreement(first, second))
        pair.texts += 1
        pair.numbers.count(spans[first] - sections[first], spans[second] - sections[second])
        pair.sections.count(sections[first], sections[second])


def asked_again(one: Counting) -> AskedReport:
    """A text that people disagree about, as it is to be asked."""
    took = [tagged.seconds for tagged in one.said if tagged.seconds is not None]
    return AskedReport(
        sha256=one.sha256, file=one.seen.file, agency=one.seen.agency, year=one.seen.year, cells=(),
        # As long as it took those who disagree.
        seconds=max(took, default=0.0), score=float(len(one.differing)),
    )  # fmt: skip


def disputed_text(one: Counting) -> DisputedText:
    """The same with what each person tagged."""
    said = tuple(SaidOfText(annotator=tagged.annotator, spans=tagged.spans) for tagged in one.said)
    return DisputedText(sha256=one.sha256, text=one.seen.text, plain_lines=one.seen.plain_lines, said=said)


def tag_disputes(asked: Mapping[str, AskedReport], program: str, name: str, pending: Iterable[str]) -> Selection:
    """A task for each text, those with most differing spans first.

    Args:
        asked: by SHA-256, all that is disputed.
        program: mark of what had read the reports; empty where nothing is disputed.
        name: of the batch.
        pending: SHA-256 of texts that lie before somebody already.
    """
    waiting = set(pending)
    left = sorted(
        (one for sha256, one in asked.items() if sha256 not in waiting), key=lambda one: (-one.score, one.sha256)
    )
    return Selection(name=name, strategy=STRATEGY, seed=0, program=program or program_mark(), reports=tuple(left))
