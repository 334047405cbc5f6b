"""When briefs are mailed to whom: a schedule as people write it, and what of it is due.

Pure. Flows in: the text of a YAML file, instants. Flows out: ``Entry`` values, due moments, message identities.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from streams.brief.model import SHANGHAI, Period, Sort

FIRST: Final = timedelta(hours=24)
"""How far back a first run looks: what fell due long before there was a schedule is nobody's loss."""
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Address = Annotated[str, Field(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$", max_length=254)]


class ScheduleFault(ValueError):
    """What is wrong with a schedule: field, rule and fix on one line."""


class Entry(BaseModel):
    """One brief for some people: a week's on a weekday, a month's on a day of the month; it ends with the day before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    area: str | None = None
    issuer: str | None = None
    unit: str | None = None
    period: Period
    on: Weekday | Annotated[int, Field(ge=1, le=28)]
    at: time = time(8)
    format: Literal["docx", "pdf", "xlsx"] = "pdf"
    language: Literal["zh", "en"] = "zh"
    to: Annotated[tuple[Address, ...], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _whole(self) -> Entry:
        if sum(one is not None for one in (self.area, self.issuer, self.unit)) != 1:
            raise ValueError("exactly one of area, issuer and unit must be named")
        if (self.period == "week") != isinstance(self.on, str):
            raise ValueError("on: a week's brief needs a weekday, a month's a day from 1 to 28")
        return self

    @property
    def subject(self) -> tuple[Sort, str]:
        """What it is about."""
        if self.area is not None:
            return "area", self.area
        return ("issuer", self.issuer) if self.issuer is not None else ("unit", self.unit or "")

    def last_due(self, now: datetime) -> datetime:
        """The last moment at or before ``now`` at which it was due."""
        day = now.astimezone(SHANGHAI).date()
        while not (self._falls_on(day) and datetime.combine(day, self.at, SHANGHAI) <= now):
            day -= timedelta(days=1)
        return datetime.combine(day, self.at, SHANGHAI)

    def _falls_on(self, day: date) -> bool:
        return day.day == self.on if isinstance(self.on, int) else WEEKDAYS[day.weekday()] == self.on


class Due(NamedTuple):
    """A brief to be mailed: ``at``: when it fell due; its period ends with the day before."""

    entry: Entry
    at: datetime

    @property
    def until(self) -> date:
        """The last day that it tells of."""
        return self.at.date() - timedelta(days=1)

    @property
    def identity(self) -> str:
        """The same for every attempt to mail the same brief, so that a mailbox can tell a repeat."""
        sort, code = self.entry.subject
        text = "\0".join((self.entry.name, sort, code, self.entry.period, self.until.isoformat(), self.entry.format))
        return blake2b(text.encode(), digest_size=16).hexdigest()


def entries_of(text: str) -> tuple[Entry, ...]:
    """The entries of a schedule, ``briefs: [...]``. Raises ScheduleFault."""
    try:
        whole: Any = YAML(typ="safe").load(text)
    except YAMLError as error:
        raise ScheduleFault(f"no YAML: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(whole, dict) or set(whole) != {"briefs"}:
        raise ScheduleFault("must be a mapping with the one key briefs; see docs/dashboard.md")
    try:
        found = TypeAdapter(tuple[Entry, ...]).validate_python(whole["briefs"])
    except ValidationError as error:
        first = error.errors()[0]
        raise ScheduleFault(f"briefs.{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise ScheduleFault("briefs: two have the same name; give each its own")
    return found


def due(entries: tuple[Entry, ...], sent: Mapping[str, str], now: datetime) -> list[Due]:
    """What fell due and was not mailed, the earliest first; of several missed times the last alone.

    ``sent``: by name the ISO moment of the last brief that was mailed. An entry that was never mailed looks 24 hours back.
    """
    out = []
    for entry in entries:
        at = entry.last_due(now)
        since = datetime.fromisoformat(sent[entry.name]) if entry.name in sent else now - FIRST
        if at > since:
            out.append(Due(entry, at))
    return sorted(out, key=lambda one: (one.at, one.entry.name))
