"""The secretariat in the demo: issues editions of the report, and says what moved between them and why."""

from typing import Any, Protocol

from rich.console import Console

from bench.pair import PairFailed, wait_until
from bench.reading import Council
from bench.workload.diary import Step, short

SOURCE = "https://secretariat.example/reports"
CATCH_UP_S = 60


class Posts(Protocol):
    """What posts steps, and the last position it heard of."""

    position: int

    def post(self, step: Step) -> None:
        """Post one step."""


class Secretariat:
    """Issues the first edition of a year once it is closed, for the SCPF; the second, for the Council, at the end."""

    def __init__(self, poster: Posts, council: Council) -> None:
        self._poster, self._council = poster, council
        self._closing: list[int] = []
        self.editions: dict[int, int] = {}

    def saw(self, step: Step) -> None:
        """After a step: a year whose closing was confirmed gets its edition."""
        for event in step.events:
            if short(event) == "year.closed":
                self._closing.append(event["data"]["year"])
            elif short(event) == "action.confirmed" and self._closing and "closes" in step.label:
                self.issue(self._closing.pop(), "scpf")

    def issue_again(self) -> None:
        """The second edition of every year that has a first one."""
        for year in list(self.editions):
            self.issue(year, "council")

    def issue(self, year: int, body: str) -> None:
        """Read the report as it stands, and record its digest and the log that it was computed from."""
        wait_until(lambda: self._council.position() >= self._poster.position, CATCH_UP_S, "reporting to catch up")
        report, digest = self._council.digest(year)
        edition = self.editions[year] = self.editions.get(year, 0) + 1
        data = {
            "year": year,
            "kind": "annual",
            "edition": edition,
            "body": body,
            "document": f"Annual report {year}, edition {edition}, illustrative",
            "digest": digest,
            "checkpoint": report["checkpoint"],
        }
        event = {
            "specversion": "1.0",
            "id": f"edition-{year}-{edition}",
            "source": SOURCE,
            "type": "fund1035.report.issued.v1",
            "datacontenttype": "application/json",
            "data": data,
        }
        label = f"Edition {edition} of {year} is issued for the {body}"
        self._poster.post(Step("secretariat", "secretariat-1", [event], False, 201, label))

    def tell(self, out: Console) -> None:
        """Which editions there are, and what moved since each year's first one."""
        wait_until(lambda: self._council.position() >= self._poster.position, CATCH_UP_S, "reporting to catch up")
        for year in self.editions:
            issued = self._council.get(f"/v1/reports/{year}/editions").json()["editions"]
            if not all(edition["agrees"] for edition in issued):
                raise PairFailed(f"an edition of {year} is not what the log gives")
            _tell_year(out, year, len(issued), self._council.get(f"/v1/reports/{year}/restatements?since=1").json())


def _tell_year(out: Console, year: int, editions: int, moved: dict[str, Any]) -> None:
    out.print(f"\n{year}: {editions} editions, each the same when computed again; since the first,")
    for late in moved["late_facts"]:
        out.print(
            f"  entry {late['position']} ({late['type']}, {late['amount']} USD) came late: it is booked in"
            f" {late['booked_in']}"
        )
    out.print(f"  {moved['number']} figures moved, each with its events: /v1/reports/{year}/restatements?since=1")
