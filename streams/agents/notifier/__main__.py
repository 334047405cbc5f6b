"""The notifier: ``python -m streams.agents.notifier``, told by BURDENWATCH_*. One for each installation; a dead one is noticed by its watchdog.

Flows in: the store. Flows out: messages. A crash repeats at most the message that was under way; nothing that was found is lost.
"""

from __future__ import annotations

import logging
import signal
import threading
from types import FrameType
from typing import Final

from streams.agents.notifier.notifier import Notifier
from streams.agents.notifier.outbox import Outbox
from streams.agents.settings import Settings
from streams.agents.starting import begin
from streams.alerts.channels import channel_of
from streams.alerts.policy import load_policy
from streams.calendars import Calendar
from streams.config.clock import now_us
from streams.registry import load
from streams.rules import Rulebook, shipped
from streams.rules.loading import parsed
from streams.store import connect

LOOK_S: Final = 0.2


def main() -> None:
    """Notify until told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    ended = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, stop)
    settings = begin("notifier", Settings, kafka=False)
    policy = load_policy(settings.alerts)
    channels = {one.name: (channel_of(one), one.per_minute) for one in policy.receivers}
    notifier = Notifier(
        connect(settings.store()),
        load(settings.registry),
        Rulebook(parsed(path)[1] for path in shipped()),  # their words alone: nothing is judged here
        Calendar.load(),
        policy,
        lambda words: Outbox(channels, words, now_us),
        now_us(),
        settings.dashboard,
    )
    while not ended.wait(notifier.deliver_for(LOOK_S)):
        notifier.step(now_us())
    notifier.close()


if __name__ == "__main__":
    main()
