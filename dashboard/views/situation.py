"""The situation page, put together: its head, the kinds, its body, its foot. Each is one panel that moves on its own.

Pure. Flows in: a Context, answers of the board, search hits, the time. Flows out: HTML.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.data.board import Answer
from dashboard.data.search import Hit
from dashboard.data.snapshot import Pulse, Survey
from dashboard.place import UNIT_DIGITS
from dashboard.views.context import Context
from dashboard.views.demands import recent, unit
from dashboard.views.health import health
from dashboard.views.kpis import kpis
from dashboard.views.markup import Html, tag
from dashboard.views.masthead import masthead, results, whereabouts
from dashboard.views.notices import unknown, welcome
from dashboard.views.places import places
from dashboard.views.rankings import hotspots, issuers
from dashboard.views.shares import shares


def _stale(*answers: Answer[Pulse] | Answer[Survey]) -> str:
    return "bw stale" if any(answer.failed for answer in answers) else "bw"


def top(context: Context, pulse: Answer[Pulse], survey: Answer[Survey], hits: Sequence[Hit], now_us: int) -> Html:
    """Head, whereabouts, search results, figures, the unit that was asked for."""
    values = pulse.value
    empty = values.health.newest_admitted_us is None and not values.load
    return tag(
        "div",
        masthead(context, values.health, values.at_us, pulse.failed, now_us),
        results(context, hits),
        unknown(context),
        whereabouts(context),
        welcome(context, now_us) if empty else Html(""),
        unit(context, values),
        Html() if len(context.place.area) >= UNIT_DIGITS else kpis(context, values, survey.value),
        class_=_stale(pulse),
        lang=context.say.locale.replace("_", "-"),
    )


def kinds(context: Context, survey: Answer[Survey]) -> Html:
    """What each kind of demand cost."""
    return tag("div", shares(context, survey.value), class_=_stale(survey))


def body(context: Context, survey: Answer[Survey]) -> Html:
    """Map and places, hottest units and issuers."""
    found = survey.value
    return tag(
        "div",
        places(context, found),
        tag("div", hotspots(context, found), issuers(context, found), class_="row"),
        class_=_stale(survey),
    )


def foot(context: Context, pulse: Answer[Pulse], survey: Answer[Survey], now_us: int) -> Html:
    """What just landed, the state of the stream, and where all this is from."""
    say = context.say
    source = say(
        "Source: demands reported to this installation; effort as declared or estimated. Divisions of {version}. Times in Asia/Shanghai.",
        version=context.registry.version,
    )
    return tag(
        "div",
        recent(context, pulse.value),
        health(context, pulse.value, survey.value, now_us),
        tag("footer", source),
        class_=_stale(pulse),
    )
