"""Decoding: the examples are taken, what is bad is refused with its code, and nothing else ever happens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import streams.events
from streams.events import KINDS, VERBS, Event, Refused, decode

EXAMPLES = Path(streams.events.__file__).parent / "examples"
GOOD = sorted(EXAMPLES.glob("*.json"))
BAD = sorted((EXAMPLES / "refused").iterdir())


def request(**fields: Any) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EXAMPLES / "request-issued.json").read_bytes())
    event["data"] |= fields
    return event


def decoded(event: dict[str, Any]) -> Event:
    return decode(json.dumps(event, ensure_ascii=False).encode())


def test_examples_cover_the_vocabulary() -> None:
    events = [decode(path.read_bytes()) for path in GOOD]
    assert {event.kind for event in events} == {*KINDS, ""}
    assert {event.verb for event in events} == {*VERBS, "corrected"}


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_bad_examples_are_refused(path: Path) -> None:
    with pytest.raises(Refused) as caught:
        decode(path.read_bytes())
    assert path.name.split("--")[0] in {fault.code for fault in caught.value.faults}
    assert caught.value.secret == path.name.startswith("secret")


def test_all_faults_at_once() -> None:
    event = request(effort_minutes=-1, deadline_at="2026-03-04T16:00:00", reach={"areas": ["7"], "tiers": ["town"]})
    event["time"] = 5
    with pytest.raises(Refused) as caught:
        decoded(event)
    fields = {fault.field for fault in caught.value.faults}
    assert fields >= {"time", "data.effort_minutes", "data.deadline_at", "data.reach.areas[0]", "data.reach.tiers[0]"}


def test_binary_mode_is_the_same_event() -> None:
    event = request()
    headers = {f"ce_{name}": value.encode() for name, value in event.items() if isinstance(value, str)}
    headers["content-type"] = headers.pop("ce_datacontenttype")
    assert decode(json.dumps(event["data"]).encode(), headers=headers) == decoded(event)


def test_binary_headers_pass_the_secrecy_gate_and_cannot_replace_data() -> None:
    event = request()
    raw = json.dumps(event["data"]).encode()
    headers = {f"ce_{name}": value.encode() for name, value in event.items() if isinstance(value, str)}
    with pytest.raises(Refused) as caught:
        decode(raw, headers=headers | {"ce_note": "秘密★1年".encode()})
    assert caught.value.secret
    assert decode(raw, headers=headers | {"ce_data": b"{}"}).title == event["data"]["title"]


def test_secret_repeats_nothing() -> None:
    event = request(title="不可泄露的标题 机密级", effort_minutes=-1)
    with pytest.raises(Refused) as caught:
        decoded(event)
    assert [fault.code for fault in caught.value.faults] == ["secret"]
    assert "标题" not in str(caught.value)


@pytest.mark.parametrize("verb", ["withdrawn", "answered"])
def test_secret_on_life_cycle(verb: str) -> None:
    path = next(EXAMPLES.glob(f"*-{verb}.json"))
    event = json.loads(path.read_bytes())
    event["data"]["extra"] = {"deep": ["绝\n密★"]}
    with pytest.raises(Refused) as caught:
        decode(json.dumps(event).encode())
    assert caught.value.secret


@pytest.mark.parametrize(
    "title",
    ["学习保守国家秘密法的通知", "隐蔽战线与秘密战线教育", "保护商业秘密专项行动", "保密工作会议", "内部资料整理"],
)
def test_speaking_of_secrecy_is_no_mark(title: str) -> None:
    assert decoded(request(title=title)).title == title


@pytest.mark.parametrize(
    "text",
    [
        "秘密★1年",
        "秘密 5年",
        "机 密 级",
        "绝密★启用前",
        "密级：机密",
        "内部资料 注意保存",
        "内部文件，不得外传",
        "工作秘密",
    ],
)
def test_marks(text: str) -> None:
    with pytest.raises(Refused) as caught:
        decoded(request(note=text))
    assert caught.value.secret


def test_personal_numbers_are_masked() -> None:
    event = decoded(request(title="联系人13812345678", note="11010519491231002X", contact="010-12345678"))
    assert event.masked == 3
    assert event.title == "联系人138********"
    assert b"13812345678" not in event.body
    assert b"11010519491231002X" not in event.body


def test_doc_numbers_and_unknown_fields_are_kept() -> None:
    event = decoded(request(doc_no="成办函[２０２６]第012号", other={"a": 1}))
    assert event.doc_no == "成办函〔2026〕12号"
    assert json.loads(event.body)["data"]["other"] == {"a": 1}
    assert event.masked == 0


def test_digest_ignores_order_and_blanks() -> None:
    event = request()
    turned = dict(reversed(event.items()))
    assert decode(json.dumps(turned, indent=3).encode()).digest == decoded(event).digest
    assert decoded(request(title="别的标题")).digest != decoded(event).digest


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": ' + b"9" * 6_000 + b', "a": 1}',
        b"[" * 50_000,
        b"[" * 900 + b"]" * 900,
        b'{"a": "\\ud800"}',
        b'{"a": 1e999}',
        "秘密★".encode() + b" " * 300_000,
    ],
    ids=["digits", "open", "nested", "surrogate", "infinite", "long"],
)
def test_hostile_bytes(raw: bytes) -> None:
    with pytest.raises(Refused):
        decode(raw)
