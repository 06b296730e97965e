"""However long a recorded word is, pages stay as wide as the screen, and tables as wide as their figures."""

import pytest

from tests.pages.looking import Window
from tests.pages.serving import reporting_over, served
from tests.reporting import facts
from tests.reporting.history import History, store_at

WORD = "W" * 200
WIDEST = "Math.max(0, ...[...document.querySelectorAll('.scroll')].map(part => part.scrollWidth))"
PAGES = (
    "/reports/2008",
    "/reports/2008/tables/T1",
    "/reports/2008/tables/T8",
    "/reports/2008/tables/T11",
    "/reports/2008/tables/T14",
    "/reports/2008/figures/T8/NC.1/title",
    "/projects",
    "/projects/NC.1",
)


@pytest.fixture(scope="module")
def shouted(tmp_path_factory):
    """Where reporting tells a history of long words."""
    folder, history = tmp_path_factory.mktemp("long"), History()
    facts.member(history)
    history.post(
        "member-state.admitted",
        "administrator",
        state="TCD",
        name=WORD,
        region="africa",
        admitted_on="2001-01-01",
        development_status="developing",
    )
    facts.budget(history, document=WORD)
    facts.submitted(history, "NC.1", title=WORD)
    granted = facts.approved(history, "NC.1")
    facts.submitted(history, "NC.2", title="Two words")
    facts.approved(history, "NC.2")
    history.post("entry.reversed", "approver", "approver-2", position=granted, reason=WORD)
    facts.approved(history, "NC.1", on="2008-04-01")
    with served(reporting_over(history, store_at(folder / "reporting.db"), folder)) as url:
        yield url


@pytest.mark.parametrize("width", [1280, 390])
def test_a_long_word_is_broken(chromium, shouted, width):
    window = Window(chromium, shouted, viewport={"width": width, "height": 900}).sign_in("auditor")
    for path in PAGES:
        window.go(path)
        assert WORD in window.page.content() or path == "/reports/2008", path
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert window.page.evaluate(WIDEST) < 2_200, path
    window.context.close()
