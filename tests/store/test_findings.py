"""Findings come back as they went, once each, and only to those who may see them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from clickhouse_connect.driver.client import Client

from streams import store
from streams.registry import load
from streams.rules import Transition
from streams.store.findings import (
    NOBODY,
    StoredTransition,
    finding_history,
    findings_in,
    insert_transitions,
    open_counts,
    open_groups,
)
from streams.store.scope import OutOfScope, Scope, Unseen
from streams.store.workers import load_transitions

NATION = Scope("l", "leadership", ("",))
SICHUAN = Scope("s", "supervisor", ("51",))
OFFICE = Scope("o", "issuer", (), ("110000-office",))
BASE = Transition(
    finding="a" * 32, rule="R11-short-notice", subject="event://oa.example.cn/x#1", period="", was="inactive", phase="firing", holds=True,
    at_us=1_000, since_us=1_000, episode=1, value=60.0, limit=480.0, edition="national@2024-08-06", layer="notice", for_us=0,
    keep_firing_us=0, issuer="510104-office", place="510104",
)  # fmt: skip


@pytest.fixture
def rows(migrated: Client) -> list[StoredTransition]:
    migrated.command("TRUNCATE TABLE transitions")
    made = [
        StoredTransition(1, BASE, "", ("//oa.example.cn/x#1",), {"lead_working_minutes": 60}),
        StoredTransition(2, replace(BASE, finding="b" * 32, place="110101", issuer="110000-office")),
        StoredTransition(3, replace(BASE, was="firing", phase="resolved", holds=False, at_us=2_000)),
    ]
    for _ in range(2):  # a retry lands once
        assert insert_transitions(migrated, made) == 3
    return made


def test_they_come_back_as_they_went(migrated: Client, rows: list[StoredTransition]) -> None:
    assert load_transitions(migrated) == rows
    assert load_transitions(migrated, 2) == rows[2:]
    assert rows[0].truth.inputs == {"lead_working_minutes": 60}


def test_a_finding_is_its_last_transition(migrated: Client, rows: list[StoredTransition]) -> None:
    registry = load()
    assert [one.seq for one in findings_in(migrated, NATION, registry, "")] == [2]
    assert [one.seq for one in findings_in(migrated, NATION, registry, "", phase="")] == [3, 2]
    assert [one.seq for one in findings_in(migrated, NATION, registry, "51", phase="resolved", rule="R11")] == [3]
    assert findings_in(migrated, NATION, registry, "", rule="R12") == []
    assert [one.seq for one in finding_history(migrated, NATION, registry, "a" * 32)] == [1, 3]
    assert len(rows) == 3


def test_nobody_sees_what_is_outside(migrated: Client, rows: list[StoredTransition]) -> None:
    registry = load()
    assert [one.seq for one in findings_in(migrated, SICHUAN, registry, "51", phase="")] == [3]
    for area in ("", "11", "110101"):
        with pytest.raises(OutOfScope):
            findings_in(migrated, SICHUAN, registry, area, phase="")
    with pytest.raises(OutOfScope):
        finding_history(migrated, SICHUAN, registry, "b" * 32)
    assert [one.seq for one in findings_in(migrated, OFFICE, registry, "", phase="")] == [2]
    with pytest.raises(OutOfScope):
        finding_history(migrated, OFFICE, registry, "a" * 32)
    with pytest.raises(Unseen) as unknown:
        finding_history(migrated, SICHUAN, registry, "c" * 32)
    with pytest.raises(Unseen) as foreign:
        finding_history(migrated, SICHUAN, registry, "b" * 32)
    assert str(unknown.value).replace("c", "b") == str(foreign.value).replace("c", "b"), "nobody learns what exists"
    assert len(rows) == 3


def test_postings_and_events_behind_a_cursor(client: Client) -> None:
    from streams.store.loads import events_since, postings_since

    migrated = client
    postings, reached = postings_since(migrated, dict.fromkeys(range(8), 0))
    assert reached == dict.fromkeys(range(8), 0) or len(postings)
    with pytest.raises(ValueError, match="every shard"):
        postings_since(migrated, {1: 0})
    assert events_since(migrated, {}, 10) == events_since(migrated, {0: 0}, 10)
    assert store.get_meta(migrated, "judged") is None


def test_groups_hold_every_open_finding_once_breaches_first(migrated: Client) -> None:
    migrated.command("TRUNCATE TABLE transitions")
    places, rules = ("110101", "510104", "510104", "510105", "51"), ("R11-short-notice", "R20-hotspot")
    made = [
        StoredTransition(
            n + 1,
            replace(
                BASE, finding=f"{n:032x}", rule=rules[n % 2], place=places[n % 5], since_us=1_000 + n,
                layer="breach" if n % 7 == 0 else "notice", issuer="" if n % 2 else f"510104-{'office' if n % 4 else 'health'}",
                phase="resolved" if n % 11 == 0 else "firing",
            ),
        )
        for n in range(300)
    ]  # fmt: skip
    insert_transitions(migrated, made)
    for area in ("", "51", "5101", "510104"):
        groups, in_all = open_groups(migrated, NATION, area, {}, n=1_000)
        assert in_all == len(groups)
        assert sum(one.count for one in groups) == sum(one.count for one in open_counts(migrated, NATION, area))
        layers = [one.layer for one in groups]
        assert layers == sorted(layers, key=["breach", "notice", "fact"].index)
        first, in_all_again = open_groups(migrated, NATION, area, {}, n=2)
        assert (first, in_all_again) == (groups[:2], in_all), "the worst of all, and how many there are"
    counties, _ = open_groups(migrated, NATION, "5101", {}, rule="R20", n=9)
    assert {one.who for one in counties} == {"510104", "510105"}
    issuers, _ = open_groups(migrated, NATION, "510104", {}, n=9)
    assert {one.who for one in issuers} == {"", "510104-office", "510104-health"}
    nobody = open_counts(migrated, NATION, "510104", issuer=NOBODY)
    rows = findings_in(migrated, NATION, load(), "510104", issuer=NOBODY, n=1_000)
    assert sum(one.count for one in nobody) == len(rows) > 0
    assert {one.transition.issuer for one in rows} == {""}
    with pytest.raises(OutOfScope):
        open_groups(migrated, SICHUAN, "", {})
