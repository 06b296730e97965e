"""Which keys a year concerns: the same as looking at every one of them."""

from hypothesis import given
from hypothesis import strategies as st

from reporting_service.projections.spans import Mark, Spans

YEARS = range(2007, 2013)
marked = st.dictionaries(st.sampled_from(YEARS), st.booleans(), min_size=1).map(
    lambda years: [Mark(*found) for found in sorted(years.items())]
)
some = st.dictionaries(st.sampled_from("abcde"), marked)


def concerned(marks: list[Mark], year: int) -> bool:
    """Whether a key moved in a year, or was open when it began or ended."""

    def is_open(at: int) -> bool:
        return next((mark.is_open for mark in reversed(marks) if mark.year <= at), False)

    return is_open(year - 1) or is_open(year) or any(mark.year == year for mark in marks)


@given(st.lists(some, max_size=5))
def test_a_year_names_what_moved_or_was_open(changes):
    spans, now = Spans[str](), {}
    for change in changes:
        spans = spans.changed({key: now[key] for key in change if key in now}, change)
        now |= change
    for year in YEARS:
        assert spans.of_year(year) == {key for key, marks in now.items() if concerned(marks, year)}


def test_earlier_spans_stay_as_they_were():
    first = Spans[str]().changed({}, {"a": [Mark(2008, True)]})
    first.changed({"a": [Mark(2008, True)]}, {"a": [Mark(2008, True), Mark(2009, False)], "b": [Mark(2008, False)]})
    assert first.of_year(2008) == {"a"}
    assert first.of_year(2010) == {"a"}
