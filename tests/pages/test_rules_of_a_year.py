"""The Facility page says of a year that is over what was in force at its end."""

from tests.pages.serving import Visitor, words_of


def test_a_year_that_is_over_had_its_rules(reporting):
    visitor = Visitor(reporting, "auditor")
    past = words_of(visitor.get("/facility?year=2010"))
    assert "Rule set 1150 was in force at the end of 2010." in past
    assert "is in force." not in past
    assert "étaient en vigueur à la fin de 2010." in words_of(visitor.get("/facility?year=2010&lang=fr"))


def test_the_present_year_has_its_rules(reporting):
    told = words_of(Visitor(reporting, "auditor").get("/facility?year=2011&lang=en"))
    assert "at the end of 2011" not in told
    assert "Rule set illustrative-2011 is in force." in told
