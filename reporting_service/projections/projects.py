"""Projects: what was applied for, and the steps of each one's life with the status after it."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Column, Connection, Index, Integer, Select, Table, Text, select

from reporting_service.projections.fact import Fact
from reporting_service.projections.tables import DERIVED, Rows
from reporting_service.projections.view import View
from reporting_service.projections.year_steps import table as year_steps
from shared.rules.projects import LEADS_TO

steps = Table(
    "project_steps",
    DERIVED,
    Column("project", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("origin", Integer, nullable=False),
    Column("sign", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("effective_on", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("data", Text, nullable=False),
    Index("project_steps_position", "position"),
    sqlite_with_rowid=False,
)
BEGINNINGS = frozenset({"project.submitted", "project.migrated"})
ALONGSIDE = frozenset(
    {
        "project.endorsed",
        "project.extended",
        "project.evaluated",
        "grant.increased",
        "grant.decreased",
        "override.recorded",
    }
)
MOVING = BEGINNINGS | frozenset(LEADS_TO)
"""Steps that give a project another status."""
STEPS = MOVING | ALONGSIDE


class Step(NamedTuple):
    """One step of a project's life; `status` is the project's after it, `said` its data as JSON."""

    position: int
    type: str
    effective_on: str
    year: int
    status: str
    subject: str
    said: str

    @property
    def data(self) -> dict[str, Any]:
        """What the event said."""
        data: dict[str, Any] = orjson.loads(self.said)
        return data


class Project(NamedTuple):
    """A project as submitted or brought in, its line, its status, and the steps that stand, in the order of the log."""

    code: str
    line: str
    data: dict[str, Any]
    status: str
    steps: tuple[Step, ...]


class Projects:
    """The projection: one row per step."""

    types = STEPS

    def __init__(self, begins: Callable[[str, dict[str, Any]], None]) -> None:
        self._begins = begins
        self._statuses: dict[str, str] = {}
        self._before: dict[int, str] = {}

    def recall(self, connection: Connection) -> None:
        """Take up every project's line and status, and the status before each step that moved it."""
        chosen = select(steps).order_by(steps.c.project, steps.c.position)
        for row in connection.execute(chosen):
            if row.type in BEGINNINGS and row.sign > 0:
                self._begins(row.project, orjson.loads(row.data))
            if row.sign > 0 and row.type in MOVING:
                self._before[row.origin] = self._statuses.get(row.project, "")
            self._statuses[row.project] = row.status

    def fold(self, fact: Fact, rows: Rows) -> None:
        """Add one step, or the taking back of one."""
        entry, data = fact.entry, fact.data
        code, origin = data["project"], entry["position"]
        status = self._statuses.get(code, "")
        if fact.short in MOVING and fact.sign < 0:
            status = self._before.get(origin, "")
        elif fact.short in MOVING:
            self._before[origin] = status
            status = self._begun(fact) if fact.short in BEGINNINGS else LEADS_TO[fact.short]
        self._statuses[code] = status
        said = orjson.dumps(data).decode()
        rows["project_steps"].append(
            (code, fact.position, origin, fact.sign, fact.short, fact.on, fact.year, status, entry["recorded_by"], said)
        )

    def _begun(self, fact: Fact) -> str:
        self._begins(fact.data["project"], fact.data)
        return str(fact.data.get("status", "submitted"))


def projects(view: View, codes: Sequence[str] | None = None) -> dict[str, Project]:
    """Projects by code, all or those asked for; steps later than the view's booking date are left out."""
    if codes is None:
        return view.once("projects", lambda: _read(view, _seen(view)))
    nothing: dict[str, Project | None] = {}
    if view.as_of:
        known = view.once("some-projects", lambda: nothing)
    else:
        known = view.read_on("projects", nothing, lambda read, after: _unmoved(view, read, after))
    new = [code for code in codes if code not in known]
    found = dict.fromkeys(new) | nothing
    for at in range(0, len(new), 500):
        found |= _read(view, _seen(view).where(steps.c.project.in_(new[at : at + 500])))
    known |= found  # whole at once: other readers have the same
    return {code: project for code in codes if (project := known[code])}


