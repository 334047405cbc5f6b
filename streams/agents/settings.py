"""What a worker is told: one frozen object, read from ``BURDENWATCH_*`` once at start."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from streams.config.kafka import KafkaSettings
from streams.config.place import PlaceSettings
from streams.config.store import StoreSettings


class Settings(KafkaSettings, StoreSettings, PlaceSettings):
    """Settings of worker, judge, notifier, recount and prepare; each is an environment variable with the prefix BURDENWATCH_."""

    store_user: str = Field("burdenwatch", description="user at the store that may write")
    group: str = Field("burdenwatch", description="consumer group that the workers share")
    flush_events: int = Field(20_000, ge=1, description="events that one flush takes at most")
    state: Path | None = Field(
        None, description="directory of the worker's scratch files; a temporary one when not given"
    )
    alerts: Path | None = Field(
        None, description="alert policy (YAML); the shipped one, without receivers, when not given"
    )
    packs: Path | None = Field(None, description="directory of rule packs of one's own, beside the shipped ones")
    rules_off: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(), description="rules that are switched off, by id, with commas: what they found ends, and says so"
    )
    dashboard: str = Field("", description="address at which people reach the dashboard, for links in messages")

    @field_validator("rules_off", mode="before")
    @classmethod
    def _split(cls, text: object) -> object:
        return frozenset(filter(None, map(str.strip, text.split(",")))) if isinstance(text, str) else text

    def own_packs(self) -> tuple[Path, ...]:
        """Pack files of one's own, by name."""
        return tuple(sorted(self.packs.glob("*.yml"))) if self.packs is not None else ()
