"""From an event to a message in a receiver written for Alertmanager; killed, away, silenced; and the case that follows."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from docx import Document

from tests.acceptance.system import Embedded, command, until, up
from tests.acceptance.test_faults import children
from tests.acceptance.test_findings import found, request
from tests.unit.alerts.test_message import ALERTMANAGER

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(300)]


class Receiver:
    """A webhook; ``bodies`` is what it took. Away while ``status`` is not 200."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        """Idempotency-Key of each."""
        self.status = 200
        taken = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if taken.status == 200:
                    taken.bodies.append(body)
                    taken.keys.append(self.headers["Idempotency-Key"])
                self.send_response(taken.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def about(self, identity: str) -> list[dict[str, Any]]:
        """Bodies that tell of the event."""
        ending = f"#{identity}"
        return [
            body
            for body in self.bodies
            if any(one["labels"].get("subject", "").endswith(ending) for one in body["alerts"])
        ]


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()


@pytest.fixture(scope="module")
def policy(receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("policy") / "alerts.yml"
    url = f"http://127.0.0.1:{receiver.server.server_port}/hook"
    path.write_text(
        "version: 1\nkind: alert-policy\ngroup_wait: 0s\ngroup_interval: 1s\n"
        f"receivers:\n  - {{name: duty, webhook: '{url}', per_minute: 6000}}\n"
    )
    return path


@pytest.fixture(scope="module")
def system(policy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    data = tmp_path_factory.mktemp("alerts") / "data"
    with up(data, "--empty", "--headless", "--port", "18950", "--alerts", str(policy)) as running:
        yield running


def finding_of(system: Embedded, identity: str, phase: str = "firing") -> str:
    rows: list[dict[str, Any]] = []

    def there() -> bool:
        rows[:] = [
            row
            for row in found(system, area="510104", rule="R11-short-notice", limit="500", phase=phase)
            if row["subject"].endswith(f"#{identity}")
        ]
        return bool(rows)

    until(there, 60)
    return str(rows[0]["finding"])


def kill_notifier(system: Embedded) -> None:
    pid = next(
        pid
        for pid, line in children(system.process.pid)
        if "streams.agents.notifier" in line and "process.py" not in line
    )
    os.kill(pid, signal.SIGKILL)


def test_a_finding_reaches_the_receiver_in_alertmanagers_body(system: Embedded, receiver: Receiver) -> None:
    assert system.post(request("a1")).status_code == 202
    until(lambda: bool(receiver.about("a1")), 60)
    for body in receiver.bodies:
        jsonschema.validate(body, ALERTMANAGER)
    told = {body["groupLabels"]["recipient"] for body in receiver.about("a1")}
    assert "510104-education" in told, "the issuer hears of it first"
    until(lambda: any(body["alerts"][0]["labels"]["alertname"] == "Watchdog" for body in receiver.bodies), 30)


def test_a_killed_notifier_loses_nothing_and_repeats_at_most_one(system: Embedded, receiver: Receiver) -> None:
    receiver.status = 503
    assert system.post(request("a2")).status_code == 202
    finding_of(system, "a2")
    kill_notifier(system)
    receiver.status = 200
    until(lambda: bool(receiver.about("a2")), 90)
    keys = [
        (body["groupKey"], body["status"], one["fingerprint"])
        for body in receiver.about("a2")
        for one in body["alerts"]
    ]
    assert len(keys) <= len(set(keys)) + 1


def test_a_case_goes_its_way_and_stays_on_record(system: Embedded) -> None:
    finding = finding_of(system, "a1")
    assert system.run("case", "act", finding, "acknowledge").returncode == 0
    assert system.run("case", "act", finding, "close").returncode == 1, "nothing is closed before it is decided"
    assert system.run("case", "act", finding, "ask").returncode == 0
    explained = system.run("case", "act", finding, "explain", "--ground", "emergency", "--note", "防汛")
    assert explained.returncode == 0, explained.stderr
    before = system.load("510104017")
    decided = system.run(
        "case", "act", finding, "decide", "--verdict", "corrected", "--note", "误报", "--restate", "void"
    )
    assert decided.returncode == 0, decided.stderr
    until(lambda: system.load("510104017") < before, 30)
    shown = json.loads(system.run("case", "show", finding, "--json").stdout)
    assert [one["verb"] for one in shown["acts"]] == ["acknowledge", "ask", "explain", "decide"]
    assert shown["case"]["verdict"] == "corrected"
    assert shown["notifications"]


def test_the_evidence_pack_can_be_printed(system: Embedded, tmp_path: Path) -> None:
    finding = finding_of(system, "a1", phase="resolved")  # it was corrected
    page, file = tmp_path / "pack.html", tmp_path / "pack.docx"
    for path in (page, file):
        written = system.run("explain", finding, "--to-file", str(path))
        assert written.returncode == 0, written.stderr
    text = page.read_text()
    for word in ("报送在校学生情况统计表", "留出的工作时间", "锦江区教育局", "申诉", "认定 更正"):
        assert word in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    words = "\n".join(paragraph.text for paragraph in Document(str(file)).paragraphs)
    assert "申诉途径" in words
    english = system.http.get(f"/v1/findings/{finding}/pack", params={"lang": "en"})
    assert "How to appeal" in english.text
    assert system.http.get(f"/v1/findings/{finding}/pack", params={"format": "pdf"}).status_code == 400


def test_a_silence_has_an_author_a_reason_and_an_end(system: Embedded) -> None:
    refused = system.http.post("/v1/silences", json={"why": "x", "until_us": 1})
    assert refused.status_code == 400
    made = system.run("alerts", "silence", "--why", "迎检期间", "--rule", "R12", "--area", "5101")
    assert made.returncode == 0, made.stderr
    listed = json.loads(system.run("alerts", "silences", "--json").stdout)["silences"]
    assert [(one["why"], one["rule"], one["area"]) for one in listed] == [("迎检期间", "R12", "5101")]


def test_what_was_sent_can_be_seen(system: Embedded) -> None:
    sent = json.loads(system.run("alerts", "sent", "--json").stdout)["notifications"]
    assert any(one["occasion"] == "firing" and one["attempts"] for one in sent)
    assert system.http.get("/v1/notifications", headers={"Authorization": "Bearer no"}).status_code == 401


def test_policies_are_checked_and_receivers_tried(policy: Path, receiver: Receiver, tmp_path: Path) -> None:
    assert command("alerts", "check").returncode == 0
    assert command("alerts", "test", "duty", "--policy", str(policy)).returncode == 0
    until(lambda: any(body["alerts"][0]["labels"]["alertname"] == "Test" for body in receiver.bodies), 10)
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("version: 1\nkind: alert-policy\nrepeat: [never]\n")
    checked = command("alerts", "check", str(wrong))
    assert checked.returncode == 1
    assert "wrong.yml:3" in checked.stderr
    assert command("up", "--alerts", str(wrong), "--data", str(tmp_path / "d")).returncode == 2
