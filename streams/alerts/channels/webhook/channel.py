"""A webhook that takes the body of Alertmanager, version 4. Touches the network."""

from __future__ import annotations

from typing import Final

import httpx
import stamina

from streams.alerts.channels.protocol import ChannelFault
from streams.alerts.message import Words, webhook_body
from streams.alerts.model import Notification

TIMEOUT_S: Final = 10.0
AGAIN: Final = (408, 425, 429)
"""Client errors that are worth another try."""


class Webhook:
    """One URL; ``token`` is sent as a bearer token when there is one."""

    def __init__(self, name: str, url: str, token: str = "") -> None:
        self._name, self._url = name, url
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(timeout=TIMEOUT_S, headers=headers)

    def send(self, one: Notification, words: Words) -> None:
        """POST the body; a second try within the call for what a moment may mend."""
        body = webhook_body(one, self._name, words)
        try:
            for attempt in stamina.retry_context(
                on=httpx.TransportError, attempts=2, wait_initial=0.1, timeout=TIMEOUT_S
            ):
                with attempt:
                    reply = self._http.post(self._url, json=body, headers={"Idempotency-Key": one.id})
        except httpx.TransportError as error:
            raise ChannelFault(f"webhook: {type(error).__name__}: the receiver does not answer") from error
        except httpx.InvalidURL as error:
            raise ChannelFault("webhook: the URL is invalid; correct the receiver", permanent=True) from error
        if reply.status_code >= 300:
            permanent = reply.status_code < 500 and reply.status_code not in AGAIN
            raise ChannelFault(f"webhook: answered {reply.status_code}", permanent=permanent)
