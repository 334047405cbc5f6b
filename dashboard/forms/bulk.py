"""Acts on everything that is ticked on the desk, case by case; and the filters that a reader keeps.

Flows in: what was ticked and chosen. Flows out: acts and filters in the store, each case's outcome in words. Touches the page being drawn, and
the store through a user that may write acts and filters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

import streamlit as st
from clickhouse_connect.driver.exceptions import ClickHouseError

from dashboard.data.sheets.desk import DeskSheet, FindingSheet, TickedSheet
from dashboard.forms.choices import office
from dashboard.place import FINDING, RULE
from dashboard.shell.frame import Frame
from dashboard.shell.installation import now_us
from dashboard.shell.panel import go
from dashboard.views.markup import Html, html, link, tag
from dashboard.views.narrowing import TOGETHER, address_of, may_act
from streams.calendars import Calendar
from streams.desk.acting import ActWish, acted
from streams.store import OutOfScope
from streams.store.findings import NOBODY
from streams.store.saved import LONGEST_NAME, SavedFilter, insert_saved_filter

MOST: Final = 200
"""Cases that one click acts on; the others stay, which is said."""
WHO: Final = re.compile(r"[0-9]{2,12}|[0-9]{6}-[a-z][a-z-]{0,40}|none", re.ASCII)


class Outcome(NamedTuple):
    """What became of one case; ``fault`` '' where the act was written."""

    finding: str
    about: str
    fault: str


def picked(found: Frame, picks: str) -> Iterator[tuple[str, str]]:
    """Findings that were ticked, with what they are called, those of a group by the group's filter; made-up values are left out."""
    place = found.context.place
    for one in picks.split(","):
        rule, _, who = one.partition("~")
        if FINDING.fullmatch(one):
            wanted = replace(place, finding=one)
        elif RULE.fullmatch(rule) and WHO.fullmatch(who):
            by_place = who.isdecimal()
            wanted = replace(
                place, rule=rule, area=who if by_place else place.area, issuer="" if by_place else who, finding=""
            )
        else:
            continue
        for row in found.shared.board.once(TickedSheet, found.viewer.scope, wanted).rows:
            yield row.last.finding, f"{found.context.name(row.last.place)} {row.title[found.context.say.lang]}"


def done_together(found: Frame, asked: Mapping[str, str]) -> Html:
    """One act on all that is ticked; says how many were done, and of each that was not, why."""
    say, desk, verb = found.context.say, found.shared.desk, asked.get("verb", "")
    if desk is None or not may_act(found.context) or verb not in TOGETHER:
        found.noted("denied", f"{verb} together")
        return _said(say("This is not yours to do."))
    owner, note = asked.get("owner", "").strip(), asked.get("note", "").strip()
    if verb == "assign" and not owner:
        return _said(say("Nothing was done: name who is to be in charge."))
    named = dict(picked(found, asked.get("picks", "")))
    if not named:
        return _said(say("Nothing was done: tick at least one line."))
    wish, calendar, outcomes = ActWish(verb, note, owner if verb == "assign" else ""), Calendar.load(), list[Outcome]()
    for finding, about in list(named.items())[:MOST]:
        try:
            acted(desk, found.viewer.scope, found.shared.registry, calendar, finding, wish, now_us())
        except OutOfScope:
            found.noted("denied", f"{verb} {finding}")
            outcomes.append(Outcome(finding, about, say("This is not yours to do.")))
        except ValueError:
            outcomes.append(Outcome(finding, about, say("The case does not stand so that this can be done.")))
        else:
            found.noted("act", f"{verb} {finding}")
            outcomes.append(Outcome(finding, about, ""))
    for sheet in (DeskSheet, FindingSheet):
        found.shared.board.forget(sheet)
    return _told(found, verb, outcomes, len(named) - len(outcomes))


def _told(found: Frame, verb: str, outcomes: list[Outcome], left: int) -> Html:
    say, faults = found.context.say, [one for one in outcomes if one.fault]
    text = say("{act}: {n} cases done.", act=say(f"act {verb}"), n=say.number(len(outcomes) - len(faults)))
    rows = [
        tag("li", link(f"desk{found.context.place.link(finding=one.finding)}", one.about), ": ", one.fault)
        for one in faults
    ]
    rest = say("{n} more were ticked than one click acts on; do it again for them.", n=say.number(left)) if left else ""
    return _said(text, tag("ul", rows, class_="plainlist") if rows else "", tag("p", rest) if rest else "")


def _said(text: str, *more: str) -> Html:
    return tag("div", tag("section", tag("p", text), html(*more), class_="card outcome", role="status"), class_="bw")


def keep(found: Frame, asked: Mapping[str, str]) -> None:
    """Forgets a kept filter."""
    name, desk = asked.get("gone", ""), found.shared.desk
    if desk is None or not name:
        return
    try:
        insert_saved_filter(desk, found.viewer.scope, SavedFilter(name, ""), now_us(), gone=True)
    except (ValueError, OutOfScope, ClickHouseError):
        st.toast(found.context.say("This could not be kept."))


def narrowing(found: Frame) -> None:
    """The fields that narrow the list: words, office, person in charge; and a name under which the filter is kept."""
    say, place = found.context.say, found.context.place
    try:
        sheet = found.shared.board.sheet(DeskSheet, found.viewer.scope, place).value
    except OutOfScope:
        return
    words, issuer, owner, name = st.columns(4)
    with words:
        text = st.text_input(
            say("Words: title, office, place, rule"), place.text, max_chars=60, key=f"text-{place.text}"
        ).strip()
        if text != place.text:
            go(place.link(text=text))
    with issuer:
        shown = place.issuer if place.issuer != NOBODY else ""
        office(found, say("Issuer"), "desk", shown, lambda code: go(place.link(issuer=code)))
    with owner:
        known = ["", *sorted({*sheet.caseload.owners, *filter(None, (place.owner,))})]
        chosen = st.selectbox(
            say("In charge"), known, known.index(place.owner), format_func=lambda one: one or say("Everybody"),
            key=f"owner-{place.owner}",
        )  # fmt: skip
        if chosen is not None and chosen != place.owner:
            go(place.link(owner=chosen))
    if found.shared.desk is not None and found.viewer.scope.who:
        with name:
            st.text_input(
                say("Keep this filter as"), max_chars=LONGEST_NAME, key="keep-as", on_change=partial(_keep, found),
                placeholder=say("a name, then Enter"),
            )  # fmt: skip


def _keep(found: Frame) -> None:
    name, say = str(st.session_state.get("keep-as", "")).strip(), found.context.say
    if not name or found.shared.desk is None:
        return
    st.session_state["keep-as"] = ""
    try:
        one = SavedFilter(name, address_of(found.context.place))
        insert_saved_filter(found.shared.desk, found.viewer.scope, one, now_us())
    except (ValueError, OutOfScope, ClickHouseError):
        st.toast(say("This could not be kept."))
        return
    st.toast(say("Kept: {name}. It stands under “My filters”.", name=name))
