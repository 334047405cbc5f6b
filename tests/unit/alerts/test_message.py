"""The words of messages, and the body that receivers written for Alertmanager take."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest

from dashboard.place import read_place
from streams.alerts.message import Words, cut, fingerprint, own_days, render, webhook_body
from streams.alerts.model import OPERATOR, Notification
from tests.unit.alerts.country import FIRING, NOON, M, dispatcher, firing, resolved

WORDS = Words(
    lambda _rule, _edition, language: {"zh": "限时过短", "en": "Short notice"}[language],
    lambda _code: "锦江区",
    "https://bw.example.cn",
)
STRINGS = {"type": "object", "additionalProperties": {"type": "string"}}
ALERTMANAGER = {
    "type": "object",
    "required": [
        "version", "groupKey", "truncatedAlerts", "status", "receiver", "groupLabels", "commonLabels", "commonAnnotations", "externalURL",
        "alerts",
    ],
    "properties": {
        "version": {"const": "4"},
        "groupKey": {"type": "string", "minLength": 1},
        "truncatedAlerts": {"type": "integer", "minimum": 0},
        "status": {"enum": ["firing", "resolved"]},
        "receiver": {"type": "string"},
        "groupLabels": STRINGS,
        "commonLabels": STRINGS,
        "commonAnnotations": STRINGS,
        "externalURL": {"type": "string"},
        "alerts": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint"],
                "properties": {
                    "status": {"enum": ["firing", "resolved"]},
                    "labels": {**STRINGS, "required": ["alertname"]},
                    "annotations": STRINGS,
                    "startsAt": {"type": "string", "pattern": "Z$"},
                    "endsAt": {"type": "string", "pattern": "Z$"},
                    "generatorURL": {"type": "string"},
                    "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
                },
            },
        },
    },
}  # fmt: skip
"""The published fields of the webhook body, version 4, and their types."""


def message(number: int = 1) -> Notification:
    told = dispatcher()
    for place in range(number):
        told.take(place + 1, firing(place, value=60.0 + place))
    return told.step(NOON).notifications[0]


@pytest.mark.parametrize("number", [1, 25])
def test_the_body_is_alertmanagers(number: int) -> None:
    body = webhook_body(message(number), "duty", WORDS)
    jsonschema.validate(body, ALERTMANAGER)
    assert body["truncatedAlerts"] == 0
    assert len(body["alerts"]) == number
    assert body["notificationReason"] == "firing"
    assert body["alerts"][0]["labels"]["alertname"] == "R11-short-notice"
    assert "value" not in body["alerts"][0]["labels"], "a value in the labels would change the identity"


def test_an_end_is_resolved_with_its_instant() -> None:
    told = dispatcher()
    told.take(1, FIRING)
    told.step(NOON)
    told.take(2, resolved(FIRING, NOON + 6 * M))
    ended = told.step(NOON + 6 * M).notifications[0]
    body = webhook_body(ended, "duty", WORDS)
    jsonschema.validate(body, ALERTMANAGER)
    assert body["status"] == "resolved"
    assert body["alerts"][0]["labels"]["alertname"] == "R11-short-notice"
    assert body["alerts"][0]["endsAt"].startswith("2026-03-03T04:06")


def test_the_watchdog_has_a_body_too() -> None:
    body = webhook_body(Notification("ab" * 12, OPERATOR, "watchdog", "", NOON, 0, ()), "duty", WORDS)
    jsonschema.validate(body, ALERTMANAGER)
    assert body["alerts"][0]["labels"]["alertname"] == "Watchdog"


def test_words_are_short_and_lead_to_the_page() -> None:
    zh, en = render(message(25), WORDS, "zh"), render(message(25), WORDS, "en")
    assert zh.title == "【减负监测】新发现：限时过短：25 项"
    assert en.title == "[Burdenwatch] New: Short notice: 25 findings"
    assert len(zh.text.splitlines()) == 12
    assert "另有 15 项" in zh.text
    assert "https://bw.example.cn/desk?finding=" in zh.text
    (address,) = (line for line in zh.text.splitlines() if "desk?finding=" in line)
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert read_place(query, "", "zh").range == query["range"] == own_days(message(25).told[0]), "the page takes it"
    assert "from=" not in zh.text


def test_a_link_opens_the_days_that_the_finding_is_about() -> None:
    load = replace(message(1).told[0], issued_us=0, since_us=NOON, ended_us=0)
    assert own_days(load) == "2026-02-25_2026-03-03", "the week that its rule looked at"
    assert own_days(replace(load, ended_us=NOON + 2 * 86_400_000_000)) == "2026-02-25_2026-03-05"
    assert own_days(replace(load, issued_us=NOON - 3 * 86_400_000_000)) == "2026-02-28_2026-03-03"


def test_lines_that_are_alike_are_one_with_their_number() -> None:
    told = dispatcher()
    for number in range(4):
        told.take(number + 1, firing(number))
    text = render(told.step(NOON).notifications[0], WORDS, "zh").text
    assert len(text.splitlines()) == 2
    assert "×4" in text


def test_a_line_names_the_demand() -> None:
    one = replace(message().told[0], title="关于报送防汛值守情况的通知", doc_no="锦教函〔2026〕3号")
    text = render(replace(message(), told=(one,)), WORDS, "zh").text
    assert "锦教函〔2026〕3号《关于报送防汛值守情况的通知》" in text


@pytest.mark.parametrize("limit", [60, 200, 1_000])
def test_long_texts_are_cut_at_a_line_and_say_what_is_left_out(limit: int) -> None:
    text = "\n".join(f"第{n}行：镇街名称与规则标题" for n in range(60))
    short = cut(text, limit, "zh")
    assert len(short.encode()) <= limit
    kept = short.splitlines()
    assert text.startswith("\n".join(kept[:-1]))
    assert kept[-1] == f"……另有 {60 - len(kept) + 1} 行"
    assert cut("短", 10, "zh") == "短"


def test_a_fingerprint_is_alertmanagers() -> None:
    """FNV-1a over the sorted labels, as prometheus/common does it; the same however they are ordered."""
    assert fingerprint({}) == "cbf29ce484222325"
    assert fingerprint({"a": "1", "b": "2"}) == fingerprint({"b": "2", "a": "1"})
    assert fingerprint({"a": "1"}) != fingerprint({"a": "2"})


def test_the_watchdog_is_one_alert_for_ever() -> None:
    notes = [
        Notification(f"{n:024x}", OPERATOR, "watchdog", "", NOON + n, 0, (), note="judge event: late") for n in (1, 2)
    ]
    first, second = (webhook_body(note, "duty", WORDS)["alerts"][0] for note in notes)
    assert first["fingerprint"] == second["fingerprint"]
    assert first["annotations"]["description"] == "judge event: late"


def test_what_all_alerts_have_in_common_is_common() -> None:
    body = webhook_body(message(3), "duty", WORDS)
    for part, name in (("commonLabels", "labels"), ("commonAnnotations", "annotations")):
        sets = [set(alert[name].items()) for alert in body["alerts"]]
        assert set(body[part].items()) == set.intersection(*sets)
    assert "value" not in body["commonAnnotations"]
    assert body["commonAnnotations"]["limit"] == "480"
