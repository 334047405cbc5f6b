"""How far the figures can be trusted: rate, lag, age of the data, coverage, refusals, each in plain words.

Pure. Flows in: a Context, a pulse, a survey, the time. Flows out: HTML.
"""

from __future__ import annotations

from dashboard.data.snapshot import Pulse, Survey
from dashboard.views.context import Context
from dashboard.views.markup import Html, card, tag

SLOW_RECORDS = 10_000
OLD_US = 120_000_000
THIN = 0.95


def _item(state: str, word: str, name: str, value: str, text: str) -> Html:
    mark = {"good": "✓", "warn": "!", "none": "–"}[state]
    return tag(
        "div",
        tag("i", mark, class_="state", aria_label=word),
        tag("span", name),
        tag("b", value),
        tag("p", text),
        class_=f"sign {state}",
    )


def health(context: Context, pulse: Pulse, survey: Survey, now_us: int) -> Html:
    """Five signs in a row; each says what it means."""
    say, state = context.say, pulse.health
    words = {"good": say("in order"), "warn": say("needs attention"), "none": say("no data")}

    def sign(good: bool | None, name: str, value: str, text: str) -> Html:
        grade = "none" if good is None else "good" if good else "warn"
        return _item(grade, words[grade], name, value, text)

    rate = state.events_last_minute / 60
    digits = 0 if rate >= 100 or not rate else 1 if rate >= 1 else 2
    lag = sum(one.lag for one in state.lags)
    age = None if state.newest_admitted_us is None else max(0, now_us - state.newest_admitted_us)
    refused = sum(one.n for one in state.refused)
    reach = survey.coverage
    reasons = say("; ").join(f"{context.refusal(code)} {say.number(n)}" for code, n in _reasons(pulse)[:3])
    signs = [
        sign(
            None if age is None else age <= OLD_US, say("Rate"), say("{n} events/s", n=say.number(rate, digits)),
            say("mean of the last minute; {n} events in the last hour", n=say.number(state.events_last_hour)),
        ),
        sign(
            lag <= SLOW_RECORDS if state.lags else None, say("Lag"), say("{n} events", n=say.number(lag)) if state.lags else "–",
            say("taken in but not yet in the figures") if state.lags else say("no worker has reported within the hour"),
        ),
        sign(
            None if age is None else age <= OLD_US, say("Age of the data"), say.age(age) if age is not None else "–",
            say("since the newest event was taken in"),
        ),
        sign(
            reach.share >= THIN if reach.reached else None, say("Coverage"), say.percent(reach.share, 0 if reach.share in (0, 1) else 1),
            say("of the townships had a demand within 30 days; the others may be silent feeds"),
        ),
        sign(
            refused == 0, say("Refused, 24 hours"), say.number(refused), reasons or say("every event was understood"),
        ),
    ]  # fmt: skip
    note = say(
        "Whether the figures can be relied on at this moment. A feed that falls silent shows as missing coverage, never as less burden."
    )
    return card(
        say("State of the stream"),
        tag("div", signs, class_="signs"),
        note=note,
        source=context.source(pulse.at_us),
        aside=say("figures of {time}", time=say.clock(pulse.at_us)),
        key="health",
    )


def _reasons(pulse: Pulse) -> list[tuple[str, int]]:
    sums: dict[str, int] = {}
    for one in pulse.health.refused:
        sums[one.code] = sums.get(one.code, 0) + one.n
    return sorted(sums.items(), key=lambda item: -item[1])
