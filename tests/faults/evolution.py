"""A later program over an earlier log: every released schema's fixture gives the same root and the same reports."""

import random
from hashlib import sha256
from pathlib import Path

from bench.pair import wait_until
from tests import tlog_checker
from tests.faults import released
from tests.faults.agreement import bundled
from tests.faults.ground import Case, Ground, Outcome

SECONDS = 60


def replayed(ground: Ground, chance: random.Random) -> Outcome:
    """The released log, decided again, restored into this store, served and reported by the real services."""
    bodies, golden = released.entries(), released.golden()
    backup = ground.folder / "released.db"
    assert released.recorded_again(backup) == bodies, "decided again, the same events make another log"
    _restore(ground, backup)
    ground.start()
    served = tlog_checker.check(ground.ledger_url, ground.pair.vkey, ground.pair.token("auditor"))
    assert served[1] == bodies, "the ledger serves another log than was restored"
    found = {"size": len(served[1]), "root": served[2].hex(), "reports": _reports(ground, golden)}
    assert found == golden, f"found {found}, and released were {golden}"
    bundled(ground, max(map(int, golden["reports"])))
    ground.verify()
    return Outcome(len(bodies), 1, 0, 0, 0.0)


def _restore(ground: Ground, backup: Path) -> None:
    key = ground.folder / "released.key"
    released.KEY.save(key)
    ground.settings.update(LEDGER_ORIGIN=released.KEY.name, LEDGER_SIGNING_KEY_FILE=str(key))
    done = ground.pair.command("ledger", "restore", str(backup))
    assert done.returncode == 0, done.stdout + done.stderr


def _reports(ground: Ground, golden: released.Golden) -> dict[str, str]:
    """The digest of each year's report, once reporting knows the whole log."""
    size = golden["size"]
    wait_until(lambda: _known(ground) == size, SECONDS, f"reporting to know position {size}")
    asked = {year: ground.read(f"/v1/reports/{year}.json", "reporting") for year in golden["reports"]}
    return {year: sha256(answer.content).hexdigest() for year, answer in asked.items()}


def _known(ground: Ground) -> int:
    return int(ground.read("/v1/facility", "reporting", year=2015).json()["position"])


CASES: dict[str, Case] = {"released-v1": replayed}
