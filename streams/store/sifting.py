"""What a list of findings is narrowed to: by how cases stand, by words.

Pure. Flows in: what somebody looks for. Flows out: a condition and its parameters for the reads of ``findings``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Sift:
    """``only``: these findings (None: all); ``without``: not these. ``worded``: only those of one of the rules, issuers or places
    (prefixes), or among ``titled``. ``ended``: those that have ended too."""

    only: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    worded: bool = False
    rules: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    titled: tuple[str, ...] = ()
    ended: bool = False

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What SIFTED asks for."""
        return {
            "narrowed": int(self.only is not None), "only": list(self.only or ()), "without": list(self.without),
            "worded": int(self.worded), "some_rules": list(self.rules), "some_issuers": list(self.issuers),
            "some_places": list(self.places), "titled": list(self.titled),
        }  # fmt: skip


ANY: Final = Sift()
SIFTED: Final = (
    "(NOT {narrowed:UInt8} OR finding IN {only:Array(String)}) AND finding NOT IN {without:Array(String)} "
    "AND (NOT {worded:UInt8} OR rule IN {some_rules:Array(String)} OR issuer IN {some_issuers:Array(String)} "
    "OR finding IN {titled:Array(String)} OR arrayExists(one -> startsWith(place, one), {some_places:Array(String)}))"
)
"""The condition on a row of transitions."""
