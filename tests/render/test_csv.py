"""CSV: a zip that reads back to the figures it was made from."""

import csv
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting_service.render.csv import report_csv
from reporting_service.render.figures import FORMULA, harmless
from tests.render.conftest import with_titles


def _read(content):
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        package = json.loads(zipped.read("datapackage.json"))
        tables = {
            resource["name"]: list(csv.DictReader(io.StringIO(zipped.read(resource["path"]).decode(), newline="")))
            for resource in package["resources"]
        }
    return package, tables


def _plain(text):
    return text.removeprefix("'")


def test_the_zip_reads_back_to_the_reports_figures(reports):
    for report in reports.values():
        _, tables = _read(report_csv(report))
        for key, table in report["tables"].items():
            read = tables[key.lower()]
            assert [_plain(row["row"]) for row in read] == [row["key"] for row in table["rows"]]
            for row, found in zip(table["rows"], read, strict=True):
                for column in table["columns"]:
                    assert _plain(found[column["key"]]) == row["cells"].get(column["key"], "")


def test_the_schema_names_every_column_in_order(report):
    with zipfile.ZipFile(io.BytesIO(report_csv(report))) as zipped:
        package = json.loads(zipped.read("datapackage.json"))
        assert package["profile"] == "tabular-data-package"
        for resource in package["resources"]:
            heads = next(csv.reader(io.StringIO(zipped.read(resource["path"]).decode())))
            assert [field["name"] for field in resource["schema"]["fields"]] == heads


def test_a_column_in_which_a_row_holds_words_is_of_any_type(report):
    package, _ = _read(report_csv(report))
    fields = {resource["name"]: resource["schema"]["fields"] for resource in package["resources"]}
    assert {field["type"] for field in fields["t1"][3:]} == {"any"}
    assert {field["type"] for field in fields["t2"][3:]} == {"number"}
    assert {field["name"]: field["type"] for field in fields["t15-sources"]}["log-count"] == "integer"


def test_the_same_report_gives_the_same_bytes(report):
    assert report_csv(report) == report_csv(report)


def test_keys_are_the_same_in_every_language(report):
    english, french = _read(report_csv(report)), _read(report_csv(report, "fr"))
    assert english[1] == french[1]
    assert french[0]["resources"][1]["title"] == "Ressources et emplois"


@pytest.mark.parametrize("title", ["=cmd()|'/c calc'!A1", "+1", "-1+2", "@SUM(A1)", "\t=1", "'quoted", "\n=1"])
def test_a_text_like_a_formula_is_made_harmless(report, title):
    _, tables = _read(report_csv(with_titles(report, [title])))
    (row,) = tables["t8"]
    assert row["title"] == f"'{title}"


def test_a_negative_figure_is_no_formula(report):
    _, tables = _read(report_csv(report))
    assert next(row for row in tables["t2"] if row["row"] == "project-allocations")["line-1"] == "-85000.00"


@given(st.text(max_size=30))
def test_dropping_the_apostrophe_gives_the_text_back(text):
    said = harmless(text)
    assert not said.startswith(tuple(sign for sign in FORMULA if sign != "'"))
    assert _plain(said) == text
