"""docs/asyncapi.yml says what the code does; the examples are CloudEvents to others as well."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import streams.events
from streams.events import decode, schema_export

EXAMPLES = Path(streams.events.__file__).parent / "examples"
GOOD = sorted(EXAMPLES.glob("*.json"))


def test_the_file_is_the_export() -> None:
    path = Path(__file__).parents[2] / "docs" / "asyncapi.yml"
    assert path.read_text(encoding="utf-8") == schema_export.text()


def valid(path: Path) -> bool:
    event = json.loads(path.read_bytes())
    document = schema_export.document()
    schema = document["components"]["messages"][event["type"]]["payload"] | {"components": document["components"]}
    return bool(jsonschema.Draft202012Validator(schema).is_valid(event))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_examples_hold_to_the_schema(path: Path) -> None:
    assert valid(path)


@pytest.mark.parametrize("name", ["missing--reach.json", "invalid--negative.json"])
def test_bad_examples_break_the_schema(name: str) -> None:
    assert not valid(EXAMPLES / "refused" / name)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_the_cloudevents_package_reads_the_same(path: Path) -> None:
    from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
    from cloudevents.core.formats.json import JSONFormat

    theirs = from_structured_event(
        HTTPMessage({"content-type": "application/cloudevents+json"}, path.read_bytes()), JSONFormat()
    )
    ours = decode(path.read_bytes())
    assert (theirs.get_source(), theirs.get_id(), theirs.get_type()) == (ours.source, ours.id, ours.type)
