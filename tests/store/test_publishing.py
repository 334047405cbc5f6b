"""Findings told to the outside: in portions, noted only when they arrived, told again after a crash with the same identity."""

from __future__ import annotations

import json
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from streams.agents.judge.publishing import PORTION, Publisher
from streams.rules import Transition
from streams.store.findings import StoredTransition, insert_transitions

pytestmark = pytest.mark.store


class Sent:
    """What a producer promises for one record."""

    def __init__(self) -> None:
        self.is_done = False
        self.exception: Exception | None = None

    def failed(self) -> bool:
        return self.exception is not None


class Wire:
    """A producer whose records arrive when the test says so."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.sent: list[Sent] = []

    def send(self, _topic: str, *, value: bytes, **_more: Any) -> Sent:
        self.ids.append(json.loads(value)["id"])
        self.sent.append(Sent())
        return self.sent[-1]

    def flush(self) -> None:
        for one in self.sent:
            one.is_done = True


def put(client: Client, first: int, last: int) -> None:
    made = [
        StoredTransition(
            seq,
            Transition(
                finding=f"{seq:032x}", rule="R01-x", subject="unit:5101", period="", was="inactive", phase="firing", holds=True, at_us=seq,
                since_us=seq, episode=1, value=2.0, limit=1.0, edition="2026-01-01", layer="breach", for_us=0, keep_firing_us=0,
            ),
        )
        for seq in range(first, last + 1)
    ]  # fmt: skip
    insert_transitions(client, made)


def test_a_slow_broker_holds_nobody_up(client: Client) -> None:
    put(client, 1, PORTION + 5)
    wire = Wire()
    publisher = Publisher(client, wire)
    assert publisher.publish(PORTION + 5) == PORTION
    assert publisher.publish(PORTION + 5) == 0, "the first portion is still under way"
    assert Publisher(client, Wire()).publish(PORTION + 5) == PORTION, "what has not arrived is not noted"
    wire.flush()
    assert publisher.publish(PORTION + 5) == 5
    publisher.finish(PORTION + 5)
    assert wire.ids == [f"{seq:032x}-{seq}" for seq in range(1, PORTION + 6)]
    again = Wire()
    Publisher(client, again).finish(PORTION + 5)
    assert again.ids == []


def test_what_did_not_arrive_is_told_again_by_the_next(client: Client) -> None:
    put(client, 1, 3)
    wire = Wire()
    publisher = Publisher(client, wire)
    publisher.publish(3)
    wire.flush()
    wire.sent[1].exception = RuntimeError("too large")
    with pytest.raises(RuntimeError, match="too large"):
        publisher.publish(3)
    again = Wire()
    Publisher(client, again).finish(3)
    assert again.ids == wire.ids


def test_a_number_that_is_not_stored_yet_is_waited_for(client: Client) -> None:
    put(client, 1, 2)
    wire = Wire()
    publisher = Publisher(client, wire)
    publisher.finish(2)
    assert publisher.publish(3) == 0
    put(client, 3, 3)
    assert publisher.publish(3) == 1
