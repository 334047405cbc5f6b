"""The notifier over a real store: whatever dies at whatever point, no alert is lost and at most one comes twice."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from streams.agents.notifier import notifier as notifying
from streams.agents.notifier.notifier import Notifier
from streams.agents.notifier.outbox import Outbox
from streams.alerts.cases import Act
from streams.alerts.channels import ChannelFault
from streams.alerts.message import Words
from streams.alerts.model import Notification, Silence
from streams.registry import load
from streams.rules import Rulebook, shipped
from streams.rules import load as load_packs
from streams.store.alerting import (
    insert_silence,
    sent_in,
    withheld_of,
)
from streams.store.casework import acts_of, acts_of_all, insert_act, verdicts
from streams.store.findings import StoredTransition, insert_transitions
from streams.store.scope import Scope, Unseen
from streams.store.workers import load_notifications, load_silences, load_withheld, settled
from tests.unit.alerts.country import CALENDAR, FIRING, NOON, H, M, policy

BOOK = Rulebook(load_packs(shipped()))
TABLES = ("transitions", "notifications", "withheld", "deliveries", "silences", "case_acts")
NATION = Scope("l", "leadership", ("",))


class Crash(BaseException):
    """The process ended here."""


class Recorder:
    """A receiver; fails as often as it is told."""

    def __init__(self, fails: int = 0, *, permanent: bool = False) -> None:
        self.taken: list[str] = []
        self.fails, self.permanent = fails, permanent

    def send(self, one: Notification, _words: Words) -> None:
        if self.fails:
            self.fails -= 1
            raise ChannelFault("webhook: answered 503", permanent=self.permanent)
        self.taken.append(one.id)


@pytest.fixture
def empty(migrated: Client) -> Iterator[Client]:
    for table in TABLES:
        migrated.command(f"TRUNCATE TABLE {table}")
    yield migrated
    for table in TABLES:
        migrated.command(f"TRUNCATE TABLE {table}")


def notifier(
    client: Client, recorder: Recorder, now_us: int, clock: Callable[[], int] | None = None, **changes: Any
) -> Notifier:
    def outbox(words: Words) -> Outbox:
        return Outbox({"all": (recorder, 6_000)}, words, clock or (lambda: now_us))

    return Notifier(client, load(), BOOK, CALENDAR, policy(**changes), outbox, now_us)


def settle(one: Notifier, now_us: int) -> None:
    """Steps until everything has arrived."""
    begin = time.monotonic()
    while True:
        one.step(now_us)
        if one.is_idle:
            return
        assert time.monotonic() - begin < 20


def found(client: Client, count: int, first: int = 1) -> None:
    rows = [
        StoredTransition(n, replace(FIRING, finding=f"{n:032x}", rule="R11-short-notice" if n % 2 else "R12-x"))
        for n in range(first, first + count)
    ]
    insert_transitions(client, rows)


def test_what_was_found_is_told_once_and_on_record(empty: Client) -> None:
    recorder = Recorder()
    one = notifier(empty, recorder, NOON)
    found(empty, 5)
    settle(one, NOON)
    settle(one, NOON + M)
    stored = load_notifications(empty)
    assert sorted(recorder.taken) == sorted(row.notification.id for row in stored)
    assert Counter(row.notification.recipient.code for row in stored)["510104-education"] == 2
    assert settled(empty)[0] == {(row.notification.id, "all") for row in stored}
    assert len(sent_in(empty, NATION)) == len(stored)
    assert [row["recipient"] for row in sent_in(empty, Scope("o", "issuer", (), ("510104-education",)))] == [
        "510104-education"
    ] * 2
    assert sent_in(empty, Scope("s", "supervisor", ("52",))) == []


@pytest.mark.parametrize("point", range(1, 13))
def test_a_death_at_any_point_loses_nothing_and_repeats_at_most_one(
    empty: Client, monkeypatch: pytest.MonkeyPatch, point: int
) -> None:
    recorder = Recorder()
    calls = 0

    def deadly(function: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
        def called(*args: Any, **more: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == point and not after:
                raise Crash
            result = function(*args, **more)
            if calls == point and after:
                raise Crash
            return result

        return called

    found(empty, 6)
    for name in ("insert_notifications", "insert_withheld", "insert_deliveries"):
        monkeypatch.setattr(notifying, name, deadly(getattr(notifying, name), after=point % 2 == 0))
    begin = time.monotonic()
    alive: Notifier | None = None
    while time.monotonic() - begin < 20:
        try:
            alive = alive or notifier(empty, recorder, NOON)
            alive.step(NOON)
            if alive.is_idle and calls >= point:
                alive.step(NOON)
                break
        except Crash:
            alive = None
    assert alive is not None
    ids = {row.notification.id for row in load_notifications(empty)}
    assert set(recorder.taken) == ids
    assert len(ids) == len(load_notifications(empty))
    assert len(recorder.taken) <= len(ids) + 1


def test_a_receiver_that_is_away_is_asked_again(empty: Client) -> None:
    recorder = Recorder(fails=2)
    now = [NOON]
    one = notifier(empty, recorder, NOON, lambda: now[0])
    found(empty, 1)
    begin = time.monotonic()
    while not recorder.taken and time.monotonic() - begin < 20:
        one.step(NOON)
        now[0] += 10_000_000
    settle(one, NOON)
    history = next(row for row in sent_in(empty, NATION) if row["id"] == recorder.taken[0])
    assert [tried["outcome"] for tried in history["attempts"]].count("failed") == 2
    assert history["attempts"][0]["error"] == "webhook: answered 503"


def test_what_can_never_arrive_is_given_up_and_said(empty: Client) -> None:
    recorder = Recorder(fails=1, permanent=True)
    one = notifier(empty, recorder, NOON)
    found(empty, 1)
    settle(one, NOON)
    outcomes = Counter(tried["outcome"] for row in sent_in(empty, NATION) for tried in row["attempts"])
    assert outcomes["given-up"] == 1
    settle(notifier(empty, recorder, NOON), NOON)
    assert Counter(tried["outcome"] for row in sent_in(empty, NATION) for tried in row["attempts"]) == outcomes


def test_silences_are_read_and_kept(empty: Client) -> None:
    silence = Silence("s1", "chen", "迎检期间", NOON, NOON, NOON + H, area="5101")
    insert_silence(empty, silence)
    recorder = Recorder()
    found(empty, 1)
    settle(notifier(empty, recorder, NOON), NOON)
    assert load_silences(empty) == [silence]
    assert all(row.notification.occasion == "watchdog" for row in load_notifications(empty))
    assert {row.reason for row in load_withheld(empty)} == {"silenced"}
    assert {row["reason"] for row in withheld_of(empty, NATION, load(), f"{1:032x}")} == {"silenced"}


def test_ten_thousand_findings_in_a_second(empty: Client) -> None:
    recorder = Recorder()
    bodies = {"name": "all", "webhook": "http://127.0.0.1:9/hook", "roles": ["issuer", "office", "supervising"]}
    one = notifier(empty, recorder, NOON, receivers=[bodies])
    rows = [
        StoredTransition(n, replace(FIRING, finding=f"{n:032x}", place=f"5101041{n:05d}")) for n in range(1, 10_001)
    ]
    insert_transitions(empty, rows)
    settle(one, NOON)
    groups = Counter(
        row.notification.group for row in load_notifications(empty) if row.notification.occasion == "firing"
    )
    assert set(groups.values()) == {1}
    assert all(
        row.notification.count == 10_000 for row in load_notifications(empty) if row.notification.occasion == "firing"
    )


def test_acts_come_back_as_they_went_and_a_number_is_given_once(empty: Client) -> None:
    first = Act("f" * 32, 1, "acknowledge", "chen", NOON)
    insert_act(empty, first, "R11")
    insert_act(empty, replace(first, by="li"), "R11")
    second = Act("f" * 32, 2, "decide", "chen", NOON + 1, "属实", verdict="upheld")
    insert_act(empty, second, "R11")
    registry, other = load(), Scope("s", "supervisor", ("52",))
    with pytest.raises(Unseen):
        acts_of(empty, NATION, registry, "f" * 32)  # of a finding that there is not
    insert_transitions(empty, [StoredTransition(1, replace(FIRING, finding="f" * 32))])
    assert acts_of(empty, NATION, registry, "f" * 32) == [first, second]
    assert acts_of_all(empty, NATION, ["f" * 32, "e" * 32]) == {"f" * 32: [first, second]}
    assert acts_of_all(empty, other, ["f" * 32, "e" * 32]) == {}
    with pytest.raises(Unseen):
        acts_of(empty, other, registry, "f" * 32)
    assert verdicts(empty) == [("R11", "upheld")]
