"""Puts the HTML of the views on the page and takes the reader's clicks back; the bridge between pure views and Streamlit.

Flows in: HTML. Flows out: a panel that redraws itself when its topic moves (server push), and navigation as query strings.
Touches the address bar of the page that is being drawn.
"""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl

import streamlit as st

from dashboard.assets import asset_version

SCRIPT: Final = """
export default function (component) {
  const load = window.__burden ||= import(window.__streamlit.BACKEND_BASE_URL.slice(0, -1) + component.data.script);
  load.then((module) => module.FUNCTION(component));
}
"""
"""All behaviour lives in static/burden.js, loaded once per page; each panel and figure carries only this and its content."""


def bridge(name: str, function: str) -> Any:
    """A component that a function of burden.js draws; ``shared`` is what its data must hold beside its content."""
    return st.components.v2.component(name, js=SCRIPT.replace("FUNCTION", function), isolate_styles=False)


def shared() -> dict[str, str]:
    """Where the browser finds behaviour and looks."""
    return {"script": asset_version("burden.js"), "style": asset_version("burden.css")}


WISHES: Final = ("signin", "signout", "remark", "bulk", "filter")
"""Addresses that are no pages but something to be done: the next run finds them in the session."""
WORTH: Final = 1_500
"""Shorter HTML is sent as it is."""
PAGE: Final = re.compile(r"\./|[a-z]{1,20}")
_SHOW: Final = bridge("burden_panel", "show")


def ignore() -> None:
    """Streamlit wants a callback for each trigger."""


@lru_cache(maxsize=128)
def packed(html: str) -> dict[str, str]:
    """HTML as a panel carries it: long ones as gzip in base64, a quarter of the bytes for half a millisecond once for all who look."""
    if len(html) < WORTH:
        return {"html": html, "packed": ""}
    return {"html": "", "packed": b64encode(gzip.compress(html.encode(), 5, mtime=0)).decode()}


def panel(key: str, html: str, *, topic: str = "") -> None:
    """Shows HTML. ``topic``: rerun the surrounding fragment when this topic moves. A followed link reruns the page."""
    result = _SHOW(
        key=key,
        data={
            **packed(html),
            "topic": topic,
            "stream": "/stream",
            **shared(),
        },
        on_go_change=ignore,
        on_tick_change=ignore,
    )
    if result.go:
        go(str(result.go))


def go(address: str) -> None:
    """Moves to ``?QUERY`` on this page, or to ``PAGE?QUERY`` on another (``./`` is the first), and draws it anew."""
    name, _, query = address.partition("?")
    if name in WISHES:
        st.session_state["wish"] = name, dict(parse_qsl(query))
        st.rerun(scope="app")
    wanted = dict(parse_qsl(query, keep_blank_values=True))
    if name and PAGE.fullmatch(name):
        st.switch_page(f"pages/{'situation' if name == './' else name}.py", query_params=wanted)
    st.query_params.from_dict(wanted)
    st.rerun(scope="app")


def live(key: str, draw: Callable[[], str], *, topic: str, every_s: int = 15) -> None:
    """A panel in a fragment of its own: redrawn by push, and every ``every_s`` seconds where push does not get through."""

    @st.fragment(run_every=every_s, key=f"live-{key}")
    def fragment() -> None:
        panel(key, draw(), topic=topic)

    fragment()
