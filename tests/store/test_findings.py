"""Findings come back as they went, once each, and only to those who may see them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from clickhouse_connect.driver.client import Client

from streams import store
from streams.registry import load
from streams.rules import Transition
from streams.store.findings import StoredTransition, finding_history, findings_in, insert_transitions, load_transitions
from streams.store.scope import OutOfScope, Scope

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
    assert [one.seq for one in finding_history(migrated, NATION, "a" * 32)] == [1, 3]
    assert len(rows) == 3


def test_nobody_sees_what_is_outside(migrated: Client, rows: list[StoredTransition]) -> None:
    registry = load()
    assert [one.seq for one in findings_in(migrated, SICHUAN, registry, "51", phase="")] == [3]
    for area in ("", "11", "110101"):
        with pytest.raises(OutOfScope):
            findings_in(migrated, SICHUAN, registry, area, phase="")
    with pytest.raises(OutOfScope):
        finding_history(migrated, SICHUAN, "b" * 32)
    assert [one.seq for one in findings_in(migrated, OFFICE, registry, "", phase="")] == [2]
    with pytest.raises(OutOfScope):
        finding_history(migrated, OFFICE, "a" * 32)
    assert finding_history(migrated, SICHUAN, "c" * 32) == []
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
