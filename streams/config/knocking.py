"""Whether brokers let us in, asked once before a process begins.

The clients that the parts use wait for a broker as long as they are told, and say only that none could be had: a wrong password or
authority looks like a broker that is away. One connection by aiokafka's own means tells them apart. Touches the network.
"""

from __future__ import annotations

import asyncio
from typing import Final

from aiokafka.conn import create_conn
from aiokafka.errors import IllegalSaslStateError, KafkaError, SaslAuthenticationFailed, UnsupportedSaslMechanismError

from streams.config.faults import ShutOut, certificate_fault, quiet
from streams.config.kafka import Brokers

KNOCK_MS: Final = 5_000
TLS_ALERT: Final = 0x1503
"""How an answer begins that was meant to be a length and is a complaint of TLS."""


def knock(brokers: Brokers) -> None:
    """Returns when a broker lets us in, or when none answers: whether to wait is for others. Raises ShutOut when one turns us away."""
    with quiet("aiokafka"):
        asyncio.run(_knock(brokers))


async def _knock(brokers: Brokers) -> None:
    told = brokers.client()
    for address in told.pop("bootstrap_servers"):
        host, _, port = address.rpartition(":")
        try:
            conn = await create_conn(host, int(port), request_timeout_ms=KNOCK_MS, **told)
        except (KafkaError, OSError, TimeoutError) as error:
            why = _why(error, brokers)
            if why:
                raise ShutOut(f"kafka at {address}: {why}") from None
            continue
        conn.close()
        return


def _why(error: BaseException, brokers: Brokers) -> str:
    """Why the broker turned us away and where to look, '' where it did not."""
    if isinstance(error, SaslAuthenticationFailed):
        return f"does not let user {brokers.user!r} in; look at BURDENWATCH_KAFKA_SASL_USER and _SASL_PASSWORD_FILE"
    if isinstance(error, UnsupportedSaslMechanismError):
        return f"does not know {brokers.mechanism}; look at BURDENWATCH_KAFKA_SASL_MECHANISM"
    if isinstance(error, IllegalSaslStateError):
        return f"takes no user; look at BURDENWATCH_KAFKA_SECURITY_PROTOCOL ({brokers.protocol})"
    fault = certificate_fault(error)
    if fault:
        return f"its certificate is not trusted ({fault}); look at BURDENWATCH_KAFKA_SSL_CAFILE and the broker's name"
    cause = error.__cause__
    if (
        isinstance(cause, asyncio.IncompleteReadError)
        and cause.expected is not None
        and cause.expected >> 16 == TLS_ALERT
    ):
        return f"speaks TLS alone; look at BURDENWATCH_KAFKA_SECURITY_PROTOCOL ({brokers.protocol})"
    return ""
