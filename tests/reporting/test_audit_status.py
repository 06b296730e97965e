"""Audit status as JSON: verified up to where, cosigned by whom, and the sources' own totals beside the log."""

import pytest

from reporting_service.app import create_app
from tests.audit.ground import Ground
from tests.reporting.conftest import Asking
from tests.reporting.facts import budget, income
from tests.reporting.history import History, Standing, follow, store_at

INCOME = "fund1035.income.received.v1"


@pytest.fixture
def asking(tmp_path, settings):
    def ask_of(store, position, path):
        with create_app(settings, store=store, follower=Standing(position)).test_client() as client:
            return Asking(client, settings)(path, "auditor").json

    return ask_of


def reported(history, count, amount):
    """What the ledger's source says it sent in 2008."""
    data = {
        "source": "https://tests.example/",
        "type": INCOME,
        "period_start": "2008-01-01",
        "period_end": "2008-12-31",
    }
    return history.post("control-total.reported", **data, count=count, amount=amount)


def test_control_totals_stand_beside_what_the_log_holds(tmp_path, asking):
    history = History()
    budget(history)
    for _ in range(3):
        income(history, 2008, "interest", "1.00")
    entries = [body for body in history.bodies if INCOME.encode() in body]
    first, second = reported(history, len(entries), "3.00"), reported(history, 7, "1.00")
    store = follow(store_at(tmp_path / "reporting.db"), history.bodies)
    said = asking(store, history.position, "/v1/audit?year=2008")["control_totals"]
    assert [one["position"] for one in said] == [first, second]
    assert [one["difference_count"] for one in said] == [0, 7 - len(entries)]
    assert all(one["log_count"] == len(entries) for one in said)
    assert asking(store, history.position, "/v1/audit?year=2009")["control_totals"] == []
    assert len(asking(store, history.position, "/v1/audit")["control_totals"]) == 2


def test_checkpoints_recorded_and_cosigned_agree_with_the_copy(tmp_path, asking):
    ground = Ground(tmp_path)
    try:
        said = asking(ground.copy, ground.log.size, "/v1/audit")
    finally:
        ground.close()
    assert said["verified_position"] == ground.log.size
    assert [one["of"] for one in said["recorded_checkpoints"]].count("closing") >= 2
    assert said["cosigned_checkpoints"][0]["size"] == ground.log.size
    assert said["cosigned_checkpoints"][0]["witnesses"] == ["auditor.example/w"]
    assert all(one["agrees"] for one in said["recorded_checkpoints"] + said["cosigned_checkpoints"])
    assert said["stopped"] is None
