"""The log's signing key: kept in a file, made on first use, named like the log's origin."""

import contextlib
from pathlib import Path

from shared.log_format.notes import BadKey, SigningKey


class KeyRefused(Exception):
    """The signing key cannot be used: damaged, or another log's."""

    exit_code = 1


def signing_key(path: Path, origin: str) -> SigningKey:
    """The log's key, made when there is none; KeyRefused when it cannot be used for this origin."""
    if not path.exists():
        with contextlib.suppress(FileExistsError):
            SigningKey.generate(origin).save(path)
    try:
        key = SigningKey.load(path)
    except (BadKey, UnicodeDecodeError) as error:
        raise KeyRefused(f"{path}: {error}.") from error
    if key.name != origin:
        raise KeyRefused(f"{path} is the key of {key.name}, and LEDGER_ORIGIN is {origin}.")
    return key
