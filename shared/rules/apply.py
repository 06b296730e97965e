"""What happened: an entry moves the model. Replay never refuses."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from shared.money import ZERO
from shared.postings import Posting, ProjectBalances, postings_of
from shared.rules import grants, lines, years
from shared.rules.case import Entry
from shared.rules.kinds import KINDS, YEARLY
from shared.rules.model import Model

EntryAt = Callable[[int], Entry | None]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FREEING = ("grant.cancelled", "project.financially-closed")
_OPENING = ("action.confirmed", "entry.reversed")
INCOME = "discretionary-income/"
"""Streams whose postings touch no line: what decisions rest on of them is the income of the year itself."""


class ModelBooks:
    """The books that postings look at, as the model keeps them."""

    def __init__(self, model: Model, entry_at: EntryAt) -> None:
        self._model = model
        self.entry_at = entry_at

    def project(self, code: str) -> ProjectBalances:
        """The project's balances now."""
        found = self._model.projects[code]
        return ProjectBalances(found.line, found.granted, found.disbursed, found.spent, found.recovered)

    def freed_at(self, position: int) -> Decimal | None:
        """What a cancellation or closure freed, once applied."""
        value: Decimal | None = self._model.freed.get(position)
        return value

    def is_pending(self, position: int) -> bool:
        """Does the action recorded there still wait for its confirmation?"""
        return position in self._model.pending


def apply(model: Model, entry: Entry, entry_at: EntryAt) -> None:
    """Fold one entry into the model."""
    short = entry["type"][9:-3]
    model.heads.put("position", entry["position"])
    model.heads.put("recorded_at", microseconds(entry["recorded_at"]))
    model.versions.put(entry["stream"], entry["version"])
    postings = () if entry["stream"].startswith(INCOME) else postings_of(entry, ModelBooks(model, entry_at))
    for posting in postings:
        lines.move(model, posting)
    if short in YEARLY:
        years.note_year(model, entry["year"])
    if postings and postings[0].line and short not in _OPENING:
        lines.note_money_fact(model, postings[0].line)
    _apply_kind(model, entry, short, postings, entry_at)


def _apply_kind(model: Model, entry: Entry, short: str, postings: tuple[Posting, ...], entry_at: EntryAt) -> None:
    kind = KINDS[short]
    if short == "action.confirmed":
        _take_effect(model, entry, entry_at)
    elif short == "entry.reversed":
        _take_back(model, entry, entry_at)
    elif kind.pends and entry["recorded_role"] != "ledger":
        model.pending.put(entry["position"], short)
    elif short in _FREEING:
        grants.apply_freeing(model, entry, next((p.amount for p in postings if p.row), ZERO))
    elif kind.apply:
        kind.apply(model, entry)


def _take_effect(model: Model, entry: Entry, entry_at: EntryAt) -> None:
    confirmed = entry_at(entry["data"]["position"])
    assert confirmed is not None
    model.pending.drop(confirmed["position"])
    effect = KINDS[confirmed["type"][9:-3]].apply
    assert effect is not None
    effect(model, confirmed)


def _take_back(model: Model, entry: Entry, entry_at: EntryAt) -> None:
    reversed_entry = entry_at(entry["data"]["position"])
    assert reversed_entry is not None
    position = reversed_entry["position"]
    model.reversed.put(position, entry["position"])
    if position in model.pending:
        model.pending.drop(position)
        return
    short = reversed_entry["type"][9:-3]
    if short in YEARLY:
        years.note_year(model, reversed_entry["year"], -1)
        if "adjusts_year" in entry["data"]:
            years.note_year(model, entry["year"])
    take_back = KINDS[short].take_back
    if take_back:
        take_back(model, reversed_entry)


def microseconds(recorded_at: str) -> int:
    """Microseconds since 1970 of a recorded instant in its written form; ValueError for any other."""
    if len(recorded_at) != 27 or recorded_at[19] != "." or recorded_at[26] != "Z":
        raise ValueError(f"{recorded_at} is no recorded instant")
    return _second_of(recorded_at[:19]) * 1_000_000 + int(recorded_at[20:26])


@lru_cache(maxsize=4)
def instant(value: int) -> str:
    """The written form of a recorded instant, always with six places."""
    second, fraction = divmod(value, 1_000_000)
    return f"{_second(second)}.{fraction:06d}Z"


@lru_cache(maxsize=16)
def _second(value: int) -> str:
    return (EPOCH + timedelta(seconds=value)).isoformat()[:19]


@lru_cache(maxsize=16)
def _second_of(text: str) -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // timedelta(seconds=1)
