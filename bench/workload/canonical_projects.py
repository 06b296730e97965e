"""Projects of the canonical workload: applied for in April, decided in May, paid, reported, closed (illustrative)."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from bench.workload.canonical_money import Dated, usd
from bench.workload.canonical_states import IN_ARREARS
from bench.workload.diary import Event, fact
from bench.workload.sample_parts import approved, completed, disbursed, financially_closed, returned, spent, submitted

AREAS = (
    "migration-and-development",
    "facilitating-migration",
    "regulating-migration",
    "forced-migration",
    "cross-cutting",
)
CEILING = {True: 200_000_00, False: 300_000_00}
"""By whether a project is national, both lines alike from 2011 on, in cents."""


@dataclass
class Project:
    """One project's plan and what it has been paid and spent so far, in cents."""

    code: str
    states: list[str]
    line: str
    year: int
    wish: int
    grant: int = 0
    paid: int = 0
    used: int = 0
    fate: str = "completed"
    endorsed_later: bool = False
    follows: str | None = None
    applied_on: str = ""

    def pay(self, cents: int, on: str) -> Iterator[Dated]:
        """An instalment, unless there is nothing left to pay."""
        cents = min(cents, self.grant - self.paid)
        if cents > 0:
            self.paid += cents
            yield on, disbursed(self.code, usd(cents), on)

    def spend(self, per_cent: int, on: str) -> Iterator[Dated]:
        """A report of expenditure: so many per cent of the advance in hand."""
        cents = (self.paid - self.used) * per_cent // 100
        if cents > 0:
            self.used += cents
            yield on, spent(self.code, usd(cents), on)


