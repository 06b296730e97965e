"""PDF: archival, tagged, the report inside, the same bytes, whatever the titles are."""

import io
import json
import random
import re

import orjson
import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from reporting_service.render.fonts.glyphs import FONTS
from reporting_service.render.frame import EXPLAINED
from reporting_service.render.pdf import PdfFailed, report_pdf
from reporting_service.render.pdf.composed import composed
from reporting_service.render.pdf.layout import EMS, PAGE_WIDTH, Shape, laid_out, text_width
from reporting_service.render.pdf.printing import LIMIT_S, _pressed
from tests.render.conftest import YEARS, with_titles

ODD = [
    "=cmd()|'/c calc'!A1",
    "line\nbreak\ttab\r",
    "\u202eright to left\u2066",
    "مشروع الهجرة في مصر",
    "שלום 123 abc",
    "👩‍👩‍👧‍👦 🇰🇪 👍🏽 1️⃣",
    "Z̴̡̛a̷l̶g̸o̵",
    "x" * 300,
    "word " * 60,
    "漢字テスト 한국어",
    "བོད་ཡིག \ue000 \U00020000",
    "#strong[x] $a$ `code` <label> @ref \\ // /* {x}",
    "नेपाल ক্ষেত্র தமிழ் ไทย ខ្មែរ မြန်မာ አማርኛ",
    "अ\u0b3e ا\u0301\u0902 a\u093f",
    "\x00\x01\x7f\u200b\u200d\ufeff",
    "",
]


PARTS = {
    "of which reserved for security": "Discretionary Income (DI)",
    "of which over-committed": "Balance carried forward",
    "of which prior-period adjustments, effect on available money": "Recovered",
}
"""Rows that are a part of what stands above them, and a row above them."""
MEASURED = """
#set text(font: "Noto Sans", size: 100pt)
#let width(body) = measure(body).width.pt()
#context [#metadata(json(bytes(sys.inputs.texts)).map(body => calc.max(width(body), width(strong(body))))) <widths>]
"""
"""Asks Typst how wide texts are, in hundredths of an em, in the wider of both weights."""
OWN = {"NotoSans", "NotoSerif"}
"""The families that a report without names in other scripts is set in."""


@pytest.fixture(scope="module")
def pdfs(reports):
    return {(year, language): report_pdf(reports[year], language) for year in YEARS for language in ("en", "fr")}


@pytest.fixture(scope="module")
def pdf(pdfs):
    return pdfs[2010, "en"]


@pytest.fixture(scope="module")
def pages(pdf):
    return PdfReader(io.BytesIO(pdf))


def _families(reader):
    """The families of the fonts of all pages, those of charts too."""
    return {str(font["/BaseFont"]).split("+")[1].split("-")[0] for font in _fonts(reader)}


def _fonts(reader):
    return [font.get_object() for page in reader.pages for font in page["/Resources"].get("/Font", {}).values()]


def _text(reader):
    return "\n".join(page.extract_text() for page in reader.pages)


def test_it_says_that_it_is_archival_and_accessible(pages):
    said = pages.xmp_metadata
    assert (said.pdfaid_part, said.pdfaid_conformance) == ("3", "A")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pages.trailer["/Root"]["/Metadata"].get_data()


def test_it_is_tagged_and_names_its_language_and_title(pages):
    root = pages.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    assert pages.metadata.title == "1035 Facility – Annual report for financial year 2010"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_the_report_is_attached_and_says_the_same(pages, reports):
    (content,) = pages.attachments["report-2010.json"]
    assert json.loads(content) == reports[2010]


def test_every_font_is_embedded(pages):
    fonts = _fonts(pages)
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_the_cover_says_year_edition_position_and_root(pages, reports):
    cover = pages.pages[0].extract_text()
    for said in ("financial year 2010", "none: a working report", "350", reports[2010]["checkpoint"]["root"]):
        assert said in cover
    assert "it does not prove that a source told" in " ".join(cover.split())


