"""Which rules cannot judge without a list, and of which kind: by the columns that their expressions name.

Pure. Flows in: a rulebook. Flows out: kinds by rule.
"""

from __future__ import annotations

from streams.rules.book import Rulebook
from streams.rules.lists import ListKind, kinds_needed
from streams.rules.pack import Rule
from streams.rules.predicates import parsed
from streams.rules.tables import TABLES


def lists_needed(rule: Rule) -> frozenset[ListKind]:
    """The kinds of list that a rule needs, any one of them; none for most rules."""
    if rule.load is not None:
        return frozenset()
    names = (*parsed(rule.when, rule.table).meta.root_names(), *parsed(rule.value, rule.table).meta.root_names())
    return kinds_needed(names)


def rules_that_need(book: Rulebook) -> dict[str, frozenset[ListKind]]:
    """The rules that need a list, by id."""
    found: dict[str, frozenset[ListKind]] = {}
    for table in TABLES:
        for standing in book.variants(table):
            if kinds := lists_needed(standing.rule):
                found[standing.rule.id] = kinds
    return dict(sorted(found.items()))
