"""Keys, tokens and databases are for their owner alone, whatever the umask; what was there keeps its mode."""

import os
from pathlib import Path

import pytest

from shared.access import make_token_key
from shared.pages.sealing import secret_of
from shared.private import private_file, private_folder, write_once
from tests.access.leaks import mode


@pytest.fixture
def lax():
    """A umask that keeps nothing from anybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_folder_that_is_made_for_keys_is_closed(tmp_path, lax):
    make_token_key(tmp_path / "a" / "home")
    for folder in ("a", "a/home", "a/home/keys"):
        assert mode(tmp_path / folder) == 0o700
    assert mode(tmp_path / "a/home/keys/token.key") == 0o600
    assert mode(tmp_path / "a/home/keys/token.jwks.json") == 0o644
    secret_of(tmp_path / "b" / "session.key", make=True)
    assert mode(tmp_path / "b" / "session.key") == 0o600


def test_what_is_shared_on_purpose_stays_shared(tmp_path):
    folder, database = tmp_path / "shared", tmp_path / "shared" / "ledger.db"
    folder.mkdir()
    folder.chmod(0o770)
    database.touch()
    database.chmod(0o660)
    private_folder(folder)
    private_file(database)
    assert not write_once(database, b"other")
    assert (mode(folder), mode(database), database.read_bytes()) == (0o770, 0o660, b"")


def test_a_private_file_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError, match="file"):
        private_file(Path(tmp_path / "file" / "ledger.db"))
