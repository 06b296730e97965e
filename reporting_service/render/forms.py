"""Every form of the annual report: its name, its media type, what it reads and how it is written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reporting_service.projections.view import View
from reporting_service.render.csv import report_csv
from reporting_service.render.html import report_page
from reporting_service.render.iati import report_iati
from reporting_service.render.pdf import report_pdf
from reporting_service.render.xlsx import report_xlsx
from reporting_service.reports.activities import activities
from reporting_service.reports.annual import annual_report
from shared.log_format.canonical import canonical


@dataclass(frozen=True)
class Form:
    """A form; `read` needs the view, `write` only what was read and the reader's language."""

    suffix: str
    media_type: str
    read: Callable[[View, int], Any]
    write: Callable[[Any, str], bytes]
    speaks: bool = False
    """Whether it depends on the reader's language."""

    @property
    def file_suffix(self) -> str:
        """What a file of it is called; the CSV files come in a zip."""
        return "zip" if self.media_type == "application/zip" else self.suffix


FORMS = {
    "json": Form("json", "application/json", annual_report, lambda report, _: canonical(report)),
    "html": Form("html", "text/html", annual_report, report_page, speaks=True),
    "pdf": Form("pdf", "application/pdf", annual_report, report_pdf, speaks=True),
    "xlsx": Form(
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        annual_report,
        report_xlsx,
        speaks=True,
    ),
    "csv": Form("csv", "application/zip", annual_report, report_csv, speaks=True),
    "iati": Form("xml", "application/xml", activities, lambda found, _: report_iati(found)),
}
"""By the names that `reporting report --format` takes."""
