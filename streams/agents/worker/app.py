"""The Faust app: two agents that hand runs to admit and tally and acknowledge what is safely stored.

Only I/O: what is done with the runs is in ``admit`` and ``tally``. Each agent collects runs while its last flush is under way and flushes all
of them at once, so that batches are small when little comes and large when much does. Every assignment begins with a state rebuilt from
the store. An error ends the process on purpose: nothing unacknowledged is lost, and the supervisor starts it again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import faust
from faust.serializers import codecs

from streams.agents.batches import guard
from streams.agents.settings import Settings
from streams.agents.topics import DEMANDS, EVENTS
from streams.agents.worker.flow import Flow
from streams.agents.worker.runs import RunTransport
from streams.config.kafka import Brokers


class Identity(codecs.Codec):
    """Values are runs already."""

    def _dumps(self, obj: Any) -> bytes:
        raise NotImplementedError("agents never send runs")

    def _loads(self, s: Any) -> Any:
        return s


def build_app(settings: Settings) -> faust.App:
    """The app with both agents; it does nothing until its worker starts it."""
    codecs.register("run", Identity())
    guard()
    brokers = settings.brokers()
    app = faust.App(
        settings.group,
        broker=brokers.urls(),
        broker_credentials=_credentials(brokers),
        store="memory://",
        datadir=settings.state,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        stream_wait_empty=False,
        stream_buffer_maxsize=16,
        broker_commit_interval=1.0,
        broker_session_timeout=10.0,
        broker_heartbeat_interval=2.0,
        broker_rebalance_timeout=150.0,  # longer than an insert waits for the store: nobody takes over before it is settled
        broker_max_poll_records=20_000,
        consumer_metadata_max_age_ms=5_000,  # a broker that starts again answers before it knows its topics: look again soon
        consumer_auto_offset_reset="earliest",
        web_enabled=False,
        autodiscover=False,
    )
    flow = Flow(settings, app)
    transport = RunTransport([app.conf.broker[0]], app)
    transport.settle = flow.settle
    app.transport = transport
    for name in (EVENTS, DEMANDS):
        topic = app.topic(name, key_serializer="raw", value_serializer="run", internal=False, allow_empty=True)
        app.agent(topic, name=f"streams.agents.{name}")(_agent(name, flow))

    app.task(flow.live)

    async def close(*_: Any, **__: Any) -> None:
        await flow.close()

    app.on_before_shutdown.connect(close)

    async def reopen(*_: Any, **__: Any) -> None:
        flow.reopen()

    app.on_partitions_assigned.connect(reopen)
    return app


def _credentials(brokers: Brokers) -> Any:
    """How Faust is told of TLS and SASL; None in plain text."""
    context = brokers.tls()
    if brokers.mechanism is not None:
        told = {"username": brokers.user, "password": brokers.password}
        return faust.SASLCredentials(**told, mechanism=brokers.mechanism, ssl_context=context)
    return None if context is None else faust.SSLCredentials(context)


def _agent(name: str, flow: Flow) -> Callable[[Any], Any]:
    async def agent(stream: Any) -> None:
        async for event in stream.noack().events():
            await flow.take(name, event)

    agent.__name__ = name.replace(".", "_")
    return agent
