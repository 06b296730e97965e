"""The `reporting` command: 0 ok, 1 mismatch, 2 usage, 3 unavailable. Verifying loads nothing that serves or draws."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from reporting_service.bundle.archive import BadArchive
from reporting_service.bundle.findings import Differs
from reporting_service.bundle.opening import WrongUse, verify_file
from reporting_service.bundle.receipts import NoEntry
from reporting_service.bundle.sampling import sample as draw_sample
from reporting_service.bundle.writing import NoBundle, save_bundle
from reporting_service.projections.checking import CopyDiffers, check_copy
from reporting_service.projections.rebuild import rebuild as rebuild_projections
from reporting_service.projections.schema import Newer
from reporting_service.projections.store import Damaged, NotYetKnown, Store, StoreUnavailable
from reporting_service.render.words import LANGUAGES
from reporting_service.reports.annual import YEARS
from reporting_service.reports.replay import replay as replay_at
from reporting_service.reports.replay import told as replay_told
from reporting_service.settings import Settings, load
from shared.commands import Commands
from shared.environment import SettingsInvalid
from shared.log_format.notes import BadKey, Verifier
from shared.log_format.witnesses import BadPolicy, Policy
from shared.process import start_anew_with_level_memory

FACTORY = "reporting_service.app:from_environment"
FORM_NAMES = ("json", "html", "pdf", "xlsx", "csv", "iati")
BINARY = frozenset({"pdf", "xlsx", "csv"})


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Reports of the 1035 Facility. Settings are environment variables (docs/reference/settings.md)."""


def _settings(*, serving: bool) -> Settings:
    try:
        return load(os.environ, serving=serving)
    except SettingsInvalid as error:
        _stop(str(error), error.exit_code)


def _stop(sentence: str, code: int) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)


def _store() -> Store:
    from reporting_service.app import open_store

    settings = _settings(serving=False)
    path = settings.sqlite_path
    if path is not None and not path.exists():
        _stop(f"There is no database at {path}: `reporting serve` makes it and follows the log.", 3)
    try:
        return open_store(settings)
    except Newer as error:
        _stop(str(error), error.exit_code)
    except (StoreUnavailable, OSError) as error:
        _stop(f"The database does not open: {error}", 3)


as_json = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
of_year = click.argument("year", type=click.IntRange(YEARS.start, YEARS.stop - 1))
_file = click.Path(path_type=Path, exists=True, dir_okay=False)
_target = click.Path(path_type=Path, dir_okay=False)
policy_file = click.option("--policy", "policy_file", type=_file, help="A C2SP witness policy.")


@main.command()
def serve() -> None:
    """Serve reporting at REPORTING_BIND, following the log, until SIGTERM or Ctrl-C."""
    settings = _settings(serving=True)
    start_anew_with_level_memory()
    from shared import serving

    sys.exit(serving.serve(FACTORY, settings.host, settings.port, settings.threads))


@main.command()
@as_json
def rebuild(as_json: bool) -> None:
    """Fold the stored, verified entries anew, beside the live tables, and swap.

    The ledger is not asked: what is replayed is reporting's own copy of the log, checked against the hashes it was
    verified under. The service may run meanwhile.
    """
    store, began = _store(), time.monotonic()
    try:
        with _progress("Folding") as bar:
            task = bar.add_task("Folding", total=None)
            position = rebuild_projections(store.engine, lambda done, of: bar.update(task, completed=done, total=of))
    except Damaged as error:
        _stop(f"Nothing was changed: {error}.", 1)
    except StoreUnavailable as error:
        _stop(f"Nothing was changed: the database does not answer: {error}", 3)
    seconds = time.monotonic() - began
    said = {"position": position, "seconds": round(seconds, 2), "from": "the stored, verified entries"}
    if as_json:
        click.echo(json.dumps(said))
    else:
        click.echo(f"Folded {position:,} stored, verified entries anew in {seconds:.1f} s and swapped the tables.")


