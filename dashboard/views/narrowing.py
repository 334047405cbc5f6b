"""How the desk's list is narrowed, kept, ticked and acted on together.

Pure. Flows in: a Context, how cases stand, filters that the reader keeps. Flows out: HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, urlencode

from dashboard.data.sheets.caseload import Caseload
from dashboard.place import SIFTING, STATES, Place, read_place
from dashboard.views.context import Context
from dashboard.views.markup import Html, html, link, tag
from streams.desk.acting import OVERSIGHT
from streams.store.findings import NOBODY
from streams.store.saved import SavedFilter

TOGETHER: Final = ("acknowledge", "assign", "ask", "close")
"""What can be done with many cases at once: acts that need no reasons of their own."""
EMPTY: Final = dict.fromkeys((*SIFTING, "rule", "layer", "issuer"), "")


def may_act(context: Context) -> bool:
    """Whether the reader may act on cases here: else nothing is offered."""
    return context.viewer is not None and context.viewer.scope.role in OVERSIGHT and context.settings.desk() is not None


def is_narrowed(place: Place) -> bool:
    """Whether anything but the area narrows the list."""
    return any(getattr(place, name) for name in EMPTY)


def narrowed(context: Context, cases: Caseload, kept: Sequence[SavedFilter]) -> Html:
    """One click each: mine, due, overdue, by state; and the filters that the reader keeps."""
    say, place = context.say, context.place
    who = context.viewer.scope.who if context.viewer else ""
    chips = [
        _chip(context, say("Assigned to me"), cases.owners.get(who, 0), "mine", owner=who),
        _chip(context, say("desk due"), cases.due("due", place.owner), "due", due="due"),
        _chip(context, say("Overdue"), cases.due("overdue", place.owner), "overdue", due="overdue"),
    ]
    states = [
        _chip(context, say(f"case {state}"), cases.states.get(state), state, state=state)
        for state in STATES
        if state == "new" or cases.states.get(state) or place.state == state
    ]
    rest = link(f"desk{place.link(**EMPTY)}", say("Take all choices away"), class_="act") if is_narrowed(place) else ""
    own = (
        tag("div", tag("span", say("My filters"), class_="path"), _kept(context, kept), class_="chips") if kept else ""
    )
    return tag(
        "section",
        tag("div", chips, states, rest, class_="chips"),
        own,
        class_="narrowing",
        aria_label=say("Narrow the list"),
    )


def _chip(context: Context, name: str, count: int | None, key: str, **change: str) -> Html:
    """``count`` None: not counted. A second click takes the choice away."""
    place = context.place
    on = all(getattr(place, field) == value and value for field, value in change.items())
    href = place.link(**(dict.fromkeys(change, "") if on else change))
    number = tag("b", context.say.number(count)) if count is not None else ""
    return link(f"desk{href}", name, " ", number, data_key=key, aria_current="true" if on else None)


def _kept(context: Context, kept: Sequence[SavedFilter]) -> list[Html]:
    say = context.say
    made = []
    for one in kept:
        there = read_place(dict(parse_qsl(one.address)), context.home, context.place.lang)
        href = there.link(lang=context.place.lang, role=context.place.role)
        away = link(
            f"filter?{urlencode({'gone': one.name})}",
            "×",
            title=say("Forget this filter"),
            aria_label=say("Forget this filter"),
        )
        made.append(tag("span", link(f"desk{href}", one.name), away, class_="kept"))
    return made


def address_of(place: Place) -> str:
    """What is kept of an address: the choices, not the language, the role or one finding."""
    return place.link(lang=Place.lang, role="", finding="", q="", note="", past="").removeprefix("?")


def tick_all(context: Context) -> Html:
    """The head of the column of tick boxes; nothing for those who may not act."""
    if not may_act(context):
        return Html("")
    box = tag("input", type="checkbox", data_all=True, aria_label=context.say("Tick all"))
    return tag("th", box, class_="tick")


def tick(context: Context, value: str, about: str) -> Html:
    """A tick box: ``value`` is a finding, or RULE~WHO for a group."""
    if not may_act(context):
        return Html("")
    name = context.say("Tick: {what}", what=about)
    return tag(
        "td", tag("input", type="checkbox", name="pick", value=value, data_key=value, aria_label=name), class_="tick"
    )


def together(context: Context) -> Html:
    """What is done with everything that is ticked."""
    if not may_act(context):
        return Html("")
    say = context.say
    verbs = [tag("option", say(f"act {verb}"), value=verb) for verb in TOGETHER]
    words = say("In charge (to assign)"), say("Note, may stay empty")
    return tag(
        "form",
        tag("label", say("With all that are ticked"), " ", tag("select", verbs, name="verb")),
        *(
            tag("input", type="text", name=name, maxlength=200, placeholder=text, aria_label=text)
            for name, text in zip(("owner", "note"), words, strict=True)
        ),
        tag("button", say("Do it"), type="submit", class_="print"),
        class_="bulk tools",
        data_wish="bulk",
        data_keep=True,
    )


def histories(context: Context, rule: str, issuer: str) -> Html:
    """The way to what was found by a rule, and about an office, before."""
    say, place = context.say, context.place
    blank = dict.fromkeys(EMPTY, "") | {"finding": ""}
    ways = [
        link(f"desk{place.link(**blank | {'past': 'rule', 'rule': rule})}", say("History of the rule"), class_="past")
    ]
    if issuer and issuer != NOBODY:
        ways.append(
            link(
                f"desk{place.link(**blank | {'past': 'issuer', 'issuer': issuer})}",
                say("History of the office"),
                class_="past",
            )
        )
    return html(*ways)
