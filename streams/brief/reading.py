"""A brief from the store: the pages' own questions, asked once, with the Scope of who asks.

Flows in: a client, a Scope, a Registry, a ``Wish``, an instant. Flows out: ``Brief``. Reads only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from streams.brief.model import Brief, Covered, Entry, Made, OpenRule, Quota, Ranking, Wish
from streams.desk.findings import rulebook, severity_ranks
from streams.registry import Registry
from streams.store import Scope, reads
from streams.store.answers import DemandRow
from streams.store.comparing import alike, comparable_since
from streams.store.findings import StoredTransition, by_issuer, findings_in, open_counts
from streams.store.health import newest_admitted
from streams.store.issuing import issued_by, issuer_days
from streams.store.span import days_span

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

GRASSROOTS: Final = ("township", "village")
"""Whose load areas add up, as on the pages."""
SHOWN: Final = 10
RULES: Final = 8
QUOTAS: Final = 6
ALL: Final = 100_000
"""Bound of lists that are read whole, so that what is left out can be counted."""
UNIT_DIGITS: Final = 9
_POOL: Final = ThreadPoolExecutor(4, thread_name_prefix="brief")
Asked = Callable[..., Future[Any]]


def read(client: Client, scope: Scope, registry: Registry, wish: Wish, at_us: int) -> Brief:
    """What is known now of the wish's period. Raises OutOfScope, RegistryError."""

    def ask(question: Callable[..., Any], *asked: Any, **more: Any) -> Future[Any]:
        return _POOL.submit(question, client, scope, registry, *asked, **more)

    if wish.sort == "issuer":
        found = _of_issuer(client, scope, registry, wish, at_us, ask)
    elif wish.sort == "unit":
        scope.require_area(wish.code)
        found = _of_unit(client, scope, registry, wish, at_us, ask)
    else:
        scope.require_area(wish.code)
        registry.name_of(wish.code)
        found = _of_area(client, scope, registry, wish, at_us, ask)
    return replace(found, alike=alike(comparable_since(client), wish.before[0]))


def _of_area(client: Client, scope: Scope, registry: Registry, wish: Wish, at_us: int, ask: Asked) -> Brief:
    area, now = wish.code, (wish.first, wish.until)
    series = ask(reads.area_series, area, *now, tiers=GRASSROOTS)
    then = ask(reads.area_load, area, *wish.before, tiers=GRASSROOTS)
    kinds = ask(reads.kind_shares, area, *now, tiers=GRASSROOTS)
    places = [ask(reads.area_totals, area, *span, tiers=GRASSROOTS) for span in (now, wish.before)]
    peers = scope.role not in ("unit", "issuer") and len(area) < UNIT_DIGITS
    hottest = ask(reads.hotspots, "township", *now, area=area, n=ALL) if peers else None
    issuers = ask(reads.top_issuers, area, *now, n=ALL)
    covered = _coverage(ask, "township", area, wish, at_us)
    rules, more, quotas, quotas_more = _open(client, scope, registry, area, at_us)
    lines, before = series.result(), then.result()
    rankings = [
        _places(places[0].result(), places[1].result()),
        _short("hotspots", [Entry(one.code, one.value) for one in hottest.result()] if hottest else [], adds=False),
        _issuers(issuers.result()),
        _short("kinds", [Entry(str(one.kind), one.likely, landed=one.receipts) for one in kinds.result()]),
    ]
    return Brief(
        wish=wish, at_us=at_us, likely=int(lines.likely.sum()), before=before.likely, count=int(lines.count.sum()),
        count_before=before.receipts, days=_days(lines), rankings=tuple(rankings), rules=rules, rules_more=more,
        quotas=quotas, quotas_more=quotas_more, coverage=covered(), newest_us=newest_admitted(client, at_us),
        version=registry.version, low=int(lines.low.sum()), high=int(lines.high.sum()),
    )  # fmt: skip


