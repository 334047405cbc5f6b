"""What the pages send as any source would: events, through the API. Flows in: an event. Flows out: a request. Touches the API alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import httpx

from dashboard.settings import Settings

PATIENCE_S: Final = 5.0


def send(settings: Settings, event: Mapping[str, Any]) -> None:
    """Have an event taken in. Raises httpx.HTTPError where it is not."""
    headers = {"Authorization": f"Bearer {settings.api_token}", "Content-Type": "application/cloudevents+json"}
    httpx.post(
        f"{settings.api}/v1/events", json=dict(event), headers=headers, timeout=PATIENCE_S, trust_env=False
    ).raise_for_status()
