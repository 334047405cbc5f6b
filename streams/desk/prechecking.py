"""The pre-check of a draft: what it would do if it were issued.

Flows in: one event that was not sent, the Scope of its issuer's token. Flows out: what it would do, as plain values. Reads the store.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from streams import effort
from streams.calendars import Calendar
from streams.calendars.periods import DAY_US
from streams.desk.findings import decoded, rulebook
from streams.events import Event, Fault, Ref, Refused, decode, ident_of
from streams.events.decode import DEPTH_BOUND
from streams.events.faults import shown
from streams.events.gate import kept_name
from streams.ledger.lifecycle import horizon_us
from streams.ledger.metrics import Metric
from streams.ledger.replay import postings_from
from streams.registry import Registry
from streams.registry.errors import RegistryError
from streams.rules.facts import gather, name_of
from streams.rules.live import held_since_us
from streams.rules.precheck import I64, Other, Precheck, precheck
from streams.rules.recorded import EVERYTHING
from streams.store import Scope
from streams.store.beyond import DraftReads

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

BACK_DAYS: Final = 60
COMPARED: Final = {
    "request": ("request",),
    "meeting": ("meeting", "inspection"),
    "inspection": ("meeting", "inspection"),
}
"""Kinds that a draft is compared with where they reach its units; all of them, and all that its issuer issued since last year."""


def draft_of(body: bytes, now_us: int) -> Event:
    """The draft as an event; what only a sent one needs (specversion, id, source, time) may be missing. Raises ValueError, Refused."""
    try:
        tree = json.loads(body, object_pairs_hook=_once)
    except Refused:
        raise
    except ValueError as error:
        raise ValueError(f"body: is not JSON ({error}); send one event as JSON") from None
    except RecursionError:
        raise ValueError(f"body: must not be nested deeper than {DEPTH_BOUND}; flatten it") from None
    if not isinstance(tree, dict):
        raise ValueError("body: must be one event; send a JSON object")
    now = datetime.fromtimestamp(now_us // 1_000_000, UTC).isoformat()
    whole = {"specversion": "1.0", "id": "draft", "source": "//burdenwatch/precheck", "time": now} | tree
    try:
        event = decode(json.dumps(whole).encode())
    except RecursionError:
        raise ValueError(f"body: must not be nested deeper than {DEPTH_BOUND}; flatten it") from None
    if event.verb != "issued":
        raise ValueError(f"type: {event.verb!r}: only a demand can be checked before it is issued; send an issued type")
    return event


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object; a name that stands twice in it is refused, as it is of an event that is sent."""
    found = dict(pairs)
    if len(found) < len(pairs):
        name = next(name for place, (name, _) in enumerate(pairs) if name in dict(pairs[:place]))
        raise Refused((Fault(shown(kept_name(name)), "", "stands twice in one object", "send it once", "twice"),))
    return found


def checked(client: Client, scope: Scope, registry: Registry, event: Event, now_us: int) -> dict[str, Any]:
    """What the draft would do, as plain values; loads one by one only of units that the asker may see, others as counts.

    Raises OutOfScope for a draft of an issuer that is not the asker's, RegistryError for an issuer or a reach that the registry does not know.
    """
    door = DraftReads.opened(client, scope, registry, event.data.issuer)
    registry.issuer(event.data.issuer)
    ranges = registry.resolve(event.data.reach)
    if not ranges:
        raise RegistryError("reach", "", "reaches nobody", "name areas with tiers, or units")
    superiors = [ident_of(ref.source, ref.id) for ref in _superiors(event)]
    kinds, since_us = COMPARED.get(event.kind, ()), now_us - BACK_DAYS * DAY_US
    rows = door.compared(ranges, kinds, since_us, held_since_us(now_us), superiors)
    name = name_of(event.source, event.id)
    known = [one for one in decoded(row.body for row in rows) if name_of(one.source, one.id) != name]
    facts = gather([*known, event], registry, Calendar.load())
    facts = replace(facts, recorded={**facts.recorded, event.source: EVERYTHING})
    postings = postings_from([event], registry, effort.estimate, horizon_us(now_us))

    def load_at(metric: Metric, tier: int, at_us: int) -> I64:
        return np.asarray(door.level(tier, str(metric), at_us).values, np.int64)

    return _told(precheck(name, facts, rulebook(), postings, load_at, now_us), scope, registry)


def _superiors(event: Event) -> list[Ref]:
    """The demands that a draft passes on."""
    named = (event.data.parent_id, event.data.root_id)
    return [ref if isinstance(ref, Ref) else Ref(event.source, str(ref)) for ref in named if ref is not None]


def _told(found: Precheck, scope: Scope, registry: Registry) -> dict[str, Any]:
    return {
        "clean": found.clean,
        "receivers": found.receivers,
        "occurrences": found.occurrences,
        "minutes": {"low": found.low, "likely": found.likely, "high": found.high},
        "over": [
            {
                "rule": one.rule,
                "metric": one.metric,
                "units": one.units,
                "worst": [
                    {"unit": code, "name": registry.name_of(code), "before": before, "after": after, "level": level}
                    for code, before, after, level in one.worst
                    if scope.covers(code)
                ],
            }
            for one in found.over
        ],
        "duplicates": [_other(one) for one in found.duplicates],
        "collisions": [_other(one) for one in found.collisions],
        "better_days": [day.isoformat() for day in found.better_days],
        "breaches": [
            {
                "rule": one.rule,
                "layer": one.layer,
                "title": _title(one.rule, one.edition),
                "value": one.value,
                "limit": one.limit,
                "edition": one.edition,
                "inputs": dict(one.inputs),
            }
            for one in found.breaches
        ],
    }


def _title(rule: str, edition: str) -> dict[str, str]:
    standing = rulebook().find(rule, edition)
    return {} if standing is None else {"zh": standing.rule.title.zh, "en": standing.rule.title.en}


def _other(one: Other) -> dict[str, Any]:
    return {
        "demand": one.name,
        "issuer": one.issuer,
        "title": one.title,
        "doc_no": one.doc_no,
        "at_us": one.at_us,
        "units": one.units,
        "shared": list(one.shared),
    }
