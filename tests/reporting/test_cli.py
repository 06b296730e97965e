"""The `reporting` command: what it writes, and its exit codes."""

import json

import pytest
from click.testing import CliRunner

from reporting_service.cli import main
from reporting_service.projections.store import writing
from reporting_service.reports.annual import annual_report
from tests.reporting.history import follow, store_at


@pytest.fixture
def home(tmp_path, history, monkeypatch):
    follow(store_at(tmp_path / "reporting.db"), history.bodies)
    monkeypatch.setenv("FUND_HOME", str(tmp_path))
    return tmp_path


def run(*words: str):
    return CliRunner().invoke(main, list(words))


def test_rebuild_says_from_what_and_how_far(home, history):
    done = run("rebuild", "--json")
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert (said["position"], said["from"]) == (history.position, "the stored, verified entries")
    assert "350 stored, verified entries" in run("rebuild").stdout


def test_report_writes_the_document_of_the_store(home, store):
    done = run("report", "2008", "--known-at", "300")
    assert done.exit_code == 0
    with store.view(300) as view:
        assert json.loads(done.stdout) == annual_report(view, 2008)


def test_report_writes_a_page_into_a_file(home, tmp_path):
    done = run("report", "2008", "--format", "html", "-o", str(tmp_path / "report.html"), "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["year"] == 2008
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")


def test_damage_ends_with_1_and_names_the_place(home):
    store = store_at(home / "reporting.db")
    with writing(store.engine) as connection:
        connection.exec_driver_sql("UPDATE entries SET body = x'7b7d' WHERE position = 3")
    done = run("rebuild")
    assert done.exit_code == 1
    assert "entries 1 to 256" in done.stderr


@pytest.mark.parametrize(
    "words", [["report"], ["report", "abc"], ["report", "1900"], ["report", "2008", "--format", "docx"]]
)
def test_odd_words_end_with_2(home, words):
    assert run(*words).exit_code == 2


def test_a_position_not_known_ends_with_2(home):
    assert run("report", "2008", "--known-at", "9999").exit_code == 2


def test_without_a_database_it_ends_with_3(tmp_path, monkeypatch):
    monkeypatch.setenv("FUND_HOME", str(tmp_path / "nothing"))
    done = run("report", "2008")
    assert done.exit_code == 3
    assert "There is no database" in done.stderr


def test_bad_settings_end_with_2(home, monkeypatch):
    monkeypatch.setenv("REPORTING_BIND", "nowhere")
    monkeypatch.setenv("REPORTING_DATABASE_URL", "mysql://x")
    done = run("serve")
    assert done.exit_code == 2
    assert "REPORTING_BIND" in done.stderr
    assert "REPORTING_DATABASE_URL" in done.stderr


@pytest.mark.parametrize("words", [[], ["serve"], ["rebuild"], ["report"]])
def test_every_command_explains_itself(words):
    done = run(*words, "--help")
    assert done.exit_code == 0
    assert "Usage" in done.stdout
