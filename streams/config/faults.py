"""Wrong settings and closed doors, told in one line each: a process that cannot begin says why, and no traceback.

Flows in: a settings class; what a client library raised. Flows out: settings, lines on standard error, exit codes.
"""

from __future__ import annotations

import logging
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings

WRONG_SETTINGS: Final = 2
SHUT_OUT: Final = 3
"""Exit code of a process that a broker or a store does not let in."""
_S = TypeVar("_S", bound=BaseSettings)


class ShutOut(RuntimeError):
    """A broker or a store does not let us in, and trying again changes nothing; the text names the setting to look at."""


def read_settings(kind: type[_S]) -> _S:
    """The settings of this process's environment. Ends the process with code 2 and one line for each fault where they are wrong."""
    try:
        return kind()
    except ValidationError as error:
        for line in fault_lines(error, str(kind.model_config.get("env_prefix") or "")):
            print(line, file=sys.stderr)
        raise SystemExit(WRONG_SETTINGS) from None


def fault_lines(error: ValidationError, prefix: str = "BURDENWATCH_") -> list[str]:
    """One line for each fault, beginning with the variable. Values are not repeated: one may be a password put in the wrong place."""
    lines = []
    for fault in error.errors(include_input=False, include_url=False):
        name = prefix + "_".join(map(str, fault["loc"])).upper() + ": " if fault["loc"] else ""
        own = fault["type"] == "value_error"  # our own texts say what to do
        lines.append(
            name + (fault["msg"].removeprefix("Value error, ") if own else f"{fault['msg']}; set it and start again")
        )
    return lines


@contextmanager
def told_in_a_line(part: str) -> Iterator[None]:
    """Ends the process with code 3 and one line where it is shut out."""
    try:
        yield
    except ShutOut as error:
        end(part, error)


@contextmanager
def quiet(*names: str) -> Iterator[None]:
    """Keeps libraries from saying the same that an error says already."""
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def end(part: str, error: ShutOut) -> NoReturn:
    """Say why, and end."""
    print(f"{part}: {error}", file=sys.stderr, flush=True)
    raise SystemExit(SHUT_OUT) from None


def certificate_fault(error: BaseException | None) -> str:
    """What is wrong with the certificate of the other side, '' where the error (or its cause) is of another kind."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, ssl.SSLCertVerificationError):
            return str(getattr(error, "verify_message", "") or error)
        inner = [one for one in error.args if isinstance(one, BaseException)]
        reason = getattr(error, "reason", None)
        inner += [reason] if isinstance(reason, BaseException) else []
        error = error.__cause__ or (inner[0] if inner else error.__context__)
    return ""


def readable(path: Path | None) -> Path | None:
    """The path, if it can be read. Raises ValueError with the file's name."""
    if path is not None:
        try:
            with path.open("rb"):
                pass
        except OSError as error:
            raise ValueError(f"{path}: {error.strerror}; name a file that can be read") from None
    return path


def secret_in(path: Path | None) -> str:
    """What a file of a secret holds, without the line's end; '' where there is none."""
    return path.read_text().strip() if path is not None else ""
