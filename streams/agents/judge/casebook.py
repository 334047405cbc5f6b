"""What people decided of findings, as the judge needs it: which do not stand by decision, which cases wait, who was warned.

Flows in: acts of the store. Flows out: reasons by finding, ``Case`` and ``IssuerWarning`` values. Reads the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clickhouse_connect.driver.client import Client

from streams.alerts.cases import Act, Case, case_of
from streams.calendars import Calendar
from streams.rules import Case as WaitingCase
from streams.rules import EndReason, Findings, IssuerWarning, Rulebook
from streams.store.casework import acts_since

VERDICTS: Final[Mapping[str, EndReason]] = {"exempt": "exempt", "corrected": "corrected"}
STAGES: Final = {"asked": "explain", "explained": "decide", "appealed": "decide"}


class Casebook:
    """All cases of one installation. Mutable; owned by one caller."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._acts: dict[str, list[Act]] = {}
        self._cases: dict[str, Case] = {}
        self._since_us = 0
        self._seen: set[tuple[str, int]] = set()

    def refresh(self, client: Client) -> set[str]:
        """Take over new acts; the findings that they are about."""
        fresh = [act for act in acts_since(client, self._since_us) if (act.finding, act.n) not in self._seen]
        for act in fresh:
            self._seen.add((act.finding, act.n))
            self._acts.setdefault(act.finding, []).append(act)
            self._since_us = max(self._since_us, act.at_us)
        changed = {act.finding for act in fresh}
        for finding in changed:
            acts = sorted(self._acts[finding], key=lambda act: act.n)
            self._cases[finding] = case_of(finding, acts, self._calendar)
        return changed

    def reason(self, finding: str) -> EndReason:
        """Why a finding does not stand by decision; '' where nobody decided so, or the decision is under appeal."""
        case = self._cases.get(finding)
        return VERDICTS.get(case.verdict, "") if case is not None and case.state in ("decided", "closed") else ""

    def waiting(self, findings: Findings) -> tuple[WaitingCase, ...]:
        """Cases that wait for an explanation or a decision."""
        found = []
        for finding, case in sorted(self._cases.items()):
            known = findings.get(finding)
            if case.state in STAGES and known is not None:
                since_us = max(act.at_us for act in self._acts[finding] if act.verb in ("ask", "explain", "appeal"))
                found.append(WaitingCase(finding, known.issuer, STAGES[case.state], since_us))
        return tuple(found)

    def warnings(self, findings: Findings, book: Rulebook) -> tuple[IssuerWarning, ...]:
        """Warnings that issuers were given: breaches that were upheld. A rule about one kind warns of that kind."""
        found = []
        for finding, case in sorted(self._cases.items()):
            known = findings.get(finding)
            upheld = case.verdict == "upheld" and case.state in ("decided", "closed")
            if not upheld or known is None or not known.issuer or known.layer != "breach":
                continue
            standing = book.find(known.rule, known.edition)
            kinds = () if standing is None else standing.rule.scope.kinds
            decided = [act.at_us for act in self._acts[finding] if act.verdict]
            found.append(IssuerWarning(known.issuer, max(decided), kinds[0] if len(kinds) == 1 else "all"))
        return tuple(found)
