"""``python -m tests.bench [NAME,NAME | ONLY=NAME,NAME] [--write FILE]``: measures, prints a table for each bench.

Names are those of the modules ``bench_NAME``. ``--write FILE`` puts the tables of the benches that ran into the sections of
that name of a markdown file; everything else in the file stays. Each bench is a module with ``main() -> rows``.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.bench.figures import Row, machine, table, today

ORDER: Final = ("ledger", "rules", "simulate", "admit", "latency", "restart", "up", "store", "fanout")


def names() -> list[str]:
    """Every bench there is, in the order in which they run."""
    there = {path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")}
    return [name for name in ORDER if name in there] + sorted(there - set(ORDER))


def chosen(text: str) -> list[str]:
    """The benches that a list of names asks for, all for an empty one. Raises ValueError for an unknown name."""
    wanted = [name for name in text.removeprefix("ONLY=").split(",") if name]
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: no such bench; there are {', '.join(names())}")
    return wanted or names()


def section(name: str, rows: Sequence[Row], seconds: float, load: float) -> str:
    """What is printed and written of one bench."""
    head = (
        f"{today()}, {machine()}. Command: `make bench ONLY={name}` ({seconds:.0f} s; load average before {load:.1f})."
    )
    return f"{head}\n\n{table(rows)}"


def write(file: Path, name: str, text: str) -> None:
    """Replace what stands between the marks of a bench in ``file``; a bench without marks is added at the end."""
    begin, end = f"<!-- bench:{name} -->", f"<!-- end:{name} -->"
    block = f"{begin}\n{text}\n{end}"
    old = file.read_text() if file.exists() else "# Benchmarks\n"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    new = pattern.sub(lambda _: block, old) if pattern.search(old) else f"{old.rstrip()}\n\n## {name}\n\n{block}\n"
    file.write_text(new)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when every bench ran, 1 when one failed, 2 for an unknown name. A goal that is missed is no failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="names with commas; default all")
    parser.add_argument("--write", type=Path, default=None, help="markdown file to keep the tables in")
    asked = parser.parse_args(arguments)
    try:
        wanted = chosen(asked.only)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    failed = 0
    for name in wanted:
        began, load = time.perf_counter(), os.getloadavg()[0]
        print(f"\n## {name}\n", flush=True)
        sys.argv = [f"bench_{name}"]  # a bench may read options of its own when it runs alone
        try:
            rows = importlib.import_module(f"tests.bench.bench_{name}").main()
        except (Exception, SystemExit):  # the other benches are still worth having
            traceback.print_exc()
            failed += 1
            continue
        text = section(name, rows, time.perf_counter() - began, load)
        print(text, flush=True)
        if asked.write:
            write(asked.write, name, text)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
