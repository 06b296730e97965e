"""JSON as money needs it: nothing is guessed, dropped or rounded, and no input can exhaust the parser.

Refused: duplicate member names, floats, NaN, Infinity, -0, integers beyond 2**53 - 1, NUL, lone surrogates,
invalid UTF-8, a byte order mark, more than 32 levels, more arrays and objects, or more numbers, than any batch needs.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from shared.contract.pointers import step
from shared.contract.problems import ERRORS_MAX, Malformed

DEPTH_MAX = 32
INTEGER_MAX = 2**53 - 1
VALUES_MAX = 500_000
"""Arrays and objects of one body, and its numbers: looking at each of millions would take seconds."""
_CONTAINERS = (dict, list)
_DIGITS_MAX = len(str(INTEGER_MAX)) + 1


class _Flaw:
    """Stands in the parsed tree where a refused value stood, so that its pointer can be told."""

    def __init__(self, detail: str) -> None:
        self.detail = detail


def parse(body: bytes) -> object:
    """The value, made of dict, list, str, int, bool and None only; raises Malformed naming every place."""
    reader = _Reader()
    try:
        value = reader.read(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _whole(f"is not UTF-8: byte {error.start} cannot be read") from None
    except RecursionError:
        raise _whole(f"is nested deeper than {DEPTH_MAX} levels") from None
    except ValueError as error:
        raise _whole(f"is not JSON: {error}") from None
    if _too_deep(value) or reader.flaws or b"\\u" in body:
        refusal = Malformed({"pointer": pointer, "detail": detail} for pointer, detail in _walk(value, "#", 1))
        if refusal.errors:
            raise refusal
    return value


class _Reader:
    """One reading of one text; stand-ins and numbers are counted, so that a body full of them is given up early."""

    def __init__(self) -> None:
        self.flaws = 0
        self._numbers = 0

    def read(self, text: str) -> object:
        if text.startswith("\ufeff"):
            raise ValueError("it starts with a byte order mark")
        return json.loads(
            text,
            object_pairs_hook=self._object,
            parse_float=self._float,
            parse_int=self._integer,
            parse_constant=self._constant,
        )

    def _flaw(self, detail: str) -> _Flaw:
        self.flaws += 1
        if self.flaws > ERRORS_MAX:
            raise ValueError(f"more than {ERRORS_MAX} of its values are refused, and one {detail}")
        return _Flaw(detail)

    def _object(self, pairs: list[tuple[str, object]]) -> object:
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        counts = Counter(name for name, _ in pairs)
        twice = [ascii(name[:64]) for name, count in counts.items() if count > 1][:3]
        return self._flaw(f"has a member name twice: {', '.join(twice)}")

    def _float(self, text: str) -> object:
        return self._flaw(f'is {_short(text)}, not an integer; amounts are strings like "1250.00"')

    def _integer(self, text: str) -> object:
        self._numbers += 1
        if self._numbers > VALUES_MAX:
            raise ValueError(f"it holds more than {VALUES_MAX} numbers")
        if len(text) <= _DIGITS_MAX and text != "-0" and abs(value := int(text)) <= INTEGER_MAX:
            return value
        return self._flaw("is -0" if text == "-0" else f"is {_short(text)}, beyond ±{INTEGER_MAX}")

    def _constant(self, text: str) -> object:
        return self._flaw(f"is {text}, which is not JSON")


def _too_deep(value: object) -> bool:
    level: list[Any] = [value] if type(value) in _CONTAINERS else []
    seen = 0
    for _ in range(DEPTH_MAX):
        if not level:
            return False
        seen += len(level)
        if seen > VALUES_MAX:
            raise _whole(f"holds more than {VALUES_MAX} arrays and objects")
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) in _CONTAINERS
        ]
    return bool(level)


def _walk(value: object, pointer: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, _Flaw):
        yield pointer, value.detail
    elif isinstance(value, str):
        if flaw := _text_flaw(value):
            yield pointer, flaw
    elif isinstance(value, dict | list):
        if depth > DEPTH_MAX:
            yield pointer, f"is nested deeper than {DEPTH_MAX} levels"
            return
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            if isinstance(key, str) and (flaw := _text_flaw(key)):
                yield step(pointer, key), f"as a member name {flaw}"
            yield from _walk(item, step(pointer, key), depth + 1)


def _text_flaw(text: str) -> str | None:
    if "\0" in text:
        return "contains NUL"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "contains a lone surrogate"
    return None


def _short(text: str) -> str:
    return text if len(text) <= 24 else f"{text[:21]}… ({len(text)} characters)"


def _whole(detail: str) -> Malformed:
    return Malformed([{"pointer": "#", "detail": f"the body {detail}"}])
