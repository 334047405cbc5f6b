"""Columns, load rules, explanations and the documents about them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from streams.calendars import Calendar
from streams.effort import estimate
from streams.events import Event, decode
from streams.ledger.ledger import loads_at
from streams.ledger.metrics import Metric
from streams.ledger.replay import postings_from
from streams.registry import Registry
from streams.registry import load as load_registry
from streams.rules import (
    Findings,
    Lists,
    LoadWatch,
    Rulebook,
    Truth,
    contributions,
    evaluate,
    events_table,
    explain,
    gather,
    judge,
    load,
    shipped,
    step,
)
from streams.rules.backtest import compared, found, replayed, summary
from streams.rules.explain import UnknownRule
from streams.rules.loads import I64
from streams.rules.tables import COMMON, TABLES

DOC = Path(__file__).parents[3] / "docs" / "rules.md"
NOON = "2026-03-02T12:00:00+08:00"
REACH = {"areas": ["510104"], "tiers": ["township"]}
CALENDAR = Calendar.load()


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook(load(shipped()))


def event(id: str, kind: str = "request", time: str = NOON, verb: str = "issued", **data: Any) -> Event:
    given = {"issuer": "510104-education", "title": f"事项 {id}", "reach": REACH} | data if verb == "issued" else data
    head = {"specversion": "1.0", "id": id, "source": "//t", "type": f"burden.{kind}.{verb}.v1", "time": time}
    return decode(msgspec.json.encode(head | {"data": given}))


def said(truths: Sequence[Truth]) -> list[tuple[str, str, bool | None, float]]:
    return sorted((one.rule, one.subject, one.holds, one.value) for one in truths)


def batch() -> list[Event]:
    return [
        event("a", deadline_at="2026-03-02T17:00:00+08:00", demands=["form", "photo"]),
        event("b", "meeting", duration_minutes=300, chair_rank="deputy", required_attendee_rank="principal"),
        event("c", "document", doc_class="综合", char_count=9_000, demands=["plan"], doc_no="无"),
        event("d", "inspection", starts_at="2026-03-07T09:00:00+08:00", criteria=["result"], plan_item_id="无"),
        event("e", issuer="370102-education", reach={"areas": ["370102"], "tiers": ["township"]}),
    ]


def test_judging_a_batch_is_judging_its_parts(registry: Registry, book: Rulebook) -> None:
    issued = gather(batch(), registry, CALENDAR).issued
    whole = judge(book, issued, CALENDAR)
    assert {one.rule for one in whole} >= {
        "R11-short-notice",
        "R02-half-day",
        "R04-principal",
        "R06-no-number",
        "R12-off-plan",
    }
    assert said(whole) == said([truth for one in issued for truth in judge(book, [one], CALENDAR)])
    assert said(whole) == said(judge(book, issued[::-1], CALENDAR))


def test_order_and_duplicates_of_events_change_nothing(registry: Registry, book: Rulebook) -> None:
    events = [*batch(), event("w", "document", verb="withdrawn", withdraws="c")]
    now = gather(events, registry, CALENDAR).issued[0].at_us + 1
    expected = said(evaluate(book, gather(events, registry, CALENDAR), now))
    assert not any(subject == "event://t#c" for _, subject, _, _ in expected)
    for order in itertools.islice(itertools.permutations(events), 0, 720, 119):
        assert said(evaluate(book, gather([*order, *order[:2]], registry, CALENDAR), now)) == expected


def test_the_events_table_has_the_documented_columns_and_nulls_for_the_unsaid(registry: Registry) -> None:
    table = events_table(gather(batch(), registry, CALENDAR).issued, CALENDAR, Lists(approved={"JH-1": 3}))
    assert dict(table.schema) == TABLES["events"].schema
    row = dict(zip(table["subject"], table.iter_rows(named=True), strict=True))["event://t#a"]
    assert (row["lead_working_minutes"], row["lead_minutes"], row["traces"], row["receivers"]) == (180, 300, 1, 11)
    assert row["char_count"] is None
    assert row["duty_status"] is None
    assert row["issuer_level"] == "county"


def test_the_document_lists_every_column_as_it_is() -> None:
    text = DOC.read_text(encoding="utf-8")
    for name, column in itertools.chain(COMMON.items(), *(table.columns.items() for table in TABLES.values())):
        assert any(
            line.startswith(f"| `{name}` |") and line.endswith(f"| {column.means} |") for line in text.splitlines()
        ), name
    for table in TABLES:
        assert f"### {table}\n" in text


def watch_of(book: Rulebook, registry: Registry, quantile: float | None = None) -> LoadWatch:
    """The two hot-spot rules alone, with or without their peers."""
    (national,) = (pack for pack in book.packs if pack.name == "national")
    rules = []
    for rule in national.rules:
        if rule.id.startswith("R20-hotspot"):
            assert rule.load is not None
            rules.append(rule.model_copy(update={"load": rule.load.model_copy(update={"peer_quantile": quantile})}))
    return LoadWatch(Rulebook([national.model_copy(update={"rules": tuple(rules)})]), registry, date(2026, 3, 2))


def test_load_rules_say_what_a_loop_over_units_would(registry: Registry, book: Rulebook) -> None:
    watch = watch_of(book, registry)
    random = np.random.default_rng(5)
    towns = registry.size(4)
    held: dict[int, set[int]] = {4: set(), 5: set()}
    for _ in range(6):
        values = {4: np.zeros(towns, np.int64), 5: np.zeros(registry.size(5), np.int64)}
        some = random.integers(0, towns, 300)
        values[4][some] = random.integers(7_500, 9_500, 300)

        def loads(_: Metric, tier: int, values: dict[int, I64] = values) -> I64:
            return values[tier]

        for change in watch.changes(loads):
            held[change.tier] |= set(change.up.tolist())
            held[change.tier] -= set(change.down.tolist())
            assert set(change.up.tolist()).isdisjoint(change.down.tolist())
        before = held[4]
        for rank in some.tolist():
            load_now = int(values[4][rank])
            if load_now > 9_000:
                assert rank in before
            if load_now <= 8_100:
                assert rank not in before
        assert all(values[4][rank] > 8_100 for rank in before)
        assert held[5] == set()
    assert held[4]


def test_a_restored_watch_sees_only_what_changed(registry: Registry, book: Rulebook) -> None:
    values = {4: np.zeros(registry.size(4), np.int64), 5: np.zeros(registry.size(5), np.int64)}
    values[4][[7, 9]] = 20_000

    def loads(_: Metric, tier: int) -> I64:
        return values[tier]

    first, findings = watch_of(book, registry), Findings()
    step(findings, first.truths(first.changes(loads)), 1)
    assert {one.phase for one in findings.open()} == {"pending"}
    again = watch_of(book, registry)
    again.restore(findings)
    assert again.changes(loads) == []
    values[4][7] = 0
    (change,) = again.changes(loads)
    assert (change.up.tolist(), change.down.tolist()) == ([], [7])


def test_a_peer_quantile_lifts_the_level_of_all(registry: Registry, book: Rulebook) -> None:
    watch = watch_of(book, registry, 0.95)
    values = {4: np.full(registry.size(4), 12_000, np.int64), 5: np.zeros(registry.size(5), np.int64)}
    values[4][3] = 12_001
    values[4][1_000:] = 0  # nothing is heard of these, so they are no peers
    (change,) = watch.changes(lambda _, tier: values[tier])
    assert change.up.tolist() == [3]
    assert change.up_levels.tolist() == [12_000]


def test_an_explanation_shows_text_version_inputs_and_arithmetic(registry: Registry, book: Rulebook) -> None:
    facts = gather(batch(), registry, CALENDAR)
    truth = next(one for one in judge(book, facts.issued, CALENDAR) if one.rule == "R11-short-notice")
    shown = explain(truth, book, facts)
    assert shown.arithmetic == "lead_working_minutes = 180 <= 480 working minutes"
    assert (shown.edition, shown.basis.verified, shown.layer) == ("national@2024-08-06", False, "notice")
    assert [(one.name, one.value) for one in shown.inputs] == [("lead_working_minutes", 180)]
    assert [(one.title, one.issuer) for one in shown.events] == [("事项 a", "510104-education")]
    assert shown.finding == truth.id
    assert "申诉" in shown.appeal.zh


def test_a_load_is_explained_by_its_postings_and_their_issuers(registry: Registry, book: Rulebook) -> None:
    events = [event("x", effort_minutes=900), event("y", issuer="510104-health", effort_minutes=300)]
    now = events[0].time_us
    postings = postings_from(events, registry, estimate, now)
    tier, rank = registry.rank_of("510104017")
    metric = Metric.parse("all.minutes.7d")
    parts = contributions(postings, metric, now, tier, rank)
    towns = postings.select(postings.tier == tier)
    assert (
        sum(one.amount for one in parts)
        == loads_at(towns, metric, now, {tier: registry.size(tier)})[tier][rank]
        == 1_200
    )
    truth = Truth("R20-hotspot", "unit:510104017", "", True, 1_200.0, 9_000.0, "national@2024-08-06")
    shown = explain(truth, book, gather(events, registry, CALENDAR), parts, {0: "//t#x", 1: "//t#y"})
    assert [(one.issuer, one.share) for one in shown.shares] == [("510104-education", 0.75), ("510104-health", 0.25)]
    assert [one.arithmetic for one in shown.events] == ["0 + 900 = 900", "900 + 300 = 1200"]


def test_a_finding_of_an_unknown_version_cannot_be_explained(book: Rulebook) -> None:
    with pytest.raises(UnknownRule, match="load the pack version"):
        explain(Truth("R20-hotspot", "unit:1", "", True, 1.0, 0.0, "national@1999-01-01"), book)


def test_a_backtest_counts_what_judging_finds_in_chunks_or_whole(registry: Registry, book: Rulebook) -> None:
    flood = event("f", deadline_at="2026-03-02T17:00:00+08:00", emergency=True, emergency_ground="洪水")
    facts = gather([*batch(), flood], registry, CALENDAR)
    frame = events_table(facts.issued, CALENDAR)
    rows = found(frame, book, "events")
    truths = judge(book, facts.issued, CALENDAR)
    assert sorted(rows.select("rule", "subject", "exempt").rows()) == sorted(
        (one.rule, one.subject, bool(one.exempt)) for one in truths
    )
    chunks = [found(frame[at : at + 2], book, "events") for at in range(0, len(frame), 2)]
    assert sorted(row[0] for chunk in chunks for row in chunk.rows()) == sorted(rows["rule"].to_list())
    line = next(one for one in summary(rows) if one.rule == "R11-short-notice")
    assert (line.findings, line.exempt, dict(line.messages)) == (1, 1, {"issuer": 1, "office": 1, "unit": 1})


def test_a_backtest_says_what_a_changed_limit_would_have_done(registry: Registry, book: Rulebook) -> None:
    facts = gather(batch(), registry, CALENDAR)
    looks = [facts.issued[-1].at_us + day * 86_400_000_000 for day in (0, 10, 20)]
    packs = [pack for pack in book.packs if pack.name == "national"]
    rules = tuple(
        one.model_copy(update={"limit": 400.0}) if one.id == "R02-half-day" else one for one in packs[0].rules
    )
    changed = Rulebook([packs[0].model_copy(update={"rules": rules})])
    before, after = (summary(replayed(one, facts, looks)) for one in (Rulebook(packs), changed))
    assert compared(before, after) == (("R02-half-day", 1, 0),)
    assert not any(
        one.rule == "R01-no-outcome" for one in before
    )  # a meeting that names no time is not known to have ended
