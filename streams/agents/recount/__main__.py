"""``python -m streams.agents.recount``: recount an installation on clusters of its own, told by BURDENWATCH_*.

Exit codes: 0 no difference, 1 differences, 2 wrong settings, 3 shut out, or workers that do not catch up.
"""

from __future__ import annotations

import logging
import sys

from streams.agents.recount.recount import Unfinished, recount
from streams.agents.settings import Settings
from streams.agents.starting import begin
from streams.config.faults import SHUT_OUT
from streams.registry import load


def main() -> int:
    """Compare all, and say what was found."""
    logging.basicConfig(level=logging.ERROR, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = begin("recount", Settings)
    try:
        report = recount(settings.brokers(), settings.store(), load(settings.registry), group=settings.group)
    except Unfinished as error:
        print(f"recount: {error}", file=sys.stderr)
        return SHUT_OUT
    for difference in report.differences:
        print(difference)
    print(report.summary())
    return 1 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main())
