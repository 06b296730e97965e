"""The annual report as one page: its style and charts inside it, nothing loaded from elsewhere, fit for print."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reporting_service.render import frame, restated
from reporting_service.render.charts import charts_of
from reporting_service.render.words import words
from reporting_service.reports.editions import digest_of


def report_page(document: dict[str, Any], language: str = "en") -> bytes:
    """The page of a report document, UTF-8.

    The document may have `changed`: the figures that an earlier edition printed otherwise, by their ids.
    """
    said = words(language)
    report = frame.printed(document, language)
    moved = list(document.get("changed", {}).values())
    page = PAGES.get_template("report.html").render(
        report=report,
        said=said,
        frame=frame,
        charts={chart.table: chart for chart in charts_of(document, language)},
        glance=frame.glance(report, said),
        illustrative=frame.is_illustrative(document),
        digest=digest_of({name: value for name, value in document.items() if name != "changed"}),
        changed=restated.marks(moved, said),
        withdrawn=restated.withdrawn(moved, said),
        gone=sum(one.new is None for one in moved),
    )
    return page.encode()


def shape(table: dict[str, Any]) -> str:
    """How a table is set: `wide` and `widest` in smaller type, `short` on one page."""
    columns, rows = len(table["columns"]), len(table["rows"])
    fits = {"wide": columns > WIDE, "widest": columns > WIDEST, "short": rows < SHORT and columns <= WIDEST}
    return " ".join(name for name, holds in fits.items() if holds)


BREAKS = re.compile(r"[\s/-]+")
LONG, BRIEF = 20, 10
"""Letters above which a word may break anywhere, and up to which a cell's text stays on one line."""
WIDE, WIDEST, SHORT = 8, 13, 25
"""Columns above which a table is set smaller and smallest, and rows below which it stays on one page."""
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.tests["long"] = lambda text: max(map(len, BREAKS.split(text))) > LONG
PAGES.tests["brief"] = lambda text: len(text) <= BRIEF
PAGES.filters["shape"] = shape
STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


def content_security_policy(page: bytes) -> str:
    """What a report's page may do: its own style, whichever it was made with, is allowed by its hash; nothing else."""
    style = STYLE.search(page)
    allowed = f"'sha256-{b64encode(sha256(style.group(1)).digest()).decode()}'" if style else "'none'"
    return (
        f"default-src 'none'; style-src {allowed}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
