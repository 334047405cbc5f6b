"""Which identities have been admitted: ident to digest and position, millions of them.

Pure. Flows in: what the store holds, what is admitted now. Flows out: what is known of an ident. A sorted array for what was there at the
start, a dictionary for what came since; the dictionary is folded into the array when it grows.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
RECENT_BOUND: Final = 500_000


class Admitted(NamedTuple):
    """What an ident stands for."""

    digest: int
    pos: int


class Identities:
    """Idents with digest and position; of equal idents the first position stands."""

    def __init__(self, ident: U64, digest: U64, pos: U64) -> None:
        order = np.lexsort((pos, ident))
        self._ident, self._digest, self._pos = ident[order], digest[order], pos[order]
        self._recent: dict[int, Admitted] = {}

    def __len__(self) -> int:
        return len(self._ident) + len(self._recent)

    def find(self, ident: int) -> Admitted | None:
        """What is known of an ident, None for a new one."""
        found = self._recent.get(ident)
        if found is not None or not len(self._ident):
            return found
        at = int(self._ident.searchsorted(np.uint64(ident)))
        if at < len(self._ident) and int(self._ident[at]) == ident:
            return Admitted(int(self._digest[at]), int(self._pos[at]))
        return None

    def find_all(self, idents: list[int]) -> list[Admitted | None]:
        """The same for many at once."""
        out = [self._recent.get(ident) for ident in idents]
        if len(self._ident) and idents:
            wanted = np.array(idents, np.uint64)
            at = self._ident.searchsorted(wanted)
            at[at == len(self._ident)] = 0
            for place in np.flatnonzero(self._ident[at] == wanted):
                if out[place] is None:
                    row = at[place]
                    out[place] = Admitted(int(self._digest[row]), int(self._pos[row]))
        return out

    def add(self, ident: int, digest: int, pos: int) -> None:
        """Note an admitted identity."""
        self._recent.setdefault(ident, Admitted(digest, pos))
        if len(self._recent) > RECENT_BOUND:
            self._fold()

    def _fold(self) -> None:
        rows = [(ident, known.digest, known.pos) for ident, known in self._recent.items()]
        recent = np.array(rows, np.uint64).T
        ident = np.concatenate((self._ident, recent[0]))
        order = np.argsort(ident, kind="stable")
        self._ident = ident[order]
        self._digest = np.concatenate((self._digest, recent[1]))[order]
        self._pos = np.concatenate((self._pos, recent[2]))[order]
        self._recent = {}
