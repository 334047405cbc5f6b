"""The registry: who exists, in which tier, at which rank; and which of them a selector reaches.

Flows in: the shipped national divisions, the catalogue of lines, own organisations. Flows out: codes, ranks, names, ranges, shards,
issuers. Pure once loaded: every answer depends on the registry's version alone. Reads packaged files and, if given, one directory.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from streams.events.model import Reach
from streams.registry.errors import RegistryError, UnknownArea, UnknownLine, UnknownTier, UnknownUnit
from streams.registry.issuers import issuer_of
from streams.registry.model import (
    BUREAU_LEVELS,
    COUNTY,
    FIRST_BUREAU,
    LEVELS,
    VILLAGE,
    WIDTHS,
    Division,
    Issuer,
    Line,
    Range,
    Ranges,
)
from streams.registry.national import Codes, National, catalogue, national
from streams.registry.overlay import Overlay, level_of, read_overlay
from streams.registry.reach import resolved
from streams.registry.shards import ShardMap

COUNTRY: Final = Division("", 0, "全国", "country")
CACHED: Final = 65_536
"""Reaches and issuers that are remembered; at the bound each memory starts afresh."""
KNOWN_FIX: Final = "use an unpadded code of the registry (2, 4, 6, 9 or 12 digits; '' for the whole country)"


class Registry:
    """Units by tier and rank. Tier ids: 1 province to 5 village; bureaus ``LEVEL-LINE`` from 16 on, fixed by the catalogue."""

    def __init__(self, base: National, lines: dict[str, Line], provinces_en: dict[int, str], laid: Overlay) -> None:
        self._base = base
        self._laid = laid
        self.lines: dict[str, Line] = {**lines, **laid.lines}
        """Every functional line by name, imported ones included."""
        self.provinces_en = provinces_en
        self.version: str = base.vintage + (f"+{laid.version}" if laid.version else "")
        """Names the positions: equal versions have equal ranks in every tier."""
        self._numbers: dict[int, Codes] = {}
        self._tier_ids: dict[str, int] = {}
        self._tier_names: dict[int, str] = {}
        self._widths: dict[int, int] = {}
        for level, name in enumerate(LEVELS, start=1):
            own = _laid_over(base.codes[level - 1], laid.added.get(level, set()), laid.closed.get(level, set()))
            self._add_tier(level, name, own, WIDTHS[level - 1])
        nothing = np.empty(0, dtype=np.int64)
        for line in self.lines.values():
            for level, name in enumerate(BUREAU_LEVELS, start=1):
                tier = f"{name}-{line.line}"
                everywhere = nothing if line.imported else self._numbers[level]
                own = _laid_over(everywhere, laid.bureaus.get(tier, set()), laid.gone.get(tier, set()))
                self._add_tier(FIRST_BUREAU + 3 * (line.id - 1) + level - 1, tier, own, WIDTHS[level - 1])
        self._codes: dict[int, npt.NDArray[np.str_]] = {}
        self._reaches: dict[Reach, Ranges] = {}
        self._issuers: dict[str, Issuer] = {}
        self._shards: dict[int, ShardMap] = {}

    def _add_tier(self, tier: int, name: str, numbers: Codes, width: int) -> None:
        self._tier_ids[name] = tier
        self._tier_names[tier] = name
        self._numbers[tier] = numbers
        self._widths[tier] = width

    @property
    def tiers(self) -> tuple[int, ...]:
        """All tier ids, ascending."""
        return tuple(sorted(self._tier_names))

    def tier_id(self, name: str) -> int:
        """Id of a tier by its name (``township``, ``county-education``). Raises UnknownTier."""
        found = self._tier_ids.get(name)
        if found is None:
            raise UnknownTier(
                "tier", name, "no such tier", "use " + ", ".join(LEVELS) + " or LEVEL-LINE such as county-education"
            )
        return found

    def tier_name(self, tier: int) -> str:
        """Name of a tier by its id. Raises UnknownTier."""
        found = self._tier_names.get(tier)
        if found is None:
            raise UnknownTier("tier", str(tier), "no such tier id", "use an id that Registry.tiers lists")
        return found

    def has_tier(self, name: str) -> bool:
        """Whether a tier of this name exists."""
        return name in self._tier_ids

    def level_of_tier(self, tier: int) -> int:
        """Level (1-5) whose divisions a tier's units belong to: the bureaus of counties are level 3."""
        self.tier_name(tier)
        return WIDTHS.index(self._widths[tier]) + 1

    def line_of_tier(self, tier: int) -> str:
        """Line of a bureau tier, '' for divisions."""
        return self.tier_name(tier).partition("-")[2]

    def size(self, tier: int) -> int:
        """How many units a tier has."""
        self.tier_name(tier)
        return len(self._numbers[tier])

    def numbers(self, tier: int) -> Codes:
        """Division codes of a tier's units as sorted int64 (without the line); read-only view, free of charge."""
        self.tier_name(tier)
        return self._numbers[tier]

    def codes(self, tier: int) -> npt.NDArray[np.str_]:
        """Unit codes of a tier by rank, as numpy strings; made once per tier (villages: about 30 MB)."""
        found = self._codes.get(tier)
        if found is None:
            line = self.line_of_tier(tier)
            found = self._numbers[tier].astype(f"U{self._widths[tier]}")
            if line:
                found = np.char.add(found, f"-{line}")
            found.flags.writeable = False
            self._codes[tier] = found
        return found

    def code_of(self, tier: int, rank: int) -> str:
        """Unit code at a rank. Raises UnknownUnit outside ``0 <= rank < size``."""
        numbers = self._numbers[tier] if tier in self._numbers else self.numbers(tier)
        if not 0 <= rank < len(numbers):
            raise UnknownUnit(
                "rank", str(rank), f"{self.tier_name(tier)} has {len(numbers)} units", "use a rank of this version"
            )
        line = self.line_of_tier(tier)
        return f"{numbers[rank]}-{line}" if line else str(numbers[rank])

    def rank_of(self, code: str) -> tuple[int, int]:
        """Tier id and rank of a unit by its code (``510104017`` or ``510104-education``). Raises UnknownUnit."""
        found = self.find(code)
        if found is None:
            raise UnknownUnit("unit", code, "no such unit", "use a code of the registry or import the unit")
        return found

    def find(self, code: str) -> tuple[int, int] | None:
        """As rank_of, but None for an unknown code."""
        digits, dash, line = code.partition("-")
        level = level_of(digits)
        if level == 0 or (dash and level > COUNTY):
            return None
        tier = self._tier_ids.get(f"{LEVELS[level - 1]}-{line}", 0) if dash else level
        numbers = self._numbers.get(tier)
        if numbers is None:
            return None
        number = int(digits)
        rank = int(numbers.searchsorted(number))
        return (tier, rank) if rank < len(numbers) and int(numbers[rank]) == number else None

    def is_area(self, prefix: str) -> bool:
        """Whether ``prefix`` is the country (''), a listed division, or a prefix that listed townships carry."""
        if not prefix:
            return True
        level = level_of(prefix)
        if level == 0:
            return False
        lo, hi = self.span_of(prefix, level)
        if lo == hi and level < 4:
            lo, hi = self.span_of(prefix, 4)
        return lo < hi

    def range_of(self, prefix: str, tier: int) -> tuple[int, int]:
        """Ranks ``(lo, hi)`` of a tier's units inside an area; empty where the tier lies above it. Raises UnknownArea."""
        if not self.is_area(prefix):
            raise UnknownArea("area", prefix, "no such division", KNOWN_FIX)
        self.tier_name(tier)
        return self.span_of(prefix, tier)

    def span_of(self, prefix: str, tier: int) -> tuple[int, int]:
        """As range_of, but (0, 0) for a prefix that no unit carries."""
        numbers = self._numbers[tier]
        if not prefix:
            return 0, len(numbers)
        over = self._widths[tier] - len(prefix)
        if over < 0:
            return 0, 0
        factor, number = 10**over, int(prefix)
        lo, hi = numbers.searchsorted([number * factor, (number + 1) * factor])
        return (int(lo), int(hi)) if lo < hi else (0, 0)

    def resolve(self, reach: Reach) -> Ranges:
        """Whom a selector reaches, each unit once: sorted, disjoint, merged ranges; () when nobody.

        Areas are unpadded prefixes ('' = the country). ``lines`` turn the tiers province, prefecture and county into their bureaus of these
        lines; township and village have no bureaus and stay as they are. ``except`` takes away from areas x tiers, not from the listed units.
        Raises UnknownArea, UnknownTier, UnknownLine, UnknownUnit with the place in ``data.reach``. Cached by the reach.
        """
        found = self._reaches.get(reach)
        if found is None:
            found = resolved(self, reach)
            if len(self._reaches) >= CACHED:
                self._reaches.clear()
            self._reaches[reach] = found
        return found

    def reached(self, ranges: Ranges) -> int:
        """How many units disjoint ranges hold."""
        return sum(one.hi - one.lo for one in ranges)

    def name_of(self, code: str) -> str:
        """Name of a unit or area ('' = 全国). Raises UnknownUnit."""
        if not code:
            return COUNTRY.name
        row = self._laid.listed.get(code)
        if row is not None and row.name:
            return row.name
        digits, dash, line = code.partition("-")
        tier, _ = self.rank_of(code)
        if dash:
            return issuer_of(self, f"{digits:0<6}-{line}").name_zh
        national_rank = int(self._base.codes[tier - 1].searchsorted(int(digits)))
        return self._base.name(tier, national_rank)

    def villages_named(self, part: str, within: str = "", n: int = 50) -> list[str]:
        """Codes of villages of the national list whose name holds ``part``, in an area of townships or above; closed ones are left out."""
        return [code for code in self._base.villages_named(part, within, n) if self.find(code) is not None]

    def division(self, code: str) -> Division:
        """A division with its name and class ('' = the country); for a bureau, of its area. Raises UnknownUnit."""
        digits = code.partition("-")[0]
        if not digits:
            return COUNTRY
        tier, _ = self.rank_of(digits)
        own = self._base.codes[tier - 1]
        rank = int(own.searchsorted(int(digits)))
        national_row = rank < len(own) and int(own[rank]) == int(digits)
        return Division(digits, tier, self.name_of(digits), self._base.sort(tier, rank) if national_row else "own")

    def is_pseudo(self, code: str) -> bool:
        """Whether a row is there for counting only: 市辖区, 省直辖, the county row of a city without counties, townships 400-599."""
        return bool(code) and self.division(code).sort == "pseudo"

    def path_of(self, code: str) -> tuple[Division, ...]:
        """From the country down to the division of ``code``; pseudo levels above it are left out. Raises UnknownUnit."""
        digits = code.partition("-")[0]
        last = self.division(digits)
        above = [self.division(digits[:width]) for width in WIDTHS if width < len(digits) and self.find(digits[:width])]
        shown = [one for one in above if one.sort != "pseudo" or one.tier > COUNTY]
        return (COUNTRY, *shown, last) if digits else (COUNTRY,)

    def children(self, code: str, *, hidden: bool = False) -> tuple[str, ...]:
        """Codes of the divisions right below; a pseudo level gives way to what is below it unless ``hidden`` asks for it as listed."""
        if code:
            self.rank_of(code)
        level = level_of(code) if code else 0
        if level == VILLAGE:
            return ()
        lo, hi = self.span_of(code, level + 1)
        below = [str(number) for number in self._numbers[level + 1][lo:hi]]
        if hidden or level + 1 > COUNTY:
            return tuple(below)
        out: list[str] = []
        for one in below:
            out.extend(self.children(one) if self.is_pseudo(one) else (one,))
        return tuple(sorted(out))

    def sorts(self, tier: int) -> Any:
        """Classes of the nationally listed divisions of a level (1-5), as an arrow array in national order."""
        return self._base.sorts(tier)

    def staff_of(self, code: str) -> int | None:
        """Establishment (编制) of a unit where it was imported, else None."""
        row = self._laid.listed.get(code)
        return row.staff if row is not None else None

    def staff(self, tier: int) -> npt.NDArray[np.int32]:
        """Establishment by rank, 0 where unknown."""
        out = np.zeros(self.size(tier), dtype=np.int32)
        for code, row in self._laid.listed.items():
            found = self.find(code)
            if row.staff and found is not None and found[0] == tier:
                out[found[1]] = row.staff
        return out

    @property
    def overlay(self) -> Overlay:
        """The imported organisations of this version."""
        return self._laid

    def issuer(self, code: str) -> Issuer:
        """The issuer AREA6-LINE (``000000`` = centre). Raises UnknownArea, UnknownLine or RegistryError for another form."""
        found = self._issuers.get(code)
        if found is None:
            found = issuer_of(self, code)
            if len(self._issuers) >= CACHED:
                self._issuers.clear()
            self._issuers[code] = found
        return found

    def issuer_area(self, code: str) -> str:
        """The unpadded area that an issuer stands for; '' for the centre. Raises as issuer()."""
        return self.issuer(code).area

    def shards(self, n: int = 8) -> ShardMap:
        """The nation in ``n`` fixed groups of neighbouring provinces; the same for every version of one vintage."""
        found = self._shards.get(n)
        if found is None:
            found = self._shards[n] = ShardMap(self, n, self._base.codes[VILLAGE - 1])
        return found


def _laid_over(own: Codes, added: set[int], gone: set[int]) -> Codes:
    """Sorted codes with some added and some gone; the same array when nothing changes."""
    if not added and not gone:
        return own
    kept = np.setdiff1d(
        np.union1d(own, np.fromiter(added, np.int64, len(added))), np.fromiter(gone, np.int64, len(gone))
    )
    return kept.astype(np.int64)


@lru_cache(maxsize=1)
def _plain() -> Registry:
    lines, provinces_en = catalogue()
    return Registry(national(), lines, provinces_en, Overlay())


def load(extra: Path | None = None) -> Registry:
    """The national registry, with the own organisations under ``extra`` if there are any. Well under a second.

    Raises RegistryError when the imported file cannot be read.
    """
    lines, provinces_en = catalogue()
    try:
        laid = read_overlay(extra, lines)
    except (ValueError, OSError) as error:
        raise RegistryError("extra", str(extra), str(error), "import the organisations again") from error
    return Registry(national(), lines, provinces_en, laid) if laid.rows else _plain()


__all__ = ["COUNTRY", "Range", "Registry", "UnknownLine", "load"]
