"""Kafka with TLS and SASL, a store with TLS, an authority that nothing else trusts: every process runs on them, or says in one line why not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import pytest

from dashboard.data.push import Hub
from dashboard.settings import Settings as DashboardSettings
from dashboard.shell.installation import Installation
from infra.local.clickhouse import ClickHouseNode
from infra.local.kafka import KafkaNode
from infra.local.process import free_port
from infra.local.protection import MECHANISM, Protection
from streams import registry
from streams.agents.recount.__main__ import main as recount
from streams.agents.topics import probe
from streams.config.kafka import Brokers
from streams.config.store import Address
from streams.store import connect
from streams.store.parts import part_states
from streams.system.vigil import store_answers
from tests.acceptance.system import until
from tests.authority import Authority

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(200)]

UNIT: Final = "510104017"
PASSWORD: Final = "what only the parts know"
EVENT: Final = {
    "specversion": "1.0",
    "id": "protected 1",
    "source": "//oa.example.cn/510104/office",
    "type": "burden.request.issued.v1",
    "data": {
        "issuer": "510104-office",
        "title": "报送台账",
        "reach": {"areas": ["510104"], "tiers": ["township"]},
        "effort_minutes": 10,
    },
}


@dataclass
class Cluster:
    """Both engines behind TLS, and what a part is told."""

    folder: Path
    brokers: Brokers
    store: Address
    told: dict[str, str]

    def run(self, module: str, **other: object) -> subprocess.Popen[str]:
        """A part, with some settings changed."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("BURDENWATCH_")}
        told = self.told | {f"BURDENWATCH_{name}": str(value) for name, value in other.items()}
        command = [sys.executable, "-m", *module.split()]
        return subprocess.Popen(command, env=clean | told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("protected")
    authority, other = Authority(folder / "own"), Authority(folder / "other")
    certificate = authority.certificate("engines")
    (folder / "kafka-password").write_text(PASSWORD + "\n")
    (folder / "store-password").write_text("w\n")
    (folder / "wrong-password").write_text("wrong\n")
    protection = Protection(certificate, authority.file, {"broker": "the broker's own", "parts": PASSWORD})
    kafka = KafkaNode(folder / "kafka", protection=protection)
    node = ClickHouseNode(folder / "store", password="w", readonly_password="r", certificate=certificate)
    try:
        kafka.start()
        node.start()
        brokers = Brokers(
            kafka.address, "SASL_SSL", authority.file, mechanism=MECHANISM, user="parts", password=PASSWORD
        )
        store = Address(*node.address, "burdenwatch", "w", secure=True, cafile=authority.file)
        told = {
            "KAFKA": kafka.address,
            "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA_SSL_CAFILE": authority.file,
            "KAFKA_SASL_MECHANISM": MECHANISM,
            "KAFKA_SASL_USER": "parts",
            "KAFKA_SASL_PASSWORD_FILE": folder / "kafka-password",
            "STORE_HOST": store.host,
            "STORE_PORT": store.port,
            "STORE_USER": "burdenwatch",
            "STORE_PASSWORD_FILE": folder / "store-password",
            "STORE_SECURE": "true",
            "STORE_CAFILE": authority.file,
            "TOKENS_FILE": tokens(folder / "tokens.json"),
            "AREA": "510104",
            "ACCESS": "demo",
        }
        made = Cluster(folder, brokers, store, {f"BURDENWATCH_{name}": str(value) for name, value in told.items()})
        assert other.file.exists()
        prepared = made.run("streams.system.prepare")
        assert prepared.communicate(timeout=60) == ("", "")
        yield made
    finally:
        node.stop()
        kafka.stop()


def tokens(path: Path) -> Path:
    path.write_text(
        '{"tokens": [{"name": "all", "sha256": "596ef3b19291156ab9ee32096262724c864ec9dceedc31af53fe1b86646a5b4b", '
        '"issuers": ["*"], "sources": ["*"], "areas": [""], "role": "operator"}]}'
    )
    return path


def test_an_event_comes_through_and_its_load_is_read(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in cluster.told.items():
        monkeypatch.setenv(name, value)
    port = free_port()
    running = [
        cluster.run("streams.agents.worker"),
        cluster.run("streams.agents.judge"),
        cluster.run("streams.agents.notifier"),
        cluster.run(
            "streams.intake.serve",
            PORT=port,
            DESK_USER="burdenwatch",
            DESK_PASSWORD_FILE=cluster.folder / "store-password",
        ),
    ]
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": "Bearer token of a test"},
            timeout=30,
            trust_env=False,
        ) as api:
            until(lambda: answers(api, "/readyz"), 60)
            event = EVENT | {"time": datetime.now(UTC).isoformat()}
            reply = api.post("/v1/events", json=event, headers={"Content-Type": "application/cloudevents+json"})
            assert reply.status_code == 202, reply.text
            until(lambda: load(api) == 10, 30)
            until(lambda: rounds(cluster) >= {"admit", "tally", "event", "alerts"}, 30)
            assert recount() == 0
            assert "1 records in the log: 1 admitted" in capsys.readouterr().out
            running.append(cluster.run("streams.system.feed", SPEED=20))
            until(lambda: stored(cluster) > 1, 30)
            probe(cluster.brokers)
            store_answers(lambda: cluster.store)()
            dashboard = Installation(DashboardSettings(), registry.load(), Hub())
            assert dashboard.client.command("SELECT count() FROM meta")
    finally:
        for process in reversed(running):
            process.send_signal(signal.SIGTERM)
        said_by = [process.communicate(timeout=60)[1] for process in running]
    assert not any(PASSWORD in said for said in said_by)


def answers(api: httpx.Client, url: str) -> bool:
    try:
        return api.get(url).status_code == 200
    except httpx.TransportError:
        return False


def load(api: httpx.Client) -> int:
    reply = api.get(f"/v1/units/{UNIT}/load", params={"metric": "all.minutes.24h"})
    return int(reply.json()["load"]["all.minutes.24h"]) if reply.status_code == 200 else -1


def rounds(cluster: Cluster) -> set[str]:
    """What completed a round."""
    with closing(connect(cluster.store)) as client:
        return {one.name for one in part_states(client, time.time_ns() // 1000) if one.condition != "never"}


def stored(cluster: Cluster) -> int:
    with closing(connect(cluster.store)) as client:
        return int(client.query("SELECT count() FROM events").result_rows[0][0])


WRONG: Final[Mapping[str, tuple[str, str]]] = {
    "kafka authority": ("KAFKA_SSL_CAFILE", "other/authority.pem"),
    "kafka password": ("KAFKA_SASL_PASSWORD_FILE", "wrong-password"),
    "store authority": ("STORE_CAFILE", "other/authority.pem"),
    "store password": ("STORE_PASSWORD_FILE", "wrong-password"),
}
PARTS: Final = {
    "kafka authority": ("streams.agents.worker", "streams.intake.serve"),
    "kafka password": ("streams.agents.judge", "streams.system.feed"),
    "store authority": ("streams.agents.worker", "dashboard.serve"),
    "store password": ("streams.agents.notifier", "streams.system.prepare"),
}


@pytest.mark.parametrize("what", WRONG)
def test_who_is_not_let_in_says_so_in_one_line(cluster: Cluster, what: str) -> None:
    setting, file = WRONG[what]
    running = {part: cluster.run(part, **{setting: cluster.folder / file}) for part in PARTS[what]}
    for part, process in running.items():
        said = "".join(process.communicate(timeout=60))
        assert process.returncode == 3, f"{part}: {said}"
        assert len(said.splitlines()) == 1, f"{part}: {said}"
        user = {
            "STORE_PASSWORD_FILE": "BURDENWATCH_STORE_USER",
            "KAFKA_SASL_PASSWORD_FILE": "BURDENWATCH_KAFKA_SASL_USER",
        }
        assert user.get(setting, f"BURDENWATCH_{setting}") in said
        assert "wrong\n" not in said


def test_a_setting_that_cannot_be_is_named(cluster: Cluster) -> None:
    wrong = cluster.run("streams.agents.worker", KAFKA_SASL_USER="", STORE_CAFILE=cluster.folder / "none.pem")
    said = wrong.communicate(timeout=60)[1]
    assert wrong.returncode == 2
    assert "none.pem: No such file" in said
    assert "Traceback" not in said
