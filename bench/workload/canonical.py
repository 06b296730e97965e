"""The canonical workload: the sample history, then as many years as the size asks for, all of it acceptable.

Seeded and deterministic, in flat memory. Figures are illustrative, the years from 2011 follow the
arithmetic of 1150. In each year the same phases, in order of date: administrators close the year before
(January), finance posts budget, dues, gifts and income (to March), programme applies (April), approvers
decide (May), finance pays, reports and books income (June to November), programme completes, finance
closes projects and the year's books (December), approvers reverse what was booked twice."""

from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import islice
from operator import itemgetter
from random import Random

from bench.workload.canonical_money import Dated, Gifts, Plan, income, overhead_applied, plan
from bench.workload.canonical_projects import Cohort
from bench.workload.canonical_states import admissions, assessments, payments, table
from bench.workload.diary import SUBJECTS, Event, Numbering, Step, fact
from bench.workload.sample import sample_diary
from bench.workload.sample_states import STATES

FIRST_YEAR, LAST_YEAR = 2011, 2025
BATCH_MAX = 10_000
YEAR_EVENTS_MIN = 600
NOT_ELIGIBLE = {"ROU"}

Landed = Callable[[int], None]
Post = tuple[Event, Landed | None]


def canonical(events: int, seed: int = 1035) -> Iterator[Step]:
    """Exactly `events` accepted events as steps of one role and subject, at most 10,000 events each.

    Positions written in the events hold for a log that was empty before."""
    left = events
    for step in _steps(events, seed):
        kept = step.events[:left]
        if not kept:
            return
        left -= len(kept)
        yield Step(step.role, step.subject, kept, len(kept) > 1, 201, step.label, step.names)


def canonical_events(events: int, seed: int = 1035) -> Iterator[tuple[str, str, Event]]:
    """The same, event by event: (role, subject, event)."""
    for step in canonical(events, seed):
        for event in step.events:
            yield step.role, step.subject, event


def grouped(history: Iterable[Step], size: int = BATCH_MAX) -> Iterator[Step]:
    """The same steps with neighbours of one role and subject joined, up to `size` events; refusals stay alone."""
    held: Step | None = None
    for step in history:
        for part in _cut(step, size):
            if held and _joins(held, part, size):
                names = {**held.names, **part.names}
                held = Step(part.role, part.subject, held.events + part.events, True, 201, held.label, names)
                continue
            if held:
                yield held
            held = part
    if held:
        yield held


def _cut(step: Step, size: int) -> Iterator[Step]:
    for start in range(0, len(step.events), size):
        part = step.events[start : start + size]
        yield Step(step.role, step.subject, part, len(part) > 1, step.expected_status, step.label, step.names)


def _joins(held: Step, step: Step, size: int) -> bool:
    same = (held.role, held.subject) == (step.role, step.subject)
    return same and held.expected_status == step.expected_status == 201 and len(held.events) + len(step.events) <= size


def _steps(events: int, seed: int) -> Iterator[Step]:
    diary = sample_diary(refusals=False)
    yield from grouped(diary.steps)
    rest = events - sum(len(step.events) for step in diary.steps)
    if rest > 0:
        yield from _Years(diary.numbering, rest, seed).steps()


