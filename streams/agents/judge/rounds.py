"""Rounds of the judge: timed, counted, kept until they are stored; and the rules that were set aside in them.

Flows in: calls of the judge. Flows out: rows of ``rounds`` and ``rule_faults``. A round that fails is none.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from clickhouse_connect.driver.client import Client

from streams.agents.judge.judge import Family
from streams.rules import RuleFault
from streams.store.rounds import FaultRow, Round, insert_rounds, insert_rule_faults
from streams.store.workers import open_rule_faults

if TYPE_CHECKING:
    from streams.agents.judge.judge import Judge

PART: Final = "judge"


class Rounds:
    """One for each judge; its threads share it."""

    def __init__(self, client: Client, judge: Judge, now_us: Callable[[], int]) -> None:
        self._client, self._judge, self._now_us = client, judge, now_us
        self._lock = threading.Lock()
        self._last: dict[str, Round] = {}
        self._told = {(row.rule, row.edition): row.error for row in open_rule_faults(client)}
        self.broken: BaseException | None = None
        """Why the process must end, once it must."""

    def run(self, family: Family, look: Callable[[int], int]) -> int:
        """One round: what it looked at. Raises what the round raises."""
        begun = time.monotonic()
        items = look(self._now_us())
        took_us = int((time.monotonic() - begun) * 1e6)
        with self._lock:
            self._last[family] = Round(PART, family, self._now_us(), took_us, items)
        return items

    def store(self) -> None:
        """Put down the last round of each family, and what changed about rules that cannot be asked."""
        with self._lock:
            rounds, self._last = list(self._last.values()), {}
        insert_rounds(self._client, rounds)
        faults = dict(self._judge.faults)
        insert_rule_faults(self._client, self._changes(faults, self._now_us()))
        self._told = {key: fault.error for key, fault in faults.items()}

    def _changes(self, faults: dict[tuple[str, str], RuleFault], now_us: int) -> list[FaultRow]:
        fresh = [
            FaultRow(fault.rule, fault.edition, now_us, fault.table, fault.error, fault.rows)
            for key, fault in faults.items()
            if self._told.get(key) != fault.error
        ]
        return fresh + [FaultRow(*key, now_us, "", "", ()) for key in self._told.keys() - faults.keys()]
