"""The `ledger` command, from serving to restoring. Exit codes: 0 ok, 1 mismatch, 2 usage, 3 unavailable.

A command imports what it needs when it runs: asking for a token must not load a web server.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from ledger_service.progress import progress_bar
from ledger_service.settings import Settings, SettingsInvalid, load
from shared.commands import Commands
from shared.contract.roles import ROLES
from shared.process import start_anew_with_level_memory

if TYPE_CHECKING:
    from ledger_service.importing.posters import Posters
    from ledger_service.journal.recorders.interface import JournalRecorder
    from ledger_service.verification import Counts
    from shared.log_format.notes import Verifier

FACTORY = "ledger_service.app:from_environment"
DEV_HOURS_MAX = 12.0


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The ledger of the 1035 Facility. Settings are environment variables (docs/reference/settings.md)."""


def _settings(*unread: str) -> Settings:
    try:
        return load({name: value for name, value in os.environ.items() if name not in unread})
    except SettingsInvalid as error:
        _stop(str(error), error.exit_code)


def _stop(sentence: str, code: int) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)


def _tell(as_json: bool, **said: Any) -> None:
    """Print the one value, or all of them as JSON."""
    click.echo(json.dumps(said) if as_json else next(iter(said.values())))


POSTERS = [name for name in ROLES if name not in ("auditor", "council", "reporting")]

as_json = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
role = click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="Repeatable.")
_file = click.Path(path_type=Path, exists=True, dir_okay=False)
_folder = click.Path(path_type=Path, exists=True, file_okay=False)
subject = click.option("--subject", required=True, help="An opaque id of who acts, never a person's name.")


@main.command()
def serve() -> None:
    """Serve the ledger at LEDGER_BIND until SIGTERM or Ctrl-C."""
    settings = _settings()
    start_anew_with_level_memory()
    from shared import serving

    sys.exit(serving.serve(FACTORY, settings.host, settings.port, settings.threads))


@main.command()
@as_json
def vkey(as_json: bool) -> None:
    """Print the log's public key, making the key when there is none."""
    from ledger_service.keys import KeyRefused, signing_key

    settings = _settings()
    try:
        key = signing_key(settings.signing_key_file, settings.origin)
    except KeyRefused as error:
        _stop(str(error), error.exit_code)
    except OSError as error:
        _stop(f"The key cannot be read: {error}", 3)
    _tell(as_json, vkey=key.vkey, origin=key.name)


@main.command("dev-token")
@role
@subject
@click.option("--hours", default=DEV_HOURS_MAX, type=click.FloatRange(0.01, DEV_HOURS_MAX), show_default=True)
@as_json
def dev_token(roles: tuple[str, ...], subject: str, hours: float, as_json: bool) -> None:
    """Print a token for AUTH_MODE=dev."""
    from shared.access import mint_dev_token

    settings = _settings()
    try:
        _tell(as_json, token=mint_dev_token(settings.fund_home, roles, subject, hours))
    except ValueError as error:
        _stop(f"{error}.", 2)


@main.command("token-key")
@click.option("--renew", is_flag=True, help="Sign with a new key; tokens of the key before hold until they expire.")
@as_json
def token_key(as_json: bool, renew: bool) -> None:
    """Make the key that `ledger token` signs with, and print the OIDC_JWKS_URL of its public half."""
    from shared.access import make_token_key, renew_token_key

    path = (renew_token_key if renew else make_token_key)(_settings_for_tokens().fund_home)
    _tell(as_json, jwks_url=f"file://{path.resolve()}", path=str(path))


