"""Who is told what, when: a timetable for each rule of the room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streams.alerts.model import MAX_TOLD, Recipient, Silence
from tests.unit.alerts.country import DAY, FIRING, NOON, H, M, S, dispatcher, firing, policy, resolved


def occasions(step: object) -> list[tuple[str, str, int]]:
    return [(one.occasion, one.recipient.code, one.count) for one in step.notifications]  # type: ignore[attr-defined]


def reasons(step: object) -> list[tuple[str, str]]:
    return [(one.reason, one.detail) for one in step.withheld]  # type: ignore[attr-defined]


def test_a_breach_goes_to_the_body_above_the_issuer_and_is_told_once() -> None:
    told = dispatcher()
    told.take(1, FIRING)
    assert occasions(told.step(NOON)) == [("firing", "510100-party-office", 1)]
    assert occasions(told.step(NOON + 59 * M)) == []


def test_a_storm_of_ten_thousand_is_one_message_with_the_worst_and_the_count() -> None:
    told = dispatcher()
    for number in range(10_000):
        told.take(
            number + 1,
            firing(number, value=100.0 + number, limit=100.0, place=f"5101041{number:05d}", issuer="510104-education"),
        )
    step = told.step(NOON)
    assert occasions(step) == [("firing", "510100-party-office", 10_000)]
    assert len(step.notifications[0].told) == MAX_TOLD
    assert step.notifications[0].told[0].value == 10_099.0
    assert step.notifications[0].seq == 10_000


def test_waits_gather_what_comes_together() -> None:
    told = dispatcher(policy(group_wait="30s"))
    told.take(1, firing(1))
    assert occasions(told.step(NOON + 10 * S)) == []
    told.take(2, firing(2, at_us=NOON + 20 * S))
    assert occasions(told.step(NOON + 30 * S)) == [("firing", "510100-party-office", 2)]
    told.take(3, firing(3, at_us=NOON + 31 * S))
    assert occasions(told.step(NOON + 5 * M)) == []
    assert occasions(told.step(NOON + 30 * S + 5 * M + 30 * S)) == [("firing", "510100-party-office", 3)]


def test_repeats_back_off_and_the_end_is_told() -> None:
    told = dispatcher()
    told.take(1, FIRING)
    assert occasions(told.step(NOON)) == [("firing", "510100-party-office", 1)]
    assert occasions(told.step(NOON + 1 * H)) == [("repeat", "510100-party-office", 1)]
    assert occasions(told.step(NOON + 4 * H)) == []
    assert occasions(told.step(NOON + 5 * H)) == [("repeat", "510100-party-office", 1)]
    told.take(2, resolved(FIRING, NOON + 6 * H))
    assert occasions(told.step(NOON + 6 * H)) == [("resolved", "510100-party-office", 1)]
    assert occasions(told.step(NOON + 30 * H)) == []


def test_what_ends_before_it_is_told_is_noted_and_not_told() -> None:
    told = dispatcher(policy(group_wait="30s"))
    told.take(1, FIRING)
    told.take(2, resolved(FIRING, NOON + S))
    step = told.step(NOON + M)
    assert step.notifications == []
    assert reasons(step) == [("resolved-before-told", "")]


def test_a_silence_holds_back_and_its_end_lets_go() -> None:
    told = dispatcher()
    rest = Silence("s1", "chen", "迎检", NOON, NOON, NOON + H, area="5101", rule="R11")
    told.silence([rest], NOON)
    told.take(1, FIRING)
    assert reasons(told.step(NOON)) == [("silenced", "s1")]
    assert told.step(NOON + 30 * M).withheld == []
    assert occasions(told.step(NOON + H)) == [("firing", "510100-party-office", 1)]


def test_an_edited_silence_no_longer_counts() -> None:
    told = dispatcher()
    first = Silence("s1", "chen", "迎检", NOON, NOON, NOON + H, rule="R11")
    told.silence([first, replace(first, id="s2", rule="R12", replaces="s1")], NOON)
    told.take(1, FIRING)
    assert occasions(told.step(NOON)) == [("firing", "510100-party-office", 1)]


def test_a_county_explains_its_single_units() -> None:
    told = dispatcher(policy(inhibit=[{"cause": ["R20"], "effect": ["R20"]}]))
    county = firing(1, rule="R20-hotspot", subject="unit:510104", place="510104", issuer="")
    unit = firing(2, rule="R20-hotspot", subject="unit:510104017", place="510104017", issuer="")
    elsewhere = firing(3, rule="R20-hotspot", subject="unit:510105001", place="510105001", issuer="")
    for seq, one in enumerate((unit, county, elsewhere), 1):
        told.take(seq, one)
    step = told.step(NOON)
    assert sorted(occasions(step)) == [("firing", "510100-party-office", 1), ("firing", "510105-party-office", 1)]
    assert reasons(step) == [("inhibited", county.finding)]
    told.take(4, resolved(county, NOON + M))
    assert ("firing", "510104-party-office", 1) in occasions(told.step(NOON + M))


def test_quiet_times_hold_back_until_they_end_but_for_what_is_grave() -> None:
    rest = {"name": "off-hours", "hours": ["08:00", "20:00"], "days_off": True, "unless": ["high"]}
    told = dispatcher(policy(quiet=[rest]))
    evening = NOON + 9 * H
    told.take(1, replace(FIRING, at_us=evening))
    assert reasons(told.step(evening))[0][0] == "quiet-time"
    assert occasions(told.step(NOON + 19 * H)) == []
    assert occasions(told.step(NOON + 20 * H)) == [("firing", "510100-party-office", 1)]
    grave = dispatcher(policy(quiet=[rest]), severity="high")
    grave.take(1, replace(FIRING, at_us=evening))
    assert occasions(grave.step(evening)) == [("firing", "510100-party-office", 1)]


def test_a_cap_folds_the_overflow_into_the_digest() -> None:
    told = dispatcher(policy(cap_per_day=2, repeat=["52w"]))
    for number in range(4):
        told.take(number + 1, firing(number, rule=f"R1{number}-x"))
    step = told.step(NOON)
    assert [one.note for one in step.notifications] == ["", "", "over-cap", "over-cap"]
    assert [one.reason for one in step.withheld] == ["cap", "cap"]
    later = told.step(NOON + 20 * H + 30 * M)  # 08:30 on the next workday
    digest = next(one for one in later.notifications if one.occasion == "digest")
    assert digest.count == 4
    assert digest.note == "over-cap 2"


def test_a_muted_rule_tells_nobody() -> None:
    told = dispatcher()
    told.mute({"R11-short-notice": "R11-short-notice: 12/30"})
    told.take(1, FIRING)
    step = told.step(NOON)
    assert reasons(step) == [("muted-rule", "R11-short-notice")]
    assert [(one.occasion, one.recipient.role, one.note) for one in step.notifications if one.occasion == "muted"] == [
        ("muted", "operator", "R11-short-notice: 12/30")
    ]
    told.mute({"R11-short-notice": "R11-short-notice: 12/31"})
    assert not [one for one in told.step(NOON + S).notifications if one.occasion == "muted"], "its owner knows already"
    told.mute({})
    assert occasions(told.step(NOON + 2 * S)) == [("firing", "510100-party-office", 1)]
    told.mute({"R11-short-notice": "R11-short-notice: 12/40"})
    assert [one.note for one in told.step(NOON + 3 * S).notifications if one.occasion == "muted"] == [
        "R11-short-notice: 12/40"
    ]


def test_after_a_crash_the_owner_is_not_told_again_why_a_rule_is_muted() -> None:
    first = dispatcher()
    first.mute({"R11-short-notice": "R11-short-notice: 12/30"})
    (note,) = (one for one in first.step(NOON).notifications if one.occasion == "muted")
    second = dispatcher()
    second.mute({"R11-short-notice": "R11-short-notice: 12/30"})
    second.restore(note)
    assert not [one for one in second.step(NOON + S).notifications if one.occasion == "muted"]


def test_a_recipient_without_a_receiver_is_on_record() -> None:
    told = dispatcher(policy(receivers=[]))
    told.take(1, FIRING)
    step = told.step(NOON)
    assert step.notifications == []
    assert [(one.reason, one.recipient) for one in step.withheld] == [
        ("no-receiver", Recipient("510100-party-office", "supervising"))
    ]


def test_a_flapping_rule_is_told_to_its_owner_once_a_day() -> None:
    told = dispatcher(policy(flap={"fired": 3, "within": "1d"}, group_interval="1h"), roles=("issuer",))
    for number in range(5):
        at = NOON + number * 10 * M
        told.take(2 * number + 1, replace(FIRING, at_us=at))
        told.take(2 * number + 2, resolved(FIRING, at + M))
    flaps = [one for one in told.step(NOON + H).notifications if one.occasion == "flap"]
    assert [(one.recipient.code, one.count) for one in flaps] == [("operator", 5)]
    assert not [one for one in told.step(NOON + 2 * H).notifications if one.occasion == "flap"]


def test_the_watchdog_always_fires() -> None:
    told = dispatcher(policy(watchdog="5m"))
    found = [one for minute in range(31) for one in told.step(NOON + minute * M).notifications]
    assert [one.occasion for one in found] == ["watchdog"] * 6
    assert len({one.id for one in found}) == 6


def test_the_weekly_digest_comes_on_the_first_workday() -> None:
    told = dispatcher(policy(repeat=["52w"]))
    told.take(1, FIRING)
    told.step(NOON)
    found = [
        one for day in range(1, 8) for one in told.step(NOON + day * DAY).notifications if one.occasion == "digest"
    ]
    assert [one.note for one in found] == ["", "", "", "week 1", ""]


@pytest.mark.parametrize(
    ("issuer", "place", "body"),
    [
        ("510104-education", "510104", "510100-party-office"),
        ("510104-education", "510104017", "510100-party-office"),
        ("510100-education", "510104017", "510000-party-office"),
        ("510000-education", "510104017", "000000-party-office"),
        ("000000-education", "510104017", "000000-party-office"),
        ("510104-education", "520103", "000000-party-office"),
        ("", "510104017", "510104-party-office"),
        ("", "510104", "510100-party-office"),
    ],
)
def test_nobody_is_judge_in_a_matter_of_his_own(issuer: str, place: str, body: str) -> None:
    told = dispatcher()
    told.take(1, replace(FIRING, issuer=issuer, place=place))
    assert [one.recipient.code for one in told.step(NOON).notifications] == [body]


def test_notices_go_to_the_issuer_its_office_and_the_unit() -> None:
    told = dispatcher(roles=("issuer", "office", "unit"))
    told.take(1, replace(FIRING, subject="unit:510104017", place="510104017"))
    codes = [one.recipient.code for one in told.step(NOON).notifications]
    assert codes == ["510104-education", "510104-party-office", "510104017"]
