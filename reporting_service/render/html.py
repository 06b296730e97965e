"""The annual report as one page: its style inside it, nothing loaded from elsewhere, fit for print."""

from base64 import b64encode
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

MONEY = frozenset({"USD", "CHF", "own currency"})
WORDS = frozenset({"text"})


def report_page(document: dict[str, Any]) -> bytes:
    """The page of a report document, UTF-8.

    The document may have `changed`: by the id of a figure that an earlier edition printed otherwise, what it printed.
    """
    illustrative = any("illustrative" in cell for cell in _cells(document))
    page = PAGES.get_template("report.html")
    return page.render(report=document, illustrative=illustrative, changed=document.get("changed", {})).encode()


def figure(value: str, unit: str) -> str:
    """A cell as people read it: thousands separated, negative amounts in parentheses, empty cells a dash."""
    if unit in WORDS:
        return value
    if not value:
        return "–"
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if unit in MONEY:
        return f"({-number:,.2f})" if number < 0 else f"{number:,.2f}"
    return f"{value} %" if unit == "%" else value


def _cells(document: dict[str, Any]) -> list[str]:
    tables = document["tables"].values()
    return [cell for table in tables for row in table["rows"] for cell in row["cells"].values()]


PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.filters["figure"] = figure
STYLE = PAGES.get_template("report.css").render()
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page's one style is allowed by its hash, and nothing else is."""
