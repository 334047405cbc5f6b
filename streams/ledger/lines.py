"""The lines that a ledger still needs: sorted by start, so that what enters and leaves a window is a slice.

Pure. Flows in: postings. Flows out: the lines with after < start <= until. Late lines come in small sorted runs that are merged now and then
(a log-structured merge), so that neither order of arrival nor size of batch matters much.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

RUNS_BOUND: Final = 16
"""More sorted runs than this are merged to half as many or fewer."""


class Lines(NamedTuple):
    """Columns of equal length; ``lo`` and ``hi`` are places in the ledger's arrays."""

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

    def by_start(self) -> Lines:
        """The same lines, ascending by start."""
        if np.all(self.start[1:] >= self.start[:-1]):
            return self
        return self.part(np.argsort(self.start))


class SortedRuns:
    """Sorted runs of lines; at most RUNS_BOUND of them."""

    def __init__(self) -> None:
        self._runs: list[Lines] = []

    def __len__(self) -> int:
        return sum(len(run.start) for run in self._runs)

    def add(self, lines: Lines, *, drop_until: int) -> None:
        """Take lines that ascend by start; those that start at or before ``drop_until`` are no longer needed."""
        kept = _needed(lines, drop_until)
        if not len(kept.start):
            return
        self._runs.append(kept)
        if len(self._runs) > RUNS_BOUND:
            self._merge(drop_until)

    def between(self, after: int, until: int) -> Iterator[Lines]:
        """The lines with after < start <= until, run by run."""
        if after >= until:
            return
        for run in self._runs:
            first, end = run.start.searchsorted(np.array((after, until)), "right").tolist()
            if first < end:
                yield run.part(slice(first, end))

    def _merge(self, drop_until: int) -> None:
        """Merge the small runs in one go, and larger ones only once what is merged has half their size: those are copied seldom."""
        self._runs.sort(key=lambda run: len(run.start))
        merged, lines = 0, 0
        for run in self._runs:
            if merged > RUNS_BOUND // 2 and len(run.start) > 2 * lines:
                break
            merged, lines = merged + 1, lines + len(run.start)
        few = self._runs[:merged]
        both = Lines(*(np.concatenate([getattr(run, name) for run in few]) for name in Lines._fields))
        # numpy's stable sort finds the runs and merges them
        both = _needed(both.part(np.argsort(both.start, kind="stable")), drop_until)
        self._runs = [both, *self._runs[merged:]]


def _needed(lines: Lines, drop_until: int) -> Lines:
    first = int(lines.start.searchsorted(drop_until, "right"))
    return lines.part(slice(first, None)) if first else lines
