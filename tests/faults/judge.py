"""The judge: reads the log as any client may, and says what was lost or doubled. Shares no code with the services."""

import json
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Protocol

from tests.faults.said import Said
from tests.oracle.facts import LINES, ROW_SIGN, cents
from tests.oracle.model import Oracle
from tests.tlog_checker import entry_bundle, signed_checkpoint, tree_root

BUNDLE = 256
COUNTED = {"contribution.received": 1, "contribution.refunded": -1}
SILENT = ("rules.adopted", "command.refused")
"""What plain sums know, and what moves nothing."""
Figures = dict[str, dict[str, int]]
"""By line, what GET /v1/facility says of a year, in cents."""


class Sums(Protocol):
    """An independent opinion on the lines, told every entry in the order of the log."""

    def add(self, entry: dict[str, Any]) -> None:
        """The next entry."""

    def figures(self, year: int) -> Figures:
        """Both lines' year."""


class FullSums:
    """The tests' whole oracle, which decides every event again; slow on purpose: for short histories."""

    def __init__(self) -> None:
        self._oracle = Oracle()
        self._shipped = len(self._oracle.entries)

    def add(self, entry: dict[str, Any]) -> None:
        kind, data = short(entry), entry["data"]
        refused = kind == "command.refused"
        event = data.get("event") if refused else entry
        if entry["position"] <= self._oracle.position:
            assert self._oracle.entries[entry["position"] - 1].kind == kind, f"{entry['position']} is {kind}"
            return
        if event is None:  # a refused batch, of which the log keeps a digest
            self._oracle._append(kind, {}, entry["effective_on"], entry["effective_on"], entry["year"], "", "")
            return
        who = (entry["recorded_at"][:10], entry["recorded_by"], entry["recorded_role"])
        verdict = self._oracle.post(event, *who)
        assert verdict.accepted is not refused, f"{entry['position']}: {kind}, and the oracle says {verdict}"

    def figures(self, year: int) -> Figures:
        return {line: self._oracle.figures(line, year) for line in LINES}


class PlainSums:
    """Contributions in USD, received less refunded, line by line and year by year; refusals move nothing."""

    def __init__(self) -> None:
        self._sums: Counter[tuple[str, int]] = Counter()

    def add(self, entry: dict[str, Any]) -> None:
        kind, data = short(entry), entry["data"]
        if kind not in SILENT:
            self._sums[data["line"], int(data["on"][:4])] += COUNTED[kind] * cents(data["amount"])

    def figures(self, year: int) -> Figures:
        return {line: self._of(line, year) for line in LINES}

    def _of(self, line: str, year: int) -> dict[str, int]:
        opening = sum(amount for (of, when), amount in self._sums.items() if of == line and when < year)
        given = self._sums[line, year]
        found = dict.fromkeys(ROW_SIGN, 0) | {"opening": opening, "contributions": given}
        return found | {"available": opening + given}


class Tree:
    """The Merkle tree of RFC 6962, grown leaf by leaf: the heights and hashes of its perfect subtrees."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """One leaf hash more."""
        height, hash_ = 0, leaf
        while self._peaks and self._peaks[-1][0] == height:
            height, hash_ = height + 1, _above(self._peaks.pop()[1], hash_)
        self._peaks.append((height, hash_))

    def root(self) -> bytes:
        """The root over all leaves so far, at least one."""
        *others, (_, hash_) = self._peaks
        for _, left in reversed(others):
            hash_ = _above(left, hash_)
        return hash_


def _above(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


class Judge:
    """Everything read of one log so far; each reading reads on."""

    def __init__(self, vkey: str, said: Said, sums: Sums) -> None:
        self._vkey, self._said, self._sums = vkey, said, sums
        self._leaves: list[bytes] = []
        self._tree = Tree()
        self._judged: set[int] = set()
        self.placed: dict[str, int] = {}
        """Position by id, of every event that clients posted and the log holds, recorded refusals too."""
        self.doubled: list[str] = []
        self.years: set[int] = set()

    @property
    def size(self) -> int:
        """How many entries were read."""
        return len(self._leaves)

    def read(self, fetch: Callable[[str], bytes]) -> None:
        """Read on to the newest checkpoint; AssertionError when anything is not as it was, or as it was signed."""
        _, size, root = signed_checkpoint(fetch("/checkpoint").decode(), self._vkey)
        assert size >= self.size, f"the log went back from {self.size} to {size} entries"
        for start in range(self.size - self.size % BUNDLE, size, BUNDLE):
            bundle = entry_bundle(fetch, start, min(size - start, BUNDLE))
            for position, body in enumerate(bundle, start + 1):
                self._take(position, body)
        assert self._tree.root() == root, f"the root of {size} entries is not the one that was signed"
        self._consistent(size)

    def _take(self, position: int, body: bytes) -> None:
        leaf = sha256(b"\0" + body).digest()
        if position <= self.size:
            assert self._leaves[position - 1] == leaf, f"position {position} is not what it was"
            return
        entry = json.loads(body)
        assert entry["position"] == position, f"position {position} holds {entry['position']}"
        self._leaves.append(leaf)
        self._tree.add(leaf)
        if position in self._said.checkpoints:
            self._same_root(position, self._tree.root())
        self._sums.add(entry)
        self.years.add(entry["year"])
        event = entry["data"].get("event") if short(entry) == "command.refused" else entry
        if event is not None and event["id"] in self._said.posted:
            self._place(event, position)
        else:
            assert "/" in entry["id"], f"position {position} holds {entry['id']}, which nobody posted"

    def _place(self, event: dict[str, Any], position: int) -> None:
        posted = self._said.posted[event["id"]]
        same = (event["type"], event["data"]) == (posted["type"], posted["data"])
        assert same, f"position {position} holds {event['id']} with another content"
        if event["id"] in self.placed:
            self.doubled.append(event["id"])
        self.placed[event["id"]] = position

    def _consistent(self, size: int) -> None:
        """Every checkpoint that anybody was shown has the root that these very entries make."""
        for shown in self._said.checkpoints.keys() - self._judged:
            assert shown <= size, f"a checkpoint of {shown} entries was shown, and there are {size}"
            self._same_root(shown, tree_root(self._leaves[:shown]))

    def _same_root(self, size: int, root: bytes) -> None:
        assert self._said.checkpoints[size] == root, f"the checkpoint of {size} entries is of another log"
        self._judged.add(size)

    def count(self) -> tuple[int, int]:
        """How many acknowledged events are lost, how many events doubled; what was not acknowledged stands whole, or
        not at all."""
        said = self._said
        lost = [id for id, position in said.acknowledged.items() if self.placed.get(id) != position]
        doubled = {*self.doubled, *said.twice}
        for ids in said.unanswered:
            there = sum(id in self.placed for id in ids)
            assert there in (0, len(ids)), f"of {len(ids)} events posted as one batch from {ids[0]}, {there} stand"
        for id in said.turned_away - said.acknowledged.keys():
            assert id not in self.placed, f"{id} was turned away and stands at {self.placed[id]}"
        return len(lost), len(doubled)

    def figures(self, year: int) -> Figures:
        """What both lines must be by the entries read."""
        return self._sums.figures(year)


def short(entry: dict[str, Any]) -> str:
    """The short name of an entry's type."""
    return str(entry["type"]).removeprefix("fund1035.").removesuffix(".v1")
