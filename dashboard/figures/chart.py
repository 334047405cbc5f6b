"""A chart: a Plotly figure with what it needs to stand by itself: title, definition, a sentence for who cannot see it, the table behind it.

Pure. Flows in: values. Flows out: ``Chart``; ``Table`` as CSV.
"""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from streams.desk.spreadsheet import csv_of

Cell = str | float


@dataclass(frozen=True)
class Table:
    """The figures behind a chart, as somebody would take them away. Hours have one decimal."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def csv(self) -> bytes:
        """The headings, then the rows."""
        return csv_of((self.columns, *self.rows))


@dataclass(frozen=True)
class Chart:
    """``key`` names it in addresses and files; ``links``: the place that each point of the first series leads to."""

    key: str
    title: str
    figure: go.Figure
    alt: str
    table: Table
    note: str
    source: str
    aside: str = ""
    lead: str = ""
    """What it says, in a sentence above the figure."""
    scale: tuple[str, ...] = ()
    """Colours from little to much, where the figure has such."""
    links: tuple[str, ...] = ()
    brush: bool = False
    """Whether days that are dragged over become the period of the page."""


def hours(minutes: float) -> float:
    """Person-minutes as hours for a table."""
    return round(minutes / 60, 1)
