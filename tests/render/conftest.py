"""The sample's reports, and judges from outside where the machine has them."""

import shutil
import subprocess
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from reporting_service.projections.store import Store
from reporting_service.reports.activities import Activities, activities
from reporting_service.reports.annual import annual_report
from reporting_service.reports.restatement import cells, differing
from tests.reporting.history import follow, sample, store_at

YEARS = (2007, 2008, 2009, 2010)
Report = dict[str, Any]


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that has followed the sample; for reading only."""
    return follow(store_at(tmp_path_factory.mktemp("sample") / "reporting.db"), sample().bodies)


@pytest.fixture(scope="session")
def reports(store: Store) -> dict[int, Report]:
    """The report of each year of the sample; not to be changed."""
    with store.view() as view:
        return {year: annual_report(view, year) for year in YEARS}


@pytest.fixture
def report(reports: dict[int, Report]) -> Report:
    """The report of 2010, one's own."""
    return deepcopy(reports[2010])


@pytest.fixture(scope="session")
def reported(store: Store) -> dict[int, Activities]:
    """Each year's activities for aid reporters."""
    with store.view() as view:
        return {year: activities(view, year) for year in YEARS}


def with_titles(report: Report, titles: list[str]) -> Report:
    """The report with one project per title given."""
    row = report["tables"]["T8"]["rows"][0]
    rows = [
        {**row, "key": f"P.{n}", "title": f"P.{n}", "cells": {**row["cells"], "title": title}}
        for n, title in enumerate(titles)
    ]
    return {**report, "tables": {**report["tables"], "T8": {**report["tables"]["T8"], "rows": rows}}}


def restated(before: Report, report: Report) -> Report:
    """The report with what moved since an earlier state of it."""
    return {**report, "changed": {moved.figure: moved for moved in differing(cells(before), cells(report))}}


@pytest.fixture
def judge(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a program from outside and gives what it says; says so and skips where it is not installed."""

    def run(*command: str, timeout: float = 120) -> str:
        if shutil.which(command[0]) is None:
            with capsys.disabled():
                print(f"\nnot judged: {command[0]} is not installed here")
            pytest.skip(f"{command[0]} is not installed")
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
