"""What the API of one installation is told: one frozen object, read from ``BURDENWATCH_*`` once at start.

Flows in: the environment. Flows out: ``Settings``. Errors name the variable.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from streams.intake.shield import ANY, LOOPBACK


class Settings(BaseSettings):
    """Settings of ``python -m streams.intake.serve``; each is an environment variable with the prefix BURDENWATCH_."""

    model_config = SettingsConfigDict(env_prefix="BURDENWATCH_", frozen=True, extra="ignore")

    kafka: str = Field(description="HOST:PORT of a Kafka broker, several with commas")
    kafka_security_protocol: str = Field("PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL")
    kafka_ssl_cafile: Path | None = Field(None, description="file with the certificate authority of the brokers")
    kafka_ssl_certfile: Path | None = Field(None, description="file with our certificate")
    kafka_ssl_keyfile: Path | None = Field(None, description="file with our key")
    kafka_sasl_mechanism: str | None = Field(None, description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512")
    kafka_sasl_user: str | None = Field(None, description="user at the brokers")
    kafka_sasl_password_file: Path | None = Field(None, description="file with the password of that user")
    store_host: str = Field("127.0.0.1", description="host of ClickHouse's HTTP port")
    store_port: int = Field(8123, ge=1, le=65535, description="ClickHouse's HTTP port")
    store_user: str = Field("reader", description="user at the store; reading suffices")
    store_password_file: Path | None = Field(None, description="file with the password of that user")
    desk_user: str = Field("desk", description="user at the store that may write acts and silences")
    desk_password_file: Path | None = Field(
        None, description="file with the password of that user; without it cases are only read"
    )
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
    registry: Path | None = Field(None, description="directory of own organisations (burdenwatch registry import)")
    area: str = Field("", description="division code of this installation, '' for the whole country")
    rate: float = Field(5000.0, gt=0, description="events a second that one token may send on average")
    burst: int = Field(50_000, gt=0, description="events that one token may send at once")
    acknowledge_s: float = Field(
        10.0, gt=0, description="how long the broker may take before the answer is 503, in seconds"
    )
    crowd: int = Field(
        500, gt=0, description="requests that are answered at once; one more is told 503 rather than made to wait"
    )
    waiting: int = Field(20_000, gt=0, description="events that may wait for the broker at once; more are answered 503")

    @classmethod
    def read(cls) -> Self:
        """The settings of this process's environment; raises pydantic's ValidationError with every fault."""
        nothing: dict[str, Any] = {}
        return cls(**nothing)

    @field_validator("hosts", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        return tuple(filter(None, map(str.strip, value.lower().split(",")))) if isinstance(value, str) else value

    def called(self) -> tuple[str, ...]:
        """Names by which the API may be called: the given ones, else this computer's own on loopback, else any."""
        return self.hosts or (LOOPBACK if self.host in LOOPBACK else (ANY,))

    @field_validator("kafka")
    @classmethod
    def _address(cls, value: str) -> str:
        for part in value.split(","):
            host, _, port = part.strip().rpartition(":")
            if not host or not port.isdecimal():
                raise ValueError(f"{part.strip()!r} is not HOST:PORT; write for example 127.0.0.1:9092")
        return value

    @field_validator("area")
    @classmethod
    def _division(cls, value: str) -> str:
        if value and not value.isdecimal():
            raise ValueError(f"{value!r} is not a division code; write digits, for example 51, or leave it empty")
        return value

    def store_password(self) -> str:
        """The password of the store's user, '' where none is set."""
        return self.store_password_file.read_text().strip() if self.store_password_file else ""

    def desk_password(self) -> str:
        """The password of the desk's user, '' where none is set."""
        return self.desk_password_file.read_text().strip() if self.desk_password_file else ""

    def producer_options(self) -> dict[str, object]:
        """What kafka-python needs to reach a protected broker."""
        named: dict[str, object | None] = {
            "security_protocol": self.kafka_security_protocol,
            "ssl_cafile": self.kafka_ssl_cafile and str(self.kafka_ssl_cafile),
            "ssl_certfile": self.kafka_ssl_certfile and str(self.kafka_ssl_certfile),
            "ssl_keyfile": self.kafka_ssl_keyfile and str(self.kafka_ssl_keyfile),
            "sasl_mechanism": self.kafka_sasl_mechanism,
            "sasl_plain_username": self.kafka_sasl_user,
            "sasl_plain_password": self.kafka_sasl_password_file and self.kafka_sasl_password_file.read_text().strip(),
        }
        return {name: value for name, value in named.items() if value is not None}