def test_contents_and_pages_are_numbered(pages):
    contents = pages.pages[1].extract_text()
    for key in ("T1", "T2", "T15"):
        assert re.search(rf"{key}\b.*\d", contents)
    assert f"Page 2 of {len(pages.pages)}" in contents
    assert [entry.title.split()[0] for entry in pages.outline][:2] == ["Contents", "T1"] or pages.outline


def test_the_cover_shows_the_year_at_a_glance(pages):
    cover = pages.pages[0].extract_text()
    for said in ("At a glance", "Available in the year", "7,833,000.00", "(735,000.00)", "Other sources", "125,000.00"):
        assert said in cover


def test_every_table_says_what_it_is_and_where_its_rules_stand(pages, reports):
    text = " ".join(_text(pages).split())
    assert set(EXPLAINED) == set(reports[2010]["tables"])
    for words in EXPLAINED.values():
        assert words[:40] in text


def test_long_words_under_figures_stand_below_the_table(pages):
    text = " ".join(_text(pages).split())
    assert re.search(r"Basis a/ – b/|Basis a/ b/", text)
    assert "a/ Programme and Budget for 2010, figures illustrative" in text


def test_every_figure_of_t2_is_printed_negative_in_parentheses(pages):
    text = _text(pages)
    for figure in ("4,577,000.00", "2,646,000.00", "(85,000.00)", "(650,000.00)"):
        assert figure in text


def test_a_chart_has_an_alternative_text(pdf, pages):
    seen, found, waiting = set(), [], [pages.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict) and id(node) not in seen:
            seen.add(id(node))
            found += [str(node["/Alt"])] if "/Alt" in node else []
            waiting += [node["/K"]] if "/K" in node and not isinstance(node["/K"], int) else []
    assert len([said for said in found if "The figures are in table T" in said]) == 5


def test_the_same_report_gives_the_same_bytes(pdf, reports):
    assert report_pdf(reports[2010]) == pdf


def test_an_empty_table_says_so(report):
    report["tables"]["T8"]["rows"] = []
    assert "Nothing was recorded for this table." in _text(PdfReader(io.BytesIO(report_pdf(report))))


def test_a_french_report_speaks_french(pdfs):
    reader = PdfReader(io.BytesIO(pdfs[2008, "fr"]))
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    assert "Ressources et emplois" in _text(reader)


def test_every_year_of_the_sample_is_set(pdfs):
    assert all(made.startswith(b"%PDF-1.7") for made in pdfs.values())


def test_every_year_of_the_sample_is_set_in_the_reports_own_fonts(pdfs):
    for made in pdfs.values():
        assert _families(PdfReader(io.BytesIO(made))) == OWN


def test_a_title_in_another_script_brings_its_own_font(report):
    report["tables"] = {"T8": report["tables"]["T8"]}
    made = report_pdf(with_titles(report, ["नेपाल 3 − 1"]))
    assert _families(PdfReader(io.BytesIO(made))) == OWN | {"NotoSansDevanagari"}


def test_a_minus_in_a_text_is_printed_as_one(pages):
    assert "spent ÷ (disbursed – recovered)" in " ".join(_text(pages).split())


def test_a_part_of_the_row_above_it_begins_further_in(pages):
    begins = {}
    for page in pages.pages[2:6]:
        page.extract_text(visitor_text=lambda text, at, of, *_: begins.setdefault(text.strip(), at[4] + of[4]))
    for part, above in PARTS.items():
        assert begins[above] + 8 < begins[part] < begins[above] + 12


def test_titles_of_any_kind_are_set(report):
    reader = PdfReader(io.BytesIO(report_pdf(with_titles(report, ODD))))
    assert "[U+E000]" in _text(reader)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=80), min_size=20, max_size=40))
def test_no_title_makes_a_report_fail(report, titles):
    report["tables"] = {"T8": report["tables"]["T8"]}
    assert report_pdf(with_titles(report, titles))


