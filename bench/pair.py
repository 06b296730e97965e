"""Runs both services as a pair of real processes: bench.run, the demo and the tests start them through here."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO

import requests

from bench.leash import leashed
from shared.access import mint_dev_token
from shared.serving import port_is_free

LEDGER_BIND = "127.0.0.1:8035"
REPORTING_BIND = "127.0.0.1:8036"
PORTS = range(12_000, 32_000)
TOKEN_HOURS = 12
STARTING_STOP_S = 3
"""A service that is stopped while it starts has nothing to finish."""
OURS = ("FUND_", "LEDGER_", "REPORTING_", "OIDC_", "AUTH_MODE", "SESSION_SECRET_FILE")
FOLLOWS_NO_MORE = "nothing after position"
"""What reporting says in /readyz when the log does not hold, or went back."""
_BIN = Path(sys.executable).parent


class PairFailed(Exception):
    """A service ended or never became ready; the message says which and where its output is."""


def free_bind() -> str:
    """A loopback address with a port that nothing listens on, `host:port`; below the ports that the kernel
    hands to outgoing connections, so that it is still free after a service was killed."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return f"127.0.0.1:{port}"


def reachable(bind: str) -> str:
    """The URL of a bind address as seen from this machine."""
    host, _, port = bind.rpartition(":")
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '') else host}:{port}"  # noqa: S104


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Ask `holds` until it says yes; PairFailed naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise PairFailed(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.02)


class Stopped(PairFailed):
    """Reporting runs, but follows the log no more; the message is its own."""


class Pair:
    """Both services over one FUND_HOME. Start and stop it from one thread that outlives it.

    `settings` are added to the environment of what is started from then on; anything of ours in the caller's own is
    left out, so that a test depends on what it says. `output` takes what the services print; None lets it through.
    Without `reporting` only the ledger is started.
    """

    def __init__(
        self,
        home: Path,
        ledger_bind: str | None = None,
        reporting_bind: str | None = None,
        *,
        settings: Mapping[str, str] | None = None,
        output: Path | None = None,
        reporting: bool = True,
    ) -> None:
        self.home = Path(home)
        self.ledger_bind = ledger_bind or free_bind()
        self.reporting_bind = reporting_bind or free_bind()
        self.ledger_url = reachable(self.ledger_bind)
        self.reporting_url = reachable(self.reporting_bind)
        self.output = output
        self._names = ("ledger", "reporting") if reporting else ("ledger",)
        self.settings = dict(settings or {})
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every command that belongs to this pair."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return {
            **kept,
            "FUND_HOME": str(self.home),
            "LEDGER_BIND": self.ledger_bind,
            "REPORTING_BIND": self.reporting_bind,
            "REPORTING_LEDGER_URL": self.ledger_url,
            "REPORTING_TOKEN_FILE": str(self.home / "reporting.token"),
            **self.settings,
            "FUND_DIE_WITH_PARENT": "1",
        }

    def command(self, *words: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a console script of the project, such as `ledger verify`, in this pair's environment."""
        program = [str(_BIN / words[0]), *words[1:]]
        return subprocess.run(program, env=self.environment, capture_output=True, text=True, timeout=seconds)

    def asked(self, *words: str) -> str:
        """What a command prints; PairFailed with its own words when it fails."""
        done = self.command(*words)
        if done.returncode:
            raise PairFailed(f"`{' '.join(words)}` ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout.strip()

    def token(self, role: str, subject: str | None = None) -> str:
        """A fresh development token of one role."""
        return mint_dev_token(self.home, role, subject or role, TOKEN_HOURS)

    @property
    def vkey(self) -> str:
        """The public key of this pair's log, once started."""
        return self.settings["REPORTING_LOG_VKEY"]

    def renew_token(self) -> None:
        """Put a fresh token where reporting looks for it, in one step."""
        if "REPORTING_TOKEN_FILE" in self.settings:
            return
        if self.settings.get("AUTH_MODE", "dev") != "dev":
            raise PairFailed("AUTH_MODE is not dev: name reporting's token in REPORTING_TOKEN_FILE")
        new = self.home / "reporting.token.new"
        new.touch(mode=0o600)
        new.write_text(self.token("reporting") + "\n")
        new.rename(self.home / "reporting.token")

    def start(self) -> "Pair":
        """Make the keys, start the ledger, then reporting with the log's key pinned; wait until both are ready.

        Stopped, with both still running, when reporting will never be: the log does not hold, or went back.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        if "REPORTING_LOG_VKEY" not in self.settings:
            self.settings["REPORTING_LOG_VKEY"] = self.asked("ledger", "vkey")
        self.renew_token()
        self._claim_ports()
        for name in self._names:
            self._start(name, wait=False)
        for name in self._names:
            self.wait_ready(name)
        return self

    def _claim_ports(self) -> None:
        """PairFailed when another process listens where a service of this pair would: it would pass for ours."""
        for bind in (self.ledger_bind, self.reporting_bind)[: len(self._names)]:
            host, _, port = bind.rpartition(":")
            if not port_is_free(host.strip("[]"), int(port)):
                raise PairFailed(f"{bind} is taken by another process.")

    def start_ledger(self, *, wait: bool = True) -> None:
        """Start the ledger and, unless told otherwise, wait until it is ready."""
        self._start("ledger", wait)

    def start_reporting(self, *, wait: bool = True) -> None:
        """Start reporting and, unless told otherwise, wait until it is ready."""
        self._start("reporting", wait)

    def _start(self, name: str, wait: bool) -> None:
        self.processes[name] = subprocess.Popen(
            [str(_BIN / name), "serve"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self._sink(),
            stderr=subprocess.STDOUT if self.output else None,
            preexec_fn=leashed(os.getpid()),
        )
        if wait:
            self.wait_ready(name)

    def _sink(self) -> IO[bytes] | None:
        return self.output.open("ab") if self.output else None

    def wait_ready(self, name: str, seconds: float = 60) -> None:
        """Return once the service answers /readyz with 200; PairFailed when any ends or it takes too long."""
        url = f"{self.ledger_url if name == 'ledger' else self.reporting_url}/readyz"
        wait_until(lambda: self._ready(name, url), seconds, f"{name} to be ready at {url}")

    def _ready(self, name: str, url: str) -> bool:
        if (ended := self.ended()) is not None:
            where = f"; its output: {self.output}" if self.output else ""
            status = self.processes[ended].returncode
            raise PairFailed(f"{ended} ended with {status} before {name} was ready{where}")
        with contextlib.suppress(requests.RequestException):
            answer = requests.get(url, timeout=2)
            if answer.status_code == 503 and FOLLOWS_NO_MORE in (detail := str(answer.json().get("detail"))):
                raise Stopped(detail)
            return answer.status_code == 200
        return False

    def kill_ledger(self) -> None:
        """SIGKILL the ledger, as a power cut would."""
        self._kill("ledger")

    def kill_reporting(self) -> None:
        """SIGKILL reporting, as a power cut would."""
        self._kill("reporting")

    def _kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop(self, seconds: float = 20) -> None:
        """SIGTERM reporting, then the ledger, each waited for; SIGKILL for what has not ended in time."""
        for name in ("reporting", "ledger"):
            process = self.processes.pop(name, None)
            if process is None:
                continue
            process.terminate()
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def ended(self) -> str | None:
        """The name of a service that has ended by itself, if any."""
        return next((name for name, process in self.processes.items() if process.poll() is not None), None)

    def __enter__(self) -> "Pair":
        try:
            return self.start()
        except BaseException:
            self.stop(STARTING_STOP_S)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
