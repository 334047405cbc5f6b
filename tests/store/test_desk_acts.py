"""The desk as both sides use it, page by page: the office explains and appeals, the supervising body asks, decides, rules, acts on many at once.

Every act is in the store under the name of who did it, and in the audit; who may not is not offered it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from clickhouse_connect.driver.client import Client
from streamlit.testing.v1 import AppTest

from dashboard.shell.installation import Installation
from streams.alerts.cases import Act, case_of
from streams.calendars import Calendar
from streams.calendars.periods import DAY_US
from streams.registry import Registry
from streams.store import Scope
from streams.store.audit import Audited
from streams.store.casework import acts_of, insert_act
from streams.store.findings import StoredTransition, insert_transitions
from streams.store.saved import SavedFilter, saved_filters
from tests.browser.sample import Sample
from tests.store.paging import HERE, Shown
from tests.store.strangers import INSIDE, NOON_US, OURS, STRANGERS

pytestmark = pytest.mark.store
SUPERVISOR, OFFICE, UNIT = HERE[1], HERE[4], HERE[3]
ASKED, MANY = f"{11:032x}", [f"{n:032x}" for n in (12, 13, 14)]
Open = Callable[[str, Scope, dict[str, str]], Shown]


@pytest.fixture(scope="module")
def findings(shared: Installation, migrated: Client, registry: Registry) -> Installation:
    """Four findings about the office's demands: one to argue over, three to act on together; one of those was acknowledged."""
    made = Sample(migrated, registry, NOON_US)
    rows = []
    for n in (11, 12, 13, 14):
        one = made._finding(
            n, "R11-short-notice", "event://oa.example.cn/office#e-1", OURS.area, OURS.issuer, 45.0, 480.0, DAY_US
        )
        rows.append(StoredTransition(n, one, events=("//oa.example.cn/office#e-1",)))
    insert_transitions(migrated, rows)
    insert_act(migrated, Act(MANY[0], 1, "acknowledge", "here-supervisor", NOON_US), rows[1].transition.rule)
    return shared


def script_of(shown: Shown) -> AppTest:
    assert shown.script is not None
    return shown.script


def acts_offered(shown: Shown) -> list[str]:
    """Acts of the form, as they are called on the page."""
    return [name for one in script_of(shown).selectbox if one.key == "act-verb" for name in one.options]


def act(shown: Shown, verb: str, note: str = "", **fields: str) -> AppTest:
    """Fills the form and sends it."""
    script = script_of(shown)
    script.selectbox(key="act-verb").set_value(verb).run()
    for one in script.selectbox:
        if one.label in fields:
            one.set_value(fields[one.label])
    for field in script.text_input:
        if field.label in fields:
            field.set_value(fields[field.label])
    script.text_area[0].set_value(note)
    next(one for one in script.button if one.label == "记录").click().run()
    assert not script.exception
    return script


def stood(client: Client, registry: Registry, finding: str) -> Any:
    return case_of(finding, acts_of(client, INSIDE, registry, finding), Calendar.load())


def test_both_sides_argue_a_finding_to_its_end(
    opened: Open, findings: Installation, migrated: Client, registry: Registry, deeds: list[Audited]
) -> None:
    assert findings.desk is not None
    here = {"area": OURS.area, "finding": ASKED}

    assert "提交说明" not in acts_offered(opened("desk", SUPERVISOR, here)), "a supervising body does not explain"
    act(opened("desk", SUPERVISOR, here), "ask")
    assert stood(migrated, registry, ASKED).state == "asked"

    theirs = opened("desk", OFFICE, {"finding": ASKED})
    assert set(acts_offered(theirs)) == {"提交说明", "备注"}, "an office decides nothing"
    empty = act(theirs, "explain")
    assert "请填写理由" in empty.error[0].value
    assert stood(migrated, registry, ASKED).state == "asked"
    act(opened("desk", OFFICE, {"finding": ASKED}), "explain", "防汛紧急调度", 理由类别="emergency")
    assert stood(migrated, registry, ASKED).state == "explained"

    act(opened("desk", SUPERVISOR, here), "decide", "不属紧急情形", 结论="upheld")
    assert (stood(migrated, registry, ASKED).state, stood(migrated, registry, ASKED).verdict) == ("decided", "upheld")
    act(opened("desk", OFFICE, {"finding": ASKED}), "appeal", "有调度令为证")
    assert stood(migrated, registry, ASKED).state == "appealed"
    deeds.clear()
    act(opened("desk", SUPERVISOR, here), "rule", "证据成立", 结论="corrected")
    last = acts_of(migrated, INSIDE, registry, ASKED)[-1]
    assert (last.verb, last.verdict, last.by) == ("rule", "corrected", SUPERVISOR.who)
    assert [(one.deed, one.detail) for one in deeds if one.deed == "act"] == [("act", f"rule {ASKED}")]


def together(opened: Open, scope: Scope, **asked: str) -> str:
    """The page after a click below the list; the click is what the browser sends."""
    script = script_of(opened("desk", scope, {"area": OURS.area} if scope.areas else {}))
    script.session_state["wish"] = ("bulk", asked)
    texts: list[str] = []
    shown = Shown(texts=texts)
    shown.script = script.run()
    assert not script.exception
    return str(script.main)


