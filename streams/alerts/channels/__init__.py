"""Ways out, a folder each: what it takes (``takes``) and how it is opened (``open_channel``). A new one is a folder and a line here.

The only part of the room that touches the network. Flows in: notifications and words. Flows out: requests.
"""

from __future__ import annotations

from types import ModuleType
from typing import Final

from streams.alerts.channels import robot, webhook
from streams.alerts.channels.protocol import Channel, ChannelFault
from streams.alerts.policy import Receiver

CHANNELS: Final[tuple[ModuleType, ...]] = (webhook, robot)


def channel_of(receiver: Receiver) -> Channel:
    """The channel of a receiver. Raises OSError when its file cannot be read."""
    channel: Channel = next(way for way in CHANNELS if way.takes(receiver)).open_channel(receiver)
    return channel


__all__ = ["CHANNELS", "Channel", "ChannelFault", "channel_of"]
