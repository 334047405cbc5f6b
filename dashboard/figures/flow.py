"""Where load comes from and where it goes: from levels of issuers over kinds of demand to townships and villages, as a Sankey diagram.

Pure. Flows in: a Context, a sheet. Flows out: ``Chart``.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

import plotly.graph_objects as go

from dashboard.data.sheets.explore import FlowSheet
from dashboard.figures.chart import Cell, Chart, Table, hours
from dashboard.figures.look import KINDS, Look
from dashboard.figures.pivot import LEVEL_WORDS, TIER_WORDS
from dashboard.views.context import Context
from dashboard.views.markup import Html, tag

MOST_NODES: Final = 40
Node = tuple[str, str]
"""What it is (level, kind, tier) and its key; kind '0' is what is put together."""


def links_of(found: FlowSheet, most: int = MOST_NODES) -> list[tuple[Node, Node, int]]:
    """Links with a load above 0, most first; the smallest kinds are put together until no more than ``most`` nodes are left."""
    ends = {("level", one[0]) for one in found.levels} | {("tier", one[1]) for one in found.tiers}
    sums: Counter[int] = Counter()
    for kind, _, likely in found.tiers:
        sums[kind] += likely
    kinds = [kind for kind, _ in sums.most_common()]
    room = max(1, most - len(ends))
    kept = set(kinds if len(kinds) <= room else kinds[: room - 1])
    out: Counter[tuple[Node, Node]] = Counter()
    for level, kind, likely in found.levels:
        out[("level", level), ("kind", str(kind if kind in kept else 0))] += likely
    for kind, tier, likely in found.tiers:
        out[("kind", str(kind if kind in kept else 0)), ("tier", tier)] += likely
    return [(source, target, likely) for (source, target), likely in out.most_common() if likely > 0]


def flow(context: Context, found: FlowSheet, look: Look) -> Chart | Html:
    """The diagram; no card where nothing landed."""
    say, links = context.say, links_of(found)
    if not links:
        return tag("div", class_="bw")
    nodes = list(dict.fromkeys(node for source, target, _ in links for node in (source, target)))
    nodes.sort(key=lambda node: ("level", "kind", "tier").index(node[0]))
    place = {node: n for n, node in enumerate(nodes)}
    names = [_name(context, node) for node in nodes]
    colours = [_colour(look, node) for node in nodes]
    middle = [source if source[0] == "kind" else target for source, target, _ in links]
    drawn = go.Sankey(
        node={"label": names, "color": colours, "pad": 14, "thickness": 16, "line": {"width": 0}, "hovertemplate": "%{label}<extra></extra>"},
        link={
            "source": [place[source] for source, _, _ in links], "target": [place[target] for _, target, _ in links],
            "value": [likely / 60 for _, _, likely in links], "color": [_pale(_colour(look, node)) for node in middle],
            "customdata": [say.exact(likely) for _, _, likely in links],
            "hovertemplate": "%{source.label} → %{target.label}<br>%{customdata}<extra></extra>",
        },
    )  # fmt: skip
    first, second = (
        max((one for one in links if one[0][0] == side), key=lambda one: one[2]) for side in ("level", "kind")
    )
    alt = say(
        "{days}: {total} person-hours. The widest ways: {first} and {second}", days=say.span(found.first, found.last),
        total=say.hours(found.total),
        first=_way(context, first, found.total), second=_way(context, second, found.total),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (_name(context, source), _name(context, target), hours(likely)) for source, target, likely in links
    )
    note = say(
        "Person-hours asked of townships and villages of the area in the chosen days, with the filters of this page: from the level of the "
        "issuer over the kind of demand to who receives it. Both halves add up to the same sum. Widths are shares, not quality of work."
    )
    table = Table((say("From"), say("To"), say("person-hours")), rows)
    return Chart(
        "flow", say("From whom, as what, to whom"), go.Figure([drawn], look.layout(420)), alt, table, note, context.source(found.at_us),
        say("person-hours"), lead=alt,
    )  # fmt: skip


def _way(context: Context, one: tuple[Node, Node, int], total: int) -> str:
    return (
        f"{_name(context, one[0])} → {_name(context, one[1])} ({context.say.percent(one[2] / total if total else 0)})"
    )


def _name(context: Context, node: Node) -> str:
    what, key = node
    return context.kind(int(key)) if what == "kind" else context.say((LEVEL_WORDS | TIER_WORDS)[key])


def _colour(look: Look, node: Node) -> str:
    what, key = node
    if what == "kind":
        return look.kind(int(key))
    return look.other if what == "level" else KINDS[look.dark][0]


def _pale(colour: str) -> str:
    """A colour that lets others through."""
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.4)"
