"""Running text of invented reports that states numbers of their tables in many wordings, every number marked.

What does not count a field of the form (telephone numbers, articles published, other units' requests, sums of rows,
comparisons with the year before) stands between the statements, unmarked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from pipeline.record import Number
from training.corpus.prose_phrases import CLOSE, OPEN, Phrasing, Writer, Written, load_phrases
from training.corpus.prose_statements import Statements, item_numbers
from training.examples.report import InventedReport, Paragraph

_NUMBER = re.compile(f"{OPEN}(\\d+){CLOSE}")
_BLANKS = re.compile(r" (?=[，。；：、（）“”])|(?<=[，。；：、（）“”]) |(?<= ) |^ | $")
_SLIPS = (
    (re.compile(f"(?<=[一-龥])[为共有](?={OPEN})"), ""),
    (re.compile(f"(?<=[申请件数量结转诉讼议])(?={OPEN}\\d+{CLOSE}[件条份宗项例])"), "有"),
    (re.compile("(?<=申请)的(?=[一-龥])|(?<=[一-龥])的(?=申请)"), ""),
    (re.compile("，(?!其中)"), "；"),
    (re.compile("；"), "，"),
    (re.compile("。(?!$)"), "；"),
    (re.compile("。(?!$)"), "，"),
    (re.compile("其中[，：]"), "其中"),
    (re.compile("其中(?![，：])"), "其中："),
    (re.compile(f"，(?![{OPEN} \\d])"), ","),
    (re.compile("："), ":"),
    (re.compile(f"[，：](?![{OPEN} \\d])"), " "),
    (re.compile("。$"), ""),
    (re.compile("。$"), "；"),
    (re.compile("政府信息公开申请"), "申请"),
)
"""What offices leave out or put for another mark; each is done to one place of a paragraph."""
_TOPICS = ("proactive", "requests", "manage", "platform", "supervise")


def compose(
    report: InventedReport, random: Random, phrasing: Phrasing, contradicts: float = 0.0
) -> dict[str, tuple[Paragraph, ...]]:
    """Running text for the sections, by number; "" is what stands before section 一, where anything does.

    Args:
        report: whose `values` are stated.
        random: what everything is drawn from.
        phrasing: "seen" for training; "held_out" takes the patterns kept for trials.
        contradicts: how likely one stated number differs from the table, as true errors of the source do; it is
            still marked as the field that it states.
    """
    composer = Composer(report, random, phrasing)
    sections = composer.sections()
    written = list(composer.writer.written)
    if random.random() < contradicts:
        _make_wrong(written, random)

    def filled(text: str) -> str:
        return _NUMBER.sub(lambda match: written[int(match[1])].text(), _BLANKS.sub("", text))

    return {
        number: tuple(replace(paragraph, text=filled(paragraph.text)) for paragraph in paragraphs)
        for number, paragraphs in sections.items()
    }


def _make_wrong(written: list[Written], random: Random) -> None:
    # A word for none cannot be made another number without another sentence.
    numeric = [index for index, number in enumerate(written) if not number.word]
    if not numeric:
        return
    index = random.choice(numeric)
    true = written[index].value
    written[index] = replace(written[index], value=_other(true, random))


def _other(true: Number, random: Random) -> Number:
    """A number near or like the true one, as slips go."""
    if isinstance(true, float):
        return round(true + random.choice((1, 10, 0.5)), 2)
    digits = str(true)
    wrongs = [true + 1, true + 2, true + random.randrange(3, 12), max(true - 1, 0), int(digits[::-1])]
    if true:
        wrongs.append(int(digits + random.choice("0123456789")))
    return random.choice([wrong for wrong in wrongs if wrong != true])


class Composer:
    """Arranges the sections of one report; the numbers of fields stand as places to be filled in."""

    def __init__(self, report: InventedReport, random: Random, phrasing: Phrasing) -> None:
        self.random = random
        self.statements = Statements(report, random, phrasing)
        self.writer: Writer = self.statements.writer
        self.length = random.choice((0.4, 0.8, 1.0, 1.5))
        self.quiet = random.random() < 0.1
        """Some reports state no number of the form at all."""

    def sections(self) -> dict[str, tuple[Paragraph, ...]]:
        sections: dict[str, tuple[Paragraph, ...]] = {}
        opening = self._paragraph([*self._some("opening", 1), *self._some("contact", 0.4)])
        if opening and self._chance(0.6):
            sections[""], opening = opening, ()
        sections["一"] = (*opening, *self._paragraph(self._some("boiler", 0.6)), *self._main())
        sections["二"] = self._paragraph(self.statements.documents() if self._stating(0.15) else [])
        sections["三"] = self._paragraph(self.statements.requests() if self._stating(0.25) else [])
        sections["四"] = self._paragraph(self.statements.disputes() if self._stating(0.4) else [])
        problems = [*self._some("problems", 1.2), *self._some("improve", 1.2)]
        sections["五"] = self._paragraph(problems or [self.writer.say("improve")])
        sections["六"] = self._paragraph(self._others())
        return sections

    def _chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def _stating(self, probability: float) -> bool:
        return not self.quiet and self._chance(probability)

    def _some(self, kind: str, mean: float) -> list[str]:
        """Statements of a kind, about so many in a report of usual length; each pattern once."""
        count = int(mean * self.length + self.random.random())
        said: dict[str, str] = {}
        for _ in range(count):
            pattern = self.writer.pick(kind)
            said.setdefault(pattern, self.writer.expand(pattern))
        return list(said.values())

    def _main(self) -> tuple[Paragraph, ...]:
        layout = self.random.choice(("plain", "headings", "headings", "inline"))
        if layout == "plain":
            topics = [topic for topic in _TOPICS if topic == "requests" or self._chance(0.6)]
            if self._chance(0.5):
                return self._paragraph([part for topic in topics for part in self._topic(topic)])
            return tuple(paragraph for topic in topics for paragraph in self._paragraph(self._topic(topic)))
        paragraphs: list[Paragraph] = []
        way = self.random.randrange(12)
        for number, topic in enumerate(_TOPICS, 1):
            # One way of writing them for all five headings.
            headings = load_phrases().usable(f"heading.{number}", self.writer.phrasing)
            heading = self.writer.expand(headings[way % len(headings)].text)
            body = self._paragraph(self._topic(topic))
            if layout == "headings":
                paragraphs += [Paragraph(heading, 3), *body]
            else:
                text = body[0].text if body else ""
                paragraphs += [Paragraph(f"{heading}。{text}"), *body[1:]]
        return tuple(paragraphs)

    def _topic(self, topic: str) -> list[str]:
        if topic != "requests":
            parts = self._some(topic, 1.8) or [self.writer.say(topic)]
            if topic == "proactive" and self._stating(0.3):
                parts += self.statements.documents()
            if self._chance(0.25):
                parts += self._some(self.random.choice(("events", "busy")), 0.8)
            return parts
        parts = self._some("requests_work", 0.5)
        if not self.quiet:
            parts += self.statements.requests()
            if self._chance(0.4):
                parts += self.statements.disputes()
        if self._chance(0.25) and self.statements.has_others:
            parts += self._some("others_numbers", 0.8)
        if self._chance(0.25):
            parts += self._some("other_years", 1.0)
        if self._chance(0.3):
            parts += self._some("busy", 0.8)
        return parts or [self.writer.say("requests_work")]

    def _others(self) -> list[str]:
        parts = self._some("other_matters", 0.8)
        if self._stating(0.12):
            parts += self.statements.fees()
        if self._stating(0.06):
            parts += self.statements.disputes()
        if self._chance(0.15):
            parts += self._some("busy", 0.8)
        return parts or [self.writer.say("other_matters")]

    def _paragraph(self, clauses: Sequence[str]) -> tuple[Paragraph, ...]:
        if not clauses:
            return ()
        if self.writer.phrasing != "seen":
            return (Paragraph(self._joined(clauses)),)
        if len(clauses) > 1 and self._chance(0.15):
            points = item_numbers(self.random, len(clauses)) if self._chance(0.6) else [""] * len(clauses)
            clauses = [point + clause for point, clause in zip(points, clauses, strict=True)]
            if self._chance(0.6):
                return tuple(Paragraph(self._slipped(self._joined([clause]))) for clause in clauses)
        return (Paragraph(self._slipped(self._joined(clauses))),)

    def _slipped(self, text: str) -> str:
        """The text, now and then with a word dropped or a mark for another, as offices write."""
        while self._chance(0.15):
            pattern, other = self.random.choice(_SLIPS)
            places = list(pattern.finditer(text))
            if places:
                place = self.random.choice(places)
                text = text[: place.start()] + other + text[place.end() :]
        return text

    def _joined(self, clauses: Sequence[str]) -> str:
        """The clauses as running text; the next one starts a paragraph."""
        self.writer.fresh = True
        text = ""
        for clause in clauses:
            text += clause if clause[-1] in "。：" else clause + "。"
        return text
