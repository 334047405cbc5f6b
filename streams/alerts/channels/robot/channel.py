"""Robots of WeCom, DingTalk and Feishu, e-mail and whatever else Apprise speaks. Touches the network."""

from __future__ import annotations

import logging
from io import StringIO
from typing import Final

import apprise

from streams.alerts.channels.protocol import ChannelFault
from streams.alerts.message import Language, Words, cut, render
from streams.alerts.model import Notification

LONGEST: Final = 1_900
"""Bytes that the strictest robots (WeCom) take of a text, with room for the title."""


class Robot:
    """One URL of Apprise, such as wecombot://KEY, dingtalk://TOKEN, feishu://TOKEN, mailtos://USER:PASSWORD@HOST."""

    def __init__(self, url: str, language: Language) -> None:
        self._language = language
        self._ways = apprise.Apprise()
        self._valid = self._ways.add(url)

    def send(self, one: Notification, words: Words) -> None:
        """Hand the words to the service."""
        if not self._valid:
            raise ChannelFault("apprise: the URL is none that Apprise knows; correct the receiver", permanent=True)
        said = render(one, words, self._language)
        told = StringIO()
        listener = logging.StreamHandler(told)
        logger = logging.getLogger("apprise")
        logger.addHandler(listener)
        try:
            arrived = self._ways.notify(title=said.title, body=cut(said.text or said.title, LONGEST, self._language))
        finally:
            logger.removeHandler(listener)
        if not arrived:
            lines = [line for line in told.getvalue().splitlines() if line.strip() and "://" not in line]
            raise ChannelFault(f"apprise: {lines[-1][:200] if lines else 'the service refused the message'}")
