"""Query parameters: checked strictly, documented from the same schemas, refused with 400."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

import marshmallow as ma
from flask import request
from flask_smorest import Blueprint  # type: ignore[import-untyped]
from webargs.flaskparser import FlaskParser
from werkzeug.routing import IntegerConverter

from shared.contract.problems import Malformed

View = TypeVar("View", bound=Callable[..., Any])
WHOLE_MAX = 2**53 - 1


class Whole(ma.fields.Integer):
    """A whole number in plain digits between two bounds."""

    def __init__(self, low: int = 0, high: int = WHOLE_MAX, **more: Any) -> None:
        super().__init__(validate=ma.validate.Range(low, high), **more)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 16:
            raise ma.ValidationError("is a whole number in digits.")
        return int(value)


class TrueFalse(ma.fields.Boolean):
    """`true` or `false`, nothing else."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if value not in ("true", "false"):
            raise ma.ValidationError("is true or false.")
        return bool(value == "true")


class Position(IntegerConverter):
    """A position or year in a path, spelled in one way only."""

    regex = "0|[1-9][0-9]*"


class Query(ma.Schema):
    """Query parameters; unknown ones are refused."""

    class Meta:
        """marshmallow's own settings."""

        unknown = ma.RAISE


class Parser(FlaskParser):
    """webargs, answering in our one error shape."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": ma.RAISE}

    def __init__(self) -> None:
        super().__init__()
        self._of_nothing: dict[Any, Any] = {}

    def parse(self, argmap: Any, req: Any = None, *, location: str | None = None, **options: Any) -> Any:
        """As webargs does, each parameter once; what a schema makes of no query at all is found out once."""
        if location == "query" and not request.query_string:
            if argmap not in self._of_nothing:
                self._of_nothing[argmap] = super().parse(argmap, req, location=location, **options)
            return dict(self._of_nothing[argmap])
        if location == "query":
            once_each()
        return super().parse(argmap, req, location=location, **options)

    def handle_error(self, error: ma.ValidationError, *_: Any, **__: Any) -> NoReturn:
        """Malformed (400), one error per parameter."""
        messages = error.normalized_messages()  # type: ignore[no-untyped-call]
        found = messages.get("query", messages)
        assert isinstance(found, Mapping)
        raise Malformed(
            [{"pointer": f"#/{name}", "detail": " ".join(map(str, said))} for name, said in sorted(found.items())]
        )


def once_each() -> None:
    """Malformed (400) when a parameter is given twice: one of the two would be ignored."""
    twice = sorted(name for name, values in request.args.lists() if len(values) > 1)
    if twice:
        raise Malformed([{"pointer": f"#/{name}", "detail": "is given more than once."} for name in twice])


class Routes(Blueprint):  # type: ignore[misc]
    """flask-smorest's blueprint with our parser; its decorators keep a view's type."""

    ARGUMENTS_PARSER = Parser()

    def get(self, rule: str) -> Callable[[View], View]:
        """Answer GET at a path."""
        return self.route(rule, methods=["GET"])  # type: ignore[no-any-return]

    def post(self, rule: str) -> Callable[[View], View]:
        """Answer POST at a path."""
        return self.route(rule, methods=["POST"])  # type: ignore[no-any-return]

    def query(self, schema: type[Query]) -> Callable[[View], View]:
        """Check the query parameters; the view's first argument has them."""
        return self.arguments(schema(), location="query")  # type: ignore[no-any-return]

    def answers(
        self, status: int, schema: type[ma.Schema] | dict[str, str], media_type: str | None = None
    ) -> Callable[[View], View]:
        """Describe the answer."""
        return self.response(status, schema, content_type=media_type)  # type: ignore[no-any-return]
