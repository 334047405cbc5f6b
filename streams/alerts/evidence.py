"""The evidence pack of a finding: one document, to be shown on a page or printed.

Pure. Flows in: the answers of the API about a finding and its case. Flows out: a ``Document`` of headed tables and paragraphs, in one language,
which ``printing`` turns into HTML and DOCX.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

Language = Literal["zh", "en"]
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
    "arithmetic": ("计算", "Arithmetic"),
    "inputs": ("判定所用数据", "What the rule looked at"),
    "name": ("项目", "Name"),
    "value": ("值", "Value"),
    "means": ("含义", "Meaning"),
    "events": ("相关事件", "Events behind it"),
    "event": ("事件", "Event"),
    "document": ("标题、文号", "Title and number"),
    "adds": ("计入", "What it adds"),
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
    """What is printed: a title, facts (name, value), tables, closing paragraphs (heading, text), a foot line."""

    title: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    closing: tuple[tuple[str, str], ...]
    foot: str
    language: Language


class Teller:
    """Words and values of one language."""

    def __init__(self, language: Language, place: Callable[[str], str]) -> None:
        self.language: Language = language
        self.place = place
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
    place: Callable[[str], str],
) -> Document:
    """The pack of ``finding`` (as /v1/findings/ID answers), its case (as /v1/findings/ID/case answers) and decided findings like it.

    ``place`` gives the name of a division.
    """
    say, why = Teller(language, place), finding["explanation"]
    tables = (*_grounds(why, say), *_course(finding, case, say), _like(precedents, say))
    closing = [(say("appeal"), why["appeal"][language])]
    if why["remedy"]:
        closing.insert(0, (say("remedy"), why["remedy"][language]))
    colon = "：" if language == "zh" else ": "
    return Document(
        title=f"{say('title')}{colon}{why['title'][language]}",
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
        (say("rule"), f"{why['title'][say.language]} ({why['rule']})"),
        (say("edition"), why["edition"]),
        (say("basis"), f"{basis['instrument']} {basis.get('article') or ''}{verified}".strip()),
        (say("layer"), say.value(why["layer"])),
        (say("subject"), why["subject"]),
        (say("issuer"), why["issuer"] or say("none")),
        (say("phase"), f"{say.value(finding['phase'])} ({instant(finding['since_us'])})"),
        (say("arithmetic"), why["arithmetic"]),
    )


def _grounds(why: Mapping[str, Any], say: Teller) -> Iterator[Table]:
    """What the rule looked at, the events, who caused it."""
    yield say.table(
        "inputs", ("name", "value", "means"), ((one["name"], one["value"], one["means"]) for one in why["inputs"])
    )
    events = (
        (one["event"], one["issuer"], f"{one['title']} {one['doc_no']}".strip(), one["arithmetic"])
        for one in why["events"]
    )
    yield say.table("events", ("event", "issuer", "document", "adds"), events)
    yield say.table("shares", ("issuer", "share"), ((one["issuer"], f"{one['share']:.1%}") for one in why["shares"]))


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
        (instant(one["at_us"]), one["recipient"], say.value(one["occasion"]), " ".join(_arrived(one)) or say("none"))
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
