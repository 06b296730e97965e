"""A sample history followed under a really signed checkpoint, cosigned by two witnesses."""

from io import BytesIO
from pathlib import Path

from reporting_service.bundle.writing import write_bundle
from reporting_service.follower import Bookmark
from reporting_service.projections.store import Store
from shared.log_format.checkpoints import Checkpoint, sign_checkpoint
from shared.log_format.merkle import Frontier, leaf_hash
from shared.log_format.notes import COSIGNATURE, SigningKey
from shared.log_format.witnesses import Policy, with_signatures
from tests.reporting.history import KEY, History, store_at, tree_root

WITNESSES = [
    SigningKey("auditor.example/witness", b"\x02" * 32, COSIGNATURE),
    SigningKey("council.example/witness", b"\x03" * 32, COSIGNATURE),
]
POLICY = Policy.parse(
    f"log {KEY.vkey}\n"
    + "".join(f"witness w{number} {key.vkey}\n" for number, key in enumerate(WITNESSES))
    + "group both all w0 w1\nquorum both\n"
)
COSIGNED_AT = 1_296_552_600


def signed_note(bodies: list[bytes], key: SigningKey = KEY, *, witnessed: bool = False) -> str:
    """The checkpoint over these entries."""
    note = sign_checkpoint(Checkpoint(key.name, len(bodies), tree_root(bodies)), key)
    text = note.partition("\n\n")[0] + "\n"
    return with_signatures(note, [witness.sign(text, COSIGNED_AT) for witness in WITNESSES] if witnessed else [])


def followed(folder: Path, history: History, note: str | None = None) -> Store:
    """A store that has followed a history to its end."""
    store = store_at(folder / "reporting.db")
    frontier = Frontier()
    frontier.extend(map(leaf_hash, history.bodies))
    bookmark = Bookmark(history.position, frontier.to_bytes(), note or signed_note(history.bodies), "")
    store.apply(history.bodies, 1, bookmark)
    return store


def bundle_of(store: Store, year: int, **options: object) -> bytes:
    """A bundle's bytes."""
    file = BytesIO()
    write_bundle(store, year, file, **options)
    return file.getvalue()
