"""A brief in words: Chinese or English.

Pure. Flows in: a ``Brief``, names. Flows out: ``Told``: head, first sentences, figures, days, tables and definitions, which the writers lay out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, NamedTuple

from streams.alerts.evidence import instant
from streams.brief.model import Brief, Entry, Ranking
from streams.brief.phrases import KINDS, LAYERS, PHRASES, TIERS
from streams.brief.sentences import sentences
from streams.events.characters import printable
from streams.events.model import KINDS as KIND_NAMES
from streams.registry import Registry, RegistryError
from streams.rules.wording import Language

Cell = str | int | float
LONGEST: Final = 40
"""Characters of a name or title in a list; what is cut off ends in an ellipsis."""


class Column(NamedTuple):
    """``sort``: text; minutes (shown as person-hours), count, number or share (shown as figures)."""

    name: str
    sort: str


class Grid(NamedTuple):
    """A list. ``bars``: how long each line's bar is, 0 to 1; none where lines are not compared. ``left``: what is left out, in words."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    bars: tuple[float, ...] = ()
    left: str = ""


class Told(NamedTuple):
    """What the writers lay out, in one language. ``figures``: name, value with unit, what it compares with."""

    language: Language
    title: str
    head: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    figures: tuple[tuple[str, str, str], ...]
    days_title: str
    days: tuple[tuple[date, int], ...]
    days_most: str
    grids: tuple[Grid, ...]
    definitions_title: str
    definitions: tuple[tuple[str, str], ...]
    foot: str


class Teller:
    """Words, names and figures of one language."""

    def __init__(self, registry: Registry, language: Language) -> None:
        self.language, self._registry = language, registry
        self._side = 0 if language == "zh" else 1

    def __call__(self, key: str, **values: object) -> str:
        return PHRASES[key][self._side].format(**values)

    def one_of(self, words: Mapping[str, tuple[str, str]], key: str) -> str:
        """A word that has a name in both languages; what has none stands as it is."""
        return words[key][self._side] if key in words else key

    def place(self, code: str) -> str:
        """Name of a division or unit; the code where the registry knows none."""
        if not code:
            return self("country")
        if self.language == "en" and len(code) == 2:
            return self._registry.provinces_en.get(int(code), code)
        return self._named(self._registry.name_of, code)

    def issuer(self, code: str) -> str:
        """Name of a body."""
        return self._named(lambda one: getattr(self._registry.issuer(one), f"name_{self.language}"), code)

    def kind(self, number: str) -> str:
        """What a kind of demand is called."""
        place = int(number)
        return self.one_of(KINDS, KIND_NAMES[place - 1]) if 0 < place <= len(KIND_NAMES) else number

    def tier(self, name: str) -> str:
        """Units of a tier."""
        return self.one_of(TIERS, name)

    def layer(self, name: str) -> str:
        """How a finding is judged."""
        return self.one_of(LAYERS, name)

    def title(self, zh: str, en: str) -> str:
        """Of a rule."""
        return (zh, en)[self._side]

    def subject(self, brief: Brief) -> str:
        """What the brief is about."""
        wish = brief.wish
        return self.issuer(wish.code) if wish.sort == "issuer" else self.place(wish.code)

    def hours(self, minutes: float) -> str:
        """Person-minutes as person-hours with one decimal, none from a thousand on; with the unit."""
        return self("hours", n=figure("minutes", minutes))

    def day(self, day: date) -> str:
        """3月5日 or 5 Mar."""
        return f"{day.month}月{day.day}日" if self.language == "zh" else f"{day.day} {MONTHS[day.month - 1]}"

    @staticmethod
    def _named(name: Callable[[str], str], code: str) -> str:
        try:
            return printable(name(code))
        except RegistryError:
            return code


MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def figure(sort: str, value: Cell) -> str:
    """A cell as it is shown."""
    if isinstance(value, str):
        return value
    if sort == "minutes":
        hours = value / 60
        return f"{hours:,.0f}" if abs(hours) >= 1000 or hours == int(hours) else f"{hours:,.1f}"
    if sort == "share":
        return f"{value:.1%}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def told(brief: Brief, registry: Registry, language: Language) -> Told:
    """The brief in a language."""
    say = Teller(registry, language)
    wish = brief.wish
    return Told(
        language=language,
        title=say(f"title-{wish.period}", subject=say.subject(brief)),
        head=_head(brief, say),
        sentences=sentences(brief, say),
        figures=_figures(brief, say),
        days_title=say("days"),
        days=brief.days,
        days_most=_most(brief, say),
        grids=tuple(grid for grid in _grids(brief, say) if grid.rows),
        definitions_title=say("definitions"),
        definitions=_definitions(brief, say),
        foot=say("foot", at=instant(brief.at_us), version=brief.version),
    )


def _head(brief: Brief, say: Teller) -> tuple[tuple[str, str], ...]:
    """Of what, of when, how far it can be trusted."""
    wish, zone = brief.wish, say("zone")
    rows = [
        (say("about"), f"{say.subject(brief)} {wish.code}".strip()),
        (say("period"), say("span", first=say.day(wish.first), last=say.day(wish.until), year=wish.until.year)),
        (say("figures-of"), f"{instant(brief.at_us)} {zone}"),
    ]
    if instant(brief.at_us)[:10] == wish.until.isoformat():
        rows[1] = (rows[1][0], rows[1][1] + say("unfinished"))
    covered = brief.coverage
    if covered is not None:
        share = figure("share", covered.month / covered.units) if covered.units else "–"
        rows.append(
            (
                say("coverage"),
                say(
                    "covered",
                    tier=say.tier(covered.tier),
                    n=f"{covered.month:,}",
                    all=f"{covered.units:,}",
                    share=share,
                ),
            )
        )
    age = (
        say("no-event")
        if brief.newest_us is None
        else say("newest", at=instant(brief.newest_us), n=_age(brief.at_us - brief.newest_us, say))
    )
    return (*rows, (say("age"), age))


def _most(brief: Brief, say: Teller) -> str:
    """Which day was the heaviest."""
    day, minutes = max(brief.days, key=lambda one: one[1], default=(brief.wish.until, 0))
    return say("days-most", day=say.day(day), hours=say.hours(minutes)) if minutes > 0 else say("days-none")


