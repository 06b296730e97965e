"""Verifying a bundle with nothing but the log's public key: offline, on a machine that saw neither service."""

from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from reporting_service.bundle.archive import FILES_MAX, Archive, BadArchive
from reporting_service.bundle.contents import (
    CHECKPOINT,
    MANIFEST,
    REPORT,
    RULE_SETS,
    WITNESSES,
    Manifest,
    TilesAbove,
    bundle_count,
    names,
    paths_of,
    report_file,
    root_at,
    rule_sets_file,
)
from reporting_service.bundle.difference import first_byte, first_figure
from reporting_service.bundle.entries import Entries
from reporting_service.bundle.findings import Counts, Differs, Found, quoted
from reporting_service.bundle.folding import CHANGED, Asked, Folding, FormsBeside
from reporting_service.bundle.signatures import check_signatures
from reporting_service.reports.annual import LAYOUT, YEARS
from shared.contract.problems import Malformed
from shared.contract.strict_json import parse
from shared.log_format.canonical import canonical
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.merkle import HASH_SIZE, TILE_WIDTH, leaf_hashes
from shared.log_format.notes import Verifier
from shared.log_format.tiles import BadBundle, Row, TileRows, decode_bundle, width_at
from shared.log_format.witnesses import Policy
from shared.rules.collecting import seldom_collecting
from shared.rules.forms import Forms, Mismatch
from shared.rules.rederivation import CONTINUED_TYPE, Rederivation

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many entries are, and of how many."""


def verify_bundle(
    file: BinaryIO,
    verifier: Verifier,
    policy: Policy | None = None,
    progress: Progress = lambda _what, _done, _of: None,
    seen: Checkpoint | None = None,
) -> Found:
    """Check all of a bundle; Differs names the first thing that does not hold.

    `seen` is a checkpoint of the same log that somebody kept: the bundle must continue it.
    """
    try:
        archive = Archive(file)
        with seldom_collecting():
            found = _Verification(archive, file, verifier, policy, progress, seen).run()
        archive.check_frame()
    except BadArchive as error:
        raise Differs(str(error)) from error
    except Mismatch as error:
        raise Differs(error.cause, position=error.position) from error
    return found


@dataclass(slots=True)
class _Verification:
    """One pass over an archive."""

    archive: Archive
    file: BinaryIO
    verifier: Verifier
    policy: Policy | None
    progress: Progress
    seen: Checkpoint | None
    continued: dict[str, Any] | None = None
    manifest: Manifest = field(default_factory=Manifest)

    def run(self) -> Found:
        """Signature, hashes, decisions, report, manifest, in this order."""
        checkpoint, witnesses = self._checkpoint()
        if self.seen is not None and self.seen.size > checkpoint.size:
            what = f"{self.seen.size} entries of this log were signed before, the bundle has {checkpoint.size}"
            raise Differs(f"{what}: it is of an older or a shortened log", position=checkpoint.size + 1)
        self._check_names(checkpoint.size)
        asked = self._asked(checkpoint.size)
        if isinstance(asked, Differs):
            self._check_hashes(checkpoint)
            self._decide(checkpoint, None)
            raise asked
        with closing(Folding(self._again, self.file, asked, checkpoint.origin)) as folding:
            self._check_hashes(checkpoint)
            counts = self._decide(checkpoint, folding)
            report = self._report(folding)
        self._check_equal(MANIFEST, self.manifest.file(checkpoint, report))
        return Found(
            checkpoint,
            asked.year,
            asked.known_at,
            witnesses,
            counts,
            policy_given=self.policy is not None,
            seen=self.seen.size if self.seen else None,
            continues=self.continued,
        )

    def _checkpoint(self) -> tuple[Checkpoint, tuple[str, ...]]:
        note = self._listed(CHECKPOINT)
        listed = self._listed(WITNESSES) if WITNESSES in self.archive.members else None
        return check_signatures(note, listed, self.verifier, self.policy)

    def _listed(self, name: str) -> bytes:
        """A file's content, taken into the manifest."""
        if name not in self.archive.members:
            raise Differs(f"{name} is missing from the zip")
        return self.manifest.add(name, self.archive.read(name))[1]

    def _again(self, name: str) -> bytes:
        """The content of a file that was read before, unchanged."""
        content = self.archive.read(name)
        if not self.manifest.lists(name, content):
            raise Differs(CHANGED)
        return content

    def _check_names(self, size: int) -> None:
        have, place = list(self.archive.members), 0
        for place, name in enumerate(names(size, witnessed=WITNESSES in self.archive.members)):
            if name not in self.archive.members:
                raise Differs(f"{name} is missing from the zip")
            if have[place] != name:
                known = have[place] in islice(names(size, witnessed=True), FILES_MAX + 1)
                what = f"stands where {name} should" if known else "does not belong into it"
                raise Differs(f"{have[place]} is in the zip and {what}")
        if len(have) > place + 1:
            raise Differs(f"{have[place + 1]} is in the zip and does not belong into it")

    def _asked(self, size: int) -> Asked | Differs:
        """What the manifest says that the report is of, or what is wrong with it; all else is compared in the end."""
        try:
            said = _parsed(MANIFEST, self.archive.read(MANIFEST))
        except Differs as differs:
            return differs
        year, known_at = said.get("year"), said.get("known_at")
        if type(year) is not int or year not in YEARS:
            return Differs(f"manifest.json names no year of a report: {quoted(year)}")
        if type(known_at) is not int or not 0 <= known_at <= size:
            return Differs(f"manifest.json names no position of the {size} entries: {quoted(known_at)}")
        if said.get("layout") != LAYOUT:
            other = quoted(said.get("layout"))
            return Differs(f"manifest.json names a layout that this program does not know: {other}")
        return Asked(size, year, known_at)

    def _check_hashes(self, checkpoint: Checkpoint) -> None:
        tree, above = TileRows(), TilesAbove()
        for number in range(bundle_count(checkpoint.size)):
            entries_name, hashes_name = paths_of(number, checkpoint.size)
            bodies = _decoded(self._listed(entries_name), number)
            leaves = leaf_hashes(bodies)
            _check_leaves(leaves, self._listed(hashes_name), number, hashes_name)
            _check_count(len(bodies), number, checkpoint.size)
            above.add(self._grown(tree, leaves))
            self.progress("Hashes", tree.size, checkpoint.size)
        if tree.root() != checkpoint.root:
            made = b64encode(tree.root()).decode()
            raise Differs(f"the entries lead to the root {made}, the log signed {checkpoint.root_base64}")
        for name, content in above.files(checkpoint.size):
            self._check_equal(name, content)

    def _grown(self, tree: TileRows, leaves: list[bytes]) -> list[Row]:
        """The tree with these leaves; where it has the size of the checkpoint seen before, it must have its root."""
        seen = self.seen
        if seen is not None and tree.size <= seen.size <= tree.size + len(leaves):
            then = tree.copy()
            then.append(leaves[: seen.size - tree.size])
            if then.root() != seen.root:
                raise Differs(
                    f"another log of {seen.size} entries was signed before: the one in the bundle was rewritten"
                )
        return tree.append(leaves)

    def _check_equal(self, name: str, expected: bytes) -> None:
        content = self._listed(name) if name != MANIFEST else self.archive.read(name)
        if content != expected:
            raise Differs(f"{name} is not the one that the entries make, from byte {first_byte(content, expected)}")

    def _decide(self, checkpoint: Checkpoint, folding: Folding | None) -> Counts:
        """Every decision again, and the rule sets that they leave."""
        counts, size = Counts(), checkpoint.size
        entries = Entries(self._again, size)
        forms = FormsBeside(folding, entries, checkpoint.origin) if folding else Forms()
        again = Rederivation(checkpoint.origin, entries.at, lambda: self._tree_at(again.position, size), forms)
        for page in entries.pages():
            for body in page:
                entry = again.read(body)
                taken = again.check(entry, body)
                if again.position == 1 and entry["type"] == CONTINUED_TYPE:
                    self.continued = entry["data"]
                counts.add(taken.verdict)
            self.progress("Decisions", again.position, size)
        again.finish()
        self._check_equal(RULE_SETS, rule_sets_file(again.model))
        return counts

    def _tree_at(self, size: int, of: int) -> tuple[int, str]:
        """Size and base64 root of the tree over the entries up to a position, as decisions need them."""
        return size, b64encode(root_at(size, of, self._again)).decode()

    def _report(self, folding: Folding) -> dict[str, Any]:
        content = self._listed(REPORT)
        report = folding.report(self.manifest.digests())
        expected = report_file(report)
        if content != expected:
            figure, sentence = first_figure(content, expected, report)
            raise Differs(sentence, figure=figure)
        return report


