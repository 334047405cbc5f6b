"""The lines that a ledger still needs: sorted by start, so that what enters and leaves a window is a slice.

Pure. Flows in: postings. Flows out: the lines with after < start <= until. Late lines come in small sorted runs that are merged now and then
(a log-structured merge), so that neither order of arrival nor size of batch matters much.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

RUNS_BOUND: Final = 8
"""More sorted runs than this are merged into one."""


class Lines(NamedTuple):
    """Columns of equal length sorted by ``start``; ``lo`` and ``hi`` are places in the ledger's arrays."""

    start: NDArray[np.int64]
    lo: NDArray[np.int32]
    hi: NDArray[np.int32]
    kind: NDArray[np.uint8]
    low: NDArray[np.int64]
    likely: NDArray[np.int64]
    high: NDArray[np.int64]
    n: NDArray[np.int64]

    def part(self, which: NDArray[np.bool_] | slice | NDArray[np.intp]) -> Lines:
        """The lines that a mask, a slice or an order names."""
        return Lines(*(column[which] for column in self))  # type: ignore[arg-type]


class SortedRuns:
    """Sorted runs of lines; at most RUNS_BOUND of them."""

    def __init__(self) -> None:
        self._runs: list[Lines] = []

    def __len__(self) -> int:
        return sum(len(run.start) for run in self._runs)

    def add(self, lines: Lines, *, drop_until: int) -> None:
        """Take lines in any order; those that start at or before ``drop_until`` are no longer needed."""
        if len(lines.start) and not np.all(lines.start[1:] >= lines.start[:-1]):
            lines = lines.part(np.argsort(lines.start, kind="stable"))
        self._runs.append(lines.part(slice(int(lines.start.searchsorted(drop_until, "right")), None)))
        if len(self._runs) > RUNS_BOUND:
            self._merge(drop_until)

    def between(self, after: int, until: int) -> Iterator[Lines]:
        """The lines with after < start <= until, run by run."""
        if after >= until:
            return
        for run in self._runs:
            first, end = run.start.searchsorted([after, until], "right")
            if first < end:
                yield run.part(slice(int(first), int(end)))

    def _merge(self, drop_until: int) -> None:
        """Small runs first, so that the large one is copied seldom."""
        self._runs.sort(key=lambda run: len(run.start))
        while len(self._runs) > RUNS_BOUND // 2 or (
            len(self._runs) > 1 and len(self._runs[0].start) * 2 > len(self._runs[1].start)
        ):
            first, second, *rest = self._runs
            both = Lines(*(np.concatenate((getattr(first, name), getattr(second, name))) for name in Lines._fields))
            both = both.part(np.argsort(both.start, kind="stable"))
            both = both.part(slice(int(both.start.searchsorted(drop_until, "right")), None))
            self._runs = sorted([both, *rest], key=lambda run: len(run.start))
