"""Every way by which a text can come in asks the gate before anything is stored, and no document fails for what is stored already."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from streams.agents.worker.admission import Raw, Refusal
from streams.agents.worker.refusals import counts, record
from streams.alerts.evidence import Document, Table
from streams.alerts.model import Silence
from streams.alerts.printing import docx, html
from streams.calendars import Calendar
from streams.desk import acting
from streams.desk.acting import ActWish, SilenceWish, acted, silenced
from streams.desk.prechecking import draft_of
from streams.desk.spreadsheet import plain
from streams.events import Refused, decode
from streams.intake.answers import HttpFault
from streams.intake.reads_http import _count
from streams.registry.registry import Registry, load
from streams.rules.lists import ListVersion, gated
from streams.store import Scope, lists, remarks
from streams.store.remarks import Remark, insert_remark

BOSS = Scope("boss", "supervisor", ("51",))
NOW_US = 1_772_600_000_000_000
BAD = ("机密★10年", "机‐密★", "说明\x01", "题\ufffe", "\u202e反")


class Nobody:
    """A client that must not be asked."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the store was asked ({name}) before the gate")


NOBODY: Any = Nobody()


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What acts and silences would write."""
    rows: list[Any] = []
    seen = SimpleNamespace(transition=SimpleNamespace(rule="R01-x", issuer="510104-education"))
    monkeypatch.setattr(acting, "finding_history", lambda *_: [seen])
    monkeypatch.setattr(acting, "acts_of", lambda *_: list(rows))
    monkeypatch.setattr(acting, "insert_act", lambda _client, act, _rule: rows.append(act))
    monkeypatch.setattr(acting, "insert_silence", lambda _client, one: rows.append(one))
    return rows


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize("field", ["note", "owner", "ground"])
def test_acts(stored: list[Any], field: str, text: str) -> None:
    registry: Any = None
    with pytest.raises(ValueError, match=f"^{field}: "):
        acted(
            NOBODY,
            BOSS,
            registry,
            Calendar.load(),
            "f",
            msgspec.structs.replace(ActWish("note"), **{field: text}),
            NOW_US,
        )
    assert stored == []


def test_a_number_in_an_act_is_masked(stored: list[Any]) -> None:
    registry: Any = None
    acted(NOBODY, BOSS, registry, Calendar.load(), "f", ActWish("note", "问１３８ 0013 8000"), NOW_US)
    assert stored[0].note == "问１３８**********"


@pytest.mark.parametrize("text", ["绝密★", "说明\x01文", "机密：名单"])
def test_silences(stored: list[Any], registry: Registry, text: str) -> None:
    with pytest.raises(ValueError, match="^why: "):
        silenced(NOBODY, BOSS, registry, SilenceWish(text, NOW_US + 10**9, area="51"), NOW_US)
    assert stored == []
    made: Silence = silenced(NOBODY, BOSS, registry, SilenceWish("找13800138000", NOW_US + 10**9, area="51"), NOW_US)
    assert made.why == "找138********"


def test_remarks(monkeypatch: pytest.MonkeyPatch, registry: Registry) -> None:
    monkeypatch.setattr(remarks, "insert_rows", lambda *_: NOBODY.insert)
    with pytest.raises(Refused, match="^who: "):
        insert_remark(NOBODY, BOSS, registry, Remark(NOW_US, "机密★10年", "510104", "merge", 1, 2))


@pytest.mark.parametrize("field", ["name", "source", "item", "issuer"])
def test_lists(field: str) -> None:
    row = {"item": "项目", "status": "basic", "issuer": "510104-office"}
    whole = {
        "version": 1,
        "kind": "list",
        "list": "duty",
        "name": "清单",
        "source": "文件",
        "from": "2026-01-01",
        "rows": [row],
    }
    assert gated(ListVersion.model_validate(whole)).name == "清单"
    (row if field in row else whole)[field] = "机密★10年"
    version = ListVersion.model_validate(whole)
    with pytest.raises(Refused):
        gated(version)
    with pytest.raises(Refused):
        lists.insert_list(NOBODY, version, NOW_US)


def test_a_number_in_a_list_is_masked() -> None:
    whole = {
        "version": 1,
        "kind": "list",
        "list": "duty",
        "name": "n",
        "source": "电话13800138000",
        "from": "2026-01-01",
    }
    version = gated(ListVersion.model_validate(whole | {"rows": [{"item": "a", "status": "basic"}]}))
    assert version.source == "电话138********"


DRAFT = {
    "type": "burden.request.issued.v1",
    "data": {"issuer": "510104-office", "title": "表", "reach": {"areas": ["510104"], "tiers": ["township"]}},
}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": "\\ud800"}',
        b"\xff",
        json.dumps(DRAFT | {"note": "机密★10年"}).encode(),
        json.dumps(DRAFT).replace('"title"', '"title": "a", "title"').encode(),
        json.dumps(DRAFT).replace('"type"', '"type": "x", "type"').encode(),
        json.dumps(DRAFT | {"note": "a\x01"}).encode(),
    ],
    ids=["open", "open objects", "nested", "digits", "surrogate", "bytes", "mark", "twice inside", "twice", "control"],
)
def test_drafts(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        draft_of(body, NOW_US)
    assert draft_of(json.dumps(DRAFT).encode(), NOW_US).title == "表"


@pytest.mark.parametrize("text", ["9" * 5_000, "0", "1001", "x", "", "-1"])
def test_a_limit_of_any_length(text: str) -> None:
    with pytest.raises(HttpFault) as caught:
        _count(text, 1_000)
    assert caught.value.status == 400
    assert _count("1000", 1_000) == 1_000


def refusal(**attributes: Any) -> Refusal:
    raw = json.dumps(
        DRAFT | {"specversion": "1.0", "id": "1", "source": "//s", "time": "2026-03-02T08:00:00+08:00"} | attributes
    ).encode()
    with pytest.raises(Refused) as caught:
        decode(raw)
    return Refusal(Raw(1, raw, (), NOW_US), caught.value)


def test_a_marked_source_is_kept_nowhere() -> None:
    for one in (refusal(source="//机密★10年"), refusal(source="//机密★10年", id="绝密★启用前")):
        kept = json.loads(record(one))
        assert set(kept) == {"hour_us", "source", "code"}
        assert kept["source"] == "withheld"
        assert [source for _, source, _ in counts([one])] == ["withheld"]
    only_id = json.loads(record(refusal(id="绝密★启用前")))
    assert only_id["source"] == "//s"
    assert "绝密" not in json.dumps(only_id, ensure_ascii=False)


@pytest.mark.parametrize("text", ["题\ufffe", "说明\x01", "\x0b", "\ud800", "\ufdd0\u202e"])
def test_no_stored_text_makes_a_document_fail(text: str) -> None:
    made = Document(text, (text,), ((text, text),), (Table(text, (text,), ((text,),)),), ((text, text),), text, "zh")
    assert docx(made).startswith(b"PK")
    assert text not in html(made).decode()
    assert text not in str(plain(text))
