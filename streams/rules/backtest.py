"""``rules backtest``: what rules would have found in the past, and how many messages that would have been to whom.

Pure. Flows in: a rulebook, and tables (from a store, in chunks) or facts. Flows out: counts. No truth is made for each row, so that a national
year of events can be counted in chunks; what is judged at moments (quota, absence) is looked at once for each day given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from streams.rules.book import Rulebook
from streams.rules.evaluation import BUILDERS
from streams.rules.facts import Facts
from streams.rules.predicates import hits, require_none

MOMENTARY: Final = ("quotas", "shifts", "rebounds", "outcomes", "standing", "feeds", "cases")
"""Tables whose rows depend on when one looks."""
_SCHEMA: Final[dict[str, Any]] = {
    "rule": pl.String,
    "edition": pl.String,
    "layer": pl.String,
    "tell": pl.List(pl.String),
    "issuer": pl.String,
    "subject": pl.String,
    "period": pl.String,
    "exempt": pl.Boolean,
}


def found(frame: pl.DataFrame, book: Rulebook, table: str) -> pl.DataFrame:
    """The rows of one table (or a chunk of it) for which rules hold: rule, edition, layer, tell, issuer, subject, period, exempt.

    Raises RuleFailed for a rule that cannot be asked: a count without it would say that it found nothing.
    """
    parts = [pl.DataFrame(schema=_SCHEMA)]
    hit = hits(frame, book, table)
    require_none(hit.faults)
    for standing, rows in hit.found:
        rule = standing.rule
        spared = pl.col("exempting").list.set_intersection(pl.lit(list(rule.exempt), pl.List(pl.String))).list.len() > 0
        parts.append(
            rows.select(
                pl.lit(rule.id).alias("rule"),
                pl.lit(standing.edition).alias("edition"),
                pl.lit(rule.layer).alias("layer"),
                pl.lit(list(rule.tell), pl.List(pl.String)).alias("tell"),
                "issuer",
                "subject",
                "period",
                (spared.fill_null(False) if rule.exempt else pl.lit(False)).alias("exempt"),
            )
        )
    return pl.concat(parts)


def replayed(book: Rulebook, facts: Facts, looks_us: Sequence[int]) -> pl.DataFrame:
    """As ``found``, over all tables but loads: momentary ones at each of ``looks_us``; a finding counts once however often it is seen."""
    last = max(looks_us, default=0)
    parts = [found(BUILDERS[table](facts, last), book, table) for table in BUILDERS if table not in MOMENTARY]
    for now_us in looks_us:
        parts.extend(found(BUILDERS[table](facts, now_us), book, table) for table in MOMENTARY if book.variants(table))
    return pl.concat(parts).unique(["rule", "subject", "period"], maintain_order=True)


@dataclass(frozen=True)
class Line:
    """One rule in a backtest: findings, exempt ones, and messages by role, each finding one message (before grouping)."""

    rule: str
    findings: int
    exempt: int
    issuers: int
    messages: tuple[tuple[str, int], ...]


def summary(rows: pl.DataFrame) -> tuple[Line, ...]:
    """The lines of a backtest, by rule."""
    out: list[Line] = []
    for (rule,), own in rows.sort("rule").group_by(["rule"], maintain_order=True):
        counted = own.filter(~pl.col("exempt"))
        told = counted.explode("tell").group_by("tell").len().sort("tell") if len(counted) else None
        messages = () if told is None else tuple((str(who), int(n)) for who, n in told.iter_rows())
        issuers = counted["issuer"].n_unique() if len(counted) else 0
        out.append(Line(str(rule), len(counted), len(own) - len(counted), issuers, messages))
    return tuple(out)


def compared(before: Iterable[Line], after: Iterable[Line]) -> tuple[tuple[str, int, int], ...]:
    """(rule, findings before, findings after) of every rule whose number changes: what a changed limit would have done."""
    old, new = ({one.rule: one.findings for one in side} for side in (before, after))
    return tuple(
        (rule, old.get(rule, 0), new.get(rule, 0)) for rule in sorted(old | new) if old.get(rule, 0) != new.get(rule, 0)
    )
