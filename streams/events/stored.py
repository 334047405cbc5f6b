"""Events as the store keeps them, read back.

Pure. Flows in: stored bodies. Flows out: events; a body that an older version took and this one refuses is None, never an error.
"""

from __future__ import annotations

from streams.events.decode import decode
from streams.events.faults import Refused
from streams.events.model import Event


def decode_stored(body: bytes) -> Event | None:
    """The event of a stored body, None where this version of the vocabulary refuses it."""
    try:
        return decode(body)
    except Refused:
        return None
