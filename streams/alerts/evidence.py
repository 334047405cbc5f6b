"""The evidence pack of a finding: one document, to be shown on a page or printed.

Pure. Flows in: the answers of the API about a finding and its case, names of places and bodies. Flows out: a ``Document``: three sentences
(what, why, what to do), facts, headed tables and closing paragraphs, in one language, which ``printing`` turns into HTML and DOCX.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from streams.rules.wording import Language, column, value_of

Name = Callable[[str], str]
"""From a code to a name; what has none stands as it is."""
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("证据卷宗", "Evidence pack"),
    "rule": ("规则", "Rule"),
    "edition": ("规则版本", "Version of the rules"),
    "basis": ("依据", "Legal basis"),
    "unverified": ("（原文尚待核对）", " (wording not yet compared with an official print)"),
    "layer": ("判定层级", "Layer"),
    "subject": ("对象", "Subject"),
    "issuer": ("发起单位", "Issuer"),
    "phase": ("状态", "Phase"),
    "measured": ("判定", "Judged"),
    "untitled": ("（标题未提供）", "(no title at hand)"),
    "issued": ("发出时间", "Issued"),
    "inputs": ("判定所用数据", "What the rule looked at"),
    "name": ("项目", "Name"),
    "value": ("值", "Value"),
    "events": ("相关事件", "Events behind it"),
    "document": ("标题、文号", "Title and number"),
    "shares": ("负担来源占比", "Who caused the load"),
    "share": ("占比", "Share"),
    "timeline": ("变动时间线", "Timeline"),
    "at": ("时间", "At"),
    "acts": ("处理记录", "What was done"),
    "by": ("经办", "By"),
    "verb": ("动作", "Act"),
    "note": ("说明", "Note"),
    "sent": ("通知记录", "What was sent"),
    "to": ("接收单位", "To"),
    "occasion": ("事由", "Occasion"),
    "arrived": ("送达", "Arrived"),
    "precedents": ("类似先例", "Precedents"),
    "place": ("地区", "Place"),
    "verdict": ("结论", "Verdict"),
    "remedy": ("整改建议", "Remedy"),
    "appeal": ("申诉途径", "How to appeal"),
    "printed": ("生成时间", "Printed"),
    "none": ("无", "none"),
}


_VALUES: Final[Mapping[str, tuple[str, str]]] = {
    "breach": ("违反", "breach"), "notice": ("提示", "notice"), "fact": ("情况", "fact"),
    "inactive": ("未触发", "inactive"), "pending": ("待定", "pending"), "firing": ("触发", "firing"), "resolved": ("消除", "resolved"),
    "acknowledge": ("签收", "acknowledge"), "unacknowledge": ("撤销签收", "unacknowledge"), "assign": ("指派", "assign"),
    "ask": ("要求说明", "ask"), "explain": ("提交说明", "explain"), "decide": ("认定", "decide"), "appeal": ("申诉", "appeal"),
    "rule": ("申诉裁定", "rule"), "close": ("办结", "close"), "reopen": ("重启", "reopen"), "note": ("备注", "note"),
    "upheld": ("属实", "upheld"), "exempt": ("豁免", "exempt"), "corrected": ("更正", "corrected"),
    "repeat": ("仍未消除", "repeat"), "digest": ("日报", "digest"),
}  # fmt: skip
"""Values of the store in both languages; what is not here stands as it is."""


class Table(NamedTuple):
    """A headed table; ``rows`` are as wide as ``head``."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Document(NamedTuple):
    """What is printed: a title, sentences to begin with, facts (name, value), tables, closing paragraphs (heading, text), a foot line."""

    title: str
    lead: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    closing: tuple[tuple[str, str], ...]
    foot: str
    language: Language


