"""Quick tests of an event's JSON: whether the gate has to look closer. They may say yes for nothing, never no for something.

Pure. Flows in: canonical JSON in UTF-8. Flows out: what to look at.
Most events pass with this alone, so it costs about what reading their bytes does: one pass that leaves
letters (made small) and zeros, and searches for fixed bytes in what is left.
"""

from __future__ import annotations

import re
from typing import Final

_TABLE: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789", b"abcdefghijklmnopqrstuvwxyz000000000")
_ORDINARY: Final = b" .-" + bytes(range(0x80, 0xC0)) + b"\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xef"
"""What may part the digits of one number or the letters of a word, and the bytes of Chinese and its punctuation; what is of another block
(letters and digits that look like ours, what combines, what is not seen, half of what is refused) is left and gives itself away."""
_UNSEEN: Final = re.compile(rb"\xe2(?:\x80[\x80-\x8f\xa8-\xaf]|[\x81-\x85\x92\x93\xb1])")
_WIDE: Final = re.compile(rb"\xef(?:[\xac\xb7\xb8\xbb\xbf]|\xbe[\x9e-\xa0]|\xbc[\x90-\x99\xa1-\xba]|\xbd[\x81-\x9a])")
_TEN: Final = re.compile(b"0" * 10)
_SECRET: Final = re.compile(b"secret")
_CONFIDENTIAL: Final = re.compile(b"confidential")
"""Patterns of fixed bytes are found faster than by ``in``."""
_RUN: Final = re.compile(r'[0-9](?:[^\w":+,;/]*[0-9]){9}')


def look(body: bytes, text: str) -> tuple[bool, bool, bool]:
    """Of JSON, given as bytes and as text: whether it is odd, may state a class of secrecy in English, may hold personal numbers.

    Odd are characters of other blocks, invisible or refused ones; ten digits together may be a number.
    """
    left = body.translate(_TABLE, _ORDINARY)
    odd = (
        not left.isascii()
        or b"\x7f" in body
        or (not body.isascii() and (_UNSEEN.search(body) is not None or _WIDE.search(body) is not None))
    )
    declares = odd or _SECRET.search(left) is not None or _CONFIDENTIAL.search(left) is not None
    wrapped = b"&" in body or b"<" in body or (b"\\" in body and (b"\\t" in body or b"\\u" in body))
    numbers = odd or wrapped or (_TEN.search(left) is not None and _RUN.search(text) is not None)
    return odd, declares, numbers
