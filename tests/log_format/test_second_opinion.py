"""The second, independent reader accepts our logs and rejects every altered one."""

import pytest
from cryptography.exceptions import InvalidSignature

from shared.log_format.notes import SigningKey
from shared.log_format.tiles import tile_path
from tests.log_format.served_log import ORIGIN, ServedLog, numbered_entries
from tests.tlog_checker import LogRejected, _path, check


class Fetcher:
    """Answers from a log, remembers what was asked, and alters what a test wants altered."""

    def __init__(self, log, altered=None):
        self.log, self.altered, self.asked = log, altered or {}, []

    def __call__(self, path):
        assert path.startswith("/")
        self.asked.append(path)
        body = self.log.get(path[1:])
        return self.altered[path](body) if path in self.altered else body


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 513, 70_000])
def test_the_second_reader_accepts_a_log_of_any_size(size):
    log = ServedLog(numbered_entries(1, size))
    fetch = Fetcher(log)
    assert check(fetch, log.key.vkey) == (ORIGIN, log.entries, log.root)
    if size == 2:
        assert fetch.asked == ["/checkpoint", "/tile/entries/000.p/2", "/tile/0/000.p/2"]
    if size == 70_000:
        assert {"/tile/0/273.p/112", "/tile/1/000", "/tile/1/001.p/17", "/tile/2/000.p/1"} <= set(fetch.asked)


def test_the_second_reader_spells_long_paths_alike():
    for index in (0, 7, 999, 1000, 1001, 999_999, 1_000_000, 1_234_067):
        assert f"tile/0/{_path(index, 256)}" == tile_path(0, index)
        assert f"tile/0/{_path(index, 3)}" == tile_path(0, index, 3)


@pytest.mark.parametrize(
    "path",
    [
        "/checkpoint",
        "/tile/entries/000",
        "/tile/entries/001.p/44",
        "/tile/0/000",
        "/tile/0/001.p/44",
        "/tile/1/000.p/1",
    ],
)
@pytest.mark.parametrize("at", [0, 1, 3, 20, -1])
def test_the_second_reader_rejects_any_changed_byte(path, at):
    def flip(body):
        at_ = at % len(body)
        return body[:at_] + bytes([body[at_] ^ 1]) + body[at_ + 1 :]

    log = ServedLog(numbered_entries(1, 300))
    with pytest.raises((LogRejected, InvalidSignature, ValueError)):
        check(Fetcher(log, {path: flip}), log.key.vkey)


def test_the_second_reader_rejects_another_key_and_a_resigned_log():
    log = ServedLog(numbered_entries(1, 3))
    other = SigningKey.generate(ORIGIN)
    with pytest.raises(LogRejected, match="did not sign"):
        check(Fetcher(log), other.vkey)
    resigned = ServedLog(numbered_entries(2, 3), key=other)
    with pytest.raises(LogRejected, match="did not sign"):
        check(Fetcher(resigned), log.key.vkey)


def test_the_second_reader_rejects_a_removed_and_a_swapped_entry():
    entries = numbered_entries(1, 10)
    log = ServedLog(entries)
    for wrong in (entries[:4] + entries[5:], [entries[1], entries[0], *entries[2:]]):
        forged = ServedLog(wrong)
        forged.checkpoint = log.checkpoint
        forged.entries += [b""] * (10 - len(wrong))
        with pytest.raises(LogRejected):
            check(Fetcher(forged), log.key.vkey)
