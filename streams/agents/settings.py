"""What a worker is told: one frozen object, read from ``BURDENWATCH_*`` once at start."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from streams.store import Address


class Settings(BaseSettings):
    """Settings of ``python -m streams.agents.worker``; each is an environment variable with the prefix BURDENWATCH_."""

    model_config = SettingsConfigDict(env_prefix="BURDENWATCH_", frozen=True, extra="ignore")

    kafka: str = Field(description="HOST:PORT of a Kafka broker, several with commas")
    store_host: str = Field("127.0.0.1", description="host of ClickHouse's HTTP port")
    store_port: int = Field(8123, ge=1, le=65535, description="ClickHouse's HTTP port")
    store_user: str = Field("burdenwatch", description="user at the store that may write")
    store_password_file: Path | None = Field(None, description="file with the password of that user")
    registry: Path | None = Field(None, description="directory of own organisations (burdenwatch registry import)")
    area: str = Field("", description="division code of this installation; informative here")
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
    dashboard: str = Field("", description="address of the dashboard, for links in messages")

    @field_validator("rules_off", mode="before")
    @classmethod
    def _split(cls, text: object) -> object:
        return frozenset(filter(None, map(str.strip, text.split(",")))) if isinstance(text, str) else text

    def own_packs(self) -> tuple[Path, ...]:
        """Pack files of one's own, by name."""
        return tuple(sorted(self.packs.glob("*.yml"))) if self.packs is not None else ()

    def store(self) -> Address:
        """Address and user of the store."""
        password = self.store_password_file.read_text().strip() if self.store_password_file else ""
        return Address(self.store_host, self.store_port, self.store_user, password)
