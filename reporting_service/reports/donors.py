"""T12: direct voluntary contributions, tracked per donor and line (facility/contributions; bullet 4)."""

from decimal import Decimal

from reporting_service.projections.view import View
from reporting_service.reports.contributions import Contribution, Gifts, gifts
from reporting_service.reports.table import TEXT, USD, Column, Row, Table, total
from shared.money import ZERO, text

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


SETTLED, TOGETHER = "_settled", "_facility"
OWN_CURRENCY = (
    "Amounts in the contribution's own currency but for the last three columns; outside the cap on new money."
)
RESTING = "Settled before: contributions of which nothing was outstanding and nothing moved in the two years."


def table(view: View, year: int) -> Table:
    """Contributions up to the end of the year, each currency in a row of its own; USD at the rates of their days."""
    found = gifts(view)
    listed = listed_gifts(view, year)
    rows = [_row(found, to_date, year) for to_date in listed]
    whole = found.usd_to_date(year)
    settled = found.settled(year)
    if settled:
        before = whole - total(one.usd for one in listed)
        rows.append(_sum(SETTLED, "Settled before, together", before, _years(ZERO, ZERO), "plain"))
    if rows:
        years = _years(found.usd(year), found.usd(year - 1))
        rows.append(_sum(TOGETHER, "Facility, together", whole, years, "sum"))
    notes = (OWN_CURRENCY, RESTING) if settled else (OWN_CURRENCY,)
    return Table("T12", "Direct voluntary contributions", COLUMNS, tuple(rows), notes)


def listed_gifts(view: View, year: int) -> list[Contribution]:
    """The contributions that moved in the year or the one before, or were outstanding then, as of the year's end."""
    found = gifts(view)
    to_date = (found.to_date(key, year) for key in found.of_year(year))
    return sorted((one for one in to_date if one is not None), key=lambda one: one.first)


def _row(found: Gifts, to_date: Contribution, year: int) -> Row:
    years = found.by_key[to_date.key]
    in_year, before = (years[of].usd if of in years else ZERO for of in (year, year - 1))
    cells = {
        "donor": to_date.donor,
        "line": to_date.line,
        "currency": to_date.currency,
        "pledged": text(to_date.pledged),
        "reduced": text(to_date.reduced),
        "committed": text(to_date.committed),
        "received": text(to_date.received),
        "outstanding": text(to_date.outstanding),
        "refunded": text(to_date.refunded),
        "usd": text(to_date.usd),
        "rates": ", ".join(dict.fromkeys(to_date.rates)),
        "usd-year": text(in_year),
        "usd-prior": text(before),
    }
    return Row(to_date.code if to_date.currency == "USD" else "/".join(to_date.key), to_date.code, cells)


def _sum(key: str, title: str, usd: Decimal, years: dict[str, str], level: str) -> Row:
    cells = dict.fromkeys((column.key for column in COLUMNS), "")
    return Row(key, title, cells | {"usd": text(usd)} | years, level=level)


def _years(in_year: Decimal, before: Decimal) -> dict[str, str]:
    return {"usd-year": text(in_year), "usd-prior": text(before)}
