"""A store with things of one county, and readers of other places who must not learn of them.

Flows in: a client, a registry. Flows out: rows of everything that people can read; names and texts that no stranger may meet.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final, NamedTuple

from clickhouse_connect.driver.client import Client

from streams.alerts.cases import Act
from streams.alerts.model import Notification, Recipient, Silence, Told, Withheld
from streams.calendars.periods import DAY_US
from streams.registry import Registry
from streams.rules.lists import ListVersion
from streams.store import Scope
from streams.store.alerting import Stored, insert_notifications, insert_silence, insert_withheld
from streams.store.audit import Audited, insert_audit
from streams.store.casework import insert_act
from streams.store.findings import StoredTransition, insert_transitions
from streams.store.lists import insert_list
from streams.store.remarks import Remark, insert_remark
from streams.store.rounds import FaultRow, insert_rule_faults
from streams.store.saved import SavedFilter, insert_saved_filter
from tests.browser.sample import Sample

NOON_US: Final = 1_772_510_400_000_000  # 2026-03-03 12:00 in Shanghai
TODAY: Final = date(2026, 3, 3)


class Things(NamedTuple):
    """What a question is about: an area, a unit in it, an issuer in it, a finding, the source and identity of a demand, positions of two."""

    area: str
    unit: str
    issuer: str
    finding: str
    demand: str
    keys: tuple[int, int]


OURS: Final = Things("510104", "510104017", "510104-education", f"{1:032x}", "e-1", (1, 2))
"""They are there, and are not the strangers'."""
NOWHERE: Final = Things("519999", "519999999", "519999-nobody", "e" * 32, "e-999", (998, 999))
"""They are not there."""
SECRETS: Final = (
    "暗号甲", "暗号乙", "暗号丙", "锦江", "春熙路", "510104-education", "510104017", OURS.finding, "陈暗号",
)  # fmt: skip
"""Titles, notes, names and codes of what is not the strangers'."""
INSIDE: Final = Scope("inside", "leadership", ("51",), ("510104-education",))
STRANGERS: Final = (
    Scope("stranger-leadership", "leadership", ("43",)),
    Scope("stranger-supervisor", "supervisor", ("4301",)),
    Scope("stranger-operator", "operator", ("43",)),
    Scope("stranger-unit", "unit", ("430102001",)),
    Scope("stranger-issuer", "issuer", (), ("430102-education",)),
    Scope("nobody", "issuer"),
)


def without(text: str, things: Things) -> str:
    """A text in which the things that were asked for are taken out: what is left must not tell which they were."""
    named = {name: value for name, value in things._asdict().items() if isinstance(value, str)}
    for name, value in sorted(named.items(), key=lambda item: -len(item[1])):
        text = text.replace(value, f"<{name}>")
    return text


def told_secrets(text: str, asked: Things) -> list[str]:
    """Secrets that a text holds beyond what was asked for by name."""
    return [one for one in SECRETS if one in text and one not in asked]


def fill(client: Client, registry: Registry) -> None:
    """Everything that can be read of a county: demands, findings, a case, messages, silences, remarks, lists, deeds, faults."""
    made = Sample(client, registry, NOON_US)
    people = {"items": [{"element": "常住人口数"}]}
    for title, ago in (("暗号甲报表", 1), ("暗号乙报表", 2)):
        made.demand(OURS.issuer, "request", OURS.area, "township", NOON_US - ago * DAY_US, 60, title, 9, people)
    made.demand(OURS.issuer, "meeting", OURS.area, "township", NOON_US + DAY_US, 90, "暗号甲会议")
    made.flush()
    made.health()
    one = replace(
        made._finding(1, "R11-short-notice", "event://oa.example.cn/office#e-1", OURS.area, OURS.issuer, 45.0, 480.0, DAY_US),
        place=OURS.unit,
    )  # fmt: skip
    name = "//oa.example.cn/office#e-1"
    insert_transitions(client, [StoredTransition(1, one, events=(name,))])
    insert_act(client, Act(OURS.finding, 1, "decide", "陈暗号", NOON_US, "暗号丙", verdict="upheld"), one.rule)
    told = Told(**_told(one))
    note = Notification("n1", Recipient(OURS.issuer, "issuer"), "firing", "g", NOON_US, 1, (told,), 1, "暗号丙", ())
    insert_notifications(client, [Stored(note, ("all",))])
    insert_withheld(
        client, [Withheld(OURS.finding, "g", Recipient(OURS.issuer, "issuer"), "silenced", NOON_US, "暗号丙")], "w"
    )
    insert_silence(client, Silence("s1", "陈暗号", "暗号丙", NOON_US, NOON_US, NOON_US + DAY_US, area=OURS.area))
    insert_remark(
        client, Scope("u", "unit", (OURS.unit,)), registry, Remark(NOON_US, "u", OURS.unit, "merge", *OURS.keys)
    )
    rows = [{"item": "request", "issuer": OURS.issuer, "number": 3}]
    said = {
        "version": 1,
        "kind": "list",
        "list": "plan",
        "name": "年度计划",
        "source": "文件",
        "from": TODAY,
        "rows": rows,
    }
    insert_list(client, ListVersion.model_validate(said), NOON_US)
    insert_saved_filter(client, INSIDE, SavedFilter("暗号丙", f"area={OURS.area}"), NOON_US)
    insert_audit(client, [Audited(NOON_US, "陈暗号", "supervisor", "view", "desk", OURS.area)], "a")
    insert_rule_faults(
        client, [FaultRow(one.rule, one.edition, NOON_US, "events", "no such column", (f"unit:{OURS.unit}",))]
    )


def _told(one: Any) -> dict[str, Any]:
    """What a message says of a finding."""
    names = ("finding", "rule", "subject", "place", "issuer", "layer", "value", "limit", "phase", "since_us", "edition")
    return {name: getattr(one, name) for name in names} | {"severity": "low", "title": "暗号甲报表"}
