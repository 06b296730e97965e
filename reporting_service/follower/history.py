"""What a new checkpoint may be after the last one seen: never another log's, never smaller, never a second tree."""

from dataclasses import dataclass

from reporting_service.follower.remote_log import Unreachable
from reporting_service.follower.sink import Bookmark
from reporting_service.follower.verification import Mismatch
from shared.log_format.checkpoints import Checkpoint, open_checkpoint
from shared.log_format.merkle import Frontier
from shared.log_format.notes import BadNote, Verifier, parse_note

COMPARE_KEYS = (
    "compare REPORTING_LOG_VKEY with what `ledger vkey` prints and REPORTING_LEDGER_URL with the ledger meant"
)
CALL_AUDITOR = "keep both checkpoints from the log file as evidence and call the auditor before anything is restarted"
RESTORE_NEWEST = (
    "restore the ledger's newest backup, or start reporting anew on an empty database if the loss is accepted"
)
ANOTHER_LOG = "give each log a reporting database of its own, and keep the old one: it is the verified copy of that log"
START_ANEW = "empty the reporting database and restart: everything in it is followed and verified again"


@dataclass(frozen=True, slots=True)
class Heard:
    """A checkpoint whose signature held, and the note it came in."""

    checkpoint: Checkpoint
    note: str

    @property
    def size(self) -> int:
        """Number of entries it covers."""
        return self.checkpoint.size


def succession(seen: Heard | None, note: str, verifier: Verifier) -> Heard:
    """The checkpoint in the note, when it may follow the last one seen; Unreachable for noise, else Mismatch."""
    heard = Heard(_opened(note, verifier), note)
    if seen is None or heard.size > seen.size or heard.checkpoint == seen.checkpoint:
        return heard
    if heard.size == seen.size:
        what = f"the ledger signed two different logs of {seen.size} entries: {seen.checkpoint.root_base64} and then"
        raise Mismatch(f"{what} {heard.checkpoint.root_base64}", advice=CALL_AUDITOR, certain=True, note=note)
    what = f"the ledger's log went back from {seen.size} entries to {heard.size}: those from position {heard.size + 1}"
    raise Mismatch(f"{what} on are missing", heard.size + 1, advice=RESTORE_NEWEST, note=note)


def _opened(note: str, verifier: Verifier) -> Checkpoint:
    try:
        named = Checkpoint.parse(parse_note(note).text).origin
    except BadNote as error:
        raise Unreachable(f"the answer is no checkpoint: {error}") from error
    try:
        return open_checkpoint(note, verifier)
    except BadNote as error:
        what = f"the checkpoint of {named} does not hold under the key pinned for {verifier.name}: {error}"
        raise Mismatch(what, advice=COMPARE_KEYS, note=note) from error


def _check_origin(bookmark: Bookmark, verifier: Verifier) -> None:
    """Mismatch (certain) when the database follows a log of another name than the key pinned."""
    try:
        origin = Checkpoint.parse(parse_note(bookmark.checkpoint_note).text).origin
    except BadNote:
        return
    if origin != verifier.name:
        what = f"the reporting database follows the log {origin}, and REPORTING_LOG_VKEY is the key of {verifier.name}"
        raise Mismatch(what, bookmark.position, advice=ANOTHER_LOG, certain=True)


def resumed(bookmark: Bookmark, verifier: Verifier) -> tuple[Frontier, Heard | None]:
    """The tree and the last checkpoint of a stored bookmark; Mismatch (certain) when its parts do not fit."""
    _check_origin(bookmark, verifier)
    try:
        tree = bookmark.tree()
        if not bookmark.checkpoint_note:
            if bookmark.position:
                raise ValueError("it names no checkpoint")
            return tree, None
        heard = Heard(open_checkpoint(bookmark.checkpoint_note, verifier), bookmark.checkpoint_note)
        if heard.size < tree.size or (heard.size == tree.size and heard.checkpoint.root != tree.root()):
            raise ValueError("its checkpoint does not cover what was applied")
    except ValueError as error:
        what = f"the bookmark at position {bookmark.position} in the reporting database does not hold: {error}"
        raise Mismatch(what, bookmark.position, advice=START_ANEW, certain=True) from error
    return tree, heard