def _age(us: int, say: Teller) -> str:
    minutes = max(0, us) // 60_000_000
    if minutes < 120:
        return say("age-minutes", n=minutes)
    return say("age-hours", n=minutes // 60) if minutes < 2880 else say("age-days", n=minutes // 1440)


def _figures(brief: Brief, say: Teller) -> tuple[tuple[str, str, str], ...]:
    caused = brief.wish.sort == "issuer"
    against = say("against", n=say.hours(brief.before)) if brief.before else say("nothing-before")
    if brief.before and not brief.comparable:
        against = say("not-alike", n=say.hours(brief.before))
    spread = say("between", low=figure("minutes", brief.low), high=figure("minutes", brief.high)) if brief.high else ""
    rows = [
        (say("caused" if caused else "load"), say.hours(brief.likely), against),
        (say("landed"), say("times", n=f"{brief.count:,}"), say("times-before", n=f"{brief.count_before:,}")),
        (
            say("open"),
            say("findings", n=f"{brief.findings:,}"),
            say("breaches", n=f"{sum(one.stands for one in brief.rules if one.layer == 'breach'):,}"),
        ),
    ]
    if spread:
        rows.insert(1, (say("interval"), spread, ""))
    if brief.ahead is not None:
        rows.append((say("ahead"), say.hours(brief.ahead), say("known-now")))
    if brief.made is not None:
        made = brief.made
        rows.append(
            (
                say("issued"),
                say("demands-n", n=f"{made.demands:,}"),
                say("made", relayed=f"{made.relayed:,}", planned=f"{made.planned:,}"),
            )
        )
    return tuple(rows)


def _grids(brief: Brief, say: Teller) -> tuple[Grid, ...]:
    lists = tuple(_ranked(brief, one, say) for one in brief.rankings)
    rules = Grid(
        say("rules"), (Column(say("rule"), "text"), Column(say("layer"), "text"), Column(say("count"), "count")),
        tuple((f"{say.title(one.zh, one.en)} ({one.rule[:3]})", say.layer(one.layer), one.stands) for one in brief.rules),
        left=say("more-findings", n=f"{brief.rules_more:,}") if brief.rules_more else say("all-there"),
    )  # fmt: skip
    quotas = Grid(
        say("quotas"),
        (Column(say("issuer"), "text"), Column(say("rule"), "text"), Column(say("measured"), "number"), Column(say("limit"), "number")),
        tuple((clipped(say.issuer(one.issuer)), say.title(one.zh, one.en), one.value, one.limit) for one in brief.quotas),
        left=_left(brief.quotas_more, 0, say),
    )  # fmt: skip
    return (*lists, rules, quotas)


def _ranked(brief: Brief, one: Ranking, say: Teller) -> Grid:
    caused = brief.wish.sort == "issuer"
    hours, landed = Column(say("person-hours"), "minutes"), Column(say("landed"), "count")
    name = {
        "places": say.place,
        "hotspots": say.place,
        "issuers": say.issuer,
        "kinds": say.kind,
        "demands": say.issuer,
    }[one.key]
    columns: tuple[Column, ...] = (Column(say(f"name-{one.key}"), "text"), hours)
    extra: Callable[[Entry], tuple[Cell, ...]] = lambda _row: ()  # noqa: E731
    weigh: Callable[[Entry], float] = lambda row: row.likely  # noqa: E731
    if one.key == "places":
        columns += (Column(say("per-unit"), "minutes"), Column(say("earlier"), "minutes"))
        extra, weigh = lambda row: (row.likely / row.units, row.before or 0), lambda row: row.likely / row.units
    elif one.key == "issuers":
        columns += (Column(say("low"), "minutes"), Column(say("high"), "minutes"), landed)
        extra = lambda row: (row.low, row.high, row.landed)  # noqa: E731
    elif one.key == "kinds":
        columns += (Column(say("share"), "share"), landed)
        extra = lambda row: (row.likely / brief.likely if brief.likely else 0.0, row.landed)  # noqa: E731
    elif one.key == "demands":
        columns += (Column(say("units-reached"), "count") if caused else Column(say("issuer"), "text"),)
        extra = (lambda row: (row.landed,)) if caused else (lambda row: (clipped(say.issuer(row.code)),))  # noqa: E731
    rows = tuple((clipped(row.text or name(row.code)), row.likely, *extra(row)) for row in one.rows)
    highest = max((weigh(row) for row in one.rows), default=0) or 1
    return Grid(
        say(one.key if not (caused and one.key == "demands") else "sent"),
        columns,
        rows,
        tuple(weigh(row) / highest for row in one.rows),
        _left(one.more, one.rest, say),
    )


def _left(more: int, rest: int, say: Teller) -> str:
    if not more:
        return say("all-there")
    return say("more-hours", n=f"{more:,}", hours=say.hours(rest)) if rest else say("more", n=f"{more:,}")


def clipped(text: str) -> str:
    """A name or title that fits a line of a list, on one line."""
    text = " ".join(printable(text).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _definitions(brief: Brief, say: Teller) -> tuple[tuple[str, str], ...]:
    """What each figure means and where it comes from."""
    sort = brief.wish.sort
    keys = [
        "load" if sort != "issuer" else "caused",
        "interval" if brief.high else "",
        "landed",
        *(one.key for one in brief.rankings if one.rows),
    ]
    keys += [
        "ahead" if brief.ahead is not None else "",
        "issued" if brief.made else "",
        "open",
        "quotas" if brief.quotas else "",
        "coverage" if brief.coverage else "",
        "source",
    ]
    return tuple(
        (
            say(key if not (sort == "issuer" and key == "demands") else "sent"),
            say(f"def-{key}" + (f"-{sort}" if f"def-{key}-{sort}" in PHRASES else "")),
        )
        for key in keys
        if key
    )
