"""Every verb tried by every stranger: only who stands to a demand as the table says may say it; what is not there looks like another's."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from streams.demands.rights import BACKDATED_US, RIGHTS, Target, fault_of
from streams.events import Event, decode
from streams.intake.tokens import Token

SOURCE = "//oa.example.cn/510104"
NOW_US = 1_772_600_000_000_000
OFFICE, EDUCATION, ELSEWHERE = "510104-office", "510104-education", "350102-education"


def token(name: str, role: Any = "issuer", **more: Any) -> Token:
    return Token(name, hashlib.sha256(name.encode()).hexdigest(), role=role, **more)


SPEAKERS = {
    "its issuer": token("office", issuers=(OFFICE,), sources=("//oa.example.cn/510104*",)),
    "a neighbour": token("education", issuers=(EDUCATION,), sources=("//oa.example.cn/510104*",), areas=("510104",)),
    "a stranger": token("far", issuers=(ELSEWHERE,), sources=("*",)),
    "its supervisor": token("supervisor", "supervisor", areas=("510104",)),
    "another's supervisor": token("far supervisor", "supervisor", areas=("35",)),
    "leadership": token("leader", "leadership", areas=("",)),
    "the unit": token("unit", "unit", areas=("510104017",)),
    "another unit": token("other unit", "unit", areas=("510104018",)),
    "the office of all units": token("hall", units=("510104",)),
    "the operator": token("operator", "operator", issuers=("*",), sources=("*",), areas=("",)),
}
MAY = {
    "issued": {"its issuer", "the operator"},
    "amended": {"its issuer", "the operator"},
    "withdrawn": {"its issuer", "the operator"},
    "ended": {"its issuer", "the operator"},
    "outcome": {"its issuer", "the operator"},
    "returned": {"its issuer", "the unit", "the office of all units", "the operator"},
    "answered": {"the unit", "the office of all units", "the operator"},
    "corrected": {"its supervisor", "the operator"},
}
TARGET = {"source": SOURCE, "id": "d"}
DATA: dict[str, dict[str, Any]] = {
    "issued": {"issuer": OFFICE, "title": "台账", "reach": {"areas": ["510104"], "tiers": ["township"]}},
    "amended": {"amends": TARGET, "title": "台账（修改）"},
    "withdrawn": {"withdraws": TARGET},
    "ended": {"ends": TARGET},
    "outcome": {"concludes": TARGET},
    "returned": {"returns": TARGET, "unit": "510104017", "effort_minutes": 30},
    "answered": {"answers": TARGET, "unit": "510104017", "actual_minutes": 0},
    "corrected": {"restates": [TARGET], "effect": "void"},
}


def event(verb: str, *, age_us: int = 0, **data: Any) -> Event:
    kind = "meeting" if verb == "outcome" else "request"
    types = {"corrected": "burden.correction.applied.v1"}
    at = (NOW_US - age_us) // 1_000_000
    raw = {
        "specversion": "1.0",
        "id": verb,
        "source": SOURCE,
        "type": types.get(verb, f"burden.{kind}.{verb}.v1"),
        "time": datetime.fromtimestamp(at, UTC).isoformat(),
        "data": DATA[verb] | data,
    }
    return decode(json.dumps(raw).encode())


def area_of(issuer: str) -> str:
    return {"000000": ""}.get(issuer[:6], issuer[:6].removesuffix("0000"))


def allowed(one: Event, speaker: Token, issuer: str = OFFICE) -> bool:
    targets = [Target(ref.source, issuer) for ref in one.targets]
    return fault_of(one, targets, speaker, area_of, NOW_US) is None


def test_the_table_has_every_verb() -> None:
    assert set(RIGHTS) == set(MAY) == set(DATA)


@pytest.mark.parametrize(("verb", "who"), product(DATA, SPEAKERS))
def test_each_verb_by_each_speaker(verb: str, who: str) -> None:
    assert allowed(event(verb), SPEAKERS[who]) == (who in MAY[verb])


@pytest.mark.parametrize(("verb", "who"), product([verb for verb in DATA if verb != "issued"], SPEAKERS))
def test_what_is_not_there_looks_like_what_is_anothers(verb: str, who: str) -> None:
    one, speaker = event(verb), SPEAKERS[who]
    unknown = fault_of(one, [Target(SOURCE, "")], speaker, area_of, NOW_US)
    foreign = fault_of(one, [Target(SOURCE, ELSEWHERE)], speaker, area_of, NOW_US)
    if who in {"the operator", "a stranger"} or foreign is None:
        return  # they speak for that issuer
    assert unknown == foreign


def test_nobody_hands_a_demand_to_somebody_else() -> None:
    for issuer in (EDUCATION, "000000-office", "999999-zzz"):
        assert not allowed(event("amended", issuer=issuer), SPEAKERS["its issuer"])
    assert allowed(event("amended", issuer=OFFICE), SPEAKERS["its issuer"])


def test_leaving_the_issuer_out_changes_nothing() -> None:
    for verb in ("withdrawn", "ended"):
        assert not allowed(event(verb), SPEAKERS["a neighbour"])
        assert not allowed(event(verb, issuer=EDUCATION), SPEAKERS["a neighbour"])
        assert not allowed(event(verb, issuer=OFFICE), SPEAKERS["a neighbour"])


def test_events_may_overtake_each_other_in_a_source_of_ones_own() -> None:
    owner = token("own", issuers=(OFFICE,), sources=(SOURCE,))
    assert allowed(event("withdrawn"), owner, "")
    assert not allowed(event("withdrawn"), SPEAKERS["its issuer"], "")


@pytest.mark.parametrize("verb", ["amended", "withdrawn", "ended"])
def test_load_that_was_borne_is_not_taken_back(verb: str) -> None:
    late = event(verb, age_us=BACKDATED_US + 1_000_000)
    assert not allowed(late, SPEAKERS["its issuer"])
    assert allowed(event(verb, age_us=BACKDATED_US - 1_000_000), SPEAKERS["its issuer"])
    assert allowed(late, SPEAKERS["the operator"])
    assert allowed(late, token("history", issuers=(OFFICE,), sources=("*",), backfill=True))


def test_a_correction_of_the_centre_takes_the_whole_country() -> None:
    assert not allowed(event("corrected"), SPEAKERS["its supervisor"], "000000-office")
    assert allowed(event("corrected"), token("nation", "supervisor", areas=("",)), "000000-office")
