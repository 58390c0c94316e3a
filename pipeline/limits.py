"""What a file may cost before it is refused: configs/limits.yaml as a checked value."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

from pipeline.errors import E302, GoujiError


@dataclass(frozen=True, slots=True)
class Limits:
    """All above 0, sizes in bytes unless the name says otherwise; configs/limits.yaml says what each one guards."""

    max_bytes: int
    max_markup_bytes: int
    max_members: int
    max_inflated_bytes: int
    max_part_bytes: int
    max_ratio: int
    min_ratio_bytes: int
    max_cells: int
    max_image_pixels: int
    max_pages: int
    max_pictures: int
    conversion_seconds: int


def load_limits(path: Path) -> Limits:
    """The limits in a YAML file; names that it leaves out keep their default.

    Raises:
        GoujiError: E302 where the file is no mapping, has an unknown name, or a value that is no positive integer.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GoujiError(E302, reason=f"{path.name} 无法读取（{type(error).__name__}）") from None
    shipped = default_limits()
    values = {member.name: getattr(shipped, member.name) for member in fields(Limits)}
    return _checked({**values, **_mapping(text, path.name)}, path.name)


@cache
def default_limits() -> Limits:
    """The limits that ship with the program.

    Raises:
        GoujiError: E302 where the shipped file was damaged.
    """
    text = files("configs").joinpath("limits.yaml").read_text(encoding="utf-8")
    return _checked(_mapping(text, "limits.yaml"), "limits.yaml")


def _mapping(text: str, name: str) -> dict[str, object]:
    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise GoujiError(E302, reason=f"{name} 不是有效的 YAML：{str(error).splitlines()[0]}") from None
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise GoujiError(E302, reason=f"{name} 应当是“名称: 数值”的列表")
    return {str(key): value for key, value in loaded.items()}


def _checked(values: dict[str, object], name: str) -> Limits:
    known = [member.name for member in fields(Limits)]
    for key in values:
        if key not in known:
            raise GoujiError(E302, reason=f"{name} 中没有这个设置：{key}")
    numbers: dict[str, int] = {}
    for key in known:
        value = values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise GoujiError(E302, reason=f"{name} 中 {key} 应当是正整数")
        numbers[key] = value
    return Limits(**numbers)