class _Years:
    """The years after the sample: what each posts, and what the next must remember of it."""

    def __init__(self, numbering: Numbering, events: int, seed: int) -> None:
        self.numbering, self.rng = numbering, Random(seed)
        self.count = min(LAST_YEAR - FIRST_YEAR + 1, max(1, events // YEAR_EVENTS_MIN))
        self.quota = -(-events // self.count)
        self.written = 0
        self.rows = table()[: max(20, self.quota // 10)]
        self.states = [row[0] for row in STATES] + [row[0] for row in self.rows]
        barred = {row[0] for row in self.rows if row[2] == "other"} | NOT_ELIGIBLE
        self.eligible = [state for state in self.states if state not in barred]
        self.cohorts: list[Cohort] = []
        self.room = {"line-1": 0, "line-2": 0}
        self.gifts = 10
        self.projects = 100
        self.applicants = max(4, min(self.quota // 30, 100), self.quota * 16 // 1300)
        self.donations = max(2, self.quota // 130)
        self.charges = max(4, self.quota // 100)
        others = len(self.states) * 11 // 5 + self.applicants * 13 + self.donations * 3 + self.charges
        self.receipts = max(12, self.quota - others)

    def steps(self) -> Iterator[Step]:
        """All years in order."""
        for index in range(self.count):
            yield from self._year(FIRST_YEAR + index, (index + 1) * self.quota)

    def _year(self, year: int, target: int) -> Iterator[Step]:
        planned = plan(self.rng, year)
        twice: list[int] = []
        cohort = self._cohort(year)
        gifts = Gifts(self.rng, year, self.donations, self.gifts)
        self.gifts += self.donations
        self.room["line-1"] += 140_000_000 + gifts.received["line-1"]
        self.room["line-2"] += planned.line_2() * 98 // 100 + gifts.received["line-2"]
        yield from self._closing(year)
        yield from self._finance("Budget, dues, gifts, income", self._spring(planned, gifts, twice))
        yield from self._post("programme", "Applications", _plain(self._applications(cohort)))
        yield from self._post("approver", "Decisions", _plain(self._decisions(cohort)))
        self.cohorts = [*self.cohorts[-1:], cohort]
        yield from self._finance("Payments, reports, income", self._autumn(planned, gifts, twice))
        yield from self._post("programme", "Completions", _plain(self._endings(cohort)))
        yield from self._finance("Year end", self._december(planned, target - len(twice)))
        reversals = [fact("entry.reversed", position=at, reason="Booked twice, illustrative") for at in twice]
        yield from self._post("approver", "Corrections", _plain(reversals))

    def _cohort(self, year: int) -> Cohort:
        count = self.applicants
        sizes = {"line-1": count * 2 // 5, "line-2": count - count * 2 // 5}
        cohort = Cohort(self.rng, year, self.projects, sizes, self.eligible)
        self.projects += count
        for earlier in self.cohorts[-1:]:
            cohort.follow_up(earlier)
        return cohort

    def _closing(self, year: int) -> Iterator[Step]:
        if year == FIRST_YEAR:
            yield from self._post("administrator", "Admissions", _plain(admissions(self.rows)))
        for closed in range(2009 if year == FIRST_YEAR else year - 1, year):
            positions: list[int] = []
            on = f"{year}-01-20"
            event = fact("year.closed", year=closed, closed_on=on, document=f"Closing of {closed}, illustrative")
            yield from self._post("administrator", f"Closing of {closed}", [(event, positions.append)])
            confirmation = fact("action.confirmed", position=positions[0])
            yield from self._post("administrator", "Confirmation", [(confirmation, None)], "administrator-2")

    def _spring(self, planned: Plan, gifts: Gifts, twice: list[int]) -> Iterator[Post]:
        year = planned.year
        yield planned.budget(), None
        running = [sorted(cohort.first_half(year), key=itemgetter(0)) for cohort in self.cohorts[-1:]]
        receipts = self._income(planned, 30, f"{year}-01-02", f"{year}-03-31")
        streams: list[Iterable[Dated]] = [assessments(self.states, year), gifts.early, *running]
        yield from self._with_doubles(merge(*streams, receipts, key=itemgetter(0)), twice)

    def _autumn(self, planned: Plan, gifts: Gifts, twice: list[int]) -> Iterator[Post]:
        year = planned.year
        running = [sorted(cohort.second_half(year), key=itemgetter(0)) for cohort in self.cohorts]
        streams: list[Iterable[Dated]] = [payments(self.rng, self.states, year), gifts.late, *running]
        if self.rng.random() < 0.4:
            streams.append([(f"{year}-09-15", planned.budget(f"{year}-09-15"))])
        charges = overhead_applied(Random(self.rng.random()), planned, f"{year}-06-01", f"{year}-11-30", self.charges)
        streams.append(charges)
        receipts = self._income(planned, 50, f"{year}-06-01", f"{year}-11-30")
        yield from self._with_doubles(merge(*streams, receipts, key=itemgetter(0)), twice)

    def _december(self, planned: Plan, target: int) -> Iterator[Post]:
        year = planned.year
        endings = [dated for cohort in self.cohorts if cohort.year == year - 1 for dated in cohort.closures()]
        count = max(3, target - self.written - len(endings))
        receipts = income(Random(self.rng.random()), planned, 20, f"{year}-12-11", f"{year}-12-31", count)
        for _, event in merge(endings, receipts, key=itemgetter(0)):
            yield event, None

    def _income(self, planned: Plan, part: int, first: str, last: str) -> Iterator[Dated]:
        count = max(3, self.receipts * part // 100)
        return income(Random(self.rng.random()), planned, part, first, last, count)

    def _with_doubles(self, dated: Iterable[Dated], twice: list[int]) -> Iterator[Post]:
        """Every 997th receipt is booked a second time, to be reversed at the year's end."""
        for number, (_, event) in enumerate(dated, 1):
            yield event, None
            if number % 997 == 0 and event["type"] == "fund1035.income.received.v1":
                yield event, twice.append

    def _applications(self, cohort: Cohort) -> Iterator[Event]:
        for earlier in self.cohorts:
            yield from earlier.extensions() if earlier.year == cohort.year - 1 else earlier.afterwards()
        yield from cohort.applications()

    def _decisions(self, cohort: Cohort) -> Iterator[Event]:
        yield from cohort.decisions(self.room)
        for earlier in self.cohorts[-1:]:
            yield from earlier.late_decisions(self.room)

    def _endings(self, cohort: Cohort) -> Iterator[Event]:
        yield from cohort.withdrawals()
        for earlier in self.cohorts[:-1]:
            yield from earlier.endings()

    def _finance(self, label: str, posts: Iterable[Post]) -> Iterator[Step]:
        return self._post("finance", label, posts)

    def _post(self, role: str, label: str, posts: Iterable[Post], subject: str | None = None) -> Iterator[Step]:
        stream = iter(posts)
        while chunk := [self._land(role, post) for post in islice(stream, BATCH_MAX)]:
            yield Step(role, subject or SUBJECTS[role], chunk, len(chunk) > 1, 201, label)

    def _land(self, role: str, post: Post) -> Event:
        event, landed = post
        numbered = self.numbering.number(role, event)
        position = self.numbering.land(numbered)
        self.written += 1
        if landed:
            landed(position)
        return numbered


def _plain(events: Iterable[Event]) -> Iterator[Post]:
    return ((event, None) for event in events)
