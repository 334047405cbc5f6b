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
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from dashboard.installation import installation
from dashboard.refresher import start
from dashboard.server import Assets, SecurityHeaders, healthz, stream
from dashboard.warmth import warm


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[dict[str, Any]]:
    """Loads what every session shares, starts the refresher, freezes what will never be garbage."""
    shared = installation()
    shared.hub.bind(asyncio.get_running_loop())
    _ = shared.index
    stop = threading.Event()
    start(shared, stop)
    threading.Thread(target=warm, args=(shared,), name="warm", daemon=True).start()
    gc.collect()
    gc.freeze()
    try:
        yield {}
    finally:
        stop.set()


app = st.App(
    Path(__file__).parent / "main.py",
    lifespan=lifespan,
    middleware=[Middleware(SecurityHeaders), Middleware(Assets)],
    routes=[Route("/healthz", healthz), Route("/api/stream", stream)],
)
