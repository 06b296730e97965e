"""Workbook: real numbers that equal the report, and no text that runs."""

import csv
import io
import warnings
import zipfile
from decimal import Decimal

import pytest

from reporting_service.render.figures import is_exact, number_of
from reporting_service.render.words import translated
from reporting_service.render.xlsx import HEAD_ROWS, report_xlsx
from tests.render.conftest import with_titles

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from openpyxl import load_workbook


def _sheet(report, key, language="en"):
    return load_workbook(io.BytesIO(report_xlsx(report, language)))[key]


def test_there_is_a_cover_a_sheet_for_each_table_and_notes(report):
    book = load_workbook(io.BytesIO(report_xlsx(report)))
    assert book.sheetnames == ["Cover", *report["tables"], "Notes"]
    assert book["Cover"]["A1"].value == "1035 Facility"
    assert [book["Notes"].cell(3 + n, 1).value for n in range(len(report["notes"]))] == report["notes"]


def test_every_figure_equals_the_reports(reports):
    for report in reports.values():
        book = load_workbook(io.BytesIO(report_xlsx(report)))
        for key, table in translated(report, "en")["tables"].items():
            for line, row in enumerate(table["rows"], HEAD_ROWS + 1):
                for place, column in enumerate(table["columns"], 2):
                    asked = row["cells"].get(column["key"], "")
                    value = number_of(asked, row.get("unit", column["unit"]))
                    found = book[key].cell(line, place).value
                    read = (found or "") if value is None else Decimal(repr(found))
                    assert read == (asked if value is None else value), (key, row["key"], column["key"])


def test_heads_stay_in_view(report):
    assert _sheet(report, "T2").freeze_panes == f"B{HEAD_ROWS + 1}"


def test_negative_amounts_stand_in_parentheses(report):
    cell = _sheet(report, "T2").cell(HEAD_ROWS + 9, 2)
    assert cell.value == -85000
    assert cell.number_format == "#,##0.00;(#,##0.00)"


@pytest.mark.parametrize("title", ["=cmd()|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "{=1}", "http://x.example/", "12"])
def test_no_text_becomes_a_formula_a_link_or_a_number(report, title):
    cell = _sheet(with_titles(report, [title]), "T8").cell(HEAD_ROWS + 1, 2)
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", title, None)


def test_a_character_that_xml_cannot_carry_is_replaced(report):
    cell = _sheet(with_titles(report, ["a\x00b\x1f"]), "T8").cell(HEAD_ROWS + 1, 2)
    assert cell.value == "a\ufffdb\ufffd"


@pytest.mark.parametrize(("amount", "exact"), [("9999999999999.99", True), ("12345678901234.56", False)])
def test_an_amount_beyond_fifteen_digits_is_a_text(report, amount, exact):
    assert is_exact(Decimal(amount)) is exact
    report["tables"]["T2"]["rows"][0]["cells"]["line-1"] = amount
    cell = _sheet(report, "T2").cell(HEAD_ROWS + 1, 2)
    assert cell.value == (float(amount) if exact else amount)


def test_an_empty_table_says_so(report):
    report["tables"]["T8"]["rows"] = []
    assert _sheet(report, "T8").cell(HEAD_ROWS + 1, 1).value == "Nothing was recorded for this table."


def test_the_same_report_gives_the_same_bytes(report):
    first, second = report_xlsx(report), report_xlsx(report)
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as zipped:
        assert "2010-12-31T00:00:00Z" in zipped.read("docProps/core.xml").decode()


def test_a_french_workbook_speaks_french(report):
    sheet = _sheet(report, "T2", "fr")
    assert sheet["A1"].value == "T2 Ressources et emplois"
    assert sheet.cell(3, 2).value == "Ligne 1, 2010"


def test_a_part_of_the_row_above_it_begins_further_in(report):
    sheet = _sheet(report, "T2")
    begins = {sheet.cell(line, 1).value: sheet.cell(line, 1).alignment.indent for line in range(1, sheet.max_row + 1)}
    assert begins["of which over-committed"] == 1
    assert begins["Balance carried forward"] == begins["Balance brought forward"] == 0


def test_libreoffice_opens_it_and_sees_the_same_totals(report, judge, tmp_path):
    (tmp_path / "report.xlsx").write_bytes(report_xlsx(report))
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    judge(
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        every_sheet,
        "--outdir",
        str(tmp_path),
        str(tmp_path / "report.xlsx"),
    )
    for key in ("T2", "T3", "T15"):
        read = list(csv.reader((tmp_path / f"report-{key}.csv").read_text().splitlines()))[HEAD_ROWS:]
        for row, found in zip(report["tables"][key]["rows"], read, strict=False):
            asked = [row["cells"][column["key"]] for column in report["tables"][key]["columns"]]
            assert [Decimal(cell or 0) for cell in found[1:-1]] == [Decimal(cell or 0) for cell in asked]
