"""What a table is once it is read: sheets, rows, values, and the one exception that says what is wrong.

Pure. Flows in: nothing. Flows out: ``Value``, ``Row``, ``Table``, ``SheetFault``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from streams.events import Fault
from streams.events.faults import shown

Value = str | int | float | bool | date | datetime | None
"""What a cell holds; None where it holds nothing. A clock time or a length of time is text such as 09:30:00."""

CELLS_LIMIT: Final = 20_000_000
"""The most cells of one sheet, empty ones included: a register of a million rows has fewer."""
NONE_STRUCK: Final[frozenset[int]] = frozenset()


class SheetFault(ValueError):
    """Something that cannot be read: where it stands, the value, the rule it breaks, and how to mend it."""

    def __init__(self, field: str, value: object, rule: str, fix: str) -> None:
        self.fault = Fault(field, shown("" if value is None else value), rule, fix)
        super().__init__(str(self.fault))

    @property
    def field(self) -> str:
        return self.fault.field

    @property
    def value(self) -> str:
        return self.fault.value

    @property
    def rule(self) -> str:
        return self.fault.rule

    @property
    def fix(self) -> str:
        return self.fault.fix


class Row(NamedTuple):
    """A row: its number as the office sees it (line of a text, row of a sheet), its values, the columns struck through.

    ``fault`` is set where the row itself could not be read; it then has no cells, and the other rows stand.
    """

    number: int
    cells: tuple[Value, ...]
    struck_cells: frozenset[int] = NONE_STRUCK
    fault: SheetFault | None = None

    @property
    def struck(self) -> bool:
        """Whether all that the row holds is struck through: the row was made void."""
        filled = [index for index, value in enumerate(self.cells) if value is not None]
        return bool(self.struck_cells) and all(index in self.struck_cells for index in filled)

    @property
    def empty(self) -> bool:
        return self.fault is None and all(value is None for value in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with all of its rows. ``epoch_1904``: its numbers of days count from 1904, not from 1900."""

    name: str
    rows: Sequence[Row]
    hidden: bool = False
    epoch_1904: bool = False
