"""Postings: the signed lines that load is the sum of, as columns of equal length.

Pure. Flows in: numbers. Flows out: ``Postings`` and their arithmetic: concat, negate, net, minus.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

DTYPES: Final[dict[str, Any]] = {
    "key": np.uint64,
    "tier": np.uint8,
    "kind": np.uint8,
    "issuer": object,
    "lo": np.uint32,
    "hi": np.uint32,
    "start_us": np.int64,
    "low": np.int64,
    "likely": np.int64,
    "high": np.int64,
    "n": np.int64,
    "point": np.uint8,
}
PLACE: Final = ("key", "tier", "kind", "issuer", "lo", "hi", "start_us", "point")
"""Lines that agree in these are one line with the sum of their amounts."""
AMOUNTS: Final = ("low", "likely", "high", "n")
Row = tuple[int, int, int, str, int, int, int, int, int, int, int, int]


@dataclass(frozen=True)
class Postings:
    """Columns of equal length. Units of ``tier`` with rank in [lo, hi) bear the amounts from ``start_us`` on.

    Minutes are person-minutes per unit; ``n`` counts occurrences; all may be negative. ``point`` is 1 for what concerns one unit alone.
    """

    key: NDArray[np.uint64]
    tier: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    issuer: NDArray[Any]
    lo: NDArray[np.uint32]
    hi: NDArray[np.uint32]
    start_us: NDArray[np.int64]
    low: NDArray[np.int64]
    likely: NDArray[np.int64]
    high: NDArray[np.int64]
    n: NDArray[np.int64]
    point: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.key)

    @classmethod
    def from_rows(cls, rows: Sequence[Row]) -> Postings:
        """Postings from tuples in the order of the columns."""
        if not rows:
            return empty()
        columns = list(zip(*rows, strict=True))
        return cls(*(np.array(column, dtype) for column, dtype in zip(columns, DTYPES.values(), strict=True)))

    def rows(self) -> list[Row]:
        """The lines as tuples of Python values."""
        return list(zip(*(getattr(self, name).tolist() for name in DTYPES), strict=True))

    def select(self, which: Any) -> Postings:
        """The lines that a mask, a slice or an array of places names."""
        return Postings(*(getattr(self, field.name)[which] for field in fields(self)))

    def negate(self) -> Postings:
        """The lines that undo these."""
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        return Postings(**(columns | {name: -columns[name] for name in AMOUNTS}))

    def net(self) -> Postings:
        """One line for each place, none where all amounts are 0; order is that of the places."""
        if not len(self):
            return self
        names = sorted(set(self.issuer.tolist()))
        number = {name: at for at, name in enumerate(names)}
        issuer = np.fromiter(map(number.__getitem__, self.issuer.tolist()), np.int64, len(self))
        places = [issuer if name == "issuer" else getattr(self, name) for name in PLACE]
        order = np.lexsort(places[::-1])
        differs = np.zeros(len(self), np.bool_)
        differs[0] = True
        for column in places:
            ordered = column[order]
            differs[1:] |= ordered[1:] != ordered[:-1]
        first = np.flatnonzero(differs)
        sums = {name: np.add.reduceat(getattr(self, name)[order], first) for name in AMOUNTS}
        kept = np.any([amounts != 0 for amounts in sums.values()], axis=0)
        lines = self.select(order[first[kept]])
        return replace(lines, **{name: amounts[kept] for name, amounts in sums.items()})

    def minus(self, present: Postings) -> Postings:
        """The lines that turn ``present`` into these: what should be there minus what is."""
        return concat((self, present.negate())).net()


def concat(parts: Iterable[Postings]) -> Postings:
    """All lines of all parts."""
    kept = [part for part in parts if len(part)]
    if not kept:
        return empty()
    if len(kept) == 1:
        return kept[0]
    return Postings(*(np.concatenate([getattr(part, name) for part in kept]) for name in DTYPES))


def empty() -> Postings:
    """No lines."""
    return Postings(*(np.empty(0, dtype) for dtype in DTYPES.values()))
