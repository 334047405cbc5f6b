"""What the API of one installation is told: one frozen object, read from ``BURDENWATCH_*`` once at start.

Flows in: the environment. Flows out: ``Settings``. Errors name the variable.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from streams.config.kafka import KafkaSettings
from streams.config.place import PlaceSettings
from streams.config.store import DeskSettings
from streams.intake.shield import ANY, LOOPBACK


class Settings(KafkaSettings, DeskSettings, PlaceSettings):
    """Settings of ``python -m streams.intake.serve``; each is an environment variable with the prefix BURDENWATCH_."""

    host: str = Field(
        "127.0.0.1", description="address to listen on; put a TLS proxy in front of any other than loopback"
    )
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="names by which the API may be called, with commas; * for any (loopback: this computer's own)"
    )
    port: int = Field(8601, ge=0, le=65535, description="port to listen on; 0 chooses a free one")
    tokens_file: Path = Field(description="JSON or YAML file with the tokens of the sources")
    disk: Path | None = Field(
        None, description="directory on the disk of broker and store: nothing is taken in while it is full"
    )
    rate: float = Field(5000.0, gt=0, description="events a second that one token may send on average")
    burst: int = Field(50_000, gt=0, description="events that one token may send at once")
    acknowledge_s: float = Field(
        10.0, gt=0, description="how long the broker may take before the answer is 503, in seconds"
    )
    crowd: int = Field(
        500, gt=0, description="requests that are answered at once; one more is told 503 rather than made to wait"
    )
    waiting: int = Field(20_000, gt=0, description="events that may wait for the broker at once; more are answered 503")

    @field_validator("hosts", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        return tuple(filter(None, map(str.strip, value.lower().split(",")))) if isinstance(value, str) else value

    def called(self) -> tuple[str, ...]:
        """Names by which the API may be called: the given ones, else this computer's own on loopback, else any."""
        return self.hosts or (LOOPBACK if self.host in LOOPBACK else (ANY,))
