"""Findings in the store: their transitions as they were made, and scoped reads of where they stand.

Flows in: a client, transitions with what they were judged by. Flows out: the same, in the order of writing. A finding is its last transition.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from streams.events import ident_of
from streams.registry import Registry
from streams.rules import Transition, Truth
from streams.store.issuing import require_issuer
from streams.store.scope import Scope, Unseen
from streams.store.sifting import ANY, SIFTED, Sift
from streams.store.writers import insert_rows

_TRANSITION: Final = tuple(one.name for one in fields(Transition))
_TYPES: Final[dict[str, pa.DataType]] = {
    "seq": pa.uint64(),
    **dict.fromkeys(_TRANSITION, pa.string()),
    **dict.fromkeys(("at_us", "since_us", "for_us", "keep_firing_us"), pa.int64()),
    "holds": pa.uint8(),
    "episode": pa.uint32(),
    **dict.fromkeys(("value", "limit"), pa.float64()),
    "exempt": pa.string(),
    "events": pa.list_(pa.string()),
    "inputs": pa.string(),
}
COLUMNS: Final = ", ".join(_TYPES)
"""In the order in which ``stored`` takes them."""
_WORST: Final = (
    "transform(rule, {rules:Array(String)}, {graves:Array(UInt8)}, toUInt8(0)) DESC, indexOf(['fact', 'notice', 'breach'], layer) DESC, "
    "if(limit = 0, value, value / limit) DESC, finding"
)
"""The gravest first; the identity last, so that the order is always the same."""
_LAST: Final = "SELECT max(seq) FROM transitions WHERE {until:Int64} = 0 OR at_us <= {until:Int64} GROUP BY finding"
"""Where each finding stands: its last transition, up to an instant where one is named."""
COUNTY_DIGITS: Final = 6
NOBODY: Final = "none"
"""Stands for an issuer where findings about nobody in particular (loads) are asked for."""
_OF_ISSUER: Final = f"({{issuer:String}} = '' OR issuer = if({{issuer:String}} = '{NOBODY}', '', {{issuer:String}}))"


@dataclass(frozen=True)
class StoredTransition:
    """A transition with its place in the order of writing, and what it was judged by."""

    seq: int
    transition: Transition
    exempt: str = ""
    events: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def truth(self) -> Truth:
        """The judgement behind it, for its explanation."""
        one = self.transition
        return Truth(
            rule=one.rule, subject=one.subject, period=one.period, holds=one.holds, value=one.value, limit=one.limit, edition=one.edition,
            layer=one.layer, for_us=one.for_us, keep_firing_us=one.keep_firing_us, issuer=one.issuer, place=one.place, exempt=self.exempt,
            events=self.events, inputs=self.inputs,
        )  # fmt: skip


def insert_transitions(client: Client, rows: Sequence[StoredTransition]) -> int:
    """Store transitions; named by the first and last of their numbers, so that a retry lands once."""
    if not rows:
        return 0
    columns: dict[str, list[Any]] = {name: [getattr(row.transition, name) for row in rows] for name in _TRANSITION}
    columns |= {
        "seq": [row.seq for row in rows],
        "holds": [int(row.transition.holds) for row in rows],
        "exempt": [row.exempt for row in rows],
        "events": [list(row.events) for row in rows],
        "inputs": [json.dumps(dict(row.inputs), ensure_ascii=False, default=str) for row in rows],
    }
    return insert_rows(client, "transitions", _TYPES, columns, f"transitions-{rows[0].seq}-{rows[-1].seq}")


def findings_in(
    client: Client,
    scope: Scope,
    registry: Registry,
    area: str,
    *,
    phase: str = "firing",
    rule: str = "",
    layer: str = "",
    issuer: str = "",
    n: int = 100,
    skip: int = 0,
    severities: Mapping[str, int] | None = None,
    until_us: int = 0,
    sift: Sift = ANY,
) -> list[StoredTransition]:
    """Findings about places inside an area (or by issuers of the scope) in a phase ('' = all), ``n`` of them after ``skip``; of one
    ``issuer``, or of NOBODY in particular, where named.

    With ``severities`` (of rules, the gravest the largest) the worst of all first: severity, layer, how far beyond the limit; without them
    the latest change first. With ``until_us`` as they stood at that instant.

    Raises OutOfScope for an area outside the scope, RegistryError for an unknown one.
    """
    if not scope.issuers or area:
        scope.require_area(area)
    if area:
        registry.name_of(area)
    sql = (
        f"SELECT {COLUMNS} FROM transitions WHERE seq IN ({_LAST}) "
        "AND ((startsWith(place, {area:String}) AND {all:UInt8}) OR issuer IN {issuers:Array(String)}) "
        "AND ({phase:String} = '' OR phase = {phase:String}) AND ({rule:String} = '' OR startsWith(rule, {rule:String})) "
        "AND ({layer:String} = '' OR layer = {layer:String}) "
        f"AND {_OF_ISSUER} AND {SIFTED} "
        f"ORDER BY {'at_us DESC, seq DESC' if severities is None else _WORST} LIMIT {{n:UInt32}} OFFSET {{skip:UInt32}}"
    )
    graves = severities or {"": 0}
    parameters = {
        "area": area, "all": int(scope.covers(area)), "issuers": list(scope.issuers), "phase": "" if sift.ended else phase,
        "rule": rule, "layer": layer, "issuer": issuer, "until": until_us, "n": n, "skip": skip,
        "rules": list(graves), "graves": list(graves.values()), **sift.parameters,
    }  # fmt: skip
    return [stored(row) for row in client.query(sql, parameters=parameters).result_rows]


def by_issuer(
    client: Client, scope: Scope, registry: Registry, issuer: str, n: int, *, until_us: int = 0
) -> list[StoredTransition]:
    """Findings that fire (with ``until_us``: that fired then) about an issuer's demands, the latest change first.

    Raises OutOfScope, RegistryError.
    """
    require_issuer(scope, registry, issuer)
    sql = (
        f"SELECT {COLUMNS} FROM transitions WHERE seq IN ({_LAST}) "
        "AND issuer = {issuer:String} AND phase = 'firing' ORDER BY at_us DESC, seq DESC LIMIT {n:UInt32}"
    )
    return [
        stored(row) for row in client.query(sql, parameters={"issuer": issuer, "n": n, "until": until_us}).result_rows
    ]


@dataclass(frozen=True)
class OpenCount:
    """Findings of one rule that fire now; ``edition`` of the latest."""

    rule: str
    layer: str
    count: int
    edition: str


def open_counts(
    client: Client, scope: Scope, area: str, *, issuer: str = "", sift: Sift = ANY, until_us: int = 0
) -> list[OpenCount]:
    """How many findings fire about places inside an area, by rule and layer; of one issuer (or NOBODY) where named. With ``until_us`` as

    they stood at that instant. Raises OutOfScope.
    """
    scope.require_area(area)
    rows = client.query(
        "SELECT rule, layer, count(), argMax(edition, at_us) FROM transitions "
        f"WHERE seq IN ({_LAST}) AND ({{ended:UInt8}} OR phase = 'firing') AND startsWith(place, {{area:String}}) "
        f"AND {_OF_ISSUER} AND {SIFTED} GROUP BY rule, layer ORDER BY rule",
        parameters={"area": area, "issuer": issuer, "until": until_us, "ended": int(sift.ended), **sift.parameters},
    ).result_rows
    return [OpenCount(*row) for row in rows]


@dataclass(frozen=True)
class OpenGroup:
    """Findings of one rule that fire now in one division, or about one issuer's demands ('': of nobody in particular)."""

    rule: str
    who: str
    """Code of the division or of the issuer."""
    layer: str
    count: int
    since_us: int
    """The oldest."""


