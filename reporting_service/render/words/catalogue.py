"""The catalogues of what the forms say, by language."""

from functools import cache
from pathlib import Path

from shared.words import Words

LANGUAGES = ("en", "fr", "es", "ru", "zh", "ar")
"""The six languages of the United Nations; those without a catalogue show English."""

CATALOGUES = Path(__file__).resolve().parent / "catalogues"


@cache
def words(language: str) -> Words:
    """The words of a language; of English where it is none of LANGUAGES."""
    return Words(language if language in LANGUAGES else "en", CATALOGUES)
