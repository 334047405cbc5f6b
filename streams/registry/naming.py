"""Whether the issuer, places and units that an event names exist, and which units an issued one reaches. Pure; door and admission ask here."""

from __future__ import annotations

from typing import Any, Final

from streams.events import Event, Fault, Refused
from streams.events.data import moment_of
from streams.events.recurrence import most_occurrences
from streams.registry.errors import RegistryError
from streams.registry.model import Ranges
from streams.registry.registry import Registry

POSTINGS_BOUND: Final = 200_000


def reached(event: Event, registry: Registry) -> Ranges:
    """The units that an issued event reaches, () for any other. Raises Refused for an issuer, area or unit that there is not."""
    data: Any = event.data
    try:
        if event.issuer:
            registry.issuer(event.issuer)
        if event.verb == "issued":
            return _bounded(event, registry.resolve(data.reach))
        if event.verb == "amended":
            if data.changes.get("issuer") is not None:
                registry.issuer(data.changes["issuer"])
            if data.changes.get("reach") is not None:
                registry.resolve(data.partial(event.kind).reach)
        elif event.verb in ("answered", "returned"):
            registry.rank_of(data.unit)
    except RegistryError as error:
        field = "unit" if hasattr(data, "unit") else "issuer"
        place = error.field if error.field.startswith("data") else f"data.{field}"
        fault = Fault(place, str(error.value)[:80], error.rule, error.fix, "unknown")
        raise Refused((fault,), event.source, event.id) from None
    return ()


def _bounded(event: Event, ranges: Ranges) -> Ranges:
    """The ranges; raises Refused where occurrences times ranges would be more postings than one demand may have."""
    if event.data.recurrence is not None:
        said = moment_of(event.time_us)
        most = most_occurrences(event.data.recurrence, event.data.starts_at or said, said) * len(ranges)
        if most > POSTINGS_BOUND:
            rule = f"with its recurrence makes up to {most} postings, more than {POSTINGS_BOUND}"
            fault = Fault(
                "data.reach", f"{len(ranges)} ranges", rule, "name areas rather than units, or fewer times", "size"
            )
            raise Refused((fault,), event.source, event.id)
    return ranges
