"""Which log this is: every log that ``burden.events`` ever had gets a number, its epoch, noted in the store.

Positions begin with the epoch, so that a log that was lost and made anew never meets the positions of the old one.
"""

from __future__ import annotations

import json
from typing import Final

from clickhouse_connect.driver.client import Client

from streams.store import get_meta, set_meta

KEY: Final = "logs"


def epoch_of(client: Client, identity: str, now_us: int) -> int:
    """The epoch of the log with this identity; a new one is noted. Raises ValueError after 256 logs."""
    text = get_meta(client, KEY)
    known: list[str] = json.loads(text) if text else []
    if identity not in known:
        known.append(identity)
        set_meta(client, KEY, json.dumps(known), now_us)
    epoch = known.index(identity)
    if epoch > 255:
        raise ValueError(f"epoch {epoch}: the store has seen 256 logs; begin a new store")
    return epoch
