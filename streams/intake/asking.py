"""Questions to the store on worker threads, with one client that all share; what is wrong with a question becomes the answer's status.

Flows in: a function of client, Scope and registry. Flows out: what it returns, or ``HttpFault``. May touch: the store.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from streams.intake.answers import Denied, HttpFault, later, token_of
from streams.intake.tokens import Tokens
from streams.registry.errors import RegistryError
from streams.store.client import passing
from streams.store.parts import ping
from streams.store.scope import OutOfScope, Scope, Unseen

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from streams.registry import Registry

Handler = Callable[[Request], Awaitable[Response]]
_LOG: Final = logging.getLogger(__name__)


def scoped(tokens: Tokens, handler: Callable[[Request, Scope], Awaitable[Response]]) -> Handler:
    """A handler that is given the Scope of the request's token; 401 without one."""

    async def asked(request: Request) -> Response:
        return await handler(request, token_of(request, tokens).scope())

    return asked


class Asker:
    """``connect`` makes the client; made anew after an error that may pass."""

    def __init__(self, connect: Callable[[], Client], registry: Registry) -> None:
        self._connect, self._registry = connect, registry
        self._shared: Client | None = None
        self._lock = threading.Lock()

    async def ask(self, read: Callable[..., Any], scope: Scope, *asked: Any, **more: Any) -> Any:
        """One question; what is wrong with it becomes 400, 403 or 404, a store that is down 503."""

        def on_thread() -> Any:
            return read(self.client(), scope, self._registry, *asked, **more)

        try:
            return await run_in_threadpool(on_thread)
        except Unseen as error:
            _LOG.info("denied: %s, %s: %s", scope.who, scope.role, error)
            raise Denied(404, str(error)) from None
        except OutOfScope as error:
            _LOG.info("denied: %s, %s: %s", scope.who, scope.role, error)
            raise Denied(403, str(error)) from None
        except RegistryError as error:
            raise HttpFault(404, str(error)) from None
        except ValueError as error:
            raise HttpFault(400, str(error)) from None
        except Exception as error:  # the outermost place of a read: whatever it was is logged and answered
            _LOG.warning("a read failed", exc_info=True)
            if not passing(error):
                raise HttpFault(500, f"store: {type(error).__name__}: the log of the API says more") from error
            self._forget()
            raise later(f"store: {type(error).__name__}: does not answer; ask again later", 2, 503) from error

    async def is_ready(self) -> bool:
        """Whether the store answers a query."""
        try:
            await run_in_threadpool(lambda: ping(self.client()))
        except Exception:  # whatever it is, the store cannot be read now
            self._forget()
            return False
        return True

    def client(self) -> Client:
        """The client that all threads share."""
        with self._lock:
            if self._shared is None:
                self._shared = self._connect()
            return self._shared

    def _forget(self) -> None:
        # The store may have come back at another address or with another state: the next question connects anew.
        self._shared = None
