"""What admit tells tally: a record of ``burden.demands`` holds the plain demands and the doubtful ones of one flush for one shard.

Pure. Flows in: values. Flows out: msgpack, and back. Several demands go into one record because a record costs some 30 microseconds on each
side, a demand in it one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

CHUNK: Final = 2_000
"""Demands in one record at most: some 200 kB."""


class Plain(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An issued event with one occurrence that nothing refers to yet; ``ranges`` are tier, lo, hi, tier, lo, hi ... inside the shard."""

    key: int
    kind: int
    issuer: str
    ranges: tuple[int, ...]
    start_us: int
    low: int
    likely: int
    high: int


class Doubtful(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Demand ``key`` may have changed: reconcile it. ``cause`` is the event that says so; ``ident`` that of the issued event."""

    key: int
    ident: int
    cause: int


class Message(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One record."""

    plain: tuple[Plain, ...] = ()
    doubtful: tuple[Doubtful, ...] = ()


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Message)


def encode(plain: Sequence[Plain], doubtful: Sequence[Doubtful]) -> Iterator[bytes]:
    """Records that hold all of these, CHUNK at most in each; the doubtful come last."""
    for first in range(0, len(plain), CHUNK):
        yield _encoder.encode(Message(tuple(plain[first : first + CHUNK])))
    for first in range(0, len(doubtful), CHUNK):
        yield _encoder.encode(Message((), tuple(doubtful[first : first + CHUNK])))


def decode(value: bytes) -> Message:
    """A record. Raises msgspec.ValidationError or DecodeError for anything else."""
    return _decoder.decode(value)
