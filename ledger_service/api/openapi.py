"""The OpenAPI 3.1 description: what the endpoints say of themselves, with our errors, roles and event schemas."""

from typing import Any

from flask import Flask
from flask_smorest import Api  # type: ignore[import-untyped]

from ledger_service.api.permissions import OPEN, PERMISSIONS
from ledger_service.api.queries import Routes
from ledger_service.api.shapes import ProblemDocument, Receipts, Trial
from shared.contract.events import EVENT_TYPES, json_schema
from shared.contract.problems import MEDIA_TYPE, PROBLEMS

EXTENSION = "fund1035-openapi"
TEXT = """Events in, decisions out: the journal of the 1035 Facility's two funding lines.

Every fact posted is judged by the rules in force on its date, recorded with its position, and sealed in a
transparency log before the answer. Errors are problem documents (RFC 9457)."""
Json = dict[str, Any]


def register(app: Flask, blueprints: list[Routes]) -> None:
    """Let flask-smorest serve the blueprints and collect their descriptions."""
    app.config.update(API_TITLE="1035 fund ledger", API_VERSION="v1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX=None)
    api = _Interface(app, spec_kwargs={"info": {"description": TEXT}})
    api.spec.components.schema("Receipts", schema=Receipts)
    api.spec.components.schema("Trial", schema=Trial)
    api.spec.components.schema("Problem", schema=ProblemDocument)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    app.extensions[EXTENSION] = {"api": api}


class _Interface(Api):  # type: ignore[misc]
    """flask-smorest without its own error shape."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Ours are in `problems`."""


def description(app: Flask) -> Json:
    """The whole document; made once."""
    kept: dict[str, Any] = app.extensions[EXTENSION]
    if "document" not in kept:
        kept["document"] = _completed(kept["api"].spec.to_dict())
    document: Json = kept["document"]
    return document


def _completed(document: Json) -> Json:
    components = document.setdefault("components", {})
    components.setdefault("securitySchemes", {})["token"] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    components.setdefault("responses", {}).clear()
    for kind in EVENT_TYPES.values():
        if kind.roles:
            components["schemas"][kind.name] = _embedded(json_schema(kind.name))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict):
                _complete(operation, _roles(method, path))
    _describe_intake(document["paths"]["/v1/events"]["post"])
    return document


def _roles(method: str, path: str) -> frozenset[str]:
    """The permission row of a documented path."""
    for (of_method, rule), roles in PERMISSIONS.items():
        shape = rule
        for converter in ("int:", "path:"):
            shape = shape.replace(f"<{converter}", "<")
        if of_method == method.upper() and shape.replace("<", "{").replace(">", "}") == path:
            return roles
    raise LookupError(f"{method} {path} has no permission row")


def _complete(operation: Json, roles: frozenset[str]) -> None:
    operation["responses"] = {
        status: answer for status, answer in operation["responses"].items() if str(status) < "300"
    }
    operation["responses"]["default"] = {
        "description": "Refused: " + ", ".join(f"{kind.status} {kind.title.lower()}" for kind in PROBLEMS),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if roles == OPEN:
        operation["security"] = []
    else:
        operation["security"] = [{"token": []}]
        said = operation.get("description", "")
        operation["description"] = f"{said}\n\nRoles: {', '.join(sorted(roles))}.".strip()


def _embedded(schema: Json) -> Json:
    return {name: value for name, value in schema.items() if name not in ("$schema", "$id")}


def _describe_intake(operation: Json) -> None:
    one = {"oneOf": [{"$ref": f"#/components/schemas/{kind.name}"} for kind in EVENT_TYPES.values() if kind.roles]}
    many = {"type": "array", "minItems": 1, "maxItems": 10_000, "items": one}
    operation["requestBody"] = {
        "required": True,
        "content": {
            "application/cloudevents+json": {"schema": one},
            "application/cloudevents-batch+json": {"schema": many},
        },
    }
    either = {"anyOf": [{"$ref": "#/components/schemas/Receipt"}, {"$ref": "#/components/schemas/Receipts"}]}
    trial = {"$ref": "#/components/schemas/Trial"}
    operation["responses"]["201"] = _json("Recorded", either)
    operation["responses"]["200"] = _json("Recorded before, or a dry run", {"anyOf": [*either["anyOf"], trial]})


def _json(said: str, schema: Json) -> Json:
    return {"description": said, "content": {"application/json": {"schema": schema}}}
