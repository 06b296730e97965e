"""What the forms say, in the language of the reader: texts, figures and dates. The report itself stays as it is."""

from reporting_service.render.words.catalogue import LANGUAGES, Words, words
from reporting_service.render.words.translated import translated

__all__ = ["LANGUAGES", "Words", "translated", "words"]