class Teller:
    """Words and values of one language."""

    def __init__(self, language: Language, place: Name, issuer: Name) -> None:
        self.language: Language = language
        self.place, self.issuer = place, issuer
        self._side = 0 if language == "zh" else 1

    def __call__(self, key: str) -> str:
        return _WORDS[key][self._side]

    def value(self, word: str) -> str:
        """A value of the store; what has no other name stands as it is."""
        return _VALUES[word][self._side] if word in _VALUES else word

    def table(self, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
        """A table whose title and head are keys."""
        return Table(
            self(title), tuple(self(key) for key in head), tuple(tuple(str(cell) for cell in row) for row in rows)
        )


def document(
    finding: Mapping[str, Any],
    case: Mapping[str, Any],
    precedents: Sequence[Mapping[str, Any]],
    now_us: int,
    language: Language,
    place: Name,
    issuer: Name,
) -> Document:
    """The pack of ``finding`` (as /v1/findings/ID answers), its case (as /v1/findings/ID/case answers) and decided findings like it.

    ``place`` gives the name of a division or unit, ``issuer`` that of a body.
    """
    say, why = Teller(language, place, issuer), finding["explanation"]
    tables = (*_grounds(why, say), *_course(finding, case, say), _like(precedents, say))
    closing = [(say("appeal"), why["appeal"][language])]
    if why["remedy"]:
        closing.insert(0, (say("remedy"), why["remedy"][language]))
    colon = "：" if language == "zh" else ": "
    return Document(
        title=f"{say('title')}{colon}{why['title'][language]}",
        lead=_lead(why, say),
        facts=_facts(finding, why, say),
        tables=tuple(one for one in tables if one.rows),
        closing=tuple(closing),
        foot=f"{say('printed')} {instant(now_us)} · {finding['finding']}",
        language=language,
    )


def _facts(finding: Mapping[str, Any], why: Mapping[str, Any], say: Teller) -> tuple[tuple[str, str], ...]:
    basis = why["basis"]
    verified = "" if basis["verified"] else say("unverified")
    return (
        (say("rule"), f"{why['title'][say.language]} ({why['rule'].partition('-')[0]})"),
        (say("edition"), edition_in_words(why["edition"], say.language)),
        (say("basis"), f"{basis['instrument']} {basis.get('article') or ''}{verified}".strip()),
        (say("layer"), say.value(why["layer"])),
        (say("subject"), _subject(why, say)),
        (say("issuer"), say.issuer(why["issuer"]) if why["issuer"] else say("none")),
        (say("phase"), f"{say.value(finding['phase'])} ({instant(finding['since_us'])})"),
        (say("measured"), why["measured"][say.language]),
    )


def _subject(why: Mapping[str, Any], say: Teller) -> str:
    """Whom or what a finding is about, by name."""
    kind, _, code = why["subject"].partition(":")
    if kind == "unit":
        return say.place(code)
    if kind == "issuer":
        return say.issuer(code)
    first = next(iter(why["events"]), None)
    return _document(first, say) if first is not None and kind == "event" else say("untitled")


def edition_in_words(edition: str, language: Language) -> str:
    """NAME@FROM as the day from which the version is in force."""
    day = edition.partition("@")[2] or edition
    return f"{day}起施行" if language == "zh" else f"in force from {day}"


def _document(event: Mapping[str, Any], say: Teller) -> str:
    """Title and number of a demand."""
    return f"{event['title']} {event['doc_no']}".strip() or say("untitled")


def _lead(why: Mapping[str, Any], say: Teller) -> tuple[str, ...]:
    """What it is, why it is so, what to do."""
    zh = say.language == "zh"
    who = say.issuer(why["issuer"]) if why["issuer"] else ""
    about = _subject(why, say)
    what = (
        (f"{who}：{about}。" if zh else f"{who}: {about}.") if who and who != about else f"{about}{'。' if zh else '.'}"
    )
    basis = why["basis"]
    article = f"{basis['instrument']} {basis.get('article') or ''}".strip()
    measured = why["measured"][say.language]
    reason = (
        f"{why['title']['zh']}：{measured}（{article}）。" if zh else f"{why['title']['en']}: {measured} ({article})."
    )
    todo = why["remedy"][say.language] if why["remedy"] else why["appeal"][say.language]
    return what, reason, todo


def _grounds(why: Mapping[str, Any], say: Teller) -> Iterator[Table]:
    """What the rule looked at, the events, who caused it."""
    inputs = ((column(one["name"], say.language), _input(one, say)) for one in why["inputs"])
    yield say.table("inputs", ("name", "value"), inputs)
    events = (
        (
            _document(one, say),
            say.issuer(one["issuer"]) if one["issuer"] else "",
            instant(one["at_us"]) if one["at_us"] else "",
        )
        for one in why["events"]
    )
    yield say.table("events", ("document", "issuer", "issued"), events)
    shares = ((say.issuer(one["issuer"]), f"{one['share']:.1%}") for one in why["shares"])
    yield say.table("shares", ("issuer", "share"), shares)


def _input(one: Mapping[str, Any], say: Teller) -> str:
    name, value = one["name"], one["value"]
    return say.issuer(str(value)) if value and name.endswith("issuer") else value_of(name, value, say.language)


def _course(finding: Mapping[str, Any], case: Mapping[str, Any], say: Teller) -> Iterator[Table]:
    """How it went: transitions, acts, messages."""
    steps = ((instant(one["at_us"]), say.value(one["phase"]), f"{one['value']:g}") for one in finding["timeline"])
    yield say.table("timeline", ("at", "phase", "value"), steps)
    acts = (
        (instant(one["at_us"]), f"{say.value(one['verb'])} {say.value(one['verdict'])}".strip(), one["by"], one["note"])
        for one in case["acts"]
    )
    yield say.table("acts", ("at", "verb", "by", "note"), acts)
    sent = (
        (
            instant(one["at_us"]),
            say.issuer(one["recipient"]),
            say.value(one["occasion"]),
            " ".join(_arrived(one)) or say("none"),
        )
        for one in case["notifications"]
    )
    yield say.table("sent", ("at", "to", "occasion", "arrived"), sent)


def _like(precedents: Sequence[Mapping[str, Any]], say: Teller) -> Table:
    rows = (
        (instant(one["at_us"]), say.place(one["place"]), say.value(one["verdict"]), one["note"]) for one in precedents
    )
    return say.table("precedents", ("at", "place", "verdict", "note"), rows)


def instant(us: int) -> str:
    """Local time, to the minute."""
    return datetime.fromtimestamp(us / 1e6, SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _arrived(one: Mapping[str, Any]) -> list[str]:
    return sorted({tried["receiver"] for tried in one["attempts"] if tried["outcome"] == "ok"})
