"""A finance desk: posts events to a pair of services and reads both, as systems outside would."""

from functools import cached_property

import requests

SOURCE = "https://finance.example/gl"


def event(event_id, kind, source=SOURCE, **data):
    """A CloudEvent of short type `kind`."""
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": f"fund1035.{kind}.v1",
        "datacontenttype": "application/json",
        "data": data,
    }


def gift(event_id, amount, line="line-2", on="2008-03-03"):
    """A direct voluntary contribution received in USD."""
    contribution = f"C-{event_id}"[:32]
    money = {"amount": amount, "currency": "USD"}
    return event(
        event_id,
        "contribution.received",
        contribution=contribution,
        donor="D-1",
        line=line,
        on=on,
        reference=f"receipt {event_id}",
        **money,
    )


def budget(event_id, year, project_overhead, security, unearmarked, interest="0.00"):
    """A year's programme and budget."""
    return event(
        event_id,
        "income.budgeted",
        year=year,
        basis="programme-and-budget",
        document=f"illustrative budget {year}",
        approved_on=f"{year - 1}-11-30",
        approved_by="council",
        project_overhead=project_overhead,
        security=security,
        unearmarked_contributions=unearmarked,
        interest=interest,
    )


class Desk:
    """One outside system with a token per role; `post` returns the answer whatever its status."""

    def __init__(self, pair, subject="gl-1"):
        self.pair = pair
        self.subject = subject
        self._tokens = {}

    @cached_property
    def session(self):
        return requests.Session()

    def headers(self, role, **more):
        if role not in self._tokens:
            self._tokens[role] = self.pair.token(role, f"{role}-{self.subject}")
        return {"Authorization": f"Bearer {self._tokens[role]}", **more}

    def post(self, body, role="finance", timeout=30):
        kind = "cloudevents-batch" if isinstance(body, list) else "cloudevents"
        headers = self.headers(role, **{"Content-Type": f"application/{kind}+json"})
        return self.session.post(f"{self.pair.ledger_url}/v1/events", json=body, headers=headers, timeout=timeout)

    def accepted(self, body, role="finance"):
        answer = self.post(body, role)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def ledger(self, path, role="auditor", **parameters):
        return self._read(self.pair.ledger_url + path, role, parameters)

    def reporting(self, path, role="auditor", **parameters):
        return self._read(self.pair.reporting_url + path, role, parameters)

    def _read(self, url, role, parameters):
        answer = self.session.get(url, params=parameters, headers=self.headers(role), timeout=60)
        assert answer.status_code == 200, f"{url}: {answer.status_code}: {answer.text}"
        return answer

    def history(self):
        """All entries of the log, in order."""
        entries, after = [], 0
        while after is not None:
            page = self.ledger("/v1/events", after=after, limit=1000).json()
            entries += page["events"]
            after = page["next"]
        return entries
