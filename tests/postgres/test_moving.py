"""The page on moving to PostgreSQL, executed block by block: the same log and the same figures afterwards."""

import re
import subprocess

import pytest

from bench.demo import Poster
from bench.pair import LEDGER_BIND, REPORTING_BIND, Pair, wait_until
from bench.workload.sample import sample_history
from tests.house.tree import ROOT
from tests.pair.desk import Desk, gift

PAGE = (ROOT / "docs/how-to/move-to-postgresql.md").read_text()
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SERVERS = {
    "LEDGER_DATABASE_URL": "postgresql://ledger@db.example/ledger",
    "REPORTING_DATABASE_URL": "postgresql://reporting@db.example/reporting",
}
"""As the page calls them."""


@pytest.fixture
def databases(postgres):
    """A fresh database for each service."""
    urls = {name: postgres.create() for name in SERVERS}
    yield urls
    for url in urls.values():
        postgres.drop(url)


def _run(pair, databases, folder, *blocks):
    """What the blocks print, with the addresses of this test in place of the page's."""
    script = "\n".join(["set -eu", *blocks])
    script = script.replace(LEDGER_BIND, pair.ledger_bind).replace(REPORTING_BIND, pair.reporting_bind)
    for name, server in SERVERS.items():
        script = script.replace(server, f"'{databases[name]}'")
    done = subprocess.run(
        ["bash", "-c", script], env=pair.environment, cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def _wait_for(pair, position):
    wait_until(lambda: Desk(pair).reporting("/v1/facility", year=2010).json()["position"] >= position, 30, "reporting")


def test_a_ledger_moves_to_postgres_as_the_page_says(tmp_path, databases):
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    home, output = tmp_path / "fund", tmp_path / "services.log"
    noting, *moving, comparing = BLOCK.findall(PAGE)
    with Pair(home, output=output) as embedded:
        poster = Poster(embedded)
        for step in sample_history():
            poster.post(step)
        _wait_for(embedded, poster.position)
        _run(embedded, databases, tmp_path, noting)
    printed = _run(embedded, databases, tmp_path, *moving)
    assert printed.count(f"{poster.position} entries without a gap") == 2
    assert {path.name for path in home.glob("*.db")} == set()
    with Pair(home, settings=databases, output=output) as moved:
        _wait_for(moved, poster.position)
        _run(moved, databases, tmp_path, comparing)
        assert Desk(moved).accepted(gift("later", "1.00", on="2011-01-11"))["position"] == poster.position + 1
        assert f"{poster.position + 1} entries without a gap" in moved.asked("ledger", "verify")
    assert (tmp_path / "before.json").read_bytes() == (tmp_path / "after.json").read_bytes()
