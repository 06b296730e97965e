"""`reporting bundle` and `reporting verify`, and the door to the bundle: exit codes, sentences, roles."""

import json
import subprocess
import sys
from base64 import b64encode
from io import BytesIO

import pytest
from click.testing import CliRunner

from reporting_service.app import create_app
from reporting_service.bundle.verifying import verify_bundle
from reporting_service.cli import main
from shared.access import mint_dev_token
from shared.log_format.merkle import TileNodes, leaf_hashes
from shared.log_format.proofs import make_proof
from shared.log_format.tiles import TileRows
from tests.bundle.signed import KEY, POLICY, WITNESSES, signed_note
from tests.reporting.history import Standing


@pytest.fixture
def run(whole, tmp_path, monkeypatch):
    monkeypatch.setenv("FUND_HOME", str(tmp_path))
    monkeypatch.setenv("REPORTING_DATABASE_URL", str(whole.store.engine.url))
    return lambda *words: CliRunner().invoke(main, list(map(str, words)))


@pytest.fixture
def policy_file(tmp_path):
    file = tmp_path / "policy"
    lines = [f"witness w{number} {key.vkey}\n" for number, key in enumerate(WITNESSES)]
    file.write_text(f"log {KEY.vkey}\n{''.join(lines)}group both all w0 w1\nquorum both\n")
    return file


def test_a_bundle_written_by_the_command_verifies(run, tmp_path, policy_file):
    made = run("bundle", "2008", "-o", tmp_path / "b.zip", "--policy", policy_file)
    assert made.exit_code == 0, made.output
    held = run("verify", tmp_path / "b.zip", "--key", KEY.vkey, "--policy", policy_file)
    assert held.exit_code == 0, held.output
    assert held.stdout.startswith("b.zip holds.\nThe key given signed the checkpoint of ")
    assert "whose quorum is reached" in held.stdout


def test_what_differs_is_named_with_exit_code_1(run, whole, tmp_path):
    (tmp_path / "b.zip").write_bytes(whole.bundle.replace(b'"amount":"', b'"amount":"9', 1))
    broken = run("verify", tmp_path / "b.zip", "--key", KEY.vkey)
    assert broken.exit_code == 1
    assert "does not hold. " in broken.stderr
    (tmp_path / "b.zip").write_bytes(whole.bundle.replace(b'"amount":"1', b'"amount":"2', 1))
    said = json.loads(run("verify", tmp_path / "b.zip", "--key", KEY.vkey, "--json").stdout)
    assert said["ok"] is False
    assert said["position"] > 0


@pytest.mark.parametrize("words", [["verify"], ["bundle", "2008"], ["bundle", "1900", "-o", "x"], ["sample", "x"]])
def test_odd_words_end_with_2(run, words):
    assert run(*words).exit_code == 2


def test_a_key_that_is_none_ends_with_2(run, whole, tmp_path):
    (tmp_path / "b.zip").write_bytes(whole.bundle)
    assert run("verify", tmp_path / "b.zip", "--key", "hello").exit_code == 2


def proof_of(whole, position, *, witnessed=False, **more):
    """The `.tlog-proof` of an entry."""
    rows = TileRows().append(leaf_hashes(whole.history.bodies))
    levels = {level: [hash_ for at, _, hash_ in rows if at == level] for level, _, _ in rows}
    nodes = TileNodes(lambda level, start, count: levels[level][start : start + count], whole.history.position)
    return make_proof(position - 1, nodes, signed_note(whole.history.bodies, witnessed=witnessed), **more).text()


def test_a_receipt_that_carries_its_entry_needs_only_the_key(run, whole, tmp_path):
    (tmp_path / "r.tlog-proof").write_text(proof_of(whole, 90, extra=whole.history.bodies[89]))
    held = run("verify", tmp_path / "r.tlog-proof", "--key", KEY.vkey)
    assert held.exit_code == 0, held.output
    assert "Position 90 under it is the fund1035." in held.stdout


def test_a_receipt_beside_its_entry_is_checked_with_both(run, whole, tmp_path):
    (tmp_path / "r.tlog-proof").write_text(proof_of(whole, 90))
    entry = tmp_path / "entry.json"
    entry.write_text(json.dumps(json.loads(whole.history.bodies[89]), indent=2))
    words = ("verify", tmp_path / "r.tlog-proof", "--key", KEY.vkey)
    assert run(*words).exit_code == 2
    assert run(*words, "--entry", entry).exit_code == 0
    entry.write_bytes(whole.history.bodies[88])
    assert run(*words, "--entry", entry).exit_code == 1


