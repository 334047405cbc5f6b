"""Files that the browser fetches from this host, by address with the hash of their content.

Flows in: names under static/. Flows out: addresses below the path of the pages, which the browser puts in front. Reads the files once.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

import plotly

STATIC: Final = Path(__file__).parent / "static"


@lru_cache(maxsize=64)
def asset_version(name: str) -> str:
    """Address of a static file; the hash in it lets browsers keep the file for good."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/app/static/{name}?v={digest}"


PLOTLY: Final = Path(plotly.__file__).parent / "package_data"


def plotly_script() -> str:
    """Address of the library that draws figures, as it comes with the package."""
    return f"/app/plotly/plotly.min.js?v={plotly.__version__}"


def has_outline(area: str) -> bool:
    """Whether there are outlines for the divisions inside an area of province level or above."""
    return (STATIC / "geo" / f"{area[:2] or 'country'}.json").is_file()
