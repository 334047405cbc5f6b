"""Addresses, words, search, push and board: what the page stands on, without Streamlit and without a store."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po

from dashboard.data.board import Board
from dashboard.data.push import Hub
from dashboard.data.search import Index
from dashboard.data.snapshot import Pulse, S, Survey
from dashboard.place import Place, read_place
from dashboard.words import CATALOGUES, words
from streams.alerts.cases import GROUNDS, VERBS, State, Verdict
from streams.alerts.model import Reason
from streams.events.model import KINDS
from streams.rules.pack import Layer, Severity
from streams.store import Scope
from tests.unit.dashboard.figures import NOW_US, pulse, registry, survey

DASHBOARD = Path(__file__).parents[3] / "dashboard"
SCOPE = Scope("someone", "leadership", ("",))


@pytest.mark.parametrize(
    "query",
    [
        {}, {"area": "5'1"}, {"area": "１２"}, {"area": "1" * 13}, {"days": "31"}, {"days": "１"}, {"by": "x"}, {"tier": ""},
        {"lang": "fr"}, {"area": "-1"}, {"area": " 51"}, {"unknown": "x"},
    ],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_the_default_place(query: dict[str, str]) -> None:
    assert read_place(query, "51", "zh") == Place(area="51")


def test_an_address_goes_there_and_back() -> None:
    place = Place(area="5101", days=7, by="total", tier="village", unit="510104-education", q="锦江", lang="en")
    assert place.link().startswith("?area=5101&")
    query = dict(part.split("=") for part in place.link(q="").removeprefix("?").split("&"))
    assert read_place(query, "", "zh") == replace(place, q="")
    assert Place(area="51").link() == "?area=51", "defaults stay out of the address"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"), (1.25, "1.2", "1.2"), (99.96, "100.0", "100.0"), (1234, "1,234", "1,234"), (12_300, "1.23 万", "12.3 k"), 
        (476_000, "47.6 万", "476 k"),
        (123_456_789, "1.23 亿", "123.5 m"), (2_000_000, "200 万", "2 m"),
    ],
)  # fmt: skip
def test_figures_are_short_in_the_way_of_the_language(value: float, zh: str, en: str) -> None:
    assert words("zh").short(value).replace("\u00a0", " ") == zh
    assert words("en").short(value).replace("\u00a0", " ") == en


def messages() -> Iterator[str]:
    """Every constant text that the dashboard says."""
    for path in DASHBOARD.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            text = node.args[0]
            if name == "say":
                yield from constants(text)


def constants(node: ast.expr) -> Iterator[str]:
    """A text, or both of a choice between two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_that_is_said_is_in_both_catalogues(lang: str) -> None:
    path = DASHBOARD / "i18n" / CATALOGUES[lang] / "LC_MESSAGES" / "dashboard.po"
    with path.open("rb") as text:
        known = {str(one.id): str(one.string) for one in read_po(text) if one.id}
    families = {
        "kind": KINDS,
        "layer": get_args(Layer),
        "severity": get_args(Severity),
        "case": get_args(State),
        "act": VERBS,
        "verdict": [one for one in get_args(Verdict) if one],
        "ground": GROUNDS,
        "reason": get_args(Reason),
    }
    wanted = {*messages(), *(f"{family} {one}" for family, members in families.items() for one in members)}
    assert len(wanted) > 80
    assert sorted(text for text in wanted if not known.get(text)) == []


def test_a_division_is_found_by_name_by_path_and_by_code() -> None:
    index = Index(registry())
    assert index.find("成都 锦江")[0].code == "510104"
    assert [hit.code for hit in index.find("510104017001")] == ["510104017001"]
    assert index.find("510104017001", within="33") == []
    assert all(hit.code.startswith("33") for hit in index.find("城关", within="33"))
    assert index.find("  ") == []


class Shelf:
    """A source with one pulse and one survey that a test may change, and may take away."""

    def __init__(self) -> None:
        self.now, self.number, self.away, self.reads = pulse(), 0, False, 0

    def mark(self) -> int:
        if self.away:
            raise OSError("away")
        return self.number

    def pulse(self, _scope: Scope, _place: Place, _at_us: int) -> Pulse:
        self.reads += 1
        if self.away:
            raise OSError("away")
        return self.now

    def survey(self, _scope: Scope, _place: Place, _at_us: int) -> Survey:
        return survey()

    def sheet(self, kind: type[S], _scope: Scope, _place: Place, _at_us: int) -> S:
        raise AssertionError(f"{kind.__name__} was not asked for")


def test_the_board_reads_again_as_soon_as_loads_move_and_not_before() -> None:
    shelf, hub = Shelf(), Hub()
    board = Board(shelf, hub, lambda: NOW_US)
    assert board.pulse(SCOPE, Place()).value.load == 600_000
    board.refresh_pulses()
    assert shelf.reads == 1, "nothing moved and the second is not over"
    shelf.now, shelf.number = pulse(load=660_000), 1
    board.refresh_pulses()
    assert shelf.reads == 2
    answer = board.pulse(SCOPE, Place(lang="en", days=7))
    assert (answer.value.load, answer.failed) == (660_000, ""), "language and period share one read"


def test_a_store_that_is_away_leaves_the_last_figures_and_says_so_once() -> None:
    shelf, hub = Shelf(), Hub()
    board = Board(shelf, hub, lambda: NOW_US)
    board.pulse(SCOPE, Place())
    shelf.away = True
    board.refresh_pulses()
    answer = board.pulse(SCOPE, Place())
    assert answer.failed == "away"
    assert answer.value.load == 600_000
    shelf.away = False
    board.refresh_pulses()
    assert board.pulse(SCOPE, Place()).failed == ""
    shelf.away = True
    with pytest.raises(OSError, match="away"):
        board.pulse(SCOPE, Place(area="51"))


def test_answers_of_one_scope_are_not_given_to_another() -> None:
    shelf = Shelf()
    board = Board(shelf, Hub(), lambda: NOW_US)
    board.pulse(SCOPE, Place(area="51"))
    for scope in (Scope("someone", "leadership", ("51",)), Scope("someone", "unit", ("",))):
        board.pulse(scope, Place(area="51"))
    assert shelf.reads == 3
    board.pulse(replace(SCOPE, who="another"), Place(area="51"))
    assert shelf.reads == 3, "two persons who may see the same share one read"


def test_a_bump_wakes_every_page_and_carries_no_data() -> None:
    async def scene() -> list[str]:
        hub = Hub()
        hub.bind(asyncio.get_running_loop())
        stream = hub.changes()
        first = await anext(stream)
        await asyncio.to_thread(hub.bump, "pulse")
        second = await anext(stream)
        assert hub.listeners == 1
        await stream.aclose()  # type: ignore[attr-defined]
        assert hub.listeners == 0
        return [first, second]

    with ThreadPoolExecutor(1) as pool:  # a thread of its own: browser tests of the same process leave a loop behind
        assert pool.submit(lambda: asyncio.run(scene())).result() == ["data: {}\n\n", 'data: {"pulse": 1}\n\n']
