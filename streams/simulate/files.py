"""A simulated period as a stream or as two files: events in order of arrival, and the labels of the violations in them.

Flows in: a registry, a seed, days, an area, a scale. Flows out: NDJSON. Touches the files that it is given, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from streams.registry import Registry
from streams.simulate.run import Run
from streams.simulate.scenarios import plant
from streams.simulate.sink import Label

BATCH: Final = 4_096


class Simulated(NamedTuple):
    """One event as it arrives, and the labels that are settled with it."""

    arrival_us: int
    raw: bytes
    labels: tuple[Label, ...]


class Written(NamedTuple):
    """How many events and labels were written."""

    events: int
    labels: int


def _run(registry: Registry, seed: int, start: date, end: date, area: str, scale: float) -> Run:
    run = Run(registry, seed=seed, start=start, end=end, area=area, scale=scale)
    plant(run)
    return run


def stream(registry: Registry, *, seed: int, start: date, end: date, area: str, scale: float) -> Iterator[Simulated]:
    """Events whose time lies in ``start <= day < end`` in order of arrival, each with the labels that are settled by it.

    ``area`` is an unpadded prefix ('' = the country), ``scale`` a share of the real volume. Raises UnknownArea, and
    ValueError for a scale of 0 or less.
    """
    _check(scale)
    held: tuple[int, bytes] | None = None
    labels: list[Label] = []
    for arrival_us, _, payload in _run(registry, seed, start, end, area, scale).records():
        if isinstance(payload, Label):
            labels.append(payload)
            continue
        if held is not None:
            yield Simulated(*held, tuple(labels))
            labels = []
        held = (arrival_us, payload.encode())
    if held is not None:
        yield Simulated(*held, tuple(labels))


def write(
    registry: Registry,
    *,
    seed: int,
    start: date,
    end: date,
    area: str,
    scale: float,
    out: Path,
    labels_out: Path | None,
) -> Written:
    """Write the events of ``start <= day < end`` as NDJSON in order of arrival, and their labels if asked for."""
    _check(scale)
    encode = msgspec.json.Encoder().encode
    events = labels = 0
    with ExitStack() as stack:
        lines = stack.enter_context(out.open("wb"))
        truths = stack.enter_context(labels_out.open("wb")) if labels_out is not None else None
        texts: list[str] = []
        for _, _, payload in _run(registry, seed, start, end, area, scale).records():
            if isinstance(payload, Label):
                labels += 1
                if truths is not None:
                    truths.write(encode(payload) + b"\n")
                continue
            texts.append(payload)
            if len(texts) == BATCH:
                events += BATCH
                lines.write(("\n".join(texts) + "\n").encode())
                texts.clear()
        events += len(texts)
        lines.write("".join(f"{text}\n" for text in texts).encode())
    return Written(events, labels)


def _check(scale: float) -> None:
    if not scale > 0:
        raise ValueError(f"scale: {scale}: must be above 0; give for example 0.1")
