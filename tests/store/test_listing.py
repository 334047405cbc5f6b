"""Lists brought in: over HTTP within one's areas and whole or not at all; rules that need one fire with it; n of m used; the page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from clickhouse_connect.driver.client import Client
from starlette.testclient import TestClient

from streams.calendars import Calendar
from streams.desk.auditing import AuditLog
from streams.desk.listing import listed, read_for
from streams.desk.quotas import used_by
from streams.intake.broker import Broker
from streams.intake.http import Parts, build
from streams.intake.lists_http import ListRoutes
from streams.intake.tokens import Token, Tokens
from streams.registry import Registry
from streams.store import OutOfScope, Scope
from streams.store.audit import audited
from streams.store.lists import list_headers
from tests.store.paging import HERE, Shown
from tests.store.stored import event, put, us_at
from tests.store.test_every_route import Log
from tests.store.test_judge import REACH, judge_of, judged, meeting

pytestmark = pytest.mark.store
COUNTY = Scope("county", "supervisor", ("510104",))
ISSUER = "510104-education"
HEAD = {"area": "510104", "from": "2026-01-01", "source": "锦委办〔2026〕3号"}
PLAN = "会议名称,主办单位,时间\n教育工作会议,教育局,3月\n"
HELD = "数据项,持有单位,是否共享\n住户总数,公安,是\n就业总数,人力资源和社会保障局,否\n"


def add(
    client: Client, registry: Registry, text: str, kind: str, at_us: int, scope: Scope = COUNTY, **more: str
) -> None:
    reading = read_for(scope, registry, text.encode(), f"{kind}.csv", HEAD | {"kind": kind} | more)
    assert reading.faults == ()
    listed(client, scope, registry, reading.version(), at_us)


def test_rules_fire_with_their_list_and_say_what_is_missing_without(client: Client, registry: Registry) -> None:
    request = event(
        "q", "request.issued", 0, issuer=ISSUER, title="表", reach=REACH, items=[{"element": "households-total"}]
    )
    put(client, [request, meeting("m0"), meeting("m1")])
    judge = judge_of(client, registry)
    judged(judge, 0.2)

    def rules() -> set[str]:
        for family in ("relation", "quota"):
            judge.family(family, us_at(0.4))
        return {one.rule for one in judge.findings.open()} & {"R10-held", "R02-over-plan"}

    assert rules() == set()
    add(client, registry, HELD, "held", us_at(0.3))
    add(client, registry, PLAN, "plan", us_at(0.3), what="会议")
    judge.housekeeping(us_at(0.4))
    judge.learn(us_at(0.4))
    assert rules() == {"R10-held", "R02-over-plan"}
    assert judge.lists.holders("510104", "households-total") == ("public-security",)
    assert judge.lists.holders("430102", "households-total") == ()
    (used,) = used_by(client, COUNTY, registry, Calendar.load(), us_at(0.4))
    assert used[:4] == (ISSUER, "meeting", 2, 1)
    assert used_by(client, Scope("other", "supervisor", ("43",)), registry, Calendar.load(), us_at(0.4)) == []


def test_a_list_says_what_holds_in_its_area_alone(client: Client, registry: Registry) -> None:
    with pytest.raises(OutOfScope):
        add(client, registry, PLAN, "plan", 1, Scope("x", "supervisor", ("43",)), what="会议")
    with pytest.raises(OutOfScope):
        add(client, registry, PLAN, "plan", 1, Scope("x", "issuer", (), (ISSUER,)), what="会议")
    with pytest.raises(OutOfScope, match="no body of the area"):
        add(client, registry, PLAN.replace("教育局", "510100-education"), "plan", 1, what="会议")
    assert list_headers(client) == []


@pytest.fixture
def audit(client: Client) -> AuditLog:
    return AuditLog(lambda: client)


@pytest.fixture
def door(client: Client, registry: Registry, audit: AuditLog) -> Iterator[TestClient]:
    tokens = [
        Token(one.who, hashlib.sha256(one.who.encode()).hexdigest(), areas=one.areas, role=one.role)
        for one in (COUNTY, Scope("unit", "unit", ("510104017",)))
    ]
    routes = ListRoutes(lambda: client, registry, now_us=lambda: us_at(0), writer=lambda: client)
    parts = Parts(cast(Broker, Log()), Tokens(tuple(tokens)), registry, lists=routes, audit=audit)
    with TestClient(build(parts)) as found:
        yield found


def test_a_table_is_checked_then_added_over_http_and_written_down(
    client: Client, door: TestClient, audit: AuditLog
) -> None:
    def post(text: str, who: str = "county", **more: str) -> Any:
        query = HEAD | {"file": "plan.csv", "kind": "plan", "what": "会议"} | more
        return door.post("/v1/lists", params=query, content=text.encode(), headers={"Authorization": f"Bearer {who}"})

    wrong = post(PLAN + "防汛会,教育具,3月\n经济会,,4月\n")
    assert wrong.status_code == 400
    assert [text.partition(":")[2].partition(":")[0] for text in wrong.json()["faults"]] == ["3", "4"]
    assert "教育局" in wrong.json()["faults"][0]
    assert post(PLAN, check="true").json()["rows"] == 1
    assert list_headers(client) == []
    assert post(PLAN, "unit").status_code == 403
    added = post(PLAN)
    assert (added.status_code, added.json()["added"]["added_by"]) == (201, "county")
    said = door.get("/v1/lists", headers={"Authorization": "Bearer unit"}).json()
    assert [(one["name"], one["rows"], one["from_day"]) for one in said["lists"]] == [("plan", 1, "2026-01-01")]
    has = {one["rule"]: one["has"] for one in said["rules"]}
    assert (has["R02-over-plan"], has["R10-held"]) == (True, False)
    while audit.write():
        continue
    deeds = {(one.who, one.deed, one.area) for one in audited(client, Scope("op", "operator", ("",)))}
    assert deeds == {("county", "act", "510104"), ("unit", "denied", "510104"), ("unit", "view", "")}


def test_the_page_shows_lists_and_lets_overseers_bring_one_in(
    opened: Callable[[str, Scope, dict[str, str]], Shown],
) -> None:
    for scope in HERE:
        shown = opened("rules", scope, {})
        assert "规则所依据的清单" in shown.text(), scope.who
        assert shown.script is not None
        fields = [one.key for one in shown.script.text_input]
        assert ("list-name" in fields) == (scope.role in ("supervisor", "operator")), scope.who
        assert "不作任何判定" in shown.text()


def test_a_file_dropped_on_the_page_is_understood_then_added(
    opened: Callable[[str, Scope, dict[str, str]], Shown], migrated: Client, deeds: list[Any]
) -> None:
    script = opened("rules", HERE[1], {}).script
    assert script is not None
    script.text_input(key="list-source").set_value("锦委办〔2026〕3号")
    script.text_input(key="list-area").set_value("510104")

    script.file_uploader(key="list-file").set_value(
        ("会议计划.csv", (PLAN + "经济会,教育具,4月\n").encode(), "text/csv")
    ).run()
    assert script.button(key="list-add").disabled
    script.file_uploader(key="list-file").set_value(("会议计划.csv", PLAN.encode(), "text/csv")).run()
    assert not script.button(key="list-add").disabled
    script.button(key="list-add").click().run()
    assert not script.exception
    assert [(one.name, one.area, one.rows) for one in list_headers(migrated) if one.added_by == HERE[1].who] == [
        ("会议计划", "510104", 1)
    ]
    assert "list plan 会议计划" in [one.detail for one in deeds]
