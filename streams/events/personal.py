"""Personal data: identity-card and telephone numbers are masked before anything is stored.

Pure. Flows in: the JSON of an event. Flows out: the same with such numbers masked, and how many there were.
An identity-card number is masked only when its check digit is right (GB 11643); a mobile number has 11 digits and begins 13 to 19;
a landline number has an area code, a dash and 7 or 8 digits. Identifiers, codes, times and document numbers are not touched.
"""

from __future__ import annotations

import re
from typing import Any, Final

from streams.events.data import ISSUED

_CARD: Final = (
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])"
)
_MOBILE: Final = r"(?<![0-9A-Za-z.:/_-])(?:\+?86[- ]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z_])"
_LANDLINE: Final = r"(?<![0-9A-Za-z-])0(?:10|2\d|[3-9]\d{2})-\d{7,8}(?![0-9A-Za-z-])"
_NUMBER: Final = re.compile(f"(?P<card>{_CARD})|(?P<mobile>{_MOBILE})|(?P<landline>{_LANDLINE})", re.ASCII)
_SHAPE: Final = bytes.maketrans(b"123456789", b"000000000")
_ELEVEN: Final = b"0" * 11
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


def may_hold_numbers(body: bytes) -> bool:
    """Quick test: whether the JSON has anything of the shape of a personal number."""
    shape = body.translate(_SHAPE)
    return _ELEVEN in shape or (b"000-0000" in shape or b"000 0000" in shape)


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
    count = 0

    def mask(found: re.Match[str]) -> str:
        nonlocal count
        number = found.group()
        if found.lastgroup == "card" and not is_card(number):
            return number
        count += 1
        return number[:3] + "*" * (len(number) - 3)

    return _NUMBER.sub(mask, text), count
