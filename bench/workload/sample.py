"""The sample history, 2007 to 2010: what the demo posts and the workload begins with.

Real are only the baseline of USD 20.5 million, Line 1's USD 1.4 million a year, the ceilings and the
rules themselves (Council Resolution 1150). Every other figure – income, assessments, arrears, rates,
contributions, projects – and every development status and admission date is illustrative and says so
in its reference, document, decision or title wherever its type has such a field."""

from bench.workload import sample_2007, sample_2008, sample_2009, sample_2010, sample_states
from bench.workload.diary import Diary, Step


def sample_history() -> list[Step]:
    """The steps in order, with deterministic ids; positions hold for an empty log."""
    return sample_diary().steps


def sample_diary(refusals: bool = True) -> Diary:
    """The diary after the sample, ready to be continued."""
    diary = Diary(refusals)
    for chapter in (sample_states, sample_2007, sample_2008, sample_2009, sample_2010):
        chapter.write(diary)
    return diary
