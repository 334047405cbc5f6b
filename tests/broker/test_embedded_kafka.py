"""The embedded broker: it answers, keeps what it acknowledged, takes no wrong jar, and dies with its owner."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer

from infra.local import kafka_jars
from infra.local.kafka import KafkaError, KafkaNode, warm
from infra.local.kafka_jars import Jar, JarError, Lock
from infra.local.process import AlreadyRunning, until

NewTopic = Callable[..., str]
pytestmark = pytest.mark.broker


def produce(address: str, topic: str, values: list[bytes]) -> None:
    with closing(KafkaProducer(bootstrap_servers=address, acks="all", enable_idempotence=True)) as producer:
        for sent in [producer.send(topic, value) for value in values]:
            sent.get(timeout=20)


def consume(address: str, topic: str, count: int, **more: object) -> list[bytes]:
    found: list[bytes] = []
    consumer = KafkaConsumer(topic, bootstrap_servers=address, auto_offset_reset="earliest", **more)

    def all_there() -> bool:
        found.extend(record.value for records in consumer.poll(500).values() for record in records)
        return len(found) >= count

    with closing(consumer):
        until(all_there, timeout_s=20)
    return found


def test_a_record_comes_back(kafka: KafkaNode, new_topic: NewTopic) -> None:
    topic = new_topic(kafka.address)
    produce(kafka.address, topic, [b"one", b"two"])
    assert consume(kafka.address, topic, 2, group_id="readers") == [b"one", b"two"]


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_the_broker_has_each_codec(kafka: KafkaNode, codec: str, new_topic: NewTopic) -> None:
    """The topic's codec makes the broker itself compress, with the native library out of the pinned jars."""
    topic = new_topic(kafka.address, configs={"compression.type": codec})
    produce(kafka.address, topic, [b"x" * 1000])


def test_acknowledged_records_survive_kill_9(own_node: KafkaNode, new_topic: NewTopic) -> None:
    own_node.start()
    address = own_node.address
    topic = new_topic(address)
    sent: list[bytes] = []
    for round_number in range(2):
        values = [f"{round_number}-{n}".encode() for n in range(500)]
        produce(address, topic, values)
        sent += values
        own_node.kill()
        assert not own_node.is_running()
        own_node.start()
        assert own_node.address == address, "clients come back to the same address"
        assert consume(address, topic, len(sent)) == sent


def test_stop_and_start_keep_the_log_and_ports_are_chosen_freely(
    own_node: KafkaNode, kafka: KafkaNode, new_topic: NewTopic
) -> None:
    own_node.start()
    assert own_node.address != kafka.address
    assert own_node.address.startswith("127.0.0.1:")
    topic = new_topic(own_node.address)
    produce(own_node.address, topic, [b"kept"])
    own_node.stop()
    assert own_node.pid is None
    again = KafkaNode(own_node.data)
    again.start()
    try:
        assert consume(again.address, topic, 1) == [b"kept"]
    finally:
        again.stop()


def test_a_port_that_is_taken_is_named(own_node: KafkaNode) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(KafkaError, match=rf"port: {port} is in use"):
            KafkaNode(own_node.data, port=port).start()


def test_a_second_node_on_the_same_data_is_refused(kafka: KafkaNode) -> None:
    with pytest.raises(AlreadyRunning, match=rf"is used by process {os.getpid()}"):
        KafkaNode(kafka.data).start()
    assert kafka.is_running()


def test_a_damaged_configuration_is_a_clear_error(own_node: KafkaNode) -> None:
    own_node.start()
    own_node.stop()
    (own_node.data / "log" / "meta.properties").write_text("cluster.id=\n")
    with pytest.raises(KafkaError, match=r"kafka\.log: the broker did not start: .*node ID not found"):
        own_node.start()
    assert not own_node.is_running()


