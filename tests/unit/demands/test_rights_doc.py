"""The table of docs/access.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from streams.demands.rights import RIGHTS
from streams.desk.acting import OVERSIGHT, OWN
from streams.desk.listing import LISTERS

DOC = Path(__file__).parents[3] / "docs" / "access.md"
WHO = {"issuer": "its issuer", "overseer": "who oversees it", "unit": "the unit"}


def table() -> str:
    lines = ["| verb | who | why |", "|---|---|---|"]
    for verb, right in RIGHTS.items():
        dated = "; `backfill` where its time is long past" if right.dated else ""
        lines.append(f"| {verb} | {', '.join(WHO[one] for one in right.relations)} | {right.why}{dated} |")
    own = ", ".join(sorted(OWN - {"note"}))
    lines.append(
        f"| {own} (of a case) | the issuer that the finding is about; an operator | nobody decides a matter of its own |"
    )
    lines.append("| note (of a case) | whoever sees the finding | |")
    lines.append(f"| every other act, silences | {', '.join(sorted(OVERSIGHT))} | within their areas |")
    lines.append(
        f"| lists, plans, caps | {', '.join(sorted(LISTERS))} | of their areas, about bodies of these; nobody plans or caps itself |"
    )
    return "\n".join(lines)


def test_the_table_of_rights_is_the_code() -> None:
    found = re.search(r"<!-- rights -->\n(.*?)<!-- /rights -->", DOC.read_text(), re.DOTALL)
    assert found is not None
    assert found[1].strip() == table()
