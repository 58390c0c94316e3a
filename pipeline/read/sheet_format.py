"""What a spreadsheet shows for a number: enough of Excel's formats for counts, amounts, percentages and dates."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta

# Formats that a file names by number only.
BUILT_IN_FORMATS = {
    9: "0%", 10: "0.00%", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 27: "yyyy年m月", 28: "m月d日", 29: "m月d日", 30: "m-d-yy",
    31: "yyyy年m月d日", 32: "h时mm分", 33: "h时mm分ss秒", 34: "h:mm", 35: "h:mm", 36: "yyyy年m月", 45: "mm:ss",
    46: "h:mm:ss", 47: "mm:ss", 50: "yyyy年m月", 51: "m月d日", 52: "yyyy年m月", 53: "m月d日", 54: "m月d日",
    55: "h:mm", 56: "h:mm", 57: "yyyy年m月", 58: "m月d日",
}  # fmt: skip

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_UNIT = re.compile(r'[0#?](?:_.)*"([^"]*)"')
_DATE = re.compile(r"[ymdhs年月日]", re.IGNORECASE)


def shown_number(number: float, format_code: str | None, format_id: int = 0, from_1904: bool = False) -> str:
    """A number as the sheet shows it, but never rounded: `5`, `712.187895`, `12.3%`, `2021-01-20`, `3万元`.

    Args:
        number: as stored.
        format_code: the format's own text; None to go by its number.
        format_id: the number of a built-in format.
        from_1904: days count from 1904 rather than 1900.
    """
    code = format_code if format_code is not None else BUILT_IN_FORMATS.get(format_id, "")
    section = code.split(";")[0]
    bare = _LITERAL.sub("", section)
    if "%" in bare:
        return plain_number(number * 100) + "%"
    if _DATE.search(bare) and "0" not in bare and "#" not in bare and "general" not in bare.lower():
        shown = _date(number, section, from_1904)
        if shown is not None:
            return shown
    unit = _UNIT.search(section)
    return plain_number(number) + (unit.group(1) if unit else "")


def plain_number(number: float) -> str:
    """A number in plain digits, 15 of them significant as in Excel: `5`, never `5.0` or `5E+00`."""
    if not math.isfinite(number):
        return str(number)
    if number == int(number) and abs(number) < 1e18:
        return str(int(number))
    shown = f"{number:.15g}"
    if "e" not in shown:
        return shown
    return f"{number:.20f}".rstrip("0").rstrip(".") if 1e-15 < abs(number) < 1 else shown


def _date(number: float, section: str, from_1904: bool) -> str | None:
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
    try:
        moment = start + timedelta(days=number)
    except (OverflowError, ValueError):
        return None
    lowered = section.lower()
    has_time = "h" in lowered or "s" in lowered
    if "y" not in lowered and "d" not in lowered and has_time:
        return f"{moment:%H:%M:%S}" if "s" in lowered else f"{moment:%H:%M}"
    if "年" in section or "月" in section:
        parts = [(f"{moment.year}年", "y"), (f"{moment.month}月", "m"), (f"{moment.day}日", "d")]
        return "".join(text for text, letter in parts if letter in lowered)
    day = f"{moment:%Y-%m-%d}"
    return f"{day} {moment:%H:%M:%S}" if has_time else day
