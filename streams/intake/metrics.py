"""What the API tells Prometheus about itself: every metric once, with its kind and meaning.

Flows in: counts and times. Flows out: the text of ``/metrics``. Labels have few values that we choose, never a sender's.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_TIMES: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """The metrics of one API process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "burdenwatch_http_requests",
            "Requests that were answered, by route and status.",
            ["route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "burdenwatch_http_seconds",
            "Time from the whole request to its answer, by route, in seconds.",
            ["route"],
            buckets=_TIMES,
            registry=self.registry,
        )
        self.accepted = Counter(
            "burdenwatch_events_accepted", "Events that the broker has acknowledged.", registry=self.registry
        )
        self.duplicates = Counter(
            "burdenwatch_events_duplicate",
            "Accepted events that the store had already, of those that were looked up.",
            registry=self.registry,
        )
        self.refused = Counter(
            "burdenwatch_events_refused",
            "Events refused at the door, by the first fault's kind.",
            ["reason"],
            registry=self.registry,
        )
        self.waiting = Gauge(
            "burdenwatch_events_waiting",
            "Events that were sent to the broker and are not yet acknowledged.",
            registry=self.registry,
        )
        self.append_seconds = Histogram(
            "burdenwatch_append_seconds",
            "Time until the broker has acknowledged all events of a request, in seconds.",
            buckets=_TIMES,
            registry=self.registry,
        )

    def text(self) -> bytes:
        """The exposition format of Prometheus."""
        return bytes(generate_latest(self.registry))
