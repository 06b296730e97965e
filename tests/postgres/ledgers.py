"""Several `ledger serve` processes on one PostgreSQL database, as one office with several doors uses them."""

import contextlib
import itertools
import threading
import time
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import requests

from bench.pair import Pair
from tests.pair.desk import Desk, event, gift
from tests.tlog_checker import check

SETTINGS = {"LEDGER_REFUSALS_PER_MINUTE": "1000000"}
APPROVED_ON = "2008-06-02"


def with_option(url, name, value):
    """A database URL with one more connection option."""
    return f"{url}{'&' if urlsplit(url).query else '?'}{name}={value}"


@contextmanager
def ledgers(folder, url, names=("one", "two")):
    """Ledgers that share keys and database; each is known to the database by its name."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                Pair(
                    folder / "fund",
                    settings=SETTINGS | {"LEDGER_DATABASE_URL": with_option(url, "application_name", name)},
                    output=folder / f"{name}.log",
                    reporting=False,
                )
            )
            for name in names
        ]


def checked_log(pair):
    """The whole log as one ledger serves it, verified by the second reader: entries and root."""
    return check(pair.ledger_url, pair.vkey, pair.token("auditor"))[1:]


def assert_one_history(pairs):
    """Every ledger serves the same verified log without a gap, and all that is stored of it holds."""
    logs = [checked_log(pair) for pair in pairs]
    assert all(log == logs[0] for log in logs)
    history = Desk(pairs[0]).history()
    assert [entry["position"] for entry in history] == list(range(1, len(logs[0][0]) + 1))
    verified = pairs[0].command("ledger", "verify", seconds=300)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    return history


def application(code, amount):
    """A national project of Kenya for Line 2, endorsed."""
    return event(
        f"submitted-{code}",
        "project.submitted",
        project=code,
        title=f"Project {code}",
        scope="national",
        states=["KEN"],
        line="line-2",
        requested=amount,
        area="migration-and-development",
        activities=[2],
        endorsements=[{"state": "KEN", "on": "2008-02-01", "document": f"letter {code}"}],
        submitted_on="2008-03-01",
        starts_on="2008-07-01",
        ends_on="2009-06-30",
    )


def approval(code, amount):
    """The approval of an application."""
    return event(
        f"approved-{code}",
        "grant.approved",
        project=code,
        amount=amount,
        approved_on=APPROVED_ON,
        decision=f"DG {code}"[:32],
    )


def kenya():
    """Kenya becomes a Member State."""
    status = {"region": "africa", "admitted_on": "1985-01-01", "development_status": "developing"}
    return event("kenya", "member-state.admitted", state="KEN", name="Kenya", **status)


class Poster(threading.Thread):
    """Posts gifts one after the other, each under its key through one door and then the next until it is answered."""

    def __init__(self, name, doors, batch=1):
        super().__init__(name=name, daemon=True)
        self.acknowledged = {}
        self.wrong = []
        self._desks = [Desk(pair, name) for pair in doors]
        self._batch = batch
        self._numbers = itertools.count()
        self._ending = threading.Event()
        self.going = threading.Event()
        self.going.set()

    def run(self):
        while self.going.wait() and not self._ending.is_set() and not self.wrong:
            self._until_answered([gift(f"{self.name}-{next(self._numbers)}", "1.00") for _ in range(self._batch)])

    def _until_answered(self, gifts):
        deadline = time.monotonic() + 90
        for desk in itertools.cycle(self._desks):
            with contextlib.suppress(requests.RequestException):
                answer = desk.post(gifts if self._batch > 1 else gifts[0], timeout=60)
                if answer.status_code != 503:
                    self._note(answer)
                    return
            if time.monotonic() > deadline:
                self.wrong.append(f"no answer to {gifts[0]['id']}")
                return

    def _note(self, answer):
        if answer.status_code not in (200, 201):
            self.wrong.append(f"{answer.status_code}: {answer.text}")
            return
        body = answer.json()
        for receipt in body.get("receipts", [body]):
            self.acknowledged[receipt["id"]] = receipt["position"]

    def stop(self):
        """Finish the last gift."""
        self._ending.set()
        self.going.set()
        self.join(120)
        assert not self.is_alive(), f"{self.name} never got its last answer"
        assert self.wrong == []


def assert_all_acknowledged(history, posters):
    """Every acknowledged gift stands once at its position, and no other gift stands."""
    gifts = {entry["id"]: entry["position"] for entry in history if entry["type"].endswith(".contribution.received.v1")}
    acknowledged = {id: position for poster in posters for id, position in poster.acknowledged.items()}
    assert gifts == acknowledged
    assert len(set(gifts.values())) == len(gifts)
