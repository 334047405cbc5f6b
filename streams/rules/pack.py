"""What a rule pack is: rules as data, with their legal basis, limits, exemptions and the days on which they are in force.

Pure. Flows in: mappings read from YAML. Flows out: frozen ``Pack``, ``Rule`` and ``Tightening`` values. A lower pack may add rules and may
tighten rules of the packs above it; it has no words with which to loosen one. docs/rules.md explains every field.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from streams.events.model import Kind
from streams.ledger.metrics import Metric

IssuerLevel = Literal["centre", "province", "prefecture", "county"]
UnitLevel = Literal["province", "prefecture", "county", "township", "village"]
Layer = Literal["fact", "notice", "breach"]
Severity = Literal["low", "medium", "high"]
Recipient = Literal["supervising", "issuer", "office", "unit", "operator"]
Family = Literal["event", "load", "quota", "relation", "absence"]
Comparison = Literal["above", "at_least", "below", "at_most"]
Exemption = Literal[
    "emergency",
    "upward",
    "legal-text",
    "law-basis",
    "random-check",
    "accident",
    "training",
    "safety-ground",
    "new-measures",
    "formal-post",
    "declared-cooperation",
    "quality-check",
]

LAYERS: Final[tuple[Layer, ...]] = ("fact", "notice", "breach")
SEVERITIES: Final[tuple[Severity, ...]] = ("low", "medium", "high")
DAY_US: Final = 86_400_000_000
_UNITS: Final = {"s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": DAY_US, "w": 7 * DAY_US}
_DURATION: Final = re.compile(r"^(\d{1,6})([smhdw])$")


def duration_us(text: Any) -> int:
    """Microseconds of ``14d``, ``8h``, ``30m``, ``10s`` or ``2w``. Raises ValueError for another form."""
    found = _DURATION.match(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("must be a whole number and a unit of s, m, h, d, w; such as 14d")
    return int(found[1]) * _UNITS[found[2]]


Duration = Annotated[
    int,
    BeforeValidator(duration_us),
    WithJsonSchema({"type": "string", "pattern": _DURATION.pattern}, mode="validation"),
]
"""Elapsed time, microseconds; written ``14d``."""
RuleId = Annotated[str, Field(pattern=r"^R(0[1-9]|1[0-9]|2[0-4])(-[a-z0-9]+)*$", max_length=60)]
Area = Annotated[str, Field(pattern=r"^(|[0-9]{2}|[0-9]{4}|[0-9]{6})$")]
Words = Annotated[str, Field(min_length=1, max_length=2_000)]


class Strict(BaseModel):
    """Unknown keys fail; values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(Strict):
    """One text in both languages."""

    zh: Words
    en: Words


class Basis(Strict):
    """Where a rule is from. ``verified``: the wording was compared with an official print."""

    instrument: Words
    article: Annotated[str, Field(max_length=200)] = ""
    wording: Annotated[str, Field(max_length=2_000)] = ""
    verified: bool = False


class Scope(Strict):
    """To whom and to what a rule applies; an empty list means all."""

    kinds: tuple[Kind, ...] = ()
    issuer_levels: tuple[IssuerLevel, ...] = ()
    issuer_lines: tuple[str, ...] = ()
    tiers: tuple[UnitLevel, ...] = ()


class Load(Strict):
    """What a load rule measures. The level is the largest of ``limit``, the peers' quantile and ``band`` times the unit's own season."""

    metric: Annotated[str, Field(description="KIND.MEASURE.WINDOW, such as all.minutes.7d")]
    per_head: Annotated[bool, Field(description="divide by the establishment where it is known")] = False
    peer_quantile: Annotated[float, Field(gt=0, lt=1)] | None = None
    band: Annotated[float, Field(ge=1)] | None = None
    mean_of: Annotated[
        UnitLevel | None,
        Field(description="a rule on areas: the mean load of the units of this level inside each of its scope's level"),
    ] = None

    @model_validator(mode="after")
    def _known_metric(self) -> Load:
        Metric.parse(self.metric)
        if self.mean_of is not None and (self.per_head or self.peer_quantile is not None or self.band is not None):
            raise ValueError("mean_of is measured against its limit alone; remove per_head, peer_quantile and band")
        return self


