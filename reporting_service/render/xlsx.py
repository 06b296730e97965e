"""The report as a workbook: a cover, a sheet for each table, the notes; real numbers, no formula, equal bytes twice."""

import re
from datetime import datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reporting_service.render.figures import is_exact, number_of
from reporting_service.render.frame import EXPLAINED
from reporting_service.render.words import Words, translated, words

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
MONEY_FORMAT = "#,##0.00;(#,##0.00)"
NUMBER_FORMATS = {"number": "#,##0;(#,##0)", "%": '0.0" %";(0.0" %")', "share": "0.00##"}
UNUSABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML cannot carry; shown as U+FFFD."""
TEXT_MAX = 32_767
HEAD_ROWS = 4
LABEL_WIDTH, FIGURE_WIDTH, WORDS_WIDTH = 52, 18, 26


class Book:
    """One workbook in one language."""

    def __init__(self, report: dict[str, Any], language: str) -> None:
        self._report, self._said = translated(report, language), words(language)
        self._buffer = BytesIO()
        self._book = Workbook(self._buffer, OPTIONS)
        self._formats: dict[tuple[str, bool], Format] = {}
        title = f"{self._said.say('1035 Facility')} – {_title(self._report, self._said)}"
        year = self._report["year"]
        self._book.set_properties({"title": title, "created": datetime(year, 12, 31)})  # noqa: DTZ001 - the library's
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._head = self._book.add_format(
            {"bold": True, "text_wrap": True, "valign": "bottom", "bg_color": "#eef3f8", "bottom": 1}
        )
        self._wrap = self._book.add_format({"text_wrap": True, "valign": "top"})
        part = self._book.add_format({"text_wrap": True, "valign": "top", "indent": 1})
        self._titles = {"sum": self._bold, "part": part}
        self._large = self._book.add_format({"bold": True, "font_size": 14})
        self._quiet = self._book.add_format({"font_color": "#4a5057"})

    def made(self) -> bytes:
        """The file."""
        self._cover()
        for key, table in self._report["tables"].items():
            self._table(key, table)
        self._notes()
        self._book.close()
        return self._buffer.getvalue()

    def _cover(self) -> None:
        report, said = self._report, self._said
        sheet = self._book.add_worksheet(said.say("Cover")[:31])
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 1, 70)
        _text(sheet, 0, 0, said.say("1035 Facility"), self._large)
        _text(sheet, 1, 0, _title(report, said), self._bold)
        edition = report["edition"]
        facts = (
            ("Edition", said.say("none: a working report") if edition is None else str(edition)),
            ("Rule set in force at year end", report["rule_set"] or said.say("none recorded")),
            ("Log position", str(report["position"])),
            ("Root of the log at that position", report["checkpoint"]["root"]),
            ("Layout", report["layout"]),
        )
        for line, (label, value) in enumerate(facts, 3):
            _text(sheet, line, 0, said.say(label), self._quiet)
            _text(sheet, line, 1, value, self._wrap)
        for line, (key, table) in enumerate(report["tables"].items(), 10):
            _text(sheet, line, 0, key, self._quiet)
            _text(sheet, line, 1, table["title"], self._wrap)

    def _table(self, key: str, table: dict[str, Any]) -> None:
        sheet = self._book.add_worksheet(key[:31])
        columns = table["columns"]
        _text(sheet, 0, 0, f"{key} {table['title']}", self._large)
        if key in EXPLAINED:
            _text(sheet, 1, 0, self._said.say(EXPLAINED[key]), self._quiet)
        self._heads(sheet, columns)
        for line, row in enumerate(table["rows"], HEAD_ROWS):
            self._row(sheet, line, row, columns)
        after = HEAD_ROWS + len(table["rows"])
        if not table["rows"]:
            _text(sheet, HEAD_ROWS, 0, self._said.say("Nothing was recorded for this table."), self._quiet)
            after += 1
        for line, note in enumerate(table["notes"], after + 1):
            _text(sheet, line, 0, note, self._quiet)

    def _heads(self, sheet: Worksheet, columns: list[dict[str, Any]]) -> None:
        said = self._said
        sheet.set_column(0, 0, LABEL_WIDTH)
        _text(sheet, 2, 0, said.say("Item"), self._head)
        _text(sheet, 3, 0, said.say("Unit"), self._quiet)
        for place, column in enumerate(columns, 1):
            sheet.set_column(place, place, WORDS_WIDTH if column["unit"] == "text" else FIGURE_WIDTH)
            _text(sheet, 2, place, column["title"], self._head)
            _text(sheet, 3, place, "" if column["unit"] == "text" else said.of(column["unit"]), self._quiet)
        last = len(columns) + 1
        sheet.set_column(last, last, FIGURE_WIDTH)
        _text(sheet, 2, last, said.say("Key"), self._head)
        sheet.freeze_panes(HEAD_ROWS, 1)
        sheet.repeat_rows(2, 3)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def _row(self, sheet: Worksheet, line: int, row: dict[str, Any], columns: list[dict[str, Any]]) -> None:
        strong = row.get("level") == "sum"
        _text(sheet, line, 0, row["title"], self._titles.get(row.get("level", "plain"), self._wrap))
        for place, column in enumerate(columns, 1):
            unit = row.get("unit", column["unit"])
            cell = row["cells"].get(column["key"], "")
            value = number_of(cell, unit)
            if value is not None and is_exact(value):
                sheet.write_number(line, place, float(value), self._format(unit, strong))
            elif cell:
                _text(sheet, line, place, cell, self._bold if strong else self._wrap)
        _text(sheet, line, len(columns) + 1, row["key"], self._quiet)

    def _notes(self) -> None:
        sheet = self._book.add_worksheet(self._said.say("Notes")[:31])
        sheet.set_column(0, 0, 120)
        _text(sheet, 0, 0, self._said.say("Notes on the readings"), self._large)
        for line, note in enumerate(self._report["notes"], 2):
            _text(sheet, line, 0, note, self._wrap)

    def _format(self, unit: str, strong: bool) -> Format:
        asked = unit, strong
        if asked not in self._formats:
            shape = NUMBER_FORMATS.get(unit, MONEY_FORMAT)
            self._formats[asked] = self._book.add_format({"num_format": shape, "bold": strong, "valign": "top"})
        return self._formats[asked]


def report_xlsx(report: dict[str, Any], language: str = "en") -> bytes:
    """The workbook of a report document."""
    return Book(report, language).made()


def _title(report: dict[str, Any], said: Words) -> str:
    return said.say("Annual report for financial year {year}", year=report["year"])


def _text(sheet: Worksheet, line: int, place: int, text: str, shape: Format) -> None:
    """A text as a text, whatever it begins with."""
    usable = UNUSABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    sheet.write_string(line, place, usable[:TEXT_MAX], shape)
