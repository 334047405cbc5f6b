"""Which log this is: every log that ``burden.events`` ever had gets a number, its epoch, noted in the store.

Positions begin with the epoch, so that a log that was lost and made anew never meets the positions of the old one. ``burden.demands`` has
a number of its own in the same way.
"""

from __future__ import annotations

import json
from typing import Final

from clickhouse_connect.driver.client import Client

from streams.store import get_meta, set_meta

KEY: Final = "logs"
KEY_DEMANDS: Final = "logs-demands"


def known_epoch(client: Client, identity: str) -> int:
    """The epoch of a log that the store knows. Raises ValueError for another."""
    text = get_meta(client, KEY)
    known: list[str] = json.loads(text) if text else []
    if identity not in known:
        raise ValueError("log: the store does not know this log; are broker and store of one installation?")
    return known.index(identity)


def epoch_of(client: Client, identity: str, now_us: int, key: str = KEY) -> int:
    """The epoch of the log with this identity; a new one is noted. Raises ValueError after 256 logs."""
    text = get_meta(client, key)
    known: list[str] = json.loads(text) if text else []
    if identity not in known:
        known.append(identity)
        set_meta(client, key, json.dumps(known), now_us)
    epoch = known.index(identity)
    if epoch > 255:
        raise ValueError(f"epoch {epoch}: the store has seen 256 logs; begin a new store")
    return epoch
