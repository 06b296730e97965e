"""Cosigned checkpoints beside the followed log: kept when our policy is satisfied, an alarm when of another log."""

import pytest
from structlog.testing import CapturingLogger

from reporting_service.follower import witnessed
from shared.log_format.checkpoints import Checkpoint, sign_checkpoint
from shared.log_format.notes import COSIGNATURE, SigningKey
from shared.log_format.witnesses import Policy, with_signatures
from tests.log_format.served_log import ORIGIN, ServedLog, numbered_entries

WITNESSES = [SigningKey(f"witness.example/{n}", bytes([n + 1]) * 32, COSIGNATURE) for n in range(3)]
POLICY = Policy.parse(
    "".join(f"witness w{n} {key.vkey}\n" for n, key in enumerate(WITNESSES)) + "group two 2 w0 w1 w2\nquorum two\n"
)


def cosigned(log, *witnesses):
    """The log's checkpoint as it stands, with these witnesses' lines."""
    text = log.checkpoint.rpartition("\n\n")[0] + "\n"
    return with_signatures(log.checkpoint, [WITNESSES[n].sign(text) for n in witnesses]).encode()


def test_a_cosigned_checkpoint_of_the_followed_log_is_kept(server, sink, following):
    server.append(numbered_entries(1, 300))
    server.cosigned = cosigned(server.log, 0, 2)
    follower = following(policy=POLICY)
    assert sink.keeps(300)
    assert sink.cosigned[300].encode() == server.cosigned
    assert follower.wait_until(lambda status: status.cosigned == 300, 20)


def test_one_that_comes_late_is_asked_for_until_it_is_there(server, sink, following):
    server.append(numbered_entries(1, 300))
    following(policy=POLICY)
    assert sink.reaches(300)
    assert server.is_asked("cosigned")
    server.cosigned = cosigned(server.log, 0, 1)
    assert sink.keeps(300)


def test_one_of_fewer_entries_is_held_against_the_own_copy(server, sink, following):
    server.append(numbered_entries(1, 300))
    server.cosigned = cosigned(server.log, 0, 1)
    server.append(numbered_entries(301, 77))
    following(policy=POLICY)
    assert sink.keeps(300)


def test_without_a_policy_nobody_asks_for_cosignatures(server, sink, following):
    server.append(numbered_entries(1, 30))
    following()
    assert sink.reaches(30)
    server.append(numbered_entries(31, 30))
    assert sink.reaches(60)
    assert not any("cosigned" in path for path in server.paths)


@pytest.mark.parametrize("make", [lambda log: cosigned(log, 0), lambda log: cosigned(log), lambda _: b"noise"])
def test_what_does_not_satisfy_our_policy_is_not_kept(server, sink, following, make, monkeypatch):
    said = CapturingLogger()
    monkeypatch.setattr(witnessed, "log", said)
    server.append(numbered_entries(1, 30))
    server.cosigned = make(server.log)
    follower = following(policy=POLICY)
    assert sink.reaches(30)
    assert server.is_asked("cosigned")
    server.append(numbered_entries(31, 30))
    assert sink.reaches(60)
    assert sink.cosigned == {}
    assert follower.status().stopped is None
    assert "follower.cosigned" in [call.args[0] for call in said.calls]


def test_another_log_signed_and_cosigned_stops_the_follower(server, sink, following):
    """The operator shows the witnesses one past and reporting another: both are signed, and that is the proof."""
    server.append(numbered_entries(1, 30))
    other = ServedLog(numbered_entries(101, 20), server.log.key)
    server.cosigned = cosigned(other, 0, 1, 2)
    follower = following(policy=POLICY)
    follower._thread.join(20)
    assert "witnesses cosigned another log of 20 entries" in follower.status().stopped
    assert "call the auditor" in follower.status().stopped
    assert sink.cosigned == {}


def test_a_checkpoint_of_another_key_counts_for_nothing(server, sink, following):
    server.append(numbered_entries(1, 30))
    stranger = SigningKey(ORIGIN, b"\7" * 32)
    note = sign_checkpoint(Checkpoint(ORIGIN, 30, server.log.root), stranger)
    text = note.rpartition("\n\n")[0] + "\n"
    server.cosigned = with_signatures(note, [key.sign(text) for key in WITNESSES]).encode()
    following(policy=POLICY)
    assert sink.reaches(30)
    assert server.is_asked("cosigned")
    server.append(numbered_entries(31, 1))
    assert sink.reaches(31)
    assert sink.cosigned == {}
