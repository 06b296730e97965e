"""A log in memory to export from, and what beancount and hledger make of the file."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from ledger_service.exports import FORMATS
from ledger_service.exports.chart import CHART

OURS = {name: account for account, name in CHART.items()}
Cents = dict[str, int]


class Log:
    """Entries, as a journal's reader gives them."""

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self._bodies = bodies

    def bodies(self, after: int) -> Iterator[tuple[int, bytes]]:
        """Every entry with its position."""
        return ((position, body) for position, body in enumerate(self._bodies, 1) if position > after)

    def entries_at(self, positions: Sequence[int]) -> dict[int, bytes]:
        """Those that are there."""
        return {at: self._bodies[at - 1] for at in positions if 0 < at <= len(self._bodies)}


def exported(bodies: Sequence[bytes], form: str, file: Path) -> Path:
    """The export of these entries, in a file."""
    file.write_text("".join(f"{line}\n" for line in FORMATS[form](Log(bodies))), encoding="utf-8")
    return file


def beancount_balances(file: Path) -> Cents:
    """Checked by beancount, and summed by it: our accounts in cents, those not zero."""
    from beancount import loader
    from beancount.core import realization

    entries, errors, _ = loader.load_file(str(file))
    assert not errors, errors
    balances = {}
    for account in realization.iter_children(realization.realize(entries)):
        for position in account.balance:
            balances[OURS[account.account]] = int(position.units.number * 100)
    return {name: value for name, value in balances.items() if value}


def bean_check(file: Path) -> None:
    """The command people use says nothing."""
    found = subprocess.run([Path(sys.executable).parent / "bean-check", file], capture_output=True, text=True)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def hledger(file: Path, *words: str) -> str:
    """What hledger says of a file, whatever the locale."""
    program = shutil.which("hledger")
    if program is None:
        pytest.skip("hledger is not installed here: it is Debian's package of that name")
    command = [program, *words, "-f", str(file)]
    found = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    assert found.returncode == 0, found.stderr
    return found.stdout


def hledger_balances(file: Path) -> Cents:
    """Checked strictly by hledger, and summed by it: our accounts in cents, those not zero."""
    hledger(file, "check", "--strict")
    rows = csv.reader(hledger(file, "balance", "--flat", "--no-total", "-O", "csv").splitlines()[1:])
    return {OURS[account]: int(Decimal(amount.removesuffix(" USD")) * 100) for account, amount in rows}
