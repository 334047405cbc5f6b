"""How an event lies in Kafka: the CloudEvents Kafka binding, structured mode.

Pure. Flows in: a good event and its JSON. Flows out: key, value and headers of a record of ``burden.events``.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from streams.events import Event, decode

TOPIC: Final = "burden.events"
PROBES: Final = "burden.probes"

EVENT_LIMIT: Final = 256 * 1024
"""The longest event that is taken in, in bytes of JSON; the topic itself takes 1 MiB."""

HEADERS: Final = [("content-type", b"application/cloudevents+json; charset=UTF-8")]


class Sound(NamedTuple):
    """An event that was found good, and the JSON in which it is passed on."""

    event: Event
    raw: bytes


class Record(NamedTuple):
    """One record before it is sent."""

    key: bytes
    value: bytes


def sound(raw: bytes) -> Sound:
    """The event in ``raw``, which is passed on as it stands; where it holds personal numbers, with these masked.

    So they are not even in the log. Raises Refused.
    """
    event = decode(raw)
    if not event.masked:
        return Sound(event, raw)
    return Sound(decode(event.body), event.body)


def record_of(event: Event, raw: bytes) -> Record:
    """The record of an event: key = issuer, or source where a life-cycle event names no issuer.

    All that an agency says about its demands then stands in one partition, in the order in which it was said.
    """
    return Record((event.issuer or event.source).encode(), raw)
