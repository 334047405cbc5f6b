"""The CloudEvents HTTP binding."""

from __future__ import annotations

import msgspec
import pytest

from streams.intake.formats import BadBody, WrongType, events_in

BINARY = {
    "content-type": "application/json",
    "ce-specversion": "1.0",
    "ce-id": "1",
    "ce-source": "//oa.example.cn/51",
    "ce-type": "burden.meeting.issued.v1",
    "ce-time": "2026-03-03T15:00:00+08:00",
    "ce-subject": "%E4%BC%9A%E8%AE%AE",
    "authorization": "Bearer x",
}


def test_structured_mode_is_passed_on_untouched() -> None:
    body = b' {"specversion" : "1.0"} '
    for kind in ("application/cloudevents+json", "application/cloudevents+json; charset=UTF-8", "application/json"):
        assert events_in({"content-type": kind}, body) == [body]


def test_a_batch_is_parted_without_being_read() -> None:
    body = b'[{"a": 1.50}, "no event", {"b": [1,  2]}]'
    for kind in ("application/cloudevents-batch+json", "application/json"):
        assert events_in({"content-type": kind}, body) == [b'{"a": 1.50}', b'"no event"', b'{"b": [1,  2]}']
    assert events_in({"content-type": "application/cloudevents-batch+json"}, b"[]") == []


def test_binary_mode_becomes_structured() -> None:
    (raw,) = events_in(BINARY, '{"title": "会议", "n": 1.50}'.encode())
    assert msgspec.json.decode(raw) == {
        "specversion": "1.0",
        "id": "1",
        "source": "//oa.example.cn/51",
        "type": "burden.meeting.issued.v1",
        "time": "2026-03-03T15:00:00+08:00",
        "subject": "会议",
        "datacontenttype": "application/json",
        "data": {"title": "会议", "n": 1.5},
    }


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/cloudevents+json; charset=gb2312"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        BINARY | {"content-type": "application/xml"},
    ],
)
def test_other_types_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(WrongType, match="is not taken; send"):
        events_in(headers, b"{}")


@pytest.mark.parametrize("body", [b"", b"{", b"[1, 2", b"[" * 5000, b'[{"a": }]', b"\xff\xfe"])
def test_what_is_no_batch_is_a_bad_body(body: bytes) -> None:
    with pytest.raises(BadBody, match="body: "):
        events_in({"content-type": "application/cloudevents-batch+json"}, body)


@pytest.mark.parametrize(
    ("headers", "body"), [(BINARY, b"{"), (BINARY, b"[" * 5000), (BINARY | {"ce-subject": "%FF"}, b"{}")]
)
def test_what_is_no_binary_event_is_a_bad_body(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(BadBody, match="body: "):
        events_in(headers, body)
