"""The dashboard as one ASGI application: ``python -m dashboard.serve`` starts it.

Flows in: requests. Flows out: pages (``main``), the push stream, health. Starts the threads that read the store.
"""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from dashboard.settings import Settings
from dashboard.shell.below import Cookies, Pages
from dashboard.shell.gate import Gate
from dashboard.shell.installation import installation
from dashboard.shell.mishap import sorry
from dashboard.shell.refresher import start
from dashboard.shell.server import Assets, SecurityHeaders, Strays, healthz, stream
from dashboard.shell.takeaways import install
from dashboard.shell.warmth import warm

SETTINGS: Final = Settings()


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[dict[str, Any]]:
    """Loads what every session shares, starts the refresher, freezes what will never be garbage."""
    shared = installation()
    shared.hub.bind(asyncio.get_running_loop())
    _ = shared.index
    stop = threading.Event()
    start(shared, stop)
    audit = threading.Thread(target=shared.audit.run, args=(stop,), name="audit", daemon=True)
    audit.start()
    threading.Thread(target=warm, args=(shared,), name="warm", daemon=True).start()
    gc.collect()
    gc.freeze()
    try:
        yield {}
    finally:
        stop.set()
        audit.join(5)


install()
app = st.App(
    Path(__file__).parent / "main.py",
    lifespan=lifespan,
    middleware=[
        Middleware(Gate, settings=SETTINGS),
        Middleware(Cookies, framed=bool(SETTINGS.frames)),
        Middleware(SecurityHeaders, frames=SETTINGS.frames),
        Middleware(Pages, path=SETTINGS.path),
        Middleware(Assets, path=SETTINGS.path),
        Middleware(Strays, path=SETTINGS.path),
    ],
    on_script_error=sorry,
    secrets={"auth": {**SETTINGS.oidc}} if SETTINGS.oidc else None,
    routes=[
        *(Route(f"{path}/healthz", healthz) for path in {"", SETTINGS.path}),
        Route(f"{SETTINGS.path}/stream", stream),
    ],
)
