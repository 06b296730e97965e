"""Which characters the vendored fonts can show, and what is shown instead of the others.

PDF/A and PDF/UA forbid a missing glyph, and a title may hold any character: one that no font has, a control
character or a change of writing direction is shown as its code point in brackets, `[U+E000]`, never dropped unseen.
A sign that the report's own fonts lack but have the look of is set as that one, not from the font of another script.
"""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONTS = Path(__file__).resolve().parent / "vendor"
MAIN = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf")
DIRECTION = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)))
INVISIBLE = frozenset("\ufe0e\ufe0f")
"""Variation selectors choose between text and colour; our emoji have one look."""
ALIKE = {"\N{MINUS SIGN}": "\N{EN DASH}"}
"""Signs that the main fonts lack, and what they have in the same shape."""
JOINERS = frozenset("\u200c\u200d")
RUN_MAX = 18
"""Letters after which an unbroken word may be broken, so that a cell holds it."""
WIDE = dict.fromkeys(map(chr, range(0xFD50, 0xFDFD)), 3) | {"\u2e3a": 3, "\u2e3b": 5, "\ufdfd": 12}
"""Signs that take the room of several letters: dashes of two and three ems, whole words in one Arabic sign."""


def shown(text: str, *, plain: bool = False) -> str:
    """A text that the fonts can set; `plain` keeps to the main font, where fonts do not combine."""
    if text.isascii() and text.isprintable():
        return breakable(text)
    return breakable("".join(_shown(character, plain) for character in text))


def breakable(text: str) -> str:
    """The text with places to break within words that no column holds."""
    longest = max(map(len, text.split(" ")))
    if longest <= RUN_MAX and WIDE.keys().isdisjoint(text):
        return text
    return " ".join(_broken(word) for word in text.split(" "))


def _broken(word: str) -> str:
    parts, run = [], 0
    for character in word:
        room = WIDE.get(character, 1)
        begins = not unicodedata.category(character).startswith("M") and character not in JOINERS
        if run and run + room > RUN_MAX and begins:
            parts.append("\u200b")
            run = 0
        parts.append(character)
        run += room
    return "".join(parts)


def _shown(character: str, plain: bool) -> str:
    if character.isspace() and character != "\u00a0" and character != "\u202f":
        return " "
    if character in INVISIBLE:
        return ""
    if character in ALIKE:
        return ALIKE[character]
    if character not in DIRECTION and unicodedata.category(character) not in ("Cc", "Cn", "Co", "Cs"):
        if character in JOINERS and not plain:
            return character
        if covered(ord(character), MAIN) or (not plain and covered(ord(character), _all())):
            return character
    return f"[U+{ord(character):04X}]"


def covered(point: int, fonts: tuple[str, ...]) -> bool:
    """Whether one of the fonts has a glyph for a code point."""
    return any(point in coverage(font) for font in fonts)


@cache
def _all() -> tuple[str, ...]:
    return tuple(sorted(path.name for path in FONTS.iterdir() if path.suffix in (".ttf", ".otf")))


@cache
def coverage(font: str) -> frozenset[int]:
    """The code points of a font, from its character map (OpenType `cmap`, formats 4 and 12)."""
    data = (FONTS / font).read_bytes()
    count = struct.unpack_from(">H", data, 4)[0]
    tables = {data[at : at + 4]: struct.unpack_from(">II", data, at + 8) for at in range(12, 12 + 16 * count, 16)}
    start = tables[b"cmap"][0]
    found: set[int] = set()
    for index in range(struct.unpack_from(">H", data, start + 2)[0]):
        at = start + struct.unpack_from(">I", data, start + 4 + 8 * index + 4)[0]
        kind = struct.unpack_from(">H", data, at)[0]
        if kind == 4:
            found.update(_segments(data, at))
        elif kind == 12:
            found.update(_groups(data, at))
    return frozenset(found)


def _groups(data: bytes, at: int) -> Iterator[int]:
    for index in range(struct.unpack_from(">I", data, at + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * index)
        yield from (point for point in range(first, last + 1) if glyph + point - first)


def _segments(data: bytes, at: int) -> Iterator[int]:
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends, starts = at + 14, at + 16 + 2 * count
    deltas, offsets = starts + 2 * count, starts + 4 * count
    for index in range(count):
        first, last, delta, offset = (
            struct.unpack_from(">H", data, place + 2 * index)[0] for place in (starts, ends, deltas, offsets)
        )
        for point in range(first, last + 1):
            glyph = point
            if offset:
                glyph = struct.unpack_from(">H", data, offsets + 2 * index + offset + 2 * (point - first))[0]
            if (glyph + delta if glyph or not offset else 0) & 0xFFFF and point != 0xFFFF:
                yield point
