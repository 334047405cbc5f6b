"""What the notifier knows and does: stored transitions in, stored notifications out, then delivered.

Flows in: transitions, silences, verdicts and the outbox of the store, ``now_us``. Flows out: notifications and withheld ones, stored before
anybody hears of them. Everything comes from the store at the start.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from clickhouse_connect.driver.client import Client

from streams.agents.cases import Cases
from streams.agents.notifier.outbox import Outbox
from streams.alerts.cases import precision
from streams.alerts.dispatch import OVER_CAP, Dispatcher, Step
from streams.alerts.groups import Manner
from streams.alerts.message import Language, Words
from streams.alerts.model import CaseView, Notification, Told
from streams.alerts.policy import Policy
from streams.calendars import Calendar
from streams.events import ident_of
from streams.registry import Registry
from streams.registry.errors import RegistryError
from streams.rules import Rulebook, Transition
from streams.rules.wording import measured
from streams.store import get_meta, set_meta
from streams.store.alerting import (
    Stored,
    insert_deliveries,
    insert_notifications,
    insert_withheld,
)
from streams.store.casework import verdicts
from streams.store.loads import titles_of
from streams.store.parts import part_states
from streams.store.rounds import Round, insert_rounds
from streams.store.workers import (
    load_notifications,
    load_silences,
    load_transitions,
    load_withheld,
    open_rule_faults,
    settled,
)

LOOK_AROUND_US: Final = 5_000_000
"""How often silences, cases and verdicts are read, and rounds put down."""
BEGAN: Final = "alerts-began"
PART: Final = "notifier"


class About(NamedTuple):
    """The demand that a finding is about."""

    title: str = ""
    doc_no: str = ""
    issued_us: int = 0


class Titles:
    """Title, number and time of the demands that findings are about. Owned by one caller."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, About] = {}

    def learn(self, findings: Iterable[Transition]) -> None:
        """Look up what is not known yet."""
        names = {one.subject.removeprefix("event:") for one in findings if one.subject.startswith("event:")}
        idents = {ident_of(*name.split("#", 1)): name for name in names - self._known.keys() if "#" in name}
        for ident, title, doc_no, time_us in titles_of(self._client, sorted(idents)):
            self._known[idents[ident]] = About(title, doc_no, time_us)

    def of(self, subject: str) -> About:
        """What is known of a finding's demand; nothing for another subject."""
        return self._known.get(subject.removeprefix("event:"), About())


