"""What the pages of issuers, reviews, units and operators read and write, on a real store, against counts made by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from dashboard.data.engine import Engine
from dashboard.data.sheets.compare import CompareSheet
from dashboard.data.sheets.quota import QuotaSheet
from dashboard.place import Place
from streams.calendars import Calendar
from streams.calendars.periods import DAY_US
from streams.registry import Registry, RegistryError
from streams.rules.lists import ListVersion
from streams.store import OutOfScope, Scope
from streams.store.audit import Audited, audited, insert_audit
from streams.store.changing import hours, two_weeks
from streams.store.findings import by_issuer
from streams.store.health import feeds
from streams.store.issuing import issued_by, issuer_days, makeups
from streams.store.lists import insert_list
from streams.store.remarks import Remark, insert_remark, remarks_in
from tests.browser.sample import Sample

pytestmark = pytest.mark.store
NOON_US = 1_772_510_400_000_000  # 2026-03-03 12:00 in Shanghai
TODAY = date(2026, 3, 3)
LEADER = Scope("leader", "leadership", ("",))
OWN = Scope("office", "issuer", (), ("510104-education",))
TOWN = Scope("town", "unit", ("510104017",))
CHENGDU = Scope("chengdu", "supervisor", ("5101",))
HUNAN = Scope("hunan", "supervisor", ("43",))


@pytest.fixture
def sample(client: Client, registry: Registry) -> Sample:
    """Two demands this week, one a week ago, of one office; one of another that was never heard of before."""
    made = Sample(client, registry, NOON_US)
    office = "510104-education"
    made.demand(office, "request", "510104", "township", NOON_US - 80 * DAY_US, 10, "很久以前")
    made.demand(office, "request", "510104", "township", NOON_US - 9 * DAY_US, 60, "上周")
    made.demand(office, "request", "510104", "township", NOON_US - 2 * DAY_US, 60, "本周", data={"parent_id": "x"})
    made.demand(
        office, "request", "510104", "township", NOON_US - 1 * DAY_US, 30, "本周又一", data={"plan_item_id": "p"}
    )
    made.demand("510104-health", "document", "510104017", "township", NOON_US - 1 * DAY_US, 20, "新来源")
    made.flush()
    return made


def towns(registry: Registry) -> int:
    lo, hi = registry.range_of("510104", registry.tier_id("township"))
    return hi - lo


def test_an_issuer_sees_what_it_causes(client: Client, registry: Registry, sample: Sample) -> None:
    n = towns(registry)
    days = issuer_days(client, OWN, registry, "510104-education", date(2026, 2, 24), TODAY)
    assert [(one.day, one.demands, one.receipts, one.likely) for one in days] == [
        (date(2026, 3, 1), 1, n, 60 * n),
        (date(2026, 3, 2), 1, n, 30 * n),
    ]
    found = issued_by(client, OWN, registry, "510104-education", NOON_US - 30 * DAY_US, 10)
    assert [(one.title, one.relayed, one.planned) for one in found] == [
        ("本周又一", False, True),
        ("本周", True, False),
        ("上周", False, False),
    ]
    assert issued_by(client, CHENGDU, registry, "510104-education", NOON_US - 30 * DAY_US, 10) == found
    assert by_issuer(client, OWN, registry, "510104-education", 10) == []
    assert sample.key == 5


@pytest.mark.parametrize(
    "scope", [HUNAN, TOWN, Scope("other", "issuer", (), ("510104-health",))], ids=lambda one: one.who
)
def test_others_see_nothing_of_an_issuer(client: Client, registry: Registry, scope: Scope) -> None:
    questions: list[Callable[[], Any]] = [
        lambda: issuer_days(client, scope, registry, "510104-education", TODAY, TODAY),
        lambda: issued_by(client, scope, registry, "510104-education", 0, 10),
        lambda: by_issuer(client, scope, registry, "510104-education", 10),
    ]
    for question in questions:
        with pytest.raises(OutOfScope):
            question()
    with pytest.raises((OutOfScope, RegistryError)):
        issuer_days(client, scope, registry, "999999-nobody", TODAY, TODAY)


def test_two_weeks_stand_side_by_side_and_new_senders_apart(client: Client, registry: Registry, sample: Sample) -> None:
    n = towns(registry)
    parts = {
        (one.week, one.kind, one.new): one for one in two_weeks(client, CHENGDU, registry, "510104", date(2026, 3, 2))
    }
    assert {key: (one.demands, one.receipts, one.likely) for key, one in parts.items()} == {
        (0, 4, True): (1, n, 60 * n), (1, 4, True): (2, 2 * n, 90 * n), (1, 2, True): (1, 1, 20),
    }  # fmt: skip
    sample.demand("510104-education", "request", "510104", "township", NOON_US - 20 * DAY_US, 10, "三周前")
    sample.flush()
    known = {(one.week, one.kind, one.new) for one in two_weeks(client, CHENGDU, registry, "510104", date(2026, 3, 2))}
    assert known == {(0, 4, False), (1, 4, False), (1, 2, True)}
    inside = two_weeks(client, TOWN, registry, "510104017", date(2026, 3, 2))
    assert sum(one.receipts for one in inside) == 4
    with pytest.raises(OutOfScope):
        two_weeks(client, HUNAN, registry, "510104", date(2026, 3, 2))


def test_hours_of_the_week(client: Client, registry: Registry, sample: Sample) -> None:
    found = hours(client, CHENGDU, registry, "510104", date(2026, 3, 1), TODAY)
    assert [(one.weekday, one.hour, one.likely) for one in found] == [
        (1, 12, 30 * towns(registry) + 20),
        (7, 12, 60 * towns(registry)),
    ]
    assert sample.runs == 1
    with pytest.raises(OutOfScope):
        hours(client, HUNAN, registry, "510104", TODAY, TODAY)


def test_what_demands_are_made_of(client: Client, registry: Registry, sample: Sample) -> None:
    n = towns(registry)
    made = makeups(client, CHENGDU, "510104", ["510104-education"], NOON_US - 7 * DAY_US, NOON_US)["510104-education"]
    assert (made.demands, made.likely, made.relayed, made.unplanned, made.duplicated) == (2, 90 * n, 60 * n, 60 * n, 0)
    assert sample.key
    for scope in (HUNAN, TOWN, OWN):
        with pytest.raises(OutOfScope):
            makeups(client, scope, "510104", ["510104-education"], 0, NOON_US)


def test_a_unit_speaks_for_itself_once(client: Client, registry: Registry, sample: Sample) -> None:
    one = Remark(NOON_US, "town", "510104017", "duplicate", 2, 3)
    for _ in range(3):
        insert_remark(client, TOWN, registry, one)
    (said,) = remarks_in(client, CHENGDU, registry, "510104")
    assert (said.units, said.first_title, said.second_title, said.second_issuer) == (
        1,
        "上周",
        "本周",
        "510104-education",
    )
    assert sample.key
    with pytest.raises(OutOfScope):
        insert_remark(client, TOWN, registry, Remark(NOON_US, "town", "510104018", "merge", 2, 3))
    with pytest.raises(OutOfScope):
        remarks_in(client, HUNAN, registry, "510104")


def test_deeds_are_kept_and_shown_to_operators(client: Client) -> None:
    rows = [Audited(NOON_US + n, "zhang", "supervisor", "view", "desk", "5101") for n in range(3)]
    insert_audit(client, rows, "t")
    insert_audit(client, rows, "t")
    operator = Scope("op", "operator", ("51",))
    assert audited(client, operator) == rows[::-1]
    assert audited(client, operator, who="li") == []
    for scope in (CHENGDU, TOWN, OWN):
        with pytest.raises(OutOfScope):
            audited(client, scope)


def test_feeds_by_silence(client: Client, sample: Sample) -> None:
    (feed,) = feeds(client, LEADER, 0, 10)
    assert (feed.source, feed.issued) == ("//oa.example.cn/office", 5)
    assert sample.key
    with pytest.raises(OutOfScope):
        feeds(client, CHENGDU, 0, 10)


def test_a_quota_counts_what_the_rules_count(client: Client, registry: Registry, sample: Sample) -> None:
    issuer, engine = "510104-education", Engine(client, registry, Calendar.load())
    sample.demand(
        issuer,
        "request",
        "510104",
        "township",
        NOON_US,
        5,
        "应急",
        data={"emergency": True, "emergency_ground": "防汛"},
    )
    sample.flush()
    place = Place(issuer=issuer)
    assert QuotaSheet.read(engine, OWN, place, NOON_US).listed is False
    rows = [{"item": "request", "issuer": issuer, "number": 3}, {"item": "meeting", "issuer": issuer, "number": 2}]
    said = {
        "version": 1,
        "kind": "list",
        "list": "plan",
        "name": "计划",
        "source": "文件",
        "from": date(2026, 1, 1),
        "rows": rows,
    }
    insert_list(client, ListVersion.model_validate(said), NOON_US)
    found = QuotaSheet.read(engine, OWN, place, NOON_US)
    assert found.listed
    assert {one.what: (one.limit, sum(one.counts), len(one.counts)) for one in found.quotas} == {
        "request": (3, 3, 62), "meeting": (2, 0, 62),
    }  # fmt: skip
    for scope in (HUNAN, TOWN):
        with pytest.raises(OutOfScope):
            QuotaSheet.read(engine, scope, place, NOON_US)


def test_two_sides_are_read_in_scope_with_their_coverage(client: Client, registry: Registry, sample: Sample) -> None:
    engine, n = Engine(client, registry, Calendar.load()), towns(registry)
    place = Place(area="510104", left="510104~7d~510104-education", right="510104~2026-02-18_2026-02-24~")
    found = CompareSheet.read(engine, CHENGDU, place, NOON_US)
    assert (found.left.likely, found.left.receipts, found.left.demands, found.left.covered_days) == (
        90 * n,
        2 * n,
        2,
        2,
    )
    assert (found.right.likely, found.right.covered_days, found.right.covered_units) == (60 * n, 1, n)
    assert sum(found.left.by_day) == found.left.likely
    assert sample.runs == 1
    for scope, left in ((CHENGDU, "43~7d~"), (HUNAN, "510104~7d~"), (TOWN, "510104017~7d~"), (OWN, "510104~7d~")):
        with pytest.raises(OutOfScope):
            CompareSheet.read(engine, scope, Place(area="510104", left=left), NOON_US)
