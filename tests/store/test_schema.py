"""Migrations forward and back from every step, and that schema and writers speak of the same columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from clickhouse_connect.driver.client import Client

from streams.store import Address, connect
from streams.store.schema import MIGRATIONS, applied, migrate, rollback, tables
from streams.store.writers import EVENT_COLUMNS, POSTING_COLUMNS

pytestmark = pytest.mark.store
STEPS = sorted(int(path.name[:4]) for path in MIGRATIONS.glob("*.sql") if not path.name.endswith(".down.sql"))


@pytest.fixture
def fresh(writer: Address, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A database of its own."""
    monkeypatch.setattr("streams.store.client.DATABASE", "stairs")
    client = connect(writer)
    yield client
    client.command("DROP DATABASE stairs")
    client.close()


def test_steps_are_numbered_without_gaps_and_have_their_way_back() -> None:
    assert list(range(1, len(STEPS) + 1)) == STEPS
    for path in MIGRATIONS.glob("*.sql"):
        if not path.name.endswith(".down.sql"):
            assert path.with_suffix(".down.sql").exists(), path.name


def test_up_down_up_from_every_step(fresh: Client) -> None:
    assert applied(fresh) == []
    seen = [names(fresh)]
    for step in STEPS:
        assert migrate(fresh, step) == [step]
        seen.append(names(fresh))
    assert all(before != after for before, after in pairwise(seen))
    for step in reversed(STEPS):
        assert rollback(fresh, step - 1) == [step]
        assert names(fresh) == seen[step - 1]
        assert migrate(fresh, step) == [step]
        assert names(fresh) == seen[step]
        assert rollback(fresh, step - 1) == [step]
    assert applied(fresh) == []
    assert migrate(fresh) == STEPS
    assert migrate(fresh) == []
    assert applied(fresh) == STEPS
    assert names(fresh) == seen[-1]
    assert rollback(fresh, 0) == STEPS[::-1]
    assert names(fresh) == {}


def names(client: Client) -> dict[str, str]:
    """The schema without the bookkeeping and without the identities of single objects."""
    return {
        name: re.sub(r" UUID '[^']*'", "", definition)
        for name, definition in tables(client).items()
        if name != "schema_versions"
    }


def columns(client: Client, table: str) -> list[str]:
    rows = client.query(
        "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {t:String} "
        "AND default_kind != 'ALIAS' ORDER BY position",
        parameters={"t": table},
    ).result_rows
    return [str(row[0]) for row in rows]


def test_the_writers_know_the_columns(migrated: Client) -> None:
    assert columns(migrated, "events") == list(EVENT_COLUMNS)
    assert columns(migrated, "postings") == list(POSTING_COLUMNS)


def test_every_table_remembers_tokens_and_has_one_partition(migrated: Client) -> None:
    found = {name: text for name, text in tables(migrated).items() if text.startswith("CREATE TABLE")}
    assert {
        "events",
        "refs",
        "postings",
        "rollups",
        "ticks",
        "workers",
        "refused",
        "meta",
        "transitions",
    } <= found.keys()
    for name, text in found.items():
        assert "non_replicated_deduplication_window = 10000" in text, name
        assert "PARTITION BY" not in text, name
