"""The national divisions and the catalogue of lines as they are shipped.

Flows in: the packaged files of ``infra/data/registry`` (read once per process, names of villages only when first asked for).
Flows out: sorted codes by level, names and classes by rank, lines by name. Touches nothing else.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from ruamel.yaml import YAML

from streams.registry.model import FIRST_BUREAU, LAST_BUREAU, VILLAGE, Line

Codes = npt.NDArray[np.int64]
DATA: Final = ("data", "registry")
LAST_CATALOGUE_LINE: Final = 60
LAST_LINE: Final = (LAST_BUREAU + 1 - FIRST_BUREAU) // 3
"""Lines 1-60 belong to the catalogue, 61-80 to imports: tier ids stay under 256."""


def packaged(name: str) -> Path:
    """The path of a packaged registry file."""
    return Path(str(files("infra").joinpath(*DATA, name)))


def _columns(path: Path, *names: str) -> Any:
    """Columns of a parquet file. ParquetFile instead of read_table, because that would import pyarrow.dataset and pandas: a second."""
    with pq.ParquetFile(path) as file:
        return file.read(columns=list(names) or None, use_threads=False)


def _numbers(column: Any, dtype: type[np.signedinteger[Any]]) -> Any:
    """The values of a column without nulls; through its buffer, because to_numpy() imports pandas."""
    array = column.combine_chunks()
    return np.frombuffer(array.buffers()[1], dtype=dtype)[array.offset : array.offset + len(array)]


class National:
    """Codes, names and classes of the five levels, by rank."""

    def __init__(self, divisions: Path, villages: Path) -> None:
        self._villages = villages
        upper = _columns(divisions)
        meta = upper.schema.metadata or {}
        self.vintage: str = meta.get(b"vintage", b"unknown").decode()
        tiers = _numbers(upper["tier"], np.int8)
        numbers = _numbers(upper["code"], np.int64)
        self.codes: list[Codes] = []
        self._names: list[Any] = []
        self._sorts: list[Any] = []
        for tier in range(1, VILLAGE):
            lo, hi = (int(edge) for edge in np.searchsorted(tiers, [tier, tier + 1]))
            self.codes.append(numbers[lo:hi])
            self._names.append(upper["name"].slice(lo, hi - lo).combine_chunks())
            self._sorts.append(upper["class"].slice(lo, hi - lo).combine_chunks())
        self.codes.append(_numbers(_columns(villages, "code")["code"], np.int64))

    @cached_property
    def _village_names(self) -> Any:
        return _columns(self._villages, "name")["name"].combine_chunks()

    @cached_property
    def _village_sorts(self) -> Any:
        return _columns(self._villages, "class")["class"].combine_chunks()

    def name(self, tier: int, rank: int) -> str:
        """Name of the division at ``rank`` of the national list of a level."""
        column = self._village_names if tier == VILLAGE else self._names[tier - 1]
        return str(column[rank].as_py())

    def villages_named(self, part: str, within: str = "", n: int = 50) -> list[str]:
        """Codes of villages in ``within`` whose name holds ``part``: those that begin with it first, then shorter names, then by code."""
        from pyarrow import compute

        codes = self.codes[VILLAGE - 1]
        width = 12 - len(within)
        first, end = ((int(within) + step) * 10**width for step in (0, 1)) if within else (0, 10**12)
        lo, hi = (int(edge) for edge in np.searchsorted(codes, [first, end]))
        names = self._village_names.slice(lo, hi - lo)
        at = np.flatnonzero(compute.match_substring(names, part).to_numpy(zero_copy_only=False))
        found = [(names[int(rank)].as_py(), int(codes[lo + rank])) for rank in at]
        found.sort(key=lambda one: (not one[0].startswith(part), len(one[0]), one[1]))
        return [str(code) for _, code in found[:n]]

    def sort(self, tier: int, rank: int) -> str:
        """Class of that division: city, zone, pseudo, subdistrict, villagers ..."""
        column = self._village_sorts if tier == VILLAGE else self._sorts[tier - 1]
        return str(column[rank].as_py())

    def sorts(self, tier: int) -> Any:
        """The column of classes of a level, as an arrow array."""
        return self._village_sorts if tier == VILLAGE else self._sorts[tier - 1]


@lru_cache(maxsize=1)
def national() -> National:
    """The shipped divisions, read once."""
    return National(packaged("divisions.parquet"), packaged("villages.parquet"))


@lru_cache(maxsize=1)
def catalogue() -> tuple[dict[str, Line], dict[int, str]]:
    """The shipped lines by name, and the English names of the provinces by code."""
    read: dict[str, Any] = YAML(typ="safe", pure=True).load(packaged("lines.yml"))
    lines: dict[str, Line] = {}
    seen: set[int] = set()
    for row in read["lines"]:
        number, name = int(row["id"]), str(row["line"])
        if name in lines or number in seen or not 1 <= number <= LAST_CATALOGUE_LINE:
            raise ValueError(f"lines.yml: {name}: id and line must be unique and id in 1..{LAST_CATALOGUE_LINE}")
        seen.add(number)
        kinds = ("province", "municipality", "prefecture", "county")
        suffixes = {kind: str(row[kind]) for kind in kinds if kind in row}
        zh, en = row["centre"]
        lines[name] = Line(
            number, name, row["zh"], row["en"], row["body"], zh, en, suffixes, joins=bool(row.get("joins", False))
        )
    return lines, {int(code): str(name) for code, name in read["provinces_en"].items()}
