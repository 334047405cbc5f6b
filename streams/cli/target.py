"""Which running system a command talks to, and how: ``--data DIR`` (an embedded system of this machine) or ``--to URL``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streams.cli.outcome import PART_DOWN, REFUSED, WRONG_USE, Outcome

if TYPE_CHECKING:
    import httpx

    from streams.system.layout import Layout, Running


@dataclass(frozen=True)
class Target:
    """An API and the token to speak to it with."""

    url: str
    token: str

    def get(self, path: str, params: Mapping[str, str]) -> Any:
        """The JSON answer of a read. Raises Outcome: 3 when nothing answers, 2 or 1 with the API's own words otherwise."""
        return self._ask("GET", path, params={name: value for name, value in params.items() if value})

    def fetch(self, path: str, params: Mapping[str, str]) -> bytes:
        """The body of an answer that is no JSON. Raises Outcome as ``get`` does."""
        return bytes(self._reply("GET", path, params=dict(params)).content)

    def post(self, path: str, body: bytes) -> Any:
        """The JSON answer to a question that is too long for an address. Raises Outcome as ``get`` does."""
        return self._ask("POST", path, content=body)

    def send(self, event: Mapping[str, Any]) -> Any:
        """The answer to one event. Raises Outcome as ``get`` does."""
        import json

        body = json.dumps(event, ensure_ascii=False).encode()
        return self._ask("POST", "/v1/events", content=body, headers={"Content-Type": "application/cloudevents+json"})

    def _ask(self, method: str, path: str, **asked: Any) -> Any:
        return self._reply(method, path, **asked).json()

    def _reply(self, method: str, path: str, **asked: Any) -> httpx.Response:
        import httpx

        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"} | asked.pop(
            "headers", {}
        )
        try:
            reply = httpx.request(method, f"{self.url}{path}", headers=headers, timeout=60, trust_env=False, **asked)
        except httpx.HTTPError as error:
            message = f"{self.url}: no answer ({type(error).__name__}); is it running? `burdenwatch doctor` says what is wrong"
            raise Outcome(PART_DOWN, message) from None
        if reply.status_code == 503:
            raise Outcome(PART_DOWN, f"{self.url}{path}: {said(reply)}")
        if reply.status_code in (400, 404, 422):
            raise Outcome(WRONG_USE, f"{path}: {said(reply)}")
        if reply.status_code not in (200, 201, 202):
            raise Outcome(REFUSED, f"{self.url}{path}: {reply.status_code} {said(reply)}")
        return reply


def said(reply: Any) -> str:
    """What the API said, on one line."""
    try:
        body = reply.json()
        text = body.get("error", body) if isinstance(body, dict) else body
    except ValueError:
        text = reply.text
    return " ".join(str(text).split())[:500]


def embedded(data: Path | None) -> tuple[Layout, Running]:
    """The embedded system on ``data``. Raises Outcome 3 when none runs there."""
    from streams.system.layout import Layout, SystemFault, default_data

    layout = Layout(data or default_data())
    try:
        return layout, layout.running()
    except SystemFault as fault:
        raise Outcome(PART_DOWN, str(fault)) from None


def target(to: str | None, data: Path | None) -> Target:
    """The API at ``to`` with the token of BURDENWATCH_TOKEN, else the embedded system's own."""
    if to is not None:
        if not to.startswith(("http://", "https://")):
            raise Outcome(WRONG_USE, f"--to {to}: must be a URL such as http://127.0.0.1:8601")
        token = os.environ.get("BURDENWATCH_TOKEN", "")
        if not token and data is not None:
            token = embedded(data)[0].secret("token")
        if not token:
            raise Outcome(WRONG_USE, "--to needs a bearer token: set BURDENWATCH_TOKEN")
        return Target(to.rstrip("/"), token)
    layout, running = embedded(data)
    return Target(running.api, layout.secret("token"))
