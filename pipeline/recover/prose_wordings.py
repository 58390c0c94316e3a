"""The wordings of configs/prose.yaml: patterns over sentences whose counts and years are single marks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from pipeline.errors import E302, GoujiError

Strength = Literal["exact", "loose"]

FIRST_COUNT, LAST_COUNT = "\ue000", "\uf7ff"
THIS_YEAR, LAST_YEAR, NEXT_YEAR, OTHER_YEAR, OPAQUE = "\uf801", "\uf802", "\uf803", "\uf804", "\uf8ff"
COUNT = f"[{FIRST_COUNT}-{LAST_COUNT}]"
MARKS = "\ue000-\uf8ff"


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    pattern: re.Pattern[str]
    fields: tuple[str, ...]
    needs: str
    strength: Strength
    any_year: bool
    guard: str
    units: frozenset[str]
    reject: re.Pattern[str] | None
    each: bool


@dataclass(frozen=True, slots=True)
class Label:
    name: str
    pattern: re.Pattern[str]
    fields: tuple[str, ...]
    needs: str
    strength: Strength
    column: str


@dataclass(frozen=True, slots=True)
class Wordings:
    rules: tuple[Rule, ...]
    negations: tuple[Rule, ...]
    labels: tuple[Label, ...]
    any_label: re.Pattern[str]
    before_count: re.Pattern[str]
    behind_count: re.Pattern[str]
    not_requests: re.Pattern[str]
    channels: re.Pattern[str]
    verbs: tuple[tuple[re.Pattern[str], tuple[str, ...], str, Strength], ...]
    nouns: tuple[tuple[re.Pattern[str], str, str], ...]
    decision_units: frozenset[str]
    document_units: frozenset[str]
    heads: re.Pattern[str]
    objects: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]
    follows: re.Pattern[str]
    behind: str


_BUILT_IN = {
    "N": f"(?P<n>{COUNT})",
    "C": COUNT,
    "last": f"(?:{LAST_YEAR}|上一?年度?|去年度?)",
    "this": f"(?:{THIS_YEAR}|本年度?|今年|全年)",
    "next": f"(?:{NEXT_YEAR}|下一?年度?|次年度?|明年)",
}


@cache
def load_wordings() -> Wordings:
    """The wordings of configs/prose.yaml.

    Raises:
        GoujiError: E302 where the file does not have the shape that it should.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _wordings(yaml.load((resources.files("configs") / "prose.yaml").read_text(encoding="utf-8"), loader))
    except (KeyError, TypeError, AttributeError, re.error, yaml.YAMLError) as error:
        raise GoujiError(E302, reason=f"prose.yaml: {error!r}") from error


def _wordings(raw: dict[str, Any]) -> Wordings:
    macros: dict[str, str] = raw["macros"]

    def expand(pattern: str) -> str:
        for _ in range(3):
            for name, text in (*macros.items(), *_BUILT_IN.items()):
                pattern = pattern.replace(f"<{name}>", text)
        pattern = re.sub(r"<w:(\d+)>", rf"[^,;:。、(){MARKS}]{{0,\1}}?", pattern)
        return re.sub(r"<wl:(\d+)>", rf"[^,;:。(){MARKS}]{{0,\1}}?", pattern)

    def rules(entries: list[dict[str, Any]]) -> tuple[Rule, ...]:
        made = []
        for entry in entries:
            for pattern in entry["patterns"]:
                made.append(
                    Rule(
                        id=entry["id"],
                        pattern=re.compile(expand(pattern)),
                        fields=tuple(entry["fields"]),
                        needs=entry.get("needs", ""),
                        strength=entry.get("strength", "exact"),
                        any_year=bool(entry.get("any_year", False)),
                        guard=entry.get("guard", ""),
                        units=frozenset(entry.get("units", ())),
                        reject=re.compile(entry["reject"]) if "reject" in entry else None,
                        each=bool(entry.get("each", False)),
                    )
                )
        return tuple(made)

    labels = tuple(
        Label(
            name=entry["name"],
            pattern=re.compile(expand(entry["pattern"])),
            fields=tuple(entry.get("fields", ())),
            needs=entry["needs"],
            strength=entry.get("strength", "exact"),
            column=entry.get("column", ""),
        )
        for entry in raw["labels"]
    )
    none = raw["none_of_review"]
    return Wordings(
        rules=rules(raw["rules"]),
        negations=rules(raw["negations"]),
        labels=labels,
        any_label=re.compile("|".join(f"(?P<l{i}>{label.pattern.pattern})" for i, label in enumerate(labels))),
        before_count=re.compile(raw["before_count"]),
        behind_count=re.compile(raw["behind_count"]),
        not_requests=re.compile(raw["not_requests"]),
        channels=re.compile(raw["channels"]),
        verbs=tuple(
            (re.compile(entry["pattern"]), tuple(entry.get("documents", ())), name, entry["strength"])
            for name, entry in raw["verbs"].items()
        ),
        nouns=tuple((re.compile(entry["pattern"]), entry["row"], entry["kind"]) for entry in raw["nouns"]),
        decision_units=frozenset(raw["decision_units"]),
        document_units=frozenset(raw["document_units"]),
        heads=re.compile(none["heads"]),
        objects=tuple((re.compile(entry["pattern"]), tuple(entry["fields"])) for entry in none["objects"]),
        follows=re.compile(none["follows"]),
        behind=none["behind"],
    )
