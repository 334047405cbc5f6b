"""The rules: packs in force, every rule with its limit, what stands open, how often it was right; one rule in full.

Pure. Flows in: a Context, a sheet, the outcome of a backtest. Flows out: HTML.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from dashboard.data.board import Answer
from dashboard.data.sheets.rules import RulesSheet
from dashboard.views.context import Context
from dashboard.views.lists import lists
from dashboard.views.markup import Html, bar, card, html, link, tag
from streams.alerts.evidence import edition_in_words
from streams.rules.backtest import Line
from streams.rules.book import Standing
from streams.rules.facts import day_of
from streams.rules.tables import TABLES
from streams.rules.wording import amount, column, exemption, table
from streams.store.lists import ListHeader


def rules(context: Context, answer: Answer[RulesSheet]) -> Html:
    """The list, or the rule that the address names."""
    found = answer.value
    chosen = next((one for one in found.standing if one.rule.id == context.place.rule), None)
    body = (
        one_rule(context, found, chosen)
        if chosen
        else html(packs(context, found), listing(context, found), lists(context, found))
    )
    return tag("div", body, class_="bw stale" if answer.failed else "bw")


def packs(context: Context, found: RulesSheet) -> Html:
    """Which texts apply here."""
    say = context.say
    rows = []
    for edition, zh, en, count in found.packs:
        version = tag("span", edition_in_words(edition, say.language), class_="path", title=edition)
        name = tag("span", zh if say.lang == "zh" else en, class_="name")
        rows.append(tag("li", tag("div", name, version, class_="who"), tag("b", say("{n} rules", n=say.number(count)))))
    note = say(
        "A lower pack may only tighten what stands above it. The version in force on the day of a demand decides."
    )
    return card(say("Packs in force here"), tag("ol", rows), note=note, source=context.source(found.at_us), key="packs")


def listing(context: Context, found: RulesSheet) -> Html:
    """Every rule in force."""
    say = context.say
    words = ("Rule", "What it is about", "Layer", "Limit", "Open now", "Upheld")
    head = tag(
        "tr", *(tag("th", say(word), scope="col", class_="num" if n > 2 else None) for n, word in enumerate(words))
    )
    rows = [_row(context, found, one) for one in found.standing]
    note = say(
        "Open now: findings that fire about places of the area. Upheld: the share of decided cases in which the finding stood; a rule under 70% "
        "after 30 decisions tells nobody any more."
    )
    return card(
        say("Rules in force"), tag("div", tag("table", tag("thead", head), tag("tbody", rows)), class_="table", tabindex="0"), note=note,
        source=context.source(found.at_us), aside=say("{n} rules", n=say.number(len(found.standing))), key="rulelist",
    )  # fmt: skip


def _title(context: Context, one: Standing) -> str:
    return one.rule.title.zh if context.say.lang == "zh" else one.rule.title.en


def _row(context: Context, found: RulesSheet, one: Standing) -> Html:
    say, rule = context.say, one.rule
    return tag(
        "tr",
        tag("td", link(context.place.link(rule=rule.id), rule.id.partition("-")[0], title=rule.id)),
        tag("td", _title(context, one), _without_list(context, found, rule.id)),
        tag("td", tag("span", say(f"layer {rule.layer}"), class_=f"chip {rule.layer}")),
        tag("td", limit(context, one), class_="num"),
        tag("td", say.number(found.open.get(rule.id, 0)), class_="num"),
        tag("td", right(context, found, rule.id), class_="num"),
        data_rule=rule.id,
    )


def _without_list(context: Context, found: RulesSheet, rule: str) -> Html:
    """Says of a rule that lacks its list that it does not judge."""
    kinds = found.needs.get(rule, frozenset())
    if not kinds or _in_force(found, kinds):
        return Html("")
    return tag("small", context.say("no list yet: does not judge"), class_="path")


def _in_force(found: RulesSheet, kinds: Collection[str]) -> list[ListHeader]:
    today = day_of(found.at_us)
    return [header for header in found.lists if header.kind in kinds and header.holds_on(today)]


def list_of(context: Context, found: RulesSheet, rule: str) -> str:
    """The list that a rule judges by: name, rows, since when, from which document; or that it needs one and has none."""
    say, kinds = context.say, found.needs.get(rule, frozenset())
    if not kinds:
        return say("needs no list")
    held = _in_force(found, kinds)
    if not held:
        names = ", ".join(say(f"list {kind}") for kind in sorted(kinds))
        return say("needs a list of {kinds} and has none: it does not judge", kinds=names)
    return "; ".join(
        say(
            "{name}, {n} rows, from {day}, source: {source}",
            name=header.name,
            n=say.number(header.rows),
            day=header.from_day,
            source=header.source,
        )
        for header in held[:LISTS]
    ) + (say("; and {n} more", n=say.number(len(held) - LISTS)) if len(held) > LISTS else "")


LISTS = 5


def limit(context: Context, one: Standing) -> str:
    """The limit with its unit; a dash for rules that hold without one."""
    rule = one.rule
    return amount(rule.limit, rule.unit, context.say.language) if rule.load or rule.value != "1" else "–"


def right(context: Context, found: RulesSheet, rule: str) -> str:
    """Precision from decisions."""
    say, one = context.say, found.precision.get(rule)
    if one is None:
        return say("none decided")
    words = say("{share} of {n}", share=say.percent(one.share), n=say.number(one.decided))
    return f"{words} · {say('muted')}" if one.muted else words


def one_rule(context: Context, found: RulesSheet, one: Standing) -> Html:
    """Everything about one rule."""
    say, rule = context.say, one.rule
    basis = " ".join(part for part in (rule.basis.instrument, rule.basis.article, rule.basis.wording) if part)
    facts = [
        (say("What it is about"), _title(context, one)),
        (say("Basis"), basis),
        (say("Layer and severity"), f"{say(f'layer {rule.layer}')} · {say(f'severity {rule.severity}')}"),
        (say("Reads"), table(rule.table, TABLES[rule.table].row, context.say.language)),
        (say("Looks at"), _looks_at(context, one)),
        (
            say("As a formula"),
            tag(
                "code",
                " and ".join(part for part in (rule.when if rule.when != "true" else "", _compared(one)) if part),
            ),
        ),
        (say("Limit"), limit(context, one)),
        (say("Exempt"), (say("; ")).join(exemption(name, context.say.language) for name in rule.exempt) or "–"),
        (say("Is told to"), ", ".join(say(f"tell {who}") for who in rule.tell)),
        (say("List"), list_of(context, found, rule.id)),
        (say("Version"), say("; ").join(edition_in_words(each, say.language) for each in (one.edition, *one.changed))),
        (say("Open now"), say.number(found.open.get(rule.id, 0))),
        (say("Upheld"), right(context, found, rule.id)),
    ]
    if rule.remedy:
        facts.append((say("What helps"), rule.remedy.zh if say.lang == "zh" else rule.remedy.en))
    listed = tag("dl", *(html(tag("dt", name), tag("dd", value)) for name, value in facts), class_="factlist")
    tests = found.tests.get(rule.id, ())
    # Cases have names in English alone: elsewhere they are numbered, the name one hover away.
    told = [name if say.lang == "en" else say("case {n}", n=n) for n, name in enumerate(tests, start=1)]
    cases = tag(
        "ol",
        *(
            tag("li", tag("span", f"✓ {text}", class_="name", title=name))
            for text, name in zip(told, tests, strict=True)
        ),
        class_="plainlist",
    )
    back = tag("p", link(context.place.link(rule=""), say("All rules")), class_="tools")
    note = say(
        "Each case is a short story of demands with the findings that must come of it; they run with every change of the software."
    )
    return html(
        back,
        card(rule.id.partition("-")[0], listed, key="rulefacts"),
        card(say("Its tests"), cases if tests else tag("p", say("No case names it."), class_="none"), note=note,
             source=context.source(found.at_us), aside=say("{n} cases", n=len(tests)), key="ruletests"),
    )  # fmt: skip


def _looks_at(context: Context, one: Standing) -> str:
    """The columns of a condition by name; of a load rule, in words, what it compares and how long."""
    say, rule = context.say, one.rule
    if rule.load is not None:
        days = rule.for_us // 86_400_000_000
        parts = [say("the load of the last 7 days")] if rule.load.metric.endswith(".7d") else [say("the load")]
        if rule.load.peer_quantile:
            parts.append(say("beyond what {share} of its peers bear", share=say.percent(rule.load.peer_quantile)))
        parts += [say("for {n} days on end", n=days)] if days else []
        return say("; ").join(parts)
    known = TABLES[rule.table].schema
    names = dict.fromkeys(name for name in re.findall(r"[a-z_]+", f"{rule.when} {rule.value}") if name in known)
    return say("; ").join(column(name, context.say.language) for name in names) or "–"


def _compared(one: Standing) -> str:
    if one.rule.value == "1" and one.rule.load is None:
        return ""
    sign = {"above": ">", "at_least": "≥", "below": "<", "at_most": "≤"}[one.rule.holds]
    what = one.rule.load.metric if one.rule.load else one.rule.value
    return f"{what} {sign} {one.rule.limit:g}"


def tried(
    context: Context, limit_now: float, limit_tried: float, now: Line, then: Line, days: int, events: int
) -> Html:
    """What another limit would have done, beside what the rule's own does."""
    say = context.say
    top = max(now.findings, then.findings, 1)
    rows = [
        tag("li", tag("div", tag("span", say(name, limit=f"{level:g}"), class_="name"), bar(line.findings / top, "warm"), class_="who"),
            tag("b", say.number(line.findings)))
        for name, level, line in (("With the limit in force, {limit}", limit_now, now), ("With the limit tried, {limit}", limit_tried, then))
    ]  # fmt: skip
    messages = ", ".join(f"{say(f'tell {who}')} {say.number(n)}" for who, n in then.messages) or say("none")
    body = html(
        tag("ol", rows),
        tag("p", say("Messages with the limit tried, before grouping: {messages}", messages=messages), class_="counts"),
        tag("p", say("{exempt} more would have been exempt.", exempt=say.number(then.exempt)), class_="counts"),
    )
    aside = say("{n} events of {days} days", n=say.number(events), days=days)
    return tag("div", card(say("What another limit would have found"), body, aside=aside, key="who"), class_="bw tried")


def tried_units(context: Context, limit_now: float, limit_tried: float, now: int, then: int) -> Html:
    """The same for a load rule: units above the limit at this moment."""
    say, top = context.say, max(now, then, 1)
    rows = [
        tag("li", tag("div", tag("span", say(name, limit=f"{level:g}"), class_="name"), bar(count / top, "warm"), class_="who"),
            tag("b", say("{n} units", n=say.number(count))))
        for name, level, count in (("With the limit in force, {limit}", limit_now, now), ("With the limit tried, {limit}", limit_tried, then))
    ]  # fmt: skip
    words = say(
        "Units above the limit now; the levels of peers and seasons, and how long a load must last, are left aside."
    )
    body = html(tag("ol", rows), tag("p", words, class_="counts"))
    aside = say("limits in person-hours")
    return tag("div", card(say("What another limit would have found"), body, aside=aside, key="who"), class_="bw tried")
