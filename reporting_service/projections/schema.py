"""Which version of our tables a database holds: older ones are brought up to date, newer ones are left alone."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, Connection, Integer, Table, Text, delete, insert, select

from reporting_service.projections.tables import DERIVED, VERIFIED

VERSION = 4
SCRIPTS: Mapping[int, Sequence[str]] = {}
"""What the verified copy's tables need to come from version n to the next; derived tables are folded anew instead."""

versions = Table(
    "schema_versions",
    VERIFIED,
    Column("family", Text, primary_key=True),
    Column("version", Integer, nullable=False),
)


class Newer(Exception):
    """The tables are of a later version of this program."""

    exit_code = 1


def prepare(connection: Connection) -> bool:
    """Make the tables or bring the verified copy up to date; whether the derived ones must be folded anew."""
    VERIFIED.create_all(connection)
    found = {row.family: row.version for row in connection.execute(select(versions))}
    if (newest := max(found.values(), default=VERSION)) > VERSION:
        raise Newer(f"The database has tables of version {newest}, and this program knows none after {VERSION}.")
    for version in range(found.get("verified", VERSION), VERSION):
        for statement in SCRIPTS.get(version, ()):
            connection.exec_driver_sql(statement)
    DERIVED.create_all(connection)
    note(connection, "verified")
    if "derived" not in found:
        note(connection, "derived")
    folded: int = found.get("derived", VERSION)
    return folded < VERSION


def note(connection: Connection, family: str) -> None:
    """Remember that a family of tables is of this version."""
    connection.execute(delete(versions).where(versions.c.family == family))
    connection.execute(insert(versions).values(family=family, version=VERSION))
