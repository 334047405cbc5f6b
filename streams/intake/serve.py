"""Runs the HTTP API of one installation: ``python -m streams.intake.serve``, settings from ``BURDENWATCH_*``.

Flows in: the environment. Flows out: a server on loopback. May touch: broker and store, whose addresses it is told.
Exit codes: 2 wrong settings, 3 the port cannot be had, or broker or store do not let us in.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import TYPE_CHECKING, Final

import uvicorn

from streams import registry, store
from streams.config.clock import now_us
from streams.config.faults import SHUT_OUT, ShutOut, read_settings
from streams.config.knocking import knock
from streams.desk.auditing import AuditLog
from streams.intake import tokens
from streams.intake.binding import PROBES
from streams.intake.brief_http import Briefs
from streams.intake.broker import Broker
from streams.intake.desk_http import Desk
from streams.intake.http import Parts, build
from streams.intake.lists_http import ListRoutes
from streams.intake.reads_http import Reads
from streams.intake.room import Room
from streams.intake.settings import Settings
from streams.store.client import knock as knock_at_store

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

_SHUTDOWN_S: Final = 15
STORE_PATIENCE_S: Final = 3.0
"""How long a read may wait for a store that is starting before it is answered 503."""


def parts_of(settings: Settings) -> Parts:
    """Everything that the API is made of; raises TokenFault or RegistryError where files are wrong."""
    units = registry.load(settings.registry if settings.registry and settings.registry.exists() else None)
    address, writer = settings.store(), settings.desk()

    def reader() -> Client:
        return store.connect(address, readonly=True, patience_s=STORE_PATIENCE_S)

    reads = Reads(reader, units, now_us=now_us)

    def acting() -> Client:
        return store.connect(writer or address, readonly=True, patience_s=STORE_PATIENCE_S)

    desk = Desk(acting, units, now_us=now_us) if writer else None
    return Parts(
        broker=Broker(
            settings.kafka,
            settings.brokers().client(),
            acknowledge_s=settings.acknowledge_s,
            waiting=settings.waiting,
            probes=PROBES,
        ),
        tokens=tokens.load(settings.tokens_file),
        registry=units,
        reads=reads,
        desk=desk,
        briefs=Briefs(reader, units, now_us=now_us),
        lists=ListRoutes(reader, units, now_us=now_us, writer=acting if writer else None),
        audit=AuditLog(desk.client) if desk else None,
        lookup=reads.lookup,
        rate=settings.rate,
        burst=settings.burst,
        hosts=settings.called(),
        room=Room(settings.disk),
        crowd=settings.crowd,
    )


def main() -> int:
    """Serves until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.ERROR)
    try:
        settings = read_settings(Settings)
        parts = parts_of(settings)
        knock(settings.brokers())
        for address in filter(None, (settings.store(), settings.desk())):
            knock_at_store(address)
    except ShutOut as error:
        print(f"api: {error}", file=sys.stderr)
        return SHUT_OUT
    except SystemExit as error:
        return int(error.code or 0)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    server = uvicorn.Server(
        uvicorn.Config(
            build(parts),
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=_SHUTDOWN_S,
            backlog=4096,
        )
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn ends gracefully and then raises the signal once more: by then it has been obeyed.
        signal.signal(number, lambda _number, _frame: None)
    try:
        server.run()
    except SystemExit:
        return 3
    return 0 if server.started else 3


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # threads of a broker that does not answer must not hold up the end
