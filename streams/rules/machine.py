"""The life of a finding: inactive, pending, firing, resolved; moved by truths and time, stored as transitions.

Pure, no clock. Flows in: truths and ``now_us``. Flows out: transitions, to be stored first and told afterwards. The state is what the stored
transitions say: ``rebuild`` gives back exactly what ``step`` had.

A truth that is not repeated stays as it was: a step without news only lets time pass. A pending finding fires in the first step, at or after
its ``for`` has passed, that does not deny it; a firing one is resolved when it has been denied for ``keep_firing``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from streams.rules.pack import Layer
from streams.rules.truth import Truth, finding_id

Phase = Literal["inactive", "pending", "firing", "resolved"]


@dataclass(frozen=True)
class Transition:
    """A stored change of a finding. ``since_us``: when the rule began to hold (or, where it does not, ceased to).

    ``was`` and ``phase`` are equal for the two notes that only a restart needs: the condition of a firing finding ceased, or came back.
    """

    finding: str
    rule: str
    subject: str
    period: str
    was: Phase
    phase: Phase
    holds: bool
    at_us: int
    since_us: int
    episode: int
    value: float
    limit: float
    edition: str
    layer: Layer
    for_us: int
    keep_firing_us: int
    issuer: str = ""
    place: str = ""


Finding = Transition
"""A finding is its last transition."""


class Findings:
    """The findings that are pending or firing, and those that were. Mutable; owned by one caller."""

    def __init__(self, known: Iterable[Finding] = ()) -> None:
        self._known: dict[str, Finding] = {one.finding: one for one in known}
        self._moving = {one.finding for one in self._known.values() if _moves(one)}

    def get(self, finding: str) -> Finding | None:
        """The last transition of a finding; None when it never was more than inactive."""
        return self._known.get(finding)

    def open(self) -> tuple[Finding, ...]:
        """Pending and firing findings, in no order."""
        return tuple(one for one in self._known.values() if one.phase in ("pending", "firing"))

    def moving(self) -> tuple[Finding, ...]:
        """Findings that time alone can move, by identity."""
        return tuple(self._known[one] for one in sorted(self._moving))

    def put(self, one: Transition) -> None:
        """Take over a stored transition."""
        self._known[one.finding] = one
        (self._moving.add if _moves(one) else self._moving.discard)(one.finding)


def _moves(one: Finding) -> bool:
    return one.phase == "pending" or (one.phase == "firing" and not one.holds)


def rebuild(transitions: Iterable[Transition]) -> Findings:
    """The findings that stored transitions amount to; transitions in the order in which they were made."""
    return Findings(transitions)


def step(findings: Findings, truths: Iterable[Truth], now_us: int) -> list[Transition]:
    """The transitions at ``now_us``, already taken over into ``findings``; by identity, so that the order of truths does not matter.

    Of several truths about one finding in one step one that holds wins. ``now_us`` must not go back; if it does, nothing fires early.
    """
    news: dict[str, Truth] = {}
    for truth in truths:
        if truth.holds is None:
            continue
        key = truth.id
        held = news.get(key)
        if held is None or (truth.holds, truth.value) > (bool(held.holds), held.value):
            news[key] = truth
    made: list[Transition] = []
    for key in sorted(news.keys() | {one.finding for one in findings.moving()}):
        before = known = findings.get(key)
        while (moved := _moved(known, news.get(key), now_us)) is not None:
            known = moved
        if known is not None and known is not before:
            was: Phase = "inactive" if before is None else before.phase
            made.append(known if known.was == was else replace(known, was=was))
            findings.put(made[-1])
    return made


def _moved(known: Finding | None, truth: Truth | None, now_us: int) -> Transition | None:
    """The next transition of one finding, None when it rests."""
    if known is None or known.phase in ("inactive", "resolved"):
        return _begun(known, truth, now_us) if truth is not None and truth.holds else None
    denied = not known.holds if truth is None else not truth.holds
    current = known if truth is None or denied else _informed(known, truth)
    if known.phase == "pending":
        if denied:
            return _next(known, "inactive", now_us, holds=False, since_us=now_us)
        return _next(current, "firing", now_us) if now_us - known.since_us >= known.for_us else None
    if not denied:
        return None if known.holds else _next(current, "firing", now_us, holds=True, since_us=now_us)
    if known.holds:
        return _next(known, "firing", now_us, holds=False, since_us=now_us)
    return _next(known, "resolved", now_us) if now_us - known.since_us >= known.keep_firing_us else None


def _begun(known: Finding | None, truth: Truth, now_us: int) -> Transition:
    """The beginning of an episode; without a ``for`` the same step takes it on to firing."""
    return Transition(
        finding=truth.id,
        rule=truth.rule,
        subject=truth.subject,
        period=truth.period,
        was="inactive" if known is None else known.phase,
        phase="pending" if truth.for_us else "firing",
        holds=True,
        at_us=now_us,
        since_us=now_us,
        episode=1 if known is None else known.episode + 1,
        value=truth.value,
        limit=truth.limit,
        edition=truth.edition,
        layer=truth.layer,
        for_us=truth.for_us,
        keep_firing_us=truth.keep_firing_us,
        issuer=truth.issuer,
        place=truth.place,
    )


def _informed(known: Finding, truth: Truth) -> Finding:
    """The finding with the value measured now; what it is judged by stays that of the beginning of its episode."""
    return replace(known, value=truth.value, limit=truth.limit)


def _next(
    one: Finding, phase: Phase, now_us: int, *, holds: bool | None = None, since_us: int | None = None
) -> Transition:
    return replace(
        one,
        was=one.phase,
        phase=phase,
        at_us=now_us,
        holds=one.holds if holds is None else holds,
        since_us=one.since_us if since_us is None else since_us,
    )


def lapsed(
    findings: Findings, truths: Iterable[Truth], rules: Collection[str], subjects: Collection[str] | None = None
) -> list[Truth]:
    """The denials that silence amounts to: open findings of ``rules`` (and ``subjects``, None: all) which no truth mentions.

    For families that report only what holds: the caller says which rules and subjects it has looked at completely.
    """
    said = {finding_id(one.rule, one.subject, one.period) for one in truths}
    return [
        Truth(one.rule, one.subject, one.period, False, one.value, one.limit, one.edition)
        for one in findings.open()
        if one.rule in rules and one.finding not in said and (subjects is None or one.subject in subjects)
    ]


def flaps(transitions: Iterable[Transition]) -> Mapping[str, int]:
    """How often each finding fired among some transitions: what a notice about a flapping rule counts."""
    counted: dict[str, int] = {}
    for one in transitions:
        if one.phase == "firing" and one.was != "firing":
            counted[one.finding] = counted.get(one.finding, 0) + 1
    return counted
