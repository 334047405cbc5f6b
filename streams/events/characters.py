"""Characters that no text may hold: they break documents or show a reader something else than what stands there.

Pure. Flows in: texts. Flows out: the first such character, or the text without them for a document that is written.

Refused are controls (C0 but for tab and line breaks, DEL, C1), non-characters (U+FDD0..FDEF, and the last two of every plane), lone surrogates,
and what overrides or isolates the direction of writing (U+202A..202E, U+2066..2069).
"""

from __future__ import annotations

import re
from typing import Final

_LAST_TWO: Final = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
_UNFIT: Final = f"\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ud800-\udfff\u202a-\u202e\u2066-\u2069{_LAST_TWO}"
_ANY: Final = re.compile(f"[{_UNFIT}]")
_ANY_OR_BREAK: Final = re.compile(f"[\t\n\r{_UNFIT}]")


def unfit(text: str, *, lines: bool = True) -> str:
    """The first character that may not stand in a text, "" for none; without ``lines`` tab and line breaks are none of it either."""
    if text.isprintable():  # one quick pass: everything refused is of a category that is not printable
        return ""
    found = (_ANY if lines else _ANY_OR_BREAK).search(text)
    return found.group() if found else ""


def named(character: str) -> str:
    """A character as a fault names it: its code point and its sort."""
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        sort = "a lone surrogate"
    elif 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        sort = "a character that turns the direction of writing"
    elif code < 0x20 or 0x7F <= code <= 0x9F:
        sort = "a control character"
    else:
        sort = "no character"
    return f"U+{code:04X}, {sort}"


def printable(text: str) -> str:
    """The text without such characters: what was stored before they were refused must not make a document fail."""
    return text if text.isprintable() else _ANY.sub("", text)
