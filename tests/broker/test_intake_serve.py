"""The API as it runs: a process of its own, between a real broker and a real store."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from infra.local.clickhouse import ClickHouseNode
from infra.local.kafka import KafkaNode
from infra.local.process import free_port, until
from streams import registry, store
from streams.events import KIND_IDS
from streams.ledger.postings import Postings

pytestmark = [pytest.mark.broker, pytest.mark.store]

Event = Callable[..., dict[str, Any]]
AT = datetime(2026, 3, 3, 7, tzinfo=UTC)
AT_US = int(AT.timestamp()) * 1_000_000
HOUR_US = 3_600_000_000
TOWNSHIP = "510104017"


def tokens_file(path: Path) -> Path:
    def row(name: str, areas: list[str]) -> dict[str, Any]:
        hashed = hashlib.sha256(f"{name} token".encode()).hexdigest()
        return {
            "name": name,
            "sha256": hashed,
            "issuers": ["*"],
            "sources": ["*"],
            "areas": areas,
            "role": "supervisor",
        }

    path.write_text(json.dumps({"tokens": [row("all", [""]), row("yunnan", ["53"])]}))
    return path


def posted(client: Any, units: registry.Registry) -> None:
    """Two demands on the townships of Chengdu's Jinjiang district: one an hour ago, one in an hour; 60 and 30 minutes."""
    tier = units.tier_id("township")
    lo, hi = units.range_of("510104", tier)

    issuer = "510000-education"
    rows = [
        (1, tier, KIND_IDS["meeting"], issuer, lo, hi, AT_US - HOUR_US, 50, 60, 90, 1, 0),
        (2, tier, KIND_IDS["request"], issuer, lo, hi, AT_US + HOUR_US, 20, 30, 60, 1, 0),
    ]
    store.insert_postings(client, Postings.from_rows(rows), shard=units.shards().shard_of("510104"), run=1)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseNode]:
    """The store, not yet started."""
    made = ClickHouseNode(tmp_path_factory.mktemp("store"), password="w", readonly_password="r")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def api(
    kafka: KafkaNode,
    node: ClickHouseNode,
    tmp_path_factory: pytest.TempPathFactory,
    topic_named: Callable[[str, str], None],
) -> Iterator[httpx.Client]:
    """A client of a served API whose store holds what ``posted`` says."""
    folder = tmp_path_factory.mktemp("api")
    node.start()
    topic_named(kafka.address, "burden.events")
    topic_named(kafka.address, "burden.probes")
    host, port = node.address
    writer = store.connect(store.Address(host, port, "burdenwatch", "w"))
    store.migrate(writer)
    posted(writer, registry.load())
    (folder / "password").write_text("r\n")
    settings = {
        "KAFKA": kafka.address,
        "STORE_HOST": host,
        "STORE_PORT": str(port),
        "STORE_USER": "reader",
        "STORE_PASSWORD_FILE": str(folder / "password"),
        "TOKENS_FILE": str(tokens_file(folder / "tokens.json")),
        "PORT": str(free_port()),
    }
    environment = os.environ | {f"BURDENWATCH_{name}": value for name, value in settings.items()}
    process = subprocess.Popen([sys.executable, "-m", "streams.intake.serve"], env=environment)
    with httpx.Client(
        base_url=f"http://127.0.0.1:{settings['PORT']}", headers={"Authorization": "Bearer all token"}, trust_env=False
    ) as client:

        def ready() -> bool:
            try:
                return client.get("/readyz").status_code == 200
            except httpx.TransportError:
                return False

        assert until(ready, timeout_s=30)
        yield client
    process.terminate()
    assert process.wait(20) == 0
    writer.close()


def test_events_go_in(api: httpx.Client, event: Event) -> None:
    reply = api.post("/v1/events", json=event("served"))
    assert (reply.status_code, reply.json()["accepted"]) == (202, 1)
    reply = api.post("/v1/events", json=[event("served"), event("served 2")])
    assert (reply.status_code, reply.json()) == (202, {"accepted": 2, "duplicates": 0, "refused": []})


def test_the_load_of_a_unit(api: httpx.Client) -> None:
    metrics = "all.minutes.24h,meeting.count.7d,request.minutes_high.ahead7d,document.minutes.7d"
    reply = api.get(f"/v1/units/{TOWNSHIP}/load", params={"metric": metrics, "at": AT.isoformat()})
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert told.pop("coverage")["reached_30d"] is True
    assert told == {
        "unit": TOWNSHIP,
        "at": "2026-03-03T07:00:00Z",
        "load": {
            "all.minutes.24h": 60,
            "meeting.count.7d": 1,
            "request.minutes_high.ahead7d": 60,
            "document.minutes.7d": 0,
        },
    }
    assert set(api.get(f"/v1/units/{TOWNSHIP}/load").json()["load"].values()) <= {0, 60}


