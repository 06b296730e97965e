"""The ledger's settings: environment variables only, checked together, every error told at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shared.environment import Environment, SettingsInvalid, is_postgres, parts_of, sqlite_path

if TYPE_CHECKING:
    from shared.log_format.checkpoints import Checkpoint
    from shared.log_format.witnesses import Policy

__all__ = ["DEFAULT_ORIGIN", "Settings", "SettingsInvalid", "load"]

DEFAULT_ORIGIN = "ledger.fund1035.example/log"
BIND = "127.0.0.1:8035"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the ledger can be told; see docs/reference/settings.md."""

    fund_home: Path
    host: str
    port: int
    database_url: str
    origin: str
    signing_key_file: Path
    public_log: bool
    refusals_per_minute: int
    auth_mode: str
    oidc_issuer: str | None
    oidc_audience: str | None
    oidc_jwks_url: str | None
    oidc_client_id: str | None
    session_secret_file: Path | None
    threads: int
    witnesses: "Policy | None"
    witness_seconds: int
    continues: "Checkpoint | None"

    @property
    def sqlite_path(self) -> Path | None:
        """The database file of a `sqlite:` URL; None when the database is PostgreSQL."""
        return None if is_postgres(self.database_url) else sqlite_path(self.database_url)


def load(environ: Mapping[str, str]) -> Settings:
    """The settings in these variables; SettingsInvalid names every one that cannot be used."""
    env = Environment(environ)
    home = Path(env.text("FUND_HOME", "var"))
    host, port = env.bind("LEDGER_BIND", BIND)
    settings = Settings(
        fund_home=home,
        host=host,
        port=port,
        database_url=_database(env, home),
        origin=_origin(env),
        signing_key_file=Path(env.text("LEDGER_SIGNING_KEY_FILE", str(home / "keys" / "log.key"))),
        public_log=env.boolean("LEDGER_PUBLIC_LOG", default=False),
        refusals_per_minute=env.integer("LEDGER_REFUSALS_PER_MINUTE", 600, range(1, 1_000_001)),
        auth_mode=env.text("AUTH_MODE", "dev"),
        oidc_issuer=env.text("OIDC_ISSUER", "") or None,
        oidc_audience=env.text("OIDC_AUDIENCE", "") or None,
        oidc_jwks_url=env.text("OIDC_JWKS_URL", "") or None,
        oidc_client_id=env.text("OIDC_CLIENT_ID", "") or None,
        session_secret_file=env.session_secret(home),
        threads=env.integer("LEDGER_THREADS", 96, range(32, 513)),
        witnesses=env.policy("LEDGER_WITNESSES"),
        witness_seconds=env.integer("LEDGER_WITNESS_SECONDS", 10, range(1, 86_401)),
        continues=_continues(env),
    )
    env.check_access(settings.auth_mode, host)
    env.check()
    return settings


def _database(env: Environment, home: Path) -> str:
    url = env.text("LEDGER_DATABASE_URL", f"sqlite:///{home / 'ledger.db'}")
    if is_postgres(url):
        _check_postgres(env, url)
    elif parts_of(url).scheme != "sqlite" or not str(sqlite_path(url)).strip("."):
        env.note("LEDGER_DATABASE_URL", "is sqlite:///relative/path, sqlite:////absolute/path or postgresql://…")
    return url


def _check_postgres(env: Environment, url: str) -> None:
    from psycopg import ProgrammingError  # the driver is slow to import
    from psycopg.conninfo import conninfo_to_dict

    try:
        conninfo_to_dict(url)
    except ProgrammingError as error:
        env.note_postgres("LEDGER_DATABASE_URL", str(error))


def _origin(env: Environment) -> str:
    origin = env.text("LEDGER_ORIGIN", DEFAULT_ORIGIN)
    if "+" in origin or "://" in origin or not origin.isascii() or not origin.isprintable() or " " in origin:
        env.note("LEDGER_ORIGIN", "is a URL without scheme, spaces or +, such as ledger.fund.example/log.")
    return origin


def _continues(env: Environment) -> "Checkpoint | None":
    """The last checkpoint of the log that this one continues, as that log's own key signed it."""
    if not (path := env.text("LEDGER_CONTINUES", "")):
        return None
    from shared.log_format.checkpoints import open_checkpoint  # signatures are slow to import
    from shared.log_format.notes import Verifier

    try:
        verifier = Verifier.parse(env.text("LEDGER_CONTINUES_VKEY", ""))
        checkpoint = open_checkpoint(Path(path).read_text(encoding="utf-8"), verifier)
    except (ValueError, OSError) as error:
        env.note("LEDGER_CONTINUES", f"names no checkpoint that LEDGER_CONTINUES_VKEY signed: {error}.")
        return None
    if checkpoint.origin == _origin(env):
        env.note("LEDGER_CONTINUES", "is of a log of this very origin; a new key means a new LEDGER_ORIGIN.")
    return checkpoint
