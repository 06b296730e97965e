"""The annual report as one page: its style and charts inside it, nothing loaded from elsewhere, fit for print."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reporting_service.render import frame
from reporting_service.render.charts import charts_of
from reporting_service.render.words import translated, words


def report_page(document: dict[str, Any], language: str = "en") -> bytes:
    """The page of a report document, UTF-8.

    The document may have `changed`: by the id of a figure that an earlier edition printed otherwise, what it printed.
    """
    said = words(language)
    report = translated(document, language)
    page = PAGES.get_template("report.html").render(
        report=report,
        said=said,
        frame=frame,
        charts={chart.table: chart for chart in charts_of(document, language)},
        glance=frame.glance(report, said),
        illustrative=frame.is_illustrative(document),
        changed=document.get("changed", {}),
    )
    return page.encode()


PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


def content_security_policy(page: bytes) -> str:
    """What a report's page may do: its own style, whichever it was made with, is allowed by its hash; nothing else."""
    style = STYLE.search(page)
    allowed = f"'sha256-{b64encode(sha256(style.group(1)).digest()).decode()}'" if style else "'none'"
    return (
        f"default-src 'none'; style-src {allowed}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