def open_groups(
    client: Client,
    scope: Scope,
    area: str,
    severities: Mapping[str, int],
    *,
    rule: str = "",
    layer: str = "",
    n: int = 60,
    until_us: int = 0,
    sift: Sift = ANY,
) -> tuple[list[OpenGroup], int]:
    """The gravest groups of findings that fire about places inside an area (breaches first, then by severity and number); and how many

    groups there are. Above a county a group is of the divisions one level down, in a county and below of one issuer. Raises OutOfScope.
    """
    scope.require_area(area)
    key = "substring(place, 1, {digits:UInt8})" if len(area) < COUNTY_DIGITS else "issuer"
    sql = (
        f"SELECT rule, {key} AS who, layer, count(), min(since_us), count() OVER () FROM transitions "
        f"WHERE seq IN ({_LAST}) AND ({{ended:UInt8}} OR phase = 'firing') AND startsWith(place, {{area:String}}) "
        f"AND {SIFTED} "
        "AND ({rule:String} = '' OR startsWith(rule, {rule:String})) AND ({layer:String} = '' OR layer = {layer:String}) "
        "GROUP BY rule, who, layer "
        "ORDER BY indexOf(['fact', 'notice', 'breach'], layer) DESC, "
        "transform(rule, {rules:Array(String)}, {graves:Array(UInt8)}, toUInt8(0)) DESC, count() DESC, rule, who LIMIT {n:UInt32}"
    )
    parameters = {
        "area": area,
        "rule": rule,
        "layer": layer,
        "digits": len(area) + 2,
        "until": until_us,
        "n": n,
        "rules": list(severities),
        "graves": list(severities.values()),
        "ended": int(sift.ended),
        **sift.parameters,
    }
    rows = client.query(sql, parameters=parameters).result_rows
    return [OpenGroup(*row[:-1]) for row in rows], int(rows[0][-1]) if rows else 0


