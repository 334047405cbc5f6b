"""A door with a lock for the embedded engines: a certificate for both, users with SCRAM passwords for Kafka.

For trying what an installation does with a protected cluster of its own; ``burdenwatch up`` needs none, it listens on loopback.
Flows in: PEM files, users. Flows out: what Kafka is told.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

MECHANISM: Final = "SCRAM-SHA-512"
_LOGIN: Final = "org.apache.kafka.common.security.scram.ScramLoginModule"


@dataclass(frozen=True)
class Protection:
    """TLS with a certificate for 127.0.0.1, and who may come in."""

    certificate: Path
    """PEM: the key (PKCS#8, unencrypted) and the certificate, followed by those it is signed by."""
    authority: Path
    """PEM: the certificate authority."""
    passwords: Mapping[str, str] = field(repr=False)
    """Of each user; the first one is the broker's own. Laid down when the storage is formatted."""

    def users(self) -> list[str]:
        """Arguments of Kafka's storage tool that lay down the users."""
        each = (f"{MECHANISM}=[name={name},password={password}]" for name, password in self.passwords.items())
        return [word for one in each for word in ("--add-scram", one)]

    def properties(self) -> str:
        """Lines of server.properties."""
        name, password = next(iter(self.passwords.items()))
        return (
            f"ssl.keystore.type=PEM\nssl.keystore.location={self.certificate}\n"
            f"ssl.truststore.type=PEM\nssl.truststore.location={self.authority}\n"
            f"sasl.enabled.mechanisms={MECHANISM}\nsasl.mechanism.inter.broker.protocol={MECHANISM}\n"
            f"listener.name.sasl_ssl.{MECHANISM.lower()}.sasl.jaas.config="
            f'{_LOGIN} required username="{name}" password="{password}";\n'
        )

    def context(self) -> ssl.SSLContext:
        """For asking our own child on a port of our own whether it answers: nothing secret is said, so no name is checked."""
        context = ssl.create_default_context(cafile=str(self.authority))
        context.check_hostname = False
        return context
