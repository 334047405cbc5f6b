"""Ways out: a webhook in Alertmanager's body, and everything that Apprise speaks. A new one is a module and a line in ``channel_of``.

The only part of the room that touches the network. Flows in: notifications and words. Flows out: requests. ``send`` returns, or raises
``ChannelFault``: permanent when trying again cannot help.
"""

from __future__ import annotations

from typing import Protocol

from streams.alerts.message import Words
from streams.alerts.model import Notification
from streams.alerts.policy import Receiver


class ChannelFault(Exception):
    """A message did not arrive. ``permanent``: it never will, whatever is tried. Says what the other side answered, never the URL."""

    def __init__(self, text: str, *, permanent: bool = False) -> None:
        super().__init__(text)
        self.permanent = permanent


class Channel(Protocol):
    """One receiver's way."""

    def send(self, one: Notification, words: Words) -> None:
        """Deliver a message. Raises ChannelFault."""


def channel_of(receiver: Receiver) -> Channel:
    """The channel of a receiver. Raises OSError when its file cannot be read."""
    from streams.alerts.channels.robot import Robot
    from streams.alerts.channels.webhook import Webhook

    if receiver.webhook:
        token = receiver.file.read_text(encoding="utf-8").strip() if receiver.file else ""
        return Webhook(receiver.name, receiver.webhook, token)
    url = receiver.apprise or (receiver.file.read_text(encoding="utf-8").strip() if receiver.file else "")
    return Robot(url, receiver.language)
