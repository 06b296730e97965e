"""Edits of the ledger's own store, looked for by `ledger verify`, then by the follower's memory and the witness."""

import random

from ledger_service.journal.recorders.interface import StoreRefused
from ledger_service.journal.recorders.sqlite_rows import Session
from ledger_service.verification import Mismatch
from ledger_service.witnessing.client import Contradicts
from reporting_service.follower.history import Heard, succession
from reporting_service.follower.verification import Mismatch as LogDiffers
from tests.audit.finding import BY_ITSELF, BY_OTHERS, Edit, Found
from tests.audit.ground import EVENTS, Ground
from tests.audit.rows import Made, Table, edited

OF = "ledger store"
TABLES = [
    Table(EVENTS, ("position", "originator_id", "originator_version", "topic", "state", "year")),
    Table("idempotency_keys", ("key", "position", "digest", "caused", "warnings")),
    Table("tile_hashes", ("tile_level", "hash_index", "hash"), 2),
    Table("checkpoints", ("size", "note", "link")),
    Table("cosignatures", ("size", "witness", "line"), 2, kinds=frozenset({"flip", "swap", "insert"})),
    Table("meta", ("name", "value"), kinds=frozenset({"flip", "delete", "swap"})),
]
WEIGHTS = [8, 4, 4, 4, 1, 1]


def edit_rows(ground: Ground, kind: str, chance: random.Random) -> Edit:
    """One edit of rows of one table."""
    chosen = [(table, weight) for table, weight in zip(TABLES, WEIGHTS, strict=True) if kind in table.kinds]
    table = chance.choices([table for table, _ in chosen], [weight for _, weight in chosen])[0]
    ground.ledger.execute("BEGIN")
    try:
        made = edited(ground.ledger, table, kind, chance)
        return Edit(OF, kind, made.what, position_of(made, kind), looked_for(ground))
    finally:
        ground.ledger.execute("ROLLBACK")


def position_of(made: Made, kind: str) -> int | None:
    """The entry that an edit is of, where it is of one that has its place."""
    if made.table.name == EVENTS and kind in ("flip", "delete", "swap", "truncate") and made.column != "position":
        return int(made.row[0])
    if made.table.name == "tile_hashes" and made.row[0] == 0 and made.column == "hash" and kind == "flip":
        return int(made.row[1]) + 1
    return None


def edit_to_an_older_copy(ground: Ground, chance: random.Random) -> Edit:
    """The whole store as it was under an earlier checkpoint: it holds, and only others know better."""
    sizes = [row[0] for row in ground.ledger.execute("SELECT size FROM checkpoints ORDER BY size")][:-1]
    size = chance.choice(sizes)
    ground.ledger.execute("BEGIN")
    try:
        cut_to(ground, size)
        return Edit(OF, "older copy", "everything", size + 1, looked_for(ground))
    finally:
        ground.ledger.execute("ROLLBACK")


def cut_to(ground: Ground, size: int) -> None:
    """Remove all that came after an entry, in every table."""
    for table, where in (
        (EVENTS, "position > ?"),
        ("idempotency_keys", "position > ?"),
        ("checkpoints", "size > ?"),
        ("cosignatures", "size > ?"),
    ):
        ground.ledger.execute(f"DELETE FROM {table} WHERE {where}", (size,))
    ground.ledger.execute("DELETE FROM tile_hashes WHERE (hash_index + 1) << (8 * tile_level) > ?", (size,))


def looked_for(ground: Ground) -> Found | None:
    """By the store's own check first; then by reporting's memory and by the witness, both of whom must know."""
    try:
        ground.verify_ledger()
    except Mismatch as error:
        return Found(BY_ITSELF, error.cause, error.position)
    except StoreRefused as error:
        return Found(BY_ITSELF, str(error))
    return by_others(ground)


def by_others(ground: Ground) -> Found | None:
    """What a follower that saw the genuine log says to this one, and what its witness does."""
    said = []
    newest = Session(ground.ledger, EVENTS).newest_checkpoint()
    position = None
    try:
        succession(Heard(ground.seen, ""), newest.note if newest else "", ground.verifier)
    except LogDiffers as error:
        position = error.position
        said.append(str(error))
    try:
        ground.ask_witness()
    except Contradicts as error:
        said.append(str(error))
    return Found(BY_OTHERS, "; ".join(said), position) if len(said) == 2 else None
