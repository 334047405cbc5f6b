"""Where the load is: the map and the ranked table of the same places, one level down at a time.

Pure. Flows in: a Context and a survey. Flows out: HTML; the map is a frame that the browser fills from outlines of this host.
Places are coloured by classes of equal count (cividis); the table says the same in figures.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from dashboard.assets import asset_version, has_outline
from dashboard.data.snapshot import Survey
from dashboard.views.context import Context, change
from dashboard.views.markup import Html, bar, card, html, tag
from streams.store.answers import AreaLoad

CLASSES = 6
ROWS = 40
LONG = 15
"""A table with more rows scrolls inside its card."""
TILES = {
    "65": (0, 1), "54": (0, 3), "63": (1, 2), "62": (2, 1), "64": (3, 1), "15": (4, 0), "23": (7, 0), "22": (7, 1), "21": (6, 1),
    "61": (3, 2), "14": (4, 2), "13": (5, 2), "11": (5, 1), "12": (6, 2), "37": (6, 3), "51": (2, 3), "50": (3, 3), "42": (4, 3),
    "41": (5, 3), "34": (6, 4), "32": (7, 3), "31": (8, 4), "53": (2, 5), "52": (3, 4), "43": (4, 4), "36": (5, 4), "33": (7, 4),
    "45": (3, 5), "44": (4, 5), "35": (6, 5), "46": (4, 7), "71": (7, 5), "81": (5, 6), "82": (4, 6),
}  # fmt: skip
"""Column and row of each province in the tile grid."""


def value_of(context: Context, one: AreaLoad) -> float:
    """The figure that places are ranked and coloured by, in person-minutes."""
    return one.likely / one.units if context.place.by == "unit" and one.units else float(one.likely)


def limits(values: Sequence[float]) -> list[float]:
    """Upper limits of the classes below the last, at equal counts of places; fewer where values repeat."""
    known = sorted(value for value in values if value > 0)
    cuts = [known[len(known) * n // CLASSES] for n in range(1, CLASSES)] if known else []
    return sorted(set(cuts))


def class_of(value: float, cuts: Sequence[float]) -> int:
    """0 for no load, else 1 to the number of cuts plus one."""
    return 0 if value <= 0 else 1 + sum(value >= cut for cut in cuts)


def shade(number: int, cuts: Sequence[float]) -> int:
    """Place of a class on the ramp of CLASSES colours: few classes still use the whole ramp."""
    return 0 if number == 0 else 1 + round((number - 1) * (CLASSES - 1) / max(1, len(cuts)))


def places(context: Context, survey: Survey) -> Html:
    """The card; empty for places without a level below."""
    if not survey.places:
        return Html("")
    say = context.say
    ordered = sorted(survey.places, key=lambda one: (-value_of(context, one), one.code))
    cuts = limits([value_of(context, one) for one in ordered])
    mapped = len(context.place.area) < 6 and has_outline(context.place.area)
    picture = _map(context, ordered, cuts) if mapped and context.settings.outlines else Html("")
    if context.place.area == "" and not context.settings.outlines:
        picture = _tiles(context, ordered, cuts)
    frame = tag("div", picture, _legend(context, cuts), class_="picture") if picture else Html("")
    measure = say("person-hours per unit") if context.place.by == "unit" else say("person-hours")
    note = say(
        "Load of the period in all townships and villages of each place, divided by their number for the mean. "
        "The bar shows the likely value. Colours are classes with equally many places; the key below the map names them."
    )
    aside = f"{measure} · {say.span(survey.first, survey.last)}"
    body = tag("div", frame, _table(context, survey, ordered), class_="split" if picture else "alone")
    return card(
        context.around(f"{context.tier(context.place.area)} · {say('hottest first')}"),
        body,
        note=note,
        source=context.source(survey.at_us),
        aside=aside,
        key="places",
    )


def _table(context: Context, survey: Survey, ordered: Sequence[AreaLoad]) -> Html:
    say = context.say
    before = {one.code: one.likely for one in survey.places_before}
    highest = max((value_of(context, one) for one in ordered), default=0.0)
    rows = []
    for place, one in enumerate(ordered[:ROWS], start=1):
        value = value_of(context, one)
        rows.append(
            tag(
                "tr",
                tag("td", str(place), class_="place"),
                tag("td", context.go(one.code), bar(value / highest if highest else 0), class_="who"),
                tag("td", say.hours(value), class_="num strong", title=say.exact(value)),
                tag("td", change(context, one.likely, before.get(one.code, 0), alike=survey.alike), class_="num"),
                data_code=one.code,
            )
        )
    head = tag(
        "thead",
        tag("tr", tag("th", "#"), tag("th", say("Place")), tag("th", say("Hours"), class_="num"),
            tag("th", say("Change"), class_="num")),
    )  # fmt: skip
    more = len(ordered) - ROWS
    rest = tag("p", say("and {n} more", n=more), class_="none") if more > 0 else Html("")
    return tag(
        "div",
        tag("table", head, tag("tbody", rows)),
        rest,
        class_="table long" if len(ordered) > LONG else "table",
        tabindex="0",
    )


def _legend(context: Context, cuts: Sequence[float]) -> Html:
    say = context.say
    ends = [say.hours(cut) for cut in cuts]
    names = (
        [f"< {ends[0]}", *[f"{a} – {b}" for a, b in zip(ends, ends[1:], strict=False)], f"≥ {ends[-1]}"] if ends else []
    )
    keys = [tag("span", tag("i", class_=f"c{shade(n, cuts)}"), name) for n, name in enumerate(names, start=1)]
    keys.append(tag("span", tag("i", class_="c0"), say("no data")))
    source = say("Outlines: Tianditu 2024-05, simplified.") + (
        f" {context.settings.map_number}" if context.settings.map_number else ""
    )
    return html(
        tag("p", class_="told", aria_live="polite", data_keep=True),
        tag("div", keys, class_="legend"),
        tag("p", source, class_="source"),
    )


def _map(context: Context, ordered: Sequence[AreaLoad], cuts: Sequence[float]) -> Html:
    """The frame and what to fill it with: code, class, text and address of each place, hottest first."""
    say, area = context.say, context.place.area
    data = []
    for place, one in enumerate(ordered, start=1):
        value = value_of(context, one)
        text = f"{context.name(one.code)} · {say.exact(value)} · {say('place {n} of {all}', n=place, all=len(ordered))}"
        data.append(
            [one.code, shade(class_of(value, cuts), cuts), text, context.place.link(area=one.code, unit="", q="")]
        )
    outline = asset_version(f"geo/{area[:2] or 'country'}.json")
    label = say(
        "Map: arrow keys go from the hottest place down, Enter opens it. The table beside it holds the same figures."
    )
    return tag(
        "div", tag("canvas", tabindex="0", role="img", aria_label=label), class_="map", data_keep=True, data_map=outline,
        data_area=area, data_places=json.dumps(data, ensure_ascii=False), data_nothing=say("no data"),
    )  # fmt: skip


def _tiles(context: Context, ordered: Sequence[AreaLoad], cuts: Sequence[float]) -> Html:
    by_code = {one.code: one for one in ordered}
    cells = []
    for code, (column, row) in TILES.items():
        one = by_code.get(code)
        value = value_of(context, one) if one else 0.0
        text = html(tag("b", short_name(context, code)), tag("span", context.say.hours(value) if one else "–"))
        style = f"grid-column:{column + 1};grid-row:{row + 1}"
        names = f"tile c{shade(class_of(value, cuts), cuts)}"
        cells.append(
            context.go(code, text, class_=names, style=style) if one else tag("span", text, class_=names, style=style)
        )
    return tag("div", cells, class_="tiles")


def short_name(context: Context, code: str) -> str:
    """Two or three letters' worth of a province's name."""
    abroad = {"71": "台湾", "81": "香港", "82": "澳门"}
    if code in abroad:
        return abroad[code]
    name = context.registry.name_of(code)
    return name[:3] if name.startswith(("内蒙古", "黑龙江")) else name[:2]