class Notifier:
    """All alerting of one installation. One for each installation; owned by one caller."""

    def __init__(
        self,
        client: Client,
        registry: Registry,
        book: Rulebook,
        calendar: Calendar,
        policy: Policy,
        outbox: Callable[[Words], Outbox],
        now_us: int,
        dashboard: str = "",
    ) -> None:
        self._client, self._policy = client, policy
        self._titles = Titles(client)
        self._cases = Cases(calendar)
        began_us = self._began(now_us)
        manner = manner_of(book, self._titles)
        self._dispatcher = Dispatcher(policy, registry, calendar, manner, now_us, began_us)
        self._dispatcher.condition = self._condition
        self._outbox = outbox(words_of(book, registry, dashboard))
        self._around_us = self._rounds_us = 0
        self._started_us = now_us
        self._look_around(now_us)
        self._restore()

    def _began(self, now_us: int) -> int:
        """When alerting began here: at the first start that had somebody to tell."""
        known = get_meta(self._client, BEGAN)
        if known is not None:
            return int(known)
        if self._policy.receivers:
            set_meta(self._client, BEGAN, str(now_us), now_us)
        return now_us

    def _restore(self) -> None:
        """Replay what is stored in the order of its numbers; put into the outbox what has not arrived."""
        notes = load_notifications(self._client)
        place = 0
        rows = load_transitions(self._client)
        self._titles.learn(row.transition for row in rows)
        for row in rows:
            while place < len(notes) and notes[place].notification.seq < row.seq:
                self._dispatcher.restore(notes[place].notification)
                place += 1
            self._dispatcher.take(row.seq, row.transition)
        for one in notes[place:]:
            self._dispatcher.restore(one.notification)
        self._dispatcher.restore_withheld(load_withheld(self._client))
        arrived, failed = settled(self._client)
        for one in notes:
            left = tuple(name for name in one.receivers if (one.notification.id, name) not in arrived)
            if left:
                self._outbox.put([Stored(one.notification, left)], failed)

    def step(self, now_us: int) -> Step:
        """Take what was found since, decide, store, deliver."""
        rows = load_transitions(self._client, self._dispatcher.seq)
        self._titles.learn(row.transition for row in rows)
        for row in rows:
            self._dispatcher.take(row.seq, row.transition)
        self._look_around(now_us)
        step = self._dispatcher.step(now_us)
        insert_withheld(self._client, step.withheld, f"withheld-{self._dispatcher.seq}-{now_us}")
        stored = self._stored(step.notifications)
        insert_notifications(self._client, stored)
        self._outbox.put(stored)
        self.deliver()
        self._tell_rounds(now_us, len(rows))
        return step

    def _tell_rounds(self, now_us: int, taken: int) -> None:
        """Put down that a round was completed, now and then."""
        if now_us - self._rounds_us >= LOOK_AROUND_US:
            self._rounds_us = now_us
            insert_rounds(self._client, [Round(PART, name, now_us, 0, taken) for name in ("alerts", "deliveries")])

    def deliver(self) -> None:
        """Move the outbox, and store what came of it."""
        insert_deliveries(self._client, self._outbox.ended())
        self._outbox.begin()

    def deliver_for(self, patience_s: float) -> float:
        """Deliver what is at hand, one message after the other, for so long at most; what is left of the time."""
        bound = time.monotonic() + patience_s
        while (left := bound - time.monotonic()) > 0 and self._outbox.wait(left):
            self.deliver()
        return max(0.0, left)

    def _stored(self, notes: Sequence[Notification]) -> list[Stored]:
        return [Stored(one, () if one.note == OVER_CAP else self._policy.receivers_of(one.recipient)) for one in notes]

    def _look_around(self, now_us: int) -> None:
        if now_us - self._around_us < LOOK_AROUND_US:
            return
        self._around_us = now_us
        self._dispatcher.silence(load_silences(self._client), now_us)
        self._cases.refresh(self._client)
        views = {one.finding: CaseView(one.state, one.at_us, one.verdict) for one in self._cases.by_finding.values()}
        self._dispatcher.cases(views, now_us)
        found = precision(verdicts(self._client))
        self._dispatcher.mute({rule: f"{rule}: {one.upheld}/{one.decided}" for rule, one in found.items() if one.muted})

    def _condition(self, now_us: int) -> str:
        """What is wrong with the parts, for whoever reads the watchdog's message."""
        up_s = (now_us - self._started_us) // 1_000_000
        states = (part for part in part_states(self._client, now_us) if part.part != PART)
        late = [part for part in states if not part.is_ok and (part.condition != "never" or up_s > part.bound_s)]
        words = [f"{part.part} {part.name}: {part.condition}, {part.age_s} s" for part in late]
        words += [f"rule {fault.rule}: {fault.error}" for fault in open_rule_faults(self._client)]
        return "; ".join(words)[:1_000]

    @property
    def is_idle(self) -> bool:
        """Whether all that was decided has arrived or was given up."""
        return self._outbox.is_idle

    def close(self) -> None:
        """End deliveries in peace."""
        self._outbox.close()
        insert_deliveries(self._client, self._outbox.ended())


def manner_of(book: Rulebook, titles: Titles) -> Callable[[Transition], Manner]:
    """What the rule of a finding says of telling; a rule that is no longer at hand is told to its issuer and office."""

    def manner(one: Transition) -> Manner:
        standing = book.find(one.rule, one.edition)
        about = titles.of(one.subject)
        if standing is None:
            return Manner(("issuer", "office"), "low", *about)
        return Manner(standing.rule.tell, standing.rule.severity, *about)

    return manner


def words_of(book: Rulebook, registry: Registry, dashboard: str) -> Words:
    """Titles and names for messages."""

    def title(rule: str, edition: str, language: Language) -> str:
        standing = book.find(rule, edition)
        return rule if standing is None else getattr(standing.rule.title, language)

    def place(code: str) -> str:
        try:
            return registry.name_of(code) if code else ""
        except RegistryError:
            return code

    def issuer(code: str, language: Language) -> str:
        try:
            found = registry.issuer(code)
        except RegistryError:
            return code
        return found.name_zh if language == "zh" else found.name_en

    def measure(told: Told, language: Language) -> str:
        standing = book.find(told.rule, told.edition)
        if standing is None:
            return ""
        rule = standing.rule
        return measured(
            told.value, told.limit, rule.unit, rule.holds, rule.load is not None or rule.value != "1", language
        )

    return Words(title, place, dashboard, issuer, measure)
