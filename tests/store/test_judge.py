"""The judge over a real store: demands judged as they are, findings that end say why, nothing that is admitted or decided stops it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from streams.agents.judge import judge as judge_module
from streams.agents.judge.judge import SLOW, Judge
from streams.agents.judge.rounds import Rounds
from streams.alerts.cases import Act
from streams.calendars import Calendar
from streams.effort import estimate
from streams.events import Event
from streams.ledger.replay import postings_from
from streams.registry import Registry
from streams.rules import Rulebook, load, shipped, without
from streams.rules.lists import ListVersion
from streams.store import insert_postings
from streams.store.casework import insert_act
from streams.store.lists import insert_list
from streams.store.rounds import last_rounds
from streams.store.workers import load_transitions, open_rule_faults
from tests.store.stored import at, event, put, us_at

pytestmark = pytest.mark.store
CALENDAR = Calendar.load()
REACH = {"areas": ["510104"], "tiers": ["township"]}
PACKS = load(shipped())
LONG = "R02-half-day"


def meeting(id: str = "m", **more: Any) -> Event:
    """A meeting of six hours: too long by half."""
    data: dict[str, Any] = {
        "issuer": "510104-education",
        "title": "工作会议",
        "reach": REACH,
        "planned_start_at": at(3),
        "duration_minutes": 360,
    }
    return event(id, "meeting.issued", 0, **(data | more))


def judge_of(client: Client, registry: Registry, book: Rulebook | None = None, days: float = 0.1, **more: Any) -> Judge:
    return Judge(client, registry, book or Rulebook(PACKS), CALENDAR, us_at(days), **more)


def judged(judge: Judge, days: float) -> None:
    while judge.events(us_at(days)):
        pass


def ended(client: Client, rule: str) -> list[tuple[str, str]]:
    """Phase and reason of every told transition of a rule's findings, in order."""
    rows = [row.transition for row in load_transitions(client)]
    return [(one.phase, one.reason) for one in rows if one.rule == rule and one.is_told]


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        (event("x", "meeting.amended", 1, amends="m", duration_minutes=60), "amended"),
        (event("x", "meeting.withdrawn", 1, withdraws="m"), "withdrawn"),
        (event("x", "meeting.ended", 1, ends="m"), "ended"),
        (event("x", "correction.applied", 1, restates=["m"], effect="void"), "corrected"),
    ],
)
def test_a_finding_ends_with_what_became_of_its_demand(
    client: Client, registry: Registry, later: Event, reason: str
) -> None:
    put(client, [meeting()])
    judge = judge_of(client, registry)
    judged(judge, 0.2)
    assert ended(client, LONG) == [("firing", "")]
    put(client, [later], 1)
    judged(judge, 1.1)
    assert ended(client, LONG) == [("firing", ""), ("resolved", reason)]
    judged(judge_of(client, registry, days=2), 2)
    assert ended(client, LONG) == [("firing", ""), ("resolved", reason)], "a restart says nothing again"


def test_what_was_lawful_when_issued_is_found_when_it_is_amended(client: Client, registry: Registry) -> None:
    put(client, [meeting(duration_minutes=60)])
    judge = judge_of(client, registry)
    judged(judge, 0.2)
    assert ended(client, LONG) == []
    put(client, [event("x", "meeting.amended", 1, amends="m", duration_minutes=360)], 1)
    judged(judge, 1.1)
    assert ended(client, LONG) == [("firing", "")]


def test_an_amendment_that_comes_before_its_demand_counts(client: Client, registry: Registry) -> None:
    judge = judge_of(client, registry)
    put(client, [event("x", "meeting.amended", 1, amends="m", duration_minutes=60)])
    judged(judge, 1.1)
    put(client, [meeting()], 1)
    judged(judge, 1.2)
    assert ended(client, LONG) == []


