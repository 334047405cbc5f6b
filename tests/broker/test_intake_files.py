"""``send_files`` through a real server into a real broker."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from infra.local.kafka import KafkaNode
from infra.local.process import until
from streams import registry
from streams.intake.broker import Broker
from streams.intake.files import Unreachable, send_files
from streams.intake.http import Parts, build
from streams.intake.tokens import Token, Tokens

pytestmark = pytest.mark.broker

Event = Callable[..., dict[str, Any]]
Records = Callable[[str, str, int], list[Any]]


@pytest.fixture
def topic(kafka: KafkaNode, new_topic: Callable[..., str]) -> str:
    return new_topic(kafka.address, 8)


@pytest.fixture
def url(kafka: KafkaNode, topic: str, lookup_of: Callable[..., Any]) -> Iterator[str]:
    """The address of a served door."""
    everyone = Token("all", hashlib.sha256(b"T").hexdigest(), issuers=("*",), sources=("*",))
    parts = Parts(
        Broker(kafka.address, topic=topic),
        Tokens((everyone,)),
        registry=registry.load(),
        lookup=lookup_of(kafka.address, topic),
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(build(parts), log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        assert until(lambda: server.started, timeout_s=20)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


CSV = (
    "编号,类型,发文机关,标题,地区,层级,发布时间,预计分钟\n"
    "c1,会议,510000-education,例会,51,乡镇,2026-03-03 15:00,60\n"
    "c2,会议,510000-education,例会,99,乡镇,2026-03-03 15:00,60\n"
    "c3,会议,510000-education,例会,51,乡镇,吉日,60\n"
)


def test_good_lines_are_sent_and_bad_ones_named(
    kafka: KafkaNode, topic: str, url: str, tmp_path: Path, event: Event, records: Records
) -> None:
    lines = [json.dumps(event(f"n{n}"), ensure_ascii=False) for n in range(2500)]
    lines[7] = "{not json"
    lines[1500] = json.dumps(event("bad") | {"type": "burden.teaparty.issued.v1"})
    (tmp_path / "a.ndjson").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "b.csv").write_text(CSV, encoding="utf-8")
    heard: list[int] = []
    report = send_files([tmp_path / "a.ndjson", tmp_path / "b.csv"], url, "T", progress=heard.append)
    assert (report.accepted, report.duplicate) == (2499, 0)
    assert len(report.refused) == 4
    assert heard == sorted(heard)
    assert heard[-1] == 2503
    places = [text.removeprefix(str(tmp_path)).split(": ")[0] for text in report.refused]
    assert sorted(places) == ["/a.ndjson:1501", "/a.ndjson:8", "/b.csv:3", "/b.csv:4"]
    assert all("; " in text for text in report.refused)
    found = {json.loads(record.value)["id"] for record in records(kafka.address, topic, 2499)}
    assert found == {f"n{n}" for n in range(2500) if n not in {7, 1500}} | {"c1"}

    again = send_files([tmp_path / "a.ndjson"], url, "T")
    assert (again.accepted, again.duplicate, len(again.refused)) == (0, 2498, 2)


def test_a_wrong_token_and_a_system_that_is_away_are_named(url: str, tmp_path: Path, event: Event) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(json.dumps(event("1")))
    with pytest.raises(Unreachable, match="401 authorization: no known bearer token"):
        send_files([path], url, "wrong")
    with pytest.raises(Unreachable, match=r"a\.ndjson:1 and what follows was not sent"):
        send_files([path], "http://127.0.0.1:1", "T", patience_s=0.5)