def test_many_are_acted_on_together_and_each_is_written(
    opened: Open, findings: Installation, migrated: Client, registry: Registry, deeds: list[Audited]
) -> None:
    assert findings.desk is not None
    deeds.clear()
    together(opened, SUPERVISOR, verb="acknowledge", picks=",".join([*MANY, "x" * 32, "e" * 32]))
    assert [stood(migrated, registry, one).state for one in MANY] == ["acknowledged"] * 3
    assert stood(migrated, registry, MANY[0]).acts == 1, "what cannot be done is not done, and the others are"
    assert sorted(one.detail for one in deeds if one.deed == "act") == [f"acknowledge {one}" for one in MANY[1:]]
    together(opened, SUPERVISOR, verb="assign", picks=f"{MANY[0]},{MANY[1]}", owner="王督查")
    assert [stood(migrated, registry, one).owner for one in MANY[:2]] == ["王督查"] * 2
    together(opened, SUPERVISOR, verb="ask", picks=f"R11-short-notice~{OURS.issuer}")
    assert [stood(migrated, registry, one).state for one in MANY] == ["asked"] * 3, "a group stands for its findings"


@pytest.mark.parametrize("scope", [OFFICE, UNIT, STRANGERS[1]], ids=lambda one: one.who)
def test_who_may_not_is_not_offered_it_and_does_nothing(
    scope: Scope, opened: Open, findings: Installation, migrated: Client, registry: Registry
) -> None:
    assert findings.desk is not None
    before = [stood(migrated, registry, one) for one in MANY]
    shown = opened("desk", scope, {})
    if scope.role != "supervisor":
        assert "data-wish" not in shown.text()
        assert 'name="pick"' not in shown.text()
    together(opened, scope, verb="close", picks=",".join(MANY))
    together(opened, scope, verb="assign", picks=",".join(MANY), owner="x")
    assert [stood(migrated, registry, one) for one in MANY] == before


def test_the_list_is_narrowed_by_who_how_and_words(opened: Open, findings: Installation) -> None:
    assert findings.desk is not None

    def lists(**query: str) -> set[str]:
        text = opened("desk", SUPERVISOR, {"area": OURS.area} | query).text()
        return {one for one in (*MANY, ASKED) if f'data-finding="{one}"' in text}

    assert lists(owner="王督查") == set(MANY[:2])
    assert lists(state="asked") == set(MANY)
    assert lists(state="decided") == {ASKED}
    assert lists(due="due") == set(MANY)
    assert lists(due="overdue") == set()
    assert lists(text="暗号") == {*MANY, ASKED}, "by the title of the demand"
    assert lists(text="教育局") == {*MANY, ASKED}, "by the office"
    assert lists(text="没有这样的话") == set()


def test_a_filter_is_kept_for_its_owner_alone(opened: Open, findings: Installation) -> None:
    assert findings.desk is not None
    script = script_of(opened("desk", SUPERVISOR, {"area": OURS.area, "due": "overdue"}))
    script.text_input(key="keep-as").set_value("逾期未办").run()
    kept = saved_filters(findings.client, SUPERVISOR)
    assert kept == [SavedFilter("逾期未办", f"area={OURS.area}&due=overdue")]
    assert "逾期未办" in opened("desk", SUPERVISOR, {"area": OURS.area}).text()
    assert "逾期未办" not in opened("desk", HERE[2], {"area": OURS.area}).text()
    script = script_of(opened("desk", SUPERVISOR, {"area": OURS.area}))
    script.session_state["wish"] = ("filter", {"gone": "逾期未办"})
    script.run()
    assert saved_filters(findings.client, SUPERVISOR) == []


def test_histories_lead_from_each_row(opened: Open, findings: Installation) -> None:
    assert findings.desk is not None
    text = opened("desk", SUPERVISOR, {"area": OURS.area}).text()
    assert "past=rule" in text
    assert "past=issuer" in text
    past = opened("desk", SUPERVISOR, {"area": OURS.area, "past": "issuer", "issuer": OURS.issuer}).text()
    assert "历史：锦江区教育局" in past
    assert f'data-finding="{ASKED}"' in past


def test_a_correction_restates_the_load_from_the_page(
    opened: Open, findings: Installation, migrated: Client, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(type(findings.settings), "api_token", "token")
    monkeypatch.setattr("dashboard.forms.acts.send", lambda _settings, event: sent.append(event))
    here, effect = {"area": OURS.area, "finding": MANY[2]}, "这些要求今后按多少计算"
    if "要求说明" in acts_offered(opened("desk", SUPERVISOR, here)):
        act(opened("desk", SUPERVISOR, here), "ask")
    refused = act(opened("desk", SUPERVISOR, here), "decide", "核实为误报", **{"结论": "upheld", effect: "void"})
    assert "只有认定为" in refused.error[0].value
    assert not sent
    act(opened("desk", SUPERVISOR, here), "decide", "核实为误报", **{"结论": "corrected", effect: "void"})
    stands = stood(migrated, registry, MANY[2])
    assert (stands.state, stands.verdict) == ("decided", "corrected")
    assert [(one["id"], one["data"]["effect"]) for one in sent] == [(f"case-{MANY[2]}-{stands.acts}", "void")]

    def lost(_settings: Any, _event: Any) -> None:
        raise httpx.ConnectError("away")

    act(opened("desk", OFFICE, {"finding": MANY[2]}), "appeal", "另有隐情")
    monkeypatch.setattr("dashboard.forms.acts.send", lost)
    failed = act(opened("desk", SUPERVISOR, here), "rule", "维持更正", **{"结论": "corrected", effect: "minutes"})
    assert "未被接收" in failed.error[0].value
    assert stood(migrated, registry, MANY[2]).state == "appealed", "nothing is recorded whose load was not corrected"
