"""The schema and its numbered steps, forward and back (``infra/migrations/NNNN_name.sql`` with ``.down.sql``).

Flows in: a client. Flows out: a database with all tables. May touch: the store's schema.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from clickhouse_connect.driver.client import Client
from clickhouse_migrations.connection import ClickhouseConnectConnection
from clickhouse_migrations.migration import MigrationStorage
from clickhouse_migrations.migrator import Migrator

MIGRATIONS: Final = Path(str(files("infra"))) / "migrations"


def migrate(client: Client, to: int | None = None) -> list[int]:
    """Applies what is missing, up to step ``to`` (None: all); returns the steps applied.

    Raises MigrationException when an applied step was changed or removed.
    """
    migrator = Migrator(ClickhouseConnectConnection(client))
    migrator.init_schema()
    return [one.version for one in migrator.apply_migration(_storage().migrations(), True, to_version=to)]


def rollback(client: Client, to: int) -> list[int]:
    """Goes back to step ``to`` (0: an empty schema), newest first; returns the steps undone."""
    migrator = Migrator(ClickhouseConnectConnection(client))
    migrator.init_schema()
    return list(migrator.rollback_migration(_storage().down_scripts(), to_version=to))


def applied(client: Client) -> list[int]:
    """Numbers of the applied steps, ascending; [] for a database that was never migrated."""
    if not client.command("EXISTS TABLE schema_versions"):
        return []
    rows = client.query("SELECT DISTINCT version FROM schema_versions ORDER BY version").result_rows
    return [int(row[0]) for row in rows]


def tables(client: Client) -> dict[str, str]:
    """Every table and view of the schema with its full definition, as the store itself words it."""
    rows = client.query(
        "SELECT name, create_table_query FROM system.tables "
        "WHERE database = currentDatabase() AND name != 'schema_versions' ORDER BY name"
    ).result_rows
    return {str(name): str(definition) for name, definition in rows}


def _storage() -> MigrationStorage:
    return MigrationStorage(MIGRATIONS)
