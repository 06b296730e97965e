"""From the report document to a PDF, with a limit in time; the same bytes for the same report and language."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import orjson

from reporting_service.render.charts import charts_of
from reporting_service.render.pdf.composed import composed
from reporting_service.render.pdf.press import REFUSED

PRESS = Path(__file__).resolve().parent / "press.py"
LIMIT_S = 30.0
AT_ONCE = threading.BoundedSemaphore(2)
"""Presses that run at the same time; each holds a document in memory."""
IN_ALL = threading.BoundedSemaphore(8)
"""Those that run or wait for their turn; each holds a request."""


class PdfFailed(Exception):
    """The PDF was not made, with the reason; the report itself is not in doubt."""


def report_pdf(report: dict[str, Any], language: str = "en", *, limit_s: float = LIMIT_S) -> bytes:
    """PDF/A-3a and PDF/UA-1 of a report document, the document attached; PdfFailed after `limit_s` seconds."""
    if not IN_ALL.acquire(blocking=False):
        raise PdfFailed("others are being set")
    try:
        return _set(report, language, limit_s)
    finally:
        IN_ALL.release()


def _set(report: dict[str, Any], language: str, limit_s: float) -> bytes:
    charts = charts_of(report, language)
    made, said = _pressed(orjson.dumps(composed(report, language, charts)), limit_s)
    if made is None:
        made, said = _pressed(orjson.dumps(composed(report, language, charts, plain=True)), limit_s)
    if made is None:
        raise PdfFailed(f"the document was refused: {said[:500]}")
    return made


def _pressed(document: bytes, limit_s: float) -> tuple[bytes | None, str]:
    """The PDF, or None and why Typst refuses: most often a letter and a mark that no font has together."""
    command = [sys.executable, "-P", str(PRESS)]
    with AT_ONCE:
        try:
            done = subprocess.run(command, input=document, capture_output=True, timeout=limit_s, check=False)
        except subprocess.TimeoutExpired:
            raise PdfFailed(f"the document was not set within {limit_s:g} seconds") from None
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode == REFUSED:
        return None, said
    if done.returncode:
        raise PdfFailed(f"the press ended with {done.returncode}: {said[-500:]}")
    return done.stdout, said
