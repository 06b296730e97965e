"""A receipt under a policy: who cosigned is said and checked; options that do not apply are refused."""

import json

import pytest
from click.testing import CliRunner

from reporting_service.app import create_app
from reporting_service.cli import main
from shared.log_format.notes import SigningKey
from tests.bundle.signed import KEY, WITNESSES
from tests.bundle.test_commands import proof_of, settings
from tests.pages.serving import Visitor
from tests.reporting.history import Standing

__all__ = ["settings"]

LOG = f"log {KEY.vkey}\n"
LISTED = [f"witness w{number} {key.vkey}\n" for number, key in enumerate(WITNESSES)]
BOTH = f"{LOG}{''.join(LISTED)}group both all w0 w1\nquorum both\n"


@pytest.fixture
def verify(tmp_path):
    """Verifies a text as a receipt; options that are texts are written into files first."""

    def run(text, *words, **files):
        (tmp_path / "r.tlog-proof").write_text(text)
        for name, content in files.items():
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
            words += (f"--{name}", str(tmp_path / name))
        return CliRunner().invoke(main, ["verify", str(tmp_path / "r.tlog-proof"), "--key", KEY.vkey, *words])

    return run


def receipt(whole, **more):
    return proof_of(whole, 90, extra=whole.history.bodies[89], **more)


def test_who_cosigned_a_receipt_is_checked_and_said(verify, whole):
    held = verify(receipt(whole, witnessed=True), policy=BOTH)
    assert held.exit_code == 0, held.output
    names = ", ".join(key.name for key in WITNESSES)
    assert f"2 witnesses cosigned the checkpoint ({names}), of your policy, whose quorum is reached." in held.stdout
    said = json.loads(verify(receipt(whole, witnessed=True), "--json", policy=BOTH).stdout)
    assert said["witnesses"] == [key.name for key in WITNESSES]


def test_a_receipt_nobody_cosigned_misses_the_quorum(verify, whole):
    bare = verify(receipt(whole), policy=BOTH)
    assert bare.exit_code == 1
    assert "do not make the quorum of your policy" in bare.stderr
    none = verify(receipt(whole), policy=f"{LOG}quorum none\n")
    assert none.exit_code == 0
    assert "No witness cosigned the checkpoint" in none.stdout


def test_a_cosignature_that_is_wrong_or_a_strangers_is_named(verify, whole):
    text = receipt(whole, witnessed=True)
    place = text.rindex(" ") + 60
    wrong = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
    assert f"the cosignature of {WITNESSES[1].name} does not hold" in verify(wrong, policy=BOTH).stderr
    one = f"{LOG}{LISTED[0]}quorum w0\n"
    assert f"{WITNESSES[1].name} cosigned, but is no witness of your policy" in verify(text, policy=one).stderr


def test_without_a_policy_it_says_what_was_not_checked(verify, whole):
    held = verify(receipt(whole, witnessed=True))
    assert held.exit_code == 0
    assert "Signature lines of others were not checked (2)" in held.stdout


def test_options_that_do_not_apply_are_refused(verify, whole, tmp_path):
    seen = verify(receipt(whole), seen=receipt(whole).partition("\n\n")[2])
    assert seen.exit_code == 2
    assert "--seen is for bundles" in seen.stderr
    (tmp_path / "b.zip").write_bytes(whole.bundle)
    (tmp_path / "entry").write_bytes(whole.history.bodies[89])
    words = ["verify", str(tmp_path / "b.zip"), "--key", KEY.vkey, "--entry", str(tmp_path / "entry")]
    bundle = CliRunner().invoke(main, words)
    assert bundle.exit_code == 2
    assert "--entry is for one" in bundle.stderr


def test_a_policy_of_other_logs_is_refused(verify, whole):
    other = SigningKey.generate(KEY.name)
    text = receipt(whole, witnessed=True)
    refused = verify(text, policy=BOTH.replace(KEY.vkey, other.vkey))
    assert refused.exit_code == 2
    assert "The witness policy is of other logs" in refused.stderr
    assert verify(text, policy=BOTH.replace(LOG, "")).exit_code == 0
    assert verify(text, policy=f"log {other.vkey}\n{BOTH}").exit_code == 0


@pytest.mark.parametrize("which", [-1, -2, -3])
def test_a_signature_line_twice_does_not_hold(verify, whole, which):
    text = receipt(whole, witnessed=True)
    twice = text + text.splitlines(keepends=True)[which]
    for files in ({}, {"policy": BOTH}):
        refused = verify(twice, **files)
        assert refused.exit_code == 1
        assert "two signature lines of " in refused.stderr


def test_the_proof_on_an_entrys_page_needs_only_the_key(verify, settings, whole):
    app = create_app(settings, store=whole.store, follower=Standing(whole.history.position))
    answer = Visitor(app, "auditor").get("/entries/90/proof")
    assert answer.status_code == 200
    held = verify(answer.text)
    assert held.exit_code == 0, held.output
    assert json.loads(verify(answer.text, "--json").stdout)["entry"] == json.loads(whole.history.bodies[89])
