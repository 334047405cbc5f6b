"""What can be said of docker-compose.yml without a Docker engine: that it is sound YAML and names only things that exist."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from pydantic_settings import BaseSettings
from ruamel.yaml import YAML

from dashboard.settings import Settings as DashboardSettings
from streams.agents.settings import Settings as WorkerSettings
from streams.intake.settings import Settings as ApiSettings
from streams.store.parts import BOUNDS_S

ROOT = Path(__file__).parents[2]
SETTINGS: dict[str, type[BaseSettings]] = {
    "prepare": WorkerSettings,
    "worker": WorkerSettings,
    "judge": WorkerSettings,
    "notify": WorkerSettings,
    "api": ApiSettings,
    "dashboard": DashboardSettings,
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
    return found


def test_every_part_is_there_and_runs_a_module_that_exists(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"kafka", "clickhouse", *SETTINGS}
    for name in SETTINGS:
        python, flag, module, *_ = compose["services"][name]["command"]
        assert (python, flag) == ("python", "-m")
        assert importlib.util.find_spec(module), module


@pytest.mark.parametrize("name", SETTINGS)
def test_every_variable_is_a_setting_of_its_part(compose: dict[str, Any], name: str) -> None:
    known = {f"BURDENWATCH_{field.upper()}" for field in SETTINGS[name].model_fields}
    given = set(compose["services"][name]["environment"])
    assert given <= known, f"unknown to {name}: {given - known}"


def test_secrets_volumes_and_dependencies_are_declared(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        assert set(service.get("secrets", ())) <= set(compose["secrets"]), name
        assert set(service.get("depends_on", ())) <= set(services), name
        assert {volume.split(":")[0] for volume in service.get("volumes", ())} <= set(compose["volumes"]), name
        files = {
            value.rsplit("/", 1)[1]
            for value in service.get("environment", {}).values()
            if "/run/secrets/" in str(value)
        }
        assert files <= set(service.get("secrets", ())), name


def test_the_file_keeps_the_schema_of_compose(compose: dict[str, Any]) -> None:
    found = importlib.util.find_spec("check_jsonschema")
    assert found is not None
    assert found.origin is not None
    schema = json.loads((Path(found.origin).parent / "builtin_schemas" / "vendor" / "compose-spec.json").read_text())
    validator = Draft202012Validator(schema)
    faults = [f"{'.'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(compose)]
    assert faults == []
    assert list(validator.iter_errors(compose | {"services": {"a": {"imag": "b"}}})), "the schema refuses nothing"


def test_every_service_that_stays_has_a_health_check(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert ("healthcheck" in service) == (name != "prepare"), name
        words = service.get("healthcheck", {}).get("test", [])
        if "-m" in words:
            assert importlib.util.find_spec(words[words.index("-m") + 1]), words
            assert words[-1] in {part for part, _ in BOUNDS_S}
        asked = re.search(r"127\.0\.0\.1:(\d+)/(\w+)", " ".join(words))
        if asked is not None:
            assert f"127.0.0.1:{asked[1]}:{asked[1]}" in service["ports"], "another port is asked"
            assert asked[2] == "healthz"


def test_the_engines_are_of_the_editions_that_are_meant(compose: dict[str, Any]) -> None:
    embedded = json.loads((ROOT / "infra" / "local" / "kafka-jars.lock").read_text())["kafka"]
    assert compose["services"]["kafka"]["image"] == f"apache/kafka:{embedded}"
    image, edition = compose["services"]["clickhouse"]["image"].split(":")
    assert image == "clickhouse/clickhouse-server"
    assert edition.split(".")[1] in ("3", "8"), "ClickHouse keeps the releases of March and August for a year"
    assert "environment" not in compose["services"]["clickhouse"], (
        "the entrypoint would ask as the removed default user"
    )


def test_people_and_parts_are_told_addresses_that_they_can_reach(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, variable in (("notify", "BURDENWATCH_DASHBOARD"), ("dashboard", "BURDENWATCH_API_PUBLIC")):
        assert re.fullmatch(r"\$\{BURDENWATCH_\w+:\?.+\}", services[name]["environment"][variable]), "ask the operator"
    api = services["dashboard"]["environment"]["BURDENWATCH_API"]
    assert api == f"http://api:{services['api']['environment']['BURDENWATCH_PORT']}"


def granted(compose: dict[str, Any], user: str, right: str) -> set[str]:
    """Tables on which a user has a right."""
    users = ElementTree.fromstring(compose["configs"]["clickhouse-users"]["content"]).find("users")
    assert users is not None
    texts = [str(query.text) for query in users.findall(f"{user}/grants/query")]
    return {found[1] for text in texts if (found := re.fullmatch(rf"GRANT {right} ON burdenwatch\.(\S+)", text))}


def writers() -> dict[str, set[str]]:
    """Tables that each function of the store inserts into."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "streams" / "store").glob("*.py"):
        for one in ast.parse(path.read_text()).body:
            if isinstance(one, ast.FunctionDef):
                calls = [call for call in ast.walk(one) if isinstance(call, ast.Call) and len(call.args) > 1]
                named = [call.args[1] for call in calls if ast.unparse(call.func) in ("_insert", "insert_rows")]
                tables = {str(word.value) for word in named if isinstance(word, ast.Constant)}
                if tables:
                    found[one.name] = tables
    return found


