"""Edits of reporting's copy of the log, each looked for by `reporting check`."""

import random
import sqlite3
from contextlib import closing

from reporting_service.projections.checking import CopyDiffers, check_copy
from tests.audit.finding import BY_ITSELF, Edit, Found
from tests.audit.ground import Ground
from tests.audit.rows import Table, edited

OF = "reporting copy"
TABLES = [
    Table("entries", ("position", "type", "source", "stream", "year", "effective_on", "recorded_at", "body")),
    Table("tree", ("tile_level", "place", "hash"), 2),
    Table(
        "bookmark", ("id", "position", "frontier", "checkpoint_note"), left=frozenset({"id"}), kinds=frozenset({"flip"})
    ),
    Table("cosigned_checkpoints", ("size", "note"), kinds=frozenset({"flip", "swap"})),
]
WEIGHTS = [8, 2, 2, 2]


class Copies:
    """Reporting's database, put right again after each edit from a second file."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.path = ground.copy.engine.url.database
        with closing(sqlite3.connect(self.path)) as raw:
            raw.execute("VACUUM INTO ?", (f"{self.path}.genuine",))
        self.raw = sqlite3.connect(self.path, isolation_level=None)
        self.raw.execute("PRAGMA synchronous=OFF")
        self.raw.execute("ATTACH ? AS genuine", (f"{self.path}.genuine",))

    def edit(self, kind: str, chance: random.Random) -> Edit:
        """One edit of rows of one table."""
        chosen = [(table, weight) for table, weight in zip(TABLES, WEIGHTS, strict=True) if kind in table.kinds]
        table = chance.choices([table for table, _ in chosen], [weight for _, weight in chosen])[0]
        self.raw.execute("BEGIN")
        try:
            made = edited(self.raw, table, kind, chance)
        except BaseException:
            self.raw.execute("ROLLBACK")
            raise
        self.raw.execute("COMMIT")
        try:
            return Edit(OF, kind, made.what, None, self.looked_for())
        finally:
            self.restore(table.name)

    def restore(self, *tables: str) -> None:
        self.raw.execute("BEGIN")
        for table in tables:
            self.raw.execute(f"DELETE FROM main.{table}")
            self.raw.execute(f"INSERT INTO main.{table} SELECT * FROM genuine.{table}")
        self.raw.execute("COMMIT")

    def looked_for(self) -> Found | None:
        """By reporting's own check."""
        try:
            check_copy(self._ground.copy, self._ground.verifier, self._ground.policy)
        except CopyDiffers as error:
            return Found(BY_ITSELF, error.cause, error.position)
        return None
