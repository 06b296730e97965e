"""What an asker keeps is asked for again: answered with 304 while it is the answer, and with another one after that."""

import pytest

from reporting_service.api import exchange
from reporting_service.api.exchange import mark_of, software
from reporting_service.app import create_app
from shared.access import mint_dev_token

REPORT = "/v1/reports/2008.html"
FIGURE = "/v1/reports/2008/figures/T2/closing/line-1"


@pytest.fixture
def asked(settings, store, standing):
    """Ask again with a tag; proxies that compress make strong tags weak."""
    headers = {"Authorization": f"Bearer {mint_dev_token(settings.fund_home, 'auditor', 'auditor')}"}
    with create_app(settings, store=store, follower=standing).test_client() as client:
        yield lambda path, tag="": client.get(path, headers=headers | {"If-None-Match": tag})


@pytest.mark.parametrize("path", [REPORT, FIGURE])
@pytest.mark.parametrize("sent", ["{}", "W/{}", '"another", W/{}', "*"])
def test_a_tag_is_known_again_however_it_is_sent(asked, path, sent):
    tag = asked(path).headers["ETag"]
    again = asked(path, sent.format(tag))
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)


@pytest.mark.parametrize("path", [REPORT, FIGURE])
def test_a_tag_of_other_software_is_not_known(asked, path):
    tag = asked(path).headers["ETag"]
    assert software() in tag
    assert asked(path, tag.replace(software(), "0" * 12)).status_code == 200


def test_another_text_of_a_catalogue_is_other_software(tmp_path):
    (tmp_path / "catalogues").mkdir()
    catalogue = tmp_path / "catalogues" / "fr.po"
    catalogue.write_text("one")
    before = mark_of(tmp_path)
    assert mark_of(tmp_path) == before
    catalogue.write_text("two")
    assert mark_of(tmp_path) != before


@pytest.fixture
def template(tmp_path, monkeypatch):
    """A file that answers are made of, and that is replaced by and by."""
    monkeypatch.setattr(exchange, "SOURCES", (tmp_path,))
    software.cache_clear()
    (tmp_path / "page.html").write_text("before")
    yield tmp_path / "page.html"
    software.cache_clear()


def test_files_replaced_under_a_running_service_change_no_mark(template, settings, store, standing):
    before = mark_of(template.parent)
    create_app(settings, store=store, follower=standing)
    template.write_text("after")
    assert software() == before