class Rule(Strict):
    """One rule: it holds for a row of its table when ``when`` is true and ``value`` stands to ``limit`` as ``holds`` says."""

    id: RuleId
    title: Bilingual
    basis: Basis
    family: Family
    table: Annotated[str, Field(description="the table whose columns when and value speak of")]
    scope: Scope = Scope()
    when: Annotated[str, Field(min_length=1, max_length=2_000, description="SQL over the table's columns")] = "true"
    value: Annotated[str, Field(min_length=1, max_length=500, description="SQL over the table's columns")] = "1"
    holds: Comparison = "above"
    limit: float = 0.0
    clear: Annotated[float | None, Field(description="level at which a raised finding ends; default the limit")] = None
    unit: Annotated[str, Field(max_length=40, description="of value and limit")] = "count"
    for_us: Duration = Field(default=0, alias="for")
    keep_firing_us: Duration = Field(default=0, alias="keep_firing")
    layer: Layer
    severity: Severity
    tell: Annotated[tuple[Recipient, ...], Field(min_length=1)]
    exempt: tuple[Exemption, ...] = ()
    load: Load | None = None
    remedy: Bilingual | None = None

    @property
    def phenomenon(self) -> str:
        """R01 to R24."""
        return self.id[:3]

    @model_validator(mode="after")
    def _whole(self) -> Rule:
        if (self.family == "load") != (self.load is not None):
            raise ValueError("a load rule needs a load block, and no other rule may have one")
        if self.load is not None and self.load.mean_of is not None and len(self.scope.tiers) != 1:
            raise ValueError("a rule with mean_of is about areas of one level; name it in scope.tiers")
        if self.family == "load" and self.holds != "above":
            raise ValueError("a load rule holds above its limit; write holds: above")
        if self.clear is not None and tighter(self.holds, self.limit, self.clear) < 0:
            raise ValueError("clear must lie on the quiet side of limit, else a finding ends before it begins")
        if self.layer == "breach" and "supervising" not in self.tell:
            raise ValueError("a breach is told to the supervising body; add supervising to tell")
        if self.layer != "breach" and "supervising" in self.tell:
            raise ValueError("only a breach goes to supervising bodies; remove supervising from tell")
        return self


class Tightening(Strict):
    """What a lower pack changes of a rule of a pack above it; what is not named stays."""

    rule: RuleId
    basis: Basis
    title: Bilingual | None = None
    limit: float | None = None
    clear: float | None = None
    for_us: Duration | None = Field(default=None, alias="for")
    keep_firing_us: Duration | None = Field(default=None, alias="keep_firing")
    layer: Layer | None = None
    severity: Severity | None = None
    tell: tuple[Recipient, ...] = ()
    without: Annotated[tuple[Exemption, ...], Field(description="exemptions that do not apply here")] = ()


class Source(Strict):
    """The document that a pack transcribes."""

    title: Words
    doc_no: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=2_000)] = ""


class Pack(Strict):
    """One version of the rules of one jurisdiction, in force from ``from`` until the day before ``to``."""

    version: Literal[1]
    kind: Literal["rule-pack"]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    title: Bilingual
    area: Area
    source: Source
    from_day: date = Field(alias="from")
    to_day: date | None = Field(default=None, alias="to")
    rules: tuple[Rule, ...] = ()
    tighten: tuple[Tightening, ...] = ()

    @property
    def edition(self) -> str:
        """How a finding names the version that it was judged by: NAME@FROM."""
        return f"{self.name}@{self.from_day.isoformat()}"

    def in_force(self, day: date) -> bool:
        """Whether this version applies on a day."""
        return self.from_day <= day and (self.to_day is None or day < self.to_day)

    @model_validator(mode="after")
    def _ordered(self) -> Pack:
        if self.to_day is not None and self.to_day <= self.from_day:
            raise ValueError("to must be after from; it is the first day on which the pack no longer applies")
        return self


def tighter(holds: Comparison, old: float, new: float) -> int:
    """1 when a new limit catches more than the old one, 0 when the same, -1 when less."""
    difference = old - new if holds in ("above", "at_least") else new - old
    return (difference > 0) - (difference < 0)
