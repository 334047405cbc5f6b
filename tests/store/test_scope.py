"""No read answers an outsider: every public read takes a Scope and refuses what lies outside before it asks the store."""

from __future__ import annotations

import inspect
from datetime import date
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from streams.registry.registry import Registry
from streams.store import OutOfScope, Scope, reads
from streams.store.scope import Role

DAYS = (date(2026, 3, 1), date(2026, 3, 3))
ALICE = Scope("alice", "supervisor", ("5101",))
CHARLIE = Scope("charlie", "supervisor", ("11",))
NOBODY = Scope("nobody", "issuer", (), ("510000-education",))

QUESTIONS: dict[str, tuple[Any, ...]] = {
    "area_between": ("510104", 0, 1),
    "area_load": ("510104", *DAYS),
    "area_series": ("510104", *DAYS),
    "area_totals": ("510104", *DAYS),
    "coverage": (0,),
    "hotspots": ("township", *DAYS),
    "hotspots_at": ("township", "all.minutes.7d", 0),
    "kind_shares": ("510104", *DAYS),
    "recent_demands": ("510104017", 0),
    "stream_health": (0,),
    "tier_days": ("township", *DAYS),
    "tier_load": ("township", "all.minutes.7d", 0),
    "top_issuers": ("510104", *DAYS),
    "unit_load": ("510104017", ["all.minutes.7d"], 0),
    "unit_series": ("510104017", *DAYS),
    "upcoming_demands": ("510104017", 0, 1),
}
BY_AREA = {"coverage", "hotspots", "hotspots_at", "tier_days", "tier_load"}
"""Reads whose area is a keyword."""
COMPARING = {"hotspots", "hotspots_at", "tier_days", "tier_load"}


class Unreachable:
    """A client that must not be asked."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the store was asked ({name}) before the scope")


def ask(name: str, client: Any, scope: Scope, registry: Registry, **more: Any) -> Any:
    read = getattr(reads, name)
    if name == "stream_health":
        return read(client, scope, *QUESTIONS[name])
    return read(client, scope, registry, *QUESTIONS[name], **more)


def test_every_read_takes_a_scope_second() -> None:
    assert set(reads.__all__) == set(QUESTIONS)
    for name in reads.__all__:
        parameters = list(inspect.signature(getattr(reads, name)).parameters.values())
        assert [one.name for one in parameters[:2]] == ["client", "scope"], name
        assert parameters[1].annotation == "Scope", name
        assert all(one.default is inspect.Parameter.empty for one in parameters[:2]), name


@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - {"stream_health"}))
def test_outsiders_are_refused_before_anything_is_read(name: str, registry: Registry) -> None:
    inside = {"area": "510104"} if name in BY_AREA else {}
    for outsider in (CHARLIE, NOBODY):
        with pytest.raises(OutOfScope, match=outsider.who):
            ask(name, Unreachable(), outsider, registry, **inside)
    with pytest.raises(AssertionError, match="before the scope"):  # an insider comes as far as the store
        ask(name, Unreachable(), ALICE, registry, **inside)
    if name in BY_AREA:
        for wider in ("", "51", "5", "510"):
            with pytest.raises(OutOfScope):
                ask(name, Unreachable(), ALICE, registry, area=wider)


@pytest.mark.parametrize("name", sorted(COMPARING))
@pytest.mark.parametrize("role", ["unit", "issuer"])
def test_units_are_not_shown_side_by_side_to_each_other(name: str, role: Role, registry: Registry) -> None:
    with pytest.raises(OutOfScope, match="side by side"):
        ask(name, Unreachable(), Scope("bob", role, ("510104",)), registry, area="510104")


def test_prefixes_cover_what_lies_below_and_nothing_else() -> None:
    assert ALICE.covers("5101")
    assert ALICE.covers("510104-education")
    assert not ALICE.covers("")
    assert not ALICE.covers("51")
    assert not ALICE.covers("511")
    assert Scope("all", "leadership", ("",)).covers("")
    ALICE.require_area("510104")
    Scope("x", "issuer", (), ("510000-education",)).require_issuer("510000-education")
    with pytest.raises(OutOfScope):
        NOBODY.require_issuer("110000-health")
    with pytest.raises(OutOfScope):
        ALICE.require_operator()
    with pytest.raises(ValueError, match="areas"):
        Scope("x", "unit", ("51%",))


@pytest.mark.store
def test_sources_of_refusals_are_for_operators(client: Client) -> None:
    from streams.store import Refusal, insert_refused

    at_us = 1_772_521_234_567_890
    insert_refused(client, [Refusal(at_us, "//a", "too-big", 2), Refusal(at_us, "//b", "too-big", 3)], "r")
    seen = {
        scope.who: [(one.source, one.n) for one in reads.stream_health(client, scope, at_us).refused]
        for scope in (ALICE, Scope("op", "operator"), Scope("leader", "leadership", ("",)))
    }
    assert seen == {"alice": [("", 5)], "op": [("//b", 3), ("//a", 2)], "leader": [("//b", 3), ("//a", 2)]}
