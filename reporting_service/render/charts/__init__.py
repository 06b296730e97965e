"""Charts of the report's tables: one Vega-Lite specification each, the same for page and PDF."""

from reporting_service.render.charts.drawing import Chart, charts_of

__all__ = ["Chart", "charts_of"]
