"""Load stays right when the register of units changes, or the formulas of effort: what was posted by others is posted anew.

Postings name units by their rank, which belongs to one version of the register, and hold minutes that one edition of the formulas made.

Flows in: a client, the registry of this start. Flows out: a store without postings of other ranks, and a note for the worker to post all demands
anew. Asked once before any worker runs (``up``, ``streams.system.prepare``).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from clickhouse_connect.driver.client import Client

from streams.effort import edition
from streams.events import Refused, decode_stored
from streams.registry import Registry
from streams.registry.naming import reached
from streams.store.loads import all_events
from streams.store.writers import get_meta, set_meta

REGISTRY: Final = "registry"
REPOST: Final = "repost"
RANKED: Final = ("postings", "rollups", "ticks")
"""Tables in which units are ranks."""
NAMED: Final = 5


class UnitsLost(RuntimeError):
    """The registry no longer lists units or bodies that stored demands name; the text says which and what to do."""


def ranks_of(registry: Registry) -> str:
    """Names the ranks of a registry: equal texts have every unit at the same rank of the same tier."""
    digest = blake2b(digest_size=16)
    for tier in registry.tiers:
        digest.update(registry.tier_name(tier).encode() + b"\0" + registry.numbers(tier).tobytes())
    return digest.hexdigest()


def settle_registry(client: Client, registry: Registry, now_us: int) -> bool:
    """Make the store fit the registry and the formulas; whether everything is to be posted anew. Raises UnitsLost, and changes nothing then.

    A start that is interrupted here does the same again.
    """
    wanted, noted = f"{ranks_of(registry)} {edition()}", get_meta(client, REGISTRY)
    if noted == wanted:
        return False
    if noted is not None:
        _require_all(client, registry)
        repost(client, now_us)
    set_meta(client, REGISTRY, wanted, now_us + 1)
    return noted is not None


def repost(client: Client, now_us: int) -> None:
    """Forget all postings and have the worker post every demand anew."""
    set_meta(client, REPOST, "1", now_us)
    for table in RANKED:
        client.command(f"TRUNCATE TABLE {table}")


def _require_all(client: Client, registry: Registry) -> None:
    """Whether every stored event still names what there is: a demand of units that are gone would lose its load in silence."""
    lost: list[str] = []
    for row in all_events(client, 0):
        event = decode_stored(row.body)
        if event is None:
            continue
        try:
            reached(event, registry)
        except Refused as refused:
            lost.append(f"{event.source} {event.id}: {refused.faults[0]}")
            if len(lost) == NAMED:
                break
    if lost:
        raise UnitsLost(
            "the registry no longer lists what stored demands name: " + "; ".join(lost)
            + "; import those units again (a merged unit keeps its row, with valid_to) and start again"
        )  # fmt: skip


def is_to_repost(client: Client) -> bool:
    """Whether all demands are to be posted anew."""
    return get_meta(client, REPOST) == "1"


def reposted(client: Client, now_us: int) -> None:
    """Note that every demand was handed out to be posted anew."""
    set_meta(client, REPOST, "0", now_us)


def issued_keys(client: Client) -> list[tuple[int, int]]:
    """Key and ident of every issued event."""
    rows = client.query("SELECT pos, ident FROM events WHERE verb = 'issued' ORDER BY pos").result_rows
    return [(int(pos), int(ident)) for pos, ident in rows]
