"""The log as others read it: checkpoints, tiles of every width, proofs, long polls."""

import time
from threading import Event, Thread

import pytest

from ledger_service.log.published import WAITERS_MAX, Published
from shared.log_format.checkpoints import open_checkpoint
from shared.log_format.merkle import leaf_hash, root_of
from shared.log_format.proofs import verify_proof
from shared.log_format.tiles import decode_bundle
from tests.ledger.clerks import interest, problem_of


def checkpoint_of(office):
    return open_checkpoint(office.get("/checkpoint", "reporting").get_data(as_text=True), office.ledger.verifier)


def test_an_independent_reader_accepts_the_log(office):
    for _ in range(3):
        office.post([interest() for _ in range(150)])
        office.post(interest())
    entries = office.checked_log()
    assert [entry["position"] for entry in entries] == list(range(1, 456))


def test_a_receipts_checkpoint_is_the_one_published(office):
    shown = office.post(interest()).get_json()["checkpoint"]
    published = checkpoint_of(office)
    assert shown == {"size": published.size, "root": published.root_base64}


def test_tiles_are_cut_to_any_width_up_to_the_size(office):
    office.post([interest() for _ in range(298)])
    leaves = [leaf_hash(entry) for entry in _bundles(office, 300)]
    assert root_of(leaves) == checkpoint_of(office).root
    for width in (1, 7, 255):
        assert office.get(f"/tile/0/000.p/{width}").data == b"".join(leaves[:width])
    assert office.get("/tile/0/000").data == b"".join(leaves[:256])
    assert office.get("/tile/0/001.p/44").data == b"".join(leaves[256:])
    assert office.get("/tile/1/000.p/1").data == root_of(leaves[:256])
    for beyond in ("0/001.p/45", "0/001", "0/002.p/1", "1/000.p/2", "1/000", "2/000.p/1", "entries/001.p/45"):
        problem_of(office.get(f"/tile/{beyond}"), 404)


def _bundles(office, size):
    names = [f"{at // 256:03d}" + (f".p/{size - at}" if size - at < 256 else "") for at in range(0, size, 256)]
    return [entry for name in names for entry in decode_bundle(office.get(f"/tile/entries/{name}").data)]


@pytest.mark.parametrize(
    "path",
    [
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/0",
        "0/x000/000",
        "00/000",
        "64/000",
        "-1/000",
        "entries/../../keys/log.key",
        "0/..%2f..%2fkeys%2flog.key",
        "0/%2e%2e/%2e%2e/etc/passwd",
        "0/000%00",
        "0/x999/x999/x999/x999/x999/999",
        "0/٠٠٠",
    ],
)
def test_no_other_path_is_a_tile(office, path):
    problem_of(office.get(f"/tile/{path}"), 404)


def test_tiles_may_be_kept_for_ever(office):
    answer = office.get("/tile/0/000.p/2")
    assert answer.content_type == "application/octet-stream"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]


def test_an_entrys_proof_holds_under_the_newest_checkpoint(office):
    office.post([interest() for _ in range(20)])
    for position in (1, 2, 7, 22):
        entry = office.get(f"/v1/events/{position}").data
        answer = office.get(f"/v1/events/{position}/proof")
        assert answer.content_type.startswith("text/plain")
        assert verify_proof(answer.get_data(as_text=True), entry, office.ledger.verifier).size == 22


def test_every_signed_checkpoint_is_kept(office):
    for _ in range(3):
        office.post(interest())
    with office.ledger.journal.reading() as reader:
        notes = list(reader.checkpoints(0))
    assert [row.size for row in notes] == [2, 3, 4, 5]
    assert [open_checkpoint(row.note, office.ledger.verifier).size for row in notes] == [2, 3, 4, 5]


def test_a_long_poll_is_answered_by_the_next_event(office):
    got = []
    poll = Thread(target=lambda: got.append(office.get("/checkpoint?after=2&wait=20", "reporting")))
    started = time.monotonic()
    poll.start()
    office.post(interest())
    poll.join(20)
    assert time.monotonic() - started < 10
    assert open_checkpoint(got[0].get_data(as_text=True), office.ledger.verifier).size == 3


def test_a_long_poll_hears_of_another_process(open_office):
    one, two = open_office(), open_office()
    got = []
    poll = Thread(target=lambda: got.append(one.get("/checkpoint?after=2&wait=20", "reporting")))
    poll.start()
    two.post(interest())
    poll.join(20)
    assert open_checkpoint(got[0].get_data(as_text=True), one.ledger.verifier).size == 3


def test_a_long_poll_that_hears_nothing_gets_what_stands(office):
    assert checkpoint_of(office).size == 2
    answer = office.get("/checkpoint?after=2&wait=1", "reporting")
    assert open_checkpoint(answer.get_data(as_text=True), office.ledger.verifier).size == 2


def test_sixteen_wait_and_the_next_is_answered_at_once(office):
    stopping = Event()
    published = Published(office.ledger.journal.reading, stopping)
    waiters = [Thread(target=published.newest_after, args=(2, 30)) for _ in range(WAITERS_MAX)]
    for waiter in waiters:
        waiter.start()
    while published._waiters._value:
        published._news.acquire()
        published._news.release()
    started = time.monotonic()
    assert published.newest_after(2, 30).size == 2
    assert time.monotonic() - started < 5
    stopping.set()
    published.announce()
    for waiter in waiters:
        waiter.join(10)
    assert not any(waiter.is_alive() for waiter in waiters)
