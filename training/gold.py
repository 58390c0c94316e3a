"""Gold: what a report really prints and says, set down by hand beside the document.

`NAME.gold.json` stands beside `NAME.*` (any other extension). `printed` gives a number for each field, null where
the page has a blank; `reconciled` a number, or null where it cannot be known, which is then not scored; `kinds` says
what a null of `printed` is, where that is known.

Where several people answered, each answer is `NAME.WHO.annotator.json` in the same form, and WHO its `annotator`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from pipeline.errors import E303, GoujiError
from pipeline.record import Number

SUFFIX = ".gold.json"
ANNOTATOR_SUFFIX = ".annotator.json"

PrintKind = Literal["number", "blank", "dash"]
"""What a page can print in a field. That a cell was not found or not read is the reader's affair, not the page's."""


@dataclass(frozen=True, slots=True)
class Gold:
    path: Path
    document: Path
    """For an annotator's answer, which may lie apart from the report, the file itself."""
    agency: str | None
    year: int | None
    templates: Mapping[str, str]
    printed: Mapping[str, Number | None]
    reconciled: Mapping[str, Number | None]
    kinds: Mapping[str, PrintKind] = field(default_factory=dict)
    """By field, as the file gives them: a field may be missing, see `kind_of`."""
    source_findings: tuple[str, ...] = ()
    """Where the source contradicts itself, a sentence each."""
    unverified: tuple[str, ...] = ()
    """Cells that nobody could settle, in words."""
    annotator: str = ""

    @property
    def name(self) -> str:
        """Of the report, without folders."""
        if self.annotator:
            return self.path.name.removesuffix(f".{self.annotator}{ANNOTATOR_SUFFIX}")
        return self.path.name.removesuffix(SUFFIX)

    def kind_of(self, field_id: str) -> PrintKind | None:
        """What the page prints there; None where nothing tells a blank from a dash."""
        return "number" if self.printed[field_id] is not None else self.kinds.get(field_id)


def find_gold(folder: Path) -> list[Gold]:
    """All gold below the folder, ordered by path.

    Raises:
        GoujiError: E303 where the folder holds none, a file is malformed, or its document is not there.
    """
    paths = sorted(folder.rglob(f"*{SUFFIX}"))
    if not paths:
        raise GoujiError(E303, reason=f"{folder} 下没有 *{SUFFIX}")
    return [load_gold(path) for path in paths]


def load_gold(path: Path) -> Gold:
    """One gold file.

    Raises:
        GoujiError: E303 where it is malformed, or not exactly one document stands beside it.
    """
    return _gold(_object(path), path, _document(path))


def load_answer(path: Path) -> Gold:
    """One annotator's answer. The report need not lie beside it.

    Raises:
        GoujiError: E303 where it is malformed, or names another annotator than the file's name.
    """
    raw = _object(path)
    report, _, who = path.name.removesuffix(ANNOTATOR_SUFFIX).rpartition(".")
    if not report or not who:
        raise GoujiError(E303, reason=f"{path.name} 应当命名为 报告名.标注人{ANNOTATOR_SUFFIX}")
    if raw.get("annotator") != who:
        raise GoujiError(E303, reason=f'{path.name} 的 annotator 应当是文件名中的 "{who}"')
    return _gold(raw, path, path, who)


def _gold(raw: dict[str, Any], path: Path, document: Path, annotator: str = "") -> Gold:
    agency, year, templates = raw.get("agency"), raw.get("year"), raw.get("templates", {})
    if agency is not None and not isinstance(agency, str):
        raise GoujiError(E303, reason=f"{path.name} 的 agency 应当是文字或 null")
    if year is not None and (not isinstance(year, int) or isinstance(year, bool)):
        raise GoujiError(E303, reason=f"{path.name} 的 year 应当是整数或 null")
    if not isinstance(templates, dict) or not all(isinstance(value, str) for value in templates.values()):
        raise GoujiError(E303, reason=f'{path.name} 的 templates 应当写作 {{"t2": "2021", …}}')
    printed, reconciled = _numbers(raw, "printed", path), _numbers(raw, "reconciled", path)
    if printed.keys() != reconciled.keys():
        odd = sorted(printed.keys() ^ reconciled.keys())[0]
        raise GoujiError(E303, reason=f"{path.name} 的 printed 与 reconciled 字段不一致：{odd}")
    kinds = _kinds(raw, printed, path)
    findings, unverified = _sentences(raw, "source_findings", path), _sentences(raw, "unverified", path)
    return Gold(
        path, document, agency, year, templates, printed, reconciled, kinds, findings, unverified, annotator
    )  # fmt: skip


def _object(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GoujiError(E303, reason=f"{path.name} 不是有效的 JSON（{error}）") from None
    if not isinstance(raw, dict):
        raise GoujiError(E303, reason=f"{path.name} 应当是一个 JSON 对象")
    return raw


def _numbers(raw: dict[str, Any], name: str, path: Path) -> dict[str, Number | None]:
    values = raw.get(name)
    if not isinstance(values, dict) or not values:
        raise GoujiError(E303, reason=f"{path.name} 缺少 {name}")
    for field_id, value in values.items():
        wrong = isinstance(value, bool) or not (value is None or isinstance(value, int | float))
        if wrong or (isinstance(value, float) and not math.isfinite(value)):
            raise GoujiError(E303, reason=f"{path.name} 的 {name} 中 {field_id} 应当是数字或 null")
    return values


def _kinds(raw: dict[str, Any], printed: Mapping[str, Number | None], path: Path) -> dict[str, PrintKind]:
    kinds = raw.get("kinds", {})
    if not isinstance(kinds, dict):
        raise GoujiError(E303, reason=f'{path.name} 的 kinds 应当写作 {{"t3.new.natural": "blank", …}}')
    for field_id, kind in kinds.items():
        if field_id not in printed:
            raise GoujiError(E303, reason=f"{path.name} 的 kinds 中 {field_id} 不在 printed 里")
        if kind not in get_args(PrintKind):
            raise GoujiError(E303, reason=f"{path.name} 的 kinds 中 {field_id} 应当是 {'、'.join(get_args(PrintKind))}")
        if (kind == "number") != (printed[field_id] is not None):
            says = "没有数字" if kind == "number" else "有数字"
            raise GoujiError(E303, reason=f"{path.name} 的 kinds 中 {field_id} 是 {kind}，而 printed {says}")
    return kinds


def _sentences(raw: dict[str, Any], name: str, path: Path) -> tuple[str, ...]:
    said = raw.get(name, [])
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise GoujiError(E303, reason=f"{path.name} 的 {name} 应当是一列文字")
    return tuple(said)


def _document(path: Path) -> Path:
    name = path.name.removesuffix(SUFFIX)
    beside = [
        other
        for other in sorted(path.parent.iterdir())
        if other.is_file() and other.stem == name and not other.name.endswith(".json")
    ]
    if len(beside) != 1:
        found = "、".join(other.name for other in beside) or "没有"
        raise GoujiError(E303, reason=f"{path.name} 旁边应当正好有一份报告，找到的是：{found}")
    return beside[0]
