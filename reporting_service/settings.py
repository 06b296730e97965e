"""Reporting's settings: environment variables only, checked together, every error told at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.environment import Environment, is_postgres, parts_of, sqlite_path
from shared.log_format.notes import BadKey, Verifier
from shared.log_format.witnesses import Policy

BIND = "127.0.0.1:8036"
LEDGER_URL = "http://127.0.0.1:8035"


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
    oidc_client_id: str | None
    session_secret_file: Path | None
    threads: int
    witnesses: Policy | None

    @property
    def sqlite_path(self) -> Path | None:
        """The database file of a `sqlite:` URL; None when the database is PostgreSQL."""
        return None if is_postgres(self.database_url) else sqlite_path(self.database_url)


def load(environ: Mapping[str, str], *, serving: bool = True) -> Settings:
    """The settings in these variables; SettingsInvalid names every one that cannot be used.

    Without `serving`, what only the running service needs may be missing.
    """
    env = Environment(environ)
    home = Path(env.text("FUND_HOME", "var"))
    host, port = env.bind("REPORTING_BIND", BIND)
    settings = Settings(
        fund_home=home,
        host=host,
        port=port,
        database_url=_database(env, home),
        ledger_url=_ledger_url(env),
        token_file=Path(env.text("REPORTING_TOKEN_FILE", str(home / "reporting.token"))),
        log_vkey=_vkey(env, serving=serving),
        auth_mode=env.text("AUTH_MODE", "dev"),
        oidc_issuer=env.text("OIDC_ISSUER", "") or None,
        oidc_audience=env.text("OIDC_AUDIENCE", "") or None,
        oidc_jwks_url=env.text("OIDC_JWKS_URL", "") or None,
        oidc_client_id=env.text("OIDC_CLIENT_ID", "") or None,
        session_secret_file=env.session_secret(home),
        threads=env.integer("REPORTING_THREADS", 32, range(32, 513)),
        witnesses=env.policy("REPORTING_WITNESSES"),
    )
    if serving:
        env.check_access(settings.auth_mode, host)
    env.check()
    return settings


def _database(env: Environment, home: Path) -> str:
    url = env.text("REPORTING_DATABASE_URL", f"sqlite:///{home / 'reporting.db'}")
    if is_postgres(url):
        _check_postgres(env, url)
    elif parts_of(url).scheme != "sqlite" or not str(sqlite_path(url)).strip("."):
        env.note("REPORTING_DATABASE_URL", "is sqlite:///relative/path, sqlite:////absolute/path or postgresql://…")
    return url


def _check_postgres(env: Environment, url: str) -> None:
    from psycopg import ProgrammingError  # the driver is slow to import
    from psycopg.conninfo import conninfo_to_dict

    try:
        conninfo_to_dict(url)
    except ProgrammingError as error:
        env.note_postgres("REPORTING_DATABASE_URL", str(error))


def _ledger_url(env: Environment) -> str:
    url = env.text("REPORTING_LEDGER_URL", LEDGER_URL)
    parts = parts_of(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        env.note("REPORTING_LEDGER_URL", f"begins with http:// or https:// and names the ledger, such as {LEDGER_URL}.")
    return url.rstrip("/")


def _vkey(env: Environment, *, serving: bool) -> str:
    text = env.text("REPORTING_LOG_VKEY", "")
    if not text:
        if serving:
            env.note("REPORTING_LOG_VKEY", "is needed: the log's public key, as `ledger vkey` prints it.")
        return text
    try:
        Verifier.parse(text)
    except BadKey as error:
        env.note("REPORTING_LOG_VKEY", f"is no public key as `ledger vkey` prints it: {error}.")
    return text
