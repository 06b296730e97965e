"""How a table lies on a landscape page: the width of its columns, its type, and its parts where it is too wide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from unicodedata import normalize

PAGE_WIDTH = 758.0
"""A4 landscape less its margins, in points."""
SIZES = (8.5, 7.5, 6.8)
"""Type sizes tried for a table as a whole."""
SIZE_OF_PARTS = 7.5
PADDING, BEFORE_WORDS = 9.0, 7.0
"""Room beside a figure, and more of it before words, which begin where a figure may have ended."""
LABEL, WORDS = (70.0, 215.0), (44.0, 170.0)
HEADING_LINES = 3
"""In about so many lines a heading over figures has room."""
ACROSS = {
    0.29: " \u00a0\u202f\u200b',.:;!·’",
    0.34: "ijl-J[]()ıł",
    0.42: "`fI{}/\\",
    0.46: "t_r“”",
    0.52: '"?zsc–',
    0.573: "0123456789$+<=>^~÷×",
    0.58: "F*S|ELvyxTZ",
    0.64: "eaokYPbdgpqCø",
    0.69: "#VhnuRKXBA",
    0.77: "GD&UH",
    0.82: "OQN",
    0.99: "w@%MWm…æœ",
}
LETTERS = {sign: ems for ems, signs in ACROSS.items() for sign in signs}
EMS = LETTERS | {
    letter: LETTERS[base]
    for letter in map(chr, range(0xC0, 0x17F))
    if (base := normalize("NFD", letter)[0]) in LETTERS and letter not in LETTERS
}
"""What a sign takes in the font of tables, in ems: no less than in either weight."""
OTHER = 0.8
"""What is taken for all other signs; some are wider."""


@dataclass(frozen=True)
class Part:
    """Columns that stand side by side, the row's name before them: their places, all widths in points, and the ems
    that each has for one line of text."""

    columns: tuple[int, ...]
    widths: tuple[float, ...]
    rooms: tuple[float, ...]


@dataclass(frozen=True)
class Layout:
    """A table's type size in points, and its parts."""

    size: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Shape:
    """What a column asks for at one point of type: the least it needs, what it would like, and whether it is words."""

    least: float
    wished: float
    words: bool


def text_width(text: str) -> float:
    """Ems that a text takes: enough for it where all its signs are in EMS."""
    return sum(map(EMS.get, text, repeat(OTHER)))


def is_counted(texts: Iterable[str]) -> bool:
    """Whether texts surely take no more than `text_width` says."""
    return EMS.keys() >= set("".join(texts))


def shape_of(heading: str, cells: Iterable[float], words: bool) -> Shape:
    """A column's wishes from its heading and the widths of the texts in it, in ems."""
    longest = max(map(text_width, heading.split()), default=0.0)
    need = max(cells, default=0.0)
    if words:
        return Shape(longest, max(longest, need), True)
    least = max(longest, need, text_width(heading) / HEADING_LINES)
    return Shape(least, least, False)


def laid_out(label: Shape, columns: Sequence[Shape]) -> Layout:
    """The largest type at which the whole table fits, else the smallest in parts."""
    for size in SIZES:
        widths = [_least(shape, size) for shape in columns]
        first = _label(label, size)
        if first + sum(widths) <= PAGE_WIDTH:
            return Layout(size, (_part(tuple(range(len(columns))), label, columns, size),))
    size = SIZE_OF_PARTS
    return Layout(size, tuple(_part(places, label, columns, size) for places in _balanced(label, columns, size)))


def _balanced(label: Shape, columns: Sequence[Shape], size: float) -> list[tuple[int, ...]]:
    """As few parts as possible, and these about as wide as each other."""
    most = PAGE_WIDTH - _label(label, size)
    widths = [min(_least(shape, size), most) for shape in columns]
    fewest = len(_packed(widths, most))
    room = sum(widths) / fewest
    while len(_packed(widths, room)) > fewest:
        room = min(most, room * 1.04)
    return _packed(widths, room)


def _packed(widths: Sequence[float], room: float) -> list[tuple[int, ...]]:
    parts: list[list[int]] = [[]]
    used = 0.0
    for place, width in enumerate(widths):
        if parts[-1] and used + width > room:
            parts.append([])
            used = 0.0
        parts[-1].append(place)
        used += width
    return [tuple(part) for part in parts]


def _part(places: tuple[int, ...], label: Shape, columns: Sequence[Shape], size: float) -> Part:
    first, widths = _label(label, size), [_least(columns[place], size) for place in places]
    spare = PAGE_WIDTH - first - sum(widths)
    wanting = [
        max(0.0, min(columns[place].wished * size + PADDING + BEFORE_WORDS, 2 * WORDS[1]) - width)
        if columns[place].words
        else 0.0
        for place, width in zip(places, widths, strict=True)
    ]
    if (wanted := sum(wanting)) > 0 and spare > 0:
        given = min(spare, wanted)
        widths = [width + given * want / wanted for width, want in zip(widths, wanting, strict=True)]
        spare -= given
    grown = min(spare, max(0.0, label.wished * size + PADDING - first))
    each = min((spare - grown) / max(1, len(widths)), 36.0)
    shown = [max(width + each, 1.0) for width in widths]
    over = first + grown + sum(shown) - PAGE_WIDTH
    if over > 0:
        shown = [width * (PAGE_WIDTH - first - grown) / sum(shown) for width in shown]
    widths = [round(width, 2) for width in (first + grown, *shown)]
    beside = (PADDING, *(PADDING + columns[place].words * BEFORE_WORDS for place in places))
    rooms = ((width - taken) / size for width, taken in zip(widths, beside, strict=True))
    return Part(places, tuple(widths), tuple(rooms))


def _least(shape: Shape, size: float) -> float:
    asked = shape.least * size + PADDING
    if not shape.words:
        return asked
    low, high = WORDS
    return max(low, asked, min(shape.wished * size + PADDING, high)) + BEFORE_WORDS


def _label(shape: Shape, size: float) -> float:
    low, high = LABEL
    return min(max(low, shape.wished * size + PADDING), high)
