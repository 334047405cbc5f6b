"""A brief as a file.

Flows in: a client, a Scope, a Registry, a ``Wish``, an instant, a format, a language. Flows out: bytes. Reads the store.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from streams.brief.docx import docx
from streams.brief.model import Wish
from streams.brief.pdf import pdf
from streams.brief.reading import read
from streams.brief.wording import Told, told
from streams.brief.xlsx import xlsx
from streams.registry import Registry
from streams.rules.wording import Language
from streams.store import Scope

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client


class Format(NamedTuple):
    """How a file is told to browsers, and who writes it."""

    media: str
    write: Callable[[Told], bytes]


FORMATS: Final = {
    "docx": Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx),
    "pdf": Format("application/pdf", pdf),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx),
}


def written(
    client: Client, scope: Scope, registry: Registry, wish: Wish, at_us: int, form: str, language: Language
) -> bytes:
    """The brief as a file of one of ``FORMATS``. Raises OutOfScope, RegistryError."""
    return FORMATS[form].write(told(read(client, scope, registry, wish, at_us), registry, language))
