"""Document numbers (发文字号): one written form for each, so that equal numbers are equal texts.

Pure. Flows in: what a sender wrote. Flows out: 国办函〔2026〕12号, or the text trimmed where it is none.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LOOSE: Final = re.compile(
    r"^(?P<agency>[\u4e00-\u9fa5A-Za-z]{2,20})[\[(【〔（［{](?P<year>(?:19|20)\d{2})年?[\])】〕）］}]第?0*(?P<number>\d{1,5})号?$"
)
_STRICT: Final = re.compile(r"^[\u4e00-\u9fa5A-Za-z]{2,20}〔(?:19|20)\d{2}〕[1-9]\d{0,4}号$")


def normal(text: str) -> str:
    """The number in its one form: hexagonal brackets, plain digits, no 第, no leading zeros, no blanks."""
    if _STRICT.match(text):
        return text
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    found = _LOOSE.match(plain)
    if found is None or int(found["number"]) == 0:
        return text.strip()
    return f"{found['agency']}〔{found['year']}〕{int(found['number'])}号"


def is_valid(text: str) -> bool:
    """Whether the text is a document number in its one form."""
    return _STRICT.match(text) is not None
