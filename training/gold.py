"""Gold: what a report really prints and says, set down by hand beside the document.

`NAME.gold.json` stands beside `NAME.*` (any other extension). `printed` gives a number for each field, null where
the page has a blank; `reconciled` a number, or null where it cannot be known, which is then not scored.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import E303, GoujiError
from pipeline.record import Number

SUFFIX = ".gold.json"


@dataclass(frozen=True, slots=True)
class Gold:
    path: Path
    document: Path
    agency: str | None
    year: int | None
    templates: Mapping[str, str]
    printed: Mapping[str, Number | None]
    reconciled: Mapping[str, Number | None]

    @property
    def name(self) -> str:
        return self.path.name.removesuffix(SUFFIX)


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
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GoujiError(E303, reason=f"{path.name} 不是有效的 JSON（{error}）") from None
    if not isinstance(raw, dict):
        raise GoujiError(E303, reason=f"{path.name} 应当是一个 JSON 对象")
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
    return Gold(path, _document(path), agency, year, templates, printed, reconciled)


def _numbers(raw: dict[str, object], name: str, path: Path) -> dict[str, Number | None]:
    values = raw.get(name)
    if not isinstance(values, dict) or not values:
        raise GoujiError(E303, reason=f"{path.name} 缺少 {name}")
    for field_id, value in values.items():
        wrong = isinstance(value, bool) or not (value is None or isinstance(value, int | float))
        if wrong or (isinstance(value, float) and not math.isfinite(value)):
            raise GoujiError(E303, reason=f"{path.name} 的 {name} 中 {field_id} 应当是数字或 null")
    return values


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
