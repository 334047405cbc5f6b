"""The secrecy gate: state secrets and work secrets never enter.

Pure. Flows in: texts and trees of JSON. Flows out: whether they carry a secrecy mark.

A mark is what GB/T 9704 prints on a document (绝密★启用前, 机密★5年, 秘密★, 秘密 5年), a stated class (密级：机密, 机密级, 绝密件), a class
that heads a text (绝密文件：…, 机密：…) or is all of it, 工作秘密, or 内部资料/内部文件 followed by a prohibition (注意保存, 严禁外传, 不得外传,
请勿外传); and a field of its own (密级, secrecy, security_level) that holds a class, at any depth. Words that merely speak of secrecy
(保守国家秘密法, 保密工作, 商业秘密, 秘密战线) are no mark. Marks are sought in the text as a reader sees it (``disguise``).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from streams.events.data import ISSUED
from streams.events.disguise import bared, unmarked

_JOIN: Final = r"[-._/|]*"
_CLASS: Final = f"(?:[绝机秘]{_JOIN}密)"
_BANS: Final = "(?:注意保存|严禁外传|不得外传|请勿外传|禁止外传|妥善保管|严禁扩散)"
MARK: Final = re.compile(
    f"{_CLASS}{_JOIN}★"
    f"|{_CLASS}[-.:]*(?:\\d{{1,2}}|[①-⑳])(?:年(?![来代前后])|个月)"
    f"|密{_JOIN}级[-.:]*{_CLASS}"
    f"|{_CLASS}{_JOIN}(?:级(?!别|差)|件(?![人数]))"
    f"|[(（【\\[]{_CLASS}[)）】\\]]"
    f"|工作秘{_JOIN}密(?!管理|法|条例|制度|保护|培训|范围)"
    f"|内{_JOIN}部{_JOIN}(?:资料|文件|参考|刊物)[-.,，、:：;；!！/|]*{_BANS}"
)
"""Sought in the bared text without blanks and line breaks."""
HEAD: Final = re.compile(
    rf"(?:^|[\n.!?])[ .#>★-]*{_CLASS}(?:(?:文件|资料|材料|电报|档案|情报|信息|数据|图纸|事项) *(?:\Z|[\n:!《【<]|--)| *(?:\Z|[\n:!《【]|--))"
    rf"|(?:^|\n)[ #>★-]*[绝机]{_JOIN}密(?:文件|资料|电报)? +(?!级|件|文件|资料|材料|工作|管理|信息|事项|载体|和|与|或|及)"
)
"""A class that heads a text, a line or a sentence, sought in the bared text with its blanks."""
_BLANK: Final = re.compile(r"\s+")
_NAME: Final = re.compile(r"[\W_]+")
_FIELD: Final = re.compile(
    "密级(?:标识)?|密别|(?:保密|涉密|国家秘密)(?:级|级别|等级|程度)|文件密级|定密|miji"
    "|secrecy|(?:secrecy|secret|security|confidentiality|classification)(?:level|class|mark|marking|grade|classification)"
    "|classification|confidentiality|密级等级"
)
"""Names of fields that state a class, in small letters without signs."""
_STATED: Final = re.compile("^(?:国家|工作)?(?:[绝机秘]密|内部)|(?<!non)(?<!not)(?<!un)(?:secret|confidential)")
_PLAIN: Final = frozenset(
    {name for struct in ISSUED.values() for name in struct.__struct_fields__}
    | {
        "specversion",
        "id",
        "source",
        "type",
        "time",
        "data",
        "datacontenttype",
        "areas",
        "tiers",
        "units",
        "low",
        "likely",
        "high",
    }
) - {"secrecy"}
"""Names that need no look; most events have no other."""


def may_be_marked(text: str) -> bool:
    """Quick test: whether a text, or JSON as text, has anything that a mark cannot do without."""
    if "&" in text or ("\\" in text and "\\u" in text):  # an entity or an escape may stand for any character
        return True
    return "密" in text or "宻" in text or (("内" in text or "內" in text) and "部" in text)


def has_mark(text: str) -> bool:
    """Whether the text carries a secrecy mark."""
    if not may_be_marked(text):
        return False
    plain = bared(text)
    if "密" not in plain and "内" not in plain:
        return False
    return _marked(plain) or ("<" in plain and _marked(unmarked(plain)))


def is_marked(tree: Any) -> bool:
    """Whether a key or a text anywhere in a tree carries a mark."""
    stack = [tree]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            if has_mark(value):
                return True
        elif isinstance(value, dict):
            stack += value
            stack += value.values()
        elif isinstance(value, list | tuple):
            stack += value
    return False


def declares(tree: Any) -> bool:
    """Whether a field anywhere in a tree states a class of secrecy."""
    stack: list[Any] = [tree] if isinstance(tree, dict | list) else []
    while stack:
        value: Any = stack.pop()
        if type(value) is dict:
            if not value.keys() <= _PLAIN and any(
                _states(key) and _classed(value[key]) for key in value.keys() - _PLAIN
            ):
                return True
            value = value.values()
        for inner in value:
            if type(inner) is dict or type(inner) is list:
                stack.append(inner)
    return False


def _marked(plain: str) -> bool:
    return MARK.search(_BLANK.sub("", plain)) is not None or HEAD.search(plain) is not None


@lru_cache(maxsize=4_096)
def _states(key: Any) -> bool:
    """Whether a name says that its field holds a class."""
    return isinstance(key, str) and len(key) <= 200 and _FIELD.fullmatch(_letters(key)) is not None


def _classed(value: Any) -> bool:
    stack = [value]
    while stack:
        inner = stack.pop()
        if isinstance(inner, str) and _STATED.search(_letters(inner)) is not None:
            return True
        if isinstance(inner, dict | list):
            stack += inner.values() if isinstance(inner, dict) else inner
    return False


def _letters(text: str) -> str:
    return _NAME.sub("", unmarked(bared(text))).lower()
