"""Starts the dashboard: ``python -m dashboard.serve [--host 127.0.0.1] [--port 8600]``; settings are BURDENWATCH_* variables.

Flows in: arguments and environment. Flows out: this process becomes ``streamlit run`` with the configuration beside this file, which
alone holds (a user's own ~/.streamlit and the current directory do not change the product).
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from dashboard.access import AccessFault, read_access
from dashboard.settings import Settings
from streams.config.faults import read_settings, told_in_a_line
from streams.store.client import knock

ROOT: Final = Path(__file__).parent
LOOPBACK: Final = "127.0.0.1"
PATHS: Final = ("_FILE", "_CAFILE", "_REGISTRY")


def command(host: str, port: int, path: str) -> list[str]:
    """What is run; ``path``: below which the pages live, '' or '/burden'."""
    program = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    where = [f"--server.address={host}", f"--server.port={port}", f"--server.baseUrlPath={path.strip('/')}"]
    return [*program, *where, "--server.headless=true"]


def main() -> None:
    """Checks the settings and hands over to Streamlit; exit 2 with one line for each fault."""
    parser = argparse.ArgumentParser(prog="python -m dashboard.serve", description="The dashboard of Burdenwatch.")
    parser.add_argument(
        "--host", default=LOOPBACK, help="address to listen on; put a TLS proxy in front of any other than loopback"
    )
    parser.add_argument("--port", type=int, default=8600)
    arguments = parser.parse_args()
    try:
        settings = read_settings(Settings)
        if settings.access_file:
            read_access(settings.access_file)
        with told_in_a_line("dashboard"):
            for address in filter(None, (settings.store(), settings.desk())):
                knock(address)
    except (AccessFault, OSError) as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    if settings.access == "demo" and arguments.host != LOOPBACK:
        print(
            f"--host: {arguments.host!r}: demo mode shows everything to everybody, so it listens on {LOOPBACK} alone; "
            "set BURDENWATCH_ACCESS to oidc or proxy",
            file=sys.stderr,
        )
        raise SystemExit(2)
    # Streamlit reads .streamlit/config.toml of the current directory: ours, wherever the caller stands.
    places = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("STREAMLIT_")}
    environment["PYTHONPATH"] = os.pathsep.join(place for place in places if place)
    for name in [name for name in environment if name.startswith("BURDENWATCH_") and name.endswith(PATHS)]:
        if environment[name]:
            environment[name] = str(Path(environment[name]).resolve())
    os.chdir(ROOT)
    os.execve(sys.executable, command(arguments.host, arguments.port, settings.path), environment)


if __name__ == "__main__":
    main()
