"""The audit bundle: its zip, its files, and a log rewritten and signed anew by whoever holds the key."""

import tempfile
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from bench.workload.sample import sample_history
from reporting_service.bundle.findings import Differs
from reporting_service.bundle.verifying import verify_bundle
from tests.bundle.forging import files_of, signed_anew, zipped
from tests.bundle.signed import KEY, POLICY, bundle_of, followed, signed_note
from tests.fuzz.making import altered, made
from tests.fuzz.parser import Parser
from tests.reporting.history import History

ENTRIES = 12


def small_bundle() -> bytes:
    """The bundle of the sample's first entries, witnessed."""
    history = History()
    for event, role, subject in (
        (event, step.role, step.subject) for step in sample_history() for event in step.events
    ):
        if history.position < ENTRIES:
            history.record(event, role, subject)
    folder = Path(tempfile.mkdtemp(prefix="fuzz-bundle-"))
    store = followed(folder, history, signed_note(history.bodies, witnessed=True))
    return bundle_of(store, 2007, policy=POLICY)


def _bundle() -> Parser:
    genuine = small_bundle()
    files = files_of(genuine)

    def read(content: bytes) -> None:
        verify_bundle(BytesIO(content), KEY.verifier)
        assert content == genuine, "a bundle that was changed holds"

    def one_file(chance: Random) -> bytes:
        """A proper zip in which one file is damaged."""
        name = chance.choice(list(files))
        damaged = made(Parser(name, len, (), [files[name]]), chance.randrange(1 << 30), 0)
        return zipped({**files, name: damaged})

    def rewritten(chance: Random) -> bytes:
        """Entries that say something else, with all hashes and the signature fitting them."""

        def change(entries: list[dict[str, Any]]) -> None:
            at = chance.randrange(len(entries))
            entries[at] = altered(entries[at], chance)

        try:
            return signed_anew(change)(genuine)
        except (TypeError, ValueError, UnicodeEncodeError):  # what cannot be written in canonical form at all
            return genuine

    def grammar(chance: Random) -> bytes:
        return chance.choice((one_file, rewritten))(chance)

    return Parser("bundle", read, (Differs,), [genuine], grammar, 500_000)


PARSERS = {"bundle": _bundle}
