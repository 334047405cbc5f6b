"""What people decide, what is history, what changes under a finding: each has its effect on messages, and says so."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from streams.alerts import channels
from streams.alerts.dispatch import Dispatcher
from streams.alerts.groups import Manner
from streams.alerts.message import webhook_body
from streams.alerts.model import CaseView
from streams.alerts.policy import Policy
from streams.alerts.stages import STAGES
from tests.unit.alerts.country import CALENDAR, DAY, FIRING, NOON, H, M, dispatcher, firing, policy, registry, resolved
from tests.unit.alerts.test_dispatch import occasions, reasons
from tests.unit.alerts.test_message import WORDS

BODY = "510100-party-office"


def test_the_stages_stand_in_one_line() -> None:
    names = [stage.__name__ for stage in STAGES]
    assert names == ["muted", "history", "decided", "acknowledged", "silenced", "inhibited"]


def test_what_somebody_has_in_hand_is_not_repeated_until_that_goes_stale() -> None:
    told = dispatcher(policy(acknowledged="2d", escalate="52w"))
    told.take(1, FIRING)
    assert occasions(told.step(NOON)) == [("firing", BODY, 1)]
    told.cases({FIRING.finding: CaseView("acknowledged", NOON + M)}, NOON + M)
    step = told.step(NOON + 2 * H)
    assert occasions(step) == []
    assert reasons(step) == [("acknowledged", "acknowledged")]
    assert "repeat" not in [one.occasion for hour in range(3, 47) for one in told.step(NOON + hour * H).notifications]
    assert ("repeat", BODY, 1) in occasions(told.step(NOON + 2 * DAY + M)), "nobody did anything for two days"


@pytest.mark.parametrize("state", ["decided", "closed"])
def test_what_is_decided_is_not_repeated_and_its_end_is_told(state: str) -> None:
    told = dispatcher(policy(escalate="52w", digest={"at": "08:30"}))
    told.take(1, FIRING)
    told.step(NOON)
    told.cases({FIRING.finding: CaseView(state, NOON + M, "upheld")}, NOON + M)
    step = told.step(NOON + 2 * H)
    assert occasions(step) == []
    assert reasons(step) == [("decided", "upheld")]
    told.take(2, replace(resolved(FIRING, NOON + 3 * H), reason="withdrawn"))
    (end,) = told.step(NOON + 3 * H).notifications
    assert (end.occasion, end.ended[0].reason) == ("resolved", "withdrawn")
    assert webhook_body(end, "duty", WORDS)["alerts"][0]["annotations"]["reason_zh"] == "要求已撤回"


def test_a_breach_that_nobody_takes_in_hand_goes_one_area_up_once() -> None:
    told = dispatcher(policy(escalate="3d", repeat=["52w"]))
    told.take(1, FIRING)
    told.take(2, firing(2, rule="R12-x"))
    told.step(NOON)
    told.cases({firing(2).finding: CaseView("acknowledged", NOON + M)}, NOON + M)
    found = [
        one
        for hour in range(24 * 6)
        for one in told.step(NOON + hour * H).notifications
        if one.occasion == "escalation"
    ]
    assert [(one.recipient.code, one.count, one.told[0].finding) for one in found] == [
        ("510000-party-office", 1, FIRING.finding)
    ]
    assert found[0].at_us >= NOON + 3 * DAY


def since(made: Policy, since_us: int, issued_us: int) -> Dispatcher:
    manner = Manner(("supervising",), "medium", "题", "号", issued_us)
    found = Dispatcher(made, registry(), CALENDAR, lambda _one: manner, NOON, since_us)
    found.step(NOON)
    return found


@pytest.mark.parametrize(("issued", "began"), [(NOON - 8 * DAY, 0), (NOON - 2 * H, NOON - M)])
def test_history_is_no_news_but_stands_in_the_digest(issued: int, began: int) -> None:
    told = since(policy(), began, issued)
    told.take(1, FIRING)
    step = told.step(NOON)
    assert occasions(step) == []
    assert reasons(step) == [("history", "")]
    (digest,) = [one for one in told.step(NOON + DAY).notifications if one.occasion == "digest"]
    assert digest.count == 1


def test_what_is_new_is_told_with_title_and_number() -> None:
    told = since(policy(), NOON - DAY, NOON - H)
    told.take(1, FIRING)
    (note,) = told.step(NOON).notifications
    assert (note.told[0].title, note.told[0].doc_no) == ("题", "号")


def test_one_that_ends_while_others_fire_is_told_as_ended() -> None:
    told = dispatcher(policy(group_interval="5m"))
    told.take(1, firing(1))
    told.take(2, firing(2))
    told.step(NOON)
    told.take(3, replace(resolved(firing(1), NOON + M), reason="amended"))
    assert occasions(told.step(NOON + M)) == []
    (note,) = told.step(NOON + 5 * M).notifications
    assert (note.occasion, note.count, [one.finding for one in note.ended]) == ("update", 1, [firing(1).finding])
    body = webhook_body(note, "duty", WORDS)
    assert body["status"] == "firing"
    assert sorted(alert["status"] for alert in body["alerts"]) == ["firing", "resolved"]


def test_a_restatement_is_told_once_to_whoever_was_told() -> None:
    told = dispatcher(policy(repeat=["52w"]))
    told.take(1, FIRING)
    told.step(NOON)
    told.take(
        2,
        replace(
            FIRING, was="firing", at_us=NOON + H, limit=600.0, edition="national@2026-03-01", reason="rule-changed"
        ),
    )
    (note,) = told.step(NOON + H).notifications
    assert (note.occasion, note.told[0].limit, note.told[0].reason) == ("update", 600.0, "rule-changed")
    assert occasions(told.step(NOON + 5 * H)) == []


def test_repeats_do_not_use_up_the_cap_and_what_is_grave_passes_it() -> None:
    told = dispatcher(policy(cap_per_day=1, repeat=["1h"]))
    told.take(1, FIRING)
    assert [occasions(told.step(NOON + hour * H)) for hour in range(3)] == [
        [("firing", BODY, 1)],
        [("repeat", BODY, 1)],
        [("repeat", BODY, 1)],
    ]
    grave = dispatcher(policy(cap_per_day=1), severity="high")
    for number in range(3):
        grave.take(number + 1, firing(number, rule=f"R1{number}-x"))
    assert [one.note for one in grave.step(NOON).notifications] == ["", "", ""]


@pytest.mark.parametrize(
    ("quiet", "hour", "holds"),
    [
        ({"hours": ["20:00", "06:00"]}, 0, True),  # noon, told at night alone
        ({"hours": ["20:00", "06:00"]}, 10, False),  # 22:00
        ({"hours": ["20:00", "06:00"]}, 17, False),  # 05:00
        ({"weekdays": ["tue"]}, 0, True),
        ({"weekdays": ["wed"]}, 0, False),
        ({"weekdays": ["tue"], "area": "52"}, 0, False),
        ({"weekdays": ["tue"], "area": "51"}, 0, True),
        ({"weekdays": ["tue"], "rule": "R12"}, 0, False),
        ({"weekdays": ["tue"], "rule": "R11"}, 0, True),
    ],
)
def test_quiet_windows(quiet: dict[str, object], hour: int, holds: bool) -> None:
    told = dispatcher(policy(quiet=[{"name": "q", "days_off": False} | quiet]))
    told.take(1, FIRING)
    step = told.step(NOON + hour * H)
    assert bool(step.withheld) == holds
    assert bool(step.notifications) != holds


def test_a_channel_is_a_folder_and_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a new folder must offer: whom it takes, and how it is opened."""
    opened = SimpleNamespace(send=lambda _one, _words: None)
    pigeon = SimpleNamespace(takes=lambda receiver: receiver.name == "pigeon", open_channel=lambda _receiver: opened)
    monkeypatch.setattr(channels, "CHANNELS", (pigeon, *channels.CHANNELS))
    receivers = policy(
        receivers=[{"name": "pigeon", "apprise": "json://127.0.0.1"}, {"name": "hook", "webhook": "http://127.0.0.1:9"}]
    ).receivers
    assert channels.channel_of(receivers[0]) is opened
    assert type(channels.channel_of(receivers[1])).__name__ == "Webhook"
