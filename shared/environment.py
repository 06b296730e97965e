"""Reading settings from environment variables: every error is collected and told at once."""

import ipaddress
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote, urlsplit

from environs import Env
from environs.exceptions import EnvValidationError
from marshmallow import ValidationError

if TYPE_CHECKING:
    from shared.log_format.witnesses import Policy


class SettingsInvalid(Exception):
    """One or more settings cannot be used; `errors` has a sentence for each."""

    exit_code = 2

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


class _Given(Env):
    """environs over a given mapping instead of the process's own."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(eager=False)
        self._given = environ

    def _get_value(self, env_key: str, default: Any) -> Any:
        return self._given.get(env_key, default)


class Environment:
    """Variables being read; what cannot be used is noted, and told by `check`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._env = _Given(environ)
        self._noted: list[str] = []

    def note(self, name: str, sentence: str) -> None:
        """A setting that cannot be used, and why."""
        self._noted.append(f"{name}: {sentence}")

    def check(self) -> None:
        """SettingsInvalid with every error so far, if there are any."""
        if errors := [*self._malformed(), *self._noted]:
            raise SettingsInvalid(errors)

    def _malformed(self) -> list[str]:
        try:
            self._env.seal()
        except EnvValidationError as invalid:
            found = invalid.error_messages
            assert isinstance(found, Mapping)
            return [f"{name}: {' '.join(map(str, said))}" for name, said in found.items()]
        return []

    def text(self, name: str, default: str) -> str:
        """The variable's text; an empty one counts as not given."""
        value: str = self._env.str(name, default)
        return value or default

    def boolean(self, name: str, *, default: bool) -> bool:
        """A truth value as people write them."""
        return bool(self._env.bool(name, default))

    def integer(self, name: str, default: int, within: range) -> int:
        """A whole number within bounds."""

        def check(value: int) -> None:
            if value not in within:
                raise ValidationError(f"is between {within.start} and {within.stop - 1}.")

        value: int | None = self._env.int(name, default, validate=check)
        return default if value is None else value

    def bind(self, name: str, default: str) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _, port = self.text(name, default).rpartition(":")
        if host and port.isascii() and port.isdigit() and 0 < int(port) < 65536:
            return host.strip("[]"), int(port)
        self.note(name, f"is host:port, such as {default}.")
        return "127.0.0.1", 0

    def note_postgres(self, name: str, cause: str) -> None:
        """A PostgreSQL URL that libpq does not read; of what libpq says, which may quote a password, a name at most."""
        unknown = re.search(r'invalid URI query parameter: "(\w+)"', cause)
        found = f": there is no parameter {unknown[1]}" if unknown else ""
        self.note(name, f"is no URL as PostgreSQL's clients read it{found} (a password is percent-encoded).")

    def policy(self, name: str) -> "Policy | None":
        """The C2SP witness policy in the file that the variable names; None when it names none."""
        if not (path := self.text(name, "")):
            return None
        from shared.log_format.witnesses import BadPolicy, Policy  # signatures are slow to import

        try:
            return Policy.parse(Path(path).read_text(encoding="utf-8"))
        except (BadPolicy, OSError, UnicodeDecodeError) as error:
            self.note(name, f"{error}.")
            return None

    def session_secret(self, home: Path) -> Path | None:
        """The file that seals sessions of people: in development made when needed, else given by the operator."""
        dev = self.text("AUTH_MODE", "dev") == "dev"
        named = self.text("SESSION_SECRET_FILE", str(home / "keys" / "session.key") if dev else "")
        if self.text("OIDC_CLIENT_ID", "") and not named:
            self.note("SESSION_SECRET_FILE", "is needed with OIDC_CLIENT_ID: a file of 32 random bytes or more.")
        if named and (not dev or Path(named).exists()) and not _is_secret(Path(named)):
            self.note("SESSION_SECRET_FILE", "names no file of 32 bytes or more.")
        return Path(named) if named else None

    def check_access(self, auth_mode: str, host: str) -> None:
        """Note what AUTH_MODE lacks: `dev` is for loopback only, `oidc` needs an issuer, an audience and a key set."""
        if auth_mode == "dev":
            if not only_from_here(host):
                self.note("AUTH_MODE", "dev is refused on any address but loopback; use oidc, or bind to 127.0.0.1.")
        elif auth_mode == "oidc":
            for name in ("OIDC_ISSUER", "OIDC_AUDIENCE", "OIDC_JWKS_URL"):
                if not self.text(name, ""):
                    self.note(name, "is needed with AUTH_MODE=oidc.")
            if parts_of(self.text("OIDC_JWKS_URL", "https:")).scheme not in ("https", "file"):
                self.note("OIDC_JWKS_URL", "begins with https: or file:.")
        else:
            self.note("AUTH_MODE", "is dev or oidc.")


def is_postgres(url: str) -> bool:
    """Whether a database URL names a PostgreSQL database."""
    return parts_of(url).scheme in ("postgresql", "postgres")


def parts_of(url: str) -> SplitResult:
    """The parts of a URL; all are empty where it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _is_secret(path: Path) -> bool:
    try:
        return len(path.read_bytes().strip()) >= 32
    except OSError:
        return False


def sqlite_path(url: str) -> Path:
    """The file that `sqlite:///relative` or `sqlite:////absolute` names."""
    return Path(unquote(urlsplit(url).path.removeprefix("/")))


def only_from_here(host: str) -> bool:
    """Whether who listens at an address, or at `localhost` as this machine knows it, is reached from here alone."""
    try:
        found = socket.getaddrinfo(host, None) if host == "localhost" else [(0, 0, 0, "", (host, 0))]
    except OSError:
        return False
    return all(is_loopback(str(address[0])) for *_, address in found)


def is_loopback(host: str) -> bool:
    """Whether an address, or the name in one, is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
