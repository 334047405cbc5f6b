"""The words of a message: short enough for a phone, worst first; and the body that a receiver written for Alertmanager takes.

Pure. Flows in: a notification, the titles of rules, names of places. Flows out: title and text, or the webhook body (version 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from streams.alerts.model import MAX_LISTED, Notification, Occasion, Told
from streams.calendars.periods import DAY_US

Language = Literal["zh", "en"]
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
WEEK: Final = 7
TITLE: Final = 40
"""Characters of a demand's title in a line."""
ZERO_TIME: Final = "0001-01-01T00:00:00Z"
"""What Alertmanager writes for an alert that has not ended."""

_OCCASIONS: Final[dict[Occasion, tuple[str, str]]] = {
    "firing": ("新发现", "New"),
    "update": ("有变化", "Changed"),
    "escalation": ("逾期无人处理", "Nobody has acted"),
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
_REASONS: Final[dict[str, tuple[str, str]]] = {
    "": ("条件已不成立", "its condition has passed"),
    "amended": ("要求已修改", "the demand was amended"),
    "withdrawn": ("要求已撤回", "the demand was withdrawn"),
    "ended": ("要求已终止", "the demand was ended"),
    "corrected": ("申诉成立，已更正", "an appeal was upheld"),
    "exempt": ("依法豁免", "it is exempt"),
    "rule-changed": ("规则已修订", "the rule has changed"),
    "rule-removed": ("规则已废止", "the rule was removed"),
    "rule-off": ("规则已停用", "the rule was switched off"),
}
"""Why a finding ended, or was restated, in words."""
_LAYERS: Final = {"breach": ("违反", "breach"), "notice": ("提示", "notice"), "fact": ("情况", "fact")}


class Words(NamedTuple):
    """What the writer of a message must know: titles of rules, names of places and bodies, measures, the dashboard's address ('' = none)."""

    title: Callable[[str, str, Language], str]
    """Rule, edition, language."""
    place: Callable[[str], str]
    dashboard: str = ""
    issuer: Callable[[str, Language], str] = lambda code, _language: code
    measured: Callable[[Told, Language], str] = lambda _told, _language: ""
    """What was measured against which limit, in a sentence; '' where the rule is not at hand."""


class Rendered(NamedTuple):
    """One message as people read it."""

    title: str
    text: str


def render(one: Notification, words: Words, language: Language) -> Rendered:
    """Title and text, plain, a few lines."""
    zh = language == "zh"
    occasion = _OCCASIONS[one.occasion][0 if zh else 1]
    lines = _folded(_line(told, words, language) for told in one.told[:MAX_LISTED])
    hidden = one.count - len(one.told[:MAX_LISTED]) if one.occasion != "resolved" else 0
    if hidden > 0 and one.told:
        lines.append(f"……另有 {hidden} 项" if zh else f"… and {hidden} more")
    lines += _folded(_end_line(told, words, language) for told in one.ended[:MAX_LISTED])
    if len(one.ended) > MAX_LISTED:
        rest = len(one.ended) - MAX_LISTED
        lines.append(f"……另有 {rest} 项已消除" if zh else f"… and {rest} more ended")
    if one.occasion in ("digest", "flap", "muted", "test", "watchdog") and one.note:
        lines.append(_note(one.note, zh))
    if words.dashboard and one.told:
        lines.append(link(words.dashboard, one.told[0]))
    if one.occasion in ("watchdog", "flap", "muted", "test"):
        return Rendered(f"【减负监测】{occasion}" if zh else f"[Burdenwatch] {occasion}", "\n".join(lines) or occasion)
    first = next(iter((*one.told, *one.ended)), None)
    subject = words.title(first.rule, first.edition, language) if one.group and first is not None else ""
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
    place = words.place(told.place) or ("全国" if zh else "the whole country")
    layer = _LAYERS.get(told.layer, (told.layer, told.layer))[0 if zh else 1]
    title = words.title(told.rule, told.edition, language)
    plain = f"{told.value:g}（限 {told.limit:g}）" if zh else f"{told.value:g} (limit {told.limit:g})"
    measure = words.measured(told, language) or plain
    issuer = f"{'，发文 ' if zh else ', issuer '}{words.issuer(told.issuer, language)}" if told.issuer else ""
    why = _REASONS[told.reason][0 if zh else 1] if told.reason in _REASONS and told.reason else ""
    restated = "" if not why else f"（{why}）" if zh else f" ({why})"
    return f"· [{layer}] {place}{'，' if zh else ', '}{title} {measure}{issuer}{_about(told, zh)}{restated}"


def _about(told: Told, zh: bool) -> str:
    """The demand that a finding is about, by number and title, short enough for a phone."""
    title = told.title if len(told.title) <= TITLE else told.title[: TITLE - 1] + "…"
    named = f"《{title}》" if title and zh else f" “{title}”" if title else ""
    return f"{'，' if zh else ', '}{told.doc_no}{named}" if told.doc_no or named else ""


def _end_line(told: Told, words: Words, language: Language) -> str:
    """A finding that has ended, and why."""
    zh = language == "zh"
    place = words.place(told.place) or ("全国" if zh else "the whole country")
    why = _REASONS.get(told.reason, (told.reason, told.reason))[0 if zh else 1]
    title = words.title(told.rule, told.edition, language)
    return (
        f"· {'已消除' if zh else 'ended'}：{place}，{title}（{why}）{_about(told, zh)}"
        if zh
        else (f"· ended: {place}, {title} ({why}){_about(told, zh)}")
    )


def _folded(lines: Iterable[str]) -> list[str]:
    """Lines that are alike once, with their number."""
    counts = Counter(lines)
    return [line if count == 1 else f"{line} ×{count}" for line, count in counts.items()]


def cut(text: str, limit: int, language: Language) -> str:
    """A text of at most ``limit`` bytes of UTF-8, cut at a line, with the number of lines that are left out."""
    if len(text.encode()) <= limit:
        return text
    lines = text.splitlines()
    for kept in range(len(lines) - 1, 0, -1):
        rest = len(lines) - kept
        more = f"……另有 {rest} 行" if language == "zh" else f"… and {rest} more lines"
        shorter = "\n".join([*lines[:kept], more])
        if len(shorter.encode()) <= limit:
            return shorter
    return text.encode()[:limit].decode("utf-8", "ignore")


def link(dashboard: str, told: Told) -> str:
    """The page of a finding; pages that are opened from there show its own period."""
    return f"{dashboard.rstrip('/')}/desk?finding={told.finding}&range={own_days(told)}"


def own_days(told: Told) -> str:
    """FIRST_LAST, in Shanghai: from the issue of its demand, else from the week before it began to hold, until it ended or began."""
    first_us = min(told.issued_us, told.since_us) if told.issued_us else told.since_us - (WEEK - 1) * DAY_US
    last_us = max(told.ended_us, told.since_us)
    return "_".join(datetime.fromtimestamp(one / 1e6, SHANGHAI).date().isoformat() for one in (first_us, last_us))


def webhook_body(one: Notification, receiver: str, words: Words) -> dict[str, Any]:
    """The body of Alertmanager's webhook, version 4 (docs/alerts.md): every finding of the group, what fires and what has ended.

    Labels hold nothing that changes while an alert lives, so that its fingerprint is the same from its first notice to its last.
    """
    named = (*one.told, *one.ended)
    alerts = [_alert(told, one, words) for told in named] or [_alert(_plain(one), one, words)]
    rendered = render(one, words, "zh")
    labels, annotations = (_common([alert[part] for alert in alerts]) for part in ("labels", "annotations"))
    hidden = 0 if one.occasion == "resolved" else one.count - len(one.told)
    return {
        "version": "4",
        "groupKey": one.group or one.occasion,
        "truncatedAlerts": max(0, hidden) if named else 0,
        "status": "firing" if any(alert["status"] == "firing" for alert in alerts) else "resolved",
        "receiver": receiver,
        "notificationReason": one.occasion,
        "title": rendered.title,
        "text": rendered.text,
        "groupLabels": {"alertname": labels.get("alertname", one.occasion), "recipient": one.recipient.code},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": words.dashboard,
        "alerts": alerts,
    }


def _common(sets: list[dict[str, str]]) -> dict[str, str]:
    """What all of some sets have in common."""
    return dict(set.intersection(*(set(one.items()) for one in sets)))


def _plain(one: Notification) -> Told:
    """What stands for a message without findings; the watchdog is one alert for ever."""
    name = {"watchdog": "Watchdog", "test": "Test"}.get(one.occasion, one.occasion)
    severity = "none" if one.occasion == "watchdog" else "low"
    subject = "" if one.occasion == "watchdog" else one.group
    return Told("", name, subject, "", "", "fact", severity, 0.0, 0.0, "firing", one.at_us, "")


def _alert(told: Told, one: Notification, words: Words) -> dict[str, Any]:
    labels = {
        "alertname": told.rule, "finding": told.finding, "subject": told.subject, "place": told.place, "issuer": told.issuer,
        "recipient": one.recipient.code, "role": one.recipient.role,
    }  # fmt: skip
    kept = {key: value for key, value in labels.items() if value}
    annotations = {
        "summary": words.title(told.rule, told.edition, "zh"),
        "summary_en": words.title(told.rule, told.edition, "en"),
        "severity": told.severity,
        "layer": told.layer,
        "value": f"{told.value:g}",
        "limit": f"{told.limit:g}",
        "edition": told.edition,
        "title": told.title,
        "doc_no": told.doc_no,
        "notification_reason": one.occasion,
        "description": one.note,
    }
    if told.ended_us or told.reason:
        zh, en = _REASONS.get(told.reason, (told.reason, told.reason))
        annotations |= {"reason": told.reason or "passed", "reason_zh": zh, "reason_en": en}
    return {
        "status": "resolved" if told.ended_us else "firing",
        "labels": kept,
        "annotations": {key: value for key, value in annotations.items() if value},
        "startsAt": _instant(told.since_us),
        "endsAt": _instant(told.ended_us) if told.ended_us else ZERO_TIME,
        "generatorURL": link(words.dashboard, told) if words.dashboard and told.finding else "",
        "fingerprint": fingerprint(kept),
    }


def fingerprint(labels: Mapping[str, str]) -> str:
    """As Alertmanager names a label set: FNV-1a of 64 bits over names and values in the order of the names, each ended by the byte 255."""
    number = 0xCBF29CE484222325
    for name in sorted(labels):
        for byte in b"%b\xff%b\xff" % (name.encode(), labels[name].encode()):
            number = (number ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{number:016x}"


def _instant(us: int) -> str:
    return datetime.fromtimestamp(us / 1e6, UTC).isoformat().replace("+00:00", "Z")
