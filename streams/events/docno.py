"""Document numbers (发文字号) and other numbers that an office gives: one written form for each, and what stands for "none" is none.

Pure. Flows in: what a sender wrote. Flows out: 国办函〔2026〕12号, the text trimmed where it is of another form, '' where it says that there is
none.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_OPEN, _CLOSE = r"[\[(【〔（［{<〈《「]", r"[\])】〕）］}>〉》」]"
_LOOSE: Final = re.compile(
    rf"^(?P<agency>[\u4e00-\u9fa5A-Za-z]{{2,20}}){_OPEN}(?P<year>(?:19|20)\d{{2}})年?{_CLOSE}第?0*(?P<number>\d{{1,5}})号?$"
)
_STRICT: Final = re.compile(r"^[\u4e00-\u9fa5A-Za-z]{2,20}〔(?:19|20)\d{2}〕[1-9]\d{0,4}号$")
_NONE: Final = re.compile(
    r"^(无|没有|暂无|尚无|空|空白|未定|待定|待编|待编号|待补|待补充|待填|待发|未编号|未填|不详|不编号|不适用|略|同上|见附件|如题|另行通知|计划外|未备案|未批准|"
    r"(暂)?(无|没有|未编)(发文)?(文|字|编|计划|备案|批准|审批|目录|准入)?(字)?(号|编号|文件|计划|备案|批准)?|"
    r"n/?a|nil|null|none|no|nan|tbd|tba|unknown|undefined|x+|test|测试|0+号?)$"
)
_LETTER: Final = re.compile(r"[^\W_]")


@lru_cache(maxsize=65_536)
def is_none(text: str | None) -> bool:
    """Whether a field that should hold a number says that there is none: nothing, blanks, strokes, 无, 待定, N/A and their like."""
    if text is None:
        return True
    plain = (
        re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
        .lower()
        .strip("()[]{}〔〕【】<>《》「」\"'“”‘’.。,，;；:：、?？!！*#")
    )
    return not _LETTER.search(plain) or _NONE.match(plain) is not None


def is_number(text: str | None) -> bool:
    """Whether a document carries a number: something is written, it does not stand for none, and it counts (口头通知 does not)."""
    if text is None or is_none(text):
        return False
    plain = unicodedata.normalize("NFKC", text)
    return (
        _STRICT.match(normal(text)) is not None or re.search(r"\d|[〇一二三四五六七八九十百]+[号期]", plain) is not None
    )


def normal(text: str) -> str:
    """The number in its one form: hexagonal brackets, plain digits, no 第, no leading zeros, no blanks; '' for what stands for none."""
    if _STRICT.match(text):
        return text
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    found = _LOOSE.match(plain)
    if found is None or int(found["number"]) == 0:
        return "" if is_none(text) else text.strip()
    return f"{found['agency']}〔{found['year']}〕{int(found['number'])}号"


def is_valid(text: str) -> bool:
    """Whether the text is a document number in its one form."""
    return _STRICT.match(text) is not None
