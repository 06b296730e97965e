"""What the forms say, in the language of the reader: texts, figures and dates. The report itself stays as it is."""

from reporting_service.render.words.catalogue import LANGUAGES, words
from reporting_service.render.words.translated import cell_text, row_title, translated
from shared.words import Words

__all__ = ["LANGUAGES", "Words", "cell_text", "row_title", "translated", "words"]
