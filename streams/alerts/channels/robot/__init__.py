"""Whatever Apprise speaks: robots, e-mail; the URL in the policy or, where it is secret, in ``file``."""

from __future__ import annotations

from streams.alerts.channels.protocol import Channel
from streams.alerts.channels.robot.channel import Robot
from streams.alerts.policy import Receiver


def takes(receiver: Receiver) -> bool:
    """Whether a receiver is one of these."""
    return not receiver.webhook


def open_channel(receiver: Receiver) -> Channel:
    """Raises OSError when its file cannot be read."""
    url = receiver.apprise or (receiver.file.read_text(encoding="utf-8").strip() if receiver.file else "")
    return Robot(url, receiver.language)