def test_a_load_says_whether_nothing_is_nothing(api: httpx.Client) -> None:
    silent = api.get("/v1/units/110101001/load").json()
    assert set(silent["load"].values()) == {0}
    assert silent["coverage"]["reached_30d"] is False, (
        "no demand reached it: zero says that no data came, not that all is well"
    )


def test_an_instant_beyond_what_is_posted_is_refused(api: httpx.Client) -> None:
    far = (datetime.now(UTC) + timedelta(days=100)).isoformat()
    for path in (f"/v1/units/{TOWNSHIP}/load", "/v1/hotspots"):
        reply = api.get(path, params={"metric": "all.minutes.ahead30d", "at": far})
        assert reply.status_code == 400
        assert "standing demands are known" in reply.text


def test_hotspots(api: httpx.Client) -> None:
    asked = {"tier": "township", "metric": "all.minutes.7d", "area": "5101", "limit": "3", "at": AT.isoformat()}
    rows = api.get("/v1/hotspots", params=asked).json()["hotspots"]
    assert len(rows) == 3
    assert {row["value"] for row in rows} == {60}
    assert all(row["unit"].startswith("510104") and row["name"] for row in rows)


def test_the_calendar_of_a_unit(api: httpx.Client) -> None:
    asked = {"at": AT.isoformat()}
    reply = api.get(f"/v1/units/{TOWNSHIP}/calendar.ics", params=asked, auth=("calendar", "all token"))
    assert reply.headers["content-type"].startswith("text/calendar")
    calendar: Any = Calendar.from_ical(reply.content)
    (entry,) = calendar.walk("VEVENT")
    assert entry["DTSTART"].dt == AT + timedelta(hours=1)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/v1/units/999999999/load", 404, "999999999"),
        (f"/v1/units/{TOWNSHIP}/load?metric=all.tears.7d", 400, "tears"),
        (f"/v1/units/{TOWNSHIP}/load?at=yesterday", 400, "yesterday"),
        (f"/v1/units/{TOWNSHIP}/load?at=2026-03-03T07:00:00", 400, "offset"),
        (f"/v1/units/{TOWNSHIP}/load?metric={'all.minutes.7d,' * 51}", 400, "at most 50"),
        ("/v1/hotspots?tier=castle", 404, "castle"),
        ("/v1/hotspots?area=99", 404, "99"),
        ("/v1/hotspots?limit=0", 400, "1 to 1000"),
        ("/v1/hotspots?limit=1001", 400, "1 to 1000"),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_wrong(api: httpx.Client, path: str, status: int, said: str) -> None:
    reply = api.get(path)
    assert reply.status_code == status, reply.text
    assert said in reply.json()["error"]


def test_no_token_sees_beyond_its_areas(api: httpx.Client) -> None:
    outsider = {"Authorization": "Bearer yunnan token"}
    for path in (
        f"/v1/units/{TOWNSHIP}/load",
        f"/v1/units/{TOWNSHIP}/calendar.ics",
        "/v1/hotspots?area=51",
        "/v1/hotspots",
    ):
        assert api.get(path, headers=outsider).status_code == 403, path
        assert api.get(path, headers={"Authorization": "Bearer nobody"}).status_code == 401, path
    assert api.get("/v1/hotspots?area=53", headers=outsider).status_code == 200


def test_a_store_that_is_away_is_503_and_events_still_go_in(
    api: httpx.Client, node: ClickHouseNode, event: Event
) -> None:
    path = f"/v1/units/{TOWNSHIP}/load"
    node.kill()
    reply = api.get(path)
    assert (reply.status_code, "retry-after" in reply.headers) == (503, True)
    assert api.get("/readyz").status_code == 503
    assert api.post("/v1/events", json=[event("away 1"), event("away 2")]).json()["accepted"] == 2
    node.start()
    assert until(lambda: api.get(path).status_code == 200, timeout_s=30)
    assert api.get("/readyz").status_code == 200


def test_wrong_settings_are_named(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BURDENWATCH_")}
    run = [sys.executable, "-m", "streams.intake.serve"]
    bare = subprocess.run(run, env=environment | {"BURDENWATCH_PORT": "many"}, capture_output=True, text=True)
    assert bare.returncode == 2
    assert {line.split(":")[0] for line in bare.stderr.splitlines()} == {
        "BURDENWATCH_KAFKA",
        "BURDENWATCH_TOKENS_FILE",
        "BURDENWATCH_PORT",
    }
    named = {"BURDENWATCH_KAFKA": "127.0.0.1:1", "BURDENWATCH_TOKENS_FILE": str(tmp_path / "missing.json")}
    missing = subprocess.run(run, env=environment | named, capture_output=True, text=True)
    assert missing.returncode == 2
    assert "missing.json: No such file" in missing.stderr
