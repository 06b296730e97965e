"""A second reader of the log, written from C2SP tlog-tiles and RFC 6962 alone: shares no code with the services."""

import base64
import hashlib
import urllib.request
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class LogRejected(Exception):
    """What was served is not the log that its key signed."""


def check(source: str | Callable[[str], bytes], vkey: str, token: str = "") -> tuple[str, list[bytes], bytes]:
    """Reads a whole log from a base URL, or by fetch("/path"): its origin, entries and root, or raises."""
    fetch = source if callable(source) else lambda path: _get(source.rstrip("/") + path, token)
    origin, size, root = signed_checkpoint(fetch("/checkpoint").decode(), vkey)
    entries = [entry for start in range(0, size, 256) for entry in entry_bundle(fetch, start, min(size - start, 256))]
    hashes, level = [hashlib.sha256(b"\0" + entry).digest() for entry in entries], 0
    _same(tree_root(hashes), root, f"the root of {size} leaves")
    while hashes:
        for start in range(0, len(hashes), 256):
            tile, name = hashes[start : start + 256], f"/tile/{level}/{_path(start // 256, len(hashes) - start)}"
            _same(fetch(name), b"".join(tile), name)
        full = len(hashes) - len(hashes) % 256
        hashes, level = [tree_root(hashes[start : start + 256]) for start in range(0, full, 256)], level + 1
    return origin, entries, root


def _get(url: str, token: str) -> bytes:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        return bytes(answer.read())


def signed_checkpoint(note: str, vkey: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint that this key signed."""
    name, key_id, key = vkey.split("+", 2)
    text, signatures = note.removesuffix("\n").split("\n\n")
    for line in signatures.split("\n"):
        dash, signer, blob = line.split(" ")
        raw = base64.b64decode(blob, validate=True)
        if (dash, signer, raw[:4].hex()) == ("\N{EM DASH}", name, key_id):
            Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]).verify(raw[4:], f"{text}\n".encode())
            origin, size, root = text.split("\n")
            _same(origin, name, "the origin")
            return origin, int(size), base64.b64decode(root, validate=True)
    raise LogRejected(f"{name} did not sign the checkpoint")


def entry_bundle(fetch: Callable[[str], bytes], start: int, width: int) -> list[bytes]:
    """The `width` entries from `start`, the first of a bundle."""
    name, entries = f"/tile/entries/{_path(start // 256, width)}", []
    rest = fetch(name)
    while rest:
        length = int.from_bytes(rest[:2], "big") + 2
        entries.append(rest[2:length])
        _same(len(entries[-1]), length - 2, f"the length of entry {len(entries)} in {name}")
        rest = rest[length:]
    _same(len(entries), width, f"the number of entries in {name}")
    return entries


def _path(index: int, width: int) -> str:
    *above, last = (group.zfill(3) for group in f"{index:,}".split(","))
    number = "/".join([f"x{group}" for group in above] + [last])
    return number if width >= 256 else f"{number}.p/{width}"


def tree_root(hashes: list[bytes]) -> bytes:
    """The root over leaf hashes."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256().digest()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree_root(hashes[:half]) + tree_root(hashes[half:])).digest()


def _same(have: object, want: object, what: str) -> None:
    if have != want:
        raise LogRejected(f"{what} does not match what was signed")