@main.command()
@click.argument("year", type=click.IntRange(YEARS.start, YEARS.stop - 1))
@click.option("--format", "form", type=click.Choice(FORM_NAMES), default="json", show_default=True)
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The reader's language.")
@click.option("--known-at", type=click.IntRange(0), help="As known at this log position; by default the last.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; by default the screen.")
@as_json
def report(year: int, form: str, lang: str, known_at: int | None, output: Path | None, as_json: bool) -> None:
    """Write the annual report of YEAR from the stored, verified entries; no running service is needed."""
    from reporting_service.render.forms import FORMS
    from reporting_service.render.pdf import PdfFailed

    if output is None and form in BINARY and sys.stdout.isatty():
        _stop(f"A {form} file is not for the screen: name a file with -o.", 2)
    try:
        with _store().view(known_at) as view:
            position, read = view.position, FORMS[form].read(view, year)
    except NotYetKnown as error:
        _stop(f"{str(error)[:1].upper()}{str(error)[1:]}.", 2)
    except StoreUnavailable as error:
        _stop(f"The database does not answer: {error}", 3)
    try:
        content = FORMS[form].write(read, lang)
    except PdfFailed as failed:
        _stop(f"No PDF was made: {failed}.", 3)
    if output is None:
        sys.stdout.buffer.write(content if form in BINARY else content + b"\n")
        return
    output.write_bytes(content)
    said: dict[str, Any] = {"file": str(output), "year": year, "position": position}
    click.echo(json.dumps(said) if as_json else f"{output}: {year} as known at position {position}")


@main.command()
@of_year
@click.option("-o", "--output", type=_target, required=True, help="The zip to write.")
@click.option("--known-at", type=click.IntRange(0), help="The report as known at this position; by default the last.")
@policy_file
@as_json
def bundle(year: int, output: Path, known_at: int | None, policy_file: Path | None, as_json: bool) -> None:
    """Write the audit bundle of YEAR: the whole log, its signed checkpoint, and the report that follows from it.

    With a policy (REPORTING_WITNESSES unless given) the log ends at the newest checkpoint that its witnesses cosigned.
    """
    policy = _policy(policy_file) or _settings(serving=False).witnesses
    try:
        checkpoint, witnesses, _ = save_bundle(_store(), year, output, known_at=known_at, policy=policy)
    except NotYetKnown as error:
        _stop(f"{str(error)[:1].upper()}{str(error)[1:]}.", 2)
    except (NoBundle, BadArchive) as error:
        _stop(f"No bundle was written: {error}.", 3)
    except (StoreUnavailable, OSError) as error:
        _stop(f"No bundle was written: {error}", 3)
    said = {"file": str(output), "year": year, "size": checkpoint.size, "root": checkpoint.root_base64}
    whose = f"cosigned by {', '.join(witnesses)}" if witnesses else "cosigned by nobody"
    words = f"{output}: {year}, with the log's first {checkpoint.size} entries, {whose}"
    click.echo(json.dumps({**said, "witnesses": witnesses}) if as_json else words)


@main.command()
@click.argument("file", type=_file)
@click.option("--key", "key_text", required=True, help="The log's public key, as `ledger vkey` prints it.")
@policy_file
@click.option("--seen", type=_file, help="With a bundle: a checkpoint of this log that you kept; it must continue it.")
@click.option("--entry", type=_file, help="With a proof file: the entry it is of, as JSON.")
@as_json
def verify(file: Path, key_text: str, policy_file: Path | None, as_json: bool, **beside: Path | None) -> None:
    """Check FILE, an audit bundle or one entry's .tlog-proof, with nothing but the log's public key.

    Needs no service, no network and no settings. Exit code 1 names the first difference.
    """
    policy = _policy(policy_file)
    try:
        with _progress("{task.description}") as bar:
            found = verify_file(file, Verifier.parse(key_text), policy, _shown_on(bar), **beside)
    except (BadKey, NoEntry, WrongUse) as error:
        _stop(f"{error}", 2)
    except OSError as error:
        _stop(f"The file cannot be read: {error}", 3)
    except Differs as error:
        if as_json:
            where = {"position": error.position, "figure": error.figure}
            click.echo(json.dumps({"ok": False, **where, "cause": error.cause}))
        _stop(f"{file.name} does not hold. {error}", 1)
    click.echo(json.dumps(found.as_dict()) if as_json else "\n".join([f"{file.name} holds.", *found.sentences()]))


