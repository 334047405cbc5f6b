"""What one dashboard is told: one frozen object, read from ``BURDENWATCH_*`` once at start.

Flows in: the environment. Flows out: ``Settings``. Errors name the variable.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode

from streams.config.place import PlaceSettings
from streams.config.store import DeskSettings


class Settings(DeskSettings, PlaceSettings):
    """Settings of ``python -m dashboard.serve``; each is an environment variable with the prefix BURDENWATCH_."""

    access: Literal["demo", "oidc", "proxy"] = Field(
        description="who may look: demo (this computer alone, roles to try on), oidc (people sign in), proxy (a proxy names them)"
    )
    access_file: Path | None = Field(None, description="who has which role and area (oidc, proxy); see docs/access.md")
    oidc_metadata: str = Field("", description="address of the provider's .well-known/openid-configuration")
    oidc_client_id: str = Field("", description="what the provider calls this dashboard")
    oidc_client_secret_file: Path | None = Field(None, description="file with the secret of that client")
    oidc_redirect: str = Field(
        "", description="this dashboard's own address, path included, with /oauth2callback at its end"
    )
    cookie_secret_file: Path | None = Field(None, description="file with a random text that signs the sign-in cookie")
    proxy_secret_file: Path | None = Field(
        None, description="file with the text that the proxy sends as X-Burdenwatch-Proxy"
    )
    proxy_user: str = Field("X-Forwarded-User", description="header in which the proxy names the person")
    proxy_groups: str = Field("X-Forwarded-Groups", description="header with the person's groups, parted by commas")
    path: str = Field(
        "", description="path below which the pages live behind a proxy that others share, for example /burden/"
    )
    frames: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="origins that may show the dashboard in a frame, with commas, for example https://portal.example",
    )
    idle_minutes: int = Field(30, ge=1, le=1_440, description="who does nothing for so long has to sign in again")
    session_hours: int = Field(12, ge=1, le=720, description="everybody signs in again after so long")
    api: str = Field(
        "http://127.0.0.1:8601", description="address of the API, to which the dashboard sends what units say"
    )
    api_public: str = Field(
        "", description="address at which people reach the API, for what pages show; the address above when not given"
    )
    api_token_file: Path | None = Field(
        None, description="file with a token of the API; with it units may say what something took"
    )
    language: Literal["zh", "en"] = Field("zh", description="language of a page that asks for none")
    outlines: bool = Field(True, description="draw outlines; false draws the tile grid in place of the national map")
    map_number: str = Field(
        "", description="review number (审图号) of the map, printed below it where it is shown in public"
    )

    @field_validator("frames", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        found = tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value
        for one in found if isinstance(found, tuple) else ():
            if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", one):
                raise ValueError(f"{one!r} is no origin; write https://portal.example, without a path")
        return found

    @field_validator("path")
    @classmethod
    def _below(cls, value: str) -> str:
        """'' or '/burden', without a slash at its end."""
        found = value.strip().strip("/")
        if found and not re.fullmatch(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*", found):
            raise ValueError(f"{value!r} is no path; write /burden/, without a host")
        return f"/{found}" if found else ""

    @model_validator(mode="after")
    def _returns(self) -> Self:
        """People come back from the provider to where the pages live."""
        wanted = f"{self.path}/oauth2callback"
        if self.access == "oidc" and self.oidc_redirect and urlsplit(self.oidc_redirect).path != wanted:
            raise ValueError(f"BURDENWATCH_OIDC_REDIRECT {self.oidc_redirect!r} must have the path {wanted}")
        return self

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Every variable that the mode of access needs."""
        needed = {
            "demo": (),
            "oidc": (
                "access_file",
                "oidc_metadata",
                "oidc_client_id",
                "oidc_client_secret_file",
                "oidc_redirect",
                "cookie_secret_file",
            ),
            "proxy": ("access_file", "proxy_secret_file"),
        }[self.access]
        missing = [f"BURDENWATCH_{name.upper()}" for name in needed if not getattr(self, name)]
        if missing:
            raise ValueError(f"access {self.access} needs {', '.join(missing)}; set them, see docs/access.md")
        if self.access == "proxy" and len(self.proxy_secret) < 16:
            raise ValueError(
                "BURDENWATCH_PROXY_SECRET_FILE must hold 16 characters or more; openssl rand -hex 24 makes some"
            )
        return self

    @property
    def api_shown(self) -> str:
        """The address of the API that people are told."""
        return self.api_public or self.api

    @property
    def api_token(self) -> str:
        """What the dashboard sends events with; '' where it sends none."""
        return self.api_token_file.read_text().strip() if self.api_token_file else ""

    @property
    def proxy_secret(self) -> str:
        """What the proxy sends; '' in other modes."""
        return self.proxy_secret_file.read_text().strip() if self.proxy_secret_file else ""

    @property
    def oidc(self) -> dict[str, str]:
        """What Streamlit's sign-in is told; {} in other modes."""
        if self.access != "oidc" or not self.oidc_client_secret_file or not self.cookie_secret_file:
            return {}
        return {
            "redirect_uri": self.oidc_redirect,
            "cookie_secret": self.cookie_secret_file.read_text().strip(),
            "client_id": self.oidc_client_id,
            "client_secret": self.oidc_client_secret_file.read_text().strip(),
            "server_metadata_url": self.oidc_metadata,
        }
