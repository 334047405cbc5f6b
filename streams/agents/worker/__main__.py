"""``python -m streams.agents.worker``: one worker process, told by BURDENWATCH_*; ends cleanly on SIGTERM."""

from __future__ import annotations

import asyncio
import atexit
import gc
import logging
import shutil
import tempfile
from pathlib import Path

import uvloop
from faust import Worker

from streams.agents.settings import Settings
from streams.agents.starting import begin
from streams.agents.worker.app import build_app


class NamedWorker(Worker):
    """Faust's worker that keeps the name of its process: it is known by its module, as every part is."""

    def _setproctitle(self, info: str, *, ident: str = "") -> None:
        """Nothing."""


def main() -> None:
    """Run until told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("aiokafka").setLevel(logging.WARNING)  # it makes a record of every fetch, for nobody
    settings = begin("worker", Settings)
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    if settings.state is None:
        state = Path(tempfile.mkdtemp(prefix="burdenwatch-worker-"))
        atexit.register(shutil.rmtree, state, ignore_errors=True)
        settings = settings.model_copy(update={"state": state})
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    app = build_app(settings)
    # Events are trees without cycles: looking for cycles among millions of them took a third of the time (docs/benchmarks.md).
    gc.collect()
    gc.freeze()
    gc.set_threshold(500_000, 50, 1_000)
    NamedWorker(app, loop=loop, loglevel="warning", quiet=True).execute_from_commandline()


if __name__ == "__main__":
    main()
