"""What every channel is: ``send`` returns, or raises ``ChannelFault``."""

from __future__ import annotations

from typing import Protocol

from streams.alerts.message import Words
from streams.alerts.model import Notification


class ChannelFault(Exception):
    """A message did not arrive. ``permanent``: it never will, whatever is tried. Says what the other side answered, never the URL."""

    def __init__(self, text: str, *, permanent: bool = False) -> None:
        super().__init__(text)
        self.permanent = permanent


class Channel(Protocol):
    """One receiver's way."""

    def send(self, one: Notification, words: Words) -> None:
        """Deliver a message. Raises ChannelFault."""
