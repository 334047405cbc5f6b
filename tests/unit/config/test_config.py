"""What processes are told about Kafka and the store, and what is refused before anything begins."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from streams.config.faults import certificate_fault, fault_lines, read_settings
from streams.config.kafka import Brokers, KafkaSettings, plain
from streams.config.place import PlaceSettings
from streams.config.store import Address, DeskSettings, StoreSettings
from streams.system.layout import Running
from tests.authority import Authority


@pytest.fixture
def secured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An environment that speaks SASL_SSL."""
    authority = Authority(tmp_path)
    (tmp_path / "password").write_text("geheim\n")
    told = {
        "KAFKA": "a:9093, b:9093",
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SSL_CAFILE": str(authority.file),
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-256",
        "KAFKA_SASL_USER": "parts",
        "KAFKA_SASL_PASSWORD_FILE": str(tmp_path / "password"),
    }
    for name, value in told.items():
        monkeypatch.setenv(f"BURDENWATCH_{name}", value)
    return authority


def faults_of(kind: type[BaseSettings]) -> str:
    with pytest.raises(ValidationError) as caught:
        kind()
    return "\n".join(fault_lines(caught.value))


@pytest.mark.usefixtures("secured")
def test_both_client_libraries_are_told_all() -> None:
    brokers = KafkaSettings().brokers()
    told = brokers.client()
    context = told.pop("ssl_context")
    assert told == {
        "bootstrap_servers": ["a:9093", "b:9093"],
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-256",
        "sasl_plain_username": "parts",
        "sasl_plain_password": "geheim",
    }
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert [dict(pair[0] for pair in one["subject"])["commonName"] for one in context.get_ca_certs()] == [
        "authority of a test"
    ]
    assert brokers.urls() == "kafka://a:9093;kafka://b:9093"
    assert "geheim" not in repr(brokers)


def test_plain_text_needs_nothing_more() -> None:
    assert Brokers("a:9092").client() == {"bootstrap_servers": ["a:9092"], "security_protocol": "PLAINTEXT"}
    assert Brokers("a:9092").tls() is None


@pytest.mark.usefixtures("secured")
def test_the_embedded_broker_is_not_spoken_to_as_one_of_our_own() -> None:
    assert plain("127.0.0.1:9092").brokers() == Brokers("127.0.0.1:9092")


@pytest.mark.usefixtures("secured")
def test_the_note_of_a_running_system_says_how_its_broker_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = KafkaSettings()
    note = Running("a:9093", "127.0.0.1", 8123, "http://127.0.0.1:8601", "", "", 1, 0, settings.told())
    assert "geheim" not in repr(note)
    monkeypatch.setenv("BURDENWATCH_KAFKA_SASL_USER", "somebody else")
    assert note.brokers().user == "parts"
    assert note.brokers().password == "geheim"


@pytest.mark.usefixtures("secured")
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("KAFKA", "a", "is not HOST:PORT"),
        ("KAFKA_SECURITY_PROTOCOL", "TLS", "BURDENWATCH_KAFKA_SECURITY_PROTOCOL: Input should be 'PLAINTEXT'"),
        ("KAFKA_SECURITY_PROTOCOL", "SSL", "SCRAM-SHA-256 is not used with SSL"),
        ("KAFKA_SASL_USER", "", "needs BURDENWATCH_KAFKA_SASL_USER"),
        ("KAFKA_SASL_PASSWORD_FILE", "/none", "/none: No such file or directory; name a file"),
        ("KAFKA_SSL_CAFILE", "/etc/hostname", "not PEM that can be used"),
    ],
)
def test_a_fault_names_the_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(f"BURDENWATCH_{name}", value)
    assert said in faults_of(KafkaSettings)


def test_the_store_is_told_by_the_same_words_for_both_users(
    secured: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"SECURE": "true", "CAFILE": str(secured.file), "HOST": "ch", "PORT": "8443"}.items():
        monkeypatch.setenv(f"BURDENWATCH_STORE_{name}", value)
    assert DeskSettings().desk() is None
    monkeypatch.setenv("BURDENWATCH_DESK_PASSWORD_FILE", str(secured.file.with_name("password")))
    assert DeskSettings().store() == Address("ch", 8443, "reader", "", True, secured.file)
    assert DeskSettings().desk() == Address("ch", 8443, "desk", "geheim", True, secured.file)
    monkeypatch.setenv("BURDENWATCH_STORE_SECURE", "false")
    assert "set BURDENWATCH_STORE_SECURE=true" in faults_of(StoreSettings)


def test_a_process_with_a_wrong_setting_ends_with_its_name_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BURDENWATCH_AREA", "Sichuan")
    with pytest.raises(SystemExit) as ended:
        read_settings(PlaceSettings)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert (
        said == "BURDENWATCH_AREA: 'Sichuan' is not a division code; write digits, for example 51, or leave it empty\n"
    )


def test_a_certificate_fault_is_found_however_deep() -> None:
    inner = ssl.SSLCertVerificationError(1, "no trust")
    outer = OSError("away")
    outer.__cause__ = RuntimeError("proxy", inner)
    assert "no trust" in certificate_fault(outer)
    assert certificate_fault(OSError("away")) == ""
