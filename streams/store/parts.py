"""How each part of the installation is doing, by what it last completed: never by whether its process is there.

Flows in: a client, an instant. Flows out: ``PartState`` rows. They name no place and no issuer, so reads take no Scope.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from clickhouse_connect.driver.client import Client

from streams.store.rounds import last_rounds
from streams.store.scope import for_everyone

SECOND_US: Final = 1_000_000
HOUR_US: Final = 3_600 * SECOND_US
STILL_S: Final = 60
"""A worker that leaves records lying for so long without taking one stands still."""
BOUNDS_S: Final[dict[tuple[str, str], int]] = {
    ("worker", "admit"): 60, ("worker", "tally"): 60,
    ("judge", "event"): 60, ("judge", "load"): 60, ("judge", "relation"): 600, ("judge", "quota"): 600, ("judge", "absence"): 600,
    ("notifier", "alerts"): 60, ("notifier", "deliveries"): 60,
}  # fmt: skip
"""How old the last completed round of each part may be."""
Condition = Literal["ok", "late", "still", "never"]
"""In time; its last round too long ago; records lie there and none is taken; not one round within a day."""


class PartState(NamedTuple):
    """One part: when it last completed a round (0: not within a day), how old that may be, what waits for it."""

    part: str
    name: str
    at_us: int
    age_s: int
    bound_s: int
    condition: Condition
    waiting: int = 0

    @property
    def is_ok(self) -> bool:
        return self.condition == "ok"


@for_everyone
def part_states(client: Client, at_us: int) -> list[PartState]:
    """All parts in the order in which an event meets them."""
    last = {(row.part, row.name): row.at_us for row in last_rounds(client, at_us)}
    waiting: dict[tuple[str, str], int] = {}
    still: set[tuple[str, str]] = set()
    for component, reported_us, lag, stands in _workers(client, at_us):
        key = ("worker", component)
        last[key], waiting[key] = reported_us, lag
        if stands:
            still.add(key)
    return [_state(key, last.get(key, 0), waiting.get(key, 0), key in still, at_us) for key in BOUNDS_S]


def _state(key: tuple[str, str], last_us: int, waiting: int, is_still: bool, at_us: int) -> PartState:
    age_s = max(0, at_us - last_us) // SECOND_US if last_us else 0
    condition: Condition = "ok"
    if not last_us:
        condition = "never"
    elif age_s > BOUNDS_S[key]:
        condition = "late"
    elif is_still:
        condition = "still"
    return PartState(*key, last_us, age_s, BOUNDS_S[key], condition, waiting)


def _workers(client: Client, at_us: int) -> list[tuple[str, int, int, bool]]:
    """Component, its partitions' oldest last report, records that wait, and whether any partition stands still."""
    rows = client.query(
        "SELECT component, min(last), sum(behind), max(stands) FROM ("
        "SELECT component, partition, max(at_us) AS last, argMax(lag, at_us) AS behind, "
        "countIf(at_us > {still:Int64}) > 30 AND minIf(lag, at_us > {still:Int64}) > 0 "
        "AND minIf(watermark_us, at_us > {still:Int64}) = maxIf(watermark_us, at_us > {still:Int64}) AS stands "
        "FROM workers WHERE at_us > {hour:Int64} AND at_us <= {at:Int64} GROUP BY component, partition) GROUP BY component",
        parameters={"still": at_us - STILL_S * SECOND_US, "hour": at_us - HOUR_US, "at": at_us + SECOND_US},
    ).result_rows
    return [(str(component), int(last), int(lag), bool(stands)) for component, last, lag, stands in rows]


@for_everyone
def ping(client: Client) -> None:
    """Asks the store for something that it must read from its own tables. Raises what clickhouse-connect raises."""
    client.command("SELECT count() FROM meta")


@for_everyone
def has_reported(client: Client, component: str, since_us: int) -> bool:
    """Whether a worker's part (admit or tally) has reported since an instant. Says nothing of any place or issuer, so it takes no Scope."""
    rows = client.query(
        "SELECT count() FROM workers WHERE component = {component:String} AND at_us > {since:Int64}",
        parameters={"component": component, "since": since_us},
    ).result_rows
    return bool(rows[0][0])
