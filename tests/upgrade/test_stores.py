"""A store of every earlier version opens, verifies and reports the same."""

import pytest

from bench.pair import Pair, wait_until
from reporting_service.app import create_app, open_store
from reporting_service.settings import load
from shared.access import mint_dev_token
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.notes import SigningKey, parse_note
from tests.pair.desk import Desk, gift
from tests.reporting.history import Standing
from tests.upgrade.stores import KEY, names, opened

NAMES = names()
RELEASED = [name for name in NAMES if "-dev" not in name]


def _reports(home, kept):
    """Digest and balances of each year as known at the kept position, by today's program."""
    settings = load({"FUND_HOME": str(home), "REPORTING_LOG_VKEY": SigningKey.load(home / KEY).vkey})
    store = open_store(settings)
    app = create_app(settings, store=store, follower=Standing(kept.entries))
    asked = app.test_client()
    headers = {"Authorization": f"Bearer {mint_dev_token(home, 'auditor', 'auditor-1')}"}
    found = {year: asked.get(f"/v1/reports/{year}?known_at={kept.entries}", headers=headers) for year in kept.reports}
    assert {answer.status_code for answer in found.values()} == {200}
    store.engine.dispose()
    return found


def _balances(report):
    return {
        row["key"]: {line: row["cells"][line] for line in ("line-1", "line-2")}
        for row in report["tables"]["T2"]["rows"]
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_kept_reporting_store_reports_the_same(name, tmp_path):
    kept = opened(name, tmp_path)
    found = _reports(tmp_path, kept)
    assert {year: _balances(answer.json) for year, answer in found.items()} == kept.facility
    if name in RELEASED:
        assert {year: answer.headers["Fund-Report-Digest"] for year, answer in found.items()} == kept.reports


@pytest.mark.parametrize("name", [NAMES[0], *RELEASED])
def test_the_kept_ledger_starts_verifies_and_goes_on(name, tmp_path):
    kept = opened(name, tmp_path)
    with Pair(tmp_path, output=tmp_path / "services.log") as pair:
        desk = Desk(pair)
        assert desk.ledger("/v1/events", limit=1).json()["position"] == kept.entries
        wait_until(lambda: desk.reporting("/v1/facility").json()["position"] == kept.entries, 30, "reporting")
        served = Checkpoint.parse(parse_note(desk.ledger("/checkpoint").text).text)
        assert (served.size, served.root_base64) == (kept.entries, kept.root)
        after = desk.accepted(gift("after-the-upgrade", "1.00", on="2011-03-03"))["position"]
        assert after == kept.entries + 1
    assert f"{after} entries without a gap" in pair.asked("ledger", "verify")
    pair.asked("reporting", "check")


def test_a_reporting_store_can_be_made_again_from_the_kept_ledger(tmp_path):
    kept = opened(RELEASED[-1], tmp_path)
    (tmp_path / "reporting.db").unlink()
    with Pair(tmp_path, output=tmp_path / "services.log") as pair:
        desk = Desk(pair)
        wait_until(lambda: desk.reporting("/v1/facility").json()["position"] == kept.entries, 30, "reporting")
        digests = {
            year: desk.reporting(f"/v1/reports/{year}", known_at=kept.entries).headers["Fund-Report-Digest"]
            for year in kept.reports
        }
    assert digests == kept.reports
