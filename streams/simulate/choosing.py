"""Whom a demand reaches and what it asks for: selectors, deadlines, document numbers and data elements as JSON text.

Pure. Flows in: places and chances. Flows out: text that stands in an event as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from streams.simulate.places import Office, Place, World, quoted
from streams.simulate.rates import FLOWS
from streams.simulate.season import workday_after
from streams.simulate.sink import DAY_US, EPOCH, at

Draw = Callable[[], float]
TOWNS: Final = '"township"'
VILLAGES: Final = '"village"'
BOTH: Final = '"township","village"'
BUREAUS: Final = {"centre": '"province","prefecture","county"', "province": '"prefecture","county"'}
_DOCUMENTS_A_YEAR: Final = {
    level: sum(flow.rate(level) for flow in FLOWS if flow.kind in ("document", "request", "meeting"))
    for level in ("county", "prefecture", "province", "centre")
}
VILLAGES_TOO: Final = 0.55
"""Inspections of a township that go on to its villages."""
_THINGS: Final = (
    "households residents elderly children staff funds projects land buildings roads enterprises shops farmers crops livestock "
    "vehicles devices visits cases hazards meetings trainings subsidies sites"
)
_STEMS: Final = tuple(_THINGS.split())
_SIDES: Final = "total added left area amount completed planned rate overdue verified"
_MEASURES: Final = tuple(_SIDES.split())
ELEMENTS: Final = tuple(f"{stem}-{measure}" for measure in _MEASURES for stem in _STEMS)
"""What may be asked about by every line; the element's name is LINE.STEM-MEASURE. 240 of them."""
BLOCKS: Final = {"county": (0, 160), "prefecture": (160, 200), "province": (200, 224), "centre": (224, 240)}
"""Levels of one line ask about different things, unless a duplicate is meant."""
HELD: Final = {
    "population-registered": "public-security",
    "household-low-income": "civil-affairs",
    "pupils-enrolled": "education",
    "insured-residents": "medical-insurance",
    "pension-enrolled": "human-resources",
    "land-titles": "natural-resources",
    "firms-registered": "market-supervision",
    "veterans-registered": "veterans",
    "disabled-subsidy": "civil-affairs",
    "farmland-contracted": "agriculture",
}
"""Elements that an agency already holds and shares: asking for them again is what rule R10 looks for."""


class Target(NamedTuple):
    """A selector as JSON, and one township inside it."""

    reach: str
    unit: str


def selector(areas: str, tiers: str, more: str = "") -> str:
    """A reach as JSON."""
    return f'{{"areas":{areas},"tiers":[{tiers}]{more}}}'


def unit_of(world: World, place: Place, pick: float) -> str:
    """One township of a place."""
    towns = place.towns or world.towns_of(place.areas[int(pick * 7_919) % len(place.areas)])
    return towns[int(pick * len(towns))] if towns else ""


def most(world: World, place: Place, draw: Draw, tiers: str) -> Target:
    """All or most townships (or villages) of a place."""
    if tiers == VILLAGES:
        return Target(selector(place.whole, tiers), "")
    chance = draw()
    if chance < 0.55 or (len(place.areas) == 1 and len(place.towns) < 4):
        return Target(selector(place.whole, tiers), unit_of(world, place, draw()))
    if len(place.areas) > 1:
        count = len(place.areas)
        kept = max(1, int(count * (0.5 + 0.5 * draw())))
        first = int(draw() * (count - kept + 1))
        areas = place.areas[first : first + kept]
        towns = world.towns_of(areas[0])
        return Target(selector(quoted(areas), tiers), towns[0] if towns else "")
    towns = place.towns
    count = len(towns)
    if chance < 0.8:
        first = int(draw() * count)
        left = towns[first : first + 1 + int(draw() * 3)]
        unit = towns[first - 1] if first else towns[-1] if towns[-1] not in left else ""
        return Target(selector(place.whole, tiers, f',"except":{quoted(left)}'), unit)
    kept = max(2, int(count * (0.35 + 0.45 * draw())))
    first = int(draw() * (count - kept + 1))
    return Target(selector(quoted(towns[first : first + kept]), tiers), towns[first])


