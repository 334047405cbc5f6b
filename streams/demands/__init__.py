"""One demand: what an issued event and everything said about it amount to at an instant.

Pure. Ledger, rules, desk, pre-check, unit page and replay ask here and nowhere else, so that a load and an accusation always speak of the
same demand. docs/load.md states every rule applied here. Flows in: events in any order. Flows out: ``DemandState``.
"""

from streams.demands.lifecycle import Answer, DemandState, Gone, Rework, concerns, order_of, state_of, states_of
from streams.demands.requests import FOREVER_US, OPEN_US, open_until_us, same_thing

__all__ = [
    "FOREVER_US",
    "OPEN_US",
    "Answer",
    "DemandState",
    "Gone",
    "Rework",
    "concerns",
    "open_until_us",
    "order_of",
    "same_thing",
    "state_of",
    "states_of",
]
