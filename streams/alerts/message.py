"""The words of a message: short enough for a phone, worst first; and the body that a receiver written for Alertmanager takes.

Pure. Flows in: a notification, the titles of rules, names of places. Flows out: title and text, or the webhook body (version 4).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from streams.alerts.model import Notification, Occasion, Told

Language = Literal["zh", "en"]
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
ZERO_TIME: Final = "0001-01-01T00:00:00Z"
"""What Alertmanager writes for an alert that has not ended."""

_OCCASIONS: Final[dict[Occasion, tuple[str, str]]] = {
    "firing": ("新发现", "New"),
    "repeat": ("仍未消除", "Still open"),
    "resolved": ("已消除", "Resolved"),
    "flap": ("规则反复触发，请规则负责人检查", "A rule comes and goes; its owner should look"),
    "muted": (
        "规则属实率过低，已暂停通知，请规则负责人检查",
        "A rule tells nobody: too little was upheld; its owner should look",
    ),
    "digest": ("负担日报", "Daily digest"),
    "watchdog": ("预警系统运行正常", "Alerting is alive"),
    "test": ("测试消息", "Test message"),
}
_LAYERS: Final = {"breach": ("违反", "breach"), "notice": ("提示", "notice"), "fact": ("情况", "fact")}


class Words(NamedTuple):
    """What the writer of a message must know: the title of a rule, the name of a place, the address of the dashboard ('' = none)."""

    title: Callable[[str, str, Language], str]
    """Rule, edition, language."""
    place: Callable[[str], str]
    dashboard: str = ""


class Rendered(NamedTuple):
    """One message as people read it."""

    title: str
    text: str


def render(one: Notification, words: Words, language: Language) -> Rendered:
    """Title and text, plain, a few lines."""
    zh = language == "zh"
    occasion = _OCCASIONS[one.occasion][0 if zh else 1]
    lines = [_line(told, words, language) for told in one.told]
    hidden = one.count - len(one.told)
    if hidden > 0 and one.told:
        lines.append(f"……另有 {hidden} 项" if zh else f"… and {hidden} more")
    if one.occasion in ("digest", "flap", "muted", "test") and one.note:
        lines.append(_note(one.note, zh))
    if words.dashboard and one.told:
        lines.append(link(words.dashboard, one.told[0]))
    if one.occasion in ("watchdog", "flap", "muted", "test"):
        return Rendered(f"【减负监测】{occasion}" if zh else f"[Burdenwatch] {occasion}", "\n".join(lines) or occasion)
    subject = words.title(one.told[0].rule, one.told[0].edition, language) if one.group and one.told else ""
    count = f"{one.count} 项" if zh else f"{one.count} finding{'s' if one.count != 1 else ''}"
    parts = [part for part in (occasion, subject, count) if part]
    return Rendered(
        ("【减负监测】" + "：".join(parts)) if zh else "[Burdenwatch] " + ": ".join(parts), "\n".join(lines)
    )


def _note(note: str, zh: bool) -> str:
    word, _, number = note.partition(" ")
    if word == "over-cap" and zh:
        return f"超过每日上限、仅在此汇总的：{number} 项"
    if word == "week" and zh:
        return f"近七日新发现：{number} 项"
    return note


def _line(told: Told, words: Words, language: Language) -> str:
    zh = language == "zh"
    place = words.place(told.place) or told.subject
    layer = _LAYERS.get(told.layer, (told.layer, told.layer))[0 if zh else 1]
    title = words.title(told.rule, told.edition, language)
    measure = f"{told.value:g}（限 {told.limit:g}）" if zh else f"{told.value:g} (limit {told.limit:g})"
    issuer = f"{'，发文 ' if zh else ', issuer '}{told.issuer}" if told.issuer else ""
    return f"· [{layer}] {place}{'，' if zh else ', '}{title} {measure}{issuer}"


def link(dashboard: str, told: Told) -> str:
    """The page of a finding, with the finding's own period."""
    since = datetime.fromtimestamp(told.since_us / 1e6, SHANGHAI).date().isoformat()
    return f"{dashboard.rstrip('/')}/desk?finding={told.finding}&from={since}"


def webhook_body(one: Notification, receiver: str, words: Words) -> dict[str, Any]:
    """The body of Alertmanager's webhook, version 4 (contract section 4)."""
    ended = one.occasion == "resolved"
    alerts = [_alert(told, one, words, ended) for told in one.told] or [_alert(_plain(one), one, words, ended)]
    labels = alerts[0]["labels"]
    common = {key: value for key, value in labels.items() if all(alert["labels"].get(key) == value for alert in alerts)}
    rendered = render(one, words, "zh")
    return {
        "version": "4",
        "groupKey": one.group or one.occasion,
        "truncatedAlerts": max(0, one.count - len(one.told)) if one.told else 0,
        "status": "resolved" if ended else "firing",
        "receiver": receiver,
        "groupLabels": {"alertname": common.get("alertname", one.occasion), "recipient": one.recipient.code},
        "commonLabels": common,
        "commonAnnotations": {"summary": rendered.title, "description": rendered.text},
        "externalURL": words.dashboard,
        "alerts": alerts,
    }


def _plain(one: Notification) -> Told:
    """What stands for a message without findings."""
    name = {"watchdog": "Watchdog", "test": "Test"}.get(one.occasion, one.occasion)
    return Told(
        one.id,
        name,
        one.occasion,
        "",
        "",
        "fact",
        "none" if one.occasion == "watchdog" else "low",
        0.0,
        0.0,
        "firing",
        one.at_us,
        "",
    )


def _alert(told: Told, one: Notification, words: Words, ended: bool) -> dict[str, Any]:
    labels = {
        "alertname": told.rule, "subject": told.subject, "place": told.place, "issuer": told.issuer, "severity": told.severity,
        "layer": told.layer, "recipient": one.recipient.code, "role": one.recipient.role,
    }  # fmt: skip
    return {
        "status": "resolved" if ended else "firing",
        "labels": {key: value for key, value in labels.items() if value},
        "annotations": {
            "summary": words.title(told.rule, told.edition, "zh"),
            "summary_en": words.title(told.rule, told.edition, "en"),
            "value": f"{told.value:g}",
            "limit": f"{told.limit:g}",
            "edition": told.edition,
        },
        "startsAt": _instant(told.since_us),
        "endsAt": _instant(one.at_us) if ended else ZERO_TIME,
        "generatorURL": link(words.dashboard, told) if words.dashboard else "",
        "fingerprint": told.finding[:16],
    }


def _instant(us: int) -> str:
    return datetime.fromtimestamp(us / 1e6, UTC).isoformat().replace("+00:00", "Z")
