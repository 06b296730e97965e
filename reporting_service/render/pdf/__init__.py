"""The report as PDF/A-3a and PDF/UA-1: composed here, set by Typst in a process of its own."""

from reporting_service.render.pdf.printing import PdfFailed, report_pdf

__all__ = ["PdfFailed", "report_pdf"]