def test_every_byte_of_a_receipt_counts(run, whole, tmp_path):
    text = proof_of(whole, 90, extra=whole.history.bodies[89]).encode()
    file = tmp_path / "r.tlog-proof"
    for at in range(len(b"c2sp.org/tlog-proof@v1"), len(text), 37):
        file.write_bytes(text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :])
        assert run("verify", file, "--key", KEY.vkey).exit_code == 1, at
    other = proof_of(whole, 90).encode().replace(b"index", b"extra " + b64encode(b"{}") + b"\nindex", 1)
    file.write_bytes(other)
    assert run("verify", file, "--key", KEY.vkey).exit_code == 1


@pytest.fixture
def ask(whole, settings):
    app = create_app(settings, store=whole.store, follower=Standing(whole.history.position))

    def get(path, role):
        token = mint_dev_token(settings.fund_home, role, f"{role}-1")
        return app.test_client().get(path, headers={"Authorization": f"Bearer {token}"})

    return get


@pytest.fixture
def settings(tmp_path):
    from reporting_service.settings import load

    return load({"FUND_HOME": str(tmp_path)}, serving=False)


def test_an_auditor_downloads_a_bundle_that_holds(ask):
    answer = ask("/v1/reports/2008/bundle?known_at=300", "auditor")
    assert answer.status_code == 200
    assert answer.content_type == "application/zip"
    assert answer.headers["Fund-Position"] == "300"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    found = verify_bundle(BytesIO(answer.data), KEY.verifier)
    assert (found.year, found.known_at) == (2008, 300)


def test_only_an_auditor_gets_the_whole_log(ask):
    for role in ("council", "secretariat", "finance"):
        assert ask("/v1/reports/2008/bundle", role).status_code == 403
    assert ask("/v1/reports/1900/bundle", "auditor").status_code == 404
    assert ask("/v1/reports/2008/bundle?known_at=9999", "auditor").status_code in (400, 404)


def test_the_policy_names_both_witnesses(policy_file):
    assert type(POLICY).parse(policy_file.read_text()).witnesses.keys() == POLICY.witnesses.keys()


def test_a_checkpoint_kept_before_must_be_continued(run, whole, tmp_path):
    """What an auditor keeps of an earlier bundle shows a shortened and a rewritten log, whoever signed them."""
    bodies, kept = whole.history.bodies, tmp_path / "kept"
    (tmp_path / "b.zip").write_bytes(whole.bundle)
    words = ("verify", tmp_path / "b.zip", "--key", KEY.vkey, "--seen", kept)
    kept.write_text(signed_note(bodies[:300]))
    held = run(*words)
    assert held.exit_code == 0, held.output
    assert "It continues the log of 300 entries whose checkpoint you kept." in held.stdout
    kept.write_text(signed_note([*bodies, b"more"]))
    assert "352 entries of this log were signed before, the bundle has 351" in run(*words).stderr
    kept.write_text(signed_note([*bodies[:299], b"other"]))
    assert "another log of 300 entries was signed before" in run(*words).stderr
    for unusable in (b"no checkpoint", b"\xff\xfe", b""):
        kept.write_bytes(unusable)
        refused = run(*words)
        assert refused.exit_code == 2
        assert refused.stderr.startswith("The checkpoint that you kept cannot be used: ")


def test_reporting_checks_its_own_copy_of_the_log(run, whole, tmp_path):
    held = run("check", "--key", KEY.vkey)
    assert held.exit_code == 0, held.output
    assert held.stdout.startswith("351 entries are those that ")
    assert json.loads(run("check", "--key", KEY.vkey, "--json").stdout) == {"ok": True, "entries": 351, "cosigned": 0}
    assert run("check", "--key", "hello").exit_code == 2


def test_an_auditor_needs_nothing_that_serves_or_draws():
    """`reporting verify` runs where the packages for reports are not installed, and starts without loading a server."""
    from reporting_service.cli import FORM_NAMES
    from reporting_service.render.forms import FORMS

    program = "import sys, reporting_service.cli; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = set(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.split())
    assert "reporting_service" in loaded
    assert not loaded & {"vl_convert", "typst", "xlsxwriter", "flask", "granian"}
    assert tuple(FORMS) == FORM_NAMES
