"""Positions: where an event stands in the log, as one unsigned 64-bit number: epoch << 56 | partition << 44 | offset. Pure."""

from __future__ import annotations

from typing import Final

EPOCH_BIT: Final = 56
PARTITION_BIT: Final = 44
OFFSETS: Final = (1 << PARTITION_BIT) - 1


def position(epoch: int, partition: int, offset: int) -> int:
    """The position of an event. Raises ValueError when a part does not fit."""
    if not (0 <= epoch < 256 and 0 <= partition < 4096 and 0 <= offset <= OFFSETS):
        raise ValueError(
            f"position: epoch {epoch}, partition {partition}, offset {offset}: does not fit into 8, 12 and 44 bits"
        )
    return epoch << EPOCH_BIT | partition << PARTITION_BIT | offset


def partition_of(pos: int) -> int:
    return pos >> PARTITION_BIT & 0xFFF


def offset_of(pos: int) -> int:
    return pos & OFFSETS


def epoch_of(pos: int) -> int:
    return pos >> EPOCH_BIT
