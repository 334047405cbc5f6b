"""The judge: ``python -m streams.agents.judge``, told by BURDENWATCH_*. One for each installation, beside the workers, never in their way.

What came is judged at once and what the loads are each second, in this thread; what hangs together every minute, in another. Demands are put
aside for backtests. Flows in: the store. Flows out: transitions into the store, then CloudEvents on ``burden.findings``; completed rounds.
"""

from __future__ import annotations

import gc
import logging
import signal
import sys
import threading
import time
from functools import partial
from types import FrameType
from typing import Final

from kafka import KafkaProducer

from streams.agents.judge.archive import BacktestArchive
from streams.agents.judge.judge import BATCH, SLOW, Judge
from streams.agents.judge.publishing import Publisher
from streams.agents.judge.rounds import Rounds
from streams.agents.settings import Settings
from streams.agents.starting import begin
from streams.calendars import Calendar
from streams.config.clock import now_us
from streams.registry import load
from streams.rules import Rulebook, shipped, without
from streams.rules import load as load_packs
from streams.store import connect
from streams.store.client import passing

_LOG: Final = logging.getLogger(__name__)
LOOK_S: Final = 0.25
"""Between two looks at what came."""
LOADS_S: Final = 1.0
RELATE_S: Final = 60.0
REST: Final = 3
"""The slow families rest for so many times what their round took, if that is longer."""
HOUSE_S: Final = 5.0
PAUSE_S: Final = 1.0
"""Between two batches put aside: events that came meanwhile are judged."""
SWITCH_S: Final = 0.001
"""Threads take turns so often: an event waits for several answers of the store, and for its turn after each."""


def main() -> None:
    """Judge until told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    ended = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, stop)
    sys.setswitchinterval(SWITCH_S)
    settings = begin("judge", Settings)
    client = connect(settings.store())
    producer = KafkaProducer(**settings.brokers().client(), acks="all", linger_ms=5)
    registry, calendar = load(settings.registry), Calendar.load()
    book = Rulebook(without(load_packs((*shipped(), *settings.own_packs())), settings.rules_off))
    judge = Judge(client, registry, book, calendar, now_us(), off=settings.rules_off)
    # What is held are trees without cycles: looking for cycles among millions of objects stops every thread for seconds.
    gc.collect()
    gc.freeze()
    gc.set_threshold(500_000, 50, 1_000)
    archive = BacktestArchive(client, registry, calendar, lambda: judge.lists, recorded=lambda: judge.recorded)
    publisher = Publisher(client, producer)
    rounds = Rounds(client, judge, now_us)
    slow = threading.Thread(target=_relate, args=(judge, archive, rounds, ended), name="relations", daemon=True)
    slow.start()
    loaded = housed = 0.0
    came = 0
    while not ended.wait(0 if came == BATCH else LOOK_S) and slow.is_alive():
        # One look, then whatever else is due: where events never cease, loads and the rest would never have their turn.
        came = rounds.run("event", judge.events)
        if time.monotonic() - loaded > LOADS_S:
            loaded = time.monotonic()
            rounds.run("load", judge.loads)
        publisher.publish(judge.seq)
        if time.monotonic() - housed > HOUSE_S:
            housed = time.monotonic()
            judge.housekeeping(now_us())
            rounds.store()
    ended.set()
    slow.join()
    publisher.finish(judge.seq)
    producer.close()
    if rounds.broken is not None:
        raise rounds.broken


def _relate(judge: Judge, archive: BacktestArchive, rounds: Rounds, ended: threading.Event) -> None:
    """The slow families, round after round, and what is put aside for backtests.

    A store that is away ends the process: everything is read anew at the next start.
    """
    while not ended.is_set():
        begun = time.monotonic()
        judge.learn(now_us())
        for family in SLOW:
            try:
                rounds.run(family, partial(judge.family, family))
            except Exception as error:  # what one family stumbles over must not stop the others
                _LOG.exception("the round of %s was not completed", family)
                if passing(error):
                    rounds.broken = error
                    return
        while archive.step() and not ended.wait(PAUSE_S):
            pass
        took = time.monotonic() - begun
        ended.wait(max(RELATE_S - took, REST * took))


if __name__ == "__main__":
    main()
