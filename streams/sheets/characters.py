"""Characters as they were meant: full-width letters, radicals copied out of PDFs, blanks that cannot be seen.

Pure. Flows in: text. Flows out: text. ``readable`` keeps the punctuation of a text that people read; ``plain`` makes one
form of all that is compared or taken apart (codes, dates, headings).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# NFKC folds the Kangxi radicals, but of the supplement only two; these are their ideographs by Unicode's own list
# (EquivalentUnifiedIdeograph), as far as one is a character of its own.
_RADICALS: Final = dict(
    zip(
        "⺁⺄⺆⺇⺈⺊⺌⺍⺒⺓⺜⺝⺟⺠⺧⺩⺪⺫⺬⺮⺶⺷⺻⺼⺽⻁⻄⻅⻆⻇⻉⻊⻋⻑⻓⻔⻕⻗⻘⻙⻚⻛⻜⻝⻞⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳⺎⺗⺢⺳⺾⺿⻀⻌⻍⻎⻏⻐⻈⺰⺅⺉⺘⺡⺣⺨⺭⻂⻖",
        "厂乙冂几刀卜小小巳幺日月母民牛王疋目示竹羊羊聿肉臼虎西见角角贝足车長长门阜雨青韦页风飞食食首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟尢心氺网艹艹艹辶辶辶邑钅讠纟亻刂扌氵灬犭礻衤阝",
        strict=True,
    )
)
_FOLDED: Final = str.maketrans(_RADICALS)
# Full-width digits and letters, Kangxi radicals, compatibility ideographs: what NFKC may change in a text for readers.
_MEANT: Final = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u2f00-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]+")
_UNSEEN: Final = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e]|_x000[dD]_")
_FORMULA: Final = re.compile(r"=\"(.*)\"", re.DOTALL)
_BLANKS: Final = re.compile(r"\s+")


def readable(text: str) -> str:
    """A text as people read it: punctuation and line breaks stay."""
    text = _UNSEEN.sub("", text).translate(_FOLDED)
    text = _MEANT.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return _unguarded(text.strip())


def plain(text: str) -> str:
    """A text in one form: NFKC, every run of blanks one blank."""
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text).translate(_FOLDED))
    return _unguarded(_BLANKS.sub(" ", text).strip())


def _unguarded(text: str) -> str:
    """Without what people put around codes so that a spreadsheet leaves them alone: ``'510104`` and ``="510104"``."""
    formula = _FORMULA.fullmatch(text)
    if formula is not None:
        return formula[1].replace('""', '"').strip()
    return text[1:] if text[:1] == "'" and text[1:2].isalnum() and "'" not in text[1:] else text
