"""Fields by which a reader chooses; what is chosen goes into the address, which draws the page anew.

Flows in: a Frame, what the address has. Flows out: widgets that move the reader to another address. Touches the page being drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

import streamlit as st

from dashboard.period import DEFAULT, LAST_DAYS, custom, days_of
from dashboard.shell.frame import Frame
from dashboard.shell.panel import go

OWN: str = "own"
"""Stands for days that the reader names."""
EARLIEST = date(2018, 1, 1)


def one_of(found: Frame, label: str, field: str, names: Mapping[str, str]) -> None:
    """One of several; ``names``: what each value is called. The key holds the address, so that the way back shows what was then."""
    now = str(getattr(found.context.place, field))
    values = list(names)
    at = values.index(now) if now in values else 0
    chosen = st.selectbox(label, values, at, format_func=names.__getitem__, key=f"choose-{field}-{now}")
    if chosen is not None and chosen != values[at]:
        go(found.context.place.link(**{field: chosen}))


def some_of(found: Frame, label: str, field: str, names: Mapping[str, str]) -> None:
    """Any number of several; none stands for all."""
    text = str(getattr(found.context.place, field))
    now = [one for one in text.split(",") if one in names]
    chosen = st.multiselect(
        label,
        list(names),
        now,
        format_func=names.__getitem__,
        placeholder=found.context.say("All"),
        key=f"choose-{field}-{text}",
    )
    if set(chosen) != set(now):
        go(found.context.place.link(**{field: ",".join(one for one in names if one in chosen)}))


def office(found: Frame, label: str, key: str, now: str, chosen: Callable[[str], None]) -> None:
    """An office by its name (or code); where several are called so, the reader picks one. Empty stands for all."""
    say, shown = found.context.say, found.context.issuer(now) if now else ""
    typed = st.text_input(label, shown, placeholder=say("All issuers"), key=f"office-{key}-{now}", max_chars=60).strip()
    if typed == shown:
        return
    if not typed:
        chosen("")
        return
    hits = found.shared.index.offices(typed, found.context.place.area)
    if len(hits) == 1 or (hits and typed in (hits[0].name, hits[0].code)):
        chosen(hits[0].code)
    elif hits:
        names = {one.code: found.context.issuer(one.code) for one in hits}
        picked = st.selectbox(
            say("Which of them?"), list(names), None, format_func=names.__getitem__, placeholder=say("Choose one"),
            key=f"which-{key}-{typed}",
        )  # fmt: skip
        if picked:
            chosen(picked)
    else:
        st.warning(say("No office is called {q}. Type a part of its name, such as 教育局.", q=typed))


def period(
    found: Frame, label: str, key: str, now: str, today: date, *, years: bool, chosen: Callable[[str], None]
) -> None:
    """A period: the last days, this year, or days that the reader names; ``years``: also the same days of the year before."""
    say = found.context.say
    plain, back, _ = now.partition("-1y") if now.endswith("-1y") else (now, "", "")
    names = {
        "7d": say("Last 7 days"),
        "30d": say("Last 30 days"),
        "90d": say("Last 90 days"),
        "year": say("This year"),
        OWN: say("Days of my own"),
    }
    values: Sequence[str] = list(names)
    state = plain if plain in (*LAST_DAYS, "year") else OWN
    picked = st.selectbox(label, values, values.index(state), format_func=names.__getitem__, key=f"period-{key}-{now}")
    if picked is not None and picked != state:
        chosen((custom(*days_of(plain, today)) if picked == OWN else picked) + back)
    if state == OWN:
        first, last = days_of(plain, today)
        days = st.date_input(
            say("From – to"),
            (first, last),
            min_value=EARLIEST,
            max_value=today + timedelta(days=366),
            format="YYYY-MM-DD",
            key=f"days-{key}-{now}",
        )
        if isinstance(days, tuple) and len(days) == 2 and days != (first, last):
            chosen(custom(*days) + back)
    if years and st.checkbox(say("The same days a year before"), bool(back), key=f"back-{key}-{now}") != bool(back):
        chosen((plain or DEFAULT) + ("" if back else "-1y"))