def test_no_admitted_event_stops_the_judge(client: Client, registry: Registry) -> None:
    """An amendment of another kind, with fields that no meeting could have, and demands far off every scale."""
    odd = [
        event("a", "document.amended", 1, amends="m", duration_minutes="two hours"),
        event("b", "meeting.amended", 1, amends="absent", duration_minutes=5),
        event(
            "t",
            "target.issued",
            1,
            issuer="510104-office",
            title="目标",
            reach=REACH,
            quantity=0,
            base=0,
            parent_quantity=0,
        ),
        event(
            "d1", "document.issued", -75, issuer="510104-office", title="文", reach=REACH, doc_no="锦府办〔2025〕1号"
        ),
        event("d2", "document.issued", 1, issuer="510104-office", title="文", reach=REACH, doc_no="锦府办〔2026〕1号"),
    ]
    put(client, [meeting(), *odd])
    judge = judge_of(client, registry)
    judged(judge, 1.1)
    for family in SLOW:
        judge.family(family, us_at(1.1))
    assert judge.faults == {}
    assert ended(client, LONG) == [("firing", "")]


@pytest.mark.parametrize(("verdict", "reason"), [("exempt", "exempt"), ("corrected", "corrected")])
def test_what_people_decide_ends_a_finding_until_an_appeal(
    client: Client, registry: Registry, verdict: Any, reason: str
) -> None:
    put(client, [meeting()])
    judge = judge_of(client, registry)
    judged(judge, 0.2)
    (finding,) = [row.transition.finding for row in load_transitions(client) if row.transition.rule == LONG]
    decided = Act(finding, 1, "decide", "supervisor", us_at(1), note="n", verdict=verdict)
    insert_act(client, decided, LONG)
    judge.housekeeping(us_at(1.1))
    assert ended(client, LONG)[-1] == ("resolved", reason)
    put(client, [event("x", "meeting.amended", 1.2, amends="m", title="会")], 1)
    judged(judge, 1.3)
    assert ended(client, LONG)[-1] == ("resolved", reason), "what was decided stays decided"
    insert_act(client, Act(finding, 2, "appeal", "unit", us_at(2), note="n", ground="other"), LONG)
    insert_act(client, Act(finding, 3, "rule", "supervisor", us_at(2.1), note="n", verdict="upheld"), LONG)
    judge.housekeeping(us_at(2.2))
    assert ended(client, LONG)[-1] == ("firing", "")


def test_findings_of_a_rule_that_is_removed_or_switched_off_end(client: Client, registry: Registry) -> None:
    put(client, [meeting()])
    judged(judge_of(client, registry), 0.2)
    judge_of(client, registry, Rulebook(without(PACKS, {LONG})), 1, off={LONG})
    assert ended(client, LONG) == [("firing", ""), ("resolved", "rule-off")]
    judge_of(client, registry, days=2)
    put(client, [meeting("n")], 1)
    judged(judge_of(client, registry, days=2), 2)
    judge_of(client, registry, Rulebook(without(PACKS, {LONG})), 3)
    assert ended(client, LONG)[-1] == ("resolved", "rule-removed")


def changed(limit: float, layer: str = "breach") -> Rulebook:
    """The shipped packs with another limit for long meetings."""
    packs = []
    for pack in PACKS:
        rules = tuple(
            rule.model_copy(update={"limit": limit, "layer": layer}) if rule.id == LONG else rule for rule in pack.rules
        )
        packs.append(pack.model_copy(update={"rules": rules}))
    return Rulebook(packs)


def test_findings_of_a_rule_that_changes_are_restated_or_end(client: Client, registry: Registry) -> None:
    put(client, [meeting()])
    judged(judge_of(client, registry), 0.2)
    judge_of(client, registry, changed(200), 1)
    assert ended(client, LONG) == [("firing", ""), ("firing", "rule-changed")]
    assert load_transitions(client)[-1].transition.limit == 200
    judge_of(client, registry, changed(200), 2)
    assert len(ended(client, LONG)) == 2, "once"
    judge_of(client, registry, changed(400), 3)
    assert ended(client, LONG)[-1] == ("resolved", "rule-changed")


