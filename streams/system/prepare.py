"""Prepares engines that somebody else started (docker compose, a prefecture's own cluster): topics, schema, a kept log; then ends.

``python -m streams.system.prepare`` with the worker's settings; doing it twice changes nothing.
"""

from __future__ import annotations

import sys

from streams.agents.log_upkeep import settle_log
from streams.agents.settings import Settings
from streams.agents.starting import begin
from streams.agents.topics import ensure_topics
from streams.config import clock
from streams.registry import load
from streams.store import connect, migrate
from streams.store.reposting import UnitsLost, settle_registry


def main() -> None:
    settings = begin("prepare", Settings)
    ensure_topics(settings.brokers())
    client = connect(settings.store())
    try:
        migrate(client)
        registry, now_us = load(settings.registry), clock.now_us()
        settle_registry(client, registry, now_us)
        settle_log(settings.brokers(), client, registry, now_us + 10)
    except UnitsLost as lost:
        sys.exit(str(lost))
    finally:
        client.close()


if __name__ == "__main__":
    main()
