"""The door over HTTP against a real broker: every answer of the contract, and no 202 that is lost."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from infra.local.kafka import KafkaNode
from infra.local.process import until
from streams import registry
from streams.intake.binding import EVENT_LIMIT
from streams.intake.broker import Broker
from streams.intake.formats import BATCH, STRUCTURED
from streams.intake.http import BODY_LIMIT, Parts, build
from streams.intake.tokens import Token, Tokens

pytestmark = pytest.mark.broker

Event = Callable[..., dict[str, Any]]
Records = Callable[[str, str, int], list[Any]]
Door = Callable[..., TestClient]


def token(name: str, issuers: str, sources: str, areas: tuple[str, ...] = ()) -> Token:
    hashed = hashlib.sha256(f"{name} token".encode()).hexdigest()
    return Token(name, hashed, issuers=(issuers,), sources=(sources,), areas=areas)


TOKENS = Tokens((token("all", "*", "*", ("",)), token("sichuan", "51????-*", "//oa.example.cn/51*", ("51",))))
ALL = {"Authorization": "Bearer all token"}
SICHUAN = {"Authorization": "Bearer sichuan token"}


@pytest.fixture(scope="module")
def units() -> registry.Registry:
    return registry.load()


@pytest.fixture
def topic(kafka: KafkaNode, new_topic: Callable[..., str]) -> str:
    return new_topic(kafka.address, 8)


@pytest.fixture
def doors(kafka: KafkaNode, topic: str, units: registry.Registry) -> Iterator[Door]:
    """Opens a door on a topic of its own: doors(address=None, **parts) -> client."""
    open_ones: list[TestClient] = []

    def opened(
        address: str | None = None, *, acknowledge_s: float = 10.0, waiting: int = 20_000, **more: Any
    ) -> TestClient:
        broker = Broker(address or kafka.address, topic=topic, acknowledge_s=acknowledge_s, waiting=waiting)
        client = TestClient(build(Parts(broker, TOKENS, units, **more)))
        client.__enter__()
        open_ones.append(client)
        return client

    yield opened
    for client in open_ones:
        client.__exit__(None, None, None)


COMPARE = "?compare=true"


def post(
    client: TestClient, content: Any, kind: str = STRUCTURED, headers: dict[str, str] = ALL, query: str = ""
) -> Any:
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    return client.post(f"/v1/events{query}", content=body, headers=headers | {"Content-Type": kind})


def test_structured_batch_and_binary_mode_end_in_the_log(
    kafka: KafkaNode, topic: str, doors: Door, event: Event, records: Records
) -> None:
    client = doors()
    assert post(client, event("1")).json() == {"accepted": 1, "duplicates": 0, "refused": []}
    assert post(client, [event("2"), event("3")], BATCH).json()["accepted"] == 2
    binary = {f"ce-{name}": str(value) for name, value in event("4").items() if name not in {"data", "datacontenttype"}}
    reply = post(client, event("4")["data"], "application/json", ALL | binary)
    assert (reply.status_code, reply.json()["accepted"]) == (202, 1)
    found = {}
    for record in records(kafka.address, topic, 4):
        assert record.key == b"510000-education"
        assert dict(record.headers)["content-type"].startswith(b"application/cloudevents+json")
        found[json.loads(record.value)["id"]] = json.loads(record.value)
    assert found == {ident: event(ident) for ident in "1234"}


def test_one_bad_event_does_not_spoil_a_batch(doors: Door, event: Event) -> None:
    client = doors()
    wrong = event("2") | {"type": "burden.teaparty.issued.v1"}
    nowhere = event("3", reach={"areas": ["99"], "tiers": ["township"]})
    reply = post(client, [event("1"), wrong, nowhere, "no event", event("4")], BATCH)
    assert reply.status_code == 202
    answer = reply.json()
    assert answer["accepted"] == 2
    assert [(refusal["index"], refusal["id"]) for refusal in answer["refused"]] == [(1, "2"), (2, "3"), (3, "")]
    for refusal in answer["refused"]:
        assert all(
            set(fault) == {"field", "value", "rule", "fix", "code"} and fault["rule"] for fault in refusal["faults"]
        )
    assert "99" in answer["refused"][1]["faults"][0]["value"]


def test_all_refused_is_400_with_the_first_fault(doors: Door, event: Event) -> None:
    reply = post(doors(), event("1") | {"type": "burden.teaparty.issued.v1"})
    assert reply.status_code == 400
    assert reply.json()["accepted"] == 0
    assert reply.json()["error"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[", b"\xff\xfe{}", b"null", b"{}", b'{"a":' * 3000 + b"1" + b"}" * 3000, b'{"id": 1e999999}'],
)
def test_garbage_is_400_and_the_door_stays_open(doors: Door, event: Event, body: bytes) -> None:
    client = doors()
    for kind in (STRUCTURED, BATCH):
        reply = post(client, body, kind)
        assert reply.status_code == 400, reply.text
        assert reply.json()["error"]
    assert post(client, event("1")).status_code == 202


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic !!"},
        {"Authorization": "all token"},
    ],
)
def test_without_a_known_token_it_is_401(doors: Door, event: Event, headers: dict[str, str]) -> None:
    reply = post(doors(), event("1"), headers=headers)
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_a_source_speaks_only_for_itself_and_its_issuers(doors: Door, event: Event) -> None:
    client = doors()
    assert post(client, event("1"), headers=SICHUAN).status_code == 202
    other = event("2", issuer="520000-education")
    reply = post(client, other, headers=SICHUAN)
    assert (reply.status_code, reply.json()["refused"][0]["faults"][0]["field"]) == (403, "data.issuer")
    elsewhere = event("3") | {"source": "//oa.example.cn/520000"}
    assert post(client, elsewhere, headers=SICHUAN).status_code == 403
    mixed = post(client, [event("4"), other], BATCH, headers=SICHUAN)
    assert (mixed.status_code, mixed.json()["accepted"]) == (202, 1)
    assert post(client, other).status_code == 202, "the installation's token speaks for everyone"


def test_what_is_marked_secret_is_neither_sent_nor_echoed(
    kafka: KafkaNode, topic: str, doors: Door, event: Event, records: Records
) -> None:
    client = doors()
    reply = post(client, [event("1", title="机密★10年 兵力部署"), event("2", secrecy="secret"), event("3")], BATCH)
    assert reply.json()["accepted"] == 1
    assert "兵力部署" not in reply.text
    assert [json.loads(record.value)["id"] for record in records(kafka.address, topic, 1)] == ["3"]


def test_what_is_too_long_is_413(doors: Door, event: Event) -> None:
    client = doors()
    assert post(client, b" " * (BODY_LIMIT + 1)).status_code == 413
    chunked = client.post(
        "/v1/events", content=iter([b" " * 1_000_000] * 12), headers=ALL | {"Content-Type": STRUCTURED}
    )
    assert chunked.status_code == 413
    assert post(client, b"[" + b"1," * 20_000 + b"1]", BATCH).status_code == 413
    long = event("1", note="x" * EVENT_LIMIT)
    assert post(client, long).status_code == 413
    reply = post(client, [long, event("2")], BATCH)
    assert (reply.status_code, reply.json()["accepted"], len(reply.json()["refused"])) == (202, 1, 1)


def test_other_types_are_415_and_other_routes_404(doors: Door, event: Event) -> None:
    client = doors()
    assert post(client, event("1"), "text/plain").status_code == 415
    assert client.get("/v1/event").status_code == 404
    assert client.get("/v1/events").status_code == 405


def test_too_much_at_once_is_429_until_the_bucket_has_filled(doors: Door, event: Event) -> None:
    now = 100.0
    client = doors(rate=10.0, burst=5, clock=lambda: now)
    assert post(client, [event(str(n)) for n in range(5)], BATCH).status_code == 202
    reply = post(client, event("6"))
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "1")
    now += 0.2
    assert post(client, event("6")).status_code == 202


def test_duplicates_are_counted_and_conflicts_refused(
    kafka: KafkaNode, topic: str, doors: Door, event: Event, lookup_of: Callable[..., Any]
) -> None:
    client = doors(lookup=lookup_of(kafka.address, topic))
    called = event("1", title="请联系 13800138000")
    batch = [called, event("2"), event("2")]
    assert post(client, batch, BATCH, query=COMPARE).json() == {"accepted": 3, "duplicates": 1, "refused": []}
    assert post(client, batch, BATCH, query=COMPARE).json() == {"accepted": 3, "duplicates": 3, "refused": []}
    answer = post(
        client, [event("2", title="另一件事"), event("3"), event("3", title="另一件事")], BATCH, query=COMPARE
    ).json()
    assert (answer["accepted"], answer["duplicates"]) == (1, 0)
    assert [(refusal["index"], refusal["faults"][0]["code"]) for refusal in answer["refused"]] == [
        (0, "conflict"),
        (2, "conflict"),
    ]


def test_a_store_that_is_down_keeps_no_events_out(doors: Door, event: Event) -> None:
    def down(_idents: Any) -> Any:
        raise ConnectionError("store")

    reply = post(doors(lookup=down), [event("1"), event("1")], BATCH, query=COMPARE)
    assert reply.json() == {"accepted": 2, "duplicates": 1, "refused": []}


def test_personal_numbers_do_not_reach_the_log(
    kafka: KafkaNode, topic: str, doors: Door, event: Event, records: Records
) -> None:
    assert post(doors(), event("1", title="请联系 13800138000")).status_code == 202
    (record,) = records(kafka.address, topic, 1)
    assert b"13800138000" not in record.value
    assert json.loads(record.value)["data"]["reach"] == event("1")["data"]["reach"]


def test_a_source_cannot_void_the_demands_of_another(doors: Door, event: Event) -> None:
    client = doors()
    other = {"source": "//oa.example.cn/520000/education", "id": "9"}
    withdrawn = event("1") | {"type": "burden.request.withdrawn.v1", "data": {"withdraws": other}}
    voided = event("2") | {"type": "burden.correction.applied.v1", "data": {"restates": [other], "effect": "void"}}
    answered = event("3") | {
        "type": "burden.request.answered.v1",
        "data": {"answers": other, "unit": "510104017", "actual_minutes": 30},
    }
    assert post(client, withdrawn, headers=SICHUAN).status_code == 403
    assert post(client, voided, headers=SICHUAN).status_code == 403
    assert post(client, answered, headers=SICHUAN).status_code == 403
    own = (
        event("4")
        | {"time": datetime.now(UTC).isoformat()}
        | {"type": "burden.request.withdrawn.v1", "data": {"withdraws": "9"}}
    )
    assert post(client, own, headers=SICHUAN).status_code == 403, "whose it is nobody knows yet"
    assert post(client, event("9"), headers=SICHUAN).status_code == 202
    assert post(client, own, headers=SICHUAN).status_code == 202


def test_a_broker_that_is_away_is_503_and_the_door_recovers(
    own_node: KafkaNode, doors: Door, topic: str, event: Event, topic_named: Callable[[str, str], None]
) -> None:
    own_node.start()
    address = own_node.address
    own_node.stop()
    client = doors(address, acknowledge_s=1.0)
    reply = post(client, event("1"))
    assert (reply.status_code, int(reply.headers["retry-after"]) > 0) == (503, True)
    assert reply.json()["error"].startswith("kafka: ")
    assert client.get("/healthz").status_code == 200, "a restart of the door would not mend the broker"
    assert client.get("/readyz").status_code == 503
    own_node.start()
    topic_named(own_node.address, topic)
    assert until(lambda: post(client, event("1")).status_code == 202, timeout_s=30)
    assert client.get("/readyz").status_code == 200


def test_no_202_is_lost_through_kill_9(
    own_node: KafkaNode,
    doors: Door,
    topic: str,
    event: Event,
    records: Records,
    topic_named: Callable[[str, str], None],
) -> None:
    own_node.start()
    topic_named(own_node.address, topic)
    client = doors(own_node.address)
    promised: list[str] = []
    ended = threading.Event()

    def send(sender: int) -> None:
        number = 0
        while not ended.is_set():
            ident = f"{sender}-{number}"
            if post(client, event(ident)).status_code == 202:
                promised.append(ident)
            number += 1

    senders = [threading.Thread(target=send, args=(number,)) for number in range(3)]
    for sender in senders:
        sender.start()
    for goal in (50, 100, 150):
        assert until(lambda: len(promised) >= goal, timeout_s=30)  # noqa: B023  (asked at once)
        own_node.kill()
        own_node.start()
    assert until(lambda: len(promised) >= 200, timeout_s=30)
    ended.set()
    for sender in senders:
        sender.join()
    found = {json.loads(record.value)["id"] for record in records(own_node.address, topic, len(promised))}
    assert set(promised) <= found


def test_probes_metrics_and_description(doors: Door, event: Event) -> None:
    client = doors()
    assert post(client, event("1")).status_code == 202
    assert client.get("/healthz").json() == {"status": "ok", "waiting": 0}
    assert client.get("/readyz").json() == {"status": "ready", "parts": []}
    text = client.get("/metrics").text
    assert "burdenwatch_events_accepted_total 1.0" in text
    assert 'burdenwatch_http_requests_total{route="/v1/events",status="202"} 1.0' in text
    description = client.get("/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    assert {"202", "400", "401", "403", "413", "415", "429", "503"} <= set(
        description["paths"]["/v1/events"]["post"]["responses"]
    )
