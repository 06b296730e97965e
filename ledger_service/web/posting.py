"""Posting by hand: a form for each event type a role may post, a dry run first, then the record."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import orjson
from flask import request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from ledger_service.api.checking import checked
from ledger_service.api.ledger import caller, ledger
from ledger_service.journal.commands import Answer, Command, Posted, PostedEvent, marks_of
from ledger_service.web.fields import asked, data_of, faults_at
from ledger_service.web.pages import answer, forbidden, pages, postable, posted, visit
from shared.contract.events import EVENT_TYPES, PREFIX, SUFFIX, EventType
from shared.contract.problems import Malformed, NotFound, Refused

SOURCE = "urn:fund1035:by-hand"
KEY = "_id"
STEP = "_step"
Form = dict[str, str]


@pages.route("/", methods=["GET"])
def front() -> Response:
    """The way in: to what one may record, or to sign in."""
    if postable():
        language = request.args.get("lang", "")
        return redirect(f"/post?{urlencode({'lang': language})}" if language else "/post", 303)
    return answer("welcome.html")


@pages.route("/post", methods=["GET"])
def kinds() -> Response:
    """What the reader's roles may record."""
    return answer("kinds.html", kinds=postable())


@pages.route("/post/<short>", methods=["GET"])
def blank(short: str) -> Response:
    """An empty form; its id makes posting it twice the same as once."""
    kind = _kind(short)
    if not kind.roles & visit().roles:
        return forbidden(kind.roles)
    given = {name: value for name, value in request.args.items() if name != "lang"}
    return _form(kind, given | {KEY: str(uuid4())})


@pages.route("/post/<short>", methods=["POST"])
def filled(short: str) -> Response:
    """Try what was filled in, go back to it, or record it."""
    kind = _kind(short)
    form = posted()
    if not kind.roles & visit().roles:
        return forbidden(kind.roles)
    if form.get(STEP) == "edit":
        return _form(kind, form)
    try:
        event = checked(_event(kind, form))
    except Malformed as malformed:
        return _form(kind, form, malformed)
    return _record(kind, event) if form.get(STEP) == "record" else _try(kind, form, event)


def _kind(short: str) -> EventType:
    kind = EVENT_TYPES.get(f"{PREFIX}{short}{SUFFIX}")
    if kind is None or not kind.roles:
        raise NotFound(f"There is no event type {short} that people record.")
    return kind


def _event(kind: EventType, form: Form) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": form.get(KEY, ""),
        "source": SOURCE,
        "type": kind.name,
        "data": data_of(kind.schema, form),
    }


def _form(kind: EventType, form: Form, malformed: Malformed | None = None, refusals: Any = ()) -> Response:
    fields = list(asked(kind.schema))
    at, others = faults_at(malformed.errors if malformed else [], fields)
    status = 400 if malformed else 200
    return answer(
        "form.html", status, kind=kind, fields=fields, form=form, at=at, others=others, refusals=refusals, key=KEY
    )


def _command(event: PostedEvent, *, dry_run: bool) -> Answer:
    identity = caller()
    posted_events = Posted(orjson.dumps(event.event), marks_of([event]))
    return ledger().record(Command(posted_events, identity.subject, identity.roles, False, dry_run))


def _try(kind: EventType, form: Form, event: PostedEvent) -> Response:
    """What would be recorded and what each balance becomes; or why not, with nothing recorded."""
    trial = orjson.loads(_command(event, dry_run=True).body)
    if trial["refusals"]:
        return _form(kind, form, refusals=trial["refusals"])
    effects = orjson.loads(ledger().journal.ask("effects", trial["entries"]))
    return answer("confirm.html", kind=kind, form=form, trial=trial, effects=effects, event=event.event, step=STEP)


def _record(kind: EventType, event: PostedEvent) -> Response:
    try:
        told = _command(event, dry_run=False)
    except Refused as refused:
        return answer("refused.html", 422, kind=kind, refusals=refused.refusals)
    receipt = orjson.loads(told.body)
    return answer("recorded.html", kind=kind, receipt=receipt, new=told.status == 201, event=event.event)
