"""All cases as their acts make them, kept up by reading the acts that came since: for the judge and the notifier alike.

Flows in: acts of the store. Flows out: cases by finding. Reads the store.
"""

from __future__ import annotations

from clickhouse_connect.driver.client import Client

from streams.alerts.cases import Act, Case, case_of
from streams.calendars import Calendar
from streams.store.workers import acts_since


class Cases:
    """All cases of one installation. Mutable; owned by one caller."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._acts: dict[str, dict[int, Act]] = {}
        self.by_finding: dict[str, Case] = {}
        self._since_us = 0

    def refresh(self, client: Client) -> set[str]:
        """Take over new acts; the findings that they are about."""
        changed: set[str] = set()
        for act in acts_since(client, self._since_us):
            acts = self._acts.setdefault(act.finding, {})
            if act.n not in acts:
                acts[act.n] = act
                changed.add(act.finding)
            self._since_us = max(self._since_us, act.at_us)
        for finding in changed:
            self.by_finding[finding] = case_of(finding, self.acts(finding), self._calendar)
        return changed

    def acts(self, finding: str) -> list[Act]:
        """The acts on a finding, in order."""
        acts = self._acts.get(finding, {})
        return [acts[n] for n in sorted(acts)]
