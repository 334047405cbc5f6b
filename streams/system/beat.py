"""Whether a part that serves nothing does its work, for the health checks of containers: ``python -m streams.system.beat PART``.

Flows in: the settings of the part. Flows out: exit code 0, or 1 and a line for what is overdue. Touches the store, reads only.
"""

from __future__ import annotations

import sys
from contextlib import closing

from streams.agents.settings import Settings
from streams.config import clock
from streams.config.faults import read_settings
from streams.store import connect
from streams.store.parts import BOUNDS_S, part_states

PATIENCE_S = 5.0


def main() -> int:
    """Ask when the part last completed each of its rounds."""
    parts = sorted({part for part, _ in BOUNDS_S})
    if len(sys.argv) != 2 or sys.argv[1] not in parts:
        print(f"name one part: {', '.join(parts)}", file=sys.stderr)
        return 2
    settings = read_settings(Settings)
    with closing(connect(settings.store(), readonly=True, patience_s=PATIENCE_S)) as client:
        states = [one for one in part_states(client, clock.now_us()) if one.part == sys.argv[1]]
    for one in states:
        if not one.is_ok:
            print(f"{one.part} {one.name}: {one.condition}, its last round was {one.age_s} s ago", file=sys.stderr)
    return 0 if all(one.is_ok for one in states) else 1


if __name__ == "__main__":
    sys.exit(main())
