"""Forms over HTTP and on the command line: the right bytes, language and tags."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from reporting_service.api import annual
from reporting_service.app import create_app
from reporting_service.cli import main
from reporting_service.render.forms import FORMS
from reporting_service.render.pdf import PdfFailed
from reporting_service.settings import load
from shared.access import mint_dev_token
from tests.reporting.history import Standing, follow, sample, store_at

BEGINNINGS = {"json": b"{", "html": b"<!doctype", "pdf": b"%PDF-1.7", "xlsx": b"PK", "csv": b"PK", "iati": b"<?xml"}
each_form = pytest.mark.parametrize(("name", "form"), FORMS.items(), ids=FORMS)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return load({"FUND_HOME": str(tmp_path_factory.mktemp("home"))}, serving=False)


@pytest.fixture
def ask(store, settings) -> Callable:
    app = create_app(settings, store=store, follower=Standing(350))
    client: FlaskClient = app.test_client()
    token = mint_dev_token(settings.fund_home, "council", "council")

    def get(path, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get(f"/v1/reports/{path}", headers={"Authorization": f"Bearer {token}", **named})

    return get


@each_form
def test_a_suffix_gives_its_form(ask, name, form):
    answer = ask(f"2010.{form.suffix}")
    assert answer.status_code == 200
    assert answer.mimetype == form.media_type
    assert answer.data.startswith(BEGINNINGS[name])
    assert f'filename="report-2010.{form.file_suffix}"' in answer.headers["Content-Disposition"]


@each_form
def test_accept_chooses_the_same_form(ask, name, form):
    answer = ask("2010", Accept=form.media_type)
    assert answer.data == ask(f"2010.{form.suffix}").data
    assert "Accept" in answer.headers["Vary"]


@each_form
def test_a_known_tag_is_answered_without_a_body(ask, name, form):
    tag = ask(f"2010.{form.suffix}").headers["ETag"]
    again = ask(f"2010.{form.suffix}", If_None_Match=tag)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)


def test_another_position_year_or_language_has_another_tag(ask):
    paths = ("2010.csv", "2009.csv", "2010.csv?known_at=300", "2010.csv?lang=fr", "2010.xlsx")
    assert len({ask(path).headers["ETag"] for path in paths}) == len(paths)


def test_a_reader_of_french_gets_french(ask):
    for answer in (
        ask("2010.csv?lang=fr"),
        ask("2010.html?lang=fr"),
        ask("2010.csv", Accept_Language="fr-CH, en;q=0.5"),
    ):
        assert answer.headers["Content-Language"] == "fr"
        assert "Accept-Language" in answer.headers["Vary"]
    assert ask("2010.csv?lang=fr").data != ask("2010.csv").data


def test_a_language_still_without_catalogue_says_that_it_is_english(ask):
    assert ask("2010.csv?lang=ru").headers["Content-Language"] == "en"
    assert ask("2010.csv?lang=tlh").status_code == 400


def test_a_pdf_that_cannot_be_made_is_said_to_be_unavailable(ask, monkeypatch):
    def fails(*_):
        raise PdfFailed("too slow")

    monkeypatch.setitem(annual.FORMS, "pdf", FORMS["pdf"].__class__("pdf", "application/pdf", FORMS["pdf"].read, fails))
    answer = ask("2010.pdf")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")


@pytest.fixture(scope="module")
def at_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("fund")
    follow(store_at(home / "reporting.db"), sample().bodies)
    return home


@each_form
def test_the_command_writes_every_form(at_home, tmp_path, monkeypatch, name, form):
    monkeypatch.setenv("FUND_HOME", str(at_home))
    written = tmp_path / f"report.{form.suffix}"
    done = CliRunner().invoke(main, ["report", "2010", "--format", name, "-o", str(written), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == {"file": str(written), "year": 2010, "position": 350}
    assert written.read_bytes().startswith(BEGINNINGS[name])


def test_the_command_writes_french(at_home, monkeypatch):
    monkeypatch.setenv("FUND_HOME", str(at_home))
    done = CliRunner().invoke(main, ["report", "2010", "--format", "csv", "--lang", "fr"])
    assert done.exit_code == 0
    assert done.stdout_bytes.startswith(b"PK")
