"""How Kafka is reached: address, TLS and SASL, and the words in which each client library wants to be told.

Flows in: ``BURDENWATCH_KAFKA*``, files of certificates and passwords. Flows out: ``Brokers``.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from streams.config.faults import readable, secret_in

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
OPTIONAL: Final = (
    "kafka_ssl_cafile",
    "kafka_ssl_certfile",
    "kafka_ssl_keyfile",
    "kafka_sasl_mechanism",
    "kafka_sasl_password_file",
)


@dataclass(frozen=True)
class Brokers:
    """Where Kafka is, and as whom and how to speak to it. Plain text when only the address is given."""

    address: str
    """HOST:PORT, several with commas."""
    protocol: Protocol = "PLAINTEXT"
    cafile: Path | None = None
    certfile: Path | None = None
    keyfile: Path | None = None
    mechanism: Mechanism | None = None
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def each(self) -> list[str]:
        """HOST:PORT of each broker that is named."""
        return [part.strip() for part in self.address.split(",")]

    def tls(self) -> ssl.SSLContext | None:
        """What the connection is checked by: the given authority alone, else those of the system. None without TLS."""
        if not self.protocol.endswith("SSL"):
            return None
        context = ssl.create_default_context(cafile=self.cafile and str(self.cafile))
        if self.certfile is not None:
            context.load_cert_chain(str(self.certfile), self.keyfile and str(self.keyfile))
        return context

    def client(self) -> dict[str, Any]:
        """Arguments of every client of kafka-python (producer, consumer, administration) and of aiokafka: both have the same names."""
        told: dict[str, Any] = {"bootstrap_servers": self.each, "security_protocol": self.protocol}
        context = self.tls()
        if context is not None:
            told["ssl_context"] = context
        if self.protocol.startswith("SASL"):
            told |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        return told

    def urls(self) -> str:
        """The address as Faust wants it."""
        return ";".join(f"kafka://{part}" for part in self.each)


class KafkaSettings(BaseSettings):
    """How Kafka is reached."""

    model_config = SettingsConfigDict(env_prefix="BURDENWATCH_", frozen=True, extra="ignore")

    kafka: str = Field(description="HOST:PORT of a Kafka broker, several with commas")
    kafka_security_protocol: Protocol = Field(
        "PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL; with TLS the broker's name is checked"
    )
    kafka_ssl_cafile: Path | None = Field(
        None, description="file (PEM) with the certificate authority of the brokers; the system's own when not given"
    )
    kafka_ssl_certfile: Path | None = Field(
        None, description="file (PEM) with our certificate, where brokers ask for one"
    )
    kafka_ssl_keyfile: Path | None = Field(None, description="file (PEM) with the key of our certificate, unencrypted")
    kafka_sasl_mechanism: Mechanism | None = Field(None, description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512")
    kafka_sasl_user: str = Field("", description="user at the brokers")
    kafka_sasl_password_file: Path | None = Field(None, description="file with the password of that user")

    _readable = field_validator(
        "kafka_ssl_cafile", "kafka_ssl_certfile", "kafka_ssl_keyfile", "kafka_sasl_password_file"
    )(readable)

    @field_validator("kafka")
    @classmethod
    def _address(cls, value: str) -> str:
        for part in value.split(","):
            host, _, port = part.strip().rpartition(":")
            if not host or not port.isdecimal():
                raise ValueError(f"{part.strip()!r} is not HOST:PORT; write for example 127.0.0.1:9092")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """All that the protocol needs, and certificates that can be used."""
        if self.kafka_security_protocol.startswith("SASL"):
            needed = ("kafka_sasl_mechanism", "kafka_sasl_user", "kafka_sasl_password_file")
            missing = [f"BURDENWATCH_{name.upper()}" for name in needed if not getattr(self, name)]
            if missing:
                raise ValueError(
                    f"BURDENWATCH_KAFKA_SECURITY_PROTOCOL: {self.kafka_security_protocol} needs {', '.join(missing)}"
                )
        elif self.kafka_sasl_mechanism is not None:
            raise ValueError(
                f"BURDENWATCH_KAFKA_SASL_MECHANISM: {self.kafka_sasl_mechanism} is not used with "
                f"{self.kafka_security_protocol}; say SASL_SSL in BURDENWATCH_KAFKA_SECURITY_PROTOCOL"
            )
        try:
            self.brokers().tls()
        except (ssl.SSLError, OSError) as error:
            raise ValueError(
                f"BURDENWATCH_KAFKA_SSL_CAFILE, _CERTFILE, _KEYFILE: not PEM that can be used ({error})"
            ) from None
        return self

    def brokers(self) -> Brokers:
        """Everything that a client needs."""
        return Brokers(
            self.kafka,
            self.kafka_security_protocol,
            self.kafka_ssl_cafile,
            self.kafka_ssl_certfile,
            self.kafka_ssl_keyfile,
            self.kafka_sasl_mechanism,
            self.kafka_sasl_user,
            secret_in(self.kafka_sasl_password_file),
        )

    def told(self) -> dict[str, str]:
        """Every field but the address as text; empty text where there is none. No password is in it, only the name of its file."""
        fields = {name: getattr(self, name) for name in KafkaSettings.model_fields if name != "kafka"}
        return {name: _text(value.resolve() if isinstance(value, Path) else value) for name, value in fields.items()}

    @field_validator("*", mode="before")
    @classmethod
    def _nothing(cls, value: object, info: ValidationInfo) -> object:
        """An empty variable is one that is not set: docker compose and ``burdenwatch up`` cannot take one away."""
        unset = value == "" and info.field_name in OPTIONAL
        return None if unset else value


def _text(value: object) -> str:
    return "" if value is None else str(value)


def plain(address: str) -> KafkaSettings:
    """The settings of brokers in plain text, whatever the environment says of others."""
    nothing: dict[str, Any] = dict.fromkeys(OPTIONAL, "")
    return KafkaSettings(**nothing, kafka=address, kafka_security_protocol="PLAINTEXT", kafka_sasl_user="")
