"""From an event to a finding with its reasons: found within seconds, explained, scoped, the same after the judge was killed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition

from tests.acceptance.system import Embedded, until, up
from tests.acceptance.test_faults import children

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(300)]

NOW = datetime.now(UTC).replace(microsecond=0)


def request(identity: str, **data: Any) -> dict[str, Any]:
    """A form that is due within the hour: 《R11》 unless it is an emergency that says why."""
    issued = {
        "issuer": "510104-education",
        "title": "报送在校学生情况统计表",
        "doc_no": f"锦教函〔2026〕{identity}号",
        "reach": {"areas": ["510104"], "tiers": ["township"]},
        "delivered_at": NOW.isoformat(),
        "deadline_at": (NOW + timedelta(hours=1)).isoformat(),
        "plan_item_id": "2026-1",
        "consistency_assessment_id": "a-1",
        "effort_minutes": 10,
    }
    return {
        "specversion": "1.0",
        "id": identity,
        "source": "//oa.example.cn/510104/education",
        "type": "burden.request.issued.v1",
        "time": NOW.isoformat(),
        "data": issued | data,
    }


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with up(tmp_path_factory.mktemp("findings") / "data", "--empty", "--headless", "--port", "18900") as running:
        yield running


def found(system: Embedded, **asked: str) -> list[dict[str, Any]]:
    reply = system.http.get("/v1/findings", params=asked)
    assert reply.status_code == 200, reply.text
    rows: list[dict[str, Any]] = reply.json()["findings"]
    return rows


def test_a_short_notice_is_found_and_explained_an_emergency_is_not(system: Embedded) -> None:
    assert system.post(request("1")).status_code == 202
    emergency = request(
        "2", emergency=True, emergency_ground="防汛应急", basis_type="law", legal_basis="《防洪法》第四十五条"
    )
    assert system.post(emergency).status_code == 202
    until(lambda: bool(found(system, area="510104", rule="R11")), 60)
    rows = found(system, area="510104", rule="R11-short-notice")
    assert [row["subject"] for row in rows] == ["event://oa.example.cn/510104/education#1"]
    assert rows[0]["issuer"] == "510104-education"
    assert rows[0]["value"] <= 60
    assert rows[0]["limit"] == 480
    told = system.http.get(f"/v1/findings/{rows[0]['finding']}").json()
    assert told["explanation"]["basis"]["instrument"]
    assert told["explanation"]["events"][0]["title"] == "报送在校学生情况统计表"
    assert [step["phase"] for step in told["timeline"]] == ["firing"]


def test_the_command_line_lists_and_explains(system: Embedded) -> None:
    listed = system.run("findings", "--rule", "R11", "--json")
    assert listed.returncode == 1, listed.stderr
    finding = json.loads(listed.stdout)["findings"][0]["finding"]
    shown = system.run("explain", finding)
    assert shown.returncode == 0, shown.stderr
    assert "lead_working_minutes" in shown.stdout
    assert system.run("explain", "0" * 32).returncode == 2


def test_a_killed_judge_goes_on_and_says_nothing_twice_in_the_store(system: Embedded) -> None:
    before = {row["finding"] for row in found(system, phase="all", limit="1000")}
    judge = next(
        pid for pid, line in children(system.process.pid) if "streams.agents.judge" in line and "process.py" not in line
    )
    os.kill(judge, signal.SIGKILL)
    assert system.post(request("3")).status_code == 202
    until(lambda: len(found(system, area="510104", rule="R11-short-notice")) == 2, 90)
    after = found(system, phase="all", limit="1000")
    assert before <= {row["finding"] for row in after}
    for row in after:
        phases = [step["phase"] for step in system.http.get(f"/v1/findings/{row['finding']}").json()["timeline"]]
        assert all(one != other for one, other in zip(phases, phases[1:], strict=False)), (row["rule"], phases)


def test_transitions_are_told_on_their_topic(system: Embedded) -> None:
    kafka = json.loads((system.data / "run" / "system.json").read_text())["kafka"]
    consumer = KafkaConsumer(bootstrap_servers=kafka)
    place = TopicPartition("burden.findings", 0)
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    end = consumer.end_offsets([place])[place]
    told: list[dict[str, Any]] = []
    while consumer.position(place) < end:
        told += [json.loads(row.value) for rows in consumer.poll(1_000).values() for row in rows]
    consumer.close()
    firing = [
        one for one in told if one["type"] == "burden.finding.firing.v1" and one["data"]["rule"] == "R11-short-notice"
    ]
    assert {one["data"]["subject"].rpartition("#")[2] for one in firing} == {"1", "3"}
    assert len({one["id"] for one in told}) >= len({one["subject"] for one in told})


def test_a_draft_is_checked_before_it_is_sent(system: Embedded) -> None:
    """Nothing of it is stored; what speaks against it is told; a draft that cannot be read is refused with the field."""
    draft = request("draft-1", items=[{"element": "pupils-total"}])
    del draft["id"], draft["source"], draft["time"], draft["specversion"]
    reply = system.http.post("/v1/precheck", content=json.dumps(draft))
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert told["receivers"] == 11
    assert told["minutes"]["likely"] == 11 * 10
    assert "R11-short-notice" in {one["rule"] for one in told["breaches"]}
    assert not told["clean"]
    draft["data"]["reach"] = {"areas": ["51"], "tiers": ["galaxy"]}
    refused = system.http.post("/v1/precheck", content=json.dumps(draft))
    assert refused.status_code in (400, 404)
    assert "galaxy" in refused.text
    assert system.http.post("/v1/precheck", content=b"[1").status_code == 400
