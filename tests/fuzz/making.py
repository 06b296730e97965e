"""Inputs for parsers: genuine ones damaged in the ways that break parsers. The same seed, the same input."""

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

from tests.fuzz.parser import Parser

NASTY = [
    *(b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1e400", b"-0", b"-0.0", b"-0.00", b"0.0000000", b"1.0000001"),
    *(b"9" * 15 + b".00", b"9" * 19, b"-" + b"9" * 20, b"9" * 4_400, b"0x10", b"1_000", b"00", b"+1", b".5", b"1."),
    *(b"18446744073709551616", b"9223372036854775807", b"9007199254740993", b"2147483648", b"4294967295"),
    *(b"0001-01-01", b"9999-12-31", b"0000-00-00", b"2008-02-30", b"2100-02-29", b"9999-12-31T23:59:60Z"),
    *(b"0001-01-01T00:00:00+14:00", b"2008-W01-1", b"20080301", b"1951", b"2099", b"1950", b"2100"),
    *(b"null", b"true", b"false", b"{}", b"[]", b'""', b"[[[]]]", b'{"a":1,"a":2}', b"__proto__", b"_schema"),
    *(b"\\ud800", b"\\udc00\\ud800", b"\\u0000", b"\\u202e", b"\\uffff", b"\\", b"\\u12", b"\0", b"%00", b"%ff"),
    *(b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\x80", b"\xe2\x80"),
    *("\u202e", "\u200b", "\u2028", "\x85", "\x1c", "e\u0301", "\u00e9", "\u0661\u0662", "\u00b2", "\U0001f600"),
    *(b"[" * 40, b'{"a":' * 40, b"[" * 20_000, b"]" * 40, b"(" * 200, b"../" * 8, b"..%2f", b"x" * 300),
    *(b"\n", b"\r", b"\r\n", b"\n\n", b"\t", b" ", b"", b"\x0b", b"\x1b[2J", b"\x7f", b'"', b"'", b",", b";", b"="),
    *(b"+", b"-", b".", b"/", b"|", b"`", b"<b>", b"' OR 1=1 --", b"${x}", b"{{x}}", b"=1+1", b"@x", b"none", b"any"),
    *("— ", "—", b"Bearer ", b"AAAA", b"AAAAAAA=", b"====", b"sha256", b"HS256", b"alg"),
]
WORDS = [word.encode() if isinstance(word, str) else word for word in NASTY]
_TOKEN = re.compile(rb"[A-Za-z0-9_.:-]+")
_TIMES = (0, 1, 1, 1, 1, 2, 2, 3, 5, 12)
_GRAMMAR_SHARE = 0.4

Change = Callable[[bytes, Parser, Random], bytes]


def made(parser: Parser, seed: int, index: int) -> bytes:
    """The input of a seed and a number, the same on every machine."""
    chance = Random(f"{seed} {parser.name} {index}")
    if parser.grammar and chance.random() < _GRAMMAR_SHARE:
        content, times = parser.grammar(chance), chance.choice((0, 0, 0, 1, 2))
    else:
        content, times = chance.choice(parser.specimens), chance.choice(_TIMES)
    for _ in range(times):
        content = chance.choice(_CHANGES)(content, parser, chance)[: parser.bytes_max]
    return content[: parser.bytes_max]


def _two(content: bytes, chance: Random) -> tuple[int, int]:
    one, other = chance.randrange(len(content) + 1), chance.randrange(len(content) + 1)
    return min(one, other), max(one, other)


def _near(content: bytes, chance: Random) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.randrange(1, 9))


def _flip(content: bytes, _: Parser, chance: Random) -> bytes:
    changed = bytearray(content)
    for _n in range(chance.choice((1, 1, 2, 8)) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _set(content: bytes, _: Parser, chance: Random) -> bytes:
    start, end = _near(content, chance)
    return content[:start] + chance.randbytes(end - start) + content[end:]


def _cut(content: bytes, _: Parser, chance: Random) -> bytes:
    start, end = chance.choice((_two, _near))(content, chance)
    return content[:start] + content[end:]


def _end(content: bytes, _: Parser, chance: Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _insert(content: bytes, _: Parser, chance: Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(WORDS) + content[at:]


def _overwrite(content: bytes, _: Parser, chance: Random) -> bytes:
    start, end = _near(content, chance)
    return content[:start] + chance.choice(WORDS) + content[end:]


def _replace_word(content: bytes, parser: Parser, chance: Random) -> bytes:
    found = list(_TOKEN.finditer(content[:8_192]))
    if not found:
        return _insert(content, parser, chance)
    token = chance.choice(found)
    word = chance.choice(found).group() if chance.random() < 0.3 else chance.choice(WORDS)
    return content[: token.start()] + word + content[token.end() :]


def _repeat(content: bytes, _: Parser, chance: Random) -> bytes:
    start, end = chance.choice((_two, _near, _near))(content, chance)
    return content[:start] + content[start:end] * chance.choice((2, 2, 3, 40, 2_000)) + content[end:]


def _repeat_line(content: bytes, _: Parser, chance: Random) -> bytes:
    lines = content.split(b"\n")
    at = chance.randrange(len(lines))
    return b"\n".join(lines[:at] + [lines[at]] * chance.choice((0, 2, 3, 150)) + lines[at + 1 :])


def _swap_lines(content: bytes, _: Parser, chance: Random) -> bytes:
    lines = content.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _splice(content: bytes, parser: Parser, chance: Random) -> bytes:
    other = chance.choice(parser.specimens)
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]


_CHANGES: tuple[Change, ...] = (
    _flip,
    _set,
    _cut,
    _end,
    _insert,
    _overwrite,
    _replace_word,
    _replace_word,
    _repeat,
    _repeat_line,
    _swap_lines,
    _splice,
)


_SCALARS: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1951, 2099, 2**53 - 1, 2**53, -(2**63), 10**400, 1.5, float("nan"), float("inf")),
    *("", "x", "\0", "\ud800", "\u202eevil", "e\u0301", "\u00e9", "-0.00", "0.00", "1250.00", "1.0000000", "9" * 19),
    *("9" * 15 + ".99", "1e400", "0001-01-01", "9999-12-31", "2008-02-30", "2008-03-01", "9999-12-31T23:59:59Z"),
    *("KEN", "CHF", "USD", "XAU", "line-1", "line-2", "NC.0001", "interest", "https://x.example/%zz", "x" * 300),
)


def value(chance: Random, levels: int = 3) -> Any:
    """A JSON value, or one that Python would take for one."""
    kind = chance.randrange(10) if levels else 0
    if kind == 8:
        return [value(chance, levels - 1) for _ in range(chance.randrange(4))]
    if kind == 9:
        return {str(chance.choice(_SCALARS))[:40]: value(chance, levels - 1) for _ in range(chance.randrange(4))}
    return chance.choice(_SCALARS)


def text(said: Any, chance: Random) -> bytes:
    """A value as JSON, spelled in one of several ways; lone surrogates are written as they are."""
    return json.dumps(said, ensure_ascii=chance.random() < 0.7).encode("utf-8", "surrogatepass")


def altered(specimen: Any, chance: Random) -> Any:
    """A JSON value with some of its places set to others, taken away or added to; the specimen is left as it is."""
    changed = json.loads(json.dumps(specimen))
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        node, key = _place(changed, chance)
        if key is None:
            return value(chance)
        if chance.random() < 0.15:
            del node[key]
        elif isinstance(node, dict) and chance.random() < 0.15:
            node[str(chance.choice(_SCALARS))[:40]] = node[key]
        else:
            node[key] = value(chance)
    return changed


def _place(value: Any, chance: Random) -> tuple[Any, Any]:
    """A container within a value and a key of it; None where there is none."""
    node, key = None, None
    while isinstance(value, dict | list) and value and (key is None or chance.random() < 0.75):
        node, key = value, chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
        value = node[key]
    return node, key
