"""A stranger follows the README: starts the system, sends events, reads loads, stops it, starts it again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.system import Embedded, command, until, up

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(400)]

UNIT = "510104017"
NOW = datetime.now(UTC)


def event(identity: str, minutes: int, **data: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": identity,
        "source": "//oa.example.cn/510104/office",
        "type": "burden.request.issued.v1",
        "time": NOW.isoformat(),
        "data": {
            "issuer": "510104-office",
            "title": "报送本周农户走访台账",
            "reach": {"areas": ["510104"], "tiers": ["township"]},
            "effort_minutes": minutes,
            **data,
        },
    }


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installation") / "data"


@pytest.fixture(scope="module")
def system(data: Path) -> Iterator[Embedded]:
    with up(data, "--empty", "--headless", "--port", "18600") as running:
        yield running


def test_an_event_sent_over_http_moves_the_load_of_its_units(system: Embedded) -> None:
    assert system.load(UNIT) == 0
    assert system.post(event("first-1", 95)).status_code == 202
    until(lambda: system.load(UNIT) == 95)
    assert system.post(event("first-1", 95)).status_code == 202  # a duplicate changes nothing
    assert system.post(event("first-2", 5)).status_code == 202
    until(lambda: system.load(UNIT) == 100)
    assert system.load("510105002") == 0, "a unit outside the reach has no part in it"


def test_the_life_cycle_restates_the_load(system: Embedded) -> None:
    assert system.post(event("second-1", 60)).status_code == 202
    until(lambda: system.load(UNIT, "request.minutes.24h") == 160)
    answer = event("second-2", 0)
    answer["type"] = "burden.request.answered.v1"
    answer["data"] = {"answers": "second-1", "unit": UNIT, "actual_minutes": 240}
    assert system.post(answer).status_code == 202, system.post(answer).text
    until(lambda: system.load(UNIT, "request.minutes.24h") == 340)
    correction = event("second-3", 0)
    correction["type"] = "burden.correction.applied.v1"
    correction["data"] = {"restates": ["second-1"], "effect": "void"}
    assert system.post(correction).status_code == 202, system.post(correction).text
    until(lambda: system.load(UNIT, "request.minutes.24h") == 100)


def test_the_command_line_sends_reads_and_recounts(system: Embedded, tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    bad = event("third-2", 10) | {"type": "burden.picnic.issued.v1"}
    file.write_text("\n".join(json.dumps(row) for row in (event("third-1", 7), bad)) + "\n")
    sent = system.run("send", str(file))
    assert sent.returncode == 1
    assert "accepted 1" in sent.stdout
    assert f"{file}:2" in sent.stderr
    assert "picnic" in sent.stderr
    until(lambda: system.load(UNIT) == 107)
    shown = system.run("load", UNIT, "--metric", "all.minutes.24h", "--json")
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["load"] == {"all.minutes.24h": 107}
    hottest = system.run("hotspots", "--tier", "township", "--metric", "all.minutes.24h", "--area", "5101", "--csv")
    assert hottest.returncode == 0, hottest.stderr
    assert UNIT in hottest.stdout
    counted = system.run("recount")
    assert counted.returncode == 0, counted.stdout + counted.stderr
    examined = system.run("doctor")
    assert examined.returncode == 0, examined.stdout


def test_it_agrees_with_the_pure_core(system: Embedded, tmp_path: Path) -> None:
    file = tmp_path / "same.ndjson"
    rows = [event("first-1", 95), event("first-1", 95), event("first-2", 5), event("third-1", 7)]
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n")
    later = (NOW + timedelta(minutes=1)).isoformat()
    replayed = command("replay", str(file), "--at", later, "--metric", "all.minutes.24h")
    assert replayed.returncode == 0, replayed.stderr
    values = dict(line.split(",") for line in replayed.stdout.split())
    assert values[UNIT] == "107"
    assert int(values[UNIT]) == system.load(UNIT, "all.minutes.24h", later)


def test_nobody_reads_or_writes_without_a_token(system: Embedded) -> None:
    import httpx

    url = system.said["api"]
    assert httpx.get(f"{url}/v1/units/{UNIT}/load", trust_env=False).status_code == 401
    assert httpx.post(f"{url}/v1/events", content=b"{}", trust_env=False).status_code == 401


def test_stopped_and_started_again_it_goes_on(data: Path, system: Embedded) -> None:
    before = system.load(UNIT)
    assert system.stop() == 0
    down = command("load", UNIT, "--data", str(data))
    assert down.returncode == 3
    assert "burdenwatch up" in down.stderr
    with up(data, "--empty", "--headless", "--port", "18600") as again:
        assert again.load(UNIT) == before
        assert again.post(event("fourth-1", 1)).status_code == 202
        until(lambda: again.load(UNIT) == before + 1)
        assert again.run("recount").returncode == 0
