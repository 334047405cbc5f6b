"""Who carries most and who causes most: units by load received, issuers by load caused.

Pure. Flows in: a Context and a survey. Flows out: HTML. Units are ranked by what is asked of them, never by what they do.
"""

from __future__ import annotations

from dashboard.data.snapshot import Survey
from dashboard.place import UNIT_DIGITS
from dashboard.views.context import Context
from dashboard.views.markup import Html, bar, card, html, link, tag


def hotspots(context: Context, survey: Survey) -> Html:
    """The units of a tier with most load in the period; empty inside a township, whose villages are listed as places."""
    say, place = context.say, context.place
    if len(place.area) >= UNIT_DIGITS:
        return Html("")
    tabs = [
        link(
            place.link(tier=tier),
            say({"township": "Townships", "village": "Villages"}[tier]),
            aria_current="true" if tier == place.tier else None,
        )
        for tier in ("township", "village")
    ]
    switch = tag("div", tabs, class_="choice small", role="group", aria_label=say("Level"))
    highest = max((one.value for one in survey.hotspots), default=0)
    rows = [
        tag(
            "li", tag("span", str(n), class_="place"),
            tag("div", context.go(one.code), tag("span", context.path(one.code), class_="path"), bar(one.value / highest), class_="who"),
            tag("b", say.hours(one.value), title=say.exact(one.value)),
        )
        for n, one in enumerate(survey.hotspots, start=1)
    ]  # fmt: skip
    body = tag("ol", rows) if rows else tag("p", say("Nothing landed in this period."), class_="none")
    note = say("Person-hours asked of one unit in the period. This ranks what is asked of units, not what they do.")
    return card(
        say("Units under most load"),
        switch,
        body,
        note=note,
        source=context.source(survey.at_us),
        aside=say("person-hours"),
        key="hotspots",
    )


def issuers(context: Context, survey: Survey) -> Html:
    """The issuers whose demands cost most in the area and period."""
    say = context.say
    highest = max((one.likely for one in survey.issuers), default=0)
    rows = []
    for n, one in enumerate(survey.issuers, start=1):
        detail = say(
            "{low} – {high} · landed {n} times",
            low=say.hours(one.low),
            high=say.hours(one.high),
            n=say.short(one.receipts),
        )
        who = tag(
            "div",
            tag("span", context.to_issuer(one.issuer), class_="name"),
            tag("span", detail, class_="path"),
            bar(one.likely / highest if highest else 0, "warm"),
            class_="who",
        )
        rows.append(
            tag(
                "li",
                tag("span", str(n), class_="place"),
                who,
                tag("b", say.hours(one.likely), title=say.exact(one.likely)),
            )
        )
    body = tag("ol", rows) if rows else tag("p", say("Nothing landed in this period."), class_="none")
    note = say(
        "Person-hours that an issuer's demands cost all units reached in this area, bureaus included: likely value, and the interval "
        "between the low and the high estimate below the name."
    )
    return card(
        context.around(say("Issuers by load caused")),
        body,
        note=note,
        source=context.source(survey.at_us),
        aside=html(say("person-hours")),
        key="issuers",
    )