TITLED: Final = 20_000
"""Findings whose demands' titles are looked through, the latest first."""


def titled(client: Client, scope: Scope, area: str, text: str) -> list[str]:
    """Findings about places inside an area (of the latest TITLED) behind which stands a demand whose title or number holds a text, in
    upper or lower case. Raises OutOfScope."""
    scope.require_area(area)
    rows = client.query(
        "SELECT finding, events FROM transitions WHERE seq IN (SELECT max(seq) FROM transitions GROUP BY finding) "
        "AND startsWith(place, {area:String}) ORDER BY seq DESC LIMIT {n:UInt32}",
        parameters={"area": area, "n": TITLED},
    ).result_rows
    behind = {str(finding): [ident_of(*one.split("#", 1)) for one in events if "#" in one] for finding, events in rows}
    idents = sorted({one for some in behind.values() for one in some})
    if not idents:
        return []
    found = client.query(
        "SELECT DISTINCT ident FROM events WHERE ident IN {idents:Array(UInt64)} "
        "AND (positionCaseInsensitiveUTF8(title, {text:String}) > 0 OR positionCaseInsensitiveUTF8(doc_no, {text:String}) > 0)",
        parameters={"idents": idents, "text": text},
    ).result_rows
    hits = {int(row[0]) for row in found}
    return [finding for finding, some in behind.items() if hits.intersection(some)]


def finding_history(
    client: Client, scope: Scope, registry: Registry, finding: str, *, until_us: int = 0
) -> list[StoredTransition]:
    """Every transition of one finding (with ``until_us`` up to then), in order.

    Raises Unseen for an unknown one and for one that the reader may not see.

    Seen by who oversees its place, by the issuer that it is about, and by a unit that one of its demands reaches.
    """
    rows = client.query(
        f"SELECT {COLUMNS} FROM transitions WHERE finding = {{finding:String}} "
        "AND ({until:Int64} = 0 OR at_us <= {until:Int64}) ORDER BY seq",
        parameters={"finding": finding, "until": until_us},
    ).result_rows
    found = [stored(row) for row in rows]
    if not found or not _sees(client, scope, registry, found[-1]):
        raise Unseen(f"finding: {finding[:64]!r}: no such finding here; take an id from /v1/findings")
    return found


def require_finding(client: Client, scope: Scope, registry: Registry, finding: str) -> None:
    """Raises Unseen unless there is such a finding and the reader may see it."""
    finding_history(client, scope, registry, finding)


def _sees(client: Client, scope: Scope, registry: Registry, one: StoredTransition) -> bool:
    if scope.covers(one.transition.place) or (one.transition.issuer and one.transition.issuer in scope.issuers):
        return True
    if scope.role != "unit":
        return False
    idents = [ident_of(*name.split("#", 1)) for name in one.events if "#" in name]
    places = [place for code in scope.areas if (place := registry.find(code)) is not None]
    return any(_reaches(client, idents, tier, rank) for tier, rank in places)


def _reaches(client: Client, idents: Sequence[int], tier: int, rank: int) -> bool:
    """Whether one of these demands reaches a unit."""
    sql = (
        "SELECT count() FROM postings WHERE tier = {tier:UInt8} AND lo <= {rank:UInt32} AND hi > {rank:UInt32} "
        "AND key IN (SELECT pos FROM events WHERE ident IN {idents:Array(UInt64)})"
    )
    asked = {"tier": tier, "rank": rank, "idents": list(idents)}
    return bool(idents) and bool(client.query(sql, parameters=asked).result_rows[0][0])


def told(one: StoredTransition) -> dict[str, Any]:
    """A transition as plain values, for JSON."""
    transition = {name: getattr(one.transition, name) for name in _TRANSITION}
    return transition | {"exempt": one.exempt, "events": list(one.events), "inputs": dict(one.inputs)}


def stored(row: Sequence[Any]) -> StoredTransition:
    """A row of ``COLUMNS`` as a transition."""
    values = dict(zip(_TYPES, row, strict=True))
    transition = Transition(**{name: values[name] for name in _TRANSITION} | {"holds": bool(values["holds"])})
    inputs = json.loads(values["inputs"] or "{}")
    return StoredTransition(int(values["seq"]), transition, values["exempt"], tuple(values["events"]), inputs)
