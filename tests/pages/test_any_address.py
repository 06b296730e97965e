"""No address and no form makes a page fail: what cannot be answered is told with 400 or 404."""

import pytest

from tests.pages.serving import Visitor, words_of

JUNK = (
    "",
    "0",
    "-1",
    "9" * 15,
    "9" * 40,
    "1e9",
    "NaN",
    "%00",
    "%F0%9F%98%80",
    "' OR 1=1 --",
    "2008-02-31",
    "<b>",
    "a" * 3000,
)
PLACES = (
    "/facility?year={}",
    "/facility?known_at={}",
    "/facility?as_of={}",
    "/facility?nothing={}",
    "/lines/{}",
    "/lines/line-1?after={}",
    "/lines/line-1/statement.csv?year={}",
    "/projects?after={}",
    "/projects/{}",
    "/member-states/{}",
    "/member-states?as_of={}",
    "/refusals?after={}",
    "/refusals/{}",
    "/contributions?after={}",
    "/reports/{}",
    "/reports/2008?known_at={}",
    "/reports/2008/tables/{}",
    "/reports/{}/tables/T2",
    "/reports/2008/tables/T8?after={}",
    "/reports/2008/charts/{}.svg",
    "/reports/2008/figures/T2/{}/line-1",
    "/reports/2008/figures/{}/closing/line-1",
    "/reports/2008/restatements?since={}",
    "/reports/2008/files/{}",
    "/reports/2008/editions/{}/files/json",
    "/replay?position={}",
    "/replay?on={}",
    "/entries/{}",
    "/entries/{}/proof",
    "/audit?year={}",
    "/audit/bundle/{}",
    "/search?q={}",
    "/what-if?share={}",
    "/what-if?baseline={}",
    "/what-if?first_year={}",
    "/what-if?effective_from={}",
    "/sign-in?next={}",
    "/sign-in/back?state={}&code=x",
)


@pytest.fixture(scope="module")
def auditor(reporting):
    """An auditor, who sees every page."""
    return Visitor(reporting, "auditor")


@pytest.mark.parametrize("place", PLACES)
def test_junk_in_an_address_is_told_and_never_a_fault(auditor, place):
    for junk in JUNK:
        answer = auditor.get(place.format(junk))
        assert answer.status_code in (200, 303, 308, 400, 401, 404, 405), f"{junk[:40]}: {words_of(answer)[:300]}"
        if answer.mimetype == "text/html":
            assert "<b>" not in answer.text


@pytest.mark.parametrize("short", ["project.submitted", "project.endorsed", "project.completed"])
def test_junk_in_a_form_is_told_at_its_field(ledger, short):
    visitor = Visitor(ledger, "programme")
    page = visitor.get(f"/post/{short}")
    names = [part.split('"')[0] for part in page.text.split(' name="')[1:]]
    for junk in ("", "x", "9" * 40, "-0.00", "1e9", "\x00", "\ud83d\ude00", "a|b|c\nd", "<b>", "a" * 5000):
        filled = dict.fromkeys(
            (name for name in names if name not in ("token", "_step")), junk.encode("utf-8", "replace")
        )
        answer = visitor.post("/post", f"/post/{short}", **filled, _step="record")
        assert answer.status_code == 400, junk[:20]
        assert "<b>" not in answer.text
