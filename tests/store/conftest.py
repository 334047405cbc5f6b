"""One embedded store for this package's tests; each test module that asks gets empty tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clickhouse_connect.driver.client import Client

from infra.local.clickhouse import ClickHouseNode
from streams.registry.registry import Registry, load
from streams.store import Address, connect, migrate
from streams.store.schema import tables
from tests.store.paging import deeds, opened, shared

__all__ = ["deeds", "opened", "shared"]

WRITER_PASSWORD = "writes"
READER_PASSWORD = "reads"


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load()


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseNode]:
    node = ClickHouseNode(tmp_path_factory.mktemp("store"), password=WRITER_PASSWORD, readonly_password=READER_PASSWORD)
    node.start()
    yield node
    node.stop()


@pytest.fixture(scope="session")
def writer(node: ClickHouseNode) -> Address:
    return Address(*node.address, "burdenwatch", WRITER_PASSWORD)


@pytest.fixture(scope="session")
def reader(node: ClickHouseNode) -> Address:
    return Address(*node.address, "reader", READER_PASSWORD)


@pytest.fixture(scope="session")
def migrated(writer: Address) -> Iterator[Client]:
    client = connect(writer)
    migrate(client)
    yield client
    client.close()


@pytest.fixture
def client(migrated: Client) -> Client:
    """A client of a store whose tables are all empty."""
    for name, definition in tables(migrated).items():
        if definition.startswith("CREATE TABLE"):
            migrated.command(f"TRUNCATE TABLE {name}")
    return migrated