@main.command()
@role
@subject
@click.option("--hours", default=12.0, type=click.FloatRange(0.01, 24 * 366), show_default=True)
@as_json
def token(roles: tuple[str, ...], subject: str, hours: float, as_json: bool) -> None:
    """Print a token for AUTH_MODE=oidc with the key of `ledger token-key`, for OIDC_ISSUER and OIDC_AUDIENCE."""
    from shared.access import mint_token

    settings = _settings_for_tokens()
    if not (settings.oidc_issuer and settings.oidc_audience):
        _stop("OIDC_ISSUER and OIDC_AUDIENCE are needed: the services check both.", 2)
    try:
        issuer, audience = str(settings.oidc_issuer), str(settings.oidc_audience)
        made = mint_token(settings.fund_home, roles, subject, hours, issuer, audience)
    except FileNotFoundError:
        _stop("There is no key yet: run `ledger token-key` first.", 2)
    except ValueError as error:
        _stop(f"{error}.", 2)
    _tell(as_json, token=made)


def _settings_for_tokens() -> Settings:
    """The settings, whatever is still missing before the services can start."""
    return _settings("AUTH_MODE", "LEDGER_BIND")


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--format", type=click.Choice(("jsonl", "csv")), help="What the file is; its name tells unless given.")
@click.option("--url", help="The ledger's address; http://LEDGER_BIND unless given.")
@click.option(
    "--token-file", "token_files", multiple=True, type=_file, help="Repeatable; with AUTH_MODE=dev not needed."
)
@click.option("--tokens", type=_folder, help="A directory of tokens, one for each role and subject: finance.gl-1.jwt.")
@click.option("--batch", default=1_000, type=click.IntRange(1, 10_000), show_default=True, help="Events a request.")
@click.option("--check", is_flag=True, help="Only read the file; post nothing.")
@as_json
def import_(file: str, as_json: bool, **options: Any) -> None:
    """Check a FILE of facts, JSON Lines or CSV (`-`: standard input), then post it; run again, it goes on."""
    from ledger_service.importing.posters import TokenUnusable
    from ledger_service.importing.posting import Ledger
    from ledger_service.importing.run import run_import
    from ledger_service.importing.source import open_source

    try:
        posters = _posters(options["token_files"], options["tokens"])
        with open_source(file, options["format"], sys.stdin.buffer) as source:
            ledger = None if options["check"] else Ledger(options["url"] or _ledger_url())
            outcome = run_import(source, posters, ledger, options["batch"], progress_bar)
    except (OSError, ValueError, TokenUnusable) as error:
        _stop(f"{error}", 2)
    click.echo(json.dumps(outcome.document) if as_json else outcome.words, err=not as_json and outcome.exit_code > 0)
    sys.exit(outcome.exit_code)


def _ledger_url() -> str:
    """Where LEDGER_BIND is reached from this machine."""
    settings = _settings()
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - not bound here
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _posters(token_files: tuple[Path, ...], folder: Path | None) -> "Posters":
    """Whom these tokens speak for; with AUTH_MODE=dev and none given, one that may post everything."""
    from ledger_service.importing.posters import Poster, Posters, poster
    from shared.access import mint_dev_token

    if folder or token_files:
        return Posters(map(poster, [*token_files, *(sorted(folder.glob("*.jwt")) if folder else [])]))
    settings = _settings()
    if settings.auth_mode != "dev":
        _stop("Give a token with --token-file or --tokens: AUTH_MODE is not dev.", 2)
    token = partial(mint_dev_token, settings.fund_home, POSTERS, "import")
    return Posters([Poster(token, "import", frozenset(POSTERS))])


@main.command()
@click.option("--key", "key_text", help="The log's public key (vkey); the signing key's own unless given.")
@as_json
def verify(key_text: str | None, as_json: bool) -> None:
    """Recompute everything stored, and take every decision again. Needs no running service."""
    settings = _settings()
    with _told(as_json):
        verifier = _verifier(settings.signing_key_file, key_text)
        counts = _verified(settings, verifier)
    _tell_counts(as_json, f"The ledger {verifier.name} holds", verifier, counts)


def _tell_counts(as_json: bool, what: str, verifier: "Verifier", counts: "Counts") -> None:
    said = {"ok": True, "origin": verifier.name, **asdict(counts)}
    click.echo(json.dumps(said) if as_json else f"{what}: {counts}")


