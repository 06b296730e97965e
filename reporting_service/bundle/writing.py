"""Writing a bundle from the verified copy of the log, in one read transaction and a page at a time.

With a policy the bundle ends at the newest checkpoint whose cosignatures make its quorum, where there is one that
covers the report; otherwise at the newest checkpoint.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, NamedTuple

from reporting_service.bundle.archive import write_archive
from reporting_service.bundle.contents import (
    CHECKPOINT,
    MANIFEST,
    REPORT,
    RULE_SETS,
    WITNESSES,
    Manifest,
    TilesAbove,
    bundle_count,
    hashes_file,
    paths_of,
    report_file,
    rule_sets_file,
)
from reporting_service.projections import cosigned, log_copy
from reporting_service.projections.duties import rule_sets
from reporting_service.projections.store import NotYetKnown, Store, read_bookmark
from reporting_service.projections.view import View
from reporting_service.reports.annual import annual_report
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.merkle import TILE_WIDTH, leaf_hashes
from shared.log_format.notes import BadNote, Verifier, parse_note
from shared.log_format.tiles import TileRows, encode_bundle
from shared.log_format.witnesses import Policy


class NoBundle(Exception):
    """There is nothing yet that a bundle could be made of."""


class Written(NamedTuple):
    """A bundle as written: under which checkpoint, cosigned by whom, its report as known at which position."""

    checkpoint: Checkpoint
    witnesses: tuple[str, ...]
    known_at: int


def write_bundle(
    store: Store, year: int, file: BinaryIO, *, known_at: int | None = None, policy: Policy | None = None
) -> Written:
    """Write the bundle of a year's report; NoBundle while entries under the newest checkpoint are still missing."""
    with store.view() as view:
        if known_at is not None and known_at > view.head:
            raise NotYetKnown(f"position {known_at} is not known here: the log is verified up to {view.head}")
        note = _cosigned(view, known_at or 0, policy) or read_bookmark(view.connection)[0].checkpoint_note
        checkpoint, signed, keys = _signed(note, policy)
        if checkpoint.size > view.head:
            raise NoBundle(f"{view.head} of the {checkpoint.size} entries signed are verified here: try again shortly")
        position = checkpoint.size if known_at is None else known_at
        log, seen = (View(view.connection, end, view.head) for end in (checkpoint.size, position))
        write_archive(file, _contents(log, seen, year, checkpoint, signed, keys))
    return Written(checkpoint, tuple(key.name for key in keys), position)


def _cosigned(view: View, known_at: int, policy: Policy | None) -> str | None:
    """The newest kept note of at least this many entries that satisfies the policy."""
    for kept in cosigned.newest_first(view.connection, view.head) if policy else ():
        if kept.size < known_at:
            break
        try:
            if policy is not None and policy.reached(policy.cosigners(kept.note)):
                return kept.note
        except BadNote:
            continue
    return None


def _signed(note: str, policy: Policy | None) -> tuple[Checkpoint, str, list[Verifier]]:
    """The checkpoint, its note with the log's signature and the witnesses' of the policy only, and those' keys."""
    try:
        parsed = parse_note(note)
        checkpoint = Checkpoint.parse(parsed.text)
    except BadNote as error:
        raise NoBundle("no signed checkpoint was followed yet") from error
    lines = [next(line for line in parsed.signatures if line.name == checkpoint.origin)]
    keys = []
    for witness in policy.witnesses.values() if policy else ():
        found = next(filter(witness.verifier.knows, parsed.signatures), None)
        if found is not None:
            lines.append(found)
            keys.append(witness.verifier)
    return checkpoint, parsed.text + "\n" + "".join(line.line for line in lines), keys


def _contents(
    view: View, seen: View, year: int, checkpoint: Checkpoint, note: str, keys: list[Verifier]
) -> Iterator[tuple[str, bytes]]:
    """Every file in its order; the manifest lists those before it."""
    manifest = Manifest()
    yield manifest.add(CHECKPOINT, note.encode())
    if keys:
        yield manifest.add(WITNESSES, "".join(f"{key.vkey}\n" for key in keys).encode())
    yield from (manifest.add(*file) for file in _log(view, checkpoint.size))
    yield manifest.add(RULE_SETS, rule_sets_file(rule_sets(view)))
    report = annual_report(seen, year)
    yield manifest.add(REPORT, report_file(report))
    yield MANIFEST, manifest.file(checkpoint, report)


def _log(view: View, size: int) -> Iterator[tuple[str, bytes]]:
    """Entries and hashes, 256 at a time."""
    tree, above = TileRows(), TilesAbove()
    for number in range(bundle_count(size)):
        first = number * TILE_WIDTH + 1
        bodies = log_copy.bodies(view.connection, first, min(size, first + TILE_WIDTH - 1))
        entries_name, hashes_name = paths_of(number, size)
        leaves = leaf_hashes(bodies)
        above.add(tree.append(leaves))
        yield entries_name, encode_bundle(bodies)
        yield hashes_name, hashes_file(leaves)
    yield from above.files(size)


def save_bundle(
    store: Store, year: int, target: Path, *, known_at: int | None = None, policy: Policy | None = None
) -> Written:
    """Write the bundle into a file, whole or not at all."""
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as draft:
        try:
            written = write_bundle(store, year, draft.file, known_at=known_at, policy=policy)  # type: ignore[arg-type]
            draft.flush()
            os.fsync(draft.fileno())
            os.replace(draft.name, target)
        except BaseException:
            os.unlink(draft.name)
            raise
    return written
