"""What people decided of findings, as the judge needs it: which do not stand by decision, which cases wait, who was warned.

Flows in: acts of the store. Flows out: reasons by finding, ``Case`` and ``IssuerWarning`` values. Reads the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streams.agents.cases import Cases
from streams.rules import Case as WaitingCase
from streams.rules import EndReason, Findings, IssuerWarning, Rulebook

VERDICTS: Final[Mapping[str, EndReason]] = {"exempt": "exempt", "corrected": "corrected"}
STAGES: Final = {"asked": "explain", "explained": "decide", "appealed": "decide"}


class Casebook(Cases):
    """The cases, read as rules need them. Mutable; owned by one caller."""

    def reason(self, finding: str) -> EndReason:
        """Why a finding does not stand by decision; '' where nobody decided so, or the decision is under appeal."""
        case = self.by_finding.get(finding)
        return VERDICTS.get(case.verdict, "") if case is not None and case.state in ("decided", "closed") else ""

    def waiting(self, findings: Findings) -> tuple[WaitingCase, ...]:
        """Cases that wait for an explanation or a decision."""
        found = []
        for finding, case in sorted(self.by_finding.items()):
            known = findings.get(finding)
            if case.state in STAGES and known is not None:
                since_us = max(act.at_us for act in self.acts(finding) if act.verb in ("ask", "explain", "appeal"))
                found.append(WaitingCase(finding, known.issuer, STAGES[case.state], since_us))
        return tuple(found)

    def warnings(self, findings: Findings, book: Rulebook) -> tuple[IssuerWarning, ...]:
        """Warnings that issuers were given: breaches that were upheld. A rule about one kind warns of that kind."""
        found = []
        for finding, case in sorted(self.by_finding.items()):
            known = findings.get(finding)
            upheld = case.verdict == "upheld" and case.state in ("decided", "closed")
            if not upheld or known is None or not known.issuer or known.layer != "breach":
                continue
            standing = book.find(known.rule, known.edition)
            kinds = () if standing is None else standing.rule.scope.kinds
            decided = [act.at_us for act in self.acts(finding) if act.verdict]
            found.append(IssuerWarning(known.issuer, max(decided), kinds[0] if len(kinds) == 1 else "all"))
        return tuple(found)
