"""Texts as a reader sees them, with what hides a word from a search taken away.

Pure. Flows in: a text. Flows out: the same in plain characters (``bared``), without markup (``unmarked``), or with the place of every
character in the original (``traced``).

Taken away are compatibility forms (NFKC), marks that combine, variation selectors and all that has no width; blanks, hyphens, dots and stars
of every look become one of each; entities and ``\\uXXXX`` are decoded, as often as they are wrapped. Look-alikes are traditional and variant
characters of the words searched for (Unihan 15.0: kSimplifiedVariant, kZVariant, kSemanticVariant) and letters of Cyrillic and Greek that look
like Latin ones (Unicode confusables, UTS 39, single letters that words of secrecy use).
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from typing import Final

ROUNDS: Final = 6
"""How often something may be wrapped in something else; what is wrapped deeper is read by nobody either."""
_REMEMBERED: Final = 20_000
_HANZI: Final = {
    **dict(zip("機絕絶祕宻內級傳嚴啟啓請擴散資參禁長", "机绝绝秘密内级传严启启请扩散资参禁长", strict=True)),
    **dict(zip("個電報檔情報數據圖紙項載註", "个电报档情报数据图纸项载注", strict=True)),
}
_LETTERS: Final = dict(zip("асеіорѕтԁһԛуАСЕІОРЅТΑΕΙΟΤοι", "aceiopstdhqyACEIOPSTAEIOToi", strict=True))
_STARS: Final = "★☆⭐✩✪✫✬✭✮✯✰⚝⍟⋆✡✦✧⭑⭒🌟🟊🟉🟔🌠∗*※⁂⁎⁑✱✲✳✴✵✶✷✸✹✺✻✼✽✾✿❀❁❂❃❇❈❉❊❋꙳٭﹡"
_HYPHENS: Final = "‐‑‒–—―−⁃➖─━ー﹘﹣－˗"
_DOTS: Final = "·•‧∙⋅・･｡。．․●"
_KEPT: Final = "＆﹠＜﹤＼﹨"
"""Full-width signs of markup are no markup to any reader."""
_TABLE: Final = (
    _HANZI
    | _LETTERS
    | {"㊙": "秘"}
    | dict.fromkeys(_STARS, "★")
    | dict.fromkeys(_HYPHENS, "-")
    | dict.fromkeys(_DOTS, ".")
    | {one: one for one in _KEPT}
)
_TAG: Final = re.compile(r"<[/!?A-Za-z][^<>]*>")
_ENTITY: Final = re.compile(r"&#?\w{1,31};?|\\u([0-9A-Fa-f]{4})")
_TOKEN: Final = re.compile(f"(?P<tag>{_TAG.pattern})|{_ENTITY.pattern}|.", re.DOTALL)


def _form(character: str) -> str:
    if character in _TABLE:
        return _TABLE[character]
    if character in "\n\r\u2028\u2029\x85":
        return "\n"
    if character.isspace():
        return " "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if "\u3200" <= character <= "\u33ff":
        return character  # ㎡ ㏄ ㈱: words in a square spell no other word
    if character.isdigit() or character.isnumeric():
        return character  # ① ² ½ ㉑ count or number something; they are no digits of a longer number
    plain = ""
    for one in unicodedata.normalize("NFKC", character):
        if unicodedata.category(one) not in ("Mn", "Me", "Mc", "Cf", "Cc"):
            plain += " " if one.isspace() else _TABLE.get(one, "-" if unicodedata.category(one) == "Pd" else one)
    return plain


class _Forms(dict[int, str]):
    """The plain form of each character, worked out once; forgotten where somebody sends every character that there is."""

    def __missing__(self, code: int) -> str:
        if len(self) > _REMEMBERED:
            self.clear()
        found = self[code] = _form(chr(code))
        return found


_FORMS: Final = _Forms()


def bared(text: str) -> str:
    """The text in plain characters, its entities decoded."""
    for _ in range(ROUNDS):
        before, text = text, text.translate(_FORMS)
        if "&" in text or "\\u" in text:
            text = _ENTITY.sub(_decoded, text)
        if text == before:
            break
    return text


def unmarked(text: str) -> str:
    """A bared text without its tags."""
    return _TAG.sub("", text) if "<" in text else text


def traced(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text bared and without tags, and for each of its characters where it begins and ends in the original."""
    places = [(at, at + 1) for at in range(len(text))]
    for _ in range(ROUNDS):
        plain: list[str] = []
        spans: list[tuple[int, int]] = []
        for found in _TOKEN.finditer(text):
            piece = "" if found["tag"] else _piece(found)
            plain.append(piece)
            spans += [(places[found.start()][0], places[found.end() - 1][1])] * len(piece)
        before, text, places = text, "".join(plain), spans
        if text == before:
            break
    return text, places


def _piece(found: re.Match[str]) -> str:
    token = found.group()
    return _FORMS[ord(token)] if len(token) == 1 else _decoded(found)


def _decoded(found: re.Match[str]) -> str:
    """What an entity stands for; lone surrogates and what is no entity stay as they are."""
    code = found[found.lastindex] if found.lastindex else None
    if code is None:
        return unescape(found.group())
    return found.group() if 0xD800 <= int(code, 16) <= 0xDFFF else chr(int(code, 16))
