"""JSON Pointers (RFC 6901) in their URI fragment form, as every `errors[]` names its place."""

from urllib.parse import quote

_FRAGMENT = "!$&'()*+,;=:@?-._~"


def step(pointer: str, key: str | int) -> str:
    """The pointer one member or element further down."""
    if isinstance(key, int):
        return f"{pointer}/{key}"
    return f"{pointer}/{quote(key.replace('~', '~0').replace('/', '~1'), safe=_FRAGMENT, errors='replace')}"
