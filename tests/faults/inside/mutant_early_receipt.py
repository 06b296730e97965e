"""A ledger that answers before it commits: a group is committed when the next begins."""

from collections.abc import Callable
from typing import Any

from tests.faults.inside.wrapping import wrap

TRANSACTION = "ledger_service.journal.recorders.sqlite:_Transaction"


def _leaving(exit_: Callable[..., Any]) -> Callable[..., Any]:
    def leave(self: Any, kind: Any, error: Any, trace: Any) -> None:
        if error is not None or not self.commit:
            exit_(self, kind, error, trace)

    return leave


def _entering(enter: Callable[..., Any]) -> Callable[..., Any]:
    def begin(self: Any) -> Any:
        if self.connection._sqlite_conn.in_transaction:
            self.connection.commit()
        return enter(self)

    return begin


wrap(f"{TRANSACTION}.__exit__", _leaving)
wrap(f"{TRANSACTION}.__enter__", _entering)
