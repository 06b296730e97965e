"""Witnesses, really asked over HTTP: what they cosign is kept and served; one that goes wrong harms nobody."""

import time
from html import unescape

import pytest

from bench.pair import wait_until
from shared.log_format.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from shared.log_format.merkle import leaf_hash, root_of
from shared.log_format.notes import parse_note
from shared.log_format.proofs import parse_proof, verify_proof
from shared.log_format.witnesses import Policy
from tests.ledger.clerks import event, interest, problem_of
from tests.witnessing.witness import Refused, Witness


def until(holds, seconds=20):
    """What `holds()` gives once it is true."""
    found = []

    def came():
        found[:] = [holds()]
        return bool(found[0])

    wait_until(came, seconds, "what a witness brings about")
    return found[0]


def cosigned(office, size):
    """The cosigned checkpoint of at least this size, once it is served."""

    def served():
        answer = office.get("/checkpoint?cosigned=true")
        note = answer.get_data(as_text=True)
        return note if answer.status_code == 200 and int(note.split("\n")[1]) >= size else None

    return until(served)


def trouble(office, at=0):
    return until(lambda: office.ledger.witnessing.status()[at].trouble)


def alarm(office):
    return until(lambda: office.ledger.witnessing.alarms)


def test_what_witnesses_cosign_is_served_with_their_lines(witness, policy, open_office, key):
    one, other = witness("auditor.example/w"), witness("council.example/w")
    file = policy(one, other)
    office = open_office()
    note = cosigned(office, 2)
    said = Policy.parse(file.read_text())
    assert said.reached(said.cosigners(note))
    assert open_checkpoint(note, key.verifier).size == 2
    assert office.get("/checkpoint").get_data(as_text=True) == note
    assert len(parse_note(note).signatures) == 3
    office.checked_log()


def test_a_later_checkpoint_comes_with_a_proof_from_the_last(witness, policy, open_office):
    one = witness()
    policy(one)
    office = open_office()
    cosigned(office, 2)
    for size in (302, 303, 1103):
        office.post([interest() for _ in range(size - office.head())])
        office.ledger.witnessing.urge()
        cosigned(office, size)
    assert [body.split("\n")[0] for body in one.requests] == ["old 0", "old 2", "old 302", "old 303"]


def test_an_edition_and_a_confirmation_are_cosigned_at_once(witness, policy, open_office):
    policy(witness())
    office = open_office()
    cosigned(office, 2)
    checkpoint = office.post(interest()).get_json()["checkpoint"]
    office.post(interest())
    issued = {"kind": "annual", "edition": 1, "body": "scpf", "document": "d", "digest": "0" * 64}
    answer = office.post(event("report.issued", year=2015, checkpoint=checkpoint, **issued), "secretariat")
    assert answer.status_code == 201, answer.get_json()
    cosigned(office, 5)
    opened = event("line.opened", line="line-1", amount="10.00", as_of="2014-12-31", document="d")
    position = office.post(opened, "administrator").get_json()["position"]
    confirmed = office.post(event("action.confirmed", position=position), "administrator", "administrator-2")
    assert confirmed.status_code == 201, confirmed.get_json()
    cosigned(office, position + 1)


def test_a_ledger_that_starts_again_goes_on_from_what_it_kept(witness, policy, open_office):
    one = witness()
    policy(one)
    first = open_office()
    cosigned(first, 2)
    first.ledger.close()
    again = open_office()
    again.post(interest())
    again.ledger.witnessing.urge()
    cosigned(again, 3)
    assert one.requests[-1].startswith("old 2\n")


def test_a_witness_that_knows_another_size_says_which(witness, policy, open_office, environment):
    one = witness()
    policy(one)
    first = open_office()
    cosigned(first, 2)
    first.ledger.close()
    open_office(LEDGER_WITNESSES="").post([interest() for _ in range(5)])
    forgetful = open_office()
    with forgetful.ledger.journal.recorder.group() as group:
        group._connection.execute("DELETE FROM cosignatures")
    forgetful.ledger.witnessing.urge()
    cosigned(forgetful, 7)


def test_a_quorum_needs_no_witness_that_is_down(witness, policy, open_office):
    up, down = witness("up.example/w"), witness("down.example/w")
    policy(up, down, quorum="1")
    down.close()
    office = open_office()
    cosigned(office, 2)
    assert "cannot be reached" in trouble(office, 1)
    assert office.ledger.witnessing.alarms == []


def test_no_quorum_is_no_cosigned_checkpoint(witness, policy, open_office):
    up, down = witness("up.example/w"), witness("down.example/w")
    policy(up, down, quorum="all")
    down.close()
    office = open_office()
    trouble(office, 1)
    until(lambda: len(parse_note(office.get("/checkpoint").get_data(as_text=True)).signatures) == 2)
    problem_of(office.get("/checkpoint?cosigned=true"), 404)


