"""Whether the issuer, places and units that an event names exist, and which units an issued one reaches. Pure; door and admission ask here."""

from __future__ import annotations

from typing import Any

from streams.events import Event, Fault, Refused
from streams.registry.errors import RegistryError
from streams.registry.model import Ranges
from streams.registry.registry import Registry


def reached(event: Event, registry: Registry) -> Ranges:
    """The units that an issued event reaches, () for any other. Raises Refused for an issuer, area or unit that there is not."""
    data: Any = event.data
    try:
        if event.issuer:
            registry.issuer(event.issuer)
        if event.verb == "issued":
            return registry.resolve(data.reach)
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
