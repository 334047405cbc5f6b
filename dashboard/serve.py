"""Starts the dashboard: ``python -m dashboard.serve [--host 127.0.0.1] [--port 8600]``; settings are BURDENWATCH_* variables.

Flows in: arguments and environment. Flows out: ``streamlit run`` with the configuration beside this file, which alone holds (a user's own
~/.streamlit and the current directory do not change the product).
"""

from __future__ import annotations

import argparse
import importlib
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
    """What Streamlit is told; ``path``: below which the pages live, '' or '/burden'."""
    program = ["streamlit", "run", str(ROOT / "app.py")]
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
    for name in [name for name in os.environ if name.startswith("STREAMLIT_")]:
        del os.environ[name]
    for name in [name for name in os.environ if name.startswith("BURDENWATCH_") and name.endswith(PATHS)]:
        if os.environ[name]:
            os.environ[name] = str(Path(os.environ[name]).resolve())
    # Streamlit reads .streamlit/config.toml of the current directory when it is imported: ours, wherever the caller stands.
    sys.path.insert(0, str(ROOT.parent))
    os.chdir(ROOT)
    sys.argv = command(arguments.host, arguments.port, settings.path)
    importlib.import_module("streamlit.web.cli").main()


if __name__ == "__main__":
    main()
