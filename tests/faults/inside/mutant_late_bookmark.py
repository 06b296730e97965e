"""A reporting whose bookmark is committed apart from the rows it speaks of (on SQLite)."""

from collections.abc import Callable
from typing import Any

from tests.faults.inside.wrapping import wrap


def _apart(save: Callable[..., Any]) -> Callable[..., Any]:
    def saved(connection: Any, *arguments: Any) -> None:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        save(connection, *arguments)

    return saved


wrap("reporting_service.projections.store:save_bookmark", _apart)
