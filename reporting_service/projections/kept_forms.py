"""Forms of issued editions as they were first rendered: kept for ever, beside what a rebuild drops."""

from sqlalchemy import Column, Connection, Engine, Integer, LargeBinary, Table, Text, insert, select

from reporting_service.projections.store import writing
from reporting_service.projections.tables import VERIFIED

table = Table(
    "kept_forms",
    VERIFIED,
    Column("issued", Integer, primary_key=True, autoincrement=False),
    Column("form", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)


def kept(connection: Connection, issued: int, form: str, language: str) -> bytes | None:
    """The form of the edition issued at a position, if it was rendered before."""
    c = table.c
    chosen = select(c.body).where(c.issued == issued, c.form == form, c.language == language)
    found: bytes | None = connection.execute(chosen).scalar()
    return None if found is None else bytes(found)


def keep(engine: Engine, issued: int, form: str, language: str, body: bytes) -> bytes:
    """Keep a form, unless another was faster; what is kept."""
    with writing(engine) as connection:
        found = kept(connection, issued, form, language)
        if found is None:
            connection.execute(insert(table).values(issued=issued, form=form, language=language, body=body))
        return body if found is None else found
