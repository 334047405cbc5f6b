"""What the value of one cell says: text, numbers, minutes, codes; days and times come from ``moments``.

Pure. Flows in: values of cells. Flows out: plain Python values, or a ``SheetFault`` that names field, value, rule and fix.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from streams.sheets.characters import plain, readable
from streams.sheets.model import SheetFault, Value
from streams.sheets.moments import SHANGHAI, day_of, instant_of, span_of

PLACEHOLDERS: Final = frozenset(
    {
        "",
        "无",
        "/",
        "//",
        "\\",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "―",
        "待定",
        "待补",
        "暂无",
        "空",
        "空白",
        "无文号",
        "n/a",
        "null",
        "none",
    }
)
"""What stands in a cell where there is nothing to say; compared without blanks."""
EXACT_DIGITS: Final = 15
"""Digits that a spreadsheet keeps of a number; of a longer code the rest becomes zeros."""

_PARTED: Final = re.compile(r"[;,、\s|]+")
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?E\+?\d{1,3}", re.IGNORECASE)
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NUMBER: Final = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,18})?")
_LENGTH: Final = re.compile(
    r"(?:(?P<h>\d{1,4}(?:\.\d{1,3})?|半)个?(?P<half>半)?(?:小时|钟头|h(?:ours?)?))?(?:(?P<m>\d{1,5}|半)(?:分钟?|m(?:in(?:utes?)?)?))?",
    re.IGNORECASE,
)
_CLOCKED: Final = re.compile(r"(\d{1,4}):(\d{2})(?::00)?")
_LOST: Final = "has lost digits in a spreadsheet"
_AS_TEXT: Final = "format the column as text and type the code again"


def text_of(value: Value) -> str:
    """The text of a cell as people read it, '' for nothing: full-width letters and radicals folded, punctuation kept."""
    if isinstance(value, str):
        return readable(value)
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes") if value.second == 0 else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def is_placeholder(value: Value) -> bool:
    """Whether a cell holds nothing, or only what people write where there is nothing to say (无, /, —, 待定)."""
    return value is None or (
        isinstance(value, str) and plain(value).replace(" ", "").strip("()").lower() in PLACEHOLDERS
    )


def number_of(value: Value, field: str) -> int | float:
    """A number: 12, 1,200, １２, 3.5. Raises SheetFault."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise SheetFault(field, value, "is no number", "write digits only")
        return int(value) if float(value).is_integer() else value
    text = plain(text_of(value)).replace(" ", "")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not _NUMBER.fullmatch(text):
        raise SheetFault(field, value, "is no number", "write digits only, such as 12 or 3.5")
    return float(text) if "." in text and not float(text).is_integer() else int(Decimal(text))


def minutes_of(value: Value, field: str) -> int:
    """A length of time in whole minutes: 90, 90分钟, 1.5小时, 1小时30分, 半小时, 1:30. Raises SheetFault."""
    text = plain(text_of(value)).replace(" ", "")
    if isinstance(value, date):
        raise SheetFault(field, value, "is a day, no length of time", "write minutes, such as 90")
    clocked = _CLOCKED.fullmatch(text)
    if clocked is not None and int(clocked[2]) < 60:
        return int(clocked[1]) * 60 + int(clocked[2])
    length = _LENGTH.fullmatch(
        text.replace("一个半", "1个半")
        .replace("两个半", "2个半")
        .replace("一个小时", "1小时")
        .replace("两个小时", "2小时")
    )
    if length is not None and text:
        hours = Decimal("0.5") if length["h"] == "半" else Decimal(length["h"] or 0)
        minutes = (hours + (Decimal("0.5") if length["half"] else 0)) * 60
        if length["m"] == "半":
            raise SheetFault(field, value, "is no whole number of minutes", "write minutes, such as 90")
        minutes += Decimal(length["m"] or 0)
    elif _NUMBER.fullmatch(text) or _GROUPED.fullmatch(text):
        minutes = Decimal(text.replace(",", ""))
    else:
        raise SheetFault(field, value, "is no length of time", "write minutes, such as 90, or hours, such as 1.5小时")
    if minutes < 0 or minutes != minutes.to_integral_value():
        raise SheetFault(field, value, "is no whole number of minutes", "write minutes, such as 90")
    return int(minutes)


def codes_of(value: Value, field: str) -> list[str]:
    """The codes or names of a cell, parted by ; , 、 | or blanks. Refuses a code that a spreadsheet has cut."""
    if isinstance(value, bool | date):
        raise SheetFault(field, value, "is no code", _AS_TEXT)
    if isinstance(value, int | float):
        return [_counted(value, field)]
    codes = [plain(code) for code in _PARTED.split(plain(text_of(value))) if code]
    for code in codes:
        if _SCIENTIFIC.fullmatch(code):
            raise SheetFault(field, code, f"{_LOST} (it was turned into powers of ten)", _AS_TEXT)
        if code.isdecimal() and len(code) > EXACT_DIGITS and not code[EXACT_DIGITS:].strip("0"):
            raise SheetFault(field, code, f"{_LOST} (it keeps {EXACT_DIGITS}, the rest became zeros)", _AS_TEXT)
    return codes


def _counted(value: int | float, field: str) -> str:
    """A code that the spreadsheet holds as a number."""
    if isinstance(value, float) and not value.is_integer():
        raise SheetFault(field, value, "is no code but a number with a fraction", _AS_TEXT)
    if abs(value) >= 10**EXACT_DIGITS:
        raise SheetFault(field, str(int(value)), f"{_LOST} (it keeps {EXACT_DIGITS}, the rest became zeros)", _AS_TEXT)
    return str(int(value))


__all__ = [
    "PLACEHOLDERS",
    "SHANGHAI",
    "codes_of",
    "day_of",
    "instant_of",
    "is_placeholder",
    "minutes_of",
    "number_of",
    "span_of",
    "text_of",
]
