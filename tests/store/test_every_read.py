"""Every read of the store that answers people, found by looking at the modules, against strangers of every role.

A read is a public function (or a way into a class) that takes a client. It stands in a module that the import contract keeps for processes,
or takes a Scope second, or is marked as a read for everyone. One without a case here fails the first test.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from clickhouse_connect.driver.client import Client

from streams import store
from streams.events import ident_of
from streams.registry import Registry, RegistryError
from streams.store import OutOfScope, Scope
from streams.store.pivots import Crossing
from streams.store.remarks import Remark
from streams.store.scope import FOR_EVERYONE, Unseen
from tests.store.strangers import (
    INSIDE,
    NOON_US,
    NOWHERE,
    OURS,
    SECRETS,
    STRANGERS,
    TODAY,
    Things,
    fill,
    told_secrets,
    without,
)

pytestmark = pytest.mark.store
ROOT: Final = Path(__file__).parents[2]
DAYS: Final = (date(2026, 2, 20), date(2026, 3, 4))
METRIC: Final = "all.minutes.30d"
RULE: Final = "R11-short-notice"
Case = Callable[[Things], tuple[tuple[Any, ...], dict[str, Any]]]


def _asked(*names: Any, **more: Any) -> Case:
    """Arguments behind client and scope: '@area' and the like stand for what is asked about, 'registry' for the registry."""

    def made(things: Things) -> tuple[tuple[Any, ...], dict[str, Any]]:
        def value(one: Any) -> Any:
            return getattr(things, one[1:]) if isinstance(one, str) and one.startswith("@") else one

        return tuple(value(one) for one in names), {name: value(one) for name, one in more.items()}

    return made


def _remark(things: Things) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return ("registry", Remark(NOON_US, "x", things.unit, "duplicate", *things.keys)), {}


def _all(*rest: Any, **more: Any) -> Case:
    return _asked("registry", *rest, **more)


CASES: Final[dict[str, Case]] = {
    "alerting.sent_in": _asked(finding="@finding"),
    "alerting.silences_in": _asked(),
    "alerting.withheld_of": _all("@finding"),
    "areas.area_between": _all("@area", 0, NOON_US),
    "areas.area_load": _all("@area", *DAYS),
    "areas.area_series": _all("@area", *DAYS),
    "areas.area_totals": _all("@area", *DAYS),
    "areas.coverage": _all(NOON_US, area="@area"),
    "areas.kind_shares": _all("@area", *DAYS),
    "areas.top_issuers": _all("@area", *DAYS),
    "audit.audited": _asked(),
    "beyond.BacktestReads.for_country": _asked(),
    "beyond.BacktestReads.opened": _asked("@area"),
    "beyond.DraftReads.opened": _all("@issuer"),
    "beyond.known_to_door": _asked([ident_of("//oa.example.cn/office", "e-1")]),
    "casework.acts_of": _all("@finding"),
    "casework.acts_of_all": lambda things: (([things.finding],), {}),
    "casework.cases_in": _asked("@area"),
    "casework.finding_months": _asked("@area"),
    "casework.precedents": _asked(RULE),
    "changing.hours": _all("@area", *DAYS),
    "changing.two_weeks": _all("@area", TODAY),
    "demands.recent_demands": _all("@area", NOON_US),
    "demands.upcoming_demands": _all("@unit", 0, NOON_US, unit=True),
    "evidence.demands_behind": lambda things: (("registry", things.finding, things.keys), {}),
    "evidence.demands_of_unit": lambda things: (("registry", things.unit, things.keys), {}),
    "evidence.events_behind": _all("@finding"),
    "evidence.load_behind": _all("@finding"),
    "findings.by_issuer": _all("@issuer", 10),
    "findings.finding_history": _all("@finding"),
    "findings.findings_in": _all("@area"),
    "findings.open_counts": _asked("@area"),
    "findings.open_groups": _asked("@area", {"": 0}),
    "findings.require_finding": _all("@finding"),
    "findings.titled": _asked("@area", "暗号"),
    "health.feeds": _asked(0, 10),
    "health.rule_faults": _asked(),
    "health.stream_health": _asked(NOON_US),
    "issuing.bodies_of": _all("@issuer", 0),
    "issuing.issued_by": _all("@issuer", 0, 10),
    "issuing.issuer_days": _all("@issuer", *DAYS),
    "issuing.makeups": lambda things: ((things.area, [things.issuer], 0, NOON_US), {}),
    "lists.annotated": _asked("@area", *DAYS),
    "lists.lists_for": _all("@issuer"),
    "lists.quotas_for": lambda _: (("registry",), {}),
    "peers.peers_of": _all("@unit", METRIC, NOON_US),
    "pivots.pivot": _all("@area", *DAYS, Crossing("place", "kind")),
    "remarks.insert_remark": _remark,
    "remarks.remarks_in": _all("@area"),
    "saved.saved_filters": _asked(),
    "units.hotspots": _all("township", *DAYS, area="@area"),
    "units.hotspots_at": _all("township", METRIC, NOON_US, area="@area"),
    "units.tier_days": _all("township", *DAYS, area="@area"),
    "units.tier_load": _all("township", METRIC, NOON_US, area="@area"),
    "units.unit_load": _all("@unit", [METRIC], NOON_US),
    "units.unit_series": _all("@unit", *DAYS),
}
FOR_ALL: Final[dict[str, tuple[Any, ...]]] = {
    "casework.verdicts": (),
    "comparing.comparable_since": (),
    "health.has_events": (),
    "parts.has_reported": ("tally", 0),
    "health.newest_admitted": (NOON_US,),
    "parts.ping": (),
    "health.posting_count": (),
    "health.schema_step": (),
    "lists.list_headers": (),
    "parts.part_states": (NOON_US,),
    "rounds.last_rounds": (NOON_US,),
    "rounds.restarts": (NOON_US,),
}
OPERATORS: Final = {
    "audit.audited",
    "health.feeds",
    "health.rule_faults",
    "beyond.known_to_door",
    "beyond.BacktestReads.for_country",
}
"""Reads about the installation: what an operator asks is its to know, whatever its areas."""
INSIDERS_SEE: Final = {
    "alerting.sent_in", "alerting.silences_in", "alerting.withheld_of", "areas.top_issuers", "casework.acts_of", "casework.acts_of_all",
    "casework.precedents", "demands.recent_demands", "demands.upcoming_demands", "evidence.demands_of_unit", "evidence.events_behind",
    "findings.by_issuer", "findings.finding_history", "findings.findings_in", "issuing.issued_by", "lists.lists_for", "remarks.remarks_in",
    "casework.cases_in", "findings.titled", "lists.quotas_for", "saved.saved_filters",
    "units.hotspots",
}  # fmt: skip
"""Reads whose answers hold secrets: an insider gets them, so the strangers' tests could fail."""