def test_it_dies_with_its_owner(tmp_path: Path) -> None:
    """A killed owner leaves no broker behind, and the next one may start on the same data at once."""
    owner = subprocess.Popen(
        [sys.executable, "-m", "infra.local.kafka", "--data", str(tmp_path / "kafka")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    port = int(owner.stdout.readline().rsplit(":", 1)[1])
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    node = KafkaNode(tmp_path / "kafka", port=port)
    node.start()
    assert node.is_running()
    node.stop()


def test_the_foreground_command_stops_cleanly(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-m", "infra.local.kafka", "--data", str(tmp_path / "kafka")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    assert owner.stdout.readline().startswith("kafka 127.0.0.1:")
    owner.terminate()
    assert owner.wait(30) == 0
    assert (tmp_path / "kafka" / "log" / ".kafka_cleanshutdown").exists()


def test_the_start_archive_is_made_and_used(tmp_path: Path) -> None:
    lock = kafka_jars.read_lock()
    cache = tmp_path / "cache"
    cache.mkdir()
    for jar in kafka_jars.class_path(lock, kafka_jars.cache_directory(lock.kafka)):
        (cache / jar.name).hardlink_to(jar)
    archive = warm(cache)
    assert archive.parent == cache
    assert [path for path in cache.iterdir() if path.suffix in {".new", ".config"}] == []
    node = KafkaNode(tmp_path / "kafka", cache=cache)
    node.start()
    mapped = any(str(archive) in maps.read_text() for maps in process_maps(node.pid))
    node.stop()
    assert mapped or sys.platform != "linux"
    archive.write_bytes(b"no archive")
    node.start()
    assert node.is_running(), "an archive that is unfit makes no difference but to the time"
    node.stop()


def process_maps(group: int | None) -> list[Path]:
    """The memory maps of all processes of a process group, on Linux."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[2]) == group:
                found.append(stat.with_name("maps"))
        except OSError:
            continue
    return found


# The jars: against a Maven repository of our own making.


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder served over HTTP, and its address."""
    folder = tmp_path / "repository"
    folder.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def pinned(folder: Path, name: str, body: bytes) -> Jar:
    path = folder / "g" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(body)
    return Jar(path=f"g/{name}", sha256=hashlib.sha256(body).hexdigest(), bytes=len(body))


def test_jars_are_fetched_once_and_kept(repository: tuple[Path, str], tmp_path: Path) -> None:
    folder, address = repository
    lock = Lock("4.0.0", tuple(pinned(folder, f"{n}.jar", f"jar {n}".encode()) for n in range(9)))
    paths = kafka_jars.class_path(lock, tmp_path / "cache", address=address)
    assert [path.read_bytes() for path in paths] == [f"jar {n}".encode() for n in range(9)]
    assert kafka_jars.class_path(lock, tmp_path / "cache", address="http://127.0.0.1:1") == paths, "no network needed"


@pytest.mark.parametrize("damage", [b"", b"jar", b"jaR 0", b"something longer"])
def test_a_wrong_jar_in_the_cache_is_replaced(repository: tuple[Path, str], tmp_path: Path, damage: bytes) -> None:
    folder, address = repository
    lock = Lock("4.0.0", (pinned(folder, "0.jar", b"jar 0"),))
    (path,) = kafka_jars.class_path(lock, tmp_path / "cache", address=address)
    path.write_bytes(damage)
    assert kafka_jars.class_path(lock, tmp_path / "cache", address=address)[0].read_bytes() == b"jar 0"


@pytest.mark.parametrize(
    ("served", "said"), [(b"jaR 0", "has SHA-256"), (b"jar", "has SHA-256"), (b"jar 0!", "is longer than")]
)
def test_a_wrong_download_is_refused(repository: tuple[Path, str], tmp_path: Path, served: bytes, said: str) -> None:
    folder, address = repository
    lock = Lock("4.0.0", (pinned(folder, "0.jar", b"jar 0"),))
    (folder / "g" / "0.jar").write_bytes(served)
    with pytest.raises(JarError, match=rf"{address}/g/0\.jar: {said}.*BURDENWATCH_MAVEN"):
        kafka_jars.class_path(lock, tmp_path / "cache", address=address)
    assert list((tmp_path / "cache").glob("*jar*")) == [], "nothing of it is left"


def test_a_repository_out_of_reach_is_named(tmp_path: Path) -> None:
    lock = Lock("4.0.0", (Jar("g/0.jar", "0" * 64, 5),))
    with pytest.raises(JarError, match=r"http://127\.0\.0\.1:1/g/0\.jar: .*BURDENWATCH_MAVEN"):
        kafka_jars.class_path(lock, tmp_path / "cache", address="http://127.0.0.1:1")


def test_addresses_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BURDENWATCH_MAVEN", "http://maven.example.cn/central/")
    monkeypatch.setenv("BURDENWATCH_CACHE", str(tmp_path))
    assert kafka_jars.repository() == "http://maven.example.cn/central"
    assert kafka_jars.cache_directory("4.4.0") == tmp_path / "kafka-4.4.0"


def test_the_lock_file_is_whole() -> None:
    lock = kafka_jars.read_lock()
    assert lock.kafka.startswith("4.")
    assert len({jar.name for jar in lock.jars}) == len(lock.jars) == len({jar.sha256 for jar in lock.jars})
    assert f"kafka_2.13-{lock.kafka}.jar" in {jar.name for jar in lock.jars}
