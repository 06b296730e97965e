"""Every refusal is a class here, and all of them leave the services in one shape: RFC 9457 problem documents."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar

MEDIA_TYPE = "application/problem+json"
ERRORS_MAX = 1_000

Fault = Mapping[str, str]


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    type_: str = "about:blank",
    instance: str | None = None,
    errors: Sequence[Fault] | None = None,
    refusals: Sequence[Mapping[str, Any]] | None = None,
    **more: object,
) -> dict[str, Any]:
    """A problem document; members without a value are left out."""
    document: dict[str, Any] = {"type": type_, "title": title, "status": status, "detail": detail}
    optional: dict[str, object] = {"instance": instance, "errors": errors, "refusals": refusals, **more}
    return document | {name: value for name, value in optional.items() if value is not None}


class Problem(Exception):
    """A request that is refused: `slug` names the kind for ever, `status` is its HTTP status."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "The service failed"

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers: dict[str, str] = dict(headers or {})
        self.more = more

    def as_dict(self, instance: str | None = None) -> dict[str, Any]:
        """The problem document; `instance` is the path that was asked."""
        type_ = f"urn:fund1035:problem:{self.slug}"
        members = {"instance": instance, **self.more}
        return problem(self.status, self.title, self.detail, type_=type_, **members)


def packed(problem: Problem) -> dict[str, Any]:
    """A problem as JSON members, for another process."""
    return {"slug": problem.slug, "detail": problem.detail, "headers": problem.headers, "more": problem.more}


def unpacked(members: Mapping[str, Any]) -> Problem:
    """The problem that was packed."""
    kind = next((kind for kind in PROBLEMS if kind.slug == members["slug"]), Problem)
    found = kind.__new__(kind)
    Problem.__init__(found, members["detail"], headers=members["headers"], **members["more"])
    vars(found).update((name, found.more[name]) for name in ("errors", "refusals") if name in found.more)
    return found


class Malformed(Problem):
    """400: the body is not what the contract says; `errors` names every place by JSON Pointer."""

    status, slug, title = 400, "malformed", "The request is malformed"

    def __init__(self, errors: Iterable[Fault], detail: str | None = None, **more: Any) -> None:
        self.errors = list(islice(errors, ERRORS_MAX + 1))
        if len(self.errors) > ERRORS_MAX:
            self.errors[-1] = {"pointer": "#", "detail": f"has more faults than the {ERRORS_MAX} named here"}
        first = f"{self.errors[0]['pointer']} {self.errors[0]['detail']}" if self.errors else self.title
        super().__init__(detail or first, errors=self.errors, **more)


class Unauthenticated(Problem):
    """401: no token, or one that does not hold."""

    status, slug, title = 401, "unauthenticated", "A valid token is needed"

    def __init__(self, detail: str, **more: Any) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"}, **more)


class Forbidden(Problem):
    """403: the token holds, its roles do not allow this."""

    status, slug, title = 403, "forbidden", "Your roles do not allow this"


class NotFound(Problem):
    """404: there is nothing at this address."""

    status, slug, title = 404, "not-found", "There is nothing here"


class MethodNotAllowed(Problem):
    """405: the address exists, the method does not."""

    status, slug, title = 405, "method-not-allowed", "This method is not allowed here"


class NotAcceptable(Problem):
    """406: no representation matches `Accept`."""

    status, slug, title = 406, "not-acceptable", "No representation matches the Accept header"


class Conflict(Problem):
    """409: the key is known with other content."""

    status, slug, title = 409, "conflict", "The key was used for other content"


class TooLarge(Problem):
    """413: the event or the body exceeds its limit."""

    status, slug, title = 413, "too-large", "The body is too large"


class UnsupportedMediaType(Problem):
    """415: the Content-Type is not one this address reads."""

    status, slug, title = 415, "unsupported-media-type", "This content type is not read here"


class Refused(Problem):
    """422: well formed, and the rules say no; `refusals` names every failing rule."""

    status, slug, title = 422, "refused", "The rules refuse this"

    def __init__(self, detail: str, refusals: Sequence[Mapping[str, Any]], **more: Any) -> None:
        self.refusals = list(refusals)
        super().__init__(detail, refusals=self.refusals, **more)


class TooManyRequests(Problem):
    """429: wait `seconds` before trying again."""

    status, slug, title = 429, "too-many-requests", "Too many requests"

    def __init__(self, detail: str, seconds: int = 60, **more: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(seconds)}, **more)


class Unavailable(Problem):
    """503: not now; wait `seconds` before trying again."""

    status, slug, title = 503, "unavailable", "The service cannot answer now"

    def __init__(self, detail: str, seconds: int = 5, **more: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(seconds)}, **more)


PROBLEMS: tuple[type[Problem], ...] = (
    Malformed,
    Unauthenticated,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    Conflict,
    TooLarge,
    UnsupportedMediaType,
    Refused,
    TooManyRequests,
    Unavailable,
)