def _of_unit(client: Client, scope: Scope, registry: Registry, wish: Wish, at_us: int, ask: Asked) -> Brief:
    unit, span = wish.code, days_span(wish.first, wish.until)
    tier = registry.tier_name(registry.rank_of(unit)[0])
    series = ask(reads.unit_series, unit, wish.first, wish.until)
    then = ask(reads.unit_series, unit, *wish.before)
    ahead = ask(reads.unit_load, unit, ("all.minutes.ahead7d",), at_us)
    demands = ask(reads.upcoming_demands, unit, span.first_us - 1, span.last_us, n=ALL, unit=True)
    covered = _coverage(ask, tier, unit, wish, at_us)
    rules, more, quotas, quotas_more = _open(client, scope, registry, unit, at_us)
    lines, before, rows = series.result(), then.result(), demands.result()
    kinds = (
        (str(kind), int(values.sum()), int(counts.sum()))
        for kind, values, counts in zip(lines.kinds, lines.likely, lines.count, strict=True)
    )
    rankings = (
        _short("issuers", _most(_causes(rows))),
        _short("kinds", _most(Entry(kind, likely, landed=count) for kind, likely, count in kinds)),
        _short(
            "demands",
            _most(
                Entry(row.issuer, row.likely, row.low, row.high, row.count, text=row.title or row.doc_no or row.id)
                for row in rows
            ),
        ),
    )
    return Brief(
        wish=wish, at_us=at_us, likely=int(lines.likely.sum()), before=int(before.likely.sum()), count=int(lines.count.sum()),
        count_before=int(before.count.sum()), days=_days(lines), rankings=rankings, rules=rules, rules_more=more, quotas=quotas,
        quotas_more=quotas_more, coverage=covered(), newest_us=newest_admitted(client, at_us), version=registry.version,
        low=int(lines.low.sum()), high=int(lines.high.sum()), ahead=ahead.result()["all.minutes.ahead7d"],
    )  # fmt: skip


def _causes(rows: Sequence[DemandRow]) -> list[Entry]:
    """What each issuer's demands cost the unit."""
    out: dict[str, Entry] = {}
    for row in rows:
        one = out.get(row.issuer, Entry(row.issuer, 0))
        out[row.issuer] = Entry(
            row.issuer, one.likely + row.likely, one.low + row.low, one.high + row.high, one.landed + row.count
        )
    return list(out.values())


def _of_issuer(client: Client, scope: Scope, registry: Registry, wish: Wish, at_us: int, ask: Asked) -> Brief:
    span = days_span(wish.first, wish.until)
    days = ask(issuer_days, wish.code, wish.before[0], wish.until)
    issued = ask(issued_by, wish.code, span.first_us, ALL)
    stand = by_issuer(client, scope, registry, wish.code, ALL, until_us=at_us)
    rules, more = _shortened(Counter((one.transition.rule, one.transition.layer) for one in stand))
    quotas, quotas_more = _quotas(stand)
    rows = days.result()
    now, before = ([one for one in rows if (one.day >= wish.first) is side] for side in (True, False))
    loads, kinds = Counter[date](), dict[int, list[int]]()
    for one in now:
        loads[one.day] += one.likely
        sums = kinds.setdefault(one.kind, [0, 0])
        sums[0] += one.likely
        sums[1] += one.receipts
    sent = [one for one in issued.result() if one.at_us <= span.last_us]
    rankings = (
        _short("kinds", _most(Entry(str(kind), likely, landed=count) for kind, (likely, count) in kinds.items())),
        _short(
            "demands",
            _most(
                Entry(
                    wish.code, one.likely * one.receivers, landed=one.receivers, text=one.title or one.doc_no or one.id
                )
                for one in sent
            ),
            adds=False,
        ),
    )
    length = (wish.until - wish.first).days + 1
    return Brief(
        wish=wish, at_us=at_us, likely=sum(one.likely for one in now), before=sum(one.likely for one in before),
        count=sum(one.receipts for one in now), count_before=sum(one.receipts for one in before),
        days=tuple((day, loads[day]) for day in (wish.first + timedelta(days=n) for n in range(length))), rankings=rankings,
        rules=rules, rules_more=more, quotas=quotas, quotas_more=quotas_more, coverage=None,
        newest_us=newest_admitted(client, at_us), version=registry.version,
        made=Made(len(sent), sum(one.relayed for one in sent), sum(one.planned for one in sent)),
    )  # fmt: skip


