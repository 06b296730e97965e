"""`ledger import`: a file of events posted to a running ledger, again and again."""

import json
from threading import Thread

import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from bench.pair import free_bind
from ledger_service.cli import main
from tests.ledger.clerks import admission, approval, interest


@pytest.fixture
def served(office):
    """The office's ledger behind a real socket; gives its address."""
    host, _, port = free_bind().partition(":")
    server = make_server(host, int(port), office.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://{host}:{port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def run(served, office, tmp_path):
    """Runs `ledger import` on a file with this content."""

    def run_on(content, *words):
        path = tmp_path / "events.jsonl"
        path.write_bytes(content)
        environment = {"FUND_HOME": str(office.settings.fund_home)}
        return CliRunner().invoke(main, ["import", str(path), "--url", served, *words], env=environment)

    return run_on


def lines(*events):
    return b"\n".join(json.dumps(one).encode() for one in events) + b"\n"


def test_a_file_of_lines_is_recorded_in_its_order(run, office):
    posted = [admission(), *(interest() for _ in range(11))]
    result = run(lines(*posted), "--batch", "5", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"ok": True, "recorded": 12, "known": 0, "position": 14}
    assert [entry["id"] for entry in office.checked_log()[2:]] == [one["id"] for one in posted]


def test_a_file_is_an_array_too(run, office):
    assert run(json.dumps([interest(), interest()], indent=2).encode()).exit_code == 0
    assert office.head() == 4


def test_a_file_imported_again_changes_nothing(run, office):
    posted = [interest() for _ in range(4)]
    run(lines(*posted[:3]))
    result = run(lines(*posted), "--json")
    assert json.loads(result.stdout) == {"ok": True, "recorded": 1, "known": 3, "position": 6}
    assert json.loads(run(lines(*posted), "--json").stdout)["known"] == 4
    assert office.head() == 6


def test_a_refused_event_is_named_with_its_rules(run, office):
    result = run(lines(interest(), interest(), interest(), approval()), "--batch", "2")
    assert result.exit_code == 1
    assert "Events 3 to 4 were not recorded" in result.stderr
    assert "event 4: project/unknown" in result.stderr
    assert office.head() == 5


def test_a_malformed_event_is_named_by_its_place(run, office):
    result = run(lines(interest(), interest("1.234")))
    assert result.exit_code == 1
    assert "#/1/data/amount" in result.stderr


@pytest.mark.parametrize(("content", "said"), [(b'{"a":1.5}\n', "line 1"), (b"\n\n{", "line 3"), (b"[1", "the file")])
def test_a_file_that_is_no_json_is_named_by_line(run, content, said):
    result = run(content)
    assert result.exit_code == 1
    assert said in result.stderr


def test_a_token_may_come_from_a_file(run, office, tmp_path):
    token = tmp_path / "token"
    token.write_text(office.headers("programme")["Authorization"].removeprefix("Bearer ") + "\n")
    result = run(lines(interest()), "--token-file", str(token))
    assert result.exit_code == 1
    assert "roles" in result.stderr
    assert run(lines(interest()), "--token-file", str(tmp_path / "none")).exit_code == 2


def test_a_ledger_that_is_not_there_is_unavailable(tmp_path, monkeypatch):
    monkeypatch.setattr("ledger_service.posting.TRIES", 1)
    monkeypatch.setattr("ledger_service.posting.WAIT_SECONDS_MAX", 0.0)
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines(interest()))
    words = ["import", str(path), "--url", f"http://{free_bind()}"]
    result = CliRunner().invoke(main, words, env={"FUND_HOME": str(tmp_path)})
    assert result.exit_code == 3
    assert "cannot be reached" in result.stderr
