"""What is said of a bundle or a receipt is one short line of plain characters, whatever is written in them."""

from io import BytesIO

import pytest

from reporting_service.bundle.findings import Differs, named
from reporting_service.bundle.verifying import verify_bundle
from tests.bundle.forging import with_json
from tests.bundle.signed import KEY

ODD = {
    "a terminal's orders": "\x1b]0;holds\x07\x1b[2J",
    "a line that reads like ours": "1.00\nb.zip holds.\n",
    "text that turns the line around": "\u202e00.1",
    "very long": "9" * 5_000_000,
    "a list": ["\x1b[2J"] * 1000,
}


def _said(bundle, forge):
    with pytest.raises(Differs) as found:
        verify_bundle(BytesIO(forge(bundle)), KEY.verifier)
    return found.value


def _plain(differs):
    for text in (str(differs), differs.cause, differs.figure or ""):
        assert text.isascii()
        assert text.isprintable()
        assert len(text) < 700


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_figures_odd_value_is_quoted_and_cut(short, odd):
    def forge(report):
        report["tables"]["T2"]["rows"][-1]["cells"]["line-1"] = odd

    differs = _said(short.bundle, with_json("report.json", forge))
    assert "the report says " in differs.cause
    assert ascii(odd)[:40] in differs.cause
    _plain(differs)


@pytest.mark.parametrize("odd", ["\x1b[2J", "\nb.zip holds.", "x" * 1_000_000])
def test_an_odd_name_or_number_is_quoted_too(short, odd):
    _plain(_said(short.bundle, with_json("report.json", lambda report: report.update({odd: 1}))))
    for name in ("year", "known_at", "layout"):
        _plain(_said(short.bundle, with_json("manifest.json", lambda said, name=name: said.update({name: odd}))))


def test_whatever_else_is_in_a_cause_is_made_plain():
    differs = Differs("it says \x1b[2J\n\u202e" + "x" * 5_000, figure="T1/\x1b[2J/x")
    assert differs.cause.startswith(r"it says \x1b[2J\n\u202exxx")
    _plain(differs)


def test_only_a_name_stands_without_quotes():
    assert named("fund1035.grant.approved.v1") == "fund1035.grant.approved.v1"
    assert named("gift, and more") == "'gift, and more'"
    assert named("\x1b[2J") == r"'\x1b[2J'"
    assert named(None) == "None"
