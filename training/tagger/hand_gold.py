"""Real reports whose numbers and lines were tagged by hand: annotations/tags/NAME.yaml.

Nothing of a report stands in a file but its numbers; the reports themselves lie elsewhere.

    sha256: …                   of the report's file
    sections: {一: [9, 38], …}  first line and the one after the last, by index in `Linear.lines`
    furniture: [24]             lines inside these that belong to no section: page numbers
    mixed: [9]                  lines that hold several sections
    prose:                      numbers of running text
      - {text: "21", nth: 3, fields: [t3.new.total]}
      - {text: "17", nth: 0, fields: [t3.new.total], differs: true}   says something else than gold does
    table:                      numbers of the tables, the same way
      - {text: "64", at: 1301, fields: [t3.new.natural]}
    unclear:                    not scored
      - {text: "258", nth: 1, reason: sum, fields: [t3.granted.total, t3.partial.total]}
    missing: {t2.procurement.amount: split}   gold has it, but no characters are its own

`nth` counts earlier occurrences of the same text, not overlapping; `at` is the offset in the text, for numbers that
stand in a run with others. Reasons: `sum`, `several` (each of the fields is stated), `scope` (counts less or more than
the form does), `applicant`, `result`, `kind` (may be no field at all), `split` (a run nobody can split), `cut`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from pipeline.read.open import read_document
from pipeline.tag.labels import fields as field_ids
from pipeline.tag.linear import Linear, linear

SECTIONS = ("一", "二", "三", "四", "五", "六")
MIXED = "?"
"""Section of a line that holds several; such a line cannot be scored."""
KEYS = {"sha256", "sections", "furniture", "mixed", "prose", "table", "unclear", "missing"}


@dataclass(frozen=True)
class HandTagged:
    name: str
    linear: Linear
    fields: tuple[str | None, ...]
    """One a character."""
    begins: frozenset[int]
    """First characters of the spans that have a field."""
    sections: tuple[str, ...]
    """One a line: 一 to 六, "" for none, `MIXED`. Blank lines have that of the line before them."""
    prose: frozenset[int]
    """Those of `begins` that stand in running text."""
    unclear: tuple[tuple[int, int], ...]
    """Spans not to be scored, in order."""


def load_hand_gold(folder: Path, reports: Path) -> list[HandTagged]:
    """All files of the folder, by name, with the reports of the same names, which may lie in folders of `reports`.

    Raises:
        ValueError: where a report is not there or has changed, or a file does not fit it.
    """
    return [_load(path, _report(path.stem, reports)) for path in sorted(folder.glob("*.yaml"))]


def _report(name: str, reports: Path) -> Path:
    found = [path for path in sorted(reports.rglob(f"{name}.*")) if path.suffix != ".json"]
    if len(found) != 1:
        raise ValueError(f"{reports} 下应当正好有一份名为 {name} 的报告，找到 {len(found)} 份")
    return found[0]


def _load(path: Path, report: Path) -> HandTagged:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict):
        raise ValueError(f"{path.name} 应当是一个 YAML 对象")
    if odd := sorted(raw.keys() - KEYS):
        raise ValueError(f"{path.name} 中有不认识的键：{odd[0]}")
    if raw.get("sha256") != hashlib.sha256(report.read_bytes()).hexdigest():
        raise ValueError(f"{report.name} 与标注时的文件不同（sha256 不符），{path.name} 须重新核对")
    seen = linear(read_document(report))
    fields: list[str | None] = [None] * len(seen.text)
    begins: dict[str, list[int]] = {"prose": [], "table": []}
    spans = []
    for kind, starts in begins.items():
        for start, end, entry in _spans(path, raw, kind, seen.text):
            names = entry.get("fields")
            if not isinstance(names, list) or len(names) != 1 or names[0] not in field_ids():
                raise ValueError(f"{path.name} 的 {kind} 中 {_shown(entry)} 应当正好有一个已知的字段")
            fields[start:end] = [names[0]] * (end - start)
            starts.append(start)
            spans.append((start, end))
    unclear = sorted((start, end) for start, end, _ in _spans(path, raw, "unclear", seen.text))
    for before, behind in pairwise(sorted(spans + unclear)):
        if before[1] > behind[0]:
            raise ValueError(f"{path.name} 中两处标注重叠：第 {before[0]} 与第 {behind[0]} 个字符")
    return HandTagged(
        name=path.stem,
        linear=seen,
        fields=tuple(fields),
        begins=frozenset(start for start, _ in spans),
        sections=_sections(path, raw, len(seen.lines)),
        prose=frozenset(begins["prose"]),
        unclear=tuple(unclear),
    )


def _shown(entry: dict[str, Any]) -> str:
    """An entry, as its file writes it."""
    where = "at" if "at" in entry else "nth"
    return f"“{entry.get('text')}”（{where}: {entry.get(where)}）"


def _spans(path: Path, raw: dict[str, Any], kind: str, text: str) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Start and end of every entry, and the entry."""
    entries = raw.get(kind)
    if not isinstance(entries, list):
        raise ValueError(f"{path.name} 缺少 {kind}，没有时应当写作 []")
    for entry in entries:
        if not _well_formed(entry):
            raise ValueError(f'{path.name} 的 {kind} 中应当写作 {{text: "12", nth: 0, …}} 或 {{text: "12", at: 3, …}}')
        number = entry["text"]
        start = _find(text, entry)
        if start is None:
            raise ValueError(f"{path.name} 的 {kind} 中 {_shown(entry)} 在报告的文字里找不到")
        if "nth" in entry and not _alone(text, start, start + len(number)):
            raise ValueError(f"{path.name} 的 {kind} 中 {_shown(entry)} 落在另一个数字中间，须重新核对")
        yield start, start + len(number), entry


def _well_formed(entry: object) -> bool:
    if not isinstance(entry, dict) or ("at" in entry) == ("nth" in entry):
        return False
    number, where = entry.get("text"), entry.get("at", entry.get("nth"))
    return isinstance(number, str) and number != "" and isinstance(where, int) and where >= 0


def _find(text: str, entry: dict[str, Any]) -> int | None:
    number = entry["text"]
    if "at" in entry:
        return entry["at"] if text.startswith(number, entry["at"]) else None
    start = text.find(number)
    for _ in range(entry["nth"]):
        if start == -1:
            break
        start = text.find(number, start + len(number))
    return None if start == -1 else start


def _alone(text: str, start: int, end: int) -> bool:
    """Whether no number goes on before or behind the span; words and Chinese numerals are not looked at."""
    if not text[end - 1].isdigit():
        return True
    before, behind = text[max(0, start - 1) : start], text[end : end + 2].removeprefix(".")
    return not (before.isdigit() or before in {".", "-"} or behind[:1].isdigit())


def _sections(path: Path, raw: dict[str, Any], lines: int) -> tuple[str, ...]:
    found = [""] * lines
    last = 0
    for name, (start, end) in (raw.get("sections") or {}).items():
        if name not in SECTIONS or not last <= start < end <= lines:
            raise ValueError(f"{path.name} 的 sections 中 {name} 的行号 [{start}, {end}] 不对")
        found[start:end] = [name] * (end - start)
        last = end
    for key, name in (("furniture", ""), ("mixed", MIXED)):
        for line in raw.get(key) or ():
            if not 0 <= line < lines:
                raise ValueError(f"{path.name} 的 {key} 中没有第 {line} 行")
            found[line] = name
    return tuple(found)