class Cohort:
    """The projects of one year's applications, over the three years in which they act."""

    def __init__(self, rng: Random, year: int, first_number: int, sizes: dict[str, int], states: list[str]) -> None:
        self.rng, self.year = rng, year
        self.projects = [
            self._project(first_number + index, line)
            for index, line in enumerate(line for line, count in sizes.items() for _ in range(count))
        ]
        for project in self.projects:
            self._place(project, states)

    def _project(self, number: int, line: str) -> Project:
        national = self.rng.random() < 0.75
        fates = ("completed", "cancelled", "refused", "withdrawn", "retained")
        fate = self.rng.choices(fates, (88, 3, 3, 3, 3))[0]
        code = f"{'NC' if national else 'RG'}.{number:06d}"
        return Project(code, [], line, self.year, 0, fate=fate, endorsed_later=self.rng.random() < 0.3)

    def _place(self, project: Project, states: list[str]) -> None:
        open_to = [state for state in states if project.line == "line-1" or state not in IN_ARREARS]
        count = 1 if project.code.startswith("NC") else self.rng.randint(2, 4)
        project.states = self.rng.sample(open_to, count)

    def follow_up(self, earlier: "Cohort") -> None:
        """A tenth of the Line 2 projects follow up a grant that an earlier cohort got on Line 1."""
        before = [project.code for project in earlier.running() if project.line == "line-1"]
        for project in self.projects:
            if before and project.line == "line-2" and self.rng.random() < 0.1:
                project.follows = self.rng.choice(before)

    def applications(self) -> Iterator[Event]:
        """Submissions and late endorsements, in order of date."""
        for project in self.projects:
            on = f"{self.year}-04-{self.rng.randint(1, 9):02d}"
            national = len(project.states) == 1
            project.wish = self.rng.randint(CEILING[national] // 4, CEILING[national])
            project.applied_on = on
        for project in sorted(self.projects, key=lambda each: each.applied_on):
            yield self._application(project)
        for project in self.projects:
            if project.endorsed_later:
                for state in project.states:
                    document = f"Letter {project.code} {state}, illustrative"
                    on = f"{self.year}-04-20"
                    yield fact("project.endorsed", project=project.code, state=state, on=on, document=document)

    def _application(self, project: Project) -> Event:
        rng = self.rng
        return submitted(
            project.code,
            " ".join(project.states),
            project.line,
            usd(project.wish),
            project.applied_on,
            f"Project {project.code}",
            area=rng.choice(AREAS),
            activities=tuple(sorted(rng.sample(range(1, 13), rng.randint(1, 3)))),
            endorsed=not project.endorsed_later,
            follow_up_of=project.follows,
        )

    def decisions(self, room: dict[str, int]) -> Iterator[Event]:
        """Approvals within the room left in each line (cents, reduced here), refusals, retentions."""
        on = f"{self.year}-05-05"
        for line in room:
            asking = [each for each in self.projects if each.line == line]
            share = room[line] * 95 // 100 // max(1, len(asking))
            for project in asking:
                yield self._decision(project, share, on)
                room[line] -= project.grant

    def _decision(self, project: Project, share: int, on: str) -> Event:
        if project.fate in ("refused", "retained"):
            reason = "Outside the priorities, illustrative" if project.fate == "refused" else "Awaits money"
            return fact(f"project.{project.fate}", project=project.code, on=on, reason=reason)
        if project.fate == "withdrawn":
            project.grant = 0
            return fact("project.retained", project=project.code, on=on, reason="Awaits a partner")
        project.grant = max(100, min(project.wish, share * self.rng.randint(70, 100) // 100))
        return approved(project.code, usd(project.grant), on)

    def late_decisions(self, room: dict[str, int]) -> Iterator[Event]:
        """A year later: the retained are approved if money is left, some grants raised, lowered or cancelled."""
        year = self.year + 1
        for project in self.projects:
            draw = self.rng.random()
            if project.fate == "retained":
                grant = min(project.wish, room[project.line] // 20)
                if grant > 100:
                    project.grant, project.fate = grant, "late"
                    room[project.line] -= grant
                    yield approved(project.code, usd(grant), f"{year}-05-10")
            elif project.fate == "cancelled":
                yield fact("grant.cancelled", project=project.code, cancelled_on=f"{year}-05-11", reason="Illustrative")
            elif project.fate == "completed" and draw < 0.05:
                yield from self._raise(project, room, f"{year}-05-12")
            elif project.fate == "completed" and draw < 0.08 and project.grant > project.paid + 100:
                project.grant -= 1
                yield approved(project.code, "0.01", f"{year}-05-13", "decreased")

    def _raise(self, project: Project, room: dict[str, int], on: str) -> Iterator[Event]:
        ceiling = CEILING[len(project.states) == 1]
        more = min(ceiling - project.grant, project.grant // 10, room[project.line] // 50)
        if more > 0:
            project.grant += more
            room[project.line] -= more
            yield approved(project.code, usd(more), on, "increased")

    def running(self) -> list[Project]:
        """The projects that have a grant."""
        return [project for project in self.projects if project.grant > 0]

    def first_half(self, year: int) -> Iterator[Dated]:
        """January to March of the second year: second instalment and reports, in order of date."""
        for project in self.running():
            yield from project.spend(60, f"{year}-02-{self.rng.randint(1, 14):02d}")
        for project in self.running():
            if project.fate == "completed":
                yield from project.pay(project.grant * 3 // 10, f"{year}-03-{self.rng.randint(1, 28):02d}")

    def second_half(self, year: int) -> Iterator[Dated]:
        """June to November: instalments and quarterly reports, in order of date."""
        for project in self.running():
            if project.fate != "cancelled" or year == self.year:
                share = 50 if year == self.year else 20
                yield from project.pay(project.grant * share // 100, f"{year}-06-{self.rng.randint(2, 28):02d}")
        for month, per_cent in ((8, 40), (9, 30), (11, 50)):
            for project in self.running():
                yield from project.spend(per_cent, f"{year}-{month:02d}-{self.rng.randint(1, 28):02d}")

    def endings(self) -> Iterator[Event]:
        """December of the second year: completions; in the first year withdrawals."""
        for project in self.running():
            if project.fate in ("completed", "late"):
                yield completed(project.code, f"{self.year + 1}-12-05")

    def withdrawals(self) -> Iterator[Event]:
        """December of the first year."""
        for project in self.projects:
            if project.fate == "withdrawn":
                yield fact("project.withdrawn", project=project.code, on=f"{self.year}-12-04", reason="Illustrative")

    def closures(self) -> Iterator[Dated]:
        """December of the second year: last report, balance returned, financial closure."""
        year = self.year + 1
        for project in self.running():
            yield from project.spend(self.rng.choice((90, 95, 100)), f"{year}-12-11")
        for project in self.running():
            if left := project.paid - project.used:
                yield f"{year}-12-15", returned(project.code, usd(left), f"{year}-12-15")
        for project in self.running():
            yield f"{year}-12-22", financially_closed(project.code, f"{year}-12-22")

    def afterwards(self) -> Iterator[Event]:
        """April of the third year: evaluations of half the projects."""
        for project in self.running():
            if self.rng.random() < 0.5:
                money = usd(self.rng.randint(10_000, 90_000_000)) if self.rng.random() < 0.4 else None
                yield fact(
                    "project.evaluated",
                    project=project.code,
                    on=f"{self.year + 2}-04-15",
                    follow_on_funding=money,
                    document=f"Evaluation {project.code}, illustrative",
                )

    def extensions(self) -> Iterator[Event]:
        """April of the second year: a tenth of the projects run longer."""
        year = self.year + 1
        for project in self.running():
            if project.fate == "completed" and self.rng.random() < 0.1:
                on, ends_on = f"{year}-04-11", f"{year}-12-01"
                decision = f"Extension {project.code}, illustrative"
                yield fact("project.extended", project=project.code, ends_on=ends_on, on=on, decision=decision)
