"""Clocks of our processes that step an hour ahead and back: loads, findings and messages are what they would have been, recount is clean."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.system import Embedded, until, up
from tests.acceptance.test_alerts import Receiver, finding_of
from tests.acceptance.test_findings import NOW, request

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(600)]

HOUR_S = 3_600
FAR = "110101001"
LATER = (NOW + timedelta(hours=2)).isoformat()
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


def withdrawn(identity: str) -> dict[str, Any]:
    event = request(identity)
    return event | {
        "id": f"{identity}-withdrawn",
        "type": "burden.correction.applied.v1",
        "data": {"issuer": "510104-education", "restates": [identity], "effect": "void"},
    }


def posted(system: Embedded, batch: int) -> int:
    """Fifty demands of a minute each to a unit far from the one that is watched; the load that this unit should have then."""
    events = [
        {
            **request(f"{batch}-{number}"),
            "source": "//oa.example.cn/000000/office",
            "data": {"issuer": "000000-office", "title": "通知", "reach": {"units": [FAR]}, "effort_minutes": 1},
        }
        for number in range(50)
    ]
    reply = system.http.post("/v1/events", content=json.dumps(events).encode(), headers=BATCH)
    assert reply.status_code == 202, reply.text
    return 50 * (batch + 1)


def test_clocks_that_step_change_nothing(tmp_path: Path) -> None:
    clock, policy, receiver = tmp_path / "clock", tmp_path / "alerts.yml", Receiver()
    clock.write_text("0")
    url = f"http://127.0.0.1:{receiver.server.server_port}/hook"
    policy.write_text(
        "version: 1\nkind: alert-policy\ngroup_wait: 0s\ngroup_interval: 1s\nhistory: 3h\n"
        f"receivers:\n  - {{name: duty, webhook: '{url}', per_minute: 6000}}\n"
    )
    arguments = ("--empty", "--headless", "--port", "18990", "--alerts", str(policy))
    with up(tmp_path / "data", *arguments, environment={"BURDENWATCH_CLOCK": str(clock)}) as system:
        for number, offset in enumerate((0, HOUR_S, 0, -HOUR_S, 0)):
            clock.write_text(str(offset))
            expected = posted(system, number)
            until(partial(is_loaded, system, expected))
            goes_on(system, receiver, f"{number}-stepped")
            assert system.http.get("/readyz").status_code == 200
        counted = system.run("recount")
        assert counted.returncode == 0, counted.stdout + counted.stderr
        assert "died" not in system.run("doctor").stdout
        assert len(set(receiver.keys)) == len(receiver.keys), "nothing is told twice"


def is_loaded(system: Embedded, minutes: int) -> bool:
    return system.load(FAR, "all.minutes.30d", LATER) == minutes


def goes_on(system: Embedded, receiver: Receiver, identity: str) -> None:
    """A breach is found and told, its end as well."""
    assert system.post(request(identity)).status_code == 202
    finding_of(system, identity)
    until(lambda: any(body["status"] == "firing" for body in receiver.about(identity)), 60)
    assert system.post(withdrawn(identity)).status_code == 202
    finding_of(system, identity, "resolved")
    until(lambda: any(one["status"] == "resolved" for body in receiver.about(identity) for one in body["alerts"]), 60)
