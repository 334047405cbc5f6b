"""A made-up country that is small enough to count every unit of it one by one."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from streams.registry import WIDTHS, Registry
from streams.registry.national import National, catalogue
from streams.registry.overlay import Overlay


def country(folder: Path) -> Registry:
    """3 provinces, with a pseudo prefecture and a city without counties; 3 x 3 x 3 divisions below each. Writes two files to ``folder``."""
    codes: list[list[int]] = [[11, 12, 65]]
    for width, last in zip(WIDTHS[1:], ((1, 2, 90), (0, 1, 71), (1, 100, 400), (1, 200, 501)), strict=True):
        scale = 10 ** (width - len(str(codes[-1][0])))
        codes.append(sorted(above * scale + part for above in codes[-1] for part in last))
    tiers = [tier for tier, own in enumerate(codes[:4], start=1) for _ in own]
    flat = [code for own in codes[:4] for code in own]
    upper = {
        "code": flat,
        "name": [f"n{code}" for code in flat],
        "class": ["city"] * len(flat),
        "tier": pa.array(tiers, pa.int8()),
    }
    lower = {"code": codes[4], "name": [f"n{code}" for code in codes[4]], "class": ["villagers"] * len(codes[4])}
    pq.write_table(pa.table(upper), folder / "divisions.parquet")
    pq.write_table(pa.table(lower), folder / "villages.parquet")
    lines, english = catalogue()
    return Registry(National(folder / "divisions.parquet", folder / "villages.parquet"), lines, english, Overlay())
