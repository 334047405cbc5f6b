"""What is wrong with an event, said so that its sender can mend it.

Pure. Flows in: nothing. Flows out: ``Fault`` and ``Refused``.
"""

from __future__ import annotations

import msgspec

SHOWN = 80
"""Characters of a value that a fault repeats."""


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong: where (dotted path), the value (shortened), the rule, the fix, a stable code."""

    field: str
    value: str
    rule: str
    fix: str
    code: str = "invalid"

    def __str__(self) -> str:
        shown = f" {self.value!r}" if self.value else ""
        return f"{self.field or 'event'}{shown}: {self.rule}; {self.fix}"


class Refused(ValueError):
    """An event or a text is not admitted. ``secret``: nothing of it may be kept but hour, source and the code 'secret'."""

    def __init__(self, faults: tuple[Fault, ...], source: str = "", id: str = "", *, secret: bool = False) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults
        self.source = source
        self.id = id
        self.secret = secret

    @property
    def code(self) -> str:
        """The code of the first fault: what refusals are counted by."""
        return self.faults[0].code if self.faults else "invalid"


def shown(value: object) -> str:
    """A value as a fault repeats it."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
