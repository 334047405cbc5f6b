"""The secrecy gate: state secrets and work secrets never enter.

Pure. Flows in: the text of an event. Flows out: whether it carries a secrecy mark.

A mark is what GB/T 9704 prints on a document (绝密★启用前, 机密★5年, 秘密★, 秘密 5年), a stated class (密级：机密, 机密级, 绝密件), 工作秘密 or
内部资料/内部文件 followed by a prohibition (注意保存, 严禁外传, 不得外传, 请勿外传). Words that merely speak of secrecy
(保守国家秘密法, 保密工作, 商业秘密, 秘密战线) are no mark. Full-width forms, spaces between the characters and JSON escapes do not hide one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_CLASS: Final = "(?:绝密|机密|秘密)"
MARK: Final = re.compile(
    f"{_CLASS}[★☆*]"
    f"|{_CLASS}[·•:]?\\d{{1,2}}(?:年(?![来代前后])|个月)"
    f"|密级[:：]?{_CLASS}"
    f"|{_CLASS}(?:级(?!别|差)|件(?![人数]))"
    "|[(（【\\[]" + _CLASS + "[)）】\\]]"
    "|工作秘密(?!管理|法|条例|制度|保护|培训|范围)"
    "|内部(?:资料|文件|参考|刊物)[,，、。:：;；!！]?(?:注意保存|严禁外传|不得外传|请勿外传|禁止外传|妥善保管|严禁扩散)"
)
_SPACE: Final = re.compile(r"(?:\\[nrtbf]|[\s\u200b-\u200f\u2060\ufeff])+")


def has_mark(text: str) -> bool:
    """Whether the text carries a secrecy mark."""
    if text.isascii():
        return False
    if "密" not in text and "内" not in text:  # no other code point becomes one of these two under NFKC
        return False
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return MARK.search(_SPACE.sub("", text)) is not None
