"""The health page: what runs, what comes in, what was refused and why, which versions, what to do; and who looked.

Pure. Flows in: a Context, a sheet. Flows out: HTML.
"""

from __future__ import annotations

import re
from typing import Final

from dashboard.data.board import Answer
from dashboard.data.sheets.health import HealthSheet
from dashboard.place import FINDING, ISSUER, RULE
from dashboard.specs import PAGES
from dashboard.views.context import Context
from dashboard.views.markup import Html, card, html, tag
from streams.alerts.cases import VERBS
from streams.store.parts import PartState

QUIET_US: Final = 5 * 86_400_000_000
BEHIND: Final = 10_000


def operations(context: Context, answer: Answer[HealthSheet]) -> Html:
    """The whole page below its head."""
    found = answer.value
    left = tag(
        "div",
        advice(context, found),
        parts(context, found),
        workers(context, found),
        refused(context, found),
        class_="stack2",
    )
    right = tag("div", reach(context, found), versions(context, found), feeds(context, found), class_="stack2")
    audit = deeds(context, found)
    return tag(
        "div", tag("div", left, right, class_="row wide-left"), audit, class_="bw stale" if answer.failed else "bw"
    )


def advice(context: Context, found: HealthSheet) -> Html:
    """What to do about what is not in order."""
    say, health = context.say, found.health
    wrong: list[tuple[str, str]] = []
    for part in found.parts:
        if not part.is_ok:
            wrong.append((f"{part_name(context, part)}: {condition(context, part)}", "burdenwatch doctor"))
    for death in found.deaths:
        wrong.append(
            (
                say("{part} died {n} times within ten minutes.", part=say(death.name), n=death.items),
                "burdenwatch doctor",
            )
        )
    for fault in found.faults:
        text = say("Rule “{rule}” cannot be asked. All other rules go on.", rule=context.rule(fault.rule))
        wrong.append((text, f"burdenwatch rules check # {fault.error}"))
    lag = sum(one.lag for one in health.lags)
    if lag > BEHIND:
        wrong.append(
            (
                say("{n} events wait. Start a second worker, or look whether the store is slow.", n=say.number(lag)),
                "python -m streams.agents.worker",
            )
        )
    if health.refused:
        top = max(health.refused, key=lambda one: one.n)
        wrong.append(
            (
                say(
                    "Most refusals: {reason}. Tell the sender; the refused topic holds each with its reason.",
                    reason=context.refusal(top.code),
                ),
                "burdenwatch doctor",
            )
        )
    if found.feeds and found.at_us - found.feeds[0].last_us > QUIET_US:
        wrong.append((say("Some feeds have been silent for days. Silence is missing coverage, not less burden."), ""))
    rows = [
        tag("li", tag("span", f"! {text}", class_="name"), tag("code", command) if command else "")
        for text, command in wrong
    ]
    body = (
        tag("ol", rows, class_="plainlist")
        if rows
        else tag("p", f"✓ {say('Nothing to do: everything is in order.')}", class_="none")
    )
    return card(say("What to do"), body, source=context.source(found.at_us), key="advice")


def _table(head: list[str], rows: list[Html], numbers: range = range(0)) -> Html:
    cells = tag(
        "tr", *(tag("th", cell, scope="col", class_="num" if n in numbers else None) for n, cell in enumerate(head))
    )
    return tag("div", tag("table", tag("thead", cells), tag("tbody", rows)), class_="table", tabindex="0")


PART_NAMES: Final = {
    "admit": "Admission of events", "tally": "Counting of loads", "event": "Rules on single demands", "load": "Rules on loads",
    "relation": "Rules on demands together", "quota": "Rules on quotas", "absence": "Rules on what did not come",
    "alerts": "Deciding on alerts", "deliveries": "Delivering alerts",
}  # fmt: skip


def part_name(context: Context, part: PartState) -> str:
    """What a part does, in words."""
    return context.say(PART_NAMES[part.name])


def condition(context: Context, part: PartState) -> str:
    """How a part is doing, in words."""
    say = context.say
    if part.condition == "ok":
        return say("in order")
    if part.condition == "never":
        return say("nothing completed within a day")
    if part.condition == "still":
        return say("{n} events wait and none is taken", n=say.number(part.waiting))
    return say("last completed {age} ago", age=say.age(part.age_s * 1_000_000))


def parts(context: Context, found: HealthSheet) -> Html:
    """Each part by what it last completed."""
    say = context.say
    rows = [
        tag(
            "tr",
            tag("td", part_name(context, part)),
            tag("td", f"{'✓' if part.is_ok else '!'} {condition(context, part)}"),
            tag("td", say.age(part.age_s * 1_000_000) if part.at_us else "–"),
            tag("td", say.number(part.waiting) if part.part == "worker" else "–", class_="num"),
        )
        for part in found.parts
    ]
    head = [say(word) for word in ("Part", "Condition", "Last completed before", "Waiting")]
    note = say("A part is in order when it completed a round lately, not because its process runs.")
    return card(
        say("Parts"), _table(head, rows, range(3, 4)), note=note, source=context.source(found.at_us), key="parts"
    )


