"""An unmodified clickhouse-connect against the embedded store: formats, settings, sessions, errors, roles."""

from __future__ import annotations

import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import clickhouse_connect
import pyarrow as pa
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, StreamFailureError

from streams.store import Address

pytestmark = pytest.mark.store

HOSTILE = "a'b\\c\td\ne\"f`g;DROP TABLE t{x:String}%s 报送"


def raw(address: Address, **options: Any) -> Client:
    return clickhouse_connect.get_client(
        host=address.host, port=address.port, username=address.user, password=address.password, **options
    )


@pytest.fixture(params=["lz4", "zstd", "gzip", False], ids=str)
def plain(request: pytest.FixtureRequest, writer: Address) -> Client:
    client = raw(writer, compress=request.param)
    client.command("DROP TABLE IF EXISTS door")
    client.command(
        "CREATE TABLE door (a UInt64, b LowCardinality(String), c DateTime64(6, 'UTC'), d Array(Nullable(Int32))) "
        "ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100"
    )
    return client


def test_rows_survive_the_round_trip(plain: Client) -> None:
    at = datetime(2026, 3, 3, 7, 0, 0, 123456, tzinfo=UTC)
    rows = [(1, "x", at, [1, None]), (2**64 - 1, HOSTILE, at, [])]
    plain.insert("door", rows, column_names=["a", "b", "c", "d"])
    found = plain.query("SELECT * FROM door ORDER BY a", column_tzs={"c": "UTC"}, tz_mode="aware")
    assert found.result_rows == rows
    found = plain.query("SELECT a FROM door WHERE b = {b:String}", parameters={"b": HOSTILE})
    assert found.result_rows == [(2**64 - 1,)]


def test_every_way_in_and_out(plain: Client) -> None:
    plain.insert_arrow("door", pa.table({"a": pa.array([5], pa.uint64()), "b": ["arrow"]}))
    plain.raw_insert("door", ["a", "b"], b'{"a": 6, "b": "json"}\n{"a": 7, "b": "lines"}\n', fmt="JSONEachRow")
    plain.command("INSERT INTO door (a, b) VALUES (8, 'FORMAT Native\\n')")
    plain.command("INSERT INTO door (a, b) SELECT 9, 'select'")
    assert plain.query_df("SELECT a FROM door ORDER BY a")["a"].tolist() == [5, 6, 7, 8, 9]
    assert plain.query_arrow("SELECT a FROM door ORDER BY a")["a"].to_pylist() == [5, 6, 7, 8, 9]
    assert plain.query_np("SELECT a FROM door ORDER BY a").ravel().tolist() == [5, 6, 7, 8, 9]
    assert plain.raw_query("SELECT b FROM door WHERE a = 7", fmt="TabSeparated") == b"lines\n"
    assert plain.command("SELECT count() FROM door") == 5


def test_an_empty_result_keeps_its_columns(plain: Client) -> None:
    result = plain.query("SELECT a, b, d FROM door WHERE a = 1")
    assert result.result_rows == []
    assert result.column_names == ("a", "b", "d")
    with plain.query_rows_stream("SELECT a FROM door") as stream:
        assert list(stream) == []


def test_streams_carry_every_block_and_late_errors(plain: Client) -> None:
    with plain.query_column_block_stream("SELECT number FROM numbers(1000000)") as stream:
        assert sum(sum(block[0]) for block in stream) == 499_999_500_000
    with (
        pytest.raises(StreamFailureError, match="throwIf"),
        plain.query_column_block_stream("SELECT throwIf(number = 900000) FROM numbers(1000000)") as stream,
    ):
        assert sum(len(block[0]) for block in stream) < 1_000_000
    with plain.query_column_block_stream("SELECT number FROM numbers(100000000)") as stream:
        assert len(next(stream)[0]) > 0  # and leaves in the middle
    assert plain.command("SELECT 1") == 1


def test_a_token_lands_once_and_settings_do_not_stick(plain: Client) -> None:
    for _ in range(3):
        plain.insert("door", [[1, "x"]], column_names=["a", "b"], settings={"insert_deduplication_token": "t"})
    for _ in range(2):
        plain.insert("door", [[1, "x"]], column_names=["a", "b"], settings={"insert_deduplication_token": ""})
    assert plain.command("SELECT count() FROM door") == 2
    with pytest.raises(DatabaseError) as caught:
        plain.query("SELECT * FROM numbers(10)", settings={"max_result_rows": 3})
    assert caught.value.code == 396
    assert len(plain.query("SELECT * FROM numbers(10)").result_rows) == 10


