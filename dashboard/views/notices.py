"""Pages without figures: no event yet, no access, store away. Each says what to do.

Pure. Flows in: a Context. Flows out: HTML.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from dashboard.place import Place
from dashboard.views.context import Context
from dashboard.views.markup import Html, card, html, link, tag
from dashboard.words import Words, moment

EXAMPLE = {
    "specversion": "1.0", "id": "first-1", "source": "//oa.example.cn/510000/education", "type": "burden.request.issued.v1",
    "data": {
        "issuer": "510000-education", "title": "报送学生人数", "reach": {"areas": ["510104"], "tiers": ["township"]}, "effort_minutes": 90,
    },
}  # fmt: skip


def welcome(context: Context, now_us: int) -> Html:
    """What a new installation shows: how to send the first event."""
    say, unit = context.say, "510104017"
    event = EXAMPLE | {"time": moment(now_us).isoformat(timespec="seconds")}
    command = (
        f"curl -X POST {context.settings.api_shown}/v1/events \\\n"
        '  -H "Authorization: Bearer $TOKEN" \\\n'
        "  -H 'Content-Type: application/cloudevents+json' \\\n"
        f"  -d '{json.dumps(event, ensure_ascii=False)}'"
    )
    see = link(context.place.link(unit=unit, area=unit), context.name(unit))
    return card(
        say("No event has arrived yet"),
        tag("p", say("Send the first one; the token was printed when the system started. Within a second the load of each unit reached moves:")),
        tag("pre", command),
        tag("p", say("This demand reaches the townships of a district of Chengdu. Watch one of them: "), see),
        key="welcome",
    )  # fmt: skip


def no_access(context: Context) -> Html:
    """Said to someone who asks for what lies outside their area."""
    say = context.say
    text = tag("p", say("This place lies outside the area that you may see."))
    return tag(
        "div",
        card(
            say("No access"),
            text,
            tag("p", link(context.place.link(area=context.home, unit="", q=""), say("To the first page"))),
            key="access",
        ),
        class_="bw",
    )


def no_store(context: Context, why: str) -> Html:
    """Said while the store does not answer and there are no earlier figures to show."""
    say = context.say
    first = why.splitlines()[0][:200] if why else ""
    text = say(
        "The store does not answer. This page goes on by itself as soon as it does; `burdenwatch doctor` says what is wrong."
    )
    return tag(
        "div",
        card(say("No figures at the moment"), tag("p", text), tag("p", tag("code", first)), key="store"),
        class_="bw",
    )


def unknown(context: Context) -> Html:
    """Said when the address names a division that does not exist."""
    if not context.unknown:
        return Html("")
    text = context.say("There is no place with the code {code}; this is the nearest page.", code=context.unknown)
    return html(tag("p", text, class_="hint", role="alert"))


def strange(context: Context, misread: Sequence[str], lost: str, *, no_issuer: bool, no_rule: bool) -> Html:
    """Said when the address names an issuer or a rule that does not exist, or something that is no code at all."""
    say, place = context.say, context.place
    texts = [say("“{value}” in the address is not understood and was passed over.", value=value) for value in misread]
    if lost:
        texts.append(say("There is no page {page} here; this is the first one.", page=lost))
    if no_issuer:
        texts.append(say("There is no issuer with the code {code}. Search for its name above.", code=place.issuer))
    if no_rule:
        texts.append(say("There is no rule {code}. All rules stand on the page of the rules.", code=place.rule))
    return html(*(tag("p", text, class_="hint", role="alert") for text in texts))


def no_page(context: Context) -> Html:
    """Said to someone who guesses the address of a page that is not for their role."""
    say = context.say
    first = context.viewer.pages[0] if context.viewer else "situation"
    home = context.place.link(area=context.home, unit="", q="")
    back = link(f"{'./' if first == 'situation' else first}{home}", say("To the first page"))
    body = tag("p", say("This page is not for your role."))
    return tag("div", card(say("No access"), body, tag("p", back), key="access"), class_="bw")


def sign_in(say: Words, place: Place, *, oidc: bool) -> Html:
    """Said to someone who has not signed in; the script remembers where they wanted to go (``data-wanted``)."""
    body = (
        tag("p", link(f"signin{place.link()}", say("Sign in"), class_="button"))
        if oidc
        else tag("p", say("The proxy in front of this page did not say who you are. Ask whoever runs it."))
    )
    found = card(say("Burdenwatch"), tag("p", say("Sign in to see the load.")), body, key="signin")
    return tag("div", found, class_="bw", data_wanted="ask")


def nobody(say: Words, who: str) -> Html:
    """Said to someone who signed in and whom the access file does not know."""
    text = say("{who} has no role here. Ask whoever runs this installation to enter it in the access file.", who=who)
    out = tag("p", link("signout?", say("Sign out")))
    return tag("div", card(say("No access"), tag("p", text), out, key="access"), class_="bw")


def away(say: Words, place: Place, minutes: int) -> Html:
    """Said to someone who did nothing for too long."""
    text = say("Nothing was done here for {n} minutes, so you were signed out.", n=minutes)
    on = tag("p", link(place.link(), say("Go on")))
    return tag("div", card(say("Signed out"), tag("p", text), on, key="away"), class_="bw")


def mishap(say: Words, place: Place, number: str) -> Html:
    """Said when a page failed."""
    text = say(
        "This page failed. It was written down as number {number}; whoever runs this installation finds it in the log.",
        number=number,
    )
    again = tag("p", link(place.link(), say("Try again")))
    return tag("div", card(say("Something went wrong"), tag("p", text), again, key="mishap"), class_="bw")
