"""Bundles changed by hand: one part altered and the zip written properly around it, or the whole log signed anew."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson

from reporting_service.bundle.archive import Archive, write_archive
from reporting_service.bundle.contents import TilesAbove, bundle_count, paths_of
from shared.log_format.canonical import canonical
from shared.log_format.merkle import leaf_hashes
from shared.log_format.tiles import TileRows, decode_bundle, encode_bundle
from tests.bundle.signed import signed_note

Files = dict[str, bytes]


def chatter(folder: Path) -> str:
    """A program that takes what it is given, says something else than what is asked, and ends well."""
    program = folder / "chatter"
    program.write_text("#!/bin/sh\ncat > /dev/null\necho good morning\n")
    program.chmod(0o755)
    return str(program)


def files_of(bundle: bytes) -> Files:
    """Every file by name, in order."""
    archive = Archive(BytesIO(bundle))
    return {name: archive.read(name) for name in archive.members}


def zipped(files: Files) -> bytes:
    """A proper zip of these files."""
    out = BytesIO()
    write_archive(out, files.items())
    return out.getvalue()


def with_file(name: str, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """A bundle in which one file is changed."""

    def forge(bundle: bytes) -> bytes:
        files = files_of(bundle)
        changed = change(files[name])
        assert changed != files[name], "nothing was changed"
        return zipped({**files, name: changed})

    return forge


def with_json(name: str, change: Callable[[Any], None]) -> Callable[[bytes], bytes]:
    """A bundle in which one JSON file says something else."""

    def rewritten(content: bytes) -> bytes:
        said = orjson.loads(content)
        change(said)
        return canonical(said)

    return with_file(name, rewritten)


def with_entries(change: Callable[[list[bytes]], None]) -> Callable[[bytes], bytes]:
    """A bundle whose first 256 entries are changed, the hashes not."""

    def rewritten(content: bytes) -> bytes:
        bodies = decode_bundle(content)
        change(bodies)
        return encode_bundle(bodies)

    return with_file("tile/entries/000", rewritten)


def signed_anew(change: Callable[[list[dict[str, Any]]], None]) -> Callable[[bytes], bytes]:
    """A log rewritten by the holder of its key: other entries, all hashes and the signature fitting them."""

    def rewrite(bodies: list[bytes]) -> None:
        entries = [orjson.loads(body) for body in bodies]
        change(entries)
        bodies[:] = map(canonical, entries)

    return bytes_signed_anew(rewrite)


def bytes_signed_anew(change: Callable[[list[bytes]], None]) -> Callable[[bytes], bytes]:
    """Such a log of any bytes in the place of entries."""

    def forge(bundle: bytes) -> bytes:
        files = files_of(bundle)
        kept = [files[name] for name in files if name.startswith("tile/entries/")]
        bodies = [body for content in kept for body in decode_bundle(content)]
        change(bodies)
        ends = {name: files[name] for name in ("rule-sets.json", "report.json", "manifest.json")}
        return zipped({"checkpoint": signed_note(bodies).encode(), **_log(bodies), **ends})

    return forge


def _log(bodies: list[bytes]) -> Files:
    tree, above, files = TileRows(), TilesAbove(), Files()
    for number in range(bundle_count(len(bodies))):
        part = bodies[number * 256 : (number + 1) * 256]
        above.add(tree.append(leaf_hashes(part)))
        contents = encode_bundle(part), b"".join(leaf_hashes(part))
        files |= dict(zip(paths_of(number, len(bodies)), contents, strict=True))
    return files | dict(above.files(len(bodies)))
