"""What is stored is changed behind the services' backs, or an older copy put in its place: found, and said loudly.

Afterwards what was there before is put back, and both services go on with it.
"""

import random
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import requests

from bench.pair import PairFailed, wait_until
from tests.audit import on_copies, on_ledger
from tests.audit.finding import NothingChanged
from tests.audit.rows import Table, edited
from tests.faults.ground import SQLITE, Case, Ground, Outcome
from tests.pair.desk import gift

GIFTS = 300
SECONDS = 90
LEDGER, REPORTING = "ledger.db", "reporting.db"
BACK, STOPPED = "went back from 42 entries to 22", "nothing after position 42 was applied"


def started(ground: Ground, name: str) -> tuple[int | None, str]:
    """Start a service that should not start: its exit code and its last words; None when it runs all the same."""
    before = len(ground.output)
    try:
        ground.pair.start_ledger() if name == "ledger" else ground.pair.start_reporting()
    except PairFailed:
        process = ground.pair.processes[name]
        if process.poll() is None:
            process.kill()
        code = process.wait()
        del ground.pair.processes[name]
        said = [line for line in ground.output[before:].splitlines() if line and not line.startswith("{")]
        assert "Traceback" not in ground.output[before:], ground.output[before:]
        return code, re.sub(r"/\S*/", "…/", said[-1]) if said else ""
    return None, ""


@contextmanager
def _put_back(*files: Path) -> Iterator[None]:
    """Whatever is done to these files, they are afterwards as they were."""
    kept = {file: file.read_bytes() if file.exists() else None for file in files}
    try:
        yield
    finally:
        for file, held in kept.items():
            file.unlink(missing_ok=True)
            if held is not None:
                file.write_bytes(held)
                file.chmod(0o600)


def _database(home: Path, name: str) -> list[Path]:
    return [home / f"{name}{end}" for end in ("", "-wal", "-shm")]


