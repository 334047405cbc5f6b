"""The correction that goes with a decision: what the demands behind a finding count from now on.

Pure. Flows in: a finding, its events, the number of the act, an effect. Flows out: an event for ``burden.events``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

SOURCE: Final = "//burdenwatch/cases"
VOID: Final = "void"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def restatement_id(finding: str, act: int) -> str:
    """The identity of the correction that goes with an act: tried again it is the same, after an appeal it is another."""
    return f"case-{finding}-{act}"


def correction(finding: str, events: Sequence[str], act: int, effect: str, now_us: int) -> dict[str, Any]:
    """The event. ``events`` are ``SOURCE#ID``; ``effect`` is VOID or minutes. Raises ValueError for anything else, or without events."""
    if effect != VOID and not (effect.isascii() and effect.isdecimal()):
        raise ValueError(f"restate: {effect!r}: must be void or a number of minutes")
    refs = [dict(zip(("source", "id"), name.split("#", 1), strict=True)) for name in events if "#" in name]
    if not refs:
        raise ValueError(f"finding {finding}: names no event that could be restated; correct the demand itself")
    return {
        "specversion": "1.0",
        "id": restatement_id(finding, act),
        "source": SOURCE,
        "type": "burden.correction.applied.v1",
        "time": (_EPOCH + timedelta(microseconds=now_us)).isoformat(),
        "data": {"restates": refs, "effect": VOID if effect == VOID else {"effort_minutes": int(effect)}},
    }