def _unmoved(view: View, read: dict[str, Project | None], after: int) -> dict[str, Project | None]:
    """Of the projects read up to a position, those without a step behind it."""
    behind = select(steps.c.project).where(steps.c.position > after, steps.c.position <= view.position).distinct()
    moved = set(view.connection.execute(behind).scalars()) if read else set()
    return {code: project for code, project in dict(read).items() if code not in moved}


def project_codes(view: View) -> list[str]:
    """Codes of the projects known at the view's position and booking date, in their order."""
    chosen = select(steps.c.project).where(steps.c.position <= view.position, steps.c.type.in_(BEGINNINGS))
    if view.as_of:
        chosen = chosen.where(steps.c.effective_on <= view.as_of)
    last_sign = chosen.add_columns(steps.c.sign).order_by(steps.c.project, steps.c.position)
    standing = {code: sign > 0 for code, sign in view.connection.execute(last_sign)}
    return [code for code, stands in standing.items() if stands]


class StepMove(NamedTuple):
    """A step booked in a year, or its taking back whenever that was recorded; `sign` is −1 for the latter."""

    project: str
    position: int
    sign: int
    step: Step


def steps_of_year(view: View, year: int, types: Iterable[str]) -> list[StepMove]:
    """The steps of some types booked in a year that stand, in the order of the log."""
    moves = step_moves_of_year(view, year, types)
    gone = {move.step.position for move in moves if move.sign < 0}
    kept = [move for move in moves if move.step.position not in gone]
    return [move for move in kept if not view.as_of or move.step.effective_on <= view.as_of]


def step_moves_of_year(view: View, year: int, types: Iterable[str]) -> list[StepMove]:
    """The steps of some types booked in a year and what took them back, in the order of the log."""
    wanted = frozenset(types)
    nothing: list[StepMove] = []
    read = view.read_on(f"steps-of-{year}", nothing, lambda known, after: known + _step_moves(view, year, after), _cut)
    return [move for move in read if move.step.type in wanted]


def _cut(moves: list[Any], position: int) -> list[Any]:
    return moves[: bisect_right(moves, position, key=lambda move: move.position)]


def _step_moves(view: View, year: int, after: int) -> list[StepMove]:
    c = year_steps.c
    own = (steps.c.project == c.project) & (steps.c.position == c.origin)
    chosen = select(c.position.label("at"), c.sign.label("way"), steps).join(steps, own)
    seen = chosen.where(c.year == year, c.position > after, c.position <= view.position).order_by(c.position)
    return [StepMove(row.project, row.at, row.way, _step(row)) for row in view.connection.execute(seen)]


def brought_in(view: View) -> list[Step]:
    """The standing migrations of projects of the years before."""
    nothing: list[Any] = []
    rows = view.read_on("brought-in", nothing, lambda known, after: known + _migrations(view, after), _cut)
    grouped = groupby(sorted(rows, key=lambda row: row.project), key=lambda row: row.project)
    found = (_project(code, list(of_project), view.as_of) for code, of_project in grouped)
    return [step for project in found if project for step in project.steps]


def _migrations(view: View, after: int) -> list[Any]:
    c = steps.c
    chosen = select(steps).where(c.position > after, c.position <= view.position, c.type == "project.migrated")
    return list(view.connection.execute(chosen.order_by(c.position)).all())


def _seen(view: View) -> Select[Any]:
    return select(steps).where(steps.c.position <= view.position).order_by(steps.c.project, steps.c.position)


def _read(view: View, chosen: Select[Any]) -> dict[str, Project]:
    grouped = groupby(view.connection.execute(chosen).all(), key=lambda row: row.project)
    found = (_project(code, list(rows), view.as_of) for code, rows in grouped)
    return {project.code: project for project in found if project}


def _project(code: str, rows: list[Any], as_of: str | None) -> Project | None:
    gone = {row.origin for row in rows if row.sign < 0}
    standing = [row for row in rows if row.sign > 0 and row.origin not in gone]
    seen = [row for row in standing if as_of is None or row.effective_on <= as_of]
    begun = next((row for row in seen if row.type in BEGINNINGS), None)
    if begun is None:
        return None
    made = tuple(map(_step, seen))
    status = next((step.status for step in reversed(made) if step.type in MOVING), made[-1].status)
    data = orjson.loads(begun.data)
    return Project(code, data["line"], data, status, made)


def _step(row: Any) -> Step:
    return Step(row.position, row.type, row.effective_on, row.year, row.status, row.subject, row.data)
