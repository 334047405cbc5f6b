"""What can be said of docker-compose.yml without a Docker engine: that it is sound YAML and names only things that exist."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pydantic_settings import BaseSettings
from ruamel.yaml import YAML

from dashboard.settings import Settings as DashboardSettings
from streams.agents.settings import Settings as WorkerSettings
from streams.intake.settings import Settings as ApiSettings

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