def scopeless() -> set[str]:
    """Modules that the import contract keeps for processes."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (one,) = [one for one in contracts if "without a Scope" in one["name"]]
    return set(one["forbidden_modules"])


def taking_a_client(module: Any) -> Iterator[tuple[str, Any]]:
    """Public functions of a module, and ways into its public classes, whose first parameter is a client."""
    held: dict[str, Any] = dict(inspect.getmembers(module, inspect.isfunction))
    for name, kind in inspect.getmembers(module, inspect.isclass):
        if kind.__module__ == module.__name__ and not name.startswith("_"):
            ways = inspect.getmembers(kind, inspect.ismethod)
            held |= {f"{name}.{way}": found for way, found in ways if not way.startswith("_")}
    for name, found in sorted(held.items()):
        first = next(iter(inspect.signature(found).parameters.values()), None)
        if (
            not name.startswith("_")
            and found.__module__ == module.__name__
            and first is not None
            and first.name == "client"
        ):
            yield name, found


def reads_of_people() -> dict[str, Any]:
    """By module and name: every read that a room which answers people could call."""
    names = {f"streams.store.{one.name}" for one in pkgutil.iter_modules(store.__path__)}
    assert scopeless() <= names
    return {
        f"{module.removeprefix('streams.store.')}.{name}": found
        for module in sorted(names - scopeless())
        for name, found in taking_a_client(importlib.import_module(module))
    }


READS: Final = reads_of_people()
WRITES: Final = {name for name in READS if name.partition(".")[2].startswith("insert_")} - set(CASES)
"""Writes that take no Scope: whoever calls them has read before (``streams.desk``), or is a process."""


class Unreachable:
    """A client that must not be asked."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the store was asked ({name}) before the scope")


