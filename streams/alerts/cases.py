"""The human side of a finding: acknowledged, asked, explained, decided, appealed, closed. Nothing is ever deleted: a case is its acts.

Pure, no clock. Flows in: acts already done and the one that is wished. Flows out: the case as it stands, or ``WrongAct`` naming field, value,
rule and fix. Deadlines count workdays of the calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final, Literal

from streams.alerts.policy import SHANGHAI_US
from streams.calendars import Calendar

Verb = Literal[
    "acknowledge", "unacknowledge", "assign", "ask", "explain", "decide", "appeal", "rule", "close", "reopen", "note"
]
State = Literal["new", "acknowledged", "asked", "explained", "decided", "appealed", "closed"]
Verdict = Literal["", "upheld", "exempt", "corrected"]
VERBS: Final[tuple[Verb, ...]] = (
    "acknowledge", "unacknowledge", "assign", "ask", "explain", "decide", "appeal", "rule", "close", "reopen", "note",
)  # fmt: skip
EXPLAIN_DAYS: Final = 5
"""Workdays that an issuer has for an explanation, and anybody for an appeal."""
DECIDE_DAYS: Final = 10
"""Workdays from an explanation or an appeal to the decision."""
MIN_DECISIONS: Final = 30
MIN_PRECISION: Final = 0.7
GROUNDS: Final = ("emergency", "legal-basis", "wrong-data", "merged", "pilot", "fault-tolerance", "other")

_FROM: Final[Mapping[Verb, tuple[State, ...]]] = {
    "acknowledge": ("new",),
    "unacknowledge": ("acknowledged",),
    "assign": ("new", "acknowledged", "asked", "explained", "appealed"),
    "ask": ("new", "acknowledged", "explained"),
    "explain": ("new", "acknowledged", "asked"),
    "decide": ("new", "acknowledged", "asked", "explained"),
    "appeal": ("decided", "closed"),
    "rule": ("appealed",),
    "close": ("decided",),
    "reopen": ("closed",),
    "note": ("new", "acknowledged", "asked", "explained", "decided", "appealed", "closed"),
}
_TO: Final[Mapping[Verb, State]] = {
    "acknowledge": "acknowledged", "unacknowledge": "new", "ask": "asked", "explain": "explained", "decide": "decided",
    "appeal": "appealed", "rule": "decided", "close": "closed", "reopen": "decided",
}  # fmt: skip


class WrongAct(ValueError):
    """An act that the case does not allow."""


@dataclass(frozen=True)
class Act:
    """One thing that somebody did with a case: ``owner`` with assign, ``ground`` with explain and appeal, ``verdict`` with decide and rule."""

    finding: str
    n: int
    verb: Verb
    by: str
    at_us: int
    note: str = ""
    owner: str = ""
    ground: str = ""
    verdict: Verdict = ""


@dataclass(frozen=True)
class Case:
    """A finding in people's hands, after ``acts`` acts. ``due``: the last day for what is awaited, None when nothing is."""

    finding: str
    state: State = "new"
    owner: str = ""
    verdict: Verdict = ""
    ground: str = ""
    due: date | None = None
    acts: int = 0
    at_us: int = 0


def case_of(finding: str, acts: Iterable[Act], calendar: Calendar) -> Case:
    """The case that some acts, in their order, amount to."""
    case = Case(finding)
    for act in acts:
        case = _after(case, act, calendar)
    return case


def allowed(state: str) -> tuple[Verb, ...]:
    """What may be done with a case in a state."""
    return tuple(verb for verb in VERBS if state in _FROM[verb])


def done(case: Case, act: Act, calendar: Calendar) -> Case:
    """The case after one more act. Raises WrongAct when the state, the text or the verdict does not allow it."""
    if act.verb not in VERBS:
        raise WrongAct(f"verb: {act.verb!r}: must be one of {', '.join(VERBS)}; correct it")
    if case.state not in _FROM[act.verb]:
        raise WrongAct(f"verb: {act.verb!r}: the case is {case.state}; possible now: {', '.join(allowed(case.state))}")
    if act.n != case.acts + 1:
        raise WrongAct(f"n: {act.n}: somebody acted meanwhile, {case.acts} acts stand; look again, then act")
    if not act.by:
        raise WrongAct("by: '': must name who acts; sign in")
    if act.verb in ("explain", "decide", "appeal", "rule", "note", "reopen") and not act.note.strip():
        raise WrongAct(f"note: '': {act.verb} needs its reasons in words; add them")
    if act.verb in ("explain", "appeal") and act.ground not in GROUNDS:
        raise WrongAct(f"ground: {act.ground!r}: must be one of {', '.join(GROUNDS)}; choose one")
    if act.verb in ("decide", "rule") and act.verdict not in ("upheld", "exempt", "corrected"):
        raise WrongAct(f"verdict: {act.verdict!r}: must be upheld, exempt or corrected; choose one")
    if act.verb == "assign" and not act.owner:
        raise WrongAct("owner: '': assign needs somebody; name an owner")
    return _after(case, act, calendar)


def _after(case: Case, act: Act, calendar: Calendar) -> Case:
    state = _TO.get(act.verb, case.state)
    due = case.due
    if act.verb == "ask":
        due = _in_days(act.at_us, EXPLAIN_DAYS, calendar)
    elif act.verb in ("explain", "appeal"):
        due = _in_days(act.at_us, DECIDE_DAYS, calendar)
    elif act.verb in ("decide", "rule", "close"):
        due = None
    owner = act.owner or (act.by if act.verb == "acknowledge" else case.owner)
    return replace(
        case,
        state=state,
        owner="" if act.verb == "unacknowledge" else owner,
        verdict=act.verdict or case.verdict,
        ground=act.ground or case.ground,
        due=due,
        acts=case.acts + 1,
        at_us=act.at_us,
    )


def _in_days(at_us: int, days: int, calendar: Calendar) -> date:
    return calendar.add_workdays(datetime.fromtimestamp((at_us + SHANGHAI_US) / 1e6, UTC).date(), days)


@dataclass(frozen=True)
class Precision:
    """How many of a rule's decided findings were upheld. ``muted``: too few, after enough decisions, so the rule tells nobody."""

    rule: str
    decided: int
    upheld: int

    @property
    def share(self) -> float:
        return self.upheld / self.decided if self.decided else 1.0

    @property
    def muted(self) -> bool:
        return self.decided >= MIN_DECISIONS and self.share < MIN_PRECISION


def precision(verdicts: Iterable[tuple[str, Verdict]]) -> dict[str, Precision]:
    """Precision by rule, from the rule and the verdict of each decided case."""
    decided: dict[str, int] = {}
    upheld: dict[str, int] = {}
    for rule, verdict in verdicts:
        if verdict:
            decided[rule] = decided.get(rule, 0) + 1
            upheld[rule] = upheld.get(rule, 0) + (verdict == "upheld")
    return {rule: Precision(rule, decided[rule], upheld[rule]) for rule in sorted(decided)}
