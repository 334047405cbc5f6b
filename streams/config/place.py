"""What an installation is about: its division and its own organisations."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class PlaceSettings(BaseSettings):
    """What an installation is about."""

    model_config = SettingsConfigDict(env_prefix="BURDENWATCH_", frozen=True, extra="ignore")

    registry: Path | None = Field(None, description="directory of own organisations (burdenwatch registry import)")
    area: str = Field("", description="division code of this installation, empty for the whole country")

    @field_validator("area")
    @classmethod
    def _division(cls, value: str) -> str:
        if value and not value.isdecimal():
            raise ValueError(f"{value!r} is not a division code; write digits, for example 51, or leave it empty")
        return value
