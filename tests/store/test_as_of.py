"""What stood at an instant: findings, cases and lists as they were then; annotations where and when they hold; limits over real days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from dashboard.data.daily import overlay
from dashboard.data.engine import Engine
from dashboard.data.sheets.desk import DeskSheet
from dashboard.data.sheets.review import ReviewSheet
from dashboard.data.snapshot import StoreSource
from dashboard.instant import written
from dashboard.period import year_before
from dashboard.place import Place
from dashboard.words import SHANGHAI
from streams.alerts.cases import Act
from streams.calendars import Calendar
from streams.calendars.periods import DAY_US
from streams.registry import Registry
from streams.rules import Transition
from streams.rules.lists import ListVersion, lists_on
from streams.store import OutOfScope, Scope
from streams.store.casework import acts_of_all, insert_act
from streams.store.findings import StoredTransition, finding_history, findings_in, insert_transitions, open_counts
from streams.store.lists import annotated, insert_list, list_headers
from streams.store.scope import Unseen
from streams.store.workers import load_lists
from tests.browser.sample import Sample

pytestmark = pytest.mark.store
TODAY = datetime.now(SHANGHAI).date()
"""The day from which kinds are known is told by the store's own clock."""


def noon_us(day: date) -> int:
    return int(datetime.combine(day, time(12), SHANGHAI).timestamp()) * 1_000_000


NOON_US = noon_us(TODAY)
LEADER = Scope("leader", "leadership", ("",))
CHENGDU = Scope("chengdu", "supervisor", ("5101",))
HUNAN = Scope("hunan", "supervisor", ("43",))
FINDING = "a" * 32
COUNTY, TOWN = "510104", "510104017"


def transition(at_us: int, was: str, phase: str) -> Transition:
    return Transition(
        finding=FINDING, rule="R11-short-notice", subject="event:x#1", period="2026-02-25", was=was, phase=phase,  # type: ignore[arg-type]
        holds=phase == "firing", at_us=at_us, since_us=at_us, episode=1, value=2.0, limit=1.0, edition="national@1", layer="breach", for_us=0,
        keep_firing_us=0, issuer="510104-education", place=TOWN,
    )  # fmt: skip


@pytest.fixture
def found(client: Client) -> Client:
    """A finding that fired six days ago and ended two days ago; an act five days ago."""
    rows = [
        transition(NOON_US - 6 * DAY_US, "inactive", "firing"),
        transition(NOON_US - 2 * DAY_US, "firing", "resolved"),
    ]
    insert_transitions(client, [StoredTransition(n, one) for n, one in enumerate(rows, start=1)])
    insert_act(client, Act(FINDING, 1, "acknowledge", "chengdu", NOON_US - 5 * DAY_US), "R11-short-notice")
    return client


def test_findings_stand_as_they_stood_then(found: Client, registry: Registry) -> None:
    def phase(until_us: int) -> list[str]:
        return [
            one.transition.phase for one in findings_in(found, CHENGDU, registry, "5101", phase="", until_us=until_us)
        ]

    assert phase(NOON_US - 7 * DAY_US) == []
    assert phase(NOON_US - 3 * DAY_US) == ["firing"]
    assert phase(0) == phase(NOON_US) == ["resolved"]
    assert [one.count for one in open_counts(found, CHENGDU, "51010", until_us=NOON_US - 3 * DAY_US)] == [1]
    assert open_counts(found, CHENGDU, "5101") == []
    assert len(finding_history(found, CHENGDU, registry, FINDING, until_us=NOON_US - 3 * DAY_US)) == 1
    with pytest.raises(Unseen):
        finding_history(found, CHENGDU, registry, FINDING, until_us=NOON_US - 7 * DAY_US)
    assert acts_of_all(found, CHENGDU, [FINDING], until_us=NOON_US - 5 * DAY_US - 1) == {}
    assert len(acts_of_all(found, CHENGDU, [FINDING])[FINDING]) == 1


def test_the_desk_of_an_instant_shows_what_was_open(found: Client, registry: Registry) -> None:
    engine = Engine(found, registry, Calendar.load())
    then = Place(area="5101", at=written(NOON_US - 4 * DAY_US))
    assert [row.last.finding for row in DeskSheet.read(engine, CHENGDU, then, then.instant(NOON_US)).rows] == [FINDING]
    assert DeskSheet.read(engine, CHENGDU, replace(then, at=""), NOON_US).rows == ()


def listed(name: str, area: str, *rows: dict[str, Any]) -> ListVersion:
    body = {
        "version": 1,
        "kind": "list",
        "list": "annotation",
        "name": name,
        "area": area,
        "source": "川汛〔2026〕3号",
        "from": "2026-01-01",
    }
    return ListVersion.model_validate(body | {"rows": list(rows)})


