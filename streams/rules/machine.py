"""The life of a finding: inactive, pending, firing, resolved; moved by truths and time, stored as transitions.

Pure, no clock. Flows in: truths and ``now_us``. Flows out: transitions, to be stored first and told afterwards. The state is what the stored
transitions say: ``rebuild`` gives back exactly what ``step`` had.

A truth that is not repeated stays as it was: a step without news only lets time pass. A pending finding fires in the first step, at or after
its ``for`` has passed, that does not deny it; a firing one is resolved when it has been denied for ``keep_firing``, and at once when the
denial has a reason: a demand that was withdrawn does not come back within the hour. A rule that changed under a firing finding restates it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from streams.rules.pack import Layer
from streams.rules.truth import EndReason, Truth, finding_id

Phase = Literal["inactive", "pending", "firing", "resolved"]


@dataclass(frozen=True)
class Transition:
    """A stored change of a finding. ``since_us``: when the rule began to hold (or, where it does not, ceased to).

    ``was`` and ``phase`` are equal for the two notes that only a restart needs: the condition of a firing finding ceased, or came back; and
    for a restatement.
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
    reason: EndReason = ""
    """Why it ended, or (``rule-changed`` on a firing one) why it was restated."""

    @property
    def is_told(self) -> bool:
        """Whether the outside hears of it: a change of phase, or a restatement; not the notes that only a restart needs."""
        return self.was != self.phase or (self.phase == "firing" and self.holds and self.reason == "rule-changed")


Finding = Transition
"""A finding is its last transition."""


class Findings:
    """The findings that are pending or firing, and those that were. Mutable; owned by one caller."""

    def __init__(self, known: Iterable[Finding] = ()) -> None:
        self._known: dict[str, Finding] = {}
        self._moving: set[str] = set()
        self._open: dict[str, set[str]] = {}
        """Open findings by subject."""
        for finding in known:
            self.put(finding)

    def get(self, finding: str) -> Finding | None:
        """The last transition of a finding; None when it never was more than inactive."""
        return self._known.get(finding)

    def open(self, subjects: Iterable[str] | None = None) -> tuple[Finding, ...]:
        """Pending and firing findings (of some subjects, None: all), in no order."""
        chosen = self._open.values() if subjects is None else (self._open.get(subject, ()) for subject in subjects)
        return tuple(self._known[finding] for findings in chosen for finding in findings)

    def moving(self) -> tuple[Finding, ...]:
        """Findings that time alone can move, by identity."""
        return tuple(self._known[finding] for finding in sorted(self._moving))

    def put(self, finding: Transition) -> None:
        """Take over a stored transition."""
        identity = finding.finding
        self._known[identity] = finding
        (self._moving.add if _moves(finding) else self._moving.discard)(identity)
        if finding.phase in ("pending", "firing"):
            self._open.setdefault(finding.subject, set()).add(identity)
        elif (held := self._open.get(finding.subject)) is not None:
            held.discard(identity)
            if not held:
                del self._open[finding.subject]


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
            reason = "" if truth is None else truth.reason
            return _next(known, "inactive", now_us, holds=False, since_us=now_us, reason=reason)
        return _next(current, "firing", now_us) if now_us - known.since_us >= known.for_us else None
    if not denied:
        if not known.holds:
            return _next(current, "firing", now_us, holds=True, since_us=now_us)
        return _restated(known, truth, now_us) if truth is not None else None
    if truth is not None and truth.reason:
        return _next(known, "resolved", now_us, holds=False, since_us=now_us, reason=truth.reason)
    if known.holds:
        return _next(known, "firing", now_us, holds=False, since_us=now_us)
    return _next(known, "resolved", now_us) if now_us - known.since_us >= known.keep_firing_us else None


def _restated(known: Finding, truth: Truth, now_us: int) -> Transition | None:
    """A firing finding under a rule that has changed; None when it is judged by the rule that it began under.

    The level of a unit moves by itself and is no change of the rule.
    """
    moving = known.subject.startswith(("unit:", "area:"))
    same = (truth.edition, truth.layer) == (known.edition, known.layer) and (moving or truth.limit == known.limit)
    if same:
        return None
    changed = _next(_informed(known, truth), "firing", now_us, reason="rule-changed")
    return replace(
        changed, edition=truth.edition, layer=truth.layer, for_us=truth.for_us, keep_firing_us=truth.keep_firing_us
    )


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
    one: Finding,
    phase: Phase,
    now_us: int,
    *,
    holds: bool | None = None,
    since_us: int | None = None,
    reason: EndReason = "",
) -> Transition:
    return replace(
        one,
        was=one.phase,
        reason=reason,
        phase=phase,
        at_us=now_us,
        holds=one.holds if holds is None else holds,
        since_us=one.since_us if since_us is None else since_us,
    )


def lapsed(
    findings: Findings,
    truths: Iterable[Truth],
    rules: Collection[str],
    subjects: Collection[str] | None = None,
    why: Callable[[Finding], EndReason] = lambda _: "",
) -> list[Truth]:
    """The denials that silence amounts to: open findings of ``rules`` (and ``subjects``, None: all) which no truth mentions.

    For families that report only what holds: the caller says which rules and subjects it has looked at completely, and ``why`` of each.
    """
    said = {finding_id(truth.rule, truth.subject, truth.period) for truth in truths}
    return [
        denial(finding, why(finding))
        for finding in findings.open(subjects)
        if finding.rule in rules and finding.finding not in said
    ]


def denial(finding: Finding, reason: EndReason = "") -> Truth:
    """The truth that a finding no longer holds."""
    return Truth(
        finding.rule,
        finding.subject,
        finding.period,
        False,
        finding.value,
        finding.limit,
        finding.edition,
        reason=reason,
    )
