"""Which lists there are, with validity and source, which kinds are missing and what is not judged for it; a file as it was understood.

Pure. Flows in: a Context, a sheet, a Reading. Flows out: HTML.
"""

from __future__ import annotations

from typing import Final

from dashboard.data.sheets.rules import RulesSheet
from dashboard.views.context import Context
from dashboard.views.markup import Html, card, html, tag
from streams.registry import RegistryError
from streams.rules.facts import day_of
from streams.rules.list_files import Reading
from streams.rules.lists import FOREVER, ListRow
from streams.rules.loading import Fault
from streams.store.lists import ListHeader

SHOWN: Final = 200
"""Rows and faults of a file that are shown; of the rest the number."""


def lists(context: Context, found: RulesSheet) -> Html:
    """Every version that there is, and the rules that judge nothing because they lack a list."""
    say = context.say
    words = ("List", "Kind", "Where", "In force", "Source", "Rows")
    head = tag("tr", *(tag("th", say(word), scope="col", class_="num" if word == "Rows" else None) for word in words))
    rows = [_row(context, one) for one in found.lists]
    table = tag("div", tag("table", tag("thead", head), tag("tbody", rows)), class_="table", tabindex="0")
    note = say(
        "Lists, plans and catalogues come from supervising bodies as files; the rules judge by a new version while they run. Of one name and "
        "area the version counts that began last. How much of a plan or cap is used stands on the page of each issuer."
    )
    return card(
        say("Lists that rules judge by"), table if rows else tag("p", say("There is none yet."), class_="none"), _missing(context, found),
        note=note, source=context.source(found.at_us), aside=say("{n} lists", n=say.number(len(rows))), key="lists",
    )  # fmt: skip


def _row(context: Context, one: ListHeader) -> Html:
    say = context.say
    until = say("from {day}, no end known", day=one.from_day)
    if one.to_day < FOREVER:
        until = say("from {day}, no longer from {end}", day=one.from_day, end=one.to_day)
    return tag(
        "tr",
        tag("td", one.name),
        tag("td", say(f"list {one.kind}")),
        tag("td", context.name(one.area)),
        tag("td", until),
        tag("td", one.source),
        tag("td", say.number(one.rows), class_="num"),
    )


def _missing(context: Context, found: RulesSheet) -> Html:
    """Rules without their list, by the kinds of which one would do."""
    say, today = context.say, day_of(found.at_us)
    there = {one.kind for one in found.lists if one.holds_on(today)}
    rules: dict[str, list[str]] = {}
    for rule, kinds in found.needs.items():
        if not kinds & there:
            named = say(" or ").join(say(f"list {kind}") for kind in sorted(kinds))
            rules.setdefault(named, []).append(rule.partition("-")[0])
    if not rules:
        return Html("")
    lines = [
        tag(
            "li",
            say(
                "No list of {kinds}: {rules} judge nothing without it.",
                kinds=kinds,
                rules=", ".join(dict.fromkeys(names)),
            ),
        )
        for kinds, names in rules.items()
    ]
    return tag("ul", lines, class_="plainlist missing")


def understood_view(context: Context, reading: Reading) -> Html:
    """Rows as they were understood and everything that is wrong, before anything is added."""
    say = context.say
    faults = [_faulty(context, one) for one in reading.faults[:SHOWN]]
    wrong = (
        _table(context, ("Line of the file", "Column", "Value", "What is wrong, and what to do"), faults)
        if faults
        else Html("")
    )
    rows = _table(
        context,
        ("What", "Called", "Body", "How many", "Months", "More"),
        [_understood(context, row) for row in reading.rows[:SHOWN]],
    )
    left = [tag("li", _left(context, one.removeprefix(f"{reading.file}:"))) for one in reading.notices[:SHOWN]]
    verdict = (
        say("{n} rows, nothing wrong: it can be added.", n=say.number(len(reading.rows)))
        if reading.version_read is not None
        else say("{n} faults: nothing is added until they are mended.", n=say.number(len(reading.faults)))
    )
    more = max(len(reading.rows) - SHOWN, 0) + max(len(reading.faults) - SHOWN, 0)
    rest = tag("p", say("{n} more are not shown.", n=say.number(more))) if more else ""
    aside = say("{n} rows understood", n=say.number(len(reading.rows)))
    body = html(
        tag("p", verdict, role="status"), wrong, rows if reading.rows else "", rest, tag("ul", left, class_="plainlist")
    )
    return tag("div", card(say("As it was understood"), body, aside=aside, key="understood"), class_="bw")


TOLD: Final = frozenset(
    (
        "is empty", "is no body that is known here", "is no sort of demand", "names no month", "is no number", "is no whole number from 0",
        "is no part of a duty list", "says neither yes nor no", "has no row with headings that are known", "is no division",
        "is nothing that is annotated",
    )
)  # fmt: skip
"""Faults that are told in the reader's language; rarer ones stand as the command line prints them."""


def _left(context: Context, notice: str) -> str:
    """What was left out of a file, in the reader's language."""
    line, _, told = notice.partition(":")
    for begin in ("columns left out: ", "sheet left out: "):
        if begin in notice:
            return context.say(f"{begin}{{names}}", names=notice.partition(begin)[2])
    return context.say("line {n} left out", n=line) if told else notice


def _faulty(context: Context, one: Fault) -> Html:
    say = context.say
    names = one.fix.partition("did you mean ")[2].partition("?")[0]
    fix = (
        say("did you mean {names}?", names=names) if names else "" if one.rule in TOLD and say.lang != "en" else one.fix
    )
    told = say(f"fault {one.rule}") if one.rule in TOLD else one.rule
    what = tag("td", f"{told}{say('; ')}{fix}" if fix else told)
    return tag("tr", tag("td", say.number(one.line), class_="num"), tag("td", one.field), tag("td", one.value), what)


def _table(context: Context, words: tuple[str, ...], rows: list[Html]) -> Html:
    head = tag("tr", *(tag("th", context.say(word), scope="col") for word in words))
    return tag("div", tag("table", tag("thead", head), tag("tbody", rows)), class_="table", tabindex="0")


def _understood(context: Context, row: ListRow) -> Html:
    say = context.say
    bodies = [_body(context, code) for code in ((row.issuer,) if row.issuer else row.holders)]
    more = [say(f"duty {row.status}")] if row.status else []
    if row.open is False:
        more.append(say("not shared: {why}", why=row.why or "–"))
    more += [f"{row.first or ''} – {row.last or ''}"] if row.first or row.last else []
    cells = (
        _item(context, row.item), row.title or "", say(", ").join(bodies), "" if row.number is None else say.number(row.number),
        say(", ").join(map(str, row.months or ())), say("; ").join(more),
    )  # fmt: skip
    return tag("tr", *(tag("td", cell) for cell in cells))


def _item(context: Context, item: str) -> str:
    """A sort of demand in words; an element by its name; anything else as it is written."""
    kind, _, sort = item.partition(":")
    if kind in ("meeting", "document", "request", "inspection", "app", "group", "checkin", "evaluation", "pilot", "secondment", "plaque",
                "certificate", "target"):  # fmt: skip
        return context.say(f"kind {kind}") + (f" ({sort})" if sort else "")
    return context.named_element(item) if item.isascii() and "-" in item and item == item.lower() else item


def _body(context: Context, code: str) -> str:
    line = context.registry.lines.get(code)
    if line is not None:
        return line.zh if context.say.lang == "zh" else line.en
    try:
        found = context.registry.issuer(code)
    except RegistryError:
        return code
    return found.name_zh if context.say.lang == "zh" else found.name_en