def test_a_slow_witness_delays_nobody(witness, policy, open_office):
    slow, quick = witness("slow.example/w"), witness("quick.example/w")
    policy(slow, quick, quorum="1")
    slow.gate.clear()
    office = open_office()
    until(lambda: slow.requests)
    began = time.monotonic()
    assert office.post(interest()).status_code == 201
    office.ledger.witnessing.urge()
    cosigned(office, 3)
    assert time.monotonic() - began < 5
    slow.gate.set()


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (lambda one: lambda _: one.cosigned("another.example/log\n2\nAAAA\n"), "no cosignature of this checkpoint"),
        (lambda one: lambda _: Witness("x.example/w").cosigned("x\n"), "no cosignature of this checkpoint"),
        (lambda one: lambda _: "thanks\n", "no cosignature of this checkpoint"),
        (lambda one: lambda _: "x" * 100_000, "does not end"),
        (lambda one: _always(Refused(403)), "does not trust the key"),
        (lambda one: _always(Refused(404)), "does not know this log's origin"),
        (lambda one: _always(Refused(500)), "status 500"),
        (lambda one: _always(Refused(409, "two\n")), "status 409"),
    ],
)
def test_a_witness_that_lies_or_fails_is_not_believed(witness, policy, open_office, lie, said):
    one = witness()
    policy(one)
    one.answer_as = lie(one)
    office = open_office()
    assert said in trouble(office)
    problem_of(office.get("/checkpoint?cosigned=true"), 404)
    assert len(parse_note(office.get("/checkpoint").get_data(as_text=True)).signatures) == 1
    assert office.post(interest()).status_code == 201


def _always(refused):
    def answer(_):
        raise refused

    return answer


def test_a_ledger_rolled_back_is_known_by_the_witness(witness, policy, open_office, tmp_path):
    one = witness()
    policy(one)
    office = open_office()
    office.post([interest() for _ in range(20)])
    office.ledger.witnessing.urge()
    cosigned(office, 22)
    older = open_office(LEDGER_DATABASE_URL=f"sqlite:///{tmp_path}/older.db")
    assert alarm(older) == [
        "w0 has cosigned 22 entries of this log, and only 2 are here: entries were lost or an older copy was restored"
    ]
    problem_of(older.get("/checkpoint?cosigned=true"), 404)
    assert "ledger_witness_alarm" in older.get("/metrics").get_data(as_text=True)


def test_a_log_written_anew_with_the_operators_key_is_refused(witness, policy, open_office, tmp_path):
    """The same key, the same size or more, another past: no proof leads there from what the witness cosigned."""
    one = witness()
    policy(one)
    office = open_office()
    office.post([interest() for _ in range(20)])
    office.ledger.witnessing.urge()
    cosigned(office, 22)
    for size, said in ((22, "has cosigned another log of 22 entries"), (40, "has seen another history of this log")):
        rewritten = open_office(LEDGER_DATABASE_URL=f"sqlite:///{tmp_path}/rewritten-{size}.db", LEDGER_WITNESSES="")
        rewritten.post([interest() for _ in range(size - 2)])
        rewritten.ledger.close()
        forked = open_office(LEDGER_DATABASE_URL=f"sqlite:///{tmp_path}/rewritten-{size}.db")
        assert said in alarm(forked)[0]
        problem_of(forked.get("/checkpoint?cosigned=true"), 404)


def test_an_alarm_stays_until_the_witness_cosigns(witness, policy, open_office):
    """That it cannot be asked since, or errs, takes nothing back; every page of the ledger says it meanwhile."""
    one = witness()
    policy(one)
    one.answer_as = _always(Refused(422))
    office = open_office()
    (said,) = alarm(office)
    one.answer_as = _always(Refused(500))
    office.ledger.witnessing.urge()
    assert "status 500" in trouble(office)
    assert office.ledger.witnessing.alarms == [said]
    assert said in unescape(office.get("/sign-in").get_data(as_text=True))
    one.answer_as = None
    office.ledger.witnessing.urge()
    until(lambda: not office.ledger.witnessing.alarms)
    assert said not in unescape(office.get("/sign-in").get_data(as_text=True))


def test_the_witness_itself_refuses_a_fork(witness, key):
    """The tests' witness is one: it cosigns a log's growth and nothing else."""
    one, leaves = witness(), [leaf_hash(bytes([n])) for n in range(7)]

    def body(leaves, old, proof=()):
        note = sign_checkpoint(Checkpoint(key.name, len(leaves), root_of(leaves)), key)
        return f"old {old}\n{''.join(proof)}\n{note}"

    one.add_checkpoint(body(leaves[:4], 0))
    with pytest.raises(Refused, match="409"):
        one.add_checkpoint(body(leaves[:6], 0))
    with pytest.raises(Refused, match="422"):
        one.add_checkpoint(body(leaves[:6], 4))
    with pytest.raises(Refused, match="409"):
        one.add_checkpoint(body(leaves[3:], 4))
    assert one.seen[key.name][0] == 4


def test_a_receipt_names_the_cosigned_checkpoint_and_carries_the_entry(witness, policy, open_office, key):
    file = policy(witness())
    office = open_office()
    cosigned(office, 2)
    office.post(interest())
    text = office.get("/v1/events/2/proof?entry=true").get_data(as_text=True)
    proof = parse_proof(text)
    said = Policy.parse(file.read_text())
    assert said.reached(said.cosigners(proof.checkpoint_note))
    assert verify_proof(text, proof.extra, key.verifier).size == 2
    newer = office.get("/v1/events/3/proof").get_data(as_text=True)
    assert parse_proof(newer).extra is None
    assert verify_proof(newer, office.get("/v1/events/3").data, key.verifier).size == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("quorum none\n", "the policy has no line `log ledger.fund1035.example/log"),
        ("quorum w\n", "line 1 of the witness policy"),
        (None, "No such file"),
    ],
)
def test_a_policy_that_cannot_be_used_is_told_at_the_start(open_office, tmp_path, text, said):
    from ledger_service.settings import SettingsInvalid

    if text is not None:
        (tmp_path / "policy").write_text(text)
    with pytest.raises(SettingsInvalid, match="LEDGER_WITNESSES: ") as told:
        open_office(LEDGER_WITNESSES=str(tmp_path / "policy"))
    assert said in str(told.value)