@main.command()
@click.option("--key", "key_text", help="The log's public key; REPORTING_LOG_VKEY unless given.")
@as_json
def check(key_text: str | None, as_json: bool) -> None:
    """Check reporting's own copy of the log; what was folded from it `reporting rebuild` makes again."""
    settings = _settings(serving=False)
    try:
        verifier, store = Verifier.parse(key_text or settings.log_vkey), _store()
        with _progress("Checking") as bar:
            task = bar.add_task("Checking", total=None)
            checked = check_copy(
                store, verifier, settings.witnesses, lambda done, of: bar.update(task, completed=done, total=of)
            )
    except BadKey as error:
        _stop(f"{error}", 2)
    except StoreUnavailable as error:
        _stop(f"The database does not answer: {error}", 3)
    except CopyDiffers as error:
        if as_json:
            click.echo(json.dumps({"ok": False, "position": error.position, "cause": error.cause}))
        _stop(f"The copy of the log does not hold. {error}", 1)
    words = f"{checked.entries} entries are those that {verifier.name} signed; {checked.cosigned} cosignings hold."
    click.echo(json.dumps({"ok": True, **checked._asdict()}) if as_json else words)


@main.command()
@of_year
@click.option("--size", type=click.IntRange(1, 10_000), default=25, show_default=True, help="How many entries.")
@click.option("--known-at", type=click.IntRange(1), help="Draw from the entries up to here; by default all.")
@click.option("--seed-at", type=click.IntRange(1), help="Seed with the root of this many entries; by default all.")
@as_json
def sample(year: int, size: int, known_at: int | None, seed_at: int | None, as_json: bool) -> None:
    """Draw entries of YEAR at random, each cent as likely as another, seeded by the root of a checkpoint.

    Prints the proof of the draw (with --json, the whole population too): anybody with the log can draw again.
    """
    try:
        store = _store()
        with store.view(known_at) as view, store.view(seed_at) as seed:
            drawn = draw_sample(view, seed, year, size)
    except NotYetKnown as error:
        _stop(f"{str(error)[:1].upper()}{str(error)[1:]}.", 2)
    except StoreUnavailable as error:
        _stop(f"The database does not answer: {error}", 3)
    click.echo(json.dumps(drawn.as_dict()) if as_json else "\n".join(drawn.sentences()))


def _policy(file: Path | None) -> Policy | None:
    try:
        return Policy.parse(file.read_text("utf-8")) if file else None
    except (BadPolicy, OSError, UnicodeDecodeError) as error:
        _stop(f"The witness policy cannot be used: {error}.", 2)


@main.command()
@click.option("--to", "position", type=click.IntRange(1), required=True, help="The entry's position in the log.")
@as_json
def replay(position: int, as_json: bool) -> None:
    """All balances right after the entry at a position, what that entry changed, and the rules that spoke."""
    try:
        with _store().view(position) as view:
            found = replay_at(view, position)
    except NotYetKnown as error:
        _stop(f"{str(error)[:1].upper()}{str(error)[1:]}.", 2)
    except StoreUnavailable as error:
        _stop(f"The database does not answer: {error}", 3)
    assert found is not None, "a position that is known has an entry"
    click.echo(json.dumps(found) if as_json else replay_told(found))


def _shown_on(bar: Progress) -> Callable[[str, int, int], None]:
    """Each thing that is done becomes a line of the bar."""
    tasks: dict[str, TaskID] = {}

    def show(what: str, done: int, of: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=of)
        bar.update(tasks[what], completed=done)

    return show


def _progress(title: str) -> Progress:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)


if __name__ == "__main__":
    main()
