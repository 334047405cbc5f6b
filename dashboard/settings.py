"""What one dashboard is told: one frozen object, read from ``BURDENWATCH_*`` once at start.

Flows in: the environment. Flows out: ``Settings``. Errors name the variable.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from streams.store import Address


class Settings(BaseSettings):
    """Settings of ``python -m dashboard.serve``; each is an environment variable with the prefix BURDENWATCH_."""

    model_config = SettingsConfigDict(env_prefix="BURDENWATCH_", frozen=True, extra="ignore")

    store_host: str = Field("127.0.0.1", description="host of ClickHouse's HTTP port")
    store_port: int = Field(8123, ge=1, le=65535, description="ClickHouse's HTTP port")
    store_user: str = Field("reader", description="user at the store; reading suffices")
    store_password_file: Path | None = Field(None, description="file with the password of that user")
    desk_user: str = Field("desk", description="user at the store that may write acts on cases")
    desk_password_file: Path | None = Field(
        None, description="file with the password of that user; without it the desk only reads"
    )
    registry: Path | None = Field(None, description="directory of own organisations (burdenwatch registry import)")
    area: str = Field("", description="division code that the dashboard is about, '' for the whole country")
    api: str = Field("http://127.0.0.1:8601", description="address of the API, for the example of the empty page")
    language: Literal["zh", "en"] = Field("zh", description="language of a page that asks for none")
    outlines: bool = Field(True, description="draw outlines; false draws the tile grid in place of the national map")
    map_number: str = Field(
        "", description="review number (审图号) of the map, printed below it where it is shown in public"
    )

    @classmethod
    def read(cls) -> Self:
        """The settings of this process's environment; raises pydantic's ValidationError with every fault."""
        nothing: dict[str, Any] = {}
        return cls(**nothing)

    @field_validator("area")
    @classmethod
    def _division(cls, value: str) -> str:
        if value and not value.isdecimal():
            raise ValueError(f"{value!r} is not a division code; write digits, for example 51, or leave it empty")
        return value

    @property
    def store(self) -> Address:
        """Where the store is, and as whom the dashboard reads."""
        password = self.store_password_file.read_text().strip() if self.store_password_file else ""
        return Address(self.store_host, self.store_port, self.store_user, password)

    @property
    def desk(self) -> Address | None:
        """Where and as whom acts on cases are written; None: nowhere."""
        if self.desk_password_file is None:
            return None
        return Address(self.store_host, self.store_port, self.desk_user, self.desk_password_file.read_text().strip())
