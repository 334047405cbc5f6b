"""The vocabulary: what an event is, how it is checked, what is refused. Pure."""

from streams.events.decode import decode, ident_of, issued_of
from streams.events.faults import Fault, Refused
from streams.events.model import KIND_IDS, KINDS, VERBS, Effort, Event, Reach, Ref
from streams.events.stored import decode_stored

__all__ = [
    "KINDS",
    "KIND_IDS",
    "VERBS",
    "Effort",
    "Event",
    "Fault",
    "Reach",
    "Ref",
    "Refused",
    "decode",
    "decode_stored",
    "ident_of",
    "issued_of",
]
