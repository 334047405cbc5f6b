"""Ordinary weeks through judge and notifier: what is planted is told, lawful look-alikes are not, and the desk is not flooded."""

from __future__ import annotations

import pytest
from clickhouse_connect.driver.client import Client

from streams.registry import Registry
from tests.ordinary.measure import judged, life_of, run

pytestmark = [pytest.mark.store, pytest.mark.timeout(300)]
WEEKS = 4
BREACHES, NOTICES = 3, 5
"""A county and week, at most, of what was not planted."""


def test_ordinary_weeks(client: Client, registry: Registry) -> None:
    life = life_of(11, WEEKS)
    found = judged(life, run(client, registry, life))
    missed = [case for case, met in found.met.items() if not met]
    assert len(missed) <= 0.05 * len(found.met), missed
    breaches = [what for what in found.false if what[1] == "breach"]
    notices = [what for what in found.false if what[1] == "notice"]
    assert len(breaches) <= BREACHES * WEEKS, breaches
    assert len(notices) <= NOTICES * WEEKS, notices
    assert [what for what in breaches if what[2] != "ordinary life"] == [], "a lawful look-alike is no breach"
