"""A webhook that takes Alertmanager's body; with ``file`` a bearer token."""

from __future__ import annotations

from streams.alerts.channels.protocol import Channel
from streams.alerts.channels.webhook.channel import Webhook
from streams.alerts.policy import Receiver


def takes(receiver: Receiver) -> bool:
    """Whether a receiver is one of these."""
    return bool(receiver.webhook)


def open_channel(receiver: Receiver) -> Channel:
    """Raises OSError when its file cannot be read."""
    token = receiver.file.read_text(encoding="utf-8").strip() if receiver.file else ""
    return Webhook(receiver.name, receiver.webhook, token)
