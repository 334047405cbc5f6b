"""Bodies by what people call them: names to codes, and to whom a misspelt name may belong.

Pure. Flows in: a registry, the area in which names are meant, a name. Flows out: AREA6-LINE, or a RegistryError that proposes names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Final

from streams.registry.errors import RegistryError
from streams.registry.model import CENTRE, LEVELS, Issuer
from streams.registry.registry import Registry

CODE: Final = re.compile(r"[0-9]{6}-[a-z][a-z0-9-]*", re.ASCII)
PROPOSED: Final = 3
_BLANKS: Final = re.compile(r"\s+")


class Bodies:
    """The bodies of an area, of those around it, and (by their full names) of those inside it. '' is the country."""

    def __init__(self, registry: Registry, area: str = "") -> None:
        self._registry, self._area = registry, area
        self._chain = [area[:width] for width in (6, 4, 2, 0) if width <= len(area)]
        self._named: dict[str, dict[str, str]] = {}
        self._found: dict[tuple[str, str], str] = {}

    def code_of(self, name: str, level: str = "") -> str:
        """AREA6-LINE of a body: 510104-education, 锦江区教育局; of the area and of those around it also without their names: 教育局.

        ``level``: centre, province, prefecture or county, where it is said. Of one short name at several levels the nearest counts.
        Raises RegistryError.
        """
        key = (name, level)
        if key not in self._found:
            self._found[key] = self._looked_up(_BLANKS.sub("", name), level)
        return self._found[key]

    def line_of(self, name: str) -> str:
        """A line by its code or its name (公安, 公安部门), '' where it is none."""
        return self._lines.get(_BLANKS.sub("", name).removesuffix("部门").removesuffix("系统").casefold(), "")

    def _looked_up(self, name: str, level: str) -> str:
        if CODE.fullmatch(name):
            return self._registry.issuer(name).code
        for area in self._chain:
            if level and level != level_of(area):
                continue
            if code := self._names(area).get(name.casefold()):
                return code
        below = name
        for area in reversed(self._chain):
            below = below.removeprefix(self._registry.name_of(area)) if area else below
        inside = dict.fromkeys((*self._inside(name, self._area), *self._inside(below, self._area)))
        if len(inside) == 1:
            return next(iter(inside))
        if inside:
            several = ", ".join(list(inside)[:PROPOSED])
            raise RegistryError(
                "body", name, f"may be any of {several}", "name the area above it too, or write the code"
            )
        raise RegistryError("body", name, "is no body that is known here", self._proposal(name))

    def _inside(self, name: str, area: str) -> Iterator[str]:
        """Bodies of areas inside, whose name begins with that of their area, or with those of the areas above it."""
        for code, called in self._areas:
            if code.startswith(area) and code != area and name.startswith(called):
                if found := self._names(code).get(name.casefold()):
                    yield found
                yield from self._inside(name.removeprefix(called), code)

    @cached_property
    def _areas(self) -> list[tuple[str, str]]:
        registry = self._registry
        codes = (str(number) for tier in (1, 2, 3) for number in registry.numbers(tier))
        return [(code, registry.name_of(code)) for code in codes if not registry.is_pseudo(code)]

    @cached_property
    def _lines(self) -> Mapping[str, str]:
        lines = self._registry.lines.values()
        return {name.casefold(): one.line for one in lines for name in (one.line, one.zh, one.en)}

    def _names(self, area: str) -> dict[str, str]:
        """Names of the bodies of an area, with and without that of the area, and the code of each."""
        if area not in self._named:
            found: dict[str, str] = {}
            for one in bodies_of(self._registry, area):
                found.setdefault(one.name_en.casefold(), one.code)
                found.setdefault(one.name_zh.casefold(), one.code)
            own = self._registry.name_of(area) if area else ""
            for name, code in list(found.items()):
                for above in (own, own.rstrip("省市区县")) if own else ():
                    if len(short := name.removeprefix(above)) > 1:
                        found.setdefault(short.removeprefix("委") if name.startswith(f"{own}委") else short, code)
            self._named[area] = found
        return self._named[area]

    def _proposal(self, name: str) -> str:
        """Names that look like it: those that hold its characters in order, then those that are written alike."""
        known = [one for area in self._chain for one in self._names(area)]
        text = name.casefold()
        alike = [one for one in known if len(text) > 1 and one[0] == text[0] and _holds(one, text)]
        alike = alike or [one for one in known if len(text) > 2 and one[0] == text[0] and _holds(one, text[:-1])]
        alike += get_close_matches(text, known, PROPOSED, 0.5)
        if not alike:
            return "write it as the register does, or its code (AREA6-LINE); the area of the list says where it is looked for"
        return f"did you mean {', '.join(list(dict.fromkeys(alike))[:PROPOSED])}? Write that, or the code (AREA6-LINE)"


def bodies_of(registry: Registry, area: str) -> list[Issuer]:
    """Every body of one area ('' = the centre), by line."""
    found = []
    for line in registry.lines:
        try:
            found.append(registry.issuer(f"{area or CENTRE:0<6}-{line}"))
        except RegistryError:
            continue
    return found


def level_of(area: str) -> str:
    """The level of the bodies of an area."""
    return LEVELS[len(area) // 2 - 1] if area else "centre"


def _holds(name: str, text: str) -> bool:
    """Whether a name holds the characters of a text in their order: 卫生健康局 holds 卫健局."""
    rest = iter(name)
    return all(one in rest for one in text)
