"""Patterns of statements, and their expansion into text with marked numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Literal

import yaml

from pipeline.record import Number
from training.corpus.marked import mark
from training.corpus.prose_numbers import Style, draw_style

Phrasing = Literal["seen", "held_out"]
PHRASINGS = Path(__file__).parent.parent / "data" / "phrasings.yaml"
PHRASINGS_SEEN = PHRASINGS.with_name("phrasings_seen.yaml")
"""Words and patterns for training text alone, which are added to the others."""
OPEN, CLOSE = "\ue000", "\ue001"
"""Round the index of a number that is filled in last, so that one of them can be made wrong."""
APPLICATIONS = ("件",) * 14 + ("条", "份", "宗", "件次", "项", "例", "次")
DISPUTES = ("件",) * 8 + ("起", "宗", "例", "次")
DOCUMENTS = ("件",) * 6 + ("份", "个", "项")
DECISIONS = ("件",) * 6 + ("宗", "起", "份", "项")
DISPUTE_ROWS = {"review": "review", "direct": "litigation_direct", "after": "litigation_after_review"}
PROJECTS = ("项", "项", "个")
DISPUTE_SUMS = frozenset({"sum.litigation", "sum.disputes"})


@dataclass(frozen=True, slots=True)
class Pattern:
    text: str
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class Phrases:
    words: Mapping[str, tuple[str, ...]]
    seen_words: Mapping[str, tuple[str, ...]]
    """The same and more, for training text; what is kept for trials does not change with them."""
    kinds: Mapping[str, tuple[Pattern, ...]]

    def usable(self, kind: str, phrasing: Phrasing) -> tuple[Pattern, ...]:
        """Those for training, or those kept for trials; where a kind keeps none for trials, all."""
        wanted = tuple(pattern for pattern in self.kinds[kind] if pattern.held_out == (phrasing == "held_out"))
        return wanted or self.kinds[kind]

    def choices(self, word: str, phrasing: Phrasing) -> tuple[str, ...]:
        return (self.seen_words if phrasing == "seen" else self.words)[word]


@cache
def load_phrases(path: Path = PHRASINGS, seen_path: Path = PHRASINGS_SEEN) -> Phrases:
    words, kinds = _read(path)
    more_words, more_kinds = _read(seen_path)
    seen_words = {name: (*words.get(name, ()), *more_words.get(name, ())) for name in (*words, *more_words)}
    return Phrases(words, seen_words, {name: (*items, *more_kinds.get(name, ())) for name, items in kinds.items()})


def _read(path: Path) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[Pattern, ...]]]:
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    words = {name: tuple(text.split() if isinstance(text, str) else text) for name, text in raw["words"].items()}
    kinds = {
        name: tuple(
            Pattern(item) if isinstance(item, str) else Pattern(item["say"], item["held_out"]) for item in items
        )
        for name, items in raw["kinds"].items()
    }
    return words, kinds


@dataclass(frozen=True, slots=True)
class Written:
    """A number of a field, or a word that says it is 0."""

    field: str
    value: Number
    style: Style
    counted: bool
    word: str = ""

    def text(self) -> str:
        return mark(self.field, self.word or self.style.write(self.value, counted=self.counted))


@dataclass(slots=True)
class Writer:
    """Writes statements of one report; every choice is drawn from one random source."""

    random: Random
    phrasing: Phrasing
    values: Mapping[str, Number]
    sums: Mapping[str, int]
    words: Mapping[str, tuple[str, ...]]
    """What the report itself says: year, agency and so on."""
    fresh: bool = True
    """At the start of a paragraph, where the year and who reports are named."""
    topic: str = ""
    """The last one spoken of."""
    style: Style = field(init=False)
    units: dict[str, str] = field(init=False)
    written: list[Written] = field(init=False, default_factory=list)
    used: list[Pattern] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.style = draw_style(self.random)
        names = ("applications", "disputes", "documents", "decisions", "projects")
        choices = (APPLICATIONS, DISPUTES, DOCUMENTS, DECISIONS, PROJECTS)
        self.units = {name: self.random.choice(units) for name, units in zip(names, choices, strict=True)}

    def say(self, kind: str, fields: Mapping[str, str] | None = None, words: Mapping[str, str] | None = None) -> str:
        """A statement of a kind; `fields` and `words` are what its slots stand for here."""
        return self.expand(self.pick(kind), fields, words)

    def pick(self, kind: str) -> str:
        pattern = self.random.choice(load_phrases().usable(kind, self.phrasing))
        self.used.append(pattern)
        return pattern.text

    def expand(
        self, pattern: str, fields: Mapping[str, str] | None = None, words: Mapping[str, str] | None = None
    ) -> str:
        return self._expand(pattern, fields or {}, words or {})

    def _expand(self, text: str, fields: Mapping[str, str], words: Mapping[str, str]) -> str:
        out, place = [], 0
        while place < len(text):
            char = text[place]
            if char == "[":
                end, choices = _alternatives(text, place)
                out.append(self._expand(self.random.choice(choices), fields, words))
            elif char == "<":
                end = text.index(">", place)
                out.append(self._word(text[place + 1 : end], fields, words))
            elif char == "{":
                end = text.index("}", place)
                out.append(self._slot(text[place + 1 : end], fields))
            else:
                end = place
                out.append(char)
            place = end + 1
        return "".join(out)

    def _word(self, name: str, fields: Mapping[str, str], words: Mapping[str, str]) -> str:
        if name in words:
            return words[name]  # Already expanded.
        if name == "nothing":
            return ""
        if name in ("lead", "when"):
            name, self.fresh = f"{name}_{'first' if self.fresh else 'later'}", False
        if name == "year" and self.style.padded:
            return f" {self.words['year'][0]} "
        if name == "percent":
            return self.percent(round(self.random.uniform(0.5, 60), 1))
        choices = self.words[name] if name in self.words else load_phrases().choices(name, self.phrasing)
        if name == "topic":  # Never 招生入学和招生入学.
            self.topic = self.random.choice([topic for topic in choices if topic != self.topic])
            return self.topic
        return self._expand(self.random.choice(choices), fields, words)

    def percent(self, share: float) -> str:
        if self.style.script == "han" and share.is_integer():
            return "百分之" + self.style.write(int(share), counted=False)
        return f"{share:g}%"

    def _slot(self, slot: str, fields: Mapping[str, str]) -> str:
        if slot.startswith("~"):
            low, high = map(int, slot[1:].split("-"))
            return self._spaced(self.style.write(self.random.randint(low, high)))
        if slot.startswith("sum."):
            unit = self.units["disputes" if slot in DISPUTE_SUMS else "applications"]
            return self._spaced(self.style.write(self.sums[slot[4:]])) + unit
        alias, _, word = slot.partition("=")
        name = alias.removesuffix("!")
        return self.number(fields.get(name) or field_of(name), word, unit=name == alias)

    def number(self, id_: str, word: str = "", unit: bool = True) -> str:
        """A number of a field with its unit, or the word that says it is 0."""
        value = self.values[id_]
        if word:
            if value:
                raise ValueError(f"{id_} is {value}, not none")
            return self._keep(Written(id_, 0, self.style, False, word))
        style = self.style
        if self.random.random() < 0.04:  # A slip of the hand: one number written otherwise than the rest.
            style = replace(draw_style(self.random), padded=style.padded)
        text = self._spaced(self._keep(Written(id_, value, style, unit)))
        return text + (self._unit(id_) if unit else "")

    def _keep(self, number: Written) -> str:
        self.written.append(number)
        return f"{OPEN}{len(self.written) - 1}{CLOSE}"

    def _spaced(self, text: str) -> str:
        return f" {text} " if self.style.padded else text

    def _unit(self, id_: str) -> str:
        table, _, column = id_.split(".")
        if column == "amount":
            return "万元"
        if table == "t2":
            kind = {"decisions": "decisions", "previous": "projects", "projects": "projects"}.get(column, "documents")
        else:
            kind = "applications" if table == "t3" else "disputes"
        if self.random.random() < 0.04:
            return "件"
        return self.units[kind]


def field_of(alias: str) -> str:
    """The field that a slot's short name means in every pattern."""
    if alias in DISPUTE_ROWS:
        return f"t4.{DISPUTE_ROWS[alias]}.total"
    return f"t3.{'total' if alias == 'done' else alias}.total"


def _alternatives(text: str, start: int) -> tuple[int, list[str]]:
    """Where the bracket closes, and what it offers."""
    depth, choices, begin = 0, [], start + 1
    for place in range(start, len(text)):
        char = text[place]
        depth += (char == "[") - (char == "]")
        if (char == "|" and depth == 1) or depth == 0:
            choices.append(text[begin:place])
            begin = place + 1
        if depth == 0:
            return place, choices
    raise ValueError(text)
