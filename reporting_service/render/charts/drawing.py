"""From a report to its charts as SVG, the same bytes for the same report and language."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from xml.sax.saxutils import escape

import vl_convert

from reporting_service.render.charts import of_lines, of_projects
from reporting_service.render.charts.drawn import NO_CHART, Drawn
from reporting_service.render.fonts.glyphs import FONTS
from reporting_service.render.words import Words, translated, words

MAKERS: dict[str, Callable[[dict[str, Any], Words], Drawn | None]] = {
    "T1": of_lines.income_against_baseline_and_cap,
    "T2": of_lines.sources_and_uses,
    "T4": of_projects.allocation_by_region,
    "T9": of_projects.pipeline,
    "T13": of_lines.series,
}
"""One chart per table at most; a table that is not in the report, or holds nothing to draw, has none."""

CONFIG: dict[str, Any] = {
    "font": "Noto Sans, sans-serif",
    "background": None,
    "numberFormat": "(,f",
    "axis": {
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelLimit": 260,
        "labelColor": "#1b1b1b",
    },
    "legend": {"labelFontSize": 11, "titleFontSize": 11, "labelLimit": 320, "orient": "top", "title": None},
    "header": {"labelFontSize": 11},
    "title": {"fontSize": 12, "anchor": "start"},
    "view": {"stroke": None},
}

ROLES = re.compile(r' (?:role|aria-[a-z]+)="[^"<>]*"(?=[^<>]*>)')
"""What Vega says of each part, in English: the whole is one picture, with a title and a description of ours."""


@dataclass(frozen=True)
class Chart:
    """A drawn chart: `svg` names title and description for readers that do not see it; the figures are in `table`."""

    table: str
    title: str
    description: str
    svg: str


def charts_of(report: dict[str, Any], language: str = "en") -> list[Chart]:
    """The charts of a report in the order of its tables; those without a table or without figures are left out."""
    shown, said = translated(report, language), words(language)
    made = ((key, MAKERS[key](table, said)) for key, table in shown["tables"].items() if key in MAKERS)
    return [_chart(key, drawn, said) for key, drawn in made if drawn is not NO_CHART and drawn is not None]


def specification(drawn: Drawn) -> dict[str, Any]:
    """The whole Vega-Lite specification."""
    return {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": CONFIG, "padding": 6, **drawn.spec}


def _chart(table: str, drawn: Drawn, said: Words) -> Chart:
    drawing = _svg(json.dumps(specification(drawn), sort_keys=True), _signs(said))
    opening, rest = drawing.split(">", 1)
    named = f"chart-{table}"
    told = (
        f'{opening} role="img" aria-labelledby="{named}-title {named}-description">'
        f'<title id="{named}-title">{escape(drawn.title)}</title>'
        f'<desc id="{named}-description">{escape(drawn.description)}</desc>{ROLES.sub("", rest)}'
    )
    return Chart(table, drawn.title, drawn.description, told)


def _signs(said: Words) -> str:
    return json.dumps({"decimal": said.point, "thousands": said.group, "grouping": [3], "currency": ["", ""]})


@lru_cache(maxsize=256)
def _svg(spec: str, signs: str) -> str:
    _fonts_known()
    return vl_convert.vegalite_to_svg(spec, format_locale=json.loads(signs), allowed_base_urls=[])


@cache
def _fonts_known() -> None:
    """Letters are measured with the fonts that set the PDF."""
    vl_convert.register_font_directory(str(FONTS))