def test_a_report_without_tables_is_set(report):
    assert report_pdf({**report, "tables": {}, "notes": [], "rule_set": None, "position": 0})


def test_a_press_that_takes_too_long_is_stopped(report):
    with pytest.raises(PdfFailed, match="within"):
        report_pdf(report, limit_s=0.001)


def test_poppler_finds_the_report_inside(pdf, judge, tmp_path):
    (tmp_path / "report.pdf").write_bytes(pdf)
    assert "report-2010.json" in judge("pdfdetach", "-list", str(tmp_path / "report.pdf"))


def test_poppler_finds_every_font_embedded(pdf, judge, tmp_path):
    (tmp_path / "report.pdf").write_bytes(pdf)
    rows = judge("pdffonts", str(tmp_path / "report.pdf")).splitlines()[2:]
    assert rows
    assert all(re.search(r"\byes yes yes\b", row) for row in rows)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("year", YEARS)
def test_poppler_finds_the_reports_own_families_only(pdfs, judge, tmp_path, year, language):
    (tmp_path / "report.pdf").write_bytes(pdfs[year, language])
    rows = judge("pdffonts", str(tmp_path / "report.pdf")).splitlines()[2:]
    assert {re.match(r"[A-Z]{6}\+(\w+)-", row)[1] for row in rows} == OWN


def _measured(texts, folder):
    (folder / "measured.typ").write_text(MEASURED)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    asked = {"texts": json.dumps(texts)}
    compiler = typst.Compiler(
        str(folder / "measured.typ"), font_paths=fonts, ignore_system_fonts=True, sys_inputs=asked
    )
    return [width / 100 for width in json.loads(compiler.query("<widths>", field="value", one=True))]


def test_no_text_is_wider_than_the_layout_takes_it_for(tmp_path):
    chosen = random.Random(1035)
    texts = [*EMS, *("".join(chosen.choices([*EMS], k=chosen.randint(2, 40))) for _ in range(500))]
    wider = [text for text, width in zip(texts, _measured(texts, tmp_path), strict=True) if width > text_width(text)]
    assert not wider


def _places(document):
    """Each text of the pages and where it stands."""
    made, said = _pressed(orjson.dumps(document), LIMIT_S)
    assert made is not None, said
    places = []

    def seen(text, at, of, *_):
        places.append((text, round(at[0] * of[4] + at[4], 1), round(at[3] * of[5] + at[5], 1)))

    for page in PdfReader(io.BytesIO(made)).pages:
        page.extract_text(visitor_text=seen)
    return places


def test_rows_of_known_height_stand_where_measured_ones_would(report):
    tables = {key: report["tables"][key] for key in ("T1", "T8", "T14")}
    report = with_titles({**report, "tables": tables}, [*ODD, *(["A plain title"] * 40), "Ŵide mm " * 5, "(" * 90])
    document = composed(report, "en", ())
    known = _places(document)
    parts = [part for table in document["tables"] for part in table["parts"]]
    assert {run["low"] for part in parts for run in part["runs"]} == {True, False}
    for part in parts:
        size = len(part["widths"])
        part["runs"] = [
            {**run, "low": False, "rows": 1, "texts": run["texts"][at : at + size]}
            for run in part["runs"]
            for at in range(0, len(run["texts"]), size)
        ]
    assert _places(document) == known


@given(
    st.floats(1, 60),
    st.lists(st.tuples(st.floats(1, 25), st.floats(0, 60), st.booleans()), min_size=1, max_size=40),
)
def test_no_part_of_a_table_is_wider_than_the_page(label, columns):
    shapes = [Shape(least, least + more, words) for least, more, words in columns]
    layout = laid_out(Shape(label, label, True), shapes)
    assert [place for part in layout.parts for place in part.columns] == list(range(len(columns)))
    assert all(sum(part.widths) <= PAGE_WIDTH + 1 for part in layout.parts)
