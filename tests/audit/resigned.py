"""Edits by the holder of the log's own key: the past changed, every hash and signature made again."""

import random
from contextlib import suppress
from dataclasses import replace

import orjson

from ledger_service.journal.recorders.sqlite_rows import Session
from ledger_service.journal.sealing import Sealer
from reporting_service.follower.history import Heard, succession
from reporting_service.follower.verification import Mismatch as LogDiffers
from reporting_service.follower.verification import verified_hashes
from shared.log_format.canonical import canonical
from shared.log_format.checkpoints import Checkpoint, sign_checkpoint
from shared.log_format.merkle import Frontier, consistency_proof
from shared.log_format.witnesses import add_checkpoint
from tests.audit import on_bundles, on_ledger
from tests.audit.finding import BY_OTHERS, Edit, Found, NothingChanged
from tests.audit.ground import EVENTS, KEY, Ground, Log, bundled, followed, recorded
from tests.witnessing.witness import Refused

KIND = "signed anew"
AMOUNTS = ("amount", "interest", "approved", "requested")
TEXTS = ("reference", "document", "decision", "reason", "title", "description")


def edit_entry_and_sign(ground: Ground, chance: random.Random) -> Edit:
    """One stored entry changed, all hashes, checkpoints and links of the store made again around it."""
    position = chance.randrange(3, ground.log.size + 1)
    entry = orjson.loads(ground.log.bodies[position - 1])
    what = _changed(entry["data"], chance)
    body = canonical(entry)
    ground.ledger.execute("BEGIN")
    try:
        ground.ledger.execute(f"UPDATE {EVENTS} SET state = ? WHERE position = ?", (body, position))
        _sign_again(ground, [*ground.log.bodies[: position - 1], body, *ground.log.bodies[position:]])
        return Edit(on_ledger.OF, KIND, f"an entry's {what}", position, on_ledger.looked_for(ground))
    finally:
        ground.ledger.execute("ROLLBACK")


def _sign_again(ground: Ground, bodies: list[bytes]) -> None:
    log, sealer = Log.of(bodies), Sealer(KEY)
    for level, hashes in log.levels.items():
        for index, hash_ in enumerate(hashes):
            ground.ledger.execute(
                "UPDATE tile_hashes SET hash = ? WHERE tile_level = ? AND hash_index = ?", (hash_, level, index)
            )
    ground.ledger.execute("DELETE FROM cosignatures")
    sizes = [row.size for row in Session(ground.ledger, EVENTS).checkpoints(-1)]
    frontier, before = Frontier(), 0
    for size in sizes:
        frontier.extend(log.levels[0][before:size])
        note, before = _signed(frontier), size
        ground.ledger.execute("UPDATE checkpoints SET note = ? WHERE size = ?", (note, size))
    Session(ground.ledger, EVENTS).link(sealer.link)


def _signed(frontier: Frontier) -> str:
    return sign_checkpoint(Checkpoint(KEY.name, frontier.size, frontier.root()), KEY)


def _changed(data: dict, chance: random.Random) -> str:
    """One member of the data changed; its name."""
    names = [name for name in (*AMOUNTS, *TEXTS) if isinstance(data.get(name), str)]
    if not names:
        raise NothingChanged
    name = chance.choice(names)
    data[name] = f"{chance.randrange(1, 10**6)}.{chance.randrange(100):02d}" if name in AMOUNTS else data[name] + "."
    return name


class Rewriting:
    """Histories recorded anew by the very rules, one event other than it was: logs in which everything holds."""

    def __init__(self, ground: Ground, folder) -> None:
        self._ground, self._folder, self._made = ground, folder, 0

    def history(self, chance: random.Random) -> tuple[str, Log]:
        """A valid log with another past; what was changed in it."""
        steps = list(self._ground.steps)
        at = chance.randrange(len(steps))
        how = chance.choice(["other", "other", "left out", "earlier", "twice"])
        if how == "left out":
            del steps[at]
        elif how == "earlier":
            steps.insert(chance.randrange(at + 1), steps.pop(at))
        elif how == "twice":
            again = [{**event, "id": f"{event['id']}-again"} for event in steps[at].events]
            steps.insert(at + 1, replace(steps[at], events=again))
        else:
            events = orjson.loads(orjson.dumps(steps[at].events))
            how = f"other {_changed(chance.choice(events)['data'], chance)}"
            steps[at] = replace(steps[at], events=events)
        self._made += 1
        path = self._folder / f"rewritten-{self._made}.db"
        log = Log.of(recorded(path, steps))
        for file in self._folder.glob(f"{path.name}*"):
            file.unlink()
        if log.bodies[: self._ground.log.size] == self._ground.log.bodies:
            raise NothingChanged  # the genuine log, or more of it
        return how, log

    def edit_history(self, chance: random.Random) -> Edit:
        """The ledger serves another, entirely valid log: reporting's memory and the witness must both refuse it."""
        what, log = self.history(chance)
        return Edit(on_ledger.OF, "history rewritten", what, None, self._refused(log))

    def _refused(self, log: Log) -> Found | None:
        ground, said = self._ground, []
        try:
            succession(Heard(ground.seen, ""), log.note(), ground.verifier)
            tree = Frontier()
            tree.extend(ground.log.levels[0])
            verified_hashes(_Served(log), tree, Checkpoint.parse(log.note().partition("\n\n")[0] + "\n"))
        except LogDiffers as error:
            said.append(str(error))
        if _witness_refuses(ground, log):
            said.append("refused by the witness")
        return Found(BY_OTHERS, "; ".join(said)) if len(said) == 2 else None

    def edit_bundle(self, chance: random.Random) -> Edit:
        """A bundle of another, entirely valid log, signed by the key."""
        what, log = self.history(chance)
        self._made += 1
        path = self._folder / f"copy-{self._made}.db"
        store = followed(path, log, {})
        forged = bundled(store)
        store.engine.dispose()
        for file in self._folder.glob(f"{path.name}*"):
            file.unlink()
        return Edit(on_bundles.OF, "history rewritten", what, None, on_bundles.looked_for(self._ground, forged))


class _Served:
    """A log as the follower fetches it, without a network between."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def tile(self, level: int, index: int, width: int) -> list[bytes]:
        return self._log.hashes(level, index * 256, width)

    def ahead(self, fetch, items):
        return [(item, fetch(item)) for item in items]


def _witness_refuses(ground: Ground, log: Log) -> bool:
    """Whether no proof that its holder can make has the witness cosign a log."""
    known = ground.server.seen[KEY.name][0]
    for old in {0, min(known, log.size)}:
        proof = consistency_proof(old, log.size, log.nodes()) if old else []
        with suppress(Refused):
            ground.server.add_checkpoint(add_checkpoint(old, proof, log.note()).decode())
            return False
    return True
