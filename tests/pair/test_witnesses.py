"""Witnesses around a real pair: asked by the ledger, believed by reporting, carried by the bundle, checked offline."""

import json

import pytest

from bench.pair import Pair, wait_until
from ledger_service.keys import signing_key
from ledger_service.settings import DEFAULT_ORIGIN
from tests.pair.desk import Desk, gift
from tests.witnessing.witness import Witness


@pytest.fixture
def witnessed(tmp_path):
    """A pair under a policy of two witnesses, both of whom must cosign; with the policy file."""
    (tmp_path / "fund" / "keys").mkdir(parents=True)
    key = signing_key(tmp_path / "fund" / "keys" / "log.key", DEFAULT_ORIGIN)
    witnesses = [Witness(f"{name}.example/w", key.vkey) for name in ("auditor", "council")]
    policy = tmp_path / "policy"
    lines = "".join(each.policy_line(f"w{number}") for number, each in enumerate(witnesses))
    policy.write_text(f"log {key.vkey}\n{lines}group both all w0 w1\nquorum both\n")
    settings = {"LEDGER_WITNESSES": str(policy), "REPORTING_WITNESSES": str(policy), "LEDGER_WITNESS_SECONDS": "1"}
    with Pair(tmp_path / "fund", settings=settings, output=tmp_path / "services.log") as running:
        yield running, policy
    for each in witnesses:
        each.close()


def test_a_bundle_carries_what_witnesses_cosigned(witnessed, tmp_path):
    pair, policy = witnessed
    desk = Desk(pair)
    last = desk.accepted([gift(f"gift-{number}", "10.00") for number in range(5)])["receipts"][-1]["position"]
    wait_until(lambda: _cosigned(pair, tmp_path)["size"] >= last, 40, "the cosigned checkpoint to be followed")
    made = _cosigned(pair, tmp_path)
    assert sorted(made["witnesses"]) == ["auditor.example/w", "council.example/w"]
    vkey = pair.command("ledger", "vkey").stdout.strip()
    words = ("verify", str(tmp_path / "b.zip"), "--key", vkey, "--policy", str(policy))
    held = pair.command("reporting", *words)
    assert held.returncode == 0, held.stderr
    assert "2 witnesses cosigned it" in held.stdout
    assert "of your policy, whose quorum is reached" in held.stdout


def _cosigned(pair, tmp_path):
    """The bundle as it is made now; size 0 while nobody cosigned it."""
    made = pair.command("reporting", "bundle", "2008", "-o", str(tmp_path / "b.zip"), "--json")
    said = json.loads(made.stdout) if made.returncode == 0 else {"witnesses": [], "size": 0}
    return said if said["witnesses"] else {**said, "size": 0}
