"""T12: direct voluntary contributions, tracked per donor and line (facility/contributions; bullet 4)."""

from dataclasses import replace

from reporting_service.projections.view import View
from reporting_service.reports.contributions import Contribution, contributions
from reporting_service.reports.table import TEXT, USD, Column, Row, Table, total
from shared.money import text

OWN = "own currency"
COLUMNS = (
    Column("donor", "Donor", TEXT),
    Column("line", "Line", TEXT),
    Column("currency", "Currency", TEXT),
    *(
        Column(name, title, OWN)
        for name, title in {
            "pledged": "Pledged",
            "reduced": "Pledge reduced",
            "committed": "Committed",
            "received": "Received",
            "outstanding": "Outstanding",
            "refunded": "Refunded",
        }.items()
    ),
    Column("rates", "Rates", TEXT),
    Column("usd", "Received, net", USD),
    Column("usd-year", "of which in the year", USD),
    Column("usd-prior", "of which in the year before", USD),
)


def table(view: View, year: int) -> Table:
    """Contributions up to the end of the year, each currency in a row of its own; USD at the rates of their days."""
    to_date = contributions(replace(view, as_of=f"{year}-12-31", _kept={}))
    in_year = {(found.code, found.currency): found for found in contributions(view, year)}
    before = {(found.code, found.currency): found for found in contributions(view, year - 1)}
    rows = [_row(found, in_year, before) for found in to_date]
    if rows:
        rows.append(_together(to_date, in_year, before))
    notes = (
        "Amounts in the contribution's own currency but for the last three columns; outside the cap on new money.",
    )
    return Table("T12", "Direct voluntary contributions", COLUMNS, tuple(rows), notes)


Found = dict[tuple[str, str], Contribution]


def _row(found: Contribution, in_year: Found, before: Found) -> Row:
    key = (found.code, found.currency)
    said = found.as_dict()
    cells = {column.key: said[column.key] for column in COLUMNS if column.key in said and column.key != "rates"}
    cells |= {
        "rates": ", ".join(dict.fromkeys(found.rates)),
        "usd-year": text(in_year[key].usd) if key in in_year else "0.00",
        "usd-prior": text(before[key].usd) if key in before else "0.00",
    }
    return Row("/".join(key) if found.currency != "USD" else found.code, found.code, cells)


def _together(to_date: list[Contribution], in_year: Found, before: Found) -> Row:
    cells = dict.fromkeys((column.key for column in COLUMNS), "")
    cells |= {
        "usd": text(total(found.usd for found in to_date)),
        "usd-year": text(total(found.usd for found in in_year.values())),
        "usd-prior": text(total(found.usd for found in before.values())),
    }
    return Row("_facility", "Facility, together", cells, level="sum")
