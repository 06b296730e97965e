"""Where there is nothing to draw yet, a page says so."""

import pytest

from reporting_service.web.drawing import pairs, waterfall
from reporting_service.web.permissions import PAGES
from tests.pages.serving import Visitor, reporting_over_rules_alone, words_of


@pytest.fixture
def auditor(tmp_path):
    """An auditor before a log that holds its rules alone."""
    return Visitor(reporting_over_rules_alone(tmp_path), "auditor")


def test_what_if_without_a_budget_says_that_there_is_nothing_to_compare(auditor):
    told = auditor.get("/what-if?share=30")
    assert told.status_code == 200
    assert "No budget is recorded: there is no year to compare." in words_of(told)
    assert "<svg" not in told.text
    assert "aucun exercice à comparer" in words_of(auditor.get("/what-if?share=30&lang=fr"))


@pytest.mark.parametrize("path", sorted(path for method, path in PAGES if method == "GET" and "<" not in path))
def test_no_page_fails_over_a_log_of_rules_alone(auditor, path):
    assert auditor.get(path).status_code < 500


def test_no_chart_fails_without_values():
    assert "<svg" in waterfall([], "none", "title", "told")
    assert "<svg" in pairs([], ("was", "would be"), "none", "title", "told")
