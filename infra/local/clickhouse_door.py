"""The ClickHouse HTTP protocol in front of the embedded engine, as far as clickhouse-connect speaks it.

Flows in: HTTP requests of two users: ``burdenwatch`` (all rights) and ``reader`` (readonly=1 and one reading statement).
Flows out: results in the asked format, compressed if asked; errors with ClickHouse's number and text.
May touch: the engine. Listens on a socket that it is given, loopback only.

Run as a process by ``infra.local.clickhouse``: ``python -m infra.local.clickhouse_door --data DIR --socket FD``, the
passwords in BURDENWATCH_STORE_WRITER and BURDENWATCH_STORE_READER.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import binascii
import hmac
import json
import os
import re
import secrets
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import lz4.frame  # type: ignore[import-untyped]  # it ships without types
from aiohttp import web

from infra.local.clickhouse_engine import STREAMABLE, Engine, EngineError, Role, fault
from infra.local.clickhouse_wire import Squeeze, empty_native, tagged
from infra.local.trimming import let_go

THREADS: Final = 16
BODY_BYTES: Final = 1 << 30
MEMORY_BYTES: Final = 4_000_000_000
LIBRARY: Final = "/_chdb.abi3.so"
SETTLED_S: Final = 20.0
"""After that the tables are loaded, and what only the start has read leaves memory."""

_TRANSPORT: Final = frozenset(
    (
        *("buffer_size", "client_protocol_version", "close_session", "compress", "database", "decompress"),
        *("default_format", "enable_http_compression", "http_headers_progress_interval_ms", "password", "query"),
        *("query_id", "quota_key", "role", "send_progress_in_http_headers", "session_check", "session_id"),
        *("session_timeout", "stacktrace", "user", "wait_end_of_query"),
    )
)
_FORMAT_AT_END: Final = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_INSERT: Final = re.compile(
    rb"(\s*INSERT\s+INTO\s+(?:TABLE\s+)?[^\s(]+\s*(?:\([^)]*\))?\s*(?:SETTINGS\s+[^\n]*?)?)\s*\bFORMAT\s+(\w+)[ \t]*(?:\r?\n|$)",
    re.IGNORECASE,
)
_HEAD_BYTES: Final = 1 << 16
_T = TypeVar("_T")


@dataclass(frozen=True)
class Asked:
    """One request, understood."""

    role: Role
    database: str
    session: str
    settings: Mapping[str, str]
    params: Mapping[str, str]
    query_id: str
    encoding: str
    streaming: bool
    form: str


class Door:
    """Answers requests; the engine works in threads."""

    def __init__(self, engine: Engine, passwords: Mapping[str, tuple[str, Role]]) -> None:
        """``passwords``: user -> (password, role)."""
        self._engine = engine
        self._passwords = passwords
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="engine")

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_BYTES)
        app.router.add_get("/ping", self._ping)
        app.router.add_route("*", "/", self._answer)
        return app

    async def _ping(self, _request: web.Request) -> web.Response:
        return web.Response(text="Ok.\n")

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        query_id = request.query.get("query_id") or secrets.token_hex(16)
        try:
            role = self._authenticate(request)
            if request.content_type == "multipart/form-data":
                return await self._form(request, role, query_id)
            asked = _understand(request, role, query_id, request.query)
            body = _content(request)
            head = await _head(body, request.query.get("query", "").encode())
            found = _INSERT.match(head)
            if found:
                rest = head[found.end() :]
                return await self._insert(asked, found[1].decode(), found[2].decode(), rest, body)
            sql = (head + b"".join([chunk async for chunk in body])).decode()
            return await self._query(request, asked, sql)
        except (web.HTTPException, ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:  # the outermost loop of a request: the caller gets what went wrong
            return _failure(fault(error), query_id)

    async def _form(self, request: web.Request, role: Role, query_id: str) -> web.StreamResponse:
        fields = await request.post()
        texts = {name: value for name, value in fields.items() if isinstance(value, str)}
        if len(texts) != len(fields):
            raise EngineError(48, "Code: 48. DB::Exception: external data is not supported here (NOT_IMPLEMENTED)")
        asked = _understand(request, role, query_id, {**request.query, **texts})
        return await self._query(request, asked, texts.get("query", ""))

    def _authenticate(self, request: web.Request) -> Role:
        user = request.headers.get("X-ClickHouse-User") or request.query.get("user", "")
        password = request.headers.get("X-ClickHouse-Key") or request.query.get("password", "")
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                user, _, password = base64.b64decode(token, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                user, password = "", ""
        known, role = self._passwords.get(user, (secrets.token_hex(16), "reader"))
        if not hmac.compare_digest(password.encode(), known.encode()):
            text = f"Code: 516. DB::Exception: {user[:40]}: Authentication failed: wrong password or no such user. (AUTHENTICATION_FAILED)"
            raise EngineError(516, text)
        return role

    async def _work(self, call: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def _insert(
        self, asked: Asked, sql: str, form: str, rest: bytes, body: AsyncIterator[bytes]
    ) -> web.StreamResponse:
        """The whole body first, then one insert: a client that dies in the middle leaves nothing behind."""
        data = [rest, *[chunk async for chunk in body]]

        def put() -> tuple[int, int, float]:
            with self._engine.lease(asked.role, asked.database, asked.settings, asked.session) as handle:
                done = handle.insert(sql, form, b"".join(data))
                return done.rows_read(), done.bytes_read(), done.elapsed()

        rows, size, elapsed = await self._work(put)
        summary = {"written_rows": str(rows), "written_bytes": str(size), "elapsed_ns": str(int(elapsed * 1e9))}
        return web.Response(headers=self._headers(asked, summary))

    async def _query(self, request: web.Request, asked: Asked, sql: str) -> web.StreamResponse:
        found = _FORMAT_AT_END.search(sql)
        form = found[1] if found else ""
        if asked.streaming and form in STREAMABLE:
            return await self._stream(request, asked, sql, form)

        def get() -> tuple[bytes, bool, dict[str, str]]:
            with self._engine.lease(asked.role, asked.database, asked.settings, asked.session) as handle:
                if not form and asked.form:
                    result = handle.run(sql, asked.form, asked.params)
                    return result.bytes(), True, _summary(result)
                if not form:
                    # A statement with a result has at least the line of names, one without has nothing at all.
                    result = handle.run(sql, "TabSeparatedWithNames", asked.params)
                    names, _, lines = result.bytes().partition(b"\n")
                    return lines, bool(names), _summary(result)
                result = handle.run(sql, form, asked.params)
                content = result.bytes()
                if form == "Native" and not content and found:
                    content = empty_native(handle, sql[: found.start()], asked.params)
                return content, True, _summary(result)

        content, has_result, summary = await self._work(get)
        headers = self._headers(asked, summary)
        if has_result:
            headers["X-ClickHouse-Format"] = form or asked.form or "TabSeparated"
        squeeze = Squeeze(asked.encoding if content else "")
        headers.update(squeeze.headers)
        return web.Response(body=squeeze.begin() + squeeze.add(content) + squeeze.end(), headers=headers)

    async def _stream(self, request: web.Request, asked: Asked, sql: str, form: str) -> web.StreamResponse:
        """Block by block with back pressure; an error after the first block travels in the body under a tag."""
        tag = secrets.token_hex(8)
        headers = self._headers(asked, {}) | {"X-ClickHouse-Format": form, "X-ClickHouse-Exception-Tag": tag}
        squeeze = Squeeze(asked.encoding)
        lease = self._engine.lease(asked.role, asked.database, asked.settings, asked.session)
        handle = await self._work(lease.__enter__)
        error: BaseException | None = None
        stream: Any = None
        try:
            stream = await self._work(lambda: handle.stream(sql, form, asked.params))
            chunk = await self._work(lambda: _fetch(stream))
            if chunk is None and form == "Native":
                cut = _FORMAT_AT_END.search(sql)
                chunk = await self._work(
                    lambda: empty_native(handle, sql[: cut.start() if cut else None], asked.params)
                )
            response = web.StreamResponse(headers=headers | squeeze.headers)
            await response.prepare(request)
            await response.write(squeeze.begin())
            try:
                while chunk is not None:
                    await response.write(squeeze.add(chunk))
                    chunk = await self._work(lambda: _fetch(stream))
            except ConnectionError:
                raise
            except Exception as late:
                error = late
                text = str(fault(late)).encode()
                await response.write(squeeze.add(tagged(tag, text)))
            await response.write(squeeze.end())
            await response.write_eof()
            return response
        except BaseException as failure:
            error = failure
            raise
        finally:
            if stream is not None:
                await asyncio.shield(self._work(stream.cancel))
            leave = (type(error), error, None) if error is not None else (None, None, None)
            await asyncio.shield(self._work(lambda: _leave(lease, leave)))

    def _headers(self, asked: Asked, summary: Mapping[str, str]) -> dict[str, str]:
        return {
            "X-ClickHouse-Query-Id": asked.query_id,
            "X-ClickHouse-Timezone": self._engine.timezone,
            "X-ClickHouse-Summary": json.dumps(summary),
            "Content-Type": "application/octet-stream",
        }


def _leave(lease: Any, leave: tuple[Any, Any, Any]) -> None:
    try:
        lease.__exit__(*leave)
    except BaseException as raised:
        if raised is not leave[1]:
            raise


def _understand(request: web.Request, role: Role, query_id: str, fields: Mapping[str, str]) -> Asked:
    accepted = request.headers.get("Accept-Encoding", "") if fields.get("enable_http_compression") == "1" else ""
    return Asked(
        role=role,
        database=fields.get("database", "") or request.headers.get("X-ClickHouse-Database", ""),
        session=fields.get("session_id", ""),
        settings={n: v for n, v in fields.items() if n not in _TRANSPORT and not n.startswith("param_")},
        params={n.removeprefix("param_"): v for n, v in fields.items() if n.startswith("param_")},
        query_id=query_id,
        encoding=next((name for name in ("lz4", "gzip") if name in accepted), ""),
        streaming=fields.get("wait_end_of_query") != "1",
        form=fields.get("default_format", "") or request.headers.get("X-ClickHouse-Format", ""),
    )


async def _content(request: web.Request) -> AsyncIterator[bytes]:
    """The body, unpacked. aiohttp itself has undone gzip, deflate and zstd; lz4 is left to us."""
    unpack = lz4.frame.LZ4FrameDecompressor() if request.headers.get("Content-Encoding") == "lz4" else None
    total = 0
    async for chunk in request.content.iter_any():
        data = unpack.decompress(chunk) if unpack else chunk
        while unpack is not None and unpack.eof and unpack.unused_data:  # the client sends a frame for each block
            left, unpack = unpack.unused_data, lz4.frame.LZ4FrameDecompressor()
            data += unpack.decompress(left)
        total += len(data)
        if total > BODY_BYTES:
            raise EngineError(
                396, "Code: 396. DB::Exception: request body is over 1 GiB; send smaller batches (TOO_MANY_BYTES)"
            )
        if data:
            yield data


async def _head(body: AsyncIterator[bytes], query: bytes) -> bytes:
    """Enough of the request to see the statement: ``?query=`` first, then the beginning of the body."""
    head = query + b"\n" if query else b""
    async for chunk in body:
        head += chunk
        if len(head) >= _HEAD_BYTES or _INSERT.match(head):
            break
    return head


def _fetch(stream: Any) -> bytes | None:
    chunk = stream.fetch()
    return None if chunk is None else bytes(chunk.bytes())


def _summary(result: Any) -> dict[str, str]:
    return {
        "read_rows": str(result.storage_rows_read()),
        "read_bytes": str(result.storage_bytes_read()),
        "result_rows": str(result.rows_read()),
        "elapsed_ns": str(int(result.elapsed() * 1e9)),
    }


def _failure(error: EngineError, query_id: str) -> web.Response:
    status = {516: 403, 164: 403, 60: 404, 81: 404}.get(error.code, 500)
    headers = {"X-ClickHouse-Exception-Code": str(error.code), "X-ClickHouse-Query-Id": query_id}
    return web.Response(status=status, text=f"{error}\n", headers=headers)


async def serve(
    engine: Engine,
    listener: socket.socket,
    passwords: Mapping[str, tuple[str, Role]],
    tls: ssl.SSLContext | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT; requests under way may end."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    runner = web.AppRunner(Door(engine, passwords).app(), access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    await web.SockSite(runner, listener, ssl_context=tls).start()
    asyncio.get_running_loop().call_later(SETTLED_S, let_go, LIBRARY)
    await told.wait()
    await runner.cleanup()


def main() -> int:
    """Opens the engine on the data directory and serves it; exit code 3 when it cannot be opened."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.clickhouse_door", description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the engine's directory")
    parser.add_argument("--socket", type=int, required=True, help="descriptor of a bound socket")
    parser.add_argument("--memory", type=int, default=MEMORY_BYTES, help="bytes that the engine may use")
    parser.add_argument("--certificate", type=Path, help="PEM file with key and certificates: speak TLS alone")
    chosen = parser.parse_args()
    tls = None
    if chosen.certificate is not None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(chosen.certificate)
    passwords: dict[str, tuple[str, Role]] = {"burdenwatch": (os.environ.pop("BURDENWATCH_STORE_WRITER"), "writer")}
    reader = os.environ.pop("BURDENWATCH_STORE_READER", "")
    if reader:
        passwords["reader"] = (reader, "reader")
    os.chdir(chosen.data)  # the engine reads a config.xml of the working directory by itself
    try:
        engine = Engine(chosen.data, memory_bytes=chosen.memory)
    except RuntimeError as error:
        print(f"{chosen.data}: the store cannot be opened: {error}", file=sys.stderr)
        return 3
    asyncio.run(serve(engine, socket.socket(fileno=chosen.socket), passwords, tls))
    engine.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
