"""Makes ``kafka-jars.lock``: from one Kafka version to the few jars that a broker needs, each with its SHA-256.

For maintainers; needs Maven (``mvn``), which the running system does not. ``python -m infra.local.pin_kafka [VERSION]``
takes the newest release of the line 4 where no version is given. Afterwards run
``pytest tests/broker/test_embedded_kafka.py``: it starts a broker on the new set and uses each compression codec, which
is what shows that nothing is missing.

Flows in: a version. Flows out: the lock file. May touch: the network, Maven's own cache, the lock file.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import httpx
import msgspec

from infra.local.kafka_jars import LOCK, Jar, Lock, repository

BROKER: Final = ("org.apache.kafka", "kafka_2.13")

LOGGER: Final = "slf4j-simple"
"""The logger that we add, in the version of slf4j-api that Kafka asks for."""

NOT_NEEDED: Final = {
    "log4j-core": "we log through slf4j-simple; the broker itself touches log4j-api only",
    "scala-reflect": "needed to compile scala-logging, not to run it",
    "jose4j": "OAuth; the embedded broker listens on loopback only",
    "caffeine": "cache of remote storage, which is off",
    "jspecify": "annotations",
    "commons-beanutils": "parts of commons-validator that the broker does not use",
    "commons-digester": "as commons-beanutils",
    "commons-collections": "as commons-beanutils",
    "commons-logging": "as commons-beanutils",
}

_POM: Final = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>burdenwatch</groupId><artifactId>kafka-jars</artifactId><version>1</version>
<repositories><repository><id>central</id><url>{repository}</url></repository></repositories>
<dependencies>
<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version></dependency>
{more}</dependencies></project>
"""


def newest(address: str) -> str:
    """The newest release of Kafka 4 that the repository lists."""
    group, artifact = BROKER
    answer = httpx.get(f"{address}/{group.replace('.', '/')}/{artifact}/maven-metadata.xml", timeout=30)
    answer.raise_for_status()
    listed = [element.text or "" for element in ElementTree.fromstring(answer.text).iter("version")]
    return max((v for v in listed if re.fullmatch(r"4\.\d+\.\d+", v)), key=lambda v: tuple(map(int, v.split("."))))


def resolve(version: str, address: str, more: str = "") -> list[Jar]:
    """All jars that Maven resolves for the broker of ``version``, without those of NOT_NEEDED, by path."""
    with tempfile.TemporaryDirectory() as directory:
        group, artifact = BROKER
        pom = _POM.format(repository=address, group=group, artifact=artifact, version=version, more=more)
        (Path(directory) / "pom.xml").write_text(pom)
        command = [
            "mvn",
            "-q",
            "-B",
            "-f",
            directory,
            "dependency:copy-dependencies",
            "-Dmdep.useRepositoryLayout=true",
        ]
        subprocess.run([*command, "-DincludeScope=runtime"], check=True)
        found = Path(directory) / "target" / "dependency"
        return [
            Jar(
                path=jar.relative_to(found).as_posix(),
                sha256=hashlib.sha256(jar.read_bytes()).hexdigest(),
                bytes=jar.stat().st_size,
            )
            for jar in sorted(found.rglob("*.jar"))
            if jar.parent.parent.name not in NOT_NEEDED
        ]


def main(arguments: list[str]) -> int:
    """Writes the lock file and says what it holds."""
    if shutil.which("mvn") is None:
        print("mvn: not found; install Maven (Debian, Ubuntu: apt-get install maven) and run again", file=sys.stderr)
        return 2
    address = repository()
    version = arguments[0] if arguments else newest(address)
    api = next(jar for jar in resolve(version, address) if "/slf4j-api/" in jar.path).path.split("/")[-2]
    logger = f"<groupId>org.slf4j</groupId><artifactId>{LOGGER}</artifactId><version>{api}</version>"
    lock = Lock(kafka=version, jars=tuple(resolve(version, address, f"<dependency>{logger}</dependency>\n")))
    LOCK.write_bytes(msgspec.json.format(msgspec.json.encode(lock), indent=1) + b"\n")
    size = sum(jar.bytes for jar in lock.jars) / 1e6
    print(f"{LOCK.name}: Kafka {version}, {len(lock.jars)} jars, {size:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
