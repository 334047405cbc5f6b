"""Finding divisions and offices by name or code.

Pure. Flows in: a registry, what was typed. Flows out: codes, the largest divisions and closest names first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from streams.registry import Issuer, Line, Registry, RegistryError

NAMED_TIERS: Final = (1, 2, 3, 4)
"""Held by name; villages (620,573 of them) are looked for in their column where these do not fill the list."""
SHORTEST: Final = 2
"""Characters of a village's name that must be typed."""


@dataclass(frozen=True)
class Hit:
    """A division or an office that was found; ``name`` in Chinese, ``area`` of an office: what it stands for ('' = the country)."""

    code: str
    name: str
    area: str = ""
    is_office: bool = False


class Index:
    """Names of provinces to townships, for finding what contains a text."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._names: list[Hit] = []
        for tier in NAMED_TIERS:
            for number in registry.numbers(tier):
                code = str(number)
                self._names.append(Hit(code, registry.name_of(code)))

    def find(self, text: str, within: str = "", n: int = 12) -> list[Hit]:
        """Divisions whose code is, or whose name holds, what was typed (all words of it, parents count)."""
        wanted = text.split()
        if not wanted:
            return []
        if self._registry.find(text) is not None and text.startswith(within):
            return [Hit(text, self._registry.name_of(text))]
        *above, last = wanted
        found = [hit for hit in self._names if last in hit.name and hit.code.startswith(within)]
        if above:
            found = [hit for hit in found if all(word in self._path(hit.code) for word in above)]
        found.sort(key=lambda hit: (not hit.name.startswith(last), len(hit.code), len(hit.name), hit.code))
        found = [hit for hit in found if not self._registry.is_pseudo(hit.code) or len(hit.code) > 6][:n]
        if len(found) < n and len(last) >= SHORTEST:
            found += self._villages(last, above, within)[: n - len(found)]
        return found

    def _villages(self, part: str, above: list[str], within: str) -> list[Hit]:
        codes = self._registry.villages_named(part, within, n=500 if above else 50)
        return [
            Hit(code, self._registry.name_of(code))
            for code in codes
            if not above or all(word in self._path(code) for word in above)
        ]

    def offices(self, text: str, near: str = "", within: tuple[str, ...] = ("",), n: int = 8) -> list[Hit]:
        """Offices whose name holds what was typed (all words of it), in either language; of areas that begin with one of ``within``.

        Those closest to ``near`` first: of the same area, of those above it, of those below it, then all others."""
        wanted = [word.casefold() for word in text.split()]
        if not wanted or max(map(len, wanted)) < 2:
            return []
        found = [
            one
            for line in self._registry.lines.values()
            if _may_fit(line, wanted)
            for one in self._of_line(line.line)
            if one.area.startswith(within)
            and all(word in f"{one.name_zh} {one.name_en} {one.code}".casefold() for word in wanted)
        ]
        found.sort(
            key=lambda one: (_far(one.area, near), one.name_zh.casefold() != text.casefold(), len(one.area), one.code)
        )
        return [Hit(one.code, one.name_zh, one.area, is_office=True) for one in found[:n]]

    @lru_cache(maxsize=128)  # noqa: B019 - there is one index, for ever
    def _of_line(self, line: str) -> tuple[Issuer, ...]:
        """Every office of a line, the centre's first."""
        areas = [
            code
            for tier in (1, 2, 3)
            for code in map(str, self._registry.numbers(tier))
            if not self._registry.is_pseudo(code)
        ]
        found = []
        for code in ("000000", *(f"{area:0<6}" for area in areas)):
            try:
                found.append(self._registry.issuer(f"{code}-{line}"))
            except RegistryError:
                continue
        return tuple(found)

    def _path(self, code: str) -> str:
        return "".join(one.name for one in self._registry.path_of(code))


@lru_cache(maxsize=2)
def index_of(registry: Registry) -> Index:
    """The names of a registry, gathered once."""
    return Index(registry)


def _may_fit(line: Line, words: list[str]) -> bool:
    """Whether an office of this line may be called so: then its names are worth making."""
    told = (line.zh, line.centre_zh, line.en.casefold(), line.centre_en.casefold(), line.line, *line.suffixes.values())
    return any(one and (word in one or one in word) for word in words for one in told)


def _far(area: str, near: str) -> int:
    """How far an office's area lies from where the reader is: 0 is there."""
    if area == near:
        return 0
    return 1 if near.startswith(area) else 2 if area.startswith(near) else 3
