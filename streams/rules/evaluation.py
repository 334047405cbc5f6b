"""All rules over all facts at one moment: builds the tables that the rules in force need, and asks the rules.

Pure. Flows in: a rulebook, facts, ``now_us``. Flows out: truths. An agent that holds only a batch uses ``judge`` (event rules); one that has
looked up what belongs together uses ``evaluate`` with the tables that it can answer for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

import polars as pl

from streams.calendars import Calendar
from streams.rules.absences import cases_table, feeds_table, outcomes_table, standing_table
from streams.rules.book import Rulebook
from streams.rules.columns import events_table
from streams.rules.facts import Facts, Issuance, Lists
from streams.rules.meetings import bursts_table, collisions_table, splits_table, visits_table
from streams.rules.overlaps import held_table, overlaps_table
from streams.rules.predicates import Judged, fault_of, judged, require_none, truths
from streams.rules.quotas import quotas_table
from streams.rules.recorded import Recorded
from streams.rules.relays import parents_table
from streams.rules.shifts import corrections_table, rebounds_table, shifts_table
from streams.rules.truth import Truth

BUILDERS: Final[dict[str, Callable[[Facts, int], pl.DataFrame]]] = {
    "events": lambda facts, _: events_table(facts.issued, facts.calendar, facts.lists, facts.recorded),
    "corrections": lambda facts, _: corrections_table(facts),
    "parents": lambda facts, _: parents_table(facts),
    "overlaps": lambda facts, _: overlaps_table(facts),
    "held": lambda facts, _: held_table(facts),
    "collisions": lambda facts, _: collisions_table(facts),
    "visits": lambda facts, _: visits_table(facts),
    "bursts": lambda facts, _: bursts_table(facts),
    "splits": lambda facts, _: splits_table(facts),
    "quotas": quotas_table,
    "shifts": shifts_table,
    "rebounds": rebounds_table,
    "outcomes": outcomes_table,
    "standing": standing_table,
    "feeds": feeds_table,
    "cases": cases_table,
}
"""How each table but ``units`` is made of facts."""
LIVING: Final = ("parents", "overlaps", "held", "collisions", "visits", "bursts", "splits")
"""Tables about demands that anything can still be done about."""


def judge(
    book: Rulebook,
    issued: Sequence[Issuance],
    calendar: Calendar,
    lists: Lists | None = None,
    recorded: Recorded | None = None,
) -> list[Truth]:
    """What the event rules say of a batch of demands, exempt ones included (they do not hold). Raises RuleFailed."""
    return truths(events_table(issued, calendar, lists, recorded), book, "events")


def evaluate(book: Rulebook, facts: Facts, now_us: int, tables: Collection[str] = tuple(BUILDERS)) -> list[Truth]:
    """What all rules of some tables say of all facts. Complete: what is not said does not hold (see ``rules_of`` and ``machine.lapsed``).

    Raises RuleFailed for a rule that cannot be asked.
    """
    found = evaluate_each(book, facts, now_us, tables)
    require_none(found.faults)
    return found.truths


def evaluate_each(
    book: Rulebook, facts: Facts, now_us: int, tables: Collection[str] = tuple(BUILDERS), *, only_living: bool = False
) -> Judged:
    """As ``evaluate``, each rule on its own: one that cannot be asked, or whose table cannot be made, is set aside and said.

    ``only_living``: tables of LIVING are about demands that anything can still be done about; what they do not say of others is no denial.
    """
    out = Judged([], [])
    living = facts.living(now_us) if only_living else facts
    for table in tables:
        if not book.variants(table):
            continue
        try:
            rows = BUILDERS[table](living if table in LIVING else facts, now_us)
        except Exception as error:  # whatever a table stumbles over, the other tables' rules are asked
            out.faults.extend(fault_of(standing, error, table) for standing in book.variants(table))
            continue
        found = judged(rows, book, table)
        out.truths.extend(found.truths)
        out.faults.extend(found.faults)
    return out


def rules_of(book: Rulebook, tables: Collection[str] = tuple(BUILDERS)) -> frozenset[str]:
    """Identities of the rules of some tables."""
    return frozenset(one.rule.id for table in tables for one in book.variants(table))
