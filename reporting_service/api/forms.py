"""The form and the language that are asked for, and how a report is answered in them."""

from typing import Any

import structlog
from flask import Response, request

from reporting_service.render.forms import FORMS, Form
from reporting_service.render.html import content_security_policy
from reporting_service.render.pdf import PdfFailed
from reporting_service.render.words import LANGUAGES, words
from shared.contract.problems import NotAcceptable, NotFound, Unavailable

log = structlog.get_logger("reports")

BY_MEDIA_TYPE = {form.media_type: form for form in FORMS.values()}
BY_SUFFIX = {form.suffix: form for form in FORMS.values()}
RETRY_S = 10
BINARY = {"type": "string", "format": "binary"}


def accepted_form() -> Form:
    """The form that Accept likes best, JSON where it has no preference; NotAcceptable (406) for none of them."""
    media_type = request.accept_mimetypes.best_match(list(BY_MEDIA_TYPE), "application/json")
    if request.accept_mimetypes and not request.accept_mimetypes.quality(media_type):
        raise NotAcceptable(f"The report is there as {', '.join(BY_MEDIA_TYPE)}.")
    return BY_MEDIA_TYPE[media_type]


def form_of_suffix(suffix: str) -> Form:
    """The form of a suffix; NotFound (404) for another, NotAcceptable (406) where Accept excludes it."""
    form = BY_SUFFIX.get(suffix)
    if form is None:
        raise NotFound(f"The report is there as {', '.join(f'.{known}' for known in BY_SUFFIX)}.")
    if request.accept_mimetypes and not request.accept_mimetypes.quality(form.media_type):
        raise NotAcceptable(f"This address answers with {form.media_type}.")
    return form


def rendered(form: Form, read: Any, language: str, year: int) -> bytes:
    """What was read, written in a form; Unavailable (503) when the PDF cannot be made now."""
    try:
        return form.write(read, language)
    except PdfFailed as failed:
        log.error("the PDF was not made", year=year, cause=str(failed))
        raise Unavailable("The PDF could not be made now; the other forms have the same figures.", RETRY_S) from failed


def answered(content: bytes, form: Form, name: str) -> Response:
    """A form's content as an answer; `name` is that of the file, without suffix."""
    textual = form.media_type.startswith("text/")
    answer = Response(content, content_type=f"{form.media_type}; charset=utf-8" if textual else form.media_type)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.{form.file_suffix}"'
    return answer


def described(answer: Response, tag: str, form: Form, language: str) -> Response:
    """The answer with what caches and browsers need to know of it."""
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.add("Authorization")
    if form.speaks:
        answer.content_language.add(words(language).shown_language)
        answer.vary.add("Accept-Language")
    if form.suffix == "html" and answer.status_code == 200:
        answer.headers["Content-Security-Policy"] = content_security_policy(answer.get_data())
    return answer


def language_of(query: dict[str, Any]) -> str:
    """The language of `lang`, else the first of Accept-Language that has a catalogue, else English."""
    if asked := query.get("lang"):
        return str(asked)
    wished = (tag.split("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((language for language in wished if language in LANGUAGES and words(language).speaks), "en")
