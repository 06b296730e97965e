"""What a request asks by its address and headers: paths, query parameters, forms, languages, lengths of bodies."""

import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder

from ledger_service import app as ledger
from ledger_service.api.queries import Query as LedgerQuery
from ledger_service.api.queries import Routes as LedgerRoutes
from ledger_service.settings import load as ledger_settings
from reporting_service import app as reporting
from reporting_service.api.forms import accepted_form, language_of
from reporting_service.api.queries import Query as ReportingQuery
from reporting_service.api.queries import Routes as ReportingRoutes
from reporting_service.settings import load as reporting_settings
from shared.contract.problems import Malformed, NotAcceptable
from tests.fuzz.making import WORDS
from tests.fuzz.parser import Parser
from tests.reporting.history import KEY, Standing

BASE = EnvironBuilder("/").get_environ()
QUERIES = [
    "known_at=350&as_of=2008-03-01&year=2008",
    "known_at=2009-01-05T09:30:00Z",
    "known_at=0001-01-01T00:00:00%2B14:00&lang=fr",
    "after=NC.0001&limit=1000",
    "after=7&limit=1&stream=line-2&type=fund1035.grant.approved.v1&year=2008",
    "position=12",
    "since=2&after=0",
    "line=line-1&on=2008-03-01",
    "dry_run=true&entry=true&cosigned=true&wait=30",
]
PATHS = [
    "/v1/events/12/proof",
    "/v1/streams/project/NC.0001/events",
    "/tile/entries/x001/x234/067.p/255",
    "/v1/reports/2008/figures/T2/closing/line-1",
    "/v1/reports/2008/editions/1.pdf",
    "/v1/member-states/KEN/eligibility",
    "/schemas/fund1035.grant.approved.v1",
    "/static/vendor/uswds/uswds.css",
    "/projects/NC.0001",
]
HEADERS = [
    "Accept: text/html;q=0.9, application/json;q=0.1, */*;q=0\nAccept-Language: fr-CH, en;q=0.5, *;q=0.1",
    'If-None-Match: W/"annual-1.2008.350.json.en", "x"\nCookie: fund-ledger-session=a.b; fund-reporting-session=c.d',
    "Content-Length: 12\nContent-Type: application/json; charset=utf-8",
    "X-Request-Id: abc-1\nHost: 127.0.0.1:8035\nRange: bytes=0-1\nIf-Modified-Since: Sat, 01 Mar 2008 00:00:00 GMT",
    "Authorization: Basic dTpw\nForwarded: for=1.2.3.4\nX-Forwarded-For: 1.2.3.4\nDate: yesterday",
]


def ledger_in(folder: Path) -> Flask:
    """The ledger over an empty store."""
    return ledger.create_app(ledger_settings({"FUND_HOME": str(folder)}), stopping=Event())


def reporting_in(folder: Path) -> Flask:
    """Reporting over an empty store, with a follower at rest."""
    settings = reporting_settings({"FUND_HOME": str(folder), "REPORTING_LOG_VKEY": KEY.vkey})
    return reporting.create_app(settings, follower=Standing(0))


def _apps() -> dict[str, Flask]:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-apps-"))
    return {"ledger": ledger_in(folder), "reporting": reporting_in(folder)}


def _encoded(content: bytes) -> str:
    """A query as the server lets it in: what is no visible ASCII comes percent-encoded."""
    return "".join(chr(byte) if 0x21 <= byte < 0x7F else f"%{byte:02X}" for byte in content)


def _latin(content: bytes) -> str:
    """As a WSGI server hands over what came in: a character a byte."""
    return content.decode("latin-1")


def _below(kind: Any) -> Iterator[Any]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _query() -> Parser:
    apps = _apps()
    asked = [(apps["ledger"], LedgerRoutes.ARGUMENTS_PARSER, one) for one in _below(LedgerQuery)]
    asked += [(apps["reporting"], ReportingRoutes.ARGUMENTS_PARSER, one) for one in _below(ReportingQuery)]

    def read(content: bytes) -> None:
        at, _, query = content.partition(b"?")
        app, parser, schema = asked[int(at) % len(asked) if at.isdigit() and len(at) < 4 else 0]
        with app.request_context(BASE | {"QUERY_STRING": _encoded(query)}):
            parser.parse(schema(), location="query")

    def grammar(chance: Random) -> bytes:
        which = chance.randrange(len(asked))
        names = list(asked[which][2]._declared_fields)
        words = [*WORDS, *(part.partition("=")[2].encode() for query in QUERIES for part in query.split("&"))]
        pairs = [chance.choice(names).encode() + b"=" + chance.choice(words) for _ in range(chance.randrange(1, 4))]
        return b"%d?%b" % (which, b"&".join(pairs))

    specimens = [f"{number}?{query}".encode() for number in range(len(asked)) for query in QUERIES]
    return Parser("query", read, (Malformed,), specimens, grammar, 8_192)


def _address() -> Parser:
    apps = _apps().values()

    def read(content: bytes) -> None:
        for app in apps:
            with app.request_context(BASE | {"PATH_INFO": "/" + _latin(content)}):
                assert request.full_path
                refusal = request.routing_exception
                assert refusal is None or (isinstance(refusal, HTTPException) and (refusal.code or 308) < 500)

    return Parser("address", read, (), [path[1:].encode() for path in PATHS], bytes_max=8_192)


def _headers() -> Parser:
    apps = _apps()

    def read(content: bytes) -> None:
        environ = BASE | dict(map(_named, content.split(b"\n")))
        for app in apps.values():
            _answered(app, environ | {"PATH_INFO": "/livez", "wsgi.input": BytesIO(b"{}")})
        with apps["reporting"].request_context(environ):
            language_of({})
            request.if_none_match.contains("x")
            accepted_form()

    return Parser("headers", read, (NotAcceptable,), [one.encode() for one in HEADERS], bytes_max=8_192)


def _named(line: bytes) -> tuple[str, str]:
    name, _, said = line.partition(b":")
    key = _latin(name).upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}", _latin(said).strip("\r ")


def _answered(app: Flask, environ: dict[str, Any]) -> None:
    statuses: list[str] = []
    b"".join(app(environ, lambda status, *_: statuses.append(status)))
    assert statuses[0] < "5", f"answered with {statuses[0]}"


PARSERS = {"query": _query, "address": _address, "headers": _headers}
