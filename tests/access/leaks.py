"""What must not get out: secrets in what is printed, files that others may read."""

PUBLIC = {"keys/token.jwks.json"}
"""What others are meant to read."""


def secrets_under(home):
    """The secrets in the files of a folder: every long word of a key file."""
    words = set()
    for path in (home / "keys").iterdir():
        text = path.read_text()
        lines = [] if path.suffix in (".json", ".vkey") else text.split()
        words |= {line.split("+", 4)[4] if line.startswith("PRIVATE+") else line for line in lines if len(line) > 30}
    return words


def in_none(said, secrets):
    """No secret, whole or in good part, stands in a text."""
    assert secrets
    assert not [secret for secret in secrets if secret in said or secret[5:40] in said]


def mode(path):
    """The permission bits of a file."""
    return path.stat().st_mode & 0o777


def open_to_others(home):
    """What others may read or write under a folder."""
    found = {path: mode(path) for path in home.rglob("*") if not path.is_symlink() and mode(path) & 0o077}
    return {str(path.relative_to(home)): oct(bits) for path, bits in found.items()}.keys() - PUBLIC
