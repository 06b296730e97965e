"""What the form of what-if says is read as it stands, and what cannot be read is told at its field."""

import pytest

from reporting_service.web.what_if import field_of, read
from tests.pages.serving import Visitor, reporting_over_rules_alone, words_of


@pytest.fixture
def auditor(tmp_path):
    """An auditor before a log that holds its rules alone."""
    return Visitor(reporting_over_rules_alone(tmp_path), "auditor")


def test_only_yes_and_no_are_yes_and_no(auditor):
    assert [read("exclude_eu", text, True) for text in ("yes", "no", "maybe")] == [True, False, "maybe"]
    told = auditor.get("/what-if?endorsement_required=maybe")
    assert "This draft cannot be computed" in words_of(told)
    assert 'id="e-endorsement_required"' in told.text
    assert "This draft cannot be computed" not in words_of(auditor.get("/what-if?endorsement_required=no"))


@pytest.mark.parametrize(
    ("pointer", "field"),
    [
        ("#/parameters/eligible_statuses/0", "eligible_statuses"),
        ("#/parameters/share", "share"),
        ("#/effective_from", "effective_from"),
        ("#/parameters", "parameters"),
    ],
)
def test_a_fault_belongs_to_a_field(pointer, field):
    assert field_of(pointer) == field


def test_a_fault_within_a_list_is_told_at_the_list(auditor):
    told = auditor.get("/what-if?eligible_statuses=nonsense")
    assert 'id="e-eligible_statuses"' in told.text
    assert 'href="#p-0"' not in told.text
