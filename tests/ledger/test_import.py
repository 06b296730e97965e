"""`ledger import`: a file checked whole, posted to a running ledger in batches, and safe to run again."""

import json
from threading import Thread

import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from bench.pair import free_bind
from ledger_service.cli import main
from shared.access import mint_dev_token
from tests.ledger.clerks import admission, approval, event, interest


@pytest.fixture
def served(office):
    """The office's ledger behind a real socket; gives its address."""
    host, _, port = free_bind().partition(":")
    server = make_server(host, int(port), office.app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://{host}:{port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def run(served, office, tmp_path):
    """Runs `ledger import` on a file with this content, or on standard input."""

    def run_on(content, *words, name="events.jsonl"):
        path = tmp_path / name
        if name != "-":
            path.write_bytes(content)
        environment = {"FUND_HOME": str(office.settings.fund_home)}
        arguments = ["import", str(path) if name != "-" else "-", "--url", served, *words]
        return CliRunner().invoke(main, arguments, env=environment, input=content if name == "-" else None)

    return run_on


@pytest.fixture
def token(office, tmp_path):
    """Puts a token of a role and subject into the directory of tokens."""
    folder = tmp_path / "tokens"
    folder.mkdir()

    def put(role, subject):
        path = folder / f"{role}.{subject}.jwt"
        path.write_text(mint_dev_token(office.settings.fund_home, role, subject) + "\n")
        return path

    return put


def lines(*values):
    return b"\n".join(json.dumps(one).encode() for one in values) + b"\n"


def told(result, code=0):
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_a_file_of_lines_is_recorded_in_its_order(run, office):
    posted = [admission(), *(interest() for _ in range(11))]
    said = told(run(lines(*posted), "--batch", "5", "--json"))
    assert said == {"ok": True, "events": 12, "recorded": 12, "recorded_before": 0, "warnings": 0, "position": 14}
    assert [entry["id"] for entry in office.checked_log()[2:]] == [one["id"] for one in posted]


def test_a_file_imported_again_changes_nothing(run, office):
    posted = [interest() for _ in range(4)]
    run(lines(*posted[:3]))
    said = told(run(lines(*posted), "--json"))
    assert (said["recorded"], said["recorded_before"]) == (1, 3)
    assert told(run(lines(*posted), "--json"))["recorded_before"] == 4
    assert office.head() == 6


def test_standard_input_is_read_like_a_file(run, office):
    result = run(lines(interest(), interest()), name="-")
    assert result.exit_code == 0
    assert result.stdout == "2 events: 2 recorded now, 0 recorded before, 0 with warnings.\n"
    assert office.head() == 4


def test_a_spreadsheet_of_several_types_is_posted(run, office):
    text = (
        "type,id,source,year,kind,amount,currency,rate.value,rate.on,rate.source,received_on,reference,state,name,"
        "region,admitted_on,development_status\r\n"
        "income.received,i-1,https://sheet.example,2015,interest,10.50,EUR,1.1,2015-01-01,UN,2015-03-01,r,,,,,\r\n"
        'member-state.admitted,m-1,https://sheet.example,,,,,,,,,,KEN,"Kenya, R.",africa,1985-01-01,developing\r\n'
    )
    assert run(text.encode(), name="facts.csv").exit_code == 0
    first, second = office.checked_log()[2:]
    assert first["data"]["rate"] == {"value": "1.1", "on": "2015-01-01", "source": "UN"}
    assert first["data"]["year"] == 2015
    assert second["data"]["name"] == "Kenya, R."


def test_nothing_is_posted_while_a_line_is_at_fault(run, office):
    posted = lines(interest(), interest("1.234"), interest("1.00")) + b'{"a": 1.5}\n\n[]\n'
    result = run(posted, "--batch", "1")
    assert result.exit_code == 1
    assert [line.split()[:3] for line in result.stderr.splitlines()[:3]] == [
        ["line", "2:", "#/data/amount"],
        ["line", "4:", "#/a"],
        ["line", "6:", "#"],
    ]
    assert "Nothing was posted." in result.stderr
    assert office.head() == 2


def test_the_first_faults_are_shown_and_the_rest_counted(run):
    result = run(lines(*(interest("1.2") for _ in range(60))))
    assert "line 50:" in result.stderr
    assert "… and 10 more." in result.stderr
    assert "line 51:" not in result.stderr


def test_an_id_used_twice_is_a_fault_of_the_file(run, office):
    first = interest()
    said = told(run(lines(first, interest(), {**first, "time": "2015-01-01T00:00:00Z"}), "--batch", "1", "--json"), 1)
    assert said["faults"] == [{"line": 3, "pointer": "id", "detail": "is the id of line 1 too, from the same source"}]
    assert office.head() == 2


def test_a_refused_line_is_named_with_rules_figures_and_what_would_pass(run, office):
    result = run(lines(interest(), interest(), interest(), approval("a-1")), "--batch", "2")
    assert result.exit_code == 1
    for words in ("lines 3 to 4", "line 4: id a-1", "project/unknown (practice, ", "project NC.0001", "would pass: "):
        assert words in result.stderr
    assert "2 events: 2 recorded now" in result.stderr
    assert office.head() == 5


def test_refusals_are_told_as_json_too(run):
    said = told(run(lines(interest(), approval("a-1")), "--json"), 1)
    assert [(refused["line"], refused["refusals"][0]["rule"]) for refused in said["refusals"]] == [
        (2, "project/unknown")
    ]


def test_a_line_recorded_before_with_other_content_is_named(run, office):
    office.post(interest("1.00", "twice"))
    said = told(run(lines(interest(), interest("2.00", "twice")), "--json"), 1)
    assert said["faults"] == [{"line": 2, "pointer": "id", "detail": "was recorded before with other content"}]
    assert office.head() == 3


def test_each_line_is_posted_by_whom_it_names(run, office, token):
    tokens = token("finance", "gl-1").parent
    token("finance", "gl-2")
    token("administrator", "registry-1")
    posted = [("finance", "gl-2"), ("finance", "gl-2"), ("finance", "gl-1")]
    named = [{"role": role, "subject": subject, "batch": 1, "event": interest()} for role, subject in posted]
    assert run(lines(*named, admission()), "--tokens", str(tokens)).exit_code == 0
    by = [(entry["recorded_role"], entry["recorded_by"]) for entry in office.checked_log()[2:]]
    assert by == [*posted, ("administrator", "registry-1")]


def test_whom_no_token_speaks_for_is_a_fault_of_the_line(run, office, token):
    tokens = token("finance", "gl-1").parent
    token("finance", "gl-2")
    stranger = {"role": "finance", "subject": "gl-3", "event": interest()}
    said = told(run(lines(stranger, interest(), admission()), "--tokens", str(tokens), "--json"), 1)
    assert [fault["detail"].split(";")[0] for fault in said["faults"]] == [
        "no token of finance gl-3 may post it",
        "may be posted by 2 of the tokens: say who, as {role, subject, event}",
        "no token may post it",
    ]
    assert office.head() == 2


def test_a_token_file_that_holds_none_is_wrong_usage(run, tmp_path):
    (tmp_path / "token").write_text("not a token")
    assert run(lines(interest()), "--token-file", str(tmp_path / "token")).exit_code == 2
    assert run(lines(interest()), "--token-file", str(tmp_path / "none")).exit_code == 2


def test_a_token_that_the_ledger_does_not_trust_stops_the_import(run, tmp_path, token):
    (tmp_path / "token").write_text(mint_dev_token(tmp_path / "elsewhere", "finance", "gl-1"))
    result = run(lines(interest()), "--token-file", str(tmp_path / "token"))
    assert result.exit_code == 1
    assert "The token does not hold" in result.stderr


def test_a_file_can_be_checked_without_posting(run, office):
    assert told(run(lines(interest(), interest()), "--check", "--json")) == {"ok": True, "events": 2}
    assert run(lines(interest("1")), "--check").exit_code == 1
    assert office.head() == 2


def test_an_empty_file_is_imported_whole(run):
    assert told(run(b"\n", "--json"))["events"] == 0


def test_a_name_that_tells_no_format_is_wrong_usage(run, office):
    assert run(lines(interest()), name="events.txt").exit_code == 2
    assert run(lines(interest()), "--format", "jsonl", name="events.txt").exit_code == 0


def test_warnings_are_counted(run, office):
    office.post([admission("UGA")], "administrator")
    project = {
        "project": "NC.1", "title": "t", "scope": "national", "states": ["UGA"], "line": "line-2",
        "requested": "100.00", "area": "cross-cutting", "activities": [], "endorsements": [],
        "starts_on": "2015-01-01", "ends_on": "2016-01-01",
    }  # fmt: skip
    assert told(run(lines(event("project.submitted", **project)), "--json"))["warnings"] == 1