def _filled(ground: Ground) -> None:
    """Both services with some history, at rest."""
    ground.start()
    for number in range(3):
        ground.post([gift(f"stored-{number}-{part}", "1.00") for part in range(GIFTS // 3)])
    ground.check()
    ground.stop()


def _goes_on(ground: Ground, faults: int, said: str) -> Outcome:
    """Everything is as it was: both services start and hold."""
    began = time.monotonic()
    ground.start()
    seconds = time.monotonic() - began
    ground.post(gift("goes on", "1.00"))
    lost, doubled = ground.check()
    ground.verify()
    ground.stop()
    return Outcome(len(ground.acknowledged), faults, lost, doubled, seconds, said)


def _found(ground: Ground, *words: str) -> str:
    """A command that must find what was changed: exit code 1 and a sentence."""
    done = ground.pair.command(*words, seconds=120)
    assert done.returncode == 1, f"`{' '.join(words)}` ended with {done.returncode}: {done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return (done.stderr or done.stdout).strip().splitlines()[-1]


def rows(file: str, words: tuple[str, str], table: Table, ground: Ground, chance: random.Random) -> Outcome:
    """One bit of one row of one table flips while nobody runs; the service's own check finds it, and names it."""
    _filled(ground)
    path = ground.pair.home / file
    with _put_back(*_database(ground.pair.home, file)):
        _flip_a_row(path, table, chance)
        said = _found(ground, *words)
        if file == LEDGER:
            _starts_or_says(ground)
    return _goes_on(ground, 1, said)


def _flip_a_row(path: Path, table: Table, chance: random.Random) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
        while True:
            raw.execute("BEGIN")
            try:
                edited(raw, table, "flip", chance)
            except (NothingChanged, IndexError):
                raw.execute("ROLLBACK")
                continue
            raw.execute("COMMIT")
            return


def _starts_or_says(ground: Ground) -> None:
    """The ledger on changed data either does not start and says why, with exit code 1 or 3, or runs."""
    code, said = started(ground, "ledger")
    if code is None:
        ground.stop()
    else:
        assert code in (1, 3), (code, said)
        assert said, "not a word"


def files(ground: Ground, chance: random.Random) -> Outcome:
    """One bit flips in each kind of file, the databases' own pages too: found, said, or nothing that counts."""
    _filled(ground)
    home, backup = ground.pair.home, ground.folder / "backup.db"
    assert ground.pair.command("ledger", "backup", str(backup)).returncode == 0
    keys = [file for file in (home / "keys" / "log.key", home / "ledger.snapshot") if file.exists()]
    said = [_key_flipped(ground, file, chance) for file in keys]
    for file, words in (
        (backup, ("ledger", "restore", str(backup))),
        (home / LEDGER, ("ledger", "verify")),
        (home / REPORTING, ("reporting", "check")),
    ):
        _pages_flipped(ground, file, words, chance)
    return _goes_on(ground, len(keys) + 3, next(filter(None, said), ""))


def _key_flipped(ground: Ground, file: Path, chance: random.Random) -> str:
    """The ledger does not start, or does without the file; what it says."""
    with _put_back(*_database(ground.pair.home, LEDGER), file):
        _flip(file, chance)
        code, words = started(ground, "ledger")
        if code is None:
            ground.stop()
        else:
            assert code in (1, 2, 3), (code, words)
            assert words, f"{file.name}: not a word"
    return words


def _pages_flipped(ground: Ground, file: Path, words: tuple[str, ...], chance: random.Random) -> None:
    """The command says what does not hold; where it does not, every row is what it was."""
    with _put_back(*_database(file.parent, file.name)):
        before = _rows(file)
        _flip(file, chance)
        done = ground.pair.command(*words, seconds=120)
        assert "Traceback" not in done.stderr, done.stderr
        if words[1] == "restore":
            assert done.returncode in (1, 3), "a restore over a ledger that is there already"
        elif done.returncode == 0:
            assert _rows(file) == before, f"{file.name} was changed, and `{' '.join(words)}` did not find it"
        else:
            assert (done.stderr or done.stdout).strip(), f"{file.name}: not a word"


def _rows(file: Path) -> list[str]:
    """Every row of a database; of the log's part alone in reporting's, whose rest is folded from it."""
    with closing(sqlite3.connect(file)) as raw:
        raw.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
        names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = [name for name in names if file.name != REPORTING or name in ("entries", "tree", "bookmark")]
        return [repr(row) for name in sorted(kept) for row in raw.execute(f"SELECT * FROM {name}")]


def _flip(file: Path, chance: random.Random) -> None:
    held = bytearray(file.read_bytes())
    held[chance.randrange(len(held))] ^= 1 << chance.randrange(8)
    file.write_bytes(held)


def older_copy(ground: Ground, chance: random.Random) -> Outcome:
    """An older copy of the ledger's database takes its place: reporting, which knows more, stops and says so."""
    return _older(ground, _copy_files)


def restored_backup(ground: Ground, chance: random.Random) -> Outcome:
    """A backup of an hour ago is restored: the ledger holds by itself, and reporting says what is missing."""
    return _older(ground, _restore)


def _older(ground: Ground, put: Callable[[Ground, Path], None]) -> Outcome:
    home, older = ground.pair.home, ground.folder / "older.db"
    ground.start()
    ground.post([gift(f"early-{part}", "1.00") for part in range(20)])
    assert ground.pair.command("ledger", "backup", str(older)).returncode == 0
    ground.post([gift(f"late-{part}", "1.00") for part in range(20)])
    ground.check()
    ground.stop()
    with _put_back(*_database(home, LEDGER)), _database_elsewhere(ground):
        put(ground, older)
        assert ground.pair.command("ledger", "verify").returncode == 0, "the older copy holds by itself"
        ground.pair.start_ledger()
        ground.pair.start_reporting(wait=False)
        wait_until(lambda: BACK in (found := _unready(ground)) and STOPPED in found, SECONDS, "reporting to say it")
        said = _unready(ground)
        ground.pair.stop()
    return _goes_on(ground, 1, said)


@contextmanager
def _database_elsewhere(ground: Ground) -> Iterator[None]:
    """On PostgreSQL the ledger has another, empty database for a while."""
    if ground.store == SQLITE:
        yield
        return
    genuine = ground.settings["LEDGER_DATABASE_URL"]
    parts = urlsplit(genuine)
    name = f"{parts.path[1:]}_older"
    with psycopg.connect(genuine, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        ground.settings["LEDGER_DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
        yield
        ground.settings["LEDGER_DATABASE_URL"] = genuine
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _copy_files(ground: Ground, older: Path) -> None:
    for file in _database(ground.pair.home, LEDGER):
        file.unlink(missing_ok=True)
    shutil.copy(older, ground.pair.home / LEDGER)


def _restore(ground: Ground, older: Path) -> None:
    for file in _database(ground.pair.home, LEDGER):
        file.unlink(missing_ok=True)
    done = ground.pair.command("ledger", "restore", str(older))
    assert done.returncode == 0, done.stderr


def _unready(ground: Ground) -> str:
    """What reporting's /readyz says, if it says something."""
    try:
        return str(requests.get(f"{ground.reporting_url}/readyz", timeout=5).json().get("detail", ""))
    except requests.RequestException:
        return ""


def log_cut(ground: Ground, chance: random.Random) -> Outcome:
    """A bit flips in the write-ahead log of a killed ledger: what SQLite then drops, reporting misses, loudly."""
    ground.start()
    ground.post([gift(f"early-{part}", "1.00") for part in range(20)])
    first = ground.pair.home / f"{LEDGER}-wal"
    size = first.stat().st_size
    ground.post([gift(f"late-{part}", "1.00") for part in range(20)])
    ground.check()
    ground.kill("ledger")
    ground.kill("reporting")
    with _put_back(*_database(ground.pair.home, LEDGER)):
        held = bytearray(first.read_bytes())
        held[chance.randrange(size + 32, len(held))] ^= 1 << chance.randrange(8)
        first.write_bytes(held)
        ground.pair.start_ledger()
        ground.pair.start_reporting(wait=False)
        wait_until(lambda: BACK in (found := _unready(ground)) and STOPPED in found, SECONDS, "reporting to say it")
        said = _unready(ground)
        ground.pair.stop()
    return _goes_on(ground, 1, said)


EMPTY = ("cosignatures", "cosigned_checkpoints")
"""Tables without a row where there is no witness."""
OF_LEDGER = {f"flip-{table.name.replace('_', '-')}": table for table in on_ledger.TABLES if table.name not in EMPTY}
OF_REPORTING = {f"flip-copy-{table.name}": table for table in on_copies.TABLES if table.name not in EMPTY}
CASES: dict[str, Case] = {
    **{name: partial(rows, LEDGER, ("ledger", "verify"), table) for name, table in OF_LEDGER.items()},
    **{name: partial(rows, REPORTING, ("reporting", "check"), table) for name, table in OF_REPORTING.items()},
    "flip-files": files,
    "flip-write-ahead-log": log_cut,
    "older-copy": older_copy,
    "restored-backup": restored_backup,
}
ONLY = dict.fromkeys(CASES.keys() - {"restored-backup"}, SQLITE)
