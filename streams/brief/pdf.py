"""A brief as two A4 pages of PDF, set by typst; bars are typst's own shapes.

Flows in: ``Told``. Flows out: bytes. Touches the font cache, nothing of the network. What is set reaches typst as data, never as markup.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import typst

from streams.brief.fonts import fonts
from streams.brief.wording import Grid, Told, figure

SIZES: Final = (9.0, 8.0, 7.0, 6.0)
"""Type sizes in points, tried until two pages hold everything."""
PAGES: Final = 2


@lru_cache(maxsize=1)
def _template() -> bytes:
    return (files("streams.brief") / "brief.typ").read_bytes()


def pdf(one: Told) -> bytes:
    """The largest type that two pages hold. Raises RuntimeError where typst cannot set it."""
    data = json.dumps(_data(one), ensure_ascii=False)
    for size in SIZES:
        compiler = typst.Compiler(_template(), font_paths=fonts(), sys_inputs={"data": data, "size": str(size)})
        pages = json.loads(compiler.query("<pages>", field="value", one=True))
        if pages <= PAGES or size == SIZES[-1]:
            made = compiler.compile(_template(), format="pdf")
            if isinstance(made, bytes):
                return made
    raise RuntimeError("typst: gave no document")


def _data(one: Told) -> dict[str, Any]:
    step = max(1, len(one.days) // 15)
    return {
        "language": one.language, "region": "cn" if one.language == "zh" else "gb", "colon": "：" if one.language == "zh" else ": ",
        "title": one.title, "head": one.head, "sentences": one.sentences, "figures": one.figures, "days_title": one.days_title,
        "days": [(f"{day.month}-{day.day}" if n % step == 0 else "", minutes) for n, (day, minutes) in enumerate(one.days)],
        "most": one.days_most, "grids": [_grid(grid) for grid in one.grids], "definitions_title": one.definitions_title,
        "definitions": one.definitions, "foot": one.foot,
    }  # fmt: skip


def _grid(one: Grid) -> dict[str, Any]:
    return {
        "title": one.title, "columns": [column.name for column in one.columns], "numbers": [column.sort != "text" for column in one.columns],
        "rows": [[figure(column.sort, cell) for column, cell in zip(one.columns, row, strict=True)] for row in one.rows],
        "bars": one.bars, "left": one.left,
    }  # fmt: skip
