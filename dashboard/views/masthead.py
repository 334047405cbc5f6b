"""The head of the page: name, search, language, where the reader is, and how fresh everything is.

Pure. Flows in: a Context, a pulse, search hits, the time. Flows out: HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from dashboard.data.search import Hit
from dashboard.period import chosen_days
from dashboard.place import MEASURES, PERIODS
from dashboard.specs import PAGES, ROLES, SEES
from dashboard.views.context import AS_OF, Context
from dashboard.views.markup import Html, html, link, tag
from streams.store.answers import Health
from streams.store.scope import Role

STALE_US = 120_000_000
"""Data older than this is called old."""
MARK = Html(
    '<svg viewBox="0 0 40 40" class="mark" aria-hidden="true"><rect width="40" height="40" rx="9"/>'
    '<path d="M9 29h22M12 29V19M18 29V13M24 29V21M30 29V10"/></svg>'
)


def masthead(context: Context, health: Health | None, at_us: int, failed: str, now_us: int) -> Html:
    """The first line of the page; ``health`` None for readers who see no area as a whole."""
    say = context.say
    name = tag(
        "div",
        tag("strong", say("Burdenwatch")),
        tag("span", say("Load on townships and villages, live")),
        class_="name",
    )
    field = tag(
        "input", type="search", name="q", value=context.place.q or None, autocomplete="off",
        placeholder=say("Find a place or an office: name or code"), aria_label=say("Find a place or an office: name or code"),
    )  # fmt: skip
    form = tag("form", field, class_="search", role="search", data_base=context.place.link(q="", unit=""))
    other = "en" if say.lang == "zh" else "zh"
    switch = link(context.place.link(lang=other), {"en": "English", "zh": "中文"}[other], class_="lang", lang=other)
    brand = link(f"./{context.place.link(area=context.home, unit='', q='', note='')}", MARK, name, class_="brand")
    fresh = Html("") if health is None or context.place.at else freshness(context, health, at_us, failed, now_us)
    head = tag("div", brand, form, fresh, switch, class_="masthead", role="banner")
    return html(head, tag("div", pages(context), whoami(context), class_="rooms"), as_of(context))


def as_of(context: Context) -> Html:
    """A band on pages of an instant, with the way back to now; or what is wrong with the instant that was asked for."""
    say, at = context.say, context.place.at
    if context.misread:
        text = say(
            "{text} is no instant of the past. Write at=2026-11-23T18:00 (Beijing time), or with a zone: at=2026-11-23T10:00Z. Shown is now.",
            text=context.misread,
        )
        return tag("div", tag("p", text), class_="hits", role="status")
    if not at:
        return Html("")
    words = tag("b", say("As of {time}, Beijing time", time=at.replace("T", " ")))
    back = link(context.place.link(at=""), say("Back to now"), class_="act")
    return tag(
        "div", tag("p", words, " ", tag("span", say(AS_OF), class_="path"), " ", back), class_="asof", role="status"
    )


def pages(context: Context) -> Html:
    """The pages that there are, each about the place that the reader is at."""
    say = context.say
    plain = context.place.plain.link()
    allowed = context.viewer.pages if context.viewer else tuple(PAGES)
    links = [
        link((page if page != "situation" else "./") + plain, say(name),
             aria_current="page" if page == (context.page or "situation") else None)
        for page, name in PAGES.items() if page in allowed
    ]  # fmt: skip
    return tag("nav", links, class_="pages", aria_label=say("Pages"))


def whoami(context: Context) -> Html:
    """Who is looking and as what; in demo mode the roles that may be tried on, else the way out."""
    say, viewer = context.say, context.viewer
    if viewer is None:
        return Html("")
    if not viewer.demo:
        who = tag("span", tag("b", viewer.scope.who), " · ", say(f"role {viewer.scope.role}"))
        out = link("signout?", say("Sign out")) if context.settings.access == "oidc" else Html("")
        return tag("div", who, out, class_="whoami")
    kept = {"lang": context.place.lang} | ({"at": context.place.at} if context.place.at else {})
    chips = [
        link(f"{_page(role)}?{urlencode({'role': role} | kept)}", say(f"role {role}"),
             aria_current="location" if role == viewer.scope.role else None)
        for role in ROLES
    ]  # fmt: skip
    words = tag("span", say("Demo: look as"), class_="path")
    return tag("div", words, chips, class_="whoami", role="group", aria_label=say("Demo: look as"))


def _page(role: Role) -> str:
    first = SEES[role][0]
    return "./" if first == "situation" else first


def freshness(context: Context, health: Health, at_us: int, failed: str, now_us: int) -> Html:
    """Whether the figures are live, and how old the newest event is."""
    say, newest = context.say, health.newest_admitted_us
    age = None if newest is None else max(0, now_us - newest)
    state = "down" if failed else "empty" if age is None else "old" if age > STALE_US else "live"
    word = {"down": "Store not reachable", "empty": "Waiting for data", "old": "No new events", "live": "Live"}[state]
    detail = say("newest event {age} ago", age=say.age(age)) if age is not None else say("no event yet")
    if failed:
        detail = say("figures of {time}", time=say.clock(at_us))
    return tag(
        "div", tag("i", class_="dot", aria_hidden="true"), tag("b", say(word)), tag("span", detail),
        class_=f"fresh {state}", role="status",
    )  # fmt: skip


def whereabouts(context: Context, *, periods: tuple[int, ...] = PERIODS, measured: bool = True) -> Html:
    """Breadcrumb, and the choices of period (none where no ``periods`` are named) and measure."""
    say, place = context.say, context.place
    codes = [code for code in (*context.above(place.area), place.area) if code.startswith(context.home)]
    if place.unit and place.unit != place.area:
        codes = list(dict.fromkeys([*codes, place.unit]))
    *above, here = codes
    trail = [html(context.go(code), tag("i", "›", aria_hidden="true")) for code in above]
    crumbs = tag("nav", trail, tag("h1", context.name(here)), class_="crumbs", aria_label=say("Where you are"))
    spans = [
        link(place.link(days=days, range=""), say({1: "Today", 7: "7 days", 30: "30 days", 90: "90 days"}[days]),
             aria_current="true" if days == place.days and not place.range else None)
        for days in periods
    ]  # fmt: skip
    if spans and (chosen := chosen_days(place.range)):
        text = f"{say.day(chosen[0])} – {say.day(chosen[1])}"
        spans.append(link(place.link(range=""), text, " ×", aria_current="true", title=say("Back to the last days")))
    measures = [
        link(place.link(by=by), say({"unit": "Mean per unit", "total": "Total"}[by]),
             aria_current="true" if by == place.by else None)
        for by in (MEASURES if measured else ())
    ]  # fmt: skip
    choices = tag(
        "div",
        tag("div", spans, class_="choice", role="group", aria_label=say("Period")) if spans else "",
        tag("div", measures, class_="choice", role="group", aria_label=say("Measure")) if measures else "",
        class_="choices",
    )
    return tag("div", crumbs, choices, class_="whereabouts")


def results(context: Context, hits: Sequence[Hit]) -> Html:
    """What the search found."""
    say = context.say
    if not context.place.q:
        return Html("")
    if not hits:
        text = say("Nothing is called {q}. Type a part of a name, or the code of a village.", q=context.place.q)
        return tag("div", tag("p", text), class_="hits", role="status")
    rows = [
        _office(context, hit) if hit.is_office else context.go(
            hit.code, tag("b", context.name(hit.code)), tag("span", " › ".join(context.name(c) for c in context.above(hit.code))),
            tag("code", hit.code),
        )
        for hit in hits
    ]  # fmt: skip
    close = link(context.place.link(q=""), say("Close"), class_="close")
    return tag("div", tag("p", say("Found for {q}", q=context.place.q), close), rows, class_="hits", role="status")


def _office(context: Context, hit: Hit) -> Html:
    """An office that was found: to what it causes."""
    href = f"issuer{context.place.plain.link(issuer=hit.code, unit='')}"
    where = " › ".join(context.name(code) for code in (*context.above(hit.area), hit.area) if code) if hit.area else ""
    return link(
        href, tag("b", context.issuer(hit.code)), tag("span", context.say("office"), " ", where), title=hit.code
    )