def few(world: World, place: Place, draw: Draw) -> Target:
    """A few townships of a place, about a quarter of a county's."""
    if not place.towns:
        count = len(place.areas)
        kept = max(1, int(count * (0.1 + 0.26 * draw())))
        first = int(draw() * (count - kept + 1))
        towns = world.towns_of(place.areas[first])
        if count == 1:
            return Target(f'{{"units":{quoted(towns[:2])}}}', towns[0] if towns else "")
        return Target(selector(quoted(place.areas[first : first + kept]), TOWNS), towns[0] if towns else "")
    towns = place.towns
    count = len(towns)
    kept = 1 + int(draw() * min(5, count))
    first = int(draw() * count)
    chosen = [towns[(first + step) % count] for step in range(min(kept, count))]
    if draw() < VILLAGES_TOO:
        return Target(selector(quoted(chosen), BOTH), chosen[0])
    return Target(f'{{"units":{quoted(chosen)}}}', chosen[0])


def bureaus(office: Office) -> str:
    """The bureaus of the same line below an upper issuer."""
    areas = tuple(area[:6] for area in office.place.areas)
    return selector(quoted(areas), BUREAUS.get(office.place.level, '"county"'), f',"lines":["{office.line}"]')


def deadline(t_us: int, workdays: int, second: int = 63_000) -> int:
    """17:30 (or another second) of the n-th workday after an instant."""
    return at(workday_after(day_of(t_us), workdays), second)


def day_of(t_us: int) -> date:
    """The Shanghai day of an instant."""
    return _date(EPOCH + (t_us + 8 * 3_600_000_000) // DAY_US)


@lru_cache(maxsize=8_192)
def _date(ordinal: int) -> date:
    return date.fromordinal(ordinal)


def later(day: date, days: int) -> date:
    """A day some days later."""
    return day + timedelta(days=days)


class Numbers:
    """Document numbers by issuer and year; a stream that begins in the middle of a year goes on where the year would be."""

    def __init__(self, world: World, first: date) -> None:
        self._world = world
        self._first = first
        self._next: dict[tuple[str, int], int] = {}

    def next(self, office: Office, t_us: int, pick: float) -> str:
        """The next number of an office, such as 川教函〔2026〕12号; now and then one is skipped."""
        year = 1970 + int((t_us + 8 * 3_600_000_000) / DAY_US / 365.2425)
        sort = "发" if pick < 0.55 else "函" if pick < 0.9 else "通"
        key = (f"{office.issuer}{sort}", year)
        number = self._next.get(key)
        if number is None:
            number = 1
            if year == self._first.year:
                elapsed = self._first.timetuple().tm_yday / 366
                share = self._world.line_weights.get(office.line, 0.02) * (
                    0.5 if sort == "发" else 0.3 if sort == "函" else 0.1
                )
                number += int(elapsed * share * _DOCUMENTS_A_YEAR[office.place.level])
        self._next[key] = number + (2 if pick * 997 % 1 < 0.02 else 1)
        return f"{office.mark}{sort}〔{year}〕{min(number, 99_999)}号"


class Elements:
    """Which elements an office asks for next: its requests walk through its block, so that they do not overlap by chance."""

    def __init__(self) -> None:
        self._at: dict[tuple[int, str], int] = {}
        self._standing: dict[str, int] = {}

    def next(self, office: Office, count: int, period: str) -> list[str]:
        """``count`` items as JSON."""
        first, last = BLOCKS[office.place.level]
        key = (id_of(office), office.line)
        place = self._at.get(key, 0)
        self._at[key] = place + count
        span = last - first
        line = office.line
        return [
            f'{{"element":"{line}.{ELEMENTS[first + (place + step) % span]}","period":"{period}"}}'
            for step in range(min(count, span))
        ]

    def standing(self, office: Office, count: int) -> list[str]:
        """``count`` items of a standing form, asked for by nothing else."""
        number = self._standing.get(office.issuer, 0) + 1
        self._standing[office.issuer] = number
        return [f'{{"element":"{office.issuer}.form{number}.{_STEMS[step % len(_STEMS)]}"}}' for step in range(count)]


def id_of(office: Office) -> int:
    """A number that tells lowest places apart even where they share an issuer."""
    return office.place.number if office.place.number >= 0 else int(office.place.area6) + 1_000_000
