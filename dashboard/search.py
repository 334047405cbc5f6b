"""Finding divisions by name or code.

Pure. Flows in: a registry, what was typed. Flows out: codes, the largest divisions and closest names first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from streams.registry import Registry

NAMED_TIERS: Final = (1, 2, 3, 4)
"""Villages (620,573 of them) are found by their code."""


@dataclass(frozen=True)
class Hit:
    """A division that was found."""

    code: str
    name: str


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
        return [hit for hit in found if not self._registry.is_pseudo(hit.code) or len(hit.code) > 6][:n]

    def _path(self, code: str) -> str:
        return "".join(one.name for one in self._registry.path_of(code))
