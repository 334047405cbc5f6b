"""The way to the store: an address, and a clickhouse-connect client that waits for a store that is just starting.

Flows in: an address. Flows out: a client. May touch: the network. Nothing else of the product makes clients.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

import clickhouse_connect
import stamina
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError
from urllib3.exceptions import HTTPError

from streams.config.faults import ShutOut, certificate_fault, quiet
from streams.config.store import Address

DATABASE: Final = "burdenwatch"
PATIENCE_S: Final = 60.0
"""How long a store may be away (a restart takes two seconds) before a call gives up."""
TIMEOUT_S: Final = 300
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_NO_DATABASE: Final = 81
_STRANGER: Final = frozenset({192, 193, 194, 516})
"""Errors of ClickHouse that say: no such user, or not with this password."""
_PASSING: Final = frozenset({159, 202, 209, 210, 241, 242, 243, 252, 319, 999})
"""Errors of ClickHouse that pass by themselves: time-outs, memory, disk, too many queries or parts, read-only for a moment."""


class StoreShutsOut(DatabaseError, ShutOut):
    """The store does not let us in: user, password, or a certificate that is not trusted."""


def passing(error: Exception) -> bool:
    """Whether the same call may succeed later: the store is away, restarting or short of something."""
    if isinstance(error, OperationalError) and certificate_fault(error):
        return False
    if isinstance(error, DatabaseError) and not isinstance(error, OperationalError):
        return error.code in _PASSING
    return isinstance(error, (OperationalError, HTTPError, ConnectionError, TimeoutError))


def connect(address: Address, readonly: bool = False, *, patience_s: float = PATIENCE_S) -> Client:
    """A client of the database ``burdenwatch``; safe for several threads, no session.

    Waits up to ``patience_s`` seconds for the store. A writing client makes the database if it is missing.
    Raises StoreShutsOut (wrong password, no trust), clickhouse_connect's DatabaseError or OperationalError (no answer in time).
    """
    for attempt in stamina.retry_context(on=passing, attempts=None, timeout=patience_s, wait_initial=0.1, wait_max=1.0):
        with attempt:
            try:
                return _open(address, DATABASE)
            except DatabaseError as error:
                if error.code != _NO_DATABASE or readonly:
                    raise _told(error, address) from error
                _make_database(address)
                return _open(address, DATABASE)
    raise OperationalError(f"store {address.host}:{address.port}: does not answer")


def knock(address: Address) -> None:
    """Returns when the store lets us in, or when it is away: whether to wait is for others. Raises StoreShutsOut."""
    with suppress(OperationalError), quiet("urllib3", "clickhouse_connect"):
        try:
            _open(address, "").close()
        except DatabaseError as error:
            told = _told(error, address)
            if isinstance(told, StoreShutsOut):
                raise told from None


def _told(error: DatabaseError, address: Address) -> DatabaseError:
    """The same error, or what is wrong and where to look if we are shut out."""
    place = f"store at {address.host}:{address.port}"
    if error.code in _STRANGER:
        fix = "look at the user and its password file (BURDENWATCH_STORE_USER, BURDENWATCH_DESK_USER)"
        return StoreShutsOut(f"{place}: does not let user {address.user!r} in; {fix}", code=error.code)
    fault = certificate_fault(error)
    if fault:
        fix = "look at BURDENWATCH_STORE_CAFILE and BURDENWATCH_STORE_HOST"
        return StoreShutsOut(f"{place}: its certificate is not trusted ({fault}); {fix}")
    return error


def _open(address: Address, database: str) -> Client:
    return clickhouse_connect.get_client(
        host=address.host,
        port=address.port,
        username=address.user,
        password=address.password,
        database=database,
        secure=address.secure,
        ca_cert=address.cafile and str(address.cafile),
        autogenerate_session_id=False,
        compress=address.host not in _LOOPBACK,
        connect_timeout=10,
        send_receive_timeout=TIMEOUT_S,
        query_retries=2,
    )


def _make_database(address: Address) -> None:
    client = _open(address, "default")
    try:
        client.command(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
    finally:
        client.close()
