"""Rows of measurements and the table they make: figure, value, unit, goal, whether it holds."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One measured figure; ``holds`` is None where there is no goal."""

    figure: str
    value: float
    unit: str
    goal: str = ""
    holds: bool | None = None


def at_most(figure: str, value: float, unit: str, bound: float) -> Row:
    """A row whose value must lie below ``bound``."""
    return Row(figure, value, unit, f"< {bound:g}", value < bound)


def at_least(figure: str, value: float, unit: str, bound: float) -> Row:
    """A row whose value must reach ``bound``."""
    return Row(figure, value, unit, f">= {bound:,g}", value >= bound)


def number(value: float) -> str:
    """Three digits that count, thousands in groups."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3g}"


def row_of(one: Row | Mapping[str, Any] | Sequence[Any]) -> Row:
    """A row of what a bench returns: a Row, a mapping with its names (``holds`` may be missing), or its fields in order."""
    if isinstance(one, Mapping):
        return Row(**{name: one[name] for name in Row._fields if name in one})
    return Row(*one)


def table(rows: Iterable[Row | Mapping[str, Any] | Sequence[Any]]) -> str:
    """A markdown table of rows."""
    lines = ["| figure | value | unit | goal | holds |", "|---|---:|---|---|---|"]
    for figure, value, unit, goal, holds in map(row_of, rows):
        shown = number(value)
        verdict = "" if holds is None else "yes" if holds else "**no**"
        lines.append(f"| {figure} | {shown} | {unit} | {goal} | {verdict} |")
    return "\n".join(lines)


def machine() -> str:
    """Processor, cores and memory of this machine."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        named = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        model = named[0] if named else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def today() -> str:
    """The date of a measurement."""
    return datetime.now(UTC).date().isoformat()
