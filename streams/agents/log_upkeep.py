"""Before any worker runs: the kept log has all that the store has, and the store all that the kept log has.

A log from before ``burden.admitted`` is copied there once, from the store; only then does ``burden.events`` get its short retention. A store
that was lost, or restored from a backup of a running system, is filled with the events of ``burden.admitted``, and all demands are posted anew;
what people and rules did with them (cases, findings, messages) stood in the store alone. All of it can be interrupted and done again.

Flows in: a broker, a store, a registry. Flows out: records of ``burden.admitted``, rows of events and refs. Touches both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Final, TypeVar

from clickhouse_connect.driver.client import Client
from kafka import KafkaProducer

from streams import effort
from streams.agents.admitted import Kept, pages, read
from streams.agents.topics import ADMITTED, EVENTS, apply_configs, log_identity
from streams.agents.worker.admission import Taken, checked
from streams.agents.worker.epoch import KEY
from streams.agents.worker.storing import store_taken
from streams.config.kafka import Brokers
from streams.events import decode_stored
from streams.events.log_position import epoch_of
from streams.registry import Registry
from streams.store import get_meta, load_idents, set_meta
from streams.store.loads import all_events, any_event
from streams.store.reposting import repost

COPIED: Final = "admitted-copied"
ROWS: Final = 20_000
T = TypeVar("T")


def settle_log(kafka: Brokers, client: Client, registry: Registry, now_us: int, *, restored: bool = False) -> str:
    """Make log and store agree; what was done, in one line, "" where nothing was.

    ``restored``: from a backup of a running system, whose kept log may have more than its store. Raises Refused where the registry does not know
    what a kept event names.
    """
    if any_event(client) and not restored:
        if get_meta(client, COPIED) == "1":
            return ""
        copied = _copy(kafka, client)
        done = f"{copied} admitted events were copied to {ADMITTED}; {EVENTS} is kept seven days from now on"
    else:
        filled = _fill(kafka, client, registry, now_us)
        done = (
            f"the store lacked {filled} events that {ADMITTED} has: taken from there, all demands are posted anew"
            if filled
            else ""
        )
    apply_configs(kafka, EVENTS)
    set_meta(client, COPIED, "1", now_us)
    return done


def _copy(kafka: Brokers, client: Client) -> int:
    """Write every stored event to the kept log."""
    logs: list[str] = json.loads(get_meta(client, KEY) or "[]") or [log_identity(kafka)]
    number = 0
    with closing(KafkaProducer(**kafka.client(), acks="all", max_request_size=1_500_000)) as producer:
        for rows in _chunks(all_events(client, 0)):
            for epoch in sorted({epoch_of(row.pos) for row in rows}):
                mine = [
                    Kept(row.pos, row.admitted_us, row.digest, row.body) for row in rows if epoch_of(row.pos) == epoch
                ]
                sent = [
                    producer.send(ADMITTED, value, partition=partition) for partition, value in pages(logs[epoch], mine)
                ]
                for one in sent:
                    one.get(timeout=60)
            number += len(rows)
    return number


def _fill(kafka: Brokers, client: Client, registry: Registry, now_us: int) -> int:
    """Store what the kept log has and the store has not; how many events."""
    logs: dict[int, str] = {}
    number = 0
    stored = set(load_idents(client, range(4096)).pos.tolist())
    for rows in _chunks(_missing(kafka, registry, stored, logs)):
        number += len(rows)
        store_taken(client, registry, rows, f"fill-{rows[0].pos}-{rows[-1].pos}")
    if number:
        known = json.loads(get_meta(client, KEY) or "[]")
        logs |= dict(enumerate(known))
        set_meta(client, KEY, json.dumps([logs.get(epoch, "") for epoch in range(max(logs) + 1)]), now_us)
        repost(client, now_us)
    return number


def _missing(kafka: Brokers, registry: Registry, seen: set[int], logs: dict[int, str]) -> Iterator[Taken]:
    """What stands at other positions than these, each once; the identities of the logs by epoch are noted."""
    for page in read(kafka):
        for row in page.rows:
            if row.pos not in seen and (event := decode_stored(row.body)) is not None:
                seen.add(row.pos)
                logs[epoch_of(row.pos)] = page.log
                yield Taken(event, row.pos, row.time_us, *checked(event, registry, effort.estimate), again=True)


def _chunks(rows: Iterator[T]) -> Iterator[list[T]]:
    while chunk := list(islice(rows, ROWS)):
        yield chunk
