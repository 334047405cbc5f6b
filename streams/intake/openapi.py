"""The description of the API for programs: OpenAPI 3.1, served at ``/openapi.json``.

Pure. Flows in: nothing. Flows out: one document, made of the types that the routes answer with.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import msgspec

from streams.desk.acting import ActWish, SilenceWish
from streams.intake.door import Answer
from streams.intake.formats import BATCH, JSON, STRUCTURED
from streams.rules.lists import ListVersion

_ERRORS: Final = {
    400: "Nothing of it was taken: every event was refused, or the body cannot be read.",
    401: "No known bearer token.",
    403: "The token may not speak for this source or issuer, or not see this unit.",
    404: "No such unit.",
    409: "The case does not allow this act, or somebody acted at the same time.",
    413: "The body is longer than 10 MiB or 20,000 events, or an event longer than 256 KiB.",
    415: "The content type is not taken.",
    429: "More events than this token may send now; Retry-After says when.",
    503: "The broker or the store does not answer; Retry-After says when to come back. Sending the same events again is safe.",
}

_EVENT: Final = {
    "type": "object",
    "description": "A CloudEvent 1.0; `data` by type, see docs/events.md.",
    "required": ["specversion", "id", "source", "type", "time", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string"},
        "source": {"type": "string"},
        "type": {"type": "string", "pattern": r"^burden\.[a-z]+\.[a-z]+\.v1$"},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": JSON},
        "data": {"type": "object"},
    },
}


def _refusal(status: int) -> dict[str, Any]:
    return {"description": _ERRORS[status], "content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}}


def _query(name: str, meaning: str, example: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}, "example": example}


def _read(summary: str, kind: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "get": {
            "summary": summary,
            "security": [{"bearer": []}, {"basic": []}],
            "parameters": parameters,
            "responses": {
                "200": {"description": "Found.", "content": {kind: {}}},
                **{str(status): _refusal(status) for status in (400, 401, 403, 404, 503)},
            },
        }
    }


def _probe(summary: str, kind: str = JSON) -> dict[str, Any]:
    return {
        "get": {
            "summary": summary,
            "responses": {"200": {"description": "Yes.", "content": {kind: {}}}, "503": _refusal(503)},
        }
    }


def _send(answer: dict[str, Any]) -> dict[str, Any]:
    events = {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}
    one = {"schema": {"$ref": "#/components/schemas/Event"}}
    accepted = {
        "description": "The broker has acknowledged all accepted events; they are never lost.",
        "content": {JSON: {"schema": answer}},
    }
    return {
        "post": {
            "summary": "Send events: CloudEvents 1.0 structured, batch or binary mode.",
            "security": [{"bearer": []}],
            "parameters": [
                _query("compare", "true: tell duplicates of stored events and conflicts with them at once.", "true")
            ],
            "requestBody": {"required": True, "content": {STRUCTURED: one, BATCH: {"schema": events}, JSON: one}},
            "responses": {
                "202": accepted,
                **{str(status): _refusal(status) for status in (400, 401, 403, 413, 415, 429, 503)},
            },
        }
    }


def _precheck() -> dict[str, Any]:
    return {
        "post": {
            "summary": "What a draft would do: reach, minutes, units over a limit, duplicates, collisions, rules it breaks. Nothing is stored.",
            "security": [{"bearer": []}],
            "requestBody": {"required": True, "content": {JSON: {"schema": {"$ref": "#/components/schemas/Event"}}}},
            "responses": {
                "200": {"description": "The answer.", "content": {JSON: {}}},
                **{str(status): _refusal(status) for status in (400, 401, 403, 404, 413, 503)},
            },
        }
    }


def _write(summary: str, body: type[Any], status: int) -> dict[str, Any]:
    return {
        "post": {
            "summary": summary,
            "security": [{"bearer": []}],
            "requestBody": {
                "required": True,
                "content": {JSON: {"schema": msgspec.json.schema(body, ref_template="{name}")}},
            },
            "responses": {
                str(status): {"description": "Done.", "content": {JSON: {}}},
                **{str(one): _refusal(one) for one in (400, 401, 403, 409, 413, 503)},
            },
        }
    }


def _lists() -> dict[str, Any]:
    """A list as JSON, or any file of one as it is."""
    parameters = [
        _query("file", "Name of the file, where the body is one: its ending says how it is read.", "plan.xlsx"),
        _query("check", "true: only say how it is understood and what is wrong.", "true"),
        _query("kind", "Of tables: duty, approved, held, plan, cap, app, group, plaque or annotation.", "plan"),
        _query("name", "Of tables: what the list is called; a later version has the same name.", "meetings 2026"),
        _query("area", "Of tables: division code in which it holds.", "510104"),
        _query("from", "Of tables: the first day on which it applies.", "2026-01-01"),
        _query("to", "Of tables: the first day on which it no longer applies.", "2027-01-01"),
        _query("source", "Of tables: the document that it is from.", "锦委办〔2026〕3号"),
        _query("what", "Of plans and caps: the sort of demand, where rows do not say.", "meeting"),
    ]
    schema = ListVersion.model_json_schema(mode="validation")
    schema["properties"]["rows"]["items"] = schema.pop("$defs")["ListRow"]
    answers = {"201": "Added.", "200": "Checked: how it is understood."}
    return {
        "post": {
            "summary": "One version of a list, whole or not at all; supervising bodies, within their areas.",
            "security": [{"bearer": []}],
            "parameters": parameters,
            "requestBody": {"required": True, "content": {JSON: {"schema": schema}, "application/octet-stream": {}}},
            "responses": {
                **{status: {"description": text, "content": {JSON: {}}} for status, text in answers.items()},
                **{str(status): _refusal(status) for status in (400, 401, 403, 413, 503)},
            },
        }
    }


def _brief() -> dict[str, Any]:
    parameters = [
        _query("area", "Division code, '' the whole country; exactly one of area, issuer and unit.", "51"),
        _query("issuer", "AREA6-LINE.", "510000-education"),
        _query("unit", "A unit's code.", "510104017"),
        _query("period", "week (default): 7 days; month: 30 days.", "month"),
        _query("until", "The day that ends the period; default today.", "2026-03-03"),
        _query("format", "pdf (default), docx or xlsx.", "docx"),
        _query("lang", "zh (default) or en.", "en"),
    ]
    return _read("Two pages about an area, an issuer or a unit, as a file.", "application/pdf", parameters)


def _paths(answer: dict[str, Any]) -> dict[str, Any]:
    unit = {"name": "code", "in": "path", "required": True, "schema": {"type": "string"}, "example": "510104017"}
    at = _query("at", "The instant, ISO 8601 with offset; default now.", "2026-03-03T15:00:00+08:00")
    metric = _query("metric", "KIND.MEASURE.WINDOW; for a unit several with commas.", "all.minutes.7d")
    tier = _query("tier", "province, prefecture, county, township, village or LEVEL-LINE.", "township")
    area = _query("area", "Division code; default the whole country.", "51")
    limit = _query("limit", "1 to 1000.", "20")
    phase = _query("phase", "all, pending, firing (default) or resolved.", "firing")
    rule = _query("rule", "Identity of a rule, or how it begins.", "R11")
    form = _query("format", "html (default) or docx.", "docx")
    lang = _query("lang", "zh (default) or en.", "en")
    finding = {"name": "finding", "in": "path", "required": True, "schema": {"type": "string"}}
    hotspots = _read("The units of a tier with the most load, most first.", JSON, [tier, metric, area, limit, at])
    return {
        "/v1/events": _send(answer),
        "/v1/precheck": _precheck(),
        "/v1/units/{code}/load": _read("Load of a unit, by metric.", JSON, [unit, metric, at]),
        "/v1/findings": _read("Findings, the latest change first.", JSON, [area, phase, rule, limit]),
        "/v1/findings/{finding}": _read("One finding: explanation and timeline.", JSON, [finding]),
        "/v1/findings/{finding}/case": _read("Its case: state, acts, what was sent about it.", JSON, [finding]),
        "/v1/findings/{finding}/pack": _read("Its evidence pack, to be printed.", "text/html", [finding, form, lang]),
        "/v1/findings/{finding}/acts": _write(
            "Something done with its case; 409 when the case does not allow it.", ActWish, 200
        ),
        "/v1/notifications": _read("What was sent to whom, newest first, with every attempt.", JSON, []),
        "/v1/silences": _read("Every silence, past ones too.", JSON, [])
        | _write("Nothing is told of what matches until it ends.", SilenceWish, 201),
        "/v1/lists": _read("Lists, plans and catalogues with validity and source; rules that need one.", JSON, [])
        | _lists(),
        "/v1/units/{code}/calendar.ics": _read("What is coming, as a calendar feed.", "text/calendar", [unit, at]),
        "/v1/brief": _brief(),
        "/v1/hotspots": hotspots,
        "/healthz": _probe("Whether work moves."),
        "/readyz": _probe("Whether events can be taken and reads answered."),
        "/metrics": _probe("Metrics for Prometheus.", "text/plain"),
    }


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    (answer,), components = msgspec.json.schema_components([Answer], ref_template="#/components/schemas/{name}")
    error = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
    bearer, basic = ({"type": "http", "scheme": scheme} for scheme in ("bearer", "basic"))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Burdenwatch",
            "version": "1",
            "description": "Demands in, load out. Person-minutes are integers.",
        },
        "paths": _paths(answer),
        "components": {
            "securitySchemes": {"bearer": bearer, "basic": basic},
            "schemas": {**components, "Event": _EVENT, "Error": error},
        },
    }
