"""What the PDF says, in order: cover, contents, tables with charts, readings; texts ready to be set."""

import re
from calendar import timegm
from collections.abc import Sequence
from operator import le
from string import ascii_lowercase
from typing import Any

from reporting_service.render.charts import Chart
from reporting_service.render.fonts.glyphs import shown
from reporting_service.render.frame import (
    CLOSING,
    EXPLAINED,
    ILLUSTRATIVE,
    MEANING,
    ORGANIZATION,
    glance,
    is_illustrative,
    position,
    printed,
)
from reporting_service.render.pdf.layout import Layout, Part, is_counted, laid_out, shape_of, text_width
from reporting_service.render.words import Words, words
from reporting_service.reports.editions import digest_of
from shared.log_format.canonical import canonical

ATTACHED = "The report’s figures for machines (JSON); its digest without its edition is {digest} (SHA-256)."

LONG = 24
"""Letters of words in a column of figures, above which they stand below the table."""

Row = dict[str, Any]
Ems = list[float]
"""Widths of a row's texts."""


class Composer:
    """Composes one report in one language; `plain` shows every text in the main font alone."""

    def __init__(self, report: dict[str, Any], language: str, plain: bool) -> None:
        self.original = report
        self.report = printed(report, language)
        self.said: Words = words(language)
        self._plain = plain

    def text(self, text: str) -> str:
        """A text of the report as the fonts can set it."""
        return shown(text, plain=self._plain)

    def say(self, message: str, /, **values: object) -> str:
        """A text of the forms."""
        return self.text(self.said.say(message, **values))

    def document(self, charts: Sequence[Chart]) -> dict[str, Any]:
        """The whole document for report.typ."""
        report, year = self.report, self.report["year"]
        by_table = {chart.table: chart for chart in charts}
        title = self.say("Annual report for financial year {year}", year=year)
        return {
            "language": self.said.shown_language,
            "direction": "rtl" if self.said.right_to_left else "ltr",
            "year": year,
            "at": timegm((year, 12, 31, 0, 0, 0)),
            "title": f"{self.say('1035 Facility')} – {title}",
            "organization": self.say(ORGANIZATION),
            "attached": self._attached(),
            "cover": self._cover(title),
            "contents": self.say("Contents"),
            "running": self.say(
                "1035 Facility, {year}, log position {position}", year=year, position=position(report, self.said)
            ),
            "page": re.split(r"\{pages?\}", self.say("Page {page} of {pages}")),
            "tables": [self._table(key, table, by_table.get(key)) for key, table in report["tables"].items()],
            "readings": {
                "title": self.say("Notes on the readings"),
                "intro": self.say("Where the resolutions allow two readings, this report takes the following."),
                "items": [self.text(note) for note in report["notes"]],
                "closing": self.say(CLOSING),
            },
        }

    def _attached(self) -> dict[str, str]:
        return {
            "name": f"report-{self.original['year']}.json",
            "content": canonical(self.original).decode(),
            "description": self.said.say(ATTACHED, digest=digest_of(self.original)),
        }

    def _cover(self, title: str) -> dict[str, Any]:
        report = self.report
        edition = report["edition"]
        facts = (
            ("Edition", self.say("none: a working report") if edition is None else str(edition), False),
            ("Rule set in force at year end", report["rule_set"] or self.say("none recorded"), False),
            ("Log position", position(report, self.said), False),
            ("Root of the log at that position", report["checkpoint"]["root"], True),
            ("Layout", report["layout"], False),
        )
        return {
            "name": self.say("1035 Facility"),
            "subtitle": title,
            "line": self.say("Council Resolutions 1035 and 1150 (XCIII) · Funding Lines 1 and 2"),
            "facts": [[self.say(label), value if code else self.text(value), code] for label, value, code in facts],
            "meaning": [
                self.say("What “audited” means here."),
                self.say(MEANING, position=position(report, self.said)),
            ],
            "illustrative": [self.say("Illustrative figures."), self.say(ILLUSTRATIVE)]
            if is_illustrative(self.original)
            else None,
            "attached": self.text(self._attached()["description"]),
            "glance": self._glance(),
        }

    def _glance(self) -> dict[str, Any] | None:
        """The year's lines in a few rows, for the cover."""
        rows = glance(self.report, self.said)
        if not rows:
            return None
        columns = self.report["tables"]["T2"]["columns"][:3]
        return {
            "title": self.say("At a glance"),
            "note": self.say("USD; the whole is in table T2."),
            "corner": self.say("Item"),
            "heads": [self._head(column) for column in columns],
            "rows": [self._row(row, columns, {}) for row in rows],
        }

    def _table(self, key: str, table: dict[str, Any], chart: Chart | None) -> dict[str, Any]:
        composed: dict[str, Any] = {
            "key": key,
            "title": self.text(table["title"]),
            "intro": self.say(EXPLAINED[key]) if key in EXPLAINED else None,
            "notes": [],
            "empty": None if table["rows"] else self.say("Nothing was recorded for this table."),
            "size": 0,
            "parts": [],
            "chart": None if chart is None else self._chart(chart),
        }
        if table["rows"]:
            remarks: dict[str, str] = {}
            rows = [self._row(row, table["columns"], remarks) for row in table["rows"]]
            if remarks:
                composed["notes"].append("\u2002".join(f"{mark}/ {remark}." for remark, mark in remarks.items()))
            ems = [[text_width(text) for text in row["texts"]] for row in rows]
            layout = self._layout(table, rows, ems)
            composed |= {"size": layout.size, "parts": self._parts(key, table, rows, ems, layout)}
            composed["notes"] += [self.text(note) for note in table["notes"]]
        return composed

    def _row(self, row: Row, columns: list[dict[str, Any]], remarks: dict[str, str]) -> Row:
        """A row's texts, its name first; long words under figures go into `remarks`, a letter in their place."""
        units = [row.get("unit", column["unit"]) for column in columns]
        cells = [row["cells"].get(column["key"], "") for column in columns]
        figures = [self.text(self.said.figure(cell, unit)) for cell, unit in zip(cells, units, strict=True)]
        words_at = [place for place, unit in enumerate(units) if unit == "text"]
        for place in list(words_at):
            if columns[place]["unit"] != "text" and len(figures[place]) > LONG:
                figures[place] = remarks.setdefault(figures[place], ascii_lowercase[len(remarks) % 26]) + "/"
                words_at.remove(place)
        return {"level": row.get("level", "plain"), "texts": [self.text(row["title"]), *figures], "words": words_at}

    def _layout(self, table: dict[str, Any], rows: list[Row], ems: list[Ems]) -> Layout:
        columns = [
            shape_of(
                self.text(column["title"]),
                [
                    of_row[place]
                    for row, of_row in zip(rows, ems, strict=True)
                    if column["unit"] == "text" or place - 1 not in row["words"]
                ],
                column["unit"] == "text",
            )
            for place, column in enumerate(table["columns"], 1)
        ]
        return laid_out(shape_of("", [of_row[0] for of_row in ems], True), columns)

    def _parts(
        self, key: str, table: dict[str, Any], rows: list[Row], ems: list[Ems], layout: Layout
    ) -> list[dict[str, Any]]:
        count = len(layout.parts)
        return [
            {
                "caption": self.say("{table}, part {number} of {count}", table=key, number=number, count=count)
                if count > 1
                else None,
                "corner": self.say("Item"),
                "widths": part.widths,
                "heads": [self._head(table["columns"][place]) for place in part.columns],
                "rows": len(rows),
                "runs": _runs(rows, ems, part),
            }
            for number, part in enumerate(layout.parts, 1)
        ]

    def _head(self, column: dict[str, Any]) -> dict[str, Any]:
        unit = column["unit"]
        shown_unit = "" if unit in ("text", "number", "date") else self.text(self.said.of(unit))
        return {"title": self.text(column["title"]), "unit": shown_unit, "words": unit == "text"}

    def _chart(self, chart: Chart) -> dict[str, str]:
        figures = self.say("The figures are in table {table}.", table=chart.table)
        return {
            "svg": chart.svg,
            "title": self.text(f"{chart.table}{self.said.say(': ')}{chart.title}"),
            "alternative": f"{chart.description} {figures}",
        }


def _runs(rows: list[Row], ems: list[Ems], part: Part) -> list[dict[str, Any]]:
    """A part's rows: those that surely take one line each as one list of texts, every other row by itself."""
    places = (0, *(place + 1 for place in part.columns))
    runs: list[dict[str, Any]] = []
    for row, of_row in zip(rows, ems, strict=True):
        texts = [row["texts"][place] for place in places]
        fits = all(map(le, [of_row[place] for place in places], part.rooms)) and is_counted(texts)
        low = fits and row["level"] == "plain"
        if low and runs and runs[-1]["low"]:
            runs[-1]["texts"] += texts
            runs[-1]["rows"] += 1
        else:
            runs.append({"level": row["level"], "low": low, "rows": 1, "texts": texts})
    return runs


def composed(report: dict[str, Any], language: str, charts: Sequence[Chart], *, plain: bool = False) -> dict[str, Any]:
    """The document that report.typ sets."""
    return Composer(report, language, plain).document(charts)
