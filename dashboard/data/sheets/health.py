"""How the installation is doing: workers, feeds, refusals, coverage, versions; and for operators, who looked at what.

Flows in: an Engine, a Scope, a Place. Flows out: ``HealthSheet``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Self

from dashboard.data.engine import Engine
from dashboard.place import Place
from streams.calendars.periods import DAY_US
from streams.store import Scope, reads
from streams.store.answers import Coverage, Health
from streams.store.audit import Audited, audited
from streams.store.health import FeedState, feeds, rule_faults, schema_step
from streams.store.parts import PartState, part_states
from streams.store.rounds import FaultRow, Round, restarts

FEEDS: Final = 60
DEEDS: Final = 60


@dataclass(frozen=True)
class HealthSheet:
    """``feeds`` are named to those who may see the whole country or operate it; ``deeds`` to operators."""

    at_us: int = field(compare=False)
    health: Health = field(compare=False)
    coverage: tuple[tuple[str, Coverage], ...]
    feeds: tuple[FeedState, ...]
    versions: tuple[tuple[str, str], ...]
    deeds: tuple[Audited, ...]
    parts: tuple[PartState, ...] = field(default=(), compare=False)
    faults: tuple[FaultRow, ...] = ()
    """Rules that cannot be asked now."""
    deaths: tuple[Round, ...] = field(default=(), compare=False)
    """Parts that died within ten minutes, and how often."""
    state: tuple[object, ...] = ()
    """What of ``health`` makes the page look different."""

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope."""
        client, registry = engine.client, engine.registry
        health = reads.stream_health(client, scope, at_us)
        reach = [
            (tier, reads.coverage(client, scope, registry, at_us, tier=tier, area=place.area))
            for tier in ("township", "village")
        ]
        named = scope.role == "operator" or scope.covers("")
        found = feeds(client, scope, at_us - 30 * DAY_US, FEEDS) if named else []
        deeds = audited(client, scope, n=DEEDS) if scope.role == "operator" else []
        versions = [
            ("burdenwatch", _version("burdenwatch")), ("divisions", registry.version), ("schema", str(schema_step(client))),
            ("ClickHouse", str(client.server_version)), ("streamlit", _version("streamlit")), ("faust-streaming", _version("faust-streaming")),
        ]  # fmt: skip
        parts = tuple(part_states(client, at_us))
        deaths = tuple(restarts(client, at_us))
        state = (
            tuple(part.condition for part in parts),
            tuple((death.name, death.items) for death in deaths),
            tuple((one.component, one.partition, one.lag) for one in health.lags),
            health.refused,
            health.events_last_hour,
        )
        return cls(
            at_us, health, tuple(reach), tuple(found), tuple(versions), tuple(deeds), parts,
            tuple(rule_faults(client, scope)), deaths, state,
        )  # fmt: skip


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"
