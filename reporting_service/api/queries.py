"""Query parameters: checked strictly, documented from the same schemas, refused with 400."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NoReturn, TypeVar

import marshmallow as ma
from flask import request
from flask_smorest import Blueprint  # type: ignore[import-untyped]
from webargs.flaskparser import FlaskParser
from werkzeug.routing import IntegerConverter, ValidationError

from reporting_service.render.words import LANGUAGES
from shared.contract.problems import Malformed

View = TypeVar("View", bound=Callable[..., Any])
WHOLE_MAX = 2**53 - 1
PAGE_MAX = 1_000
DIGITS_MAX = 15
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")


class Whole(ma.fields.Integer):
    """A whole number in plain digits between two bounds."""

    def __init__(self, low: int = 0, high: int = WHOLE_MAX, **more: Any) -> None:
        super().__init__(validate=ma.validate.Range(low, high), **more)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 16:
            raise ma.ValidationError("is a whole number in digits.")
        return int(value)


class BookingDate(ma.fields.String):
    """A date within the years that are recorded."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        try:
            if isinstance(value, str) and DATE.fullmatch(value) and 1951 <= date.fromisoformat(value).year <= 2099:
                return value
        except ValueError:
            pass
        raise ma.ValidationError("is a date within 1951 to 2099, such as 2008-03-01.")


class KnownAt(ma.fields.String):
    """A log position as an integer, or a UTC instant as the text that `recorded_at` has."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16:
            return min(int(value), WHOLE_MAX)
        try:
            if isinstance(value, str) and INSTANT.fullmatch(value):
                at = datetime.fromisoformat(value).astimezone(UTC)
                return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z".rjust(27, "0")
        except (ValueError, OverflowError):
            pass
        raise ma.ValidationError("is a log position, or an instant such as 2009-01-05T09:30:00Z (+ is written %2B).")


class Number(IntegerConverter):
    """A whole number in a path; one that no database holds names nothing."""

    def to_python(self, value: str) -> int:
        """The number; ValidationError (404) beyond fifteen digits."""
        if len(value) > DIGITS_MAX:
            raise ValidationError
        return int(super().to_python(value))


class Query(ma.Schema):
    """Query parameters; unknown ones are refused, for a filter that is ignored would give a wrong figure."""

    class Meta:
        """marshmallow's own settings."""

        unknown = ma.RAISE


KNOWN_AT = {"description": "as known at this log position, or UTC instant", "example": "350"}
AS_OF = {"description": "only what is booked on or before this date", "format": "date"}
YEAR = {"description": "the financial year"}


class Known(Query):
    """As known at a position or instant."""

    known_at = KnownAt(load_default=None, metadata=KNOWN_AT)


class PageQuery(Known):
    """As known at a position or instant, a page at a time."""

    after = Whole(load_default=0, metadata={"description": "the position behind which the page begins"})
    limit = Whole(1, PAGE_MAX, load_default=100)


class ReportQuery(Known):
    """As known at a position or instant, in a language."""

    lang = ma.fields.String(
        load_default=None,
        validate=ma.validate.OneOf(LANGUAGES),
        metadata={"description": "the reader's language; by default the one that Accept-Language likes best"},
    )


class LanguageQuery(Query):
    """In a language."""

    lang = ReportQuery._declared_fields["lang"]


class RestatementQuery(Known):
    """Since which edition, and a page of figures."""

    since = Whole(1, 10_000, load_default=None, metadata={"description": "the edition's number; by default the last"})
    after = Whole(load_default=0, metadata={"description": "how many figures are skipped"})
    limit = Whole(1, PAGE_MAX, load_default=100)


class ReplayQuery(Query):
    """Which entry."""

    position = Whole(1, required=True, metadata={"description": "the entry's position in the log"})


class Filters(Known):
    """The filters that every door of figures takes."""

    year = Whole(1951, 2099, load_default=None, metadata=YEAR)
    as_of = BookingDate(load_default=None, metadata=AS_OF)


class StatementFilters(Filters):
    """The filters, and a page."""

    after = Whole(load_default=0, metadata={"description": "the position behind which the page begins"})
    limit = Whole(1, PAGE_MAX, load_default=100)


class ProjectFilters(Filters):
    """The filters, and a page."""

    after = ma.fields.String(
        load_default="",
        validate=ma.validate.Regexp(r"[A-Za-z0-9.-]{0,32}\Z"),
        metadata={"description": "the project code behind which the page begins"},
    )
    limit = Whole(1, PAGE_MAX, load_default=100)


class Parser(FlaskParser):
    """webargs, answering in our one error shape."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": ma.RAISE}

    def parse(self, argmap: Any, req: Any = None, *, location: str | None = None, **options: Any) -> Any:
        """As webargs does, each parameter once."""
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

    def takes(self, body: dict[str, Any]) -> Callable[[View], View]:
        """Describe the JSON body that is posted, by its schema."""
        content = {"application/json": {"schema": body}}
        return self.doc(requestBody={"required": True, "content": content})  # type: ignore[no-any-return]

    def query(self, schema: type[Query]) -> Callable[[View], View]:
        """Check the query parameters; the view's argument `query` has them."""
        return self.arguments(schema, location="query", arg_name="query")  # type: ignore[no-any-return]

    def answers(
        self, status: int, schema: type[ma.Schema] | dict[str, str], media_type: str | None = None
    ) -> Callable[[View], View]:
        """Describe the answer."""
        return self.response(status, schema, content_type=media_type)  # type: ignore[no-any-return]
