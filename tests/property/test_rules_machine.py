"""The state machine against an oracle that knows nothing but the history of one finding; and what must not matter: order, restarts, repeats."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.rules import Findings, Transition, Truth, lapsed, rebuild, step

SUBJECTS = ("unit:1", "unit:2", "unit:3")
History = list[tuple[int, dict[str, bool | None]]]


def truth(subject: str, holds: bool | None, for_us: int, keep_us: int, value: float = 1.0) -> Truth:
    return Truth("R20-x", subject, "", holds, value, 0.5, "national@2024-08-06", "notice", for_us, keep_us)


@st.composite
def histories(draw: st.DrawFn) -> History:
    steps = draw(st.lists(st.integers(0, 6), min_size=1, max_size=14))
    now, out = 100, []
    for gap in steps:
        now += gap
        said = {one: draw(st.sampled_from((True, False, None, "silent"))) for one in SUBJECTS}
        out.append((now, {one: holds for one, holds in said.items() if not isinstance(holds, str)}))
    return out


def played(
    history: History, for_us: int, keep_us: int, seed: int | None = None, restart: bool = False
) -> list[Transition]:
    findings, made = Findings(), []
    shuffler = random.Random(seed)
    for now, said in history:
        truths = [truth(one, holds, for_us, keep_us) for one, holds in said.items()]
        if seed is not None:
            shuffler.shuffle(truths)
        made += step(findings, truths, now)
        if restart:
            findings = rebuild(made)
    return made


def oracle(history: History, subject: str, for_us: int, keep_us: int) -> list[tuple[int, str]]:
    """(time, phase) of every change of phase, from plain words: pending while it holds, firing after ``for``, resolved after ``keep``."""
    phase, level, since, out = "inactive", False, 0, []
    for now, said in history:
        word = said.get(subject)
        if word is not None and word != level:
            level, since = word, now
        before = phase
        if phase in ("inactive", "resolved"):
            if level and word:
                since = now
                phase = "firing" if not for_us else "pending"
        elif phase == "pending":
            if not level:
                phase = "inactive"
            elif now - since >= for_us:
                phase = "firing"
        elif not level and now - since >= keep_us:
            phase = "resolved"
        if phase != before:
            out.append((now, phase))
    return out


LENGTHS = st.integers(0, 8)


@given(histories(), LENGTHS, LENGTHS)
@settings(max_examples=400, deadline=None)
def test_the_machine_does_what_plain_words_say(history: History, for_us: int, keep_us: int) -> None:
    made = played(history, for_us, keep_us)
    for subject in SUBJECTS:
        changes = [(one.at_us, one.phase) for one in made if one.subject == subject and one.phase != one.was]
        assert changes == oracle(history, subject, for_us, keep_us)


@given(histories(), LENGTHS, LENGTHS, st.integers(0, 99))
@settings(max_examples=200, deadline=None)
def test_order_within_a_step_and_restarts_change_nothing(
    history: History, for_us: int, keep_us: int, seed: int
) -> None:
    straight = played(history, for_us, keep_us)
    assert played(history, for_us, keep_us, seed=seed) == straight
    assert played(history, for_us, keep_us, restart=True) == straight


@given(histories(), LENGTHS, LENGTHS)
@settings(max_examples=100, deadline=None)
def test_a_step_said_twice_says_nothing_new(history: History, for_us: int, keep_us: int) -> None:
    findings = Findings()
    for now, said in history:
        truths = [truth(one, holds, for_us, keep_us) for one, holds in said.items()]
        step(findings, truths, now)
        assert step(findings, truths, now) == []


@given(histories(), LENGTHS, LENGTHS)
@settings(max_examples=100, deadline=None)
def test_transitions_follow_one_another_and_name_no_measured_value(history: History, for_us: int, keep_us: int) -> None:
    last: dict[str, Transition] = {}
    for one in played(history, for_us, keep_us):
        before = last.get(one.finding)
        assert one.was == ("inactive" if before is None else before.phase)
        assert before is None or one.at_us >= before.at_us
        assert one.finding == truth(one.subject, True, 0, 0, value=99.0).id
        last[one.finding] = one


def test_silence_of_a_complete_family_is_a_denial() -> None:
    findings = Findings()
    step(findings, [truth("unit:1", True, 0, 0), truth("unit:2", True, 0, 0)], 1)
    denials = lapsed(findings, [truth("unit:1", True, 0, 0)], {"R20-x"})
    assert [(one.subject, one.holds) for one in denials] == [("unit:2", False)]
    assert lapsed(findings, [], {"R20-x"}, {"unit:9"}) == []
    assert [one.phase for one in step(findings, denials, 2)] == ["resolved"]
    assert [one.subject for one in findings.open()] == ["unit:1"]


def test_a_gap_in_watching_does_not_fire_what_is_denied_now() -> None:
    findings = Findings()
    step(findings, [truth("unit:1", True, 10, 0)], 0)
    (moved,) = step(findings, [truth("unit:1", False, 10, 0)], 1_000)
    assert moved.phase == "inactive"
