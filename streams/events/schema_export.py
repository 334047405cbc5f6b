"""The AsyncAPI description of the topics: event types from the structs, the rest kept by hand here.

Pure but for its last lines: run as a module it prints docs/asyncapi.yml. Flows in: the structs. Flows out: YAML.
"""

from __future__ import annotations

import io
import sys
from typing import Any, Final

import msgspec
from ruamel.yaml import YAML

from streams.events.changes import AMENDS, LIFE_CYCLE
from streams.events.data import ISSUED

_PLACE: Final = "#/components/schemas/{name}"
CORRECTION: Final = "burden.correction.applied.v1"


def types() -> dict[str, dict[str, Any]]:
    """The JSON schema of ``data`` by event type; references point into ``schemas``."""
    found = {f"burden.{kind}.issued.v1": {"$ref": _PLACE.format(name=ISSUED[kind].__name__)} for kind in ISSUED}
    for verb, struct in LIFE_CYCLE.items():
        reference = {"$ref": _PLACE.format(name=struct.__name__)}
        if verb == "corrected":
            found[CORRECTION] = reference
        else:
            found |= {f"burden.{kind}.{verb}.v1": reference for kind in ISSUED}
    found |= {f"burden.{kind}.amended.v1": {"$ref": _PLACE.format(name="Amendment")} for kind in ISSUED}
    return dict(sorted(found.items()))


def schemas() -> dict[str, Any]:
    """All schemas by name."""
    _, parts = msgspec.json.schema_components([*ISSUED.values(), *LIFE_CYCLE.values()], ref_template=_PLACE)
    (reference,), _ = msgspec.json.schema_components([AMENDS], ref_template=_PLACE)
    amendment = {"type": "object", "properties": {"amends": reference}, "required": ["amends"]}
    return dict(sorted((parts | {"Amendment": amendment}).items()))


def document() -> dict[str, Any]:
    """The whole AsyncAPI 3.0 document."""
    messages = {
        name: {
            "name": name,
            "contentType": "application/cloudevents+json",
            "payload": {
                "type": "object",
                "required": ["specversion", "id", "source", "type", "time", "data"],
                "properties": {
                    "specversion": {"const": "1.0"},
                    "id": {"type": "string", "minLength": 1, "maxLength": 200},
                    "source": {"type": "string", "minLength": 1, "maxLength": 500},
                    "type": {"const": name},
                    "time": {"type": "string", "format": "date-time"},
                    "data": data,
                },
            },
        }
        for name, data in types().items()
    }
    in_channel = {name: {"$ref": f"#/components/messages/{name}"} for name in messages}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Burdenwatch", "version": "1.0.0", "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "events": {"address": "burden.events", "description": "In. The key is the issuer.", "messages": in_channel}
        },
        "operations": {"takeIn": {"action": "receive", "channel": {"$ref": "#/channels/events"}}},
        "components": {"messages": messages, "schemas": schemas()},
    }


def text() -> str:
    """The document as YAML."""
    out = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.dump(document(), out)
    return out.getvalue()


if __name__ == "__main__":
    sys.stdout.write(text())
