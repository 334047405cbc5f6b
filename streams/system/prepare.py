"""Prepares engines that somebody else started (docker compose, a prefecture's own cluster): topics, schema, then ends.

``python -m streams.system.prepare`` with the worker's settings; doing it twice changes nothing.
"""

from __future__ import annotations

from streams.agents.settings import Settings
from streams.agents.topics import ensure_topics
from streams.store import connect, migrate


def main() -> None:
    settings = Settings()
    ensure_topics(settings.kafka)
    client = connect(settings.store())
    try:
        migrate(client)
    finally:
        client.close()


if __name__ == "__main__":
    main()
