"""Who is told what, when: groups of findings by rule and recipient, their waits, repeats, caps and quiet times.

Pure, no clock. Flows in: transitions as they were stored, silences, muted rules, ``now_us``. Flows out: notifications and withheld ones, to be
stored first and delivered afterwards. The state is what stored transitions and stored notifications say: replaying both in the order of their
numbers (``take``, ``restore``) gives back what ``step`` had, so that a crash repeats a message at most and loses none.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple

from streams.alerts.flapping import Flapping
from streams.alerts.groups import Group, Manner, gravest, told_of, worst
from streams.alerts.holding import Causes, Silences
from streams.alerts.model import (
    MAX_TOLD,
    OPERATOR,
    CaseView,
    Notification,
    Occasion,
    Reason,
    Recipient,
    Silence,
    Told,
    Withheld,
)
from streams.alerts.policy import SHANGHAI_US, Policy, next_digest_us
from streams.alerts.routing import above, body_code, recipients
from streams.alerts.stages import WAITING, Around, held
from streams.calendars import Calendar
from streams.registry import Registry
from streams.rules import Transition
from streams.rules.pack import DAY_US

OVER_CAP: Final = "over-cap"
"""Note of a message that is kept for the digest: stored, never delivered."""
MINUTE_US: Final = 60_000_000
EPOCH: Final = date(1970, 1, 1).toordinal()


class Step(NamedTuple):
    """What a step decided, in order."""

    notifications: list[Notification]
    withheld: list[Withheld]


class Dispatcher:
    """All groups of one installation. Mutable; owned by one caller. ``manner`` says what the rule of a finding wants."""

    def __init__(
        self,
        policy: Policy,
        registry: Registry,
        calendar: Calendar,
        manner: Callable[[Transition], Manner],
        now_us: int,
        since_us: int = 0,
    ) -> None:
        """``since_us``: when alerting began; what was issued before is history."""
        self._policy, self._registry, self._calendar, self._manner = policy, registry, calendar, manner
        self._around = Around(policy, Causes(policy.inhibit), since_us)
        self._groups: dict[str, Group] = {}
        self._of: dict[str, tuple[str, ...]] = {}
        self._last: dict[str, Transition] = {}
        self._silence_edge_us: int | None = None
        self._stale_us: int | None = None
        """When the next acknowledgement goes stale."""
        self._escalated: set[str] = set()
        self._escalate_us = 0
        self._explained: set[str] = set()
        self._flapping = Flapping(policy.flap)
        self._said: set[tuple[str, str, Reason, str]] = set()
        self._sent_on: dict[tuple[Recipient, int], int] = {}
        self._capped: dict[Recipient, int] = {}
        self._begun: defaultdict[Recipient, deque[int]] = defaultdict(deque)
        self._watched_us = 0
        self._digest_us = next_digest_us(policy, calendar, now_us)
        self._withheld: list[Withheld] = []
        self.seq = 0
        """Number of the last transition taken."""
        self.condition: Callable[[int], str] = lambda _now_us: ""
        """What is wrong with the parts, asked when the watchdog's message is due; '' while nothing is."""

    def take(self, seq: int, one: Transition) -> None:
        """Take over a stored transition. Each number once, ascending."""
        self.seq = seq
        if self._around.causes.take(one):
            self._all_dirty()
        self._flapping.take(one)
        if one.phase == "firing":
            self._begin(one)
        else:
            self._end(one)

    def _begin(self, one: Transition) -> None:
        manner = self._manner(one)
        keys = []
        self._around.issued[one.finding] = manner.issued_us
        for to in recipients(one, manner.roles, self._policy, self._registry):
            if not self._policy.receivers_of(to):
                self._withhold(one.finding, f"{one.rule}|{to.role}|{to.code}", to, "no-receiver", "", one.at_us)
                continue
            group = self._groups.setdefault(f"{one.rule}|{to.role}|{to.code}", Group(to, one.rule))
            if one.finding not in group.members and not (group.members.keys() - group.told.keys()):
                group.since_us = one.at_us
            group.members[one.finding] = told_of(one, manner)
            group.ended.pop(one.finding, None)
            group.dirty = True
            if one.was == "firing" and one.finding in group.told:
                group.restated |= {one.finding} if one.is_told else set()
            else:
                self._begun[to].append(one.at_us)
            keys.append(group.key)
        self._of[one.finding] = tuple(keys)
        self._last[one.finding] = one

    def _end(self, one: Transition) -> None:
        self._last.pop(one.finding, None)
        self._around.issued.pop(one.finding, None)
        for key in self._of.pop(one.finding, ()):
            group = self._groups[key]
            group.dirty = True
            told = group.told.get(one.finding)
            if told is not None:
                group.ended[one.finding] = replace(told, phase="resolved", reason=one.reason, ended_us=one.at_us)
            if group.members.pop(one.finding, None) is not None and told is None:
                self._withhold(one.finding, key, group.recipient, "resolved-before-told", "", one.at_us)

    def restore(self, one: Notification) -> None:
        """Take over a stored notification, after the transitions that it took into account."""
        if one.occasion == "watchdog":
            self._watched_us = one.at_us
        elif one.occasion == "digest":
            self._digest_us = next_digest_us(self._policy, self._calendar, one.at_us)
            self._capped.pop(one.recipient, None)
        elif one.occasion == "flap":
            self._flapping.told(one.group, one.at_us)
        elif one.occasion == "muted":
            self._explained.add(one.group)
        elif one.occasion == "escalation":
            self._escalated.update(told.finding for told in one.told)
        elif one.group in self._groups:
            group = self._groups[one.group]
            shown = {told.finding for told in one.told} & group.members.keys()
            if one.count > len(one.told) > 0:
                shown |= self._eligible(group, one.at_us, quietly=True)
            self._note(group, one, shown)
            self._drop_empty(group)

    def restore_withheld(self, rows: Iterable[Withheld]) -> None:
        """Take over what was withheld, so that it is not noted twice."""
        for row in rows:
            self._said.add((row.finding or row.group, row.recipient.code, row.reason, row.detail))
        self._withheld.clear()

    def silence(self, rows: Iterable[Silence], now_us: int) -> None:
        """The silences as they are now."""
        self._around.silences = Silences(rows)
        self._silence_edge_us = self._around.silences.next_change_us(now_us)
        self._all_dirty()

    def cases(self, cases: Mapping[str, CaseView], now_us: int) -> None:
        """How the cases of findings stand now."""
        if cases != self._around.cases:
            self._all_dirty()
        self._around.cases = dict(cases)
        self._stale_us = self._next_stale_us(now_us)

    def _next_stale_us(self, now_us: int) -> int | None:
        stale = (
            case.at_us + self._policy.acknowledged for case in self._around.cases.values() if case.state in WAITING
        )
        return min((at_us for at_us in stale if at_us > now_us), default=None)

    def mute(self, rules: Mapping[str, str]) -> None:
        """The rules that tell nothing because too little of what they found was upheld, and in which words their owner learns why."""
        if rules.keys() != self._around.muted.keys():
            self._all_dirty()
        self._around.muted = dict(rules)
        self._explained &= rules.keys()

    def step(self, now_us: int) -> Step:
        """What to send and what is held back at an instant. ``now_us`` must not go back; if it does, nothing is sent early."""
        if self._silence_edge_us is not None and now_us >= self._silence_edge_us:
            self._silence_edge_us = self._around.silences.next_change_us(now_us)
            self._all_dirty()
        if self._stale_us is not None and now_us >= self._stale_us:
            self._stale_us = self._next_stale_us(now_us)
            self._all_dirty()
        made: list[Notification] = []
        ready = [group for group in self._groups.values() if group.dirty or (group.due_us and now_us >= group.due_us)]
        for group in sorted(ready, key=lambda group: group.key):  # a restart must not change the order
            made += self._look(group, now_us)
            self._drop_empty(group)
        made += self._escalations(now_us)
        made += self._flaps(now_us)
        made += self._mutings(now_us)
        made += self._digests(now_us)
        made += self._watchdog(now_us)
        withheld, self._withheld = self._withheld, []
        return Step(made, withheld)

    def _drop_empty(self, group: Group) -> None:
        if not group.members and not group.told:
            del self._groups[group.key]

    def open_for(self, to: Recipient) -> list[Told]:
        """What fires and concerns a recipient, worst first."""
        return worst(
            told for group in self._groups.values() if group.recipient == to for told in group.members.values()
        )

    def _look(self, group: Group, now_us: int) -> list[Notification]:
        group.dirty, group.due_us = False, 0
        eligible = self._eligible(group, now_us)
        news = eligible - group.told.keys()
        occasion: Occasion
        if news:
            due_us = max(group.since_us + self._policy.group_wait, self._next_us(group))
            occasion = "firing"
        elif group.told and not group.told.keys() & group.members.keys():
            due_us, occasion = self._next_us(group), "resolved"
        elif group.ended or group.restated:
            due_us, occasion = self._next_us(group), "update"
        elif eligible:
            due_us, occasion = group.sent_us + self._pause(group), "repeat"
        else:
            return []
        if now_us < due_us:
            group.due_us = due_us
            return []
        shown = set() if occasion == "resolved" else eligible
        return self._send(group, occasion, shown, now_us)

    def _send(self, group: Group, occasion: Occasion, shown: set[str], now_us: int) -> list[Notification]:
        listed = worst(group.members[finding] for finding in shown)
        ended = worst(group.ended.values())
        severity = gravest((*listed, *ended))
        quiet = self._policy.quiet_now(group.recipient, severity, now_us, self._calendar, group.rule)
        if quiet:
            self._withhold("", group.key, group.recipient, "quiet-time", f"{quiet} {_day(now_us)}", now_us)
            group.due_us = now_us + 60_000_000
            return []
        day = (group.recipient, _day(now_us))
        over = occasion == "firing" and severity != "high" and self._sent_on.get(day, 0) >= self._policy.cap_per_day
        if over:
            self._withhold("", group.key, group.recipient, "cap", str(_day(now_us)), now_us)
        count = len(ended) if occasion == "resolved" else len(shown)
        note = self._notification(group.recipient, occasion, group.key, now_us, count, listed, OVER_CAP if over else "")
        note = replace(note, ended=tuple(ended[:MAX_TOLD]))
        self._note(group, note, shown)
        return [note]

    def _note(self, group: Group, one: Notification, shown: set[str]) -> None:
        """What a message leaves behind; the same when it is sent and when it is read back."""
        if one.note == OVER_CAP:
            self._capped[one.recipient] = self._capped.get(one.recipient, 0) + one.count
        elif one.occasion == "firing" and gravest((*one.told, *one.ended)) != "high":
            day = (one.recipient, _day(one.at_us))
            self._sent_on[day] = self._sent_on.get(day, 0) + 1
        group.sent_us, group.due_us, group.dirty = one.at_us, 0, False
        group.ended.clear()
        group.restated.clear()
        if one.occasion == "resolved":
            group.told, group.sent = {}, 0
            group.dirty = bool(group.members)
            return
        known = shown | group.told.keys()
        group.told = {finding: told for finding, told in group.members.items() if finding in known}
        group.sent += one.occasion != "update"
        group.due_us = one.at_us + self._pause(group)

    def _next_us(self, group: Group) -> int:
        return group.sent_us + self._policy.group_interval if group.sent_us else 0

    def _pause(self, group: Group) -> int:
        pauses = self._policy.repeat
        return pauses[min(max(group.sent, 1), len(pauses)) - 1]

    def _eligible(self, group: Group, now_us: int, *, quietly: bool = False) -> set[str]:
        """Members that may be told; why the others may not is noted."""
        eligible = set()
        for finding in group.members:
            found = held(self._last[finding], self._around, now_us)
            if found is None:
                eligible.add(finding)
            elif not quietly:
                self._withhold(finding, group.key, group.recipient, *found, now_us)
        return eligible

    def _withhold(self, finding: str, group: str, to: Recipient, reason: Reason, detail: str, now_us: int) -> None:
        said = (finding or group, to.code, reason, detail)
        if said not in self._said:
            self._said.add(said)
            self._withheld.append(Withheld(finding, group, to, reason, now_us, detail))

    def _escalations(self, now_us: int) -> list[Notification]:
        """Once, to the supervising body of the next area above: breaches that were told and that nobody took in hand."""
        if now_us < self._escalate_us:
            return []
        self._escalate_us = now_us + MINUTE_US
        lying: defaultdict[Recipient, list[Told]] = defaultdict(list)
        for group in self._groups.values():
            areas = (
                above(group.recipient.code.partition("-")[0].rstrip("0"))
                if group.recipient.role == "supervising"
                else ()
            )
            for told in group.told.values() if areas else ():
                case = self._around.cases.get(told.finding)
                old = now_us - told.since_us >= self._policy.escalate and told.finding in group.members
                if old and told.layer == "breach" and (case is None or case.state == "new"):
                    lying[Recipient(body_code(areas[-1], self._policy.supervising_line), "supervising")].append(told)
        made = []
        for to, found in sorted(lying.items()):
            fresh = worst(told for told in found if told.finding not in self._escalated)
            if fresh and self._policy.receivers_of(to):
                made.append(self._notification(to, "escalation", "", now_us, len(fresh), fresh))
                self._escalated.update(told.finding for told in fresh)
        return made

    def _flaps(self, now_us: int) -> list[Notification]:
        if not self._policy.receivers_of(OPERATOR):
            return []
        found = []
        for rule, finding, count in self._flapping.due(now_us):
            note = f"{rule}: {finding} fired {count} times"
            found.append(self._notification(OPERATOR, "flap", rule, now_us, count, [], note))
            self._flapping.told(rule, now_us)
        return found

    def _mutings(self, now_us: int) -> list[Notification]:
        """Once for each rule that fell silent: its owner learns why."""
        if not self._policy.receivers_of(OPERATOR):
            return []
        fresh = sorted(self._around.muted.keys() - self._explained)
        self._explained.update(fresh)
        return [self._notification(OPERATOR, "muted", rule, now_us, 1, [], self._around.muted[rule]) for rule in fresh]

    def _digests(self, now_us: int) -> list[Notification]:
        if now_us < self._digest_us:
            return []
        at_us, self._digest_us = self._digest_us, next_digest_us(self._policy, self._calendar, now_us)
        found = []
        for to in sorted({group.recipient for group in self._groups.values()}):
            listed = self.open_for(to)
            over = self._capped.pop(to, 0)
            begun = self._begun[to]
            while begun and begun[0] <= at_us - 7 * DAY_US:
                begun.popleft()
            if listed:
                notes = [f"{OVER_CAP} {over}"] if over else []
                if self._is_weekly(at_us):
                    notes.append(f"week {len(begun)}")
                note = "; ".join(notes)
                found.append(self._notification(to, "digest", "", at_us, len(listed), listed, note))
        return found

    def _is_weekly(self, at_us: int) -> bool:
        """Whether a day is the first workday of its week."""
        day = date.fromordinal(EPOCH + _day(at_us))
        return self._calendar.workdays_between(day - timedelta(days=day.weekday()), day) == 0

    def _watchdog(self, now_us: int) -> list[Notification]:
        slot_us = now_us - now_us % self._policy.watchdog
        if slot_us <= self._watched_us or not self._policy.receivers_of(OPERATOR):
            return []
        self._watched_us = slot_us
        return [self._notification(OPERATOR, "watchdog", "", slot_us, 0, [], self.condition(now_us))]

    def _notification(
        self, to: Recipient, occasion: Occasion, group: str, at_us: int, count: int, told: list[Told], note: str = ""
    ) -> Notification:
        text = f"{group}|{to.role}|{to.code}|{occasion}|{at_us}"
        identity = blake2b(text.encode(), digest_size=12).hexdigest()
        return Notification(identity, to, occasion, group, at_us, count, tuple(told[:MAX_TOLD]), self.seq, note)

    def _all_dirty(self) -> None:
        for group in self._groups.values():
            group.dirty = True


def _day(now_us: int) -> int:
    """Number of the local day."""
    return (now_us + SHANGHAI_US) // DAY_US
