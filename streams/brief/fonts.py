"""Chinese type for PDF: the dashboard's own cut of Noto Sans CJK SC, unpacked once into a cache.

Flows in: the WOFF2 files of the dashboard. Flows out: fonts for typst. Touches the cache directory. Characters outside the cut come from what
the machine has; Latin letters from a font that typst brings.
"""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Final

import typst

CUTS: Final = {"common": "Burdenwatch Common", "names": "Burdenwatch Names"}
"""File and the family that it becomes: two cuts of one family could not be told apart."""
FAMILY_NAMES: Final = (1, 4, 6, 16)


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """What typst sets with; found once in a process."""
    return typst.Fonts(font_paths=[str(unpacked(_cache()))])


def unpacked(cache: Path) -> Path:
    """The directory with the unpacked cuts, made at first use; a later cut gets a directory of its own."""
    folder = files("dashboard") / "static" / "fonts"
    packed = {name: (folder / f"{name}.woff2").read_bytes() for name in CUTS}
    home = cache / f"fonts-{blake2b(b''.join(packed.values()), digest_size=8).hexdigest()}"
    home.mkdir(parents=True, exist_ok=True)
    for name, raw in packed.items():
        target = home / f"{name}.otf"
        if not target.exists():
            with tempfile.NamedTemporaryFile(dir=home, suffix=".part", delete=False) as made:
                made.write(_opened(raw, CUTS[name]))
            os.replace(made.name, target)  # another process may do the same: whole files alone get the name
    return home


def _opened(raw: bytes, family: str) -> bytes:
    from fontTools.ttLib import TTFont  # takes a while to load, and is needed once on a machine

    font = TTFont(BytesIO(raw))
    for record in font["name"].names:
        if record.nameID in FAMILY_NAMES:
            record.string = family.replace(" ", "") if record.nameID == 6 else family
    if "CFF " in font:
        font["CFF "].cff.fontNames = [family.replace(" ", "")]
    font.flavor = None
    out = BytesIO()
    font.save(out)
    return out.getvalue()


def _cache() -> Path:
    """The user's cache directory, else the machine's temporary one."""
    wanted = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "burdenwatch"
    try:
        wanted.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir()) / f"burdenwatch-{os.getuid()}"
    return wanted if os.access(wanted, os.W_OK) else Path(tempfile.gettempdir()) / f"burdenwatch-{os.getuid()}"
