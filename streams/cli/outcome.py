"""How a command ends when it does not end well."""

from __future__ import annotations

REFUSED = 1
WRONG_USE = 2
PART_DOWN = 3


class Outcome(Exception):
    """Ends the command with ``code`` and one line on standard error."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text
