"""What can be wrong with a code, a tier or a line: one family, each naming field, value, rule and fix.

Pure. Flows in: what was asked for. Flows out: exceptions that any room may show as they are.
"""

from __future__ import annotations


class RegistryError(ValueError):
    """Something is not in the registry. ``field`` names where it stood, ``rule`` what was broken, ``fix`` what to do."""

    def __init__(self, field: str, value: str, rule: str, fix: str) -> None:
        self.field = field
        self.value = value if len(value) <= 64 else value[:61] + "..."
        self.rule = rule
        self.fix = fix
        super().__init__(f"{field}: {self.value!r}: {rule}; {fix}")

    def __reduce__(self) -> tuple[type[RegistryError], tuple[str, str, str, str]]:
        return type(self), (self.field, self.value, self.rule, self.fix)


class UnknownArea(RegistryError):
    """No division has this code."""


class UnknownTier(RegistryError):
    """No tier has this name or number."""


class UnknownUnit(RegistryError):
    """No unit has this code."""


class UnknownLine(RegistryError):
    """No functional line has this name."""
