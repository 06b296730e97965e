"""The demo: posts the sample history as a finance system would, prints balances, writes and checks the reports."""

import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from rich.console import Console
from rich.table import Table

from bench.editions import Secretariat
from bench.leash import leash_option
from bench.pair import Pair, PairFailed, wait_until
from bench.reading import Council
from bench.workload.diary import Step
from bench.workload.sample import sample_history

YEARS = (2007, 2008, 2009, 2010)
FORMATS = {"json": "json", "html": "html", "pdf": "pdf", "xlsx": "xlsx", "csv": "zip", "xml": "xml"}
"""Suffix of the address to suffix of the file: the CSV files come in a zip."""
ROWS = ("opening", "allocated", "revised", "contributions", "recovered", "adjusted", "approved", "freed", "available")
CATCH_UP_S = 60


class Poster:
    """Posts steps over HTTP, each with a token of its subject and role."""

    def __init__(self, pair: Pair) -> None:
        self.position = 0
        self.events = 0
        self.refusals = 0
        self._pair = pair
        self._session = requests.Session()
        self._tokens: dict[tuple[str, str], str] = {}
        self._positions: dict[str, int] = {}

    def post(self, step: Step) -> None:
        """Post one step; PairFailed when the ledger answers otherwise than the history says."""
        kind = "cloudevents-batch" if step.batch else "cloudevents"
        events = step.events_at(self._positions)
        answer = self._session.post(
            f"{self._pair.ledger_url}/v1/events",
            json=events if step.batch else events[0],
            headers={"Content-Type": f"application/{kind}+json", "Authorization": self._bearer(step)},
            timeout=30,
        )
        if answer.status_code != step.expected_status:
            raise PairFailed(f"{step.label}: expected {step.expected_status}, got {answer.status_code}: {answer.text}")
        self.events += len(step.events)
        if answer.status_code == 422:
            self.refusals += 1
        else:
            said = answer.json()
            self.position = max(self.position, said["checkpoint"]["size"])
            for receipt in said.get("receipts", [said]):
                self._positions[receipt["id"]] = receipt["position"]

    def _bearer(self, step: Step) -> str:
        key = (step.role, step.subject)
        if key not in self._tokens:
            self._tokens[key] = self._pair.token(*key)
        return f"Bearer {self._tokens[key]}"


@contextmanager
def fresh_home() -> Iterator[Path]:
    """An emptied `demo` folder under FUND_HOME, ours alone while the demo runs."""
    home = Path(os.environ.get("FUND_HOME", "var")) / "demo"
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PairFailed(f"another demo is running in {home}") from None
        shutil.rmtree(home, ignore_errors=True)
        yield home


def balances(year: int, facility: dict[str, Any]) -> Table:
    """One year's table: a row per figure, a column per line."""
    table = Table(title=f"{year}, USD (rule set {facility['rule_set']})", title_justify="left")
    table.add_column("")
    columns = [*(facility["lines"][line] for line in ("line-1", "line-2")), facility["facility"]]
    for title in ("Line 1", "Line 2", "Facility"):
        table.add_column(title, justify="right")
    for row in ROWS:
        style = "bold" if row == "available" else None
        table.add_row(row, *(f"{column[row]:>15}" for column in columns), style=style)
    return table


def write_reports(council: Council, folder: Path) -> list[Path]:
    """Every year's report in every format, as files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for year in YEARS:
        for suffix, file_suffix in FORMATS.items():
            path = folder / f"report-{year}.{file_suffix}"
            path.write_bytes(council.report(year, suffix))
            paths.append(path)
    return paths


def write_editions(council: Council, editions: dict[int, int], folder: Path) -> list[Path]:
    """Every edition as the Council holds it: PDF, and the page that marks what changed since the one before."""
    paths = []
    for year, number in ((year, number) for year, last in editions.items() for number in range(1, last + 1)):
        for suffix in ("pdf", "html"):
            path = folder / f"report-{year}-edition-{number}.{suffix}"
            path.write_bytes(council.get(f"/v1/reports/{year}/editions/{number}.{suffix}").content)
            paths.append(path)
    return paths


def _tell(pair: Pair, out: Console) -> list[Path]:
    """Post the history, print each year, write the reports; the paths written."""
    poster, council, began = Poster(pair), Council(pair), time.monotonic()
    secretariat = Secretariat(poster, council)
    for step in sample_history():
        poster.post(step)
        secretariat.saw(step)
    secretariat.issue_again()
    took = time.monotonic() - began
    out.print(
        f"Posted {poster.events} events in {took:.1f} s over HTTP; {poster.refusals} refused by rules, as they should."
    )
    wait_until(lambda: council.facility(YEARS[-1])["position"] >= poster.position, CATCH_UP_S, "reporting to catch up")
    for year in YEARS:
        out.print(balances(year, council.facility(year)))
    secretariat.tell(out)
    folder = pair.home / "reports"
    return write_reports(council, folder) + write_editions(council, secretariat.editions, folder)


def check_offline(pair: Pair, out: Console) -> None:
    """Verify the stored log and an audit bundle, with neither service running; PairFailed when one does not hold.

    The bundle is checked as a stranger would: with the file and the log's public key, nothing else.
    """
    bundle = str(pair.home / "reports" / f"audit-bundle-{YEARS[-1]}.zip")
    out.print(_done(pair, "ledger", "verify"), highlight=False)
    out.print(_done(pair, "reporting", "bundle", str(YEARS[-1]), "-o", bundle), highlight=False)
    vkey = _done(pair, "ledger", "vkey")
    out.print(_done(pair, "reporting", "verify", bundle, "--key", vkey), highlight=False)


def _done(pair: Pair, *words: str) -> str:
    """What a command says; PairFailed when it does not end well."""
    done = pair.command(*words)
    if done.returncode:
        raise PairFailed(f"`{' '.join(words[:2])}` ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip()


def main() -> int:
    """Run the demo: 0, or 3 with a sentence."""
    leash_option()
    out = Console(highlight=False, soft_wrap=True)
    try:
        with fresh_home() as home:
            home.mkdir()
            with Pair(home, output=home / "services.log") as pair:
                paths = _tell(pair, out)
            check_offline(pair, out)
    except PairFailed as failure:
        print(failure, file=sys.stderr)
        return 3
    out.print("\nThe Council's reports:")
    for path in paths:
        out.print(f"  {path}")
    out.print(f"The log, its key and what the services printed: {home}\nGo on with `make run`, README.md and docs/.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
