"""What holds a finding back: silences and inhibition. Pure; answers with the name of what holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from streams.alerts.model import Silence
from streams.alerts.policy import Inhibition
from streams.alerts.routing import WIDTHS
from streams.rules import Transition


class Silences:
    """The silences of an installation; those that another replaced no longer count."""

    def __init__(self, known: Iterable[Silence] = ()) -> None:
        rows = tuple(known)
        replaced = {one.replaces for one in rows if one.replaces}
        self._rows = tuple(one for one in rows if one.id not in replaced)

    def holding(self, one: Transition, now_us: int) -> str:
        """Identity of a silence in force that matches a finding, '' when there is none."""
        return next((row.id for row in self._rows if row.from_us <= now_us < row.until_us and matches(row, one)), "")

    def next_change_us(self, now_us: int) -> int | None:
        """When the next silence begins or ends."""
        edges = (edge for row in self._rows for edge in (row.from_us, row.until_us) if edge > now_us)
        return min(edges, default=None)


def matches(silence: Silence, one: Transition) -> bool:
    """Whether a silence speaks of a finding."""
    return (
        one.rule.startswith(silence.rule)
        and one.place.startswith(silence.area)
        and silence.issuer in ("", one.issuer)
        and silence.finding in ("", one.finding)
    )


class Causes:
    """Firing findings about whole areas, by area: what may explain findings about places inside."""

    def __init__(self, rules: tuple[Inhibition, ...]) -> None:
        self._rules = rules
        self._causes: defaultdict[str, dict[str, Transition]] = defaultdict(dict)

    def take(self, one: Transition) -> bool:
        """Note a transition; whether the causes changed by it."""
        if len(one.place) > 6 or not any(_begins(one.rule, rule.cause) for rule in self._rules):
            return False
        held = self._causes[one.place]
        if one.phase == "firing":
            changed = one.finding not in held
            held[one.finding] = one
            return changed
        return held.pop(one.finding, None) is not None

    def holding(self, one: Transition) -> str:
        """Identity of a firing finding about an area that explains this one, '' when there is none."""
        rules = [rule for rule in self._rules if _begins(one.rule, rule.effect)]
        if not rules:
            return ""
        for area in ("", *(one.place[:width] for width in WIDTHS if width <= len(one.place))):
            for cause in self._causes.get(area, {}).values():
                if (
                    area != one.place
                    and cause.finding != one.finding
                    and any(_explains(rule, cause, one) for rule in rules)
                ):
                    return cause.finding
        return ""


def _begins(rule: str, starts: tuple[str, ...]) -> bool:
    return rule.startswith(starts)


def _explains(rule: Inhibition, cause: Transition, effect: Transition) -> bool:
    return _begins(cause.rule, rule.cause) and (not rule.same_issuer or cause.issuer == effect.issuer)
