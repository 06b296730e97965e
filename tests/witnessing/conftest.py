"""Ledgers with witnesses: those of the ledger's own tests, under a policy file of really running witnesses."""

from pathlib import Path

import pytest

from ledger_service.keys import signing_key
from ledger_service.settings import DEFAULT_ORIGIN
from tests.ledger.conftest import environment, office, open_office
from tests.witnessing.witness import Witness

__all__ = ["environment", "office", "open_office"]


@pytest.fixture
def key(tmp_path):
    """The log's signing key, made before the ledger starts."""
    return signing_key(tmp_path / "keys" / "log.key", DEFAULT_ORIGIN)


@pytest.fixture
def witness(key):
    """Starts a witness of this log; each is stopped in the end."""
    running = []

    def start(name="auditor.example/w", *vkeys, **more):
        running.append(Witness(name, *(vkeys or (key.vkey,)), **more))
        return running[-1]

    yield start
    for each in running:
        each.close()


@pytest.fixture
def policy(tmp_path, key, environment):
    """Writes the ledger's policy file: these witnesses, of whom so many must cosign."""

    def write(*witnesses, quorum="all", every="3600"):
        file = Path(tmp_path / "policy")
        names = [f"w{number}" for number, _ in enumerate(witnesses)]
        lines = [each.policy_line(name) for name, each in zip(names, witnesses, strict=True)]
        group = f"group wanted {quorum} {' '.join(names)}\nquorum wanted\n"
        file.write_text(f"log {key.vkey}\n{''.join(lines)}{group}")
        environment.update(LEDGER_WITNESSES=str(file), LEDGER_WITNESS_SECONDS=every)
        return file

    return write