def outcome(client: Any, scope: Scope, registry: Registry, name: str, things: Things) -> tuple[str, str]:
    """What a read does: its refusal, or its answer in full."""
    args, more = CASES[name](things)
    try:
        found = READS[name](client, scope, *(registry if one == "registry" else one for one in args), **more)
    except (OutOfScope, RegistryError) as error:
        return type(error).__name__, str(error)
    with np.printoptions(threshold=100_000):
        text = "".join(one.decode() for one in found) if name == "issuing.bodies_of" else repr(found)
    return "answer", _plain(text)


def _plain(text: str) -> str:
    """Bytes in a repr as the text that they are."""
    return (
        text.encode().decode("unicode_escape").encode("latin-1", "replace").decode("utf-8", "replace")
        if "\\x" in text
        else text
    )


@pytest.fixture(scope="module")
def filled(migrated: Client, registry: Registry) -> Client:
    """Everything of a county that can be read."""
    for name, definition in store.schema.tables(migrated).items():
        if definition.startswith("CREATE TABLE"):
            migrated.command(f"TRUNCATE TABLE {name}")
    fill(migrated, registry)
    return migrated


def test_every_read_takes_a_scope_or_is_for_everyone_and_has_a_case() -> None:
    marked = {one.removeprefix("streams.store.") for one in FOR_EVERYONE}
    assert set(READS) == set(CASES) | marked | WRITES, (
        "a read without a case: add one to CASES, or mark it for everyone"
    )
    assert marked == set(FOR_ALL)
    assert not marked & set(CASES)
    for name in CASES:
        parameters = list(inspect.signature(READS[name]).parameters.values())
        assert [one.name for one in parameters[:2]] == ["client", "scope"], name
        assert parameters[1].annotation in ("Scope", Scope), name
        assert parameters[1].default is inspect.Parameter.empty, name
    for name in marked:
        assert "scope" not in inspect.signature(READS[name]).parameters, name


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_stranger_learns_nothing_by_a_read(name: str, filled: Client, registry: Registry) -> None:
    for scope in STRANGERS:
        theirs, nothing = (outcome(filled, scope, registry, name, things) for things in (OURS, NOWHERE))
        if name in OPERATORS and scope.role == "operator":
            continue
        by_name = OURS if CASES[name](OURS) != CASES[name](NOWHERE) else NOWHERE
        assert told_secrets(theirs[1], by_name) == [], scope.who
        assert (theirs[0], without(theirs[1], OURS)) == (nothing[0], without(nothing[1], NOWHERE)), scope.who
        if theirs[0] == "OutOfScope":
            args, more = CASES[name](OURS)
            with pytest.raises(OutOfScope):
                READS[name](Unreachable(), scope, *(registry if one == "registry" else one for one in args), **more)
        else:
            assert theirs[0] in ("Unseen", "answer"), theirs


def test_of_what_strangers_are_refused_insiders_see_the_secrets(filled: Client, registry: Registry) -> None:
    seen = set()
    for name in CASES:
        kind, text = outcome(filled, INSIDE, registry, name, OURS)
        assert kind == "answer" or name in OPERATORS, (name, kind, text)
        if any(one in text for one in SECRETS):
            seen.add(name)
    assert seen >= INSIDERS_SEE


@pytest.mark.parametrize("name", sorted(FOR_ALL))
def test_what_is_for_everyone_names_nobody(name: str, filled: Client) -> None:
    assert [one for one in SECRETS if one in repr(READS[name](filled, *FOR_ALL[name]))] == []


def test_one_who_may_see_part_of_it_is_told_no_more(filled: Client, registry: Registry) -> None:
    with pytest.raises(
        Unseen, match="no such demands"
    ):  # a unit remarks on what reaches it, whatever positions it makes up
        READS["remarks.insert_remark"](
            filled, Scope("u", "unit", (OURS.unit,)), registry, Remark(NOON_US, "u", OURS.unit, "merge", 1, 4_711)
        )
    said = READS["remarks.remarks_in"](filled, INSIDE, registry, OURS.unit)
    assert all(one.first_title.startswith("暗号") for one in said)
    assert said
    ours = READS["health.rule_faults"](filled, INSIDE)
    whole = READS["health.rule_faults"](filled, Scope("op", "operator", ("43",)))
    assert ([row.rows for row in ours], [row.rows for row in whole]) == ([()], [(f"unit:{OURS.unit}",)])
