"""Findings as they are shown: a list, and one with its explanation.

Flows in: questions with the Scope of who asks. Flows out: plain values. May touch: the store, through ``findings`` and ``evidence``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from streams.calendars import Calendar
from streams.events import Event, decode_stored
from streams.ledger.metrics import Metric
from streams.registry import Registry
from streams.rules import Contribution, Explanation, Rulebook, contributions, explain, gather, load, shipped
from streams.rules.pack import SEVERITIES
from streams.store.evidence import demands_behind, events_behind, judged_by, load_behind, metric_of
from streams.store.findings import StoredTransition, finding_history, findings_in, told
from streams.store.scope import Scope

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

_EXPLANATION: Final = TypeAdapter(Explanation)
CONTRIBUTIONS_LIMIT: Final = 200
"""Demands told of one load finding: the largest."""
STATED: Final = ("issued", "amended", "outcome")
"""Evidence shows a demand as it was issued, even where it was withdrawn or made void since."""


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    """The shipped packs."""
    return Rulebook(load(shipped()))


@lru_cache(maxsize=1)
def severity_ranks() -> dict[str, int]:
    """How grave each rule is, the gravest the largest: by the highest severity of its variants."""
    ranks: dict[str, int] = {}
    for pack in rulebook().packs:
        for rule in pack.rules:
            ranks[rule.id] = max(ranks.get(rule.id, 0), SEVERITIES.index(rule.severity))
    return ranks


def titles_of(rule: str) -> tuple[str, ...]:
    """The titles that a rule bears in any pack, in both languages."""
    named = (one for pack in rulebook().packs for one in pack.rules if one.id == rule)
    return tuple(text for one in named for text in (one.title.zh, one.title.en))


def listed(
    client: Client, scope: Scope, registry: Registry, area: str, phase: str, rule: str, n: int
) -> list[dict[str, Any]]:
    """Findings as plain values, the worst of all first, with the titles of their rules."""
    found = findings_in(client, scope, registry, area, phase=phase, rule=rule, n=n, severities=severity_ranks())
    return [_titled(row) for row in found]


def explained(client: Client, scope: Scope, registry: Registry, finding: str, *, until_us: int = 0) -> dict[str, Any]:
    """One finding: how it stands (with ``until_us``: stood then), its explanation, its timeline.

    Raises Unseen for an unknown one and for another's.
    """
    history = finding_history(client, scope, registry, finding, until_us=until_us)
    last = judged_by(history)
    parts, names, events = _behind(client, scope, registry, last)
    facts = gather(events, registry, Calendar.load())
    explanation = explain(last.truth, rulebook(), facts, parts, names)
    timeline = [
        {"at_us": one.transition.at_us, "phase": one.transition.phase, "value": one.transition.value} for one in history
    ]
    return _titled(history[-1]) | {
        "explanation": _EXPLANATION.dump_python(explanation, mode="json"),
        "timeline": timeline,
    }


def _behind(
    client: Client, scope: Scope, registry: Registry, one: StoredTransition
) -> tuple[list[Contribution], dict[int, str], list[Event]]:
    """What a finding was made from: the demands of a load, or the events that it names."""
    finding, at_us = one.transition.finding, one.transition.at_us
    place = registry.find(one.transition.subject.removeprefix("unit:")) if metric_of(one) else None
    postings = load_behind(client, scope, registry, finding)
    if postings is not None and place is not None:
        parts = contributions(postings, Metric.parse(metric_of(one)), at_us, *place)[:CONTRIBUTIONS_LIMIT]
        rows = demands_behind(client, scope, registry, finding, sorted({part.key for part in parts}))
        return parts, {row.pos: f"{row.source}#{row.id}" for row in rows}, decoded(row.body for row in rows)
    events = decoded(row.body for row in events_behind(client, scope, registry, finding))
    return [], {}, [event for event in events if event.verb in STATED]


def decoded(bodies: Iterable[bytes]) -> list[Event]:
    """Stored bodies as events; what a newer version of the vocabulary would refuse is left out."""
    return [event for body in bodies if (event := decode_stored(body)) is not None]


def _titled(one: StoredTransition) -> dict[str, Any]:
    standing = rulebook().find(one.transition.rule, one.transition.edition)
    title = {"zh": standing.rule.title.zh, "en": standing.rule.title.en} if standing is not None else {}
    return told(one) | {"title": title}
