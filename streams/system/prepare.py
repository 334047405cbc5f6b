"""Prepares engines that are there: topics, schema, a kept log, then ends. Before any other part runs; doing it twice changes nothing.

``python -m streams.system.prepare`` with the worker's settings, for engines that somebody else started (docker compose, a prefecture's own
cluster); ``up`` does the same for its own. ``--restored``: the store comes from a backup of a running system. What was done is said on
standard output, a line for each.
"""

from __future__ import annotations

import sys

from kafka.errors import KafkaError

from streams.agents.log_upkeep import settle_log
from streams.agents.settings import Settings
from streams.agents.starting import begin
from streams.agents.topics import TopicFault, ensure_topics
from streams.config import clock
from streams.registry import load
from streams.store import connect, migrate
from streams.store.reposting import UnitsLost, settle_registry

ANEW = "the registry or the formulas of effort have changed: all demands are posted anew"


def main() -> None:
    """Prepare; ends with one line on standard error where it cannot."""
    settings = begin("prepare", Settings)
    try:
        _prepare(settings, restored="--restored" in sys.argv)
    except KafkaError as error:
        sys.exit(
            f"kafka at {settings.kafka} does not answer ({type(error).__name__}); start it, or name another with --kafka"
        )
    except (UnitsLost, TopicFault) as fault:
        sys.exit(str(fault))


def _prepare(settings: Settings, *, restored: bool) -> None:
    ensure_topics(settings.brokers())
    client = connect(settings.store())
    try:
        migrate(client)
        registry, now_us = load(settings.registry), clock.now_us()
        if settle_registry(client, registry, now_us):
            print(ANEW)
        if done := settle_log(settings.brokers(), client, registry, now_us + 10, restored=restored):
            print(done)
    finally:
        client.close()


if __name__ == "__main__":
    main()