def reached(rooms: Iterable[str]) -> set[str]:
    """Names that these rooms take from the store."""
    found = set()
    for path in (path for room in rooms for path in (ROOT / room).rglob("*.py")):
        for one in ast.walk(ast.parse(path.read_text())):
            if isinstance(one, ast.ImportFrom) and str(one.module).startswith("streams.store"):
                found |= {name.name for name in one.names}
    return found


def test_the_desk_may_insert_exactly_what_people_write(compose: dict[str, Any]) -> None:
    known = writers()
    assert known.keys() >= {"insert_act", "insert_silence", "insert_remark", "insert_audit"}
    written = {
        table for name in reached(("streams/desk", "streams/intake", "dashboard")) for table in known.get(name, ())
    }
    assert granted(compose, "desk", "INSERT") == written
    assert granted(compose, "reader", "INSERT") == set()


def test_who_reads_may_select_every_table_and_needs_no_other(compose: dict[str, Any]) -> None:
    assert granted(compose, "reader", "SELECT") == granted(compose, "desk", "SELECT") == {"*"}
    beyond = set()
    for path in (ROOT / "streams" / "store").glob("*.py"):
        for one in ast.parse(path.read_text()).body:
            if isinstance(one, ast.FunctionDef) and re.search(r"(FROM|JOIN) \w+\.\w+", ast.unparse(one)):
                beyond.add(one.name)
    assert beyond == {"tables", "freeze"}, (
        "the one answers the health page, the other is for backups of the embedded store"
    )
    assert not beyond & reached(("streams/desk", "streams/intake", "streams/brief", "dashboard"))


def test_nothing_listens_beyond_this_machine(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), f"{name} publishes {port}"


def test_clickhouse_users_are_sound_and_the_default_user_is_gone(compose: dict[str, Any]) -> None:
    users = ElementTree.fromstring(compose["configs"]["clickhouse-users"]["content"]).find("users")
    assert users is not None
    default = users.find("default")
    assert default is not None
    assert default.get("remove") == "remove"
    for name in ("burdenwatch", "reader"):
        password = users.find(f"{name}/password")
        assert password is not None
        assert password.get("from_env"), "a password must come from a secret"


def test_the_image_takes_the_locked_dependencies() -> None:
    text = (ROOT / "Dockerfile").read_text()
    makefile = (ROOT / "Makefile").read_text()
    version = next(line.split(":=")[1].strip() for line in makefile.splitlines() if line.startswith("UV_VERSION"))
    assert f"uv=={version}" in text
    assert "uv sync --frozen --no-dev" in text
