"""Reporting makes its tables itself, brings older ones up to date, and leaves newer ones alone."""

import pytest
from sqlalchemy import inspect, update

from reporting_service.app import open_store
from reporting_service.projections import schema
from reporting_service.projections.store import Store, writing
from reporting_service.reports.facility import facility
from reporting_service.settings import load
from tests.reporting.history import follow, store_at


def _set(store, family, version):
    with writing(store.engine) as connection:
        connection.execute(update(schema.versions).where(schema.versions.c.family == family).values(version=version))


@pytest.mark.parametrize("family", ["verified", "derived"])
def test_newer_tables_are_left_alone(empty, family):
    _set(empty, family, schema.VERSION + 1)
    with pytest.raises(schema.Newer, match=f"knows none after {schema.VERSION}"):
        Store(empty.engine)


def test_an_older_copy_is_brought_up_to_date(empty, monkeypatch):
    monkeypatch.setattr(schema, "SCRIPTS", {schema.VERSION: ["CREATE TABLE added (id INTEGER)"]})
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    assert Store(empty.engine).stale
    assert inspect(empty.engine).has_table("added")
    assert Store(empty.engine).stale


def test_older_read_models_are_folded_anew_at_start(history, tmp_path):
    store = follow(store_at(tmp_path / "reporting.db"), history.bodies)
    with store.view() as view:
        before = facility(view, 2008)
    with writing(store.engine) as connection:
        connection.exec_driver_sql("DROP TABLE postings")
        connection.exec_driver_sql("CREATE TABLE postings (of_old INTEGER)")
    _set(store, "derived", schema.VERSION - 1)
    settings = load({"FUND_HOME": str(tmp_path)}, serving=False)
    opened = open_store(settings)
    with opened.view() as view:
        assert facility(view, 2008) == before
    assert not open_store(settings).stale


def test_reopening_changes_nothing(history, empty):
    follow(empty, history.bodies[:50])
    assert not Store(empty.engine).stale
    assert Store(empty.engine).bookmark() == empty.bookmark()
