"""The command ``burdenwatch``: words in, exit codes out.

Exit 0 good, 1 findings or refusals, 2 wrong use, 3 a part is down. Every error is one line on standard error:
what, where (file:line or field), why, what to do. Heavy imports happen inside the commands, so that ``--help`` is quick.
"""

from __future__ import annotations

import sys

from cyclopts import App, CycloptsError

from streams.cli import brief, desk, files, findings, lists, precheck, reads, system, tokens, upkeep

app = App(
    name="burdenwatch",
    help="The missing sum: what upstream agencies demand of every township and village, in person-hours, live.",
    version_flags=["--version"],
)
for room in (system, files, reads, findings, lists, precheck, desk, brief, tokens, upkeep):
    room.add_to(app)


def main() -> None:
    """Entry point of the console script."""
    from streams.cli.outcome import Outcome

    try:
        code = app(print_error=False, exit_on_error=False)
    except CycloptsError as error:
        print(f"burdenwatch: {' '.join(str(error).split())}; see `burdenwatch --help`", file=sys.stderr)
        sys.exit(2)
    except Outcome as outcome:
        if outcome.text:
            print(f"burdenwatch: {outcome.text}", file=sys.stderr)
        sys.exit(outcome.code)
    except BrokenPipeError:
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code or 0)
