"""How every process beside broker and store begins: settings are read, and both are asked whether they let it in.

A wrong setting, password or authority ends it with one line that names the variable. Touches broker and store.
"""

from __future__ import annotations

from typing import TypeVar

from streams.agents.settings import Settings
from streams.config.faults import read_settings, told_in_a_line
from streams.config.knocking import knock
from streams.store.client import knock as knock_at_store

_S = TypeVar("_S", bound=Settings)


def begin(part: str, kind: type[_S], *, kafka: bool = True) -> _S:
    """The settings of this process. Ends it with code 2 (wrong settings) or 3 (shut out); one that is away is waited for later.

    ``kafka``: it speaks to the broker.
    """
    settings = read_settings(kind)
    with told_in_a_line(part):
        if kafka:
            knock(settings.brokers())
        knock_at_store(settings.store())
    return settings
