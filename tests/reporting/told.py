"""A small history, and what reporting makes of it."""

from reporting_service.reports.annual import annual_report
from reporting_service.reports.facility import facility
from tests.reporting.history import History, follow


class Told:
    """Facts told one after another, and what is then shown."""

    def __init__(self, store) -> None:
        self.history, self._store = History(), store

    def view(self, known_at=None, as_of=None):
        return follow(self._store, self.history.bodies).view(known_at, as_of)

    def line(self, line, year=2008, **seen):
        with self.view(**seen) as view:
            return facility(view, year).lines[line].as_dict()

    def cells(self, table, row, year=2008, **seen):
        with self.view(**seen) as view:
            rows = annual_report(view, year)["tables"][table]["rows"]
        return next(found["cells"] for found in rows if found["key"] == row)

    def refused(self, position):
        return b"command.refused" in self.history.bodies[position - 1]
