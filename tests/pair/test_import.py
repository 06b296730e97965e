"""The canonical history imported from a file: the importer killed midway, run again, and each event stands once.

IMPORT_EVENTS says how many events, such as 100000; 5,000 unless given."""

import json
import os
import pty
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from bench.pair import Pair, wait_until
from bench.workload.canonical import canonical
from tests.pair.desk import Desk

EVENTS = int(os.environ.get("IMPORT_EVENTS", "5000"))
BATCH = max(100, EVENTS // 50)
LEDGER = Path(sys.executable).with_name("ledger")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("import")
    with Pair(folder / "fund", output=folder / "services.log", reporting=False) as pair:
        yield Desk(pair)


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """The file to import, one event a line with who posts it; and everybody who does."""
    path, posters = tmp_path_factory.mktemp("history") / "history.jsonl", set()
    with path.open("w") as file:
        for step in canonical(EVENTS):
            posters.add((step.role, step.subject))
            for event in step.events:
                file.write(json.dumps({"role": step.role, "subject": step.subject, "event": event}) + "\n")
    return path, posters


@pytest.fixture(scope="module")
def command(desk, history):
    """The words that import the file with a token for each role and subject."""
    path, posters = history
    tokens = desk.pair.home / "tokens"
    tokens.mkdir()
    for role, subject in posters:
        (tokens / f"{role}.{subject}.jwt").write_text(desk.pair.token(role, subject))
    return [str(LEDGER), "import", str(path), "--tokens", str(tokens), "--batch", str(BATCH), "--json"]


def head(desk):
    return desk.ledger("/v1/events", limit=1).json()["position"]


def on_a_terminal(command, environment):
    """Run a command whose stderr is a terminal; its exit code, its stdout, and what the terminal showed."""
    ours, theirs = pty.openpty()
    environment = {**environment, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):
            while chunk := os.read(ours, 65536):
                shown += chunk
        os.close(ours)
        stdout = process.stdout.read()
    return process.returncode, stdout, shown.decode()


def test_a_killed_import_is_run_again_and_each_event_stands_once(desk, history, command):
    importer = subprocess.Popen(command, env=desk.pair.environment, stdout=subprocess.PIPE)
    wait_until(lambda: head(desk) > EVENTS // 3 or importer.poll() is not None, 600, "a third of the history")
    importer.kill()
    assert importer.wait() == -9, "the import had ended before it could be killed"
    stopped_at = head(desk)
    assert EVENTS // 3 < stopped_at < EVENTS

    code, stdout, shown = on_a_terminal(command, desk.pair.environment)
    assert code == 0, shown
    said = json.loads(stdout)
    assert said["recorded"] + said["recorded_before"] == said["events"] == EVENTS
    assert said["recorded_before"] >= EVENTS // 3 - BATCH
    assert said["position"] == head(desk)
    assert "Checking" in shown
    assert "Importing" in shown
    assert "100%" in shown

    keys = [(event["source"], event["id"]) for event in desk.history()]
    assert max(Counter(keys).values()) == 1
    with history[0].open() as file:
        posted = [json.loads(line)["event"] for line in file]
    assert {(event["source"], event["id"]) for event in posted} <= set(keys)


def test_a_third_run_records_nothing_more(desk, command):
    before = head(desk)
    done = subprocess.run(command, env=desk.pair.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["recorded_before"] == EVENTS
    assert head(desk) == before
