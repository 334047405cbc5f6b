"""Demands put aside for backtests: each in exactly one batch whatever crashes, and rules find among them what they find among the events."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from clickhouse_connect.driver.client import Client

from streams.agents.judge.archive import BacktestArchive
from streams.calendars import Calendar
from streams.desk.backtesting import at_limit, backtested, named, past
from streams.events import Event, decode
from streams.registry import Registry
from streams.rules import BUILDERS, Lists, Rulebook, gather, load, shipped
from streams.rules.backtest import Line, found, summary
from streams.rules.recorded import Recorded
from streams.simulate import stream
from streams.store import OutOfScope, Scope, insert_events
from streams.store import backtest_batches as batches
from streams.store.backtest_batches import batches_between, last_batch

pytestmark = pytest.mark.store
OPERATOR = Scope("op", "operator", ("",))
EVER = (0, 2**62)
CALENDAR = Calendar.load()


@pytest.fixture(scope="module")
def events() -> list[Event]:
    from streams.registry import load as load_registry

    found_: dict[tuple[str, str], Event] = {}
    for one in stream(load_registry(), seed=3, start=date(2026, 3, 2), end=date(2026, 3, 20), area="5101", scale=1.0):
        event = decode(one.raw)
        found_.setdefault((event.source, event.id), event)
    return list(found_.values())


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook(load(shipped()))


def put(client: Client, events: list[Event], first: int = 0) -> None:
    """As admit stores them, over two parts of the log."""
    rows = [
        {
            "pos": (number % 2) << 44 | number, "ident": event.ident, "digest": event.digest, "source": event.source, "id": event.id,
            "type": event.type, "kind": 0, "verb": event.verb, "time_us": event.time_us, "issuer": event.issuer, "title": event.title,
            "doc_no": event.doc_no, "starts_us": None, "deadline_us": None, "receivers": 0, "likely": 0, "recurrence": "",
            "body": event.body, "admitted_us": event.time_us,
        }
        for number, event in enumerate(events, first)
    ]  # fmt: skip
    insert_events(client, {name: [row[name] for row in rows] for name in rows[0]}, f"t{first}")


def directly(
    book: Rulebook, events: list[Event], registry: Registry, recorded: Recorded | None = None
) -> tuple[Line, ...]:
    facts = gather([event for event in events if event.verb == "issued"], registry, CALENDAR, recorded=recorded)
    return summary(found(BUILDERS["events"](facts, 0), book, "events"))


def archive(client: Client, registry: Registry, batch: int = 300, recorded: Recorded | None = None) -> BacktestArchive:
    return BacktestArchive(client, registry, CALENDAR, Lists, batch, lambda: recorded or {})


def test_a_backtest_of_the_store_finds_what_the_events_hold(
    client: Client, registry: Registry, events: list[Event], book: Rulebook
) -> None:
    events = events[: len(events) // 300 * 300]
    put(client, events)
    issued = gather([event for event in events if event.verb == "issued"], registry, CALENDAR)
    one = archive(client, registry, recorded=issued.recorded)
    batches = 0
    while one.step():
        batches += 1
    assert batches == len(events) // 300
    assert last_batch(client).seq == batches
    whole = directly(book, events, registry)
    assert len(whole) > 10
    assert backtested(client, OPERATOR, registry, CALENDAR, book, *EVER) == whole
    middle = sorted(event.time_us for event in events)[len(events) // 2]
    late = [event for event in events if event.time_us > middle]
    assert backtested(client, OPERATOR, registry, CALENDAR, book, middle + 1, EVER[1]) == directly(
        book, late, registry, issued.recorded
    )


def test_nothing_is_framed_twice_or_lost_when_it_dies_after_each_insert(
    client: Client, registry: Registry, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(client, events[:1000])

    def dies(*arguments: object) -> None:
        batches.insert_batch(*arguments)  # type: ignore[arg-type]
        raise ConnectionError("killed")

    for _ in range(3):
        with monkeypatch.context() as patch:
            patch.setattr("streams.agents.judge.archive.insert_batch", dies)
            with pytest.raises(ConnectionError):
                archive(client, registry).step()
    two, other = archive(client, registry, 50), archive(client, registry, 50)
    put(client, events[1000:1400], 1000)
    while two.step() or other.step():
        pass
    rows = sum(len(part) for part in batches_between(client, *EVER, frozenset({"at_us"})))
    assert rows == sum(event.verb == "issued" for event in events[:1400])


def test_only_columns_that_rules_name_are_read(
    client: Client, registry: Registry, events: list[Event], book: Rulebook
) -> None:
    put(client, events[:600])
    archive(client, registry).step()
    columns = named(book)
    assert "char_count" in columns
    (part, *_) = batches_between(client, *EVER, columns)
    assert "subject" in part.columns
    assert set(part.columns) >= columns


def test_outsiders_ask_in_vain(client: Client, registry: Registry, book: Rulebook) -> None:
    for scope in (Scope("s", "supervisor", ("51",)), dataclasses.replace(OPERATOR, role="unit", areas=("510104017",))):
        with pytest.raises(OutOfScope):
            backtested(client, scope, registry, CALENDAR, book, *EVER)


def test_the_slider_sees_every_demand_under_any_limit(
    client: Client, registry: Registry, events: list[Event], book: Rulebook
) -> None:
    put(client, events)
    one = archive(client, registry)
    while one.step():
        pass
    pack = next(pack for pack in book.packs if pack.name == "national")
    rule = next(rule for rule in pack.rules if rule.id == "R11-short-notice")
    now_us = max(event.time_us for event in events)
    whole = past(client, OPERATOR, registry, CALENDAR, pack, rule, "", now_us, 60)
    assert whole.events == sum(event.verb == "issued" for event in events)
    part = past(client, Scope("s", "supervisor", ("510104",)), registry, CALENDAR, pack, rule, "510104", now_us, 60)
    assert 0 < len(part.rows) < len(whole.rows)
    (line,) = (one for one in directly(book, events, registry) if one.rule == rule.id)
    assert at_limit(whole.rows, pack, rule, rule.limit) == line
    counts = [at_limit(whole.rows, pack, rule, limit).findings for limit in (0, 240, 480, 960, 1920)]
    assert counts == sorted(counts)
    with pytest.raises(OutOfScope):
        past(client, Scope("t", "unit", ("510104017",)), registry, CALENDAR, pack, rule, "510104017", now_us, 60)