def workers(context: Context, found: HealthSheet) -> Html:
    """Each part and partition."""
    say = context.say
    rows = [
        tag(
            "tr",
            tag("td", say(PART_NAMES.get(one.component, one.component))),
            tag("td", say.number(one.partition), class_="num"),
            tag("td", say.number(one.lag), class_="num"),
            tag("td", say.number(one.rate, 1), class_="num"),
            tag("td", say.age(max(0, found.at_us - one.at_us))),
        )
        for one in found.health.lags
    ]
    head = [say(word) for word in ("Part", "Partition", "Lag", "Events/s", "Reported before")]
    body = (
        _table(head, rows, range(1, 4))
        if rows
        else tag("p", say("no worker has reported within the hour"), class_="none")
    )
    note = say("Lag: events taken in and not yet in the figures. Each worker reports every few seconds.")
    return card(say("Workers"), body, note=note, source=context.source(found.at_us), key="workers")


def refused(context: Context, found: HealthSheet) -> Html:
    """Why events were refused in the last 24 hours."""
    say = context.say
    rows = [
        tag(
            "tr",
            tag("td", context.refusal(one.code)),
            tag("td", source_name(context, one.source)),
            tag("td", say.number(one.n), class_="num"),
        )
        for one in found.health.refused
    ]
    body = (
        _table([say(word) for word in ("Reason", "Source", "Events")], rows, range(2, 3))
        if rows
        else tag("p", say("every event was understood"), class_="none")
    )
    note = say(
        "Refused events of the last 24 hours. Each is kept with its reason; the body of anything marked secret is not."
    )
    return card(say("Refused events"), body, note=note, source=context.source(found.at_us), key="refusals")


def reach(context: Context, found: HealthSheet) -> Html:
    """How many units were heard of."""
    say = context.say
    rows = [
        tag(
            "li",
            tag(
                "div",
                tag("span", say(f"tier {tier}"), class_="name"),
                tag(
                    "span",
                    say("{reached} of {units}", reached=say.number(one.reached), units=say.number(one.units)),
                    class_="path",
                ),
                class_="who",
            ),
            tag("b", say.percent(one.share, 1)),
        )
        for tier, one in found.coverage
    ]
    note = say(
        "Units of the area that any demand reached in the last 30 days. What is not covered is unknown, not idle."
    )
    return card(say("Coverage"), tag("ol", rows), note=note, source=context.source(found.at_us), key="reach")


def versions(context: Context, found: HealthSheet) -> Html:
    """What runs here."""
    say = context.say
    listed = tag(
        "dl",
        *(html(tag("dt", say(f"version {name}")), tag("dd", value)) for name, value in found.versions),
        class_="factlist",
    )
    return card(say("Versions"), listed, key="versions")


def feeds(context: Context, found: HealthSheet) -> Html:
    """Sources, the longest silent first; only for those who may see them."""
    say = context.say
    if not found.feeds:
        return Html("")
    rows = [
        tag(
            "tr",
            tag("td", source_name(context, one.source)),
            tag("td", say.number(one.issued), class_="num"),
            tag(
                "td",
                say.age(max(0, found.at_us - one.last_us)),
                class_="late" if found.at_us - one.last_us > QUIET_US else None,
            ),
        )
        for one in found.feeds
    ]
    note = say("Sources of the last 30 days, the longest silent first.")
    body = _table([say(word) for word in ("Source", "Demands, 30 days", "Heard before")], rows, range(1, 2))
    return card(say("Feeds"), body, note=note, source=context.source(found.at_us), key="feedlist")


SENDER: Final = re.compile(r".*/([0-9]{6})[/-]([a-z][a-z-]*)", re.ASCII)
FILE: Final = re.compile(r".*\.(csv|xlsx|docx|pdf)", re.ASCII)


def source_name(context: Context, source: str) -> Html:
    """Who reports from a source, by name where its address says it; else the address, as what it is."""
    body = SENDER.fullmatch(source)
    code = f"{body[1]}-{body[2]}" if body else ""
    name = context.issuer(code) if code else ""
    if name and name != code:
        return tag("span", name, title=source)
    return tag("code", source.removeprefix("//").replace("/", " / "), title=source) if source else html("–")


def about(context: Context, detail: str) -> str:
    """What somebody looked at, in words; what is a name for machines alone stands one hover away."""
    say = context.say
    if not detail:
        return ""
    if RULE.fullmatch(detail):
        return context.rule(detail)
    if ISSUER.fullmatch(detail):
        return context.issuer(detail)
    verb, _, rest = detail.partition(" ")
    if FINDING.fullmatch(rest or verb):
        return say(f"act {verb}") if rest and verb in VERBS else say("a finding")
    if ending := FILE.fullmatch(detail):
        return say("a file ({form})", form=ending[1].upper())
    return say("more in the tooltip") if re.search(r"[A-Za-z0-9]", detail) else detail


def deeds(context: Context, found: HealthSheet) -> Html:
    """Who looked at what; operators alone get it."""
    say = context.say
    if not found.deeds:
        return Html("")
    rows = [
        tag(
            "tr",
            tag("td", say.when(one.at_us, found.at_us)),
            tag("td", one.who),
            tag("td", say(f"role {one.role}") if one.role else "–"),
            tag("td", say(f"deed {one.deed}")),
            tag("td", say(PAGES[one.page]) if one.page in PAGES else one.page),
            tag("td", context.name(one.area), title=one.area or None),
            tag("td", about(context, one.detail), title=one.detail or None),
        )
        for one in found.deeds
    ]
    head = [say(word) for word in ("When", "Who", "Role", "Deed", "Page", "Area", "About")]
    note = say("Views, exports, acts and refusals, the newest first. Kept for three years; shown to operators alone.")
    return card(
        say("Who looked at what"), _table(head, rows), note=note, source=context.source(found.at_us), key="deeds"
    )
