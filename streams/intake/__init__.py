"""Ways in: the SDK (``Client``), HTTP (``http``), files (``files``). All end as records of ``burden.events``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.intake.client import Client, Receipt, Unreachable

__all__ = ["Client", "Receipt", "Unreachable"]


def __getattr__(name: str) -> object:
    # kafka-python takes a quarter of a second to import: only who sends pays for it.
    if name in __all__:
        from streams.intake import client

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
