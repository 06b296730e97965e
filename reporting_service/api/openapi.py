"""The OpenAPI 3.1 description: what the doors say of themselves, with our errors and roles."""

from typing import Any

from flask import Flask
from flask_smorest import Api  # type: ignore[import-untyped]

from reporting_service.api.forms import BINARY
from reporting_service.api.permissions import OPEN, PERMISSIONS
from reporting_service.api.queries import Routes
from reporting_service.api.shapes import ProblemDocument
from reporting_service.render.forms import FORMS
from shared.contract.problems import MEDIA_TYPE, PROBLEMS

EXTENSION = "fund1035-openapi"
TEXT = """What the log of the 1035 Facility amounts to: balances, statements and the Council's annual report.

Every figure is a function of the entries up to a log position, each of them verified against the log's signed
checkpoints. `known_at` asks for the books as they were known at a position or instant, `as_of` for what was booked by a
date. Errors are problem documents (RFC 9457). The header `Fund-Lag` says how many entries are not included yet."""
KINDS = (400, 401, 403, 404, 405, 406, 503)
IN_EVERY_FORM = [f"/v1/reports/{{year}}{one}" for one in ("", "/editions/{number}", "/editions/{number}.{suffix}")]
KINDS_OF_POST = (*KINDS, 413, 415, 429)
Json = dict[str, Any]


def register(app: Flask, blueprints: list[Routes]) -> None:
    """Let flask-smorest serve the blueprints and collect their descriptions."""
    app.config.update(
        API_TITLE="1035 fund reporting", API_VERSION="v1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX=None
    )
    api = _Interface(app, spec_kwargs={"info": {"description": TEXT}})
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
    roles = {_documented(rule): roles for (_, rule), roles in PERMISSIONS.items()}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict):
                _complete(operation, roles[path], KINDS_OF_POST if method == "post" else KINDS)
    for path in IN_EVERY_FORM:
        document["paths"][path]["get"]["responses"]["200"]["content"] = _forms()
    return document


def _forms() -> Json:
    """A report in each of its forms."""
    report = {"$ref": "#/components/schemas/ReportDocument"}
    return {form.media_type: {"schema": report if form.suffix == "json" else BINARY} for form in FORMS.values()}


def _documented(rule: str) -> str:
    return rule.replace("<int:", "<").replace("<path:", "<").replace("<", "{").replace(">", "}")


def _complete(operation: Json, roles: frozenset[str], kinds: tuple[int, ...]) -> None:
    answers = {status: answer for status, answer in operation["responses"].items() if str(status) < "300"}
    refused = ", ".join(f"{kind.status} {kind.title.lower()}" for kind in PROBLEMS if kind.status in kinds)
    answers["default"] = {
        "description": f"Refused: {refused}",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    operation["responses"] = answers
    operation["security"] = [] if roles == OPEN else [{"token": []}]
    if roles != OPEN:
        said = operation.get("description", "")
        operation["description"] = f"{said}\n\nRoles: {', '.join(sorted(roles))}.".strip()
