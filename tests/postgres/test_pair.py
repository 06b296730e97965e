"""Both services on PostgreSQL, from the posted event to the Council's report."""

import json

import psycopg
import pytest

from bench.demo import Poster
from bench.pair import Pair, wait_until
from bench.workload.sample import sample_history
from reporting_service.reports.annual import annual_report
from tests.pair.desk import Desk, gift
from tests.reporting.history import follow, sample, store_at
from tests.tlog_checker import check

YEARS = (2007, 2008, 2009, 2010)


@pytest.fixture(scope="module")
def databases(postgres):
    """One database for each service, as docker-compose.yml has them."""
    urls = {name: postgres.create() for name in ("LEDGER_DATABASE_URL", "REPORTING_DATABASE_URL")}
    yield urls
    for url in urls.values():
        postgres.drop(url)


@pytest.fixture(scope="module")
def pair(tmp_path_factory, databases):
    """A pair that holds the sample history."""
    folder = tmp_path_factory.mktemp("pair")
    with Pair(folder / "fund", settings=databases, output=folder / "services.log") as running:
        poster = Poster(running)
        for step in sample_history():
            poster.post(step)
        _wait_for(running, poster.position)
        yield running


def _wait_for(pair, position):
    wait_until(lambda: _reported(pair, 2008)["position"] >= position, 30, "reporting to catch up")


def _reported(pair, year):
    return Desk(pair).reporting(f"/v1/reports/{year}.json").json()


def test_nothing_is_kept_in_files_but_keys_and_tokens(pair):
    assert {path.name for path in pair.home.iterdir()} <= {"keys", "reporting.token"}


def test_the_reports_are_those_of_the_embedded_store(pair, tmp_path):
    history = sample()
    with follow(store_at(tmp_path / "reporting.db"), history.bodies).view() as view:
        for year in YEARS:
            expected = json.loads(json.dumps(annual_report(view, year)))
            served = _reported(pair, year)
            assert served["tables"] == expected["tables"]


def test_the_log_verifies_and_so_does_all_that_is_stored(pair):
    _, entries, _ = check(pair.ledger_url, pair.vkey, pair.token("auditor"))
    verified = json.loads(pair.asked("ledger", "verify", "--json"))
    assert (verified["ok"], verified["entries"]) == (True, len(entries))


def test_a_rebuild_gives_the_same_reports(pair):
    before = [_reported(pair, year) for year in YEARS]
    rebuilt = json.loads(pair.asked("reporting", "rebuild", "--json"))
    assert rebuilt["position"] == before[0]["position"]
    assert [_reported(pair, year) for year in YEARS] == before


def test_the_command_line_writes_what_the_service_serves(pair):
    written = json.loads(pair.asked("reporting", "report", "2008", "--format", "json"))
    assert written == _reported(pair, 2008)


def test_both_services_outlive_every_one_of_their_connections(pair, databases):
    desk = Desk(pair)
    for url in databases.values():
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    receipt = desk.accepted(gift("after", "10.00", on="2011-01-10"))
    _wait_for(pair, receipt["position"])


def test_both_services_start_again_on_what_they_stored(pair):
    desk = Desk(pair)
    before = _reported(pair, 2010)
    pair.kill_ledger()
    pair.kill_reporting()
    pair.start_ledger()
    pair.start_reporting()
    assert _reported(pair, 2010) == before
    receipt = desk.accepted(gift("again", "10.00", on="2011-01-11"))
    _wait_for(pair, receipt["position"])


def test_a_database_that_is_not_there_is_said_in_words(tmp_path):
    settings = {"REPORTING_DATABASE_URL": f"postgresql://nobody@/none?host={tmp_path}"}
    pair = Pair(tmp_path / "fund", settings=settings, output=tmp_path / "services.log")
    done = pair.command("reporting", "report", "2008")
    assert done.returncode == 3
    assert "The database does not open" in done.stderr
    assert "Traceback" not in done.stderr
