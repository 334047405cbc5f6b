"""``python -m streams.agents.worker``: one worker process, told by BURDENWATCH_*; ends cleanly on SIGTERM."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from pathlib import Path

import uvloop
from faust import Worker

from streams.agents.app import build_app
from streams.agents.settings import Settings


def main() -> None:
    """Run until told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = Settings()  # type: ignore[call-arg]
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    if settings.state is None:
        settings = settings.model_copy(update={"state": Path(tempfile.mkdtemp(prefix="burdenwatch-worker-"))})
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    app = build_app(settings)
    Worker(app, loop=loop, loglevel="warning", quiet=True).execute_from_commandline()


if __name__ == "__main__":
    main()