def _tell_mismatch(as_json: bool, error: Exception) -> NoReturn:
    if as_json:
        position, cause = getattr(error, "position", None), getattr(error, "cause", str(error))
        click.echo(json.dumps({"ok": False, "position": position, "cause": cause}))
    _stop(f"The ledger does not hold. {error}", 1)


def _verifier(key_file: Path, key_text: str | None) -> "Verifier":
    from shared.log_format.notes import SigningKey, Verifier

    return SigningKey.load(key_file).verifier if key_text is None else Verifier.parse(key_text)


def _verified(settings: Settings, verifier: "Verifier") -> "Counts":
    from ledger_service.verification import verify_stored

    with _recorder(settings) as recorder, progress_bar("Verifying") as show:
        return verify_stored(recorder, verifier, show, settings.fund_home / "ledger.snapshot")


@contextmanager
def _recorder(settings: Settings) -> "Iterator[JournalRecorder]":
    """The store of a ledger that is there."""
    from ledger_service.recording import open_recorder

    if settings.sqlite_path is not None and not settings.sqlite_path.exists():
        raise FileNotFoundError(f"there is no database {settings.sqlite_path}")
    with closing(open_recorder(settings)) as recorder:
        yield recorder


@main.command()
@click.option("--format", "form", type=click.Choice(("beancount", "hledger", "jsonl")), required=True)
@click.option("-o", "--output", type=click.File("w", encoding="utf-8", atomic=True), default="-", help="A file.")
def export(form: str, output: TextIO) -> None:
    """Write the books for beancount or hledger, or every entry as a line of JSON. The ledger may run meanwhile."""
    from ledger_service.exports import FORMATS

    with _told(), _recorder(_settings()) as recorder, recorder.reading() as reader:
        output.writelines(f"{line}\n" for line in FORMATS[form](reader))


@main.command()
@click.argument("target", type=click.Path(path_type=Path))
@as_json
def backup(target: Path, as_json: bool) -> None:
    """Copy the ledger of this moment into TARGET, a new file or a directory for one. The ledger may run meanwhile."""
    from ledger_service.backups import write_backup

    with _told(), _recorder(_settings()) as recorder, progress_bar("Copying") as show:
        made = write_backup(recorder, target, show)
    words = f"{made.file}: {made.entries} entries. The signing key is not in it."
    click.echo(json.dumps({"file": str(made.file), "entries": made.entries}) if as_json else words)


@main.command()
@click.argument("file", type=_file)
@click.option("--key", "key_text", help="The log's public key (vkey); the signing key's own unless given.")
@as_json
def restore(file: Path, key_text: str | None, as_json: bool) -> None:
    """Verify the backup FILE whole, then copy it into LEDGER_DATABASE_URL, where no ledger may be yet."""
    from ledger_service.backups import restore_backup
    from ledger_service.recording import open_recorder

    settings = _settings()
    with _told(as_json), closing(open_recorder(settings)) as recorder, progress_bar("Verifying and copying") as show:
        verifier = _verifier(settings.signing_key_file, key_text)
        counts = restore_backup(file, recorder, verifier, show)
    _tell_counts(as_json, f"Restored {file.name}, which holds", verifier, counts)


@contextmanager
def _told(as_json: bool = False) -> Iterator[None]:
    """What goes wrong with a ledger's store, as a sentence and an exit code."""
    from ledger_service.journal.recorders.interface import StoreRefused, StoreUnavailable
    from ledger_service.verification import Mismatch
    from shared.log_format.notes import BadKey

    try:
        yield
    except (Mismatch, StoreRefused, BadKey) as error:
        _tell_mismatch(as_json, error)
    except (StoreUnavailable, OSError) as error:
        _stop(f"The ledger cannot be read or written: {error}", 3)


if __name__ == "__main__":
    main()
