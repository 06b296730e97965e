"""`make demo` from end to end: exit 0, the balances told are the reports', and nothing is left running."""

import json
import os
import re
import subprocess

import pytest

from bench.demo import FORMATS, YEARS
from bench.pair import OURS
from tests.house.tree import ROOT


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The finished demo over a home in which an older one left something behind."""
    home = tmp_path_factory.mktemp("demo")
    (home / "demo").mkdir()
    (home / "demo" / "ledger.db").write_text("left behind")
    kept = {name: value for name, value in os.environ.items() if not name.startswith((*OURS, "MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "-s", "demo"], cwd=ROOT, env=kept | {"FUND_HOME": str(home)}, capture_output=True, text=True
    )
    return home, done


def test_the_demo_ends_well(demo):
    _, done = demo
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("year", YEARS)
def test_the_balances_told_are_the_reports(demo, year):
    home, done = demo
    report = json.loads((home / "demo" / "reports" / f"report-{year}.json").read_bytes())
    closing = next(row for row in report["tables"]["T2"]["rows"] if row["key"] == "closing")["cells"]
    told = re.search(rf"^{year}, USD.*?available(.*?)$", done.stdout, re.MULTILINE | re.DOTALL).group(1)
    assert re.findall(r"-?\d+\.\d\d", told)[:2] == [closing["line-1"], closing["line-2"]]


def test_the_reports_can_be_opened_where_it_says(demo):
    _, done = demo
    paths = re.findall(r"^  (\S+report-\d{4}\.\w+)$", done.stdout, re.MULTILINE)
    assert len(paths) == len(FORMATS) * len(YEARS)
    assert all(os.path.getsize(path) for path in paths)


def test_the_audit_bundle_is_verified_with_the_public_key_alone(demo):
    home, done = demo
    assert "audit-bundle-2010.zip holds." in done.stdout
    assert "The report of 2010 as known at position" in done.stdout
    assert (home / "demo" / "reports" / "audit-bundle-2010.zip").stat().st_size > 100_000


def test_an_edition_and_what_moved_since_are_told(demo):
    home, done = demo
    assert "came late: it is booked in 2008" in done.stdout
    reports = home / "demo" / "reports"
    first, second = ((reports / f"report-2007-edition-{number}.html").read_text() for number in (1, 2))
    assert 'class="words changed"' not in first
    assert 'class="words changed"' in second


def test_nothing_of_the_demo_is_left_running(demo):
    home, _ = demo
    mark = f"FUND_HOME={home}".encode()
    left = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                with open(f"{entry.path}/environ", "rb") as environ:
                    left += [entry.name] if mark in environ.read() else []
            except OSError:
                continue
    assert left == []
