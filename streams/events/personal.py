"""Personal data: identity-card and telephone numbers are masked before anything is stored.

Pure. Flows in: the JSON of an event. Flows out: the same with such numbers masked, and how many there were.
An identity-card number is masked only when its check digit is right (GB 11643); a mobile number has 11 digits and begins 13 to 19;
a landline number has an area code, a dash or blank and 7 or 8 digits. Full-width digits, blanks, hyphens, dots and invisible characters between
digits, markup and entities do not hide one (``disguise``). Identifiers, codes, times and document numbers are not touched.
"""

from __future__ import annotations

import re
from typing import Any, Final

from streams.events.data import ISSUED
from streams.events.disguise import bared, traced, unmarked

_GAP: Final = r"[ .-]*"
_ALONE: Final = r"(?<![0-9A-Za-z_])(?<![0-9A-Za-z_][./-])(?<![0-9]:)"
_CARD: Final = rf"(?<![0-9A-Za-z])[1-9](?:{_GAP}\d){{16}}{_GAP}[0-9Xx](?![0-9A-Za-z])"
_MOBILE: Final = rf"{_ALONE}(?:\+?86[- ]?)?(?P<number>1{_GAP}[3-9](?:{_GAP}\d){{9}})(?![0-9A-Za-z_])"
_LANDLINE: Final = rf"(?<![0-9A-Za-z.-])0(?:10|2\d|[3-9]\d{{2}})[ .-]+\d(?:{_GAP}\d){{6,7}}(?![0-9A-Za-z-])"
_NUMBER: Final = re.compile(f"(?P<card>{_CARD})|(?P<mobile>{_MOBILE})|(?P<landline>{_LANDLINE})", re.ASCII)
_BIRTHDAY: Final = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_GAPS: Final = re.compile(_GAP.replace("*", "+"))
_DIGIT: Final = re.compile(r"\d")
_SHORTEST: Final = 11
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_IDENTIFIERS: Final = frozenset(
    {
        "id",
        "source",
        "specversion",
        "type",
        "time",
        "issuer",
        "recurrence",
        "areas",
        "units",
        "unit",
        "except",
        "doc_no",
    }
    | {"amends", "withdraws", "ends", "answers", "returns", "concludes", "restates", "dataschema", "dataref"}
    | {name for struct in ISSUED.values() for name in struct.__struct_fields__ if name.endswith(("_at", "_id"))}
)


def is_card(number: str) -> bool:
    """Whether 18 characters are an identity-card number with the right check digit."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == number[17].upper()


def masked(value: Any, key: str = "") -> tuple[Any, int]:
    """A JSON value with personal numbers in its texts masked, and their count; identifiers, codes and times are left alone."""
    if key in _IDENTIFIERS:
        return value, 0
    if isinstance(value, str):
        return _masked_text(value)
    if isinstance(value, int) and not isinstance(value, bool) and 10**10 <= value < 10**18:
        text, count = _masked_text(str(value))
        return (text, count) if count else (value, 0)
    if isinstance(value, dict):
        pairs = {name: masked(inner, name) for name, inner in value.items()}
        return {name: pair[0] for name, pair in pairs.items()}, sum(pair[1] for pair in pairs.values())
    if isinstance(value, list):
        items = [masked(inner, key) for inner in value]
        return [item[0] for item in items], sum(item[1] for item in items)
    return value, 0


def _masked_text(text: str) -> tuple[str, int]:
    """The text with what of it is a personal number masked: its first three characters stand, and as many stars as it had more."""
    if len(text) < _SHORTEST or (_DIGIT.search(text) is None and "&" not in text) or not _found(unmarked(bared(text))):
        return text, 0
    plain, places = traced(text)
    kept: list[str] = []
    done, count = 0, 0
    for first, last in _found(plain):
        kept += (text[done : places[first + 2][1]], "*" * (last - first - 3))
        done, count = places[last - 1][1], count + 1
    return "".join((*kept, text[done:])), count


def _found(plain: str) -> list[tuple[int, int]]:
    """Where the personal numbers of a bared text begin and end."""
    return [found.span() for found in _NUMBER.finditer(plain) if _is_personal(found)]


def _is_personal(found: re.Match[str]) -> bool:
    digits = _GAPS.sub("", found.group())
    if found["card"]:
        return _BIRTHDAY.match(digits, 6) is not None and is_card(digits)
    if found["landline"]:
        return True
    gaps = _GAPS.findall(found["number"])
    # Digits of other things (dates, counts, degrees) stand side by side too: many gaps are one number only where all are alike, and one
    # point alone is that of a decimal.
    return gaps != ["."] and (len(gaps) <= 3 or len(set(gaps)) == 1)
