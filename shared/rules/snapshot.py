"""The model as bytes and back, exactly: so that a start need not fold the whole log again."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, get_args, get_origin, get_type_hints

from msgspec import Raw, msgpack

from shared.rules.model import Model, Table

ROWS = 5_000
"""Rows packed at a time: other threads get their turn in between."""

Tables = Mapping[str, dict[Any, Any]]
_FRAME = msgpack.Decoder(tuple[str, Raw])


def _decoders() -> dict[str, msgpack.Decoder[Any]]:
    hints = get_type_hints(Model)
    kinds = {name: get_args(hint) for name, hint in hints.items() if get_origin(hint) is Table}
    return {name: msgpack.Decoder(list[tuple[key, row]]) for name, (key, row) in kinds.items()}  # type: ignore[valid-type]


DECODERS = _decoders()
"""By table, what reads its rows back as the types that the model declares."""


def copied(model: Model) -> Tables:
    """The rows as they stand now, to be packed later: records never change, so that copying the tables is enough."""
    return {name: dict(rows) for name, rows in model.tables().items()}


def packed(tables: Tables) -> Iterator[bytes]:
    """The rows of every table, in frames."""
    for name, rows in tables.items():
        items = list(rows.items())
        for start in range(0, len(items), ROWS):
            yield msgpack.encode((name, items[start : start + ROWS]))


def unpacked(frames: Iterator[bytes]) -> Model:
    """The model of such frames; msgspec.DecodeError or KeyError when they are not a model's."""
    model = Model()
    tables = model.tables()
    for frame in frames:
        name, rows = _FRAME.decode(frame)
        tables[name].update(DECODERS[name].decode(rows))
    return model


@cache
def program() -> str:
    """A digest of every file that what the model becomes depends on: another program's snapshot is none of ours."""
    digest = hashlib.sha256()
    for package in ("shared.rules", "shared"):
        for file in sorted(resources.files(package).iterdir(), key=lambda found: found.name):
            if file.name.endswith(".py"):
                digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
