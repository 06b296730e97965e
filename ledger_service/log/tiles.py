"""Tiles and entry bundles, cut on request from rows kept once; and the proof of one entry."""

from ledger_service.journal.recorders.interface import CheckpointRow, Filter, Reader
from shared.log_format.merkle import HASH_SIZE, TileNodes
from shared.log_format.proofs import make_proof
from shared.log_format.tiles import BadPath, Entries, encode_bundle, parse_path, width_at


class NoSuchTile(Exception):
    """The path names no tile, or one beyond the newest checkpoint."""


def tile_bytes(reader: Reader, path: str) -> bytes:
    """The bytes of `tile/…`; any width up to the newest checkpoint's size. NoSuchTile otherwise."""
    try:
        wanted = parse_path(path)
    except BadPath as error:
        raise NoSuchTile(str(error)) from error
    newest = reader.newest_checkpoint()
    level = 0 if isinstance(wanted, Entries) else wanted.level
    if wanted.width > width_at(level, wanted.index, newest.size if newest else 0):
        raise NoSuchTile("the log has not grown that far")
    start = wanted.index * 256
    if isinstance(wanted, Entries):
        return encode_bundle(body for _, body in reader.page(start, wanted.width, Filter()))
    tile = b"".join(reader.hashes(level, start, wanted.width))
    assert len(tile) == wanted.width * HASH_SIZE, f"{path} is not stored whole"
    return tile


def proof_text(reader: Reader, position: int, covering: CheckpointRow, *, carried: bool = False) -> str:
    """The `.tlog-proof` of an entry under a checkpoint, with the entry itself if wanted; IndexError beyond it."""
    extra = reader.entries_at([position])[position] if carried else None
    return make_proof(position - 1, TileNodes(reader.hashes, covering.size), covering.note, extra).text()
