"""Reporting's settings: environment variables only, checked together, every error told at once."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from environs import Env
from environs.exceptions import EnvValidationError
from marshmallow import ValidationError

from shared.log_format.notes import BadKey, Verifier

BIND = "127.0.0.1:8036"
LEDGER_URL = "http://127.0.0.1:8035"


class SettingsInvalid(Exception):
    """One or more settings cannot be used; `errors` has a sentence for each."""

    exit_code = 2

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything reporting can be told; see docs/reference/settings.md."""

    fund_home: Path
    host: str
    port: int
    database_url: str
    ledger_url: str
    token_file: Path
    log_vkey: str
    auth_mode: str
    oidc_issuer: str | None
    oidc_audience: str | None
    oidc_jwks_url: str | None
    threads: int


def load(environ: Mapping[str, str], *, serving: bool = True) -> Settings:
    """The settings in these variables; SettingsInvalid names every one that cannot be used.

    Without `serving`, what only the running service needs may be missing.
    """
    env = _Environment(environ)
    errors: list[str] = []
    home = Path(env.text("FUND_HOME", "var"))
    host, port = _bind(env.text("REPORTING_BIND", BIND), errors)
    settings = Settings(
        fund_home=home,
        host=host,
        port=port,
        database_url=_database(env.text("REPORTING_DATABASE_URL", f"sqlite:///{home / 'reporting.db'}"), errors),
        ledger_url=_ledger_url(env.text("REPORTING_LEDGER_URL", LEDGER_URL), errors),
        token_file=Path(env.text("REPORTING_TOKEN_FILE", str(home / "reporting.token"))),
        log_vkey=_vkey(env.text("REPORTING_LOG_VKEY", ""), errors, serving=serving),
        auth_mode=env.text("AUTH_MODE", "dev"),
        oidc_issuer=env.text("OIDC_ISSUER", "") or None,
        oidc_audience=env.text("OIDC_AUDIENCE", "") or None,
        oidc_jwks_url=env.text("OIDC_JWKS_URL", "") or None,
        threads=env.integer("REPORTING_THREADS", 32, range(32, 513)),
    )
    if serving:
        errors += _access_errors(settings)
    if problems := [*env.errors, *errors]:
        raise SettingsInvalid(problems)
    return settings


class _Given(Env):
    """environs over a given mapping instead of the process's own."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(eager=False)
        self._given = environ

    def _get_value(self, env_key: str, default: Any) -> Any:
        return self._given.get(env_key, default)


class _Environment:
    """Reads variables, collecting every error."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._env = _Given(environ)

    @property
    def errors(self) -> list[str]:
        try:
            self._env.seal()
        except EnvValidationError as invalid:
            found = invalid.error_messages
            assert isinstance(found, Mapping)
            return [f"{name}: {' '.join(map(str, said))}" for name, said in found.items()]
        return []

    def text(self, name: str, default: str) -> str:
        value: str = self._env.str(name, default)
        return value or default

    def integer(self, name: str, default: int, within: range) -> int:
        def check(value: int) -> None:
            if value not in within:
                raise ValidationError(f"is between {within.start} and {within.stop - 1}.")

        value: int | None = self._env.int(name, default, validate=check)
        return default if value is None else value


def _bind(text: str, errors: list[str]) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if host and port.isascii() and port.isdigit() and 0 < int(port) < 65536:
        return host.strip("[]"), int(port)
    errors.append("REPORTING_BIND: is host:port, such as 127.0.0.1:8036.")
    return "127.0.0.1", 0


def sqlite_path(url: str) -> Path:
    """The file that `sqlite:///relative` or `sqlite:////absolute` names."""
    return Path(unquote(urlsplit(url).path.removeprefix("/")))


def _database(url: str, errors: list[str]) -> str:
    scheme = urlsplit(url).scheme
    if scheme.startswith("postgres"):
        errors.append("REPORTING_DATABASE_URL: PostgreSQL is not supported by this version; use sqlite:///path.")
    elif scheme != "sqlite" or not str(sqlite_path(url)).strip("."):
        errors.append("REPORTING_DATABASE_URL: is sqlite:///relative/path or sqlite:////absolute/path.")
    return url


def _ledger_url(url: str, errors: list[str]) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        errors.append(
            "REPORTING_LEDGER_URL: begins with http:// or https:// and names the ledger, such as " + LEDGER_URL
        )
    return url.rstrip("/")


def _vkey(text: str, errors: list[str], *, serving: bool) -> str:
    if not text:
        if serving:
            errors.append("REPORTING_LOG_VKEY: is needed: the log's public key, as `ledger vkey` prints it.")
        return text
    try:
        Verifier.parse(text)
    except BadKey as error:
        errors.append(f"REPORTING_LOG_VKEY: is no public key as `ledger vkey` prints it: {error}.")
    return text


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _access_errors(settings: Settings) -> list[str]:
    if settings.auth_mode == "dev":
        if is_loopback(settings.host):
            return []
        return ["AUTH_MODE: dev is refused on any address but loopback; use oidc, or REPORTING_BIND=127.0.0.1:…"]
    if settings.auth_mode != "oidc":
        return ["AUTH_MODE: is dev or oidc."]
    needed = {
        "OIDC_ISSUER": settings.oidc_issuer,
        "OIDC_AUDIENCE": settings.oidc_audience,
        "OIDC_JWKS_URL": settings.oidc_jwks_url,
    }
    errors = [f"{name}: is needed with AUTH_MODE=oidc." for name, value in needed.items() if not value]
    if settings.oidc_jwks_url and urlsplit(settings.oidc_jwks_url).scheme not in ("https", "file"):
        errors.append("OIDC_JWKS_URL: begins with https: or file:.")
    return errors
