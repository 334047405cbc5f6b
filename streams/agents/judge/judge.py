"""What the judge knows and finds: demands as they stand against the event rules, loads against theirs, all that is at hand against the rest.

Flows in: stored events, postings and acts, ``now_us``. Flows out: transitions, stored before anybody hears of them. Touches the store.
Everything comes from the store at the start: after a crash a part is judged again, and what is judged again changes nothing. ``events`` and
``loads`` are called by one thread, ``family`` by another; findings move under one lock.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from clickhouse_connect.driver.client import Client

from streams.agents.judge.casebook import Casebook
from streams.agents.judge.past import held_events, names_to_idents, states_about, states_by_ident
from streams.agents.judge.seasons import seasons_of
from streams.agents.topics import DEMANDS, partitions
from streams.agents.worker.reconcile import events_from
from streams.calendars import Calendar
from streams.events.log_position import PARTITION_BIT
from streams.ledger.ledger import Ledger
from streams.ledger.metrics import Metric
from streams.registry import Registry
from streams.rules import (
    BUILDERS,
    EndReason,
    Finding,
    Issuance,
    Judged,
    Lists,
    LoadWatch,
    Rulebook,
    Transition,
    Truth,
    denial,
    evaluate_each,
    judged,
    lapsed,
    rebuild,
    rules_of,
    step,
)
from streams.rules.columns import events_table
from streams.rules.evaluation import LIVING
from streams.rules.facts import LINGER_US, day_of
from streams.rules.lists import lists_on
from streams.rules.live import Changed, LiveDemands
from streams.rules.loads import code_of
from streams.rules.predicates import RuleFault, fault_of
from streams.rules.recorded import Recorded, fields_recorded
from streams.rules.tables import TABLES
from streams.store import get_meta, set_meta
from streams.store.findings import StoredTransition, insert_transitions
from streams.store.loads import events_since, postings_since
from streams.store.workers import lists_mark, load_lists, load_transitions

_LOG: Final = logging.getLogger(__name__)
Family = Literal["event", "load", "relation", "quota", "absence"]
KEY: Final = "judged"
"""Where the store keeps how far the judge has come."""
BATCH: Final = 20_000
SLOW: Final[tuple[Family, ...]] = ("relation", "quota", "absence")
"""Families that look at everything at hand."""
EVENT_RULES: Final = ("events",)
RELEARNED: Final = 500
"""Demands that are judged again at once; events that come wait no longer than for these."""
BREATH_S: Final = 0.02


def tables_of(family: Family) -> tuple[str, ...]:
    """The tables that a slow family reads; upheld appeals, which are few, go with relations."""
    extra = ("corrections",) if family == "relation" else ()
    return tuple(table for table in BUILDERS if TABLES[table].family == family) + extra


class Judge:
    """All findings of one installation. One for each installation."""

    def __init__(
        self,
        client: Client,
        registry: Registry,
        book: Rulebook,
        calendar: Calendar,
        now_us: int,
        off: Collection[str] = (),
    ) -> None:
        """``off``: rules that the operator switched off; ``book`` no longer holds them."""
        self._client, self._registry, self._book, self._off = client, registry, book, frozenset(off)
        self._calendar, self._lists = calendar, Lists()
        self._lists_mark: tuple[int, object] | None = None
        self._lock = threading.RLock()
        stored = load_transitions(client)
        self._seq = stored[-1].seq if stored else 0
        self.findings = rebuild(row.transition for row in stored)
        self._cursors: dict[int, int] = {int(k): v for k, v in json.loads(get_meta(client, KEY) or "{}").items()}
        self.live = LiveDemands(registry, calendar)
        for events in held_events(client, self._cursors, now_us):
            self.live.hear(events)
            self.live.put(states_about(client, events), now_us)
        self.recorded: Recorded = fields_recorded(self.live.views())
        """What each source is known to record."""
        self._learned: Recorded | None = None
        """The same as it was when demands were last judged again for it; None: all that is held is to be judged again."""
        self._cases = Casebook(calendar)
        self._cases.refresh(client)
        self._watch = LoadWatch(book, registry, day_of(now_us), seasons_of(client, registry, book, now_us))
        self._watch.restore(self.findings)
        self._begin_ledger(now_us)
        self.faults: dict[tuple[str, str], RuleFault] = {}
        """Rules that could not be asked when they were last to be, by rule and edition."""
        self._relaid_loads = False
        self._look_at_lists(now_us)
        self._restate_at_start(now_us)

    @property
    def seq(self) -> int:
        """Number of the last transition that is stored."""
        return self._seq

    @property
    def lists(self) -> Lists:
        """The lists in force that rules judge by."""
        return self._lists

    def _look_at_lists(self, now_us: int) -> None:
        """Judge by the lists that are in force now; where they changed, everything that stands is judged again."""
        mark = (lists_mark(self._client), day_of(now_us))
        if mark == self._lists_mark:
            return
        self._lists_mark = mark
        lists = lists_on(load_lists(self._client), day_of(now_us))
        if lists != self._lists:
            self._lists = lists
            self._learned = None  # the next slow round judges all that is held again

    # events

    def events(self, now_us: int) -> int:
        """Judge the events that came since, and the demands that they change; how many there were."""
        rows = events_since(self._client, self._cursors, BATCH)
        if not rows:
            return 0
        events = list(events_from(rows).values())
        states = states_about(self._client, events)
        with self._lock:
            self.live.hear(events)
            self._judge_changed(self.live.put(states, now_us), now_us)
            for row in rows:
                self._cursors[row.pos >> PARTITION_BIT] = row.pos + 1
            set_meta(self._client, KEY, json.dumps(self._cursors), now_us)
        return len(rows)

    def _judge_changed(self, changed: Changed, now_us: int) -> None:
        """Event rules over demands as they are now; what is gone ends all findings about it."""
        found = self._judge_views(changed.views)
        asked = rules_of(self._book, EVENT_RULES) - {fault.rule for fault in found.faults}
        subjects = {f"event:{view.name}" for view in changed.views}
        self._note_event_faults(found.faults, subjects | changed.gone.keys())
        truths = found.truths + lapsed(self.findings, found.truths, asked, subjects, lambda it: self._why(it, now_us))
        truths += [denial(finding, changed.gone[finding.subject]) for finding in self.findings.open(changed.gone)]
        self._step(truths, now_us)

    def _judge_views(self, views: Sequence[Issuance]) -> Judged:
        """Event rules over demands; one that cannot be made a row of is set aside by itself."""
        if not views:
            return Judged([], [])
        try:
            rows = events_table(views, self._calendar, self._lists, self.recorded)
        except Exception as error:  # one demand must not hide the others: halves are tried
            if len(views) == 1:
                _LOG.exception("no row can be made of %s", views[0].name)
                faults = (fault_of(rule, error, "events", [views[0].name]) for rule in self._book.variants("events"))
                return Judged([], list(faults))
            half = len(views) // 2
            first, second = self._judge_views(views[:half]), self._judge_views(views[half:])
            return Judged(first.truths + second.truths, first.faults + second.faults)
        return judged(rows, self._book, "events")

    def _rejudge(self, names: Collection[str], now_us: int) -> None:
        """Judge demands again, held or not, as the store knows them now."""
        if names:
            states = states_by_ident(self._client, names_to_idents(names))
            held = LiveDemands(self._registry, self._calendar)
            self._judge_changed(held.put(states, now_us), now_us)

    def learn(self, now_us: int) -> int:
        """Look anew at what sources record, and judge the demands of those again where that changed; how many.

        Rules that failed on single demands are tried again first.
        """
        with self._lock:
            failed = {row for fault in self.faults.values() if fault.table in EVENT_RULES for row in fault.rows}
            self._rejudge({row.removeprefix("event:") for row in failed}, now_us)
            views = self.live.views()
        self.recorded = fields_recorded(views)
        names = [view.name for view in self._to_relearn(views) if view.is_living(now_us)]
        for first in range(0, len(names), RELEARNED):
            time.sleep(BREATH_S)  # locks are not fair: events that wait get their turn
            with self._lock:
                held = [view for name in names[first : first + RELEARNED] if (view := self.live.view(name)) is not None]
                standing = [view for view in held if not self.live.why_gone(view.name, now_us)]
                self._judge_changed(Changed(standing, {}), now_us)
        self._learned = self.recorded
        return len(names)

    def _to_relearn(self, views: Sequence[Issuance]) -> Iterable[Issuance]:
        """The demands whose source is now known to record other fields of their kind."""
        learned = self._learned
        if learned is None:
            return views
        changed = {
            (source, column.partition(".")[0])
            for source, columns in self.recorded.items()
            for column in columns ^ learned.get(source, frozenset())
        }
        return [view for view in views if (view.event.source, view.event.kind) in changed]

    def _open_event_names(self) -> set[str]:
        rules = rules_of(self._book, EVENT_RULES)
        return {_name(finding) for finding in self.findings.open() if finding.rule in rules}

    # loads

    def _begin_ledger(self, now_us: int) -> None:
        metrics = tuple({metric for metric, _ in self._watch.metrics})
        self._ledger = Ledger({tier: self._registry.size(tier) for tier in self._registry.tiers}, metrics, now_us)
        self._applied = dict.fromkeys(range(partitions(DEMANDS)), 0)

    def loads(self, now_us: int) -> int:
        """Judge the load of every unit as it is now; how many units."""
        if self._ledger.is_far_ahead(now_us):
            self._begin_ledger(now_us)
        postings, self._applied = postings_since(self._client, self._applied)
        if len(postings):
            self._ledger.apply(postings)
        self._ledger.advance(max(now_us, self._ledger.now_us))
        if self._watch.day != day_of(now_us):
            self._watch.move(day_of(now_us), seasons_of(self._client, self._registry, self._book, now_us))

        def load(metric: Metric, tier: int) -> Any:
            return self._ledger.load(metric, tier)

        truths = self._watch.truths(self._watch.changes(load))
        with self._lock:
            self._note_faults(self._watch.faults, ("units",))
            self._step([*truths, *self._relaid(truths)], now_us)
        return sum(self._registry.size(tier) for _, tier in self._watch.metrics)

    def _relaid(self, truths: Sequence[Truth]) -> list[Truth]:
        """Load findings by an edition that no longer applies and that today's does not hold for."""
        if self._relaid_loads:
            return []
        self._relaid_loads = True
        held = {truth.id for truth in truths if truth.holds}
        return [denial(one, "rule-changed") for one in self._old_load_findings() if one.finding not in held]

    def _old_load_findings(self) -> list[Finding]:
        found = []
        for finding in self.findings.open():
            if finding.rule in rules_of(self._book, ("units",)):
                standing = self._watch.standing(finding.rule, code_of(finding.subject))
                if standing is not None and (standing.edition, standing.rule.layer) != (finding.edition, finding.layer):
                    found.append(finding)
        return found

    # relations, quotas, absences

    def family(self, family: Family, now_us: int) -> int:
        """Judge one of the slow families over everything at hand; how many demands. What is not found has ended."""
        with self._lock:
            cases, warnings = self._cases.waiting(self.findings), self._cases.warnings(self.findings, self._book)
            facts = self.live.facts(now_us, self._lists, self.recorded, cases=cases, warnings=warnings)
        tables = tables_of(family)
        found = evaluate_each(self._book, facts, now_us, tables, only_living=True)
        with self._lock:
            self._note_faults(found.faults, tables)
            asked = rules_of(self._book, tables) - {fault.rule for fault in found.faults}
            self._step([*found.truths, *self._lapsed(found.truths, asked, now_us)], now_us)
        return len(facts.issued)

    def _lapsed(self, truths: Sequence[Truth], rules: Collection[str], now_us: int) -> Iterable[Truth]:
        """The denials that silence amounts to, but for what lies behind and was not compared."""
        living = rules_of(self._book, LIVING)
        for truth in lapsed(self.findings, truths, rules, why=lambda it: self._why(it, now_us)):
            finding = self.findings.get(truth.id)
            if finding is None or finding.rule not in living or not self._is_past(finding, now_us):
                yield truth

    def _is_past(self, finding: Finding, now_us: int) -> bool:
        """Whether a finding is about what lies behind: then it is no longer compared, and stands until somebody decides."""
        view = self.live.view(_name(finding))
        if view is not None:
            return not self.live.why_gone(view.name, now_us) and not view.is_living(now_us)
        return finding.subject.startswith("event:") or now_us - finding.since_us > LINGER_US

    def housekeeping(self, now_us: int) -> None:
        """What people decided since, which lists are in force, and what is too old to hold."""
        with self._lock:
            self._look_at_lists(now_us)
            changed = self._cases.refresh(self._client)
            known = [one for one in map(self.findings.get, changed) if one is not None]
            ended = [denial(one, self._cases.reason(one.finding)) for one in known if self._cases.reason(one.finding)]
            self._step([truth for truth in ended if self._is_open(truth.id)], now_us)
            back = {_name(one) for one in known if one.phase == "resolved" and not self._cases.reason(one.finding)}
            self._rejudge({name for name in back if name}, now_us)
            self.live.expire(now_us)

    def _is_open(self, finding: str) -> bool:
        known = self.findings.get(finding)
        return known is not None and known.phase in ("pending", "firing")

    # rules

    def _restate_at_start(self, now_us: int) -> None:
        """Findings by rules that have changed since, were removed or switched off end or are restated."""
        rules = {rule for table in TABLES for rule in rules_of(self._book, (table,))}
        gone: list[Truth] = []
        for finding in self.findings.open():
            if finding.rule not in rules:
                gone.append(denial(finding, "rule-off" if finding.rule in self._off else "rule-removed"))
        self._step(gone, now_us)
        self._watch.forget(self._old_load_findings())
        self._rejudge(self._open_event_names(), now_us)

    def _why(self, finding: Finding, now_us: int) -> EndReason:
        """Why a finding that nothing says any more has ended."""
        name = _name(finding)
        reason = self.live.why_gone(name, now_us)
        view = self.live.view(name)
        if reason or view is None:
            return reason
        standing = self._book.rule(finding.rule, view.area, view.day)
        if standing is None:
            return "rule-removed"
        if (standing.edition, standing.rule.limit, standing.rule.layer) != (
            finding.edition,
            finding.limit,
            finding.layer,
        ):
            return "rule-changed"
        return "amended" if view.amended_us is not None else ""

    def _note_faults(self, faults: Sequence[RuleFault], tables: Collection[str]) -> None:
        """Rules of some tables that could not be asked just now; the others of these tables can be again."""
        kept = {key: fault for key, fault in self.faults.items() if fault.table not in tables}
        self.faults = kept | {(fault.rule, fault.edition): fault for fault in faults}

    def _note_event_faults(self, faults: Sequence[RuleFault], subjects: Collection[str]) -> None:
        """The same for rules on single demands: one that failed stays set aside until it can be asked about the rows it failed on."""
        kept = {
            key: fault
            for key, fault in self.faults.items()
            if fault.table not in EVENT_RULES or not fault.rows or not set(fault.rows) <= set(subjects)
        }
        self.faults = kept | {(fault.rule, fault.edition): fault for fault in faults}

    # findings

    def _step(self, truths: Sequence[Truth], now_us: int) -> None:
        decided = [self._decided(truth) for truth in truths if truth.holds is not None]
        by_finding = {truth.id: truth for truth in decided}
        made = self._numbered(step(self.findings, decided, now_us), by_finding)
        insert_transitions(self._client, made)

    def _decided(self, truth: Truth) -> Truth:
        """A truth as people decided it: about one demand or one period a decision stays; about a unit it is of one episode."""
        if not truth.holds or not (truth.subject.startswith("event:") or truth.period or self._is_open(truth.id)):
            return truth
        reason = self._cases.reason(truth.id)
        return replace(truth, holds=False, exempt="decided", reason=reason) if reason else truth

    def _numbered(self, made: Iterable[Transition], truths: dict[str, Truth]) -> list[StoredTransition]:
        out: list[StoredTransition] = []
        for transition in made:
            self._seq += 1
            truth = truths.get(transition.finding)
            if truth is None:
                out.append(StoredTransition(self._seq, transition))
            else:
                out.append(StoredTransition(self._seq, transition, truth.exempt, truth.events, truth.inputs))
        return out


def _name(finding: Finding) -> str:
    """SOURCE#ID of the demand that a finding is about; '' when it is about none."""
    return finding.subject.removeprefix("event:") if finding.subject.startswith("event:") else ""
