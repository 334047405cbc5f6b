"""The house rules that a linter does not know: sizes, names, and no clock or environment in the pure rooms."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams import store

ROOT = Path(__file__).parents[2]
PURE = ("events", "sheets", "registry", "effort", "calendars", "ledger", "rules", "simulate")
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
CLOCKS = {
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "datetime.now",
    "datetime.utcnow",
}
CLOCKS |= {"datetime.today", "date.today", "dt.datetime.now", "datetime.datetime.now", "os.environ", "os.getenv"}
FILE_LINES, FUNCTION_LINES = 400, 50


def sources(*below: str) -> Iterator[Path]:
    for top in below:
        yield from (path for path in (ROOT / top).rglob("*.py") if "node_modules" not in path.parts)


PRODUCT = sorted(sources("streams", "dashboard", "infra"))


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_there_is_something_to_check() -> None:
    assert len(PRODUCT) > 30


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small_and_say_what_they_are_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= FILE_LINES, f"{path.name} has more than {FILE_LINES} lines: split it"
    assert path.stem not in BANNED_NAMES, f"{path.name}: name the module by what it is"
    if text.strip():
        assert ast.get_docstring(tree), f"{path.name}: say in a docstring what the module is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            doc = ast.get_docstring(node, clean=False)
            length = (node.end_lineno or 0) - node.lineno + 1 - (len(doc.splitlines()) if doc else 0)
            assert length <= FUNCTION_LINES, f"{path.name}: {node.name} has {length} lines"


@pytest.mark.parametrize("room", PURE)
def test_pure_rooms_read_no_clock_and_no_environment(room: str) -> None:
    paths = list(sources(f"streams/{room}"))
    assert paths
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                assert dotted(node) not in CLOCKS, f"{path.name}:{node.lineno} uses {dotted(node)}"


SQL = re.compile(
    r"\s*(SELECT|INSERT INTO|ALTER TABLE|CREATE (TABLE|VIEW)|DROP TABLE|TRUNCATE|OPTIMIZE TABLE|UNION ALL) "
)
ASKS = re.compile(r"(raw_)?(query|command|insert)(_arrow|_df|_np|_rows_stream|_column_block_stream)?")
OWN_SQL = {
    "streams/agents/recount/comparisons.py": "checks the tables against the log, so it must not read them as the store's own sums do"
}
"""Files outside the store that speak SQL, and why."""
PEOPLES = ("dashboard", "streams/intake", "streams/desk", "streams/brief")
"""Rooms that answer people."""
CONTRACTS = tuple(
    tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
)


def speaks_sql(path: Path) -> list[int]:
    """Lines with SQL in a text, or with a question to a store's client."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
            found.append(node.lineno)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ASKS.fullmatch(node.func.attr):
            asked = node.func.value.func if isinstance(node.func.value, ast.Call) else node.func.value
            if dotted(asked).rpartition(".")[2].lstrip("_") in ("client", "desk", "connection", "store"):
                found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))
def test_sql_stands_in_the_store_alone(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    if name.startswith("infra/local/"):
        return  # the engine itself
    found = speaks_sql(path)
    if name.startswith("streams/store/") or name in OWN_SQL:
        assert found or name not in OWN_SQL, f"{name} has no SQL any more: take it out of OWN_SQL"
        return
    assert not found, f"{name}:{found[0]} speaks SQL: make it a read of streams/store, with a Scope where people ask"


def test_the_store_is_where_sql_is_found() -> None:
    assert sum(bool(speaks_sql(path)) for path in sources("streams/store")) > 15


def test_rooms_that_answer_people_take_nothing_without_a_scope_from_the_store_itself() -> None:
    """The contract of imports forbids them its modules; the package hands some of their names on."""
    (contract,) = [one for one in CONTRACTS if "without a Scope" in one["name"]]
    assert {room.replace("/", ".") for room in PEOPLES} == set(contract["source_modules"])
    forbidden = set(contract["forbidden_modules"])
    taken = 0
    for path in sources(*PEOPLES):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.ImportFrom) and node.module == "streams.store":
                names = [one.name for one in node.names]
            elif isinstance(node, ast.Attribute) and dotted(node.value) == "store":
                names = [node.attr]
            taken += len(names)
            for name in names:
                what = getattr(store, name, None)
                handed_on = getattr(what, "__module__", "") in forbidden and not isinstance(what, type)
                assert not handed_on, f"{path.name} takes {name}, which knows no Scope"
    assert taken > 20
