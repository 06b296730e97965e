"""Those who post to the ledger and read it in tests, and the facts they post."""

import json
from itertools import count

from ledger_service.api.ledger import ledger_of
from ledger_service.app import create_app
from ledger_service.settings import load
from shared.access import mint_dev_token
from tests.tlog_checker import check

SOURCE = "https://finance.example/gl"
EVENT = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
_numbers = count(1)


def event(short, id=None, /, **data):
    """A CloudEvent of a short type; a fresh id unless given."""
    return {
        "specversion": "1.0",
        "id": id or f"e-{next(_numbers)}",
        "source": SOURCE,
        "type": f"fund1035.{short}.v1",
        "data": data,
    }


def interest(amount="10.00", id=None, year=2015):
    """Interest received: a fact that any ledger accepts."""
    money = {"kind": "interest", "amount": amount, "currency": "USD"}
    return event("income.received", id, year=year, received_on=f"{year}-03-01", reference="r", **money)


def approval(id=None):
    """An approval of a project nobody submitted: refused by the rules."""
    return event("grant.approved", id, project="NC.0001", amount="1.00", approved_on="2015-03-01", decision="DG 1")


def admission(state="KEN", id=None):
    """A State becomes a Member."""
    status = {"region": "africa", "admitted_on": "1985-01-01", "development_status": "developing"}
    return event("member-state.admitted", id, state=state, name=state.title(), **status)


class Office:
    """A ledger and a client of it."""

    def __init__(self, app, settings):
        self.app = app
        self.settings = settings
        self.ledger = ledger_of(app)

    def headers(self, role="finance", subject=None, **more):
        token = mint_dev_token(self.settings.fund_home, role, subject or f"{role}-1")
        return {"Authorization": f"Bearer {token}", **more}

    def post(self, what, role="finance", subject=None, query=""):
        """Post an event, or a list of them as a batch; returns the answer."""
        media_type = BATCH if isinstance(what, list) else EVENT
        return self.send(json.dumps(what).encode(), media_type, role, subject, query)

    def send(self, body, media_type=EVENT, role="finance", subject=None, query=""):
        """Post raw bytes."""
        headers = self.headers(role, subject)
        return self.app.test_client().post(f"/v1/events{query}", data=body, headers=headers, content_type=media_type)

    def get(self, path, role="auditor", **headers):
        """Read as a role; role=None sends no token."""
        sent = self.headers(role, **headers) if role else headers
        return self.app.test_client().get(path, headers=sent)

    def head(self):
        """The last position."""
        return self.get("/v1/events?limit=1").get_json()["position"]

    def checked_log(self):
        """The whole log as an independent reader sees it: entries, verified."""
        _, entries, _ = check(lambda path: self.get(path).data, self.ledger.verifier.vkey)
        return [json.loads(entry) for entry in entries]


def post_in_another_process(environment, name, number):
    """What a second ledger process on the same journal does: its own events, and some that others post too."""
    settings = load(environment)
    office = Office(create_app(settings), settings)
    for index in range(number):
        assert office.post(interest(id=f"{name}-{index}")).status_code == 201
        assert office.post(interest(id=f"both-{index}")).status_code in (200, 201)
    office.ledger.close()


def problem_of(answer, status):
    """The problem document of an answer, its shape checked."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    document = json.loads(answer.data)
    assert document["status"] == status
    assert {"type", "title", "detail", "instance"} <= document.keys()
    assert "Traceback" not in answer.get_data(as_text=True)
    return document