def test_many_parameters_go_as_a_form(plain: Client) -> None:
    wanted = list(range(50_000))
    found = plain.query("SELECT length({xs:Array(UInt64)})", parameters={"xs": wanted}).result_rows
    assert found == [(50_000,)]


def test_a_broken_insert_leaves_nothing(plain: Client) -> None:
    with pytest.raises(DatabaseError):
        plain.raw_insert("door", ["a", "b"], b'{"a": 1, "b": "good"}\n{"a": "bad"}\n', fmt="JSONEachRow")
    assert plain.command("SELECT count() FROM door") == 0


def test_sessions_keep_temporary_tables_apart(writer: Address) -> None:
    one, two = raw(writer, session_id="one"), raw(writer, session_id="two")
    one.command("CREATE TEMPORARY TABLE mine (a Int32)")
    one.command("INSERT INTO mine VALUES (5)")
    with pytest.raises(DatabaseError) as caught:
        one.query("SELECT nonsense FROM mine")
    assert caught.value.code == 47
    assert one.command("SELECT a FROM mine") == 5
    with pytest.raises(DatabaseError) as other:
        two.query("SELECT a FROM mine")
    assert other.value.code == 60


def test_errors_carry_their_number(writer: Address) -> None:
    client = raw(writer)
    for sql, code in (("SELECT * FROM nowhere", 60), ("SELEC 1", 62), ("SELECT {a:UInt8}", 456)):
        with pytest.raises(DatabaseError) as caught:
            client.query(sql)
        assert caught.value.code == code, sql


def test_passwords_are_required(writer: Address, reader: Address) -> None:
    strangers = [("burdenwatch", "wrong"), ("burdenwatch", ""), ("default", ""), ("reader", writer.password)]
    for user, password in strangers:
        with pytest.raises(DatabaseError) as caught:
            raw(Address(writer.host, writer.port, user, password))
        assert caught.value.code == 516
    assert raw(reader).command("SELECT 1") == 1
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"http://{writer.host}:{writer.port}/?query=SELECT+1")


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO door (a) VALUES (1)",
        "DROP TABLE door",
        "CREATE TABLE other (a Int8) ENGINE = Memory",
        "CREATE TEMPORARY TABLE other (a Int8)",
        "ALTER TABLE door DELETE WHERE 1",
        "SELECT 1 INTO OUTFILE 'leak.csv'",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
        "SYSTEM STOP MERGES",
        "KILL QUERY WHERE 1",
        "SET readonly = 0",
        "SELECT 1 SETTINGS max_threads = 1",
        "SELECT 1; DROP TABLE door",
        "USE system",
    ],
)
def test_the_reader_only_reads(reader: Address, plain: Client, sql: str) -> None:
    client = raw(reader)
    with pytest.raises(DatabaseError) as caught:
        client.command(sql)
    assert caught.value.code == 164
    with pytest.raises(DatabaseError):
        client.insert("door", [[1]], column_names=["a"], column_type_names=["UInt64"])
    assert plain.command("SELECT count() FROM door") == 0


def test_the_reader_cannot_bring_settings(reader: Address) -> None:
    for setting in ("readonly=0", "max_execution_time=0"):
        request = urllib.request.Request(
            f"http://{reader.host}:{reader.port}/?{setting}",
            data=b"SELECT 1",
            headers={"X-ClickHouse-User": reader.user, "X-ClickHouse-Key": reader.password},
        )
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        assert caught.value.headers["X-ClickHouse-Exception-Code"] == "164"


def test_eight_clients_at_once(writer: Address, plain: Client) -> None:
    def work(number: int) -> int:
        client = raw(writer, autogenerate_session_id=False)
        for turn in range(5):
            first = number * 10_000 + turn * 1000
            client.insert("door", [[a, "x"] for a in range(first, first + 1000)], column_names=["a", "b"])
            client.query("SELECT count() FROM door")
        return int(str(client.command(f"SELECT count() FROM door WHERE intDiv(a, 10000) = {number}")))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [5000] * 8
    assert plain.command("SELECT count() FROM door") == 40_000