def test_a_rule_that_cannot_be_asked_is_set_aside_told_and_tried_again(client: Client, registry: Registry) -> None:
    broken = [
        pack.model_copy(
            update={
                "rules": tuple(
                    rule.model_copy(update={"value": "CAST(title AS BIGINT)"}) if rule.id == LONG else rule
                    for rule in pack.rules
                )
            }
        )
        for pack in PACKS
    ]
    short = event("q", "request.issued", 0, issuer="510104-education", title="表", reach=REACH, deadline_at=at(hours=1))
    put(client, [meeting(), short])
    judge = judge_of(client, registry, Rulebook(broken))
    now_us = time.time_ns() // 1000  # rounds are kept for three days
    rounds = Rounds(client, judge, lambda: now_us)
    rounds.run("event", lambda _: judge.events(us_at(0.2)))
    rounds.store()
    (fault,) = [row for row in open_rule_faults(client) if row.rule == LONG and row.edition.startswith("national")]
    assert fault.table == "events"
    assert fault.rows[0] == "event://oa.example.cn/510104/education#m"
    assert {row.transition.rule for row in load_transitions(client)} - {LONG}, "the other rules were asked"
    assert [one.name for one in last_rounds(client, now_us)] == ["event"]
    put(client, [event("q2", "request.issued", 0.1, issuer="510104-education", title="表", reach=REACH)], 2)
    judged(judge, 0.3)
    assert {fault.rule for fault in judge.faults.values()} == {LONG}, "other rows do not make it well"
    mended = judge_of(client, registry, days=1)
    again = Rounds(client, mended, lambda: now_us + 1)
    put(client, [meeting("n")], 3)
    judged(mended, 1.1)
    again.store()
    assert open_rule_faults(client) == []


def dying(real: Callable[..., None], *arguments: Any) -> None:
    real(*arguments)
    raise ConnectionError("killed")