def test_annotations_hold_in_their_area_and_time(client: Client) -> None:
    flood = {"item": "强降雨", "sort": "flood", "first": "2026-02-10", "last": "2026-02-12"}
    insert_list(client, listed("四川", "51", flood), NOON_US - 9 * DAY_US)
    insert_list(client, listed("湖南", "43", flood | {"item": "湘江"}), NOON_US - 9 * DAY_US)
    insert_list(
        client,
        listed("锦江", COUNTY, {"item": "创建", "sort": "campaign", "first": "2026-02-12"}),
        NOON_US - 9 * DAY_US,
    )

    def titles(scope: Scope, area: str, first: date, last: date, until_us: int = 0) -> list[str]:
        return [one.title for one in annotated(client, scope, area, first, last, until_us=until_us)]

    day = date(2026, 2, 12)
    assert titles(CHENGDU, "5101", day, day) == ["强降雨", "创建"], "of the province above and of a county in it"
    assert titles(CHENGDU, "510107", day, day) == ["强降雨"]
    assert titles(CHENGDU, "5101", day + timedelta(days=1), TODAY) == []
    assert titles(CHENGDU, "5101", day, day, NOON_US - 10 * DAY_US) == [], "nobody had added it then"
    with pytest.raises(OutOfScope):
        titles(HUNAN, "5101", day, day)
    insert_list(client, listed("四川", "51", flood | {"item": "特大暴雨"}), NOON_US)
    assert titles(LEADER, "51", date(2026, 2, 10), day) == ["特大暴雨", "创建"]
    assert titles(LEADER, "51", date(2026, 2, 10), day, NOON_US - 1) == ["强降雨", "创建"]
    assert lists_on(load_lists(client), TODAY).caps == {}, "rules do not judge by annotations"
    assert {one.name for one in list_headers(client, NOON_US - DAY_US)} == {"四川", "湖南", "锦江"}
    assert list_headers(client, NOON_US - 10 * DAY_US) == []


@pytest.mark.parametrize("wrong", [{"sort": "flood"}, {"first": "2026-01-01"}, {"sort": "x", "first": "2026-01-01"}])
def test_an_annotation_needs_a_sort_and_a_day(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="sort|first"):
        listed("x", "51", {"item": "a"} | wrong)
    with pytest.raises(ValueError, match="must not be before"):
        listed("x", "51", {"item": "a", "sort": "flood", "first": "2026-01-02", "last": "2026-01-01"})


@pytest.fixture
def sampled(client: Client, registry: Registry) -> Engine:
    """A township that is asked for 1,500 minutes on each of the last eight days; once the year before, and long ago."""
    made = Sample(client, registry, NOON_US)
    for day in range(8):
        made.demand("510104-education", "request", TOWN, "township", NOON_US - day * DAY_US, 1_500, "表")
    made.demand(
        "510104-education", "request", TOWN, "township", noon_us(year_before(TODAY - timedelta(days=1))), 700, "去年"
    )
    made.demand("510104-education", "request", TOWN, "township", NOON_US - 790 * DAY_US, 1, "很久以前")
    made.flush()
    return Engine(client, registry, Calendar.load())


def test_weeks_of_a_township_and_of_its_county_against_their_limits(sampled: Engine, registry: Registry) -> None:
    days = [TODAY - timedelta(days=n) for n in range(9, -15, -1)]
    own = overlay(sampled, LEADER, Place(area=TOWN, unit=TOWN), days, NOON_US)
    assert own.limit is not None
    assert (own.limit.rule, own.limit.weekly, own.limit.units) == ("R20-hotspot", 9_000.0, 1)
    assert [load for _, load in own.limit.weeks] == [0, 0, *(1_500 * n for n in range(1, 8)), 10_500]
    assert own.limit.passed == (TODAY - timedelta(days=1), TODAY)
    assert own.year_ago is not None
    assert sum(own.year_ago) == 700
    assert len(own.year_ago) == 10, "of days to come there is none"
    county = overlay(sampled, LEADER, Place(area=COUNTY), days, NOON_US).limit
    lo, hi = registry.range_of(COUNTY, registry.tier_id("township"))
    assert county is not None
    assert (county.rule, county.units, county.weekly) == ("R20-county", hi - lo, 6_000.0 * (hi - lo))
    assert county.weeks[-1] == (TODAY, 10_500)
    assert overlay(sampled, LEADER, Place(area="51"), days, NOON_US).limit is None
    with pytest.raises(OutOfScope):
        overlay(sampled, HUNAN, Place(area=COUNTY), days, NOON_US)


def test_a_survey_of_an_instant_ends_there_and_one_of_chosen_days_counts_them(sampled: Engine) -> None:
    source, place = StoreSource(sampled), Place(area=COUNTY, days=7)
    then = replace(place, at=written(NOON_US - 3 * DAY_US))
    assert source.survey(LEADER, then, then.instant(NOON_US)).load["7d"] == 5 * 1_500
    assert source.survey(LEADER, place, NOON_US).load["7d"] == 7 * 1_500
    chosen = replace(place, range=f"{TODAY - timedelta(days=2)}_{TODAY - timedelta(days=1)}")
    survey = source.survey(LEADER, chosen, NOON_US)
    assert (survey.first, survey.last) == (TODAY - timedelta(days=2), TODAY - timedelta(days=1))
    assert sum(one.likely for one in survey.places) == 2 * 1_500
    assert survey.issuers[0].likely == 2 * 1_500


def test_a_year_is_compared_only_where_both_are_equally_covered(sampled: Engine) -> None:
    sheet = ReviewSheet.read(sampled, LEADER, Place(area=COUNTY), NOON_US)
    assert sheet.year[0] > 0
    assert sheet.year[1] == 700, "one township then, one now"
    many = Sample(sampled.client, sampled.registry, NOON_US, key=500, runs=50)
    many.demand("510104-education", "request", COUNTY, "township", NOON_US - 2 * DAY_US, 10, "全区")
    many.flush()
    assert ReviewSheet.read(sampled, LEADER, Place(area=COUNTY), NOON_US).year[1] == 0
