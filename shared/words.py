"""Texts by language: gettext catalogues, read as they are; a text or language without one stays English.

A message may hold placeholders: `Line 1, {year}` translates any text of that form and keeps what stands in its place.
`{year}` is four digits, `{date}`, `{start}` and `{end}` are ISO dates, other names any text, itself translated where
a message matches it.
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol
from iso3166 import countries_by_alpha3

PLACEHOLDER = re.compile(r"\\\{([a-z_]+)\\\}")
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
FORMS = {"year": r"[0-9]{4}", "date": DAY, "start": DAY, "end": DAY}
DATE = re.compile(DAY)
MONEY = frozenset({"USD", "CHF", "own currency"})
FORM_MAX = 600
"""Letters beyond which a text is surely none of ours."""
LOCALES = {"en": "en_GB"}
SHARES = frozenset({"%", "share"})
EMPTY = "–"
NO_BREAK = "\N{NO-BREAK SPACE}"


class Words:
    """One language's texts, as the catalogues in some folders have them, and its ways of writing numbers and dates."""

    def __init__(self, language: str, *folders: Path) -> None:
        self.language = language
        self._messages = _messages(language, folders)
        self.speaks = bool(self._messages) or language == "en"
        """Whether there is a catalogue; otherwise every text is English."""
        self._locale = Locale.parse(LOCALES.get(self.shown_language, self.shown_language))
        self._known: dict[tuple[str, str], str] = {}
        self.unsaid: set[str] = set()
        """Texts of the forms that were asked for and that the catalogue lacks."""

    @property
    def shown_language(self) -> str:
        """The language that the texts really are in."""
        return self.language if self.speaks else "en"

    @property
    def right_to_left(self) -> bool:
        """Whether this language is written from right to left."""
        return self._locale.text_direction == "rtl"

    def say(self, message: str, /, **values: object) -> str:
        """A text of the forms, its placeholders filled; the values stand as given."""
        if ("", message) not in self._messages:
            self.unsaid.add(message)
        said = self._messages.get(("", message), message)
        return said.format_map(values) if values else said

    def of(self, text: str, key: str = "") -> str:
        """A text of the report; `key` (such as T2/closing) chooses where the same English means two things."""
        asked = key, text
        if asked not in self._known:
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[asked] = self._translated(text, key)
        return self._known[asked]

    def has(self, text: str, key: str = "") -> bool:
        """Whether the catalogue covers a text."""
        return (key, text) in self._messages or ("", text) in self._messages or self._filled(text, key) is not None

    def _translated(self, text: str, key: str) -> str:
        for asked in ((key, text), ("", text)):
            if asked in self._messages:
                return self._messages[asked]
        filled = self._filled(text, key)
        return text if filled is None else filled

    def _filled(self, text: str, key: str) -> str | None:
        for form, message in self._forms if len(text) <= FORM_MAX else ():
            if found := form.fullmatch(text):
                return message.format_map({name: self._value(value, key) for name, value in found.groupdict().items()})
        return None

    def _value(self, text: str, key: str) -> str:
        return self.date(text) if DATE.fullmatch(text) else self.of(text, key)

    @cached_property
    def _forms(self) -> list[tuple[re.Pattern[str], str]]:
        return [(_form(text), message) for (_, text), message in self._messages.items() if "{" in text]

    def state(self, code: str, name: str) -> str:
        """A State's name by its alpha-3 code; in English the name as recorded."""
        found = countries_by_alpha3.get(code)
        if found is None or self.shown_language == "en":
            return name
        return str(self._locale.territories.get(found.alpha2, name))

    def date(self, text: str) -> str:
        """An ISO date as people write it; anything else as it is."""
        try:
            return format_date(date.fromisoformat(text), "long", locale=self._locale)
        except ValueError:
            return text

    @cached_property
    def group(self) -> str:
        """The sign between groups of digits."""
        return get_group_symbol(self._locale)

    @cached_property
    def point(self) -> str:
        """The decimal sign."""
        return get_decimal_symbol(self._locale)

    @cached_property
    def _signs(self) -> dict[int, str]:
        return str.maketrans({",": self.group, ".": self.point})

    def number(self, value: Decimal, places: int, unit: str = "") -> str:
        """Grouped digits and a unit; negative numbers in parentheses."""
        shown = f"{abs(value):,.{places}f}".translate(self._signs) + unit
        return f"({shown})" if value < 0 else shown

    def figure(self, value: str, unit: str) -> str:
        """A cell as people read it; an empty one is a dash, what is no number stands as it is."""
        if unit == "text":
            return value
        if not value:
            return EMPTY
        if unit == "date":
            return self.date(value)
        try:
            number = Decimal(value) * 100 if unit == "share" else Decimal(value)
            if not number.is_finite():
                return value
            if unit == "share":
                number = Decimal(f"{number.normalize():f}")
            places = 2 if unit in MONEY else max(0, -int(number.as_tuple().exponent))
        except (InvalidOperation, TypeError, ValueError):
            return value
        return self.number(number, places, f"{NO_BREAK}%" if unit in SHARES else "")


def _messages(language: str, folders: Sequence[Path]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for path in (folder / f"{language}.po" for folder in folders):
        if path.exists():
            found |= _read(path, language)
    return found


def _read(path: Path, language: str) -> dict[tuple[str, str], str]:
    with path.open("rb") as file:
        found = read_po(file, locale=language)
    return {
        (message.context or "", str(message.id)): str(message.string)
        for message in found
        if message.id and message.string and not message.fuzzy
    }


def _form(text: str) -> re.Pattern[str]:
    seen: set[str] = set()

    def group(found: re.Match[str]) -> str:
        name = found[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>{FORMS.get(name, '.+')})"

    return re.compile(PLACEHOLDER.sub(group, re.escape(text)))