def _coverage(ask: Asked, tier: str, area: str, wish: Wish, at_us: int) -> Callable[[], Covered]:
    """The pages' coverage, and that of the two periods that are compared."""
    length = (wish.until - wish.first).days + 1
    ends = [days_span(day, day).last_us for day in (wish.until, wish.before[1])]
    parts = [
        ask(reads.coverage, min(at_us, ends[0]), tier=tier, area=area),
        *(ask(reads.coverage, end, tier=tier, area=area, days=length) for end in ends),
    ]

    def done() -> Covered:
        month, now, before = (part.result() for part in parts)
        return Covered(tier, month.units, month.reached, now.reached, before.reached)

    return done


def _days(lines: Any) -> tuple[tuple[date, int], ...]:
    sums = lines.likely.sum(axis=0) if len(lines.likely) else [0] * len(lines.days)
    return tuple((day, int(load)) for day, load in zip(lines.days, sums, strict=True))


def _places(now: Sequence[Any], before: Sequence[Any]) -> Ranking:
    """Divisions by the mean per unit, as the pages rank them first."""
    then = {one.code: one.likely for one in before}
    rows = [
        Entry(one.code, one.likely, one.low, one.high, one.receipts, one.units, then.get(one.code, 0))
        for one in now
        if one.likely > 0 and one.units
    ]
    return _short("places", sorted(rows, key=lambda one: (-one.likely / one.units, one.code)))


def _issuers(found: Sequence[Any]) -> Ranking:
    return _short("issuers", [Entry(one.issuer, one.likely, one.low, one.high, one.receipts) for one in found])


def _most(rows: Iterable[Entry]) -> list[Entry]:
    return sorted((one for one in rows if one.likely > 0), key=lambda one: (-one.likely, one.code, one.text))


def _short(key: Any, rows: Sequence[Entry], *, adds: bool = True) -> Ranking:
    left = rows[SHOWN:]
    return Ranking(key, tuple(rows[:SHOWN]), len(left), sum(one.likely for one in left) if adds else 0)


def _open(
    client: Client, scope: Scope, registry: Registry, area: str, at_us: int
) -> tuple[tuple[OpenRule, ...], int, tuple[Quota, ...], int]:
    """Findings that were open at an instant by rule, those about quotas one by one."""
    counts = open_counts(client, scope, area, until_us=at_us)
    rules, more = _shortened({(one.rule, one.layer): one.count for one in counts})
    stand: list[StoredTransition] = []
    for rule in sorted({one.rule for one in counts} & _quota_rules()):
        stand += findings_in(client, scope, registry, area, rule=rule, n=ALL, until_us=at_us)
    return rules, more, *_quotas(stand)


def _shortened(counts: Any) -> tuple[tuple[OpenRule, ...], int]:
    grave = severity_ranks()
    order = sorted(counts.items(), key=lambda item: (-LAYERS[item[0][1]], -grave.get(item[0][0], 0), -item[1], item[0]))
    rows = [OpenRule(rule, *_titles(rule), layer, count) for (rule, layer), count in order]
    return tuple(rows[:RULES]), sum(one.stands for one in rows[RULES:])


LAYERS: Final = {"breach": 2, "notice": 1, "fact": 0}


def _quotas(stand: Sequence[StoredTransition]) -> tuple[tuple[Quota, ...], int]:
    known = _quota_rules()
    rows = {
        one.transition.finding: Quota(
            one.transition.rule,
            *_titles(one.transition.rule),
            one.transition.issuer,
            one.transition.value,
            one.transition.limit,
        )
        for one in stand
        if one.transition.rule in known
    }
    worst = sorted(
        rows.values(), key=lambda one: (-(one.value / one.limit if one.limit else one.value), one.issuer, one.rule)
    )
    return tuple(worst[:QUOTAS]), len(worst[QUOTAS:])


@lru_cache(maxsize=1)
def _known() -> dict[str, tuple[str, str, bool]]:
    """Title in Chinese and English of each shipped rule, and whether it is about quotas."""
    return {
        rule.id: (rule.title.zh, rule.title.en, rule.table == "quotas" and rule.family == "quota")
        for pack in reversed(rulebook().packs)
        for rule in pack.rules
    }


def _titles(rule: str) -> tuple[str, str]:
    zh, en, _ = _known().get(rule, (rule, rule, False))
    return zh, en


def _quota_rules() -> set[str]:
    return {rule for rule, (_, _, quota) in _known().items() if quota}
