"""The one byte form of a recorded fact: RFC 8785 (JSON Canonicalization Scheme)."""

import orjson

# Equal to RFC 8785 because our member names are ASCII (so sorting by bytes is sorting by UTF-16 units), our numbers are
# integers within 2**53 - 1 (refused otherwise by OPT_STRICT_INTEGER) and money is text. A test compares with rfc8785.
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_DATACLASS
_OPTIONS |= orjson.OPT_PASSTHROUGH_DATETIME


def canonical(obj: object) -> bytes:
    """RFC 8785 bytes of dicts with ASCII keys, lists, strings, integers, booleans and None; TypeError for the rest."""
    return orjson.dumps(obj, option=_OPTIONS)