def test_two_judges_and_restarts_at_every_point_say_the_same(
    client: Client, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after each write: the findings are those of a judge that never died, each told once."""
    later = [
        event("x", "meeting.amended", 1, amends="m", duration_minutes=60),
        event("y", "meeting.withdrawn", 1, withdraws="n"),
    ]
    put(client, [meeting(), meeting("n"), meeting("o"), *later])
    for name in ("insert_transitions", "set_meta"):
        with monkeypatch.context() as patch:
            judge = judge_of(client, registry, days=1.1)
            patch.setattr(judge_module, name, partial(dying, getattr(judge_module, name)))
            with pytest.raises(ConnectionError):
                judge.events(us_at(1.2))
    judged(judge_of(client, registry, days=1.3), 1.3)
    assert ended(client, LONG) == [("firing", "")], "what was amended and withdrawn before it was judged is no finding"
    seqs = [row.seq for row in load_transitions(client)]
    assert seqs == sorted(set(seqs))


def test_what_lies_behind_is_not_denied_when_it_is_no_longer_compared(client: Client, registry: Registry) -> None:
    who = [{"post": "镇长"}]
    hours = [meeting(f"m{n}", title=f"会{n}", attendees_required=who) for n in range(2)]
    put(client, hours)
    judge = judge_of(client, registry)
    judged(judge, 0.2)
    judge.family("relation", us_at(0.2))
    open_before = {one.finding for one in judge.findings.open() if one.rule.startswith("R05")}
    assert open_before
    judge.family("relation", us_at(90))
    assert {one.finding for one in judge.findings.open() if one.rule.startswith("R05")} == open_before
    put(client, [event("x", "correction.applied", 91, restates=["m1"], effect="void")], 2)
    judged(judge, 91)
    assert not [one for one in judge.findings.open() if one.rule.startswith("R05") and one.subject.endswith("m1")]


def listed(kind: str, **row: Any) -> ListVersion:
    head = {
        "version": 1,
        "kind": "list",
        "list": kind,
        "name": f"{kind} 2026",
        "source": "锦府〔2026〕1号",
        "from": "2026-01-01",
    }
    return ListVersion.model_validate(head | {"rows": [row], "area": "510104" if kind == "duty" else ""})


def test_a_list_that_is_added_is_judged_by_while_the_judge_runs(client: Client, registry: Registry) -> None:
    request = event(
        "q", "request.issued", 0, issuer="510104-education", title="表", reach=REACH, items=[{"element": "households-total"}],
        duty_item_code="A-9",
    )  # fmt: skip
    put(client, [request])
    judge = judge_of(client, registry)
    judged(judge, 0.2)
    judge.family("relation", us_at(0.2))
    assert {finding.rule for finding in judge.findings.open()} & {"R10-held", "R17-off-list"} == set()
    insert_list(client, listed("held", item="households-total", holders=["public-security"]), us_at(0.3))
    insert_list(client, listed("duty", item="A-1", status="basic"), us_at(0.3))
    judge.housekeeping(us_at(0.4))
    judge.learn(us_at(0.4))
    judge.family("relation", us_at(0.4))
    assert {finding.rule for finding in judge.findings.open()} >= {"R10-held", "R17-off-list"}
    again = judge_of(client, registry, days=1)
    assert again.lists == judge.lists


def test_a_case_that_waits_too_long_is_found(client: Client, registry: Registry) -> None:
    put(client, [meeting()])
    judge = judge_of(client, registry)
    judged(judge, 0.2)
    (finding,) = [row.transition.finding for row in load_transitions(client) if row.transition.rule == LONG]
    insert_act(client, Act(finding, 1, "ask", "supervisor", us_at(1)), LONG)
    judge.housekeeping(us_at(1.1))
    judge.family("absence", us_at(2))
    assert not [one for one in judge.findings.open() if one.rule == "R23-unexplained"]
    judge.family("absence", us_at(12))
    assert [one.subject for one in judge.findings.open() if one.rule == "R23-unexplained"] == [f"case:{finding}"]


@pytest.mark.parametrize("seed", range(20))
def test_twenty_kills_at_random_points_change_no_finding(
    client: Client, registry: Registry, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """The seed is the test's name: a death after any write of the judge; what is found is found once, and ends once."""
    dice = Random(seed)
    later = [
        event("x0", "meeting.amended", 1, amends="m0", duration_minutes=60),
        event("x1", "meeting.withdrawn", 2, withdraws="m1"),
        event("x2", "meeting.ended", 2.5, ends="m2"),
    ]
    events = [meeting(f"m{n}") for n in range(5)]
    judge = judge_of(client, registry)
    stored, day = 0, 0.1
    for batch in ([*events[:3]], later[:1], events[3:], later[1:]):
        put(client, batch, stored)
        stored, day = stored + len(batch), day + 1
        name = dice.choice(["insert_transitions", "set_meta", "states_about", ""])
        if name:
            with monkeypatch.context() as patch:
                patch.setattr(judge_module, name, partial(dying, getattr(judge_module, name)))
                with pytest.raises(ConnectionError):
                    judge.events(us_at(day))
            judge = judge_of(client, registry, days=day)
        judged(judge, day)
    phases: dict[str, list[tuple[str, str]]] = {}
    for row in load_transitions(client):
        if row.transition.rule == LONG and row.transition.is_told:
            phases.setdefault(row.transition.subject[-2:], []).append((row.transition.phase, row.transition.reason))
    assert phases == {
        "m0": [("firing", ""), ("resolved", "amended")],
        "m1": [("firing", ""), ("resolved", "withdrawn")],
        "m2": [("firing", ""), ("resolved", "ended")],
        "m3": [("firing", "")],
        "m4": [("firing", "")],
    }


@pytest.mark.parametrize(("last_year", "holds"), [(0, True), (12_000, False)])
def test_a_heavy_week_that_is_heavy_every_year_is_no_hot_spot(
    client: Client, registry: Registry, last_year: int, holds: bool
) -> None:
    """The level is the largest of the limit and 1.2 times the unit's own load of the same days of last year."""
    unit = {"units": ["510104017"]}
    events = [
        event("now", "request.issued", 0, issuer="510104-education", title="表", reach=unit, effort_minutes=12_000)
    ]
    if last_year:
        events.append(
            event(
                "then",
                "request.issued",
                -364,
                issuer="510104-education",
                title="表",
                reach=unit,
                effort_minutes=last_year,
            )
        )
    postings = postings_from(events, registry, estimate, us_at(9))
    shards, reach = registry.shards(8), registry.resolve(events[0].data.reach)
    shard = next(number for number in range(8) if shards.clip(reach, number))
    insert_postings(client, postings, shard=shard, run=1)
    judge = judge_of(client, registry, days=1)
    judge.loads(us_at(1))
    hot = [one.subject for one in judge.findings.open() if one.rule == "R20-hotspot"]
    assert hot == (["unit:510104017"] if holds else [])
