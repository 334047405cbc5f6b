"""How the store is reached: address, TLS, and as whom. People's acts are written by a user of their own.

Flows in: ``BURDENWATCH_STORE_*``, ``BURDENWATCH_DESK_*``, files of certificates and passwords. Flows out: ``Address``.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from streams.config.faults import readable, secret_in


@dataclass(frozen=True)
class Address:
    """Where the store is and as whom to speak to it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    secure: bool = False
    """By TLS; the certificate and the host's name are always checked."""
    cafile: Path | None = None
    """The authority of the certificate; the well-known ones when None."""


class StoreSettings(BaseSettings):
    """How the store is reached."""

    model_config = SettingsConfigDict(env_prefix="BURDENWATCH_", frozen=True, extra="ignore")

    store_host: str = Field("127.0.0.1", description="host of ClickHouse's HTTP port")
    store_port: int = Field(8123, ge=1, le=65535, description="ClickHouse's HTTP port; mostly 8443 with TLS")
    store_user: str = Field("reader", description="user at the store; reading suffices for API and dashboard")
    store_password_file: Path | None = Field(None, description="file with the password of that user")
    store_secure: bool = Field(False, description="speak to ClickHouse by TLS; the host's name is checked")
    store_cafile: Path | None = Field(
        None, description="file (PEM) with ClickHouse's certificate authority; the well-known ones when not given"
    )

    _store_readable = field_validator("store_password_file", "store_cafile")(readable)

    @model_validator(mode="after")
    def _trusted(self) -> Self:
        if self.store_cafile is not None:
            if not self.store_secure:
                raise ValueError("BURDENWATCH_STORE_CAFILE: is not used without TLS; set BURDENWATCH_STORE_SECURE=true")
            try:
                ssl.create_default_context(cafile=str(self.store_cafile))
            except (ssl.SSLError, OSError) as error:
                raise ValueError(f"BURDENWATCH_STORE_CAFILE: not PEM that can be used ({error})") from None
        return self

    def store(self) -> Address:
        """Where the store is, and as whom this process works there."""
        return self._as(self.store_user, self.store_password_file)

    def _as(self, user: str, password_file: Path | None) -> Address:
        password = secret_in(password_file)
        return Address(self.store_host, self.store_port, user, password, self.store_secure, self.store_cafile)


class DeskSettings(StoreSettings):
    """The store, and the user that writes what people do."""

    desk_user: str = Field("desk", description="user at the store that may write acts, silences, remarks and the audit")
    desk_password_file: Path | None = Field(
        None, description="file with the password of that user; without it cases are only read"
    )

    _desk_readable = field_validator("desk_password_file")(readable)

    def desk(self) -> Address | None:
        """Where and as whom people's acts are written; None: nowhere."""
        return None if self.desk_password_file is None else self._as(self.desk_user, self.desk_password_file)
