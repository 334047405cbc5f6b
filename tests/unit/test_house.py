"""The house rules that a linter does not know: sizes, names, and no clock or environment in the pure rooms."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

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