def _decoded(content: bytes, number: int) -> list[bytes]:
    try:
        return decode_bundle(content)
    except BadBundle as error:
        raise Differs(f"{error}", position=_broken_at(content, number * TILE_WIDTH + 1)) from error


def _check_count(count: int, number: int, size: int) -> None:
    first, width = number * TILE_WIDTH + 1, width_at(0, number, size)
    if count != width:
        raise Differs(f"{count} entries stand where {width} should", position=first + min(count, width))


def _broken_at(content: bytes, first: int) -> int:
    """The first position whose entry is not JSON, in a bundle whose lengths do not add up."""
    at, position = 0, first
    while at + 2 <= len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2], "big")
        if content[at + 2 : at + 3] != b"{" or content[end - 1 : end] != b"}":
            break
        at, position = end, position + 1
    return position


def _check_leaves(leaves: list[bytes], tile: bytes, number: int, name: str) -> None:
    first = number * TILE_WIDTH + 1
    for place, leaf in enumerate(leaves):
        if tile[place * HASH_SIZE : (place + 1) * HASH_SIZE] != leaf:
            raise Differs(f"the entry does not have the hash that {name} has for it", position=first + place)
    if len(tile) != len(leaves) * HASH_SIZE:
        raise Differs(f"{name} has {len(tile)} bytes, not {len(leaves) * HASH_SIZE}")


def _parsed(name: str, content: bytes) -> dict[str, Any]:
    try:
        said = parse(content)
    except Malformed as error:
        raise Differs(f"{name} is not JSON: {error.detail}") from error
    if not isinstance(said, dict) or canonical(said) != content:
        raise Differs(f"{name} is not in canonical form")
    return said
