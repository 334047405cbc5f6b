"""The simulated stream: good events, in order of arrival, the same for the same seed, shaped as asked."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from streams.events import Event, decode
from streams.events.docno import is_valid
from streams.registry import Registry, UnknownArea, load
from streams.simulate import Simulated, Written, stream, write

START, END = date(2026, 3, 2), date(2026, 3, 23)
DAY_US = 86_400_000_000


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


@pytest.fixture(scope="module")
def simulated(registry: Registry) -> list[Simulated]:
    return list(stream(registry, seed=5, start=START, end=END, area="5101", scale=1.0))


@pytest.fixture(scope="module")
def events(simulated: list[Simulated]) -> list[Event]:
    return [decode(one.raw) for one in simulated]


def test_every_event_is_good_and_reaches_somebody(events: list[Event], registry: Registry) -> None:
    assert len(events) > 4_000
    assert all(event.masked == 0 for event in events)
    for event in events:
        if event.verb == "issued":
            assert registry.resolve(event.data.reach), event.id
            assert registry.issuer(event.issuer).level in ("centre", "province", "prefecture", "county")
            assert event.source == f"//oa.example.cn/{event.issuer.replace('-', '/', 1)}"
            assert not event.doc_no or is_valid(event.doc_no), event.doc_no


def test_all_kinds_and_all_life_cycle_verbs_occur(registry: Registry) -> None:
    found = {
        (event.kind, event.verb)
        for one in stream(registry, seed=2, start=START, end=END, area="51", scale=0.6)
        for event in (decode(one.raw),)
    }
    kinds = {kind for kind, verb in found if verb == "issued"}
    assert len(kinds) == 13
    verbs = {"issued", "amended", "withdrawn", "ended", "answered", "returned", "outcome", "corrected"}
    assert {verb for _, verb in found} == verbs


def test_events_come_in_order_of_arrival_and_happen_within_the_days(
    simulated: list[Simulated], events: list[Event]
) -> None:
    arrivals = [one.arrival_us for one in simulated]
    assert arrivals == sorted(arrivals)
    first = (START - date(1970, 1, 1)).days * DAY_US - 8 * 3_600_000_000
    last = (END - date(1970, 1, 1)).days * DAY_US - 8 * 3_600_000_000
    for one, event in zip(simulated, events, strict=True):
        assert first <= event.time_us < last
        assert event.time_us < one.arrival_us
    assert [event.time_us for event in events] != sorted(event.time_us for event in events)


def test_lateness_repetition_and_the_other_shares_are_as_calibrated(
    simulated: list[Simulated], events: list[Event]
) -> None:
    total = len(events)
    lag = [one.arrival_us - event.time_us for one, event in zip(simulated, events, strict=True)]
    assert 0.03 < sum(late > DAY_US for late in lag) / total < 0.07
    assert 0.001 < sum(late > 30 * DAY_US for late in lag) / total < 0.012
    copies = Counter(event.ident for event in events)
    assert 0.004 < (total - len(copies)) / total < 0.02
    digests: dict[int, int] = {}
    for event in events:
        assert digests.setdefault(event.ident, event.digest) == event.digest
    documents = [event for event in events if (event.kind, event.verb) == ("document", "issued")]
    county = [event for event in documents if not event.issuer.split("-")[0].endswith("00")]
    assert 0.5 < sum(event.data.parent_id is not None for event in county) / len(county) < 0.7
    assert 0.2 < sum(not event.doc_no for event in documents) / len(documents) < 0.4
    assert len({event.title for event in documents}) > len(documents) / 3


def test_days_off_are_nearly_quiet_and_mondays_are_busy(registry: Registry) -> None:
    def issued(start: date, end: date) -> int:
        return sum(
            decode(one.raw).verb == "issued"
            for one in stream(registry, seed=1, start=start, end=end, area="5101", scale=1.0)
        )

    holiday, monday = issued(date(2026, 10, 1), date(2026, 10, 4)), issued(date(2026, 10, 12), date(2026, 10, 13))
    assert holiday / 3 < monday / 8


def test_the_same_seed_gives_the_same_bytes_in_another_process(registry: Registry, tmp_path: Path) -> None:
    def wrote(seed: int, name: str) -> tuple[Written, bytes]:
        out, labels = tmp_path / name, tmp_path / f"{name}.labels"
        told = write(registry, seed=seed, start=START, end=END, area="510104", scale=1.0, out=out, labels_out=labels)
        return told, hashlib.sha256(out.read_bytes() + labels.read_bytes()).digest()

    first, digest = wrote(9, "a")
    assert first.events == len((tmp_path / "a").read_bytes().splitlines()) > 100
    assert first.labels == len((tmp_path / "a.labels").read_bytes().splitlines()) > 20
    assert wrote(10, "b")[1] != digest
    program = (
        "from datetime import date; from pathlib import Path; from streams.registry import load; from streams.simulate import write\n"
        f"write(load(), seed=9, start=date(2026, 3, 2), end=date(2026, 3, 23), area='510104', scale=1.0, "
        f"out=Path({str(tmp_path / 'c')!r}), labels_out=Path({str(tmp_path / 'c.labels')!r}))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "77"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, timeout=120)
    again = hashlib.sha256((tmp_path / "c").read_bytes() + (tmp_path / "c.labels").read_bytes()).digest()
    assert again == digest


@pytest.mark.parametrize("area", ["", "11", "4419", "441900", "510104017", "659001"])
def test_any_area_can_be_simulated_and_stays_inside(registry: Registry, area: str) -> None:
    scale = 1.0 if len(area) > 3 else 0.01
    found = 0
    for one in stream(registry, seed=4, start=date(2026, 3, 2), end=date(2026, 3, 6), area=area, scale=scale):
        event = decode(one.raw)
        if event.verb != "issued":
            continue
        found += 1
        for part in registry.resolve(event.data.reach):
            if part.tier == 4:
                lo, hi = registry.range_of(area, 4)
                assert lo <= part.lo < part.hi <= hi
    assert found


def test_an_empty_period_is_empty_and_wrong_questions_are_refused(registry: Registry, tmp_path: Path) -> None:
    assert not list(stream(registry, seed=1, start=START, end=START, area="51", scale=1.0))
    with pytest.raises(UnknownArea):
        list(stream(registry, seed=1, start=START, end=END, area="99", scale=1.0))
    with pytest.raises(ValueError, match="scale"):
        write(registry, seed=1, start=START, end=END, area="51", scale=0.0, out=tmp_path / "x", labels_out=None)
