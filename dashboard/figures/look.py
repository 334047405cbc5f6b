"""The look that all figures share: colours by light and dark, margins, type, what zooming and legends do.

Pure. Flows in: words, light or dark. Flows out: colours and layout. The typeface and the colour of text are the page's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dashboard.words import Words
from streams.events.model import KINDS as KIND_NAMES

COLOURED: Final = (
    "meeting", "request", "document", "inspection", "group", "checkin", "app", "evaluation", "pilot", "secondment", "plaque", "certificate",
    "target",
)  # fmt: skip
"""The kinds in the order of their colours: a kind has the same colour at every place, in every period."""
KINDS: Final = {
    False: (
        "#1f4e8c", "#e0a030", "#2a9d8f", "#b5628f", "#6fb1de", "#c4572e", "#7a6ab0", "#8aa13c", "#d98ca0", "#5c7f86", "#b08a5a", "#3f8f5f",
        "#8c4a5e",
    ),
    True: (
        "#5b93d8", "#e8b557", "#4dbdae", "#d389b3", "#9ccdee", "#e27f58", "#a497d8", "#b4c96a", "#e8b0be", "#8fb1b8", "#d0b088", "#74c096",
        "#c9849a",
    ),
}  # fmt: skip
OTHER: Final = {False: "#a7b0ba", True: "#77828e"}
RAMP: Final = {
    False: ("#e6e9ed", "#fdea9b", "#d9c668", "#a69d75", "#7c7b78", "#4a5a74", "#00306f"),
    True: ("#28333f", "#123a74", "#475a7c", "#74757a", "#a09a76", "#d2c06a", "#fdea8f"),
}
"""Cividis: from nothing to most, readable without colour sight; dark means much on light ground, light on dark."""
UP: Final = {False: "#a3422a", True: "#f0a58c"}
DOWN: Final = {False: "#1c6b48", True: "#6cc79c"}
CONFIG: Final[dict[str, Any]] = {
    "displaylogo": False,
    "modeBarButtons": [["zoom2d", "pan2d", "resetScale2d"]],
    "responsive": True,
    "scrollZoom": False,
}
"""No button that would send anything anywhere: pictures and tables are taken away below the figure."""


BRUSHED: Final = CONFIG | {"modeBarButtons": [["select2d", "zoom2d", "pan2d", "resetScale2d"]]}
"""Of figures whose days can be chosen."""


def colour_place(number: int) -> int:
    """Place of a kind's colour; the page's styles have the same as --kind0, --kind1 ..."""
    return COLOURED.index(KIND_NAMES[number - 1])


@dataclass(frozen=True)
class Look:
    """How figures look to one reader."""

    say: Words
    dark: bool = False

    def kind(self, number: int) -> str:
        """Colour of a kind; 0, what is put together, is grey."""
        return KINDS[self.dark][colour_place(number)] if number else OTHER[self.dark]

    @property
    def accent(self) -> str:
        """The colour of a series that stands alone."""
        return KINDS[self.dark][0]

    @property
    def other(self) -> str:
        """The colour of what is put together or stands back."""
        return OTHER[self.dark]

    @property
    def up(self) -> str:
        """The colour of more load."""
        return UP[self.dark]

    @property
    def down(self) -> str:
        """The colour of less load."""
        return DOWN[self.dark]

    @property
    def steps(self) -> list[list[float | str]]:
        """RAMP as a colour scale with hard edges, for classes 0 to the last."""
        ramp = RAMP[self.dark]
        edges = np.linspace(0, 1, len(ramp) + 1)
        return [[float(edge), colour] for n, colour in enumerate(ramp) for edge in edges[n : n + 2]]

    @property
    def soft(self) -> str:
        """The colour of a line that tells what a limit is held against."""
        return "#c9d3dd" if self.dark else "#3c4a5a"

    @property
    def paper(self) -> str:
        """The ground that figures stand on."""
        return "#18212c" if self.dark else "#ffffff"

    @property
    def label(self) -> str:
        """The ground of a name that lies over bars."""
        return "rgba(24,33,44,0.8)" if self.dark else "rgba(255,255,255,0.8)"

    @property
    def mark(self) -> str:
        """The ground of what happened."""
        return "rgba(91,147,216,0.14)" if self.dark else "rgba(31,78,140,0.09)"

    @property
    def band(self) -> str:
        """The ground of days off."""
        return "rgba(230,235,241,0.08)" if self.dark else "rgba(23,32,44,0.06)"

    def layout(self, height: int, **more: Any) -> dict[str, Any]:
        """What every figure begins with. ``uirevision`` is constant: zoom and hidden series survive new figures."""
        base: dict[str, Any] = {
            "height": height,
            "template": "none",
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "uirevision": "keep",
            "dragmode": "zoom",
            "hoverlabel": {"align": "left"},
            "showlegend": False,
            "font": {"size": 13},
        }
        return base | more


def axis(highest: float) -> list[float]:
    """Marks of an axis in minutes, from 0 to at or above the highest: three to six of them, at round numbers of hours."""
    hours = max(highest / 60, 1.0)
    size = 10.0 ** np.floor(np.log10(hours / 5))
    step = float(size) * next(step for step in (1, 2, 2.5, 5, 10) if step * size * 5 >= hours * 0.999)
    return [step * n * 60 for n in range(int(np.ceil(hours * 0.999 / step)) + 1)]


def hours_axis(say: Words, highest: float) -> dict[str, Any]:
    """A vertical axis in hours with marks in words of the language (1.2 万, 12 k)."""
    marks = axis(highest)
    return {
        "range": [0, max(marks[-1], highest * 1.02) / 60],
        "tickvals": [mark / 60 for mark in marks],
        "ticktext": [say.hours(mark) for mark in marks],
        "automargin": True,
        "fixedrange": True,
        "zeroline": False,
    }
