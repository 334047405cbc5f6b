"""Pages of an instant, and of days that somebody chose: what an address may say, and what of it stays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

import pytest

from dashboard.data.board import Board
from dashboard.data.push import Hub
from dashboard.data.snapshot import Source
from dashboard.instant import at_of, canonical, written
from dashboard.place import Place, read_place
from dashboard.shell.frame import pinned
from dashboard.views.context import AS_OF
from dashboard.views.masthead import masthead, whereabouts
from streams.store import Scope
from tests.unit.dashboard.figures import NOW_US, context, health, pulse

EVENING = "2026-11-23T18:00"
LEADER = Scope("leader", "leadership", ("",))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (EVENING, EVENING), ("2026-11-23 18:00", EVENING), ("2026-11-23T18:00:59", EVENING), ("2026-11-23T10:00Z", EVENING),
        ("2026-11-23T18:00+08:00", EVENING), ("2026-11-23T18:00 08:00", EVENING), ("2026-11-22T23:00-11:00", EVENING),
        ("", ""), ("2026-11-23", ""), ("tomorrow", ""), ("2026-02-30T10:00", ""), ("2026-11-23T25:00", ""), ("2026-11-23T18:00+99:99", ""),
        ("2026-11-23T18:00\n", EVENING), ("١٢٣٤-11-23T18:00", ""),
    ],
)  # fmt: skip
def test_an_instant_is_beijing_time_to_the_minute(text: str, meant: str) -> None:
    assert canonical(text) == meant
    assert read_place({"at": text}, "", "zh").at == meant
    assert written(at_of(EVENING) or 0) == EVENING
    assert at_of(EVENING) == NOW_US


def test_what_lies_ahead_or_is_none_is_said_and_now_is_shown() -> None:
    assert pinned(Place(at=EVENING), EVENING, NOW_US) == (Place(at=EVENING), "")
    assert pinned(Place(at="2026-11-23T18:01"), "2026-11-23T10:01Z", NOW_US) == (Place(), "2026-11-23T10:01Z")
    assert pinned(Place(), "<b>", NOW_US) == (Place(), "<b>")
    assert pinned(Place(), "", NOW_US) == (Place(), "")


def test_links_of_a_page_keep_its_instant_and_one_leads_back() -> None:
    here = context(Place(area="51", at=EVENING, rule="R20", lang="en"))
    shown = masthead(here, health(), NOW_US, "", NOW_US)
    links = [part.split('"')[0] for part in shown.split('href="')[1:]]
    assert len(links) > 10
    back = [one for one in links if "at=" not in one]
    assert [one for one in back if "rule=R20" in one and "area=51" in one] == back
    assert len(back) == 1
    assert "As of 2026-11-23 18:00, Beijing time" in shown
    assert "Live" not in shown
    assert AS_OF in here.source(NOW_US + 59_000_000)
    assert "2026-11-23 18:00" in here.source(NOW_US + 59_000_000)
    assert AS_OF not in context(Place()).source(NOW_US)


def test_an_address_that_means_no_instant_is_quoted_harmlessly() -> None:
    shown = masthead(replace(context(), misread="<script>"), None, 0, "", NOW_US)
    assert "&lt;script&gt; is no instant of the past" in shown
    assert "<script>" not in shown


def test_chosen_days_are_the_period_and_reach_no_further_than_today() -> None:
    today = date(2026, 11, 23)
    assert Place(days=7).period(today) == (date(2026, 11, 17), today)
    assert Place(range="2026-11-01_2026-11-05").period(today) == (date(2026, 11, 1), date(2026, 11, 5))
    assert Place(range="2026-11-20_2026-12-05").period(today) == (date(2026, 11, 20), today)
    assert Place(days=7, range="2026-12-01_2026-12-05").period(today) == (date(2026, 11, 17), today)
    for bad in ("30d", "2026-11-05_2026-11-01", "2020-01-01_2026-01-01", "x_y", "2026-11-01_2026-11-31"):
        assert read_place({"range": bad}, "", "zh").range == ""
    shown = whereabouts(context(Place(range="2026-11-01_2026-11-05", lang="en")))
    assert shown.count('aria-current="true"') == 2, "the days, and the measure"
    assert "range=" not in shown.split('title="Back to the last days"')[0].rsplit("<a ", 1)[1]


@dataclass
class Asked:
    """A source that writes down for which instants it was asked."""

    instants: list[int] = field(default_factory=list)
    rows: int = 0

    def mark(self) -> int:
        self.rows += 1
        return self.rows

    def pulse(self, _scope: Scope, _place: Place, at_us: int) -> Any:
        self.instants.append(at_us)
        return pulse(at_us=at_us)


def test_ticks_do_not_move_a_page_of_an_instant() -> None:
    source, clock = Asked(), iter(range(NOW_US, NOW_US + 10**9, 10**6))
    board = Board(cast(Source, source), Hub(), lambda: next(clock))
    fixed = board.pulse(LEADER, Place(at="2026-11-01T08:00"))
    board.refresh_pulses()
    board.refresh_pulses()
    assert source.instants == [at_of("2026-11-01T08:00")] == [fixed.value.at_us]
    board.pulse(LEADER, Place())
    board.refresh_pulses()
    assert len(source.instants) == 3, "the page of now is read again"
    assert min(source.instants[1:]) >= NOW_US
