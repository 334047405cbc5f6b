"""A brief holds the numbers that the pages show, on a real store; and travels by the API and the command."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import uvicorn
from clickhouse_connect.driver.client import Client
from pypdf import PdfReader
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.data.engine import Engine
from dashboard.data.sheets.issuer import IssuerSheet
from dashboard.data.sheets.unit import UnitSheet
from dashboard.data.snapshot import StoreSource
from dashboard.place import Place
from streams.brief.model import Brief, Wish
from streams.brief.reading import read
from streams.calendars import Calendar
from streams.calendars.periods import DAY_US
from streams.intake.answers import HttpFault, fault
from streams.intake.brief_http import Briefs
from streams.intake.tokens import Token, Tokens
from streams.registry import Registry
from streams.store import OutOfScope, Scope
from tests.browser.sample import Sample

pytestmark = pytest.mark.store
NOON_US = 1_772_510_400_000_000  # 2026-03-03 12:00 in Shanghai
TODAY = date(2026, 3, 3)
LEADER = Scope("leader", "leadership", ("",))
TOWN = Scope("town", "unit", ("510104017",))
OFFICE = "510104-education"


@pytest.fixture
def sample(client: Client, registry: Registry) -> Sample:
    """Two periods of a county, one office that sends most, a story and open findings."""
    made = Sample(client, registry, NOON_US)
    for back in range(60):
        at = NOON_US - back * DAY_US
        made.demand(OFFICE, "request", "510104", "township", at, 60 + back % 7, f"报送第{back}号表")
        made.demand("510000-health", "meeting", "51", "township", at, 30, f"会议{back}", data={"plan_item_id": "p"})
        made.demand("510100-office", "document", "5101", "village", at, 5, f"文件{back}")
    made.flush()
    made.findings()
    return made


@pytest.fixture
def source(client: Client, registry: Registry) -> StoreSource:
    return StoreSource(Engine(client, registry, Calendar.load()))


def rows(brief: Brief, key: str) -> list[tuple[str, int]]:
    found = brief.ranking(key)
    assert found is not None
    return [(one.code, one.likely) for one in found.rows]


@pytest.mark.parametrize("period", ["week", "month"])
def test_a_province_has_the_numbers_of_the_situation(
    client: Client, registry: Registry, sample: Sample, source: StoreSource, period: Any
) -> None:
    wish = Wish("area", "51", period, TODAY)
    brief = read(client, LEADER, registry, wish, NOON_US)
    survey = source.survey(LEADER, Place(area="51", days=7 if period == "week" else 30), NOON_US)
    inside = [survey.first <= day <= survey.last for day in survey.series.days]
    assert (wish.first, wish.until) == (survey.first, survey.last)
    assert brief.likely == int(survey.series.likely[:, inside].sum()) > 0
    assert [load for _, load in brief.days] == [int(one) for one in survey.series.likely[:, inside].sum(axis=0)]
    assert brief.before == sum(one.likely for one in survey.places_before)
    assert rows(brief, "issuers") == [(one.issuer, one.likely) for one in survey.issuers]
    assert rows(brief, "hotspots") == [(one.code, one.value) for one in survey.hotspots]
    places = sorted(survey.places, key=lambda one: (-one.likely / one.units, one.code))
    assert rows(brief, "places") == [(one.code, one.likely) for one in places[:10]]
    covered = brief.coverage
    assert covered is not None
    assert (covered.month, covered.units) == (survey.coverage.reached, survey.coverage.units)
    townships = registry.range_of("51", registry.tier_id("township"))
    hottest = brief.ranking("hotspots")
    assert hottest is not None
    assert hottest.more == townships[1] - townships[0] - 10
    assert brief.findings == 6
    assert sample.runs == 1


def test_an_issuer_and_a_unit_have_the_numbers_of_their_pages(
    client: Client, registry: Registry, sample: Sample, source: StoreSource
) -> None:
    sheet = source.sheet(IssuerSheet, LEADER, Place(issuer=OFFICE), NOON_US)
    brief = read(client, LEADER, registry, Wish("issuer", OFFICE, "month", TODAY), NOON_US)
    first = TODAY - timedelta(days=29)
    assert brief.likely == sum(one.likely for one in sheet.days if first <= one.day <= TODAY) > 0
    assert brief.before == sum(one.likely for one in sheet.days if first - timedelta(days=30) <= one.day < first)
    assert brief.made is not None
    assert brief.made.demands == 30
    unit = source.sheet(UnitSheet, LEADER, Place(unit="510104017"), NOON_US)
    own = read(client, TOWN, registry, Wish("unit", "510104017", "week", TODAY), NOON_US)
    days = [(day, load) for day, load, _ in unit.days if TODAY - timedelta(days=6) <= day <= TODAY]
    assert list(own.days) == days
    assert own.ahead == dict(unit.load)["all.minutes.ahead7d"]
    assert sum(load for _, load in rows(own, "issuers")) == own.likely == sum(load for _, load in days) > 0
    assert sample.runs == 1


def test_nobody_reads_a_brief_beyond_the_scope(client: Client, registry: Registry, sample: Sample) -> None:
    for wish in (
        Wish("area", "51", "week", TODAY),
        Wish("unit", "510105001", "week", TODAY),
        Wish("issuer", OFFICE, "week", TODAY),
    ):
        with pytest.raises(OutOfScope):
            read(client, TOWN, registry, wish, NOON_US)
    inside = read(client, TOWN, registry, Wish("area", "510104017", "week", TODAY), NOON_US)
    assert inside.ranking("hotspots") is None
    assert sample.runs == 1


def test_a_province_takes_less_than_five_seconds(client: Client, registry: Registry, sample: Sample) -> None:
    from streams.brief import written

    begun = time.monotonic()
    raw = written(client, LEADER, registry, Wish("area", "51", "month", TODAY), NOON_US, "pdf", "zh")
    assert time.monotonic() - begun < 5
    assert len(PdfReader(BytesIO(raw)).pages) <= 2
    assert sample.runs == 1


@pytest.fixture
def app(client: Client, registry: Registry, sample: Sample) -> Starlette:
    """The route alone, as the API serves it."""
    hashed = hashlib.sha256(b"a token").hexdigest()
    tokens = Tokens((Token("sichuan", hashed, issuers=(), sources=(), areas=("51",)),))
    assert sample.runs == 1

    def told(_request: Any, error: Exception) -> Any:
        assert isinstance(error, HttpFault)
        return fault(error)

    routes = Briefs(lambda: client, registry, now_us=lambda: NOON_US).routes(tokens)
    return Starlette(
        routes=[Route(path, handler, methods=[method]) for method, path, handler in routes],
        exception_handlers={HttpFault: told},
    )


def test_the_route_answers_files_and_says_what_is_wrong(app: Starlette) -> None:
    door = TestClient(app, headers={"Authorization": "Bearer a token"})
    answer = door.get("/v1/brief", params={"area": "51", "period": "month", "format": "xlsx", "lang": "en"})
    assert answer.status_code == 200
    assert "Issuers by load caused" in openpyxl.load_workbook(BytesIO(answer.content)).sheetnames
    for params, status, said in (
        ({}, 400, "exactly one"),
        ({"area": "51", "unit": "510104017"}, 400, "exactly one"),
        ({"area": "51", "format": "doc"}, 400, "format"),
        ({"area": "51", "period": "year"}, 400, "period"),
        ({"area": "51", "until": "2026-03-04"}, 400, "until"),
        ({"area": "43"}, 403, "outside"),
        ({"unit": "519999999"}, 404, "no such unit"),
    ):
        refused = door.get("/v1/brief", params=params)
        assert (refused.status_code, said in refused.json()["error"]) == (status, True), refused.text
    assert TestClient(app).get("/v1/brief", params={"area": "51"}).status_code == 401


@pytest.fixture
def served(app: Starlette) -> Iterator[str]:
    """The address of a server with the route."""
    import socket
    import threading

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture
def burdenwatch(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command in this process: its exit code."""

    def run(*words: str) -> int:
        from streams import cli

        monkeypatch.setenv("BURDENWATCH_TOKEN", "a token")
        monkeypatch.setattr("sys.argv", ["burdenwatch", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    return run


def test_the_command_writes_each_format(served: str, burdenwatch: Callable[..., int], tmp_path: Path) -> None:
    for form, first in (("docx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        out = tmp_path / f"brief.{form}"
        assert burdenwatch("brief", "--area", "51", "--period", "month", "--out", str(out), "--to", served) == 0
        assert out.read_bytes().startswith(first)
    assert "四川省" in PdfReader(tmp_path / "brief.pdf").pages[0].extract_text()
    assert burdenwatch("brief", "--area", "51", "--out", str(tmp_path / "brief.doc"), "--to", served) == 2
    assert burdenwatch("brief", "--out", str(tmp_path / "brief.pdf"), "--to", served) == 2
