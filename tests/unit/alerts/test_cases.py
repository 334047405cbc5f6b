"""What people may do with a finding, in which order; and what a rule's precision does to it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from streams.alerts.cases import Act, Case, Precision, WrongAct, case_of, done, precision
from tests.unit.alerts.country import CALENDAR, DAY, NOON

PLAY = [
    ("acknowledge", {}),
    ("assign", {"owner": "li"}),
    ("ask", {}),
    ("explain", {"note": "防汛", "ground": "emergency"}),
    ("decide", {"note": "属实", "verdict": "upheld"}),
    ("close", {}),
    ("appeal", {"note": "已合并", "ground": "merged"}),
    ("rule", {"note": "成立", "verdict": "exempt"}),
]


def played(steps: list[tuple[str, dict[str, Any]]]) -> tuple[Case, list[Act]]:
    case, acts = Case("f"), []
    for number, (verb, more) in enumerate(steps, 1):
        act = Act("f", number, verb, "chen", NOON + number, **more)  # type: ignore[arg-type]
        case = done(case, act, CALENDAR)
        acts.append(act)
    return case, acts


def test_a_case_runs_its_course_and_is_its_acts() -> None:
    case, acts = played(PLAY)
    assert (case.state, case.verdict, case.owner, case.ground, case.due) == ("decided", "exempt", "li", "merged", None)
    assert case_of("f", acts, CALENDAR) == case


def test_deadlines_are_workdays() -> None:
    assert played(PLAY[:3])[0].due == date(2026, 3, 10)
    assert played(PLAY[:4])[0].due == date(2026, 3, 17)


@pytest.mark.parametrize(
    ("before", "verb", "more", "word"),
    [
        (0, "close", {}, "possible now"),
        (0, "decide", {"verdict": "upheld"}, "note"),
        (0, "decide", {"note": "x", "verdict": "perhaps"}, "verdict"),
        (0, "explain", {"note": "x", "ground": "mood"}, "ground"),
        (0, "assign", {}, "owner"),
        (0, "sing", {}, "verb"),
        (5, "acknowledge", {}, "possible now"),
    ],
)
def test_what_is_not_allowed_names_the_field_and_the_way(
    before: int, verb: str, more: dict[str, Any], word: str
) -> None:
    case, _ = played(PLAY[:before])
    with pytest.raises(WrongAct, match=word):
        done(case, Act("f", before + 1, verb, "chen", NOON + DAY, **more), CALENDAR)  # type: ignore[arg-type]


def test_two_who_act_at_once_do_not_both_succeed() -> None:
    case, _ = played(PLAY[:2])
    with pytest.raises(WrongAct, match="meanwhile"):
        done(case, Act("f", 2, "ask", "chen", NOON), CALENDAR)


def test_a_rule_that_is_mostly_wrong_falls_silent() -> None:
    rows = [("R11", "upheld")] * 20 + [("R11", "exempt")] * 10 + [("R12", "corrected")] * 29
    found = precision(rows)  # type: ignore[arg-type]
    assert found["R11"] == Precision("R11", 30, 20)
    assert found["R11"].muted
    assert not found["R12"].muted, "29 decisions are not enough to judge a rule by"
    assert not Precision("R13", 30, 21).muted
