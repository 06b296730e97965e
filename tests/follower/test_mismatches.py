"""Whatever does not fit what was signed stops the follower, with the position, before anything of it is applied."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from shared.log_format.checkpoints import Checkpoint, sign_checkpoint
from shared.log_format.notes import SigningKey
from shared.log_format.tiles import decode_bundle, encode_bundle
from tests.log_format.served_log import ORIGIN, ServedLog, numbered_entries


def stopped(follower):
    """The sentence with which the follower stopped."""
    follower._thread.join(20)
    assert not follower._thread.is_alive()
    assert follower.status().stopped
    return follower.status().stopped


def flipped(body, at):
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def altered(server, path, change):
    server.fault = lambda asked, body: change(body) if asked == path else body


def change_entry(index, new):
    def change(bundle):
        entries = decode_bundle(bundle)
        entries[index : index + 1] = new
        return encode_bundle(entries)

    return change


@pytest.mark.parametrize(
    ("size", "path", "index", "position"),
    [
        (10, "tile/entries/000.p/10", 4, 5),
        (300, "tile/entries/000", 255, 256),
        (300, "tile/entries/001.p/44", 0, 257),
        (6000, "tile/entries/020", 7, 20 * 256 + 8),
    ],
)
def test_a_changed_entry_is_named_and_nothing_of_its_page_applied(server, sink, following, size, path, index, position):
    server.append(numbered_entries(1, size))
    altered(server, path, change_entry(index, [b"changed"]))
    with capture_logs() as logs:
        sentence = stopped(following())
    assert f"position {position} " in sentence
    assert "ledger verify" in sentence
    assert sink.kept.position == (4096 if position > 4096 else 0)
    assert [line["position"] for line in logs if line["log_level"] == "critical"] == [position]


def test_another_log_than_the_database_follows_is_told_in_plain_words(server, sink, following):
    """A new key means a new origin, and a reporting database of its own."""
    server.append(numbered_entries(1, 10))
    following()
    assert sink.reaches(10)
    other = SigningKey(f"{ORIGIN}/2", b"\x09" * 32)
    server.replace(ServedLog(numbered_entries(1, 3), other))
    sentence = stopped(following(verifier=other.verifier))
    assert (
        f"The reporting database follows the log {ORIGIN}, and REPORTING_LOG_VKEY is the key of {ORIGIN}/2" in sentence
    )
    assert "give each log a reporting database of its own" in sentence


@pytest.mark.parametrize(("new", "position"), [([], 5), ([b"more", b"entries"], 5)])
def test_a_removed_or_inserted_entry_is_named(server, sink, following, new, position):
    server.append(numbered_entries(1, 300))
    altered(server, "tile/entries/000", change_entry(4, new))
    assert f"position {position} " in stopped(following())
    assert sink.entries == []


def test_a_removed_last_entry_is_named(server, sink, following):
    server.append(numbered_entries(1, 256))
    altered(server, "tile/entries/000", change_entry(255, []))
    assert "position 256 " in stopped(following())


def test_swapped_entries_are_named(server, sink, following):
    server.append(numbered_entries(1, 300))
    altered(server, "tile/entries/000", lambda b: encode_bundle(_swap(decode_bundle(b), 6, 9)))
    assert "position 7 " in stopped(following())


def _swap(entries, a, b):
    entries[a], entries[b] = entries[b], entries[a]
    return entries


@pytest.mark.parametrize(
    ("path", "at", "position"),
    [("tile/0/001.p/44", 32 * 3, 260), ("tile/1/000.p/1", 0, 1), ("tile/0/000.p/10", 40, 2)],
)
def test_a_changed_hash_is_located(server, sink, following, path, at, position):
    server.append(numbered_entries(1, 10 if path.endswith("10") else 300))
    altered(server, path, lambda body: flipped(body, at))
    sentence = stopped(following())
    assert f" {position} " in sentence
    assert sink.entries == []


def test_a_tile_that_is_signed_for_but_not_served_is_named(server, sink, following):
    server.append(numbered_entries(1, 300))

    def missing(path, body):
        if path == "tile/entries/001.p/44":
            raise KeyError(path)
        return body

    server.fault = missing
    assert "position 257, but tile/entries/001.p/44 is not served" in stopped(following())


def test_two_logs_of_one_size_stop_the_follower_at_once(server, sink, following):
    server.append(numbered_entries(1, 5))
    follower = following()
    assert sink.reaches(5)
    follower.stop()
    with capture_logs() as logs:
        server.replace(ServedLog(numbered_entries(2, 5)))
        sentence = stopped(following())
    assert "two different logs of 5 entries" in sentence
    evidence = next(line for line in logs if line["log_level"] == "critical")
    assert evidence["seen"] == sink.kept.checkpoint_note
    assert evidence["refused"] == server.log.checkpoint


def test_a_log_that_went_back_is_reported_as_a_rollback(server, sink, following):
    server.append(numbered_entries(1, 9))
    follower = following()
    assert sink.reaches(9)
    server.replace(ServedLog(numbered_entries(1, 7)))
    sentence = stopped(follower)
    assert "went back from 9 entries to 7" in sentence
    assert "position 8 on" in sentence
    assert sink.kept.position == 9


def test_a_history_rewritten_behind_the_bookmark_is_found_when_it_grows(server, sink, following):
    server.append(numbered_entries(1, 300))
    following()
    assert sink.reaches(300)
    entries = numbered_entries(1, 310)
    entries[256] = b"rewritten"
    server.replace(ServedLog(entries))
    follower = following()
    assert "rewritten somewhere in positions 257 to 288" in stopped(follower)
    assert sink.kept.position == 300


def test_a_checkpoint_of_another_log_is_not_followed(server, sink, following):
    server.append(numbered_entries(1, 5))
    pinned = server.log.key.verifier
    server.replace(ServedLog(numbered_entries(1, 5), SigningKey.generate("other.example/log")))
    sentence = stopped(following(verifier=pinned))
    assert "other.example/log" in sentence
    assert "REPORTING_LOG_VKEY" in sentence
    assert sink.entries == []


def test_a_checkpoint_signed_with_another_key_is_not_followed(server, sink, following):
    server.append(numbered_entries(1, 5))
    sentence = stopped(following(verifier=SigningKey.generate(ORIGIN).verifier))
    assert "no known key signed" in sentence


def test_another_origin_under_the_right_key_is_not_followed(server, sink, following):
    server.append(numbered_entries(1, 5))
    key = server.log.key
    text = Checkpoint("other.example/log", 5, server.log.root).text()
    server.log.checkpoint = f"{text}\n{key.sign(text).line}"
    assert "not of ledger.example/1035" in stopped(following())


def test_a_size_that_no_log_can_have_is_not_followed(server, sink, following):
    """Followed, it would take all memory before the first hash that is not served."""
    server.append(numbered_entries(1, 3))
    absurd = sign_checkpoint(Checkpoint(ORIGIN, 9_999_999_999_999_999_999, server.log.root), server.log.key)
    altered(server, "checkpoint", lambda _: absurd.encode())
    assert "signed for 9999999999999999999 entries" in stopped(following())
    assert sink.kept.position == 0


def test_a_tree_signed_smaller_than_its_entries_is_not_believed(server, sink, following):
    server.append(numbered_entries(1, 5))
    server.log.checkpoint = sign_checkpoint(Checkpoint(ORIGIN, 5, bytes(32)), server.log.key)
    assert "do not lead to the root that was signed" in stopped(following())
    assert sink.entries == []


@pytest.mark.parametrize("damage", ["frontier", "note", "position"])
def test_a_damaged_bookmark_is_refused(server, sink, following, damage):
    server.append(numbered_entries(1, 5))
    follower = following()
    assert sink.reaches(5)
    follower.stop()
    kept = sink.kept
    sink.kept = {
        "frontier": replace(kept, frontier=flipped(kept.frontier, 3)),
        "note": replace(kept, checkpoint_note=kept.checkpoint_note.replace("\n5\n", "\n6\n")),
        "position": replace(kept, position=4),
    }[damage]
    assert "empty the reporting database" in stopped(following())
